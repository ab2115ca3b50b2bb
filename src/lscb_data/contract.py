"""What a return must look like: one YAML file in `schemas/returns`, itself validated here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from lscb_data.alias import Alias, Aliases
from lscb_data.codes import CodeList, read_codes
from lscb_data.figure import Status
from lscb_data.finding import UserError
from lscb_data.period import Period, parse, year_of
from lscb_data.promise import Name, Strict, read_yaml, twice
from lscb_data.sheet import Sheet
from lscb_data.spelling import clean, fold


class Meaning(Strict):
    """What a symbol means up to a period, or from then on."""

    until: str | None = Field(None, description="The last period of which it meant this; of the last meaning none")
    status: Status


class Due(Strict):
    days: int = Field(default=30, ge=0, description="Calendar days after the period's end")


class Return(Strict):
    """The contract of one agency's return."""

    return_: Name = Field(alias="return")
    title: str
    agency: Name
    description: str
    grain: str
    kind: Literal["records", "measures"]
    frequency: Literal["quarterly", "annual"]
    due: Due = Due()
    owed: bool = Field(True, description="False: taken when it comes, and not missed when it does not")
    cumulative: Literal["year", "series"] | None = Field(
        None,
        description="A file may repeat what earlier ones gave, the earlier months of its financial year or everything before:"
        " what is changed in it is a restatement, and takes the place of what was given before",
    )
    formats: list[Literal["xlsx", "xls", "csv", "xml"]]
    record: str | None = Field(None, description="xml: path of the element that repeats, such as Message/Children/Child")
    period_at: str | None = Field(None, description="xml: path of the day that its period ends with")
    other_sheets: str | None = Field(
        None, description="Names (a pattern) of sheets of the same workbook that are no part of it"
    )
    other_elements: list[str] = Field([], description="xml: paths below the record of elements that are known and not read")
    window_months: int | None = Field(
        None, description="records: how many months up to the period's end it has all of; else the period"
    )
    since: str | None = Field(None, description="The first period it is expected for")
    until: str | None = None
    public: str | None = Field(None, description="Why its figures may be shown whole: where they are already public")
    missing: dict[str, Status | list[Meaning]] = Field(
        {}, description="Symbols that this source writes for a value that is not there; where it changed its mind, by year"
    )
    nought: list[str] = Field(
        [], description="Symbols for a figure that rounds to nought: between nought and half of the last place printed"
    )
    publisher: bool = Field(
        False, description="Its figures are of others' areas, and serve where an area's own return has none"
    )
    source: str | None = None
    sheets: list[Sheet] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        agency, _, rest = self.return_.partition("__")
        if agency != self.agency or not rest:
            raise ValueError(f"return is written agency__return: '{self.return_}' does not begin with '{self.agency}__'")
        is_xml = {sheet.layout == "xml" for sheet in self.sheets} | {self.formats == ["xml"], bool(self.record)}
        if len(is_xml) > 1 or ("xml" in self.formats and len(self.formats) > 1):
            raise ValueError("xml is the format, the record's path and every sheet's layout, or none of them")
        if self.kind == "records" and len(self.sheets) > 1 and "xml" not in self.formats:
            raise ValueError("a return of kind records has one sheet: write one return for each kind of row")
        if any(sheet.facts and (self.kind == "measures" or sheet.names_children) for sheet in self.sheets):
            raise ValueError("facts belong to records that are not children's")
        if self.kind == "measures" and self.names_children:
            raise ValueError("a child's identifier belongs to a return of kind records")
        if self.cumulative and self.kind != "measures":
            raise ValueError("only a return of kind measures is cumulative; records have a window of months")
        if doubled := twice(sheet.sheet for sheet in self.sheets):
            raise ValueError(f"sheet {doubled} is declared twice")
        if doubled := twice(name for sheet in self.sheets for name in {fold(name) for name in sheet.names}):
            raise ValueError(f"two sheets are named '{doubled}'")
        if "csv" in self.formats and len(self.sheets) > 1:
            raise ValueError("a CSV file has one sheet: take csv out of formats, or write one return for each sheet")
        for bound in (self.since, self.until):
            if bound:
                parse(bound)
        for symbol, said in self.missing.items():
            if not isinstance(said, Status) and [bool(one.until) for one in said] != [True] * (len(said) - 1) + [False]:
                raise ValueError(f"missing {symbol}: each meaning but the last says until when, the earliest first")
        if both := self.nought_folded & set(self.missing_folded):
            raise ValueError(f"{', '.join(sorted(both))}: means either that nothing is there or that it rounds to nought")
        if any(sheet.by_year for sheet in self.sheets) and self.frequency != "annual":
            raise ValueError("a column of years belongs to an annual return")
        for column in (column for sheet in self.sheets for column in sheet.columns):
            if self.kind == "records" and column.is_figure:
                raise ValueError(f"column {column.name}: only a return of kind measures supplies figures")
        return self

    def expected_in(self, period: Period) -> bool:
        """Whether this return is owed for the period (a quarter, or a year for an annual one)."""
        if period.type != {"quarterly": "quarter", "annual": "year"}[self.frequency]:
            return False
        after = not self.since or period.start >= parse(self.since).start
        return after and (not self.until or period.end <= parse(self.until).end)

    def spans(self, period: Period) -> Period:
        """The days that a file for the period may tell of: of a cumulative return from the year's first on, of a series of
        years from the first that it is expected for."""
        first = year_of(period.start).start
        if (
            self.since
            and any(sheet.by_year for sheet in self.sheets)
            and (self.cumulative == "series" or self.kind == "records")
        ):
            return Period(parse(self.since).start, period.end, "date")
        return Period(first, period.end, "date") if self.cumulative and first < period.start else period

    def sheets_for(self, period: Period) -> list[Sheet]:
        """The sheets that this period's file is to have."""
        number = (period.start.month - 4) % 12 // 3 + 1
        return [sheet for sheet in self.sheets if period.type != "quarter" or number in sheet.quarters]

    @property
    def names_children(self) -> bool:
        """Whether its rows are of children, whose identifiers become pseudonyms before anything is written."""
        return any(sheet.names_children for sheet in self.sheets)

    def covers_from(self, period: Period) -> date:
        """The first day from which the period's file has every record."""
        if self.window_months is None:
            return period.start
        months = period.end.year * 12 + period.end.month - self.window_months
        return date(months // 12, months % 12 + 1, 1)

    @cached_property
    def missing_folded(self) -> dict[str, Status]:
        """What each symbol means now."""
        return {
            clean(symbol).casefold(): said if isinstance(said, Status) else said[-1].status
            for symbol, said in self.missing.items()
        }

    def missing_in(self, symbol: str, period: Period) -> Status | None:
        """What the symbol means of a figure for this period; None where it is none of the contract's."""
        said = next((said for known, said in self.missing.items() if clean(known).casefold() == symbol.casefold()), None)
        if said is None or isinstance(said, Status):
            return said
        return next(one.status for one in said if not one.until or period.end <= parse(one.until).end)

    @cached_property
    def nought_folded(self) -> frozenset[str]:
        return frozenset(clean(symbol).casefold() for symbol in self.nought)

    @cached_property
    def symbols(self) -> frozenset[str]:
        """Every symbol that stands where a number would, in small letters."""
        return frozenset(self.missing_folded) | self.nought_folded


@dataclass(frozen=True)
class Contracts:
    """Every contract and code list in force: those that ship with the software, and a Board's own on top."""

    returns: dict[str, Return]
    codes: dict[str, CodeList]
    hashes: dict[str, str]

    def __getitem__(self, name: str) -> Return:
        if name not in self.returns:
            raise UserError(f"'{name}' is not a return; the returns are {', '.join(sorted(self.returns))}")
        return self.returns[name]

    def names_children(self, return_: str) -> bool:
        """Whether the return holds records of children; not where there is no contract for it."""
        return return_ in self.returns and self.returns[return_].names_children

    def expected(self, period: Period) -> list[Return]:
        """The returns owed for a quarter, and for the year that it closes."""
        closing = [year_of(period.start)] if period.type == "quarter" and period.end.month == 3 else []
        periods = [period, *closing]
        return [r for r in self.returns.values() if r.owed and any(r.expected_in(p) for p in periods)]


def load_contracts(folders: Sequence[Path]) -> Contracts:
    """The contracts in `returns/`, the lists in `codes/` and the names accepted in `aliases/` of these folders, later folders
    over earlier ones.

    Raises UserError, naming file and place, for a file that is not a contract.
    """
    for path in (path for folder in folders for path in sorted(folder.glob("returns/*.yaml"))):
        raise UserError(f"{path.name}: name it {path.stem}.yml, or it would not be seen")
    codes = {path.stem: read_codes(path) for folder in folders for path in sorted(folder.glob("codes/*.csv"))}
    paths_of_returns = {path.stem: path for folder in folders for path in sorted(folder.glob("returns/*.yml"))}
    code_files = {path.stem: path for folder in folders for path in sorted(folder.glob("codes/*.csv"))}
    aliases: dict[str, list[Path]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("aliases/*.yml"))):
        aliases.setdefault(path.stem, []).append(path)
    if strange := [paths[0].name for stem, paths in aliases.items() if stem not in paths_of_returns]:
        raise UserError(f"aliases/{strange[0]}: there is no return of that name")
    returns, hashes = {}, {}
    for stem, path in paths_of_returns.items():
        contract = read_contract(path)
        if contract.return_ != stem:
            raise UserError(f"{path.name}: holds the return '{contract.return_}', so name it {contract.return_}.yml")
        lists = {c.codes for s in contract.sheets for c in s.columns} | {s.areas for s in contract.sheets}
        if unknown := {name for name in lists if name} - set(codes):
            raise UserError(f"{path.name}: no code list {', '.join(sorted(unknown))} in schemas/codes")
        parts = [path, *(code_files[name] for name in sorted(n for n in lists if n)), *aliases.get(stem, ())]
        returns[stem] = _with_accepted(contract, aliases.get(stem, []))
        hashes[stem] = sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()
    return Contracts(returns, codes, hashes)


def _with_accepted(contract: Return, paths: Sequence[Path]) -> Return:
    for path in paths:
        try:
            contract = with_aliases(contract, read_yaml(path, Aliases).aliases)
        except ValueError as error:
            raise UserError(f"aliases/{path.name}: {error}") from None
    return contract


def with_aliases(contract: Return, aliases: Sequence[Alias]) -> Return:
    """The contract that knows these names, too. Raises ValueError where one is nothing's, or known on its sheet already."""
    sheets = {sheet.sheet: sheet for sheet in contract.sheets}
    for one in aliases:
        if one.sheet not in sheets:
            raise ValueError(f"'{one.printed}' was accepted on a sheet '{one.sheet}', which {contract.return_} does not have")
        sheets[one.sheet] = sheets[one.sheet].also_named(one)
    return contract.model_copy(update={"sheets": list(sheets.values())})


def read_contract(path: Path) -> Return:
    """The contract in one YAML file. Raises UserError saying every fault of the file at once."""
    return read_yaml(path, Return)
