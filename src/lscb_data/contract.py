"""What a return must look like: one YAML file in `schemas/returns`, itself validated here, and the code lists it names."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from lscb_data.figure import Status
from lscb_data.finding import Severity, UserError
from lscb_data.period import Period, parse, year_of
from lscb_data.rule import check_rule, columns_of
from lscb_data.spelling import clean, fold

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Letter = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]
Model = TypeVar("Model", bound=BaseModel)
NUMBERS = ("count", "decimal", "percent")
_OWN = {"row", "sure", "stopped", "accepted", "submission_id", "sheet", "cell"}  # columns that the machinery adds
_NOT_RE2 = re.compile(r"\(\?[=!<>(]|\(\?P[=>]|\\[1-9Z]|[*+?}]\+")  # what Python's expressions have and the database's have not


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern '{pattern}' is not a regular expression: {error}") from None


def _fields(message: str, known: set[str] | None = None) -> None:
    """Raises ValueError where a message's {} hold anything but the names of columns."""
    try:
        parts = list(Formatter().parse(message))
    except ValueError as error:
        raise ValueError(f"message '{message}': {error}") from None
    for _, name, form, turned in parts:
        if name is not None and (form or turned or not re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            raise ValueError(f"message '{message}': write {{column}}, the name alone")
        if name is not None and known is not None and name not in known:
            raise ValueError(f"message '{message}': {{{name}}} is no column that the rule reads")


def _twice(names: Iterable[str]) -> str:
    return ", ".join(sorted(name for name, count in Counter(names).items() if count > 1))


class Embedded(Strict):
    """Figures inside a cell's text, such as `Level 1 – 86%`: a pattern with the groups `value` and `breakdown`."""

    measure: Name
    breakdown_type: Name
    pattern: str
    unit: str = "percent"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if set(_pattern(self.pattern).groupindex) != {"value", "breakdown"}:
            raise ValueError("figures: pattern needs the groups value and breakdown, and no other names")
        return self


class Column(Strict):
    """One column of a return's rows: a key of the row, or a figure, or a plain fact."""

    name: Name
    description: str
    type: Literal["count", "decimal", "percent", "month", "date", "code", "text", "identifier", "rating"]
    printed: list[str] = Field([], description="Heading or label as suppliers print it; the first is the template's")
    at: Letter | None = Field(None, description="The sheet's column, where the heading does not stand over its figures")
    block: Name | None = Field(None, description="months_across: the block of lines it stands in")
    across: str | None = Field(None, description="matrix without a key across: the heading its figure stands under")
    required: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    outside: Severity = Field(Severity.ERROR, description="What a value outside the bounds is")
    codes: Name | None = None
    pattern: str | None = Field(None, description="Text around the value; its one group is the value")
    words: dict[str, Decimal] = Field({}, description="Words that stand for a number here, such as 'none'")
    unit: str | None = None
    identifier: bool = False
    key: Literal["period", "area", "provider", "breakdown"] | None = None
    total: list[str] = Field([], description="Words in a key that mark the row of totals")
    measure: Name | None = Field(None, description="The figure that this column supplies")
    prints: Name | None = Field(None, description="The indicator whose value the supplier worked out here")
    breakdown_type: Name | None = None
    breakdown: str | None = None
    of: Literal["row", "last_month", "quarter", "quarter_end", "year", "year_end", "previous_year", "previous_year_end"] = (
        Field("row", description="The period it is for: the row's, or one reckoned from the return's")
    )
    area: str | None = Field(None, description="Code of the area it is for, where not the Board's")
    note: str | None = Field(None, description="A caveat that goes wherever the figure goes")
    figures: Embedded | None = None
    since: str | None = None
    until: str | None = None
    example: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.type in ("code", "rating")) != bool(self.codes):
            raise ValueError(f"column {self.name}: a code list belongs to type code or rating, and to those only")
        if self.name in _OWN or self.name.endswith("__places") or hasattr(BaseModel, self.name):
            raise ValueError(f"column {self.name}: the machinery has that name itself; take another")
        if self.pattern and (_pattern(self.pattern).groups != 1 or _NOT_RE2.search(self.pattern)):
            raise ValueError(
                f"column {self.name}: pattern needs exactly one group, the value, and neither looks ahead nor back"
            )
        if not self.is_number and (self.words or self.minimum is not None or self.maximum is not None):
            raise ValueError(f"column {self.name}: bounds and words belong to numbers")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"column {self.name}: the minimum is above the maximum")
        if odd := [word for word, value in self.words.items() if word != word.lower() or self._not_one(value)]:
            raise ValueError(f"column {self.name}: words are in small letters and stand for a {self.type}: {odd}")
        if (self.key == "period") != (self.type == "month" and self.key is not None):
            raise ValueError(f"column {self.name}: key period and type month belong together")
        if self.key and (self.type not in ("month", "code", "text") or self.identifier):
            raise ValueError(f"column {self.name}: a key is a month, a code or text, and no identifier")
        if self.is_figure and self.type in ("month", "date", "identifier"):
            raise ValueError(f"column {self.name}: a {self.type} is not a figure")
        if self.outside is Severity.BLOCKER:
            raise ValueError(f"column {self.name}: a value outside the bounds is an error or a query")
        if self.key and (self.measure or self.prints):
            raise ValueError(f"column {self.name}: a key is not a figure")
        if bool(self.breakdown) and not self.breakdown_type:
            raise ValueError(f"column {self.name}: breakdown needs its breakdown_type")
        for bound in (self.since, self.until):
            if bound:
                parse(bound)
        return self

    def _not_one(self, value: Decimal) -> bool:
        return not value.is_finite() or (self.type == "count" and value != int(value))

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def is_figure(self) -> bool:
        return bool(self.measure or self.prints)

    def applies_to(self, period: Period) -> bool:
        after = not self.since or period.end >= parse(self.since).start
        return after and (not self.until or period.start <= parse(self.until).end)


class Rule(Strict):
    """A row against itself: `must` is a condition over its columns; `breaks` is the smallest change that breaks it."""

    code: Name
    must: str
    message: str
    fix: str
    severity: Severity
    breaks: dict[Name, str]


class Batch(Strict):
    """The submission as a whole, judged by one Great Expectations expectation in the database."""

    code: Name
    expect: str
    arguments: dict[str, Any] = {}
    query: str | None = None
    message: str
    fix: str
    severity: Literal[Severity.BLOCKER, Severity.QUERY]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _fields(self.message)
        return self


class Sheet(Strict):
    """One table of a return and the layout that its cells stand in."""

    sheet: Name
    names: list[str] = Field(min_length=1, description="The sheet's names as suppliers write them")
    layout: Literal["table", "months_across", "matrix"]
    description: str
    required: bool = True
    quarters: list[Literal[1, 2, 3, 4]] = Field([1, 2, 3, 4], description="The quarters whose return has it")
    title: str | None = Field(None, description="The title row of the template")
    stated_period: bool = Field(False, description="Title and notes name the period; it must be the return's")
    areas: Name | None = Field(None, description="months_across: code list of the areas stacked on the sheet")
    blocks: dict[Name, list[str]] = Field({}, description="months_across: block and its heading's spellings")
    footnotes: list[str] = Field([], description="Caveats of the supplier that go wherever the figures go")
    breakdown_type: Name | None = None
    columns: list[Column]
    rules: list[Rule] = []
    batch: list[Batch] = []
    example: dict[Name, str] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [column.name for column in self.columns]
        if not names:
            raise ValueError(f"sheet {self.sheet}: has no columns")
        for what, given in (
            ("column", names),
            ("key", [c.key for c in self.columns if c.key]),
            ("rule", [one.code for one in self.rules]),
            ("batch", [one.code for one in self.batch]),
        ):
            if twice := _twice(given):
                raise ValueError(f"sheet {self.sheet}: {what} {twice} is declared twice")
        for rule in self.rules:
            check_rule(rule.must, {c.name: c.type for c in self.columns})
            _fields(rule.message, set(columns_of(rule.must)))
            if unknown := set(rule.breaks) - set(names):
                raise ValueError(f"rule {rule.code}: breaks names unknown columns {sorted(unknown)}")
        if unknown := set(self.example) - set(names):
            raise ValueError(f"sheet {self.sheet}: the example has unknown columns {sorted(unknown)}")
        blocks = {column.block for column in self.columns if column.block}
        if unknown := blocks - set(self.blocks):
            raise ValueError(f"sheet {self.sheet}: unknown blocks {sorted(unknown)}")
        if self.layout == "months_across" and not self.keyed("period"):
            raise ValueError(f"sheet {self.sheet}: layout months_across needs a column with key: period")
        if self.layout == "months_across" and bool(self.areas) != bool(self.keyed("area")):
            raise ValueError(f"sheet {self.sheet}: areas and a column with key: area belong together")
        lines = [c for c in self.columns if not c.key] if self.layout != "table" else self.columns
        if bare := [c.name for c in lines if not c.printed]:
            raise ValueError(f"sheet {self.sheet}: say how {', '.join(bare)} is printed")
        return self

    def keyed(self, key: str) -> Column | None:
        """The column that holds this key of a row, if there is one."""
        return next((column for column in self.columns if column.key == key), None)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


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
    formats: list[Literal["xlsx", "xls", "csv"]]
    since: str | None = Field(None, description="The first period it is expected for")
    until: str | None = None
    public: str | None = Field(None, description="Why its figures may be shown whole: where they are already public")
    missing: dict[str, Status] = Field({}, description="Symbols that this source writes for a value that is not there")
    source: str | None = None
    sheets: list[Sheet] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        agency, _, rest = self.return_.partition("__")
        if agency != self.agency or not rest:
            raise ValueError(f"return is written agency__return: '{self.return_}' does not begin with '{self.agency}__'")
        if self.kind == "records" and len(self.sheets) > 1:
            raise ValueError("a return of kind records has one sheet: write one return for each kind of row")
        if twice := _twice(sheet.sheet for sheet in self.sheets):
            raise ValueError(f"sheet {twice} is declared twice")
        if twice := _twice(name for sheet in self.sheets for name in {fold(name) for name in sheet.names}):
            raise ValueError(f"two sheets are named '{twice}'")
        if "csv" in self.formats and len(self.sheets) > 1:
            raise ValueError("a CSV file has one sheet: take csv out of formats, or write one return for each sheet")
        for bound in (self.since, self.until):
            if bound:
                parse(bound)
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

    def sheets_for(self, period: Period) -> list[Sheet]:
        """The sheets that this period's file is to have."""
        if period.type != "quarter":
            return self.sheets
        number = (period.start.month - 4) % 12 // 3 + 1
        return [sheet for sheet in self.sheets if number in sheet.quarters]

    @cached_property
    def missing_folded(self) -> dict[str, Status]:
        return {clean(symbol).casefold(): status for symbol, status in self.missing.items()}


@dataclass(frozen=True)
class Code:
    """One code of a list. `query` says what is to be asked of the supplier whenever it is used."""

    code: str
    label: str
    spellings: tuple[str, ...] = ()
    query: str = ""
    status: str = ""


@dataclass(frozen=True)
class CodeList:
    name: str
    codes: tuple[Code, ...]

    @cached_property
    def _by_fold(self) -> dict[str, Code]:
        found: dict[str, Code] = {}
        for code in self.codes:
            for spelling in (code.code, code.label, *code.spellings):
                other = found.setdefault(fold(spelling) or spelling, code)
                if other is not code:
                    raise UserError(f"code list {self.name}: '{spelling}' stands for {other.code} and {code.code}")
        return found

    def find(self, text: str) -> Code | None:
        """The code that a supplier's text is a known spelling of."""
        return self._by_fold.get(fold(text) or text)

    def begins(self, text: str) -> tuple[Code, str] | None:
        """The code whose spelling the text begins with (the longest), and the text that follows it."""
        for spelling in sorted((s for c in self.codes for s in (c.label, *c.spellings)), key=len, reverse=True):
            if text.casefold().startswith(spelling.casefold()) and not text[len(spelling) :][:1].isalnum():
                found = self.find(spelling)
                return (found, text[len(spelling) :].strip(" .,:;–-")) if found else None
        return None

    @cached_property
    def sure(self) -> dict[str, str]:
        """Spellings that need no remark (code and label of codes without a query) and their code, lower case."""
        return {s.lower(): c.code for c in self.codes if not c.query for s in (c.code, c.label) if s}

    def check(self) -> None:
        """Raises UserError where a spelling stands for two codes."""
        _ = self._by_fold


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

    def expected(self, period: Period) -> list[Return]:
        """The returns owed for a quarter, and for the year that it closes."""
        closing = [year_of(period.start)] if period.type == "quarter" and period.end.month == 3 else []
        periods = [period, *closing]
        return [r for r in self.returns.values() if any(r.expected_in(p) for p in periods)]


def load_contracts(folders: Sequence[Path]) -> Contracts:
    """The contracts in `returns/` and the lists in `codes/` of these folders, later folders over earlier ones.

    Raises UserError, naming file and place, for a file that is not a contract.
    """
    for path in (path for folder in folders for path in sorted(folder.glob("returns/*.yaml"))):
        raise UserError(f"{path.name}: name it {path.stem}.yml, or it would not be seen")
    codes = {path.stem: _read_codes(path) for folder in folders for path in sorted(folder.glob("codes/*.csv"))}
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("returns/*.yml"))}
    code_files = {path.stem: path for folder in folders for path in sorted(folder.glob("codes/*.csv"))}
    returns, hashes = {}, {}
    for stem, path in paths.items():
        contract = read_contract(path)
        if contract.return_ != stem:
            raise UserError(f"{path.name}: holds the return '{contract.return_}', so name it {contract.return_}.yml")
        lists = {c.codes for s in contract.sheets for c in s.columns} | {s.areas for s in contract.sheets}
        if unknown := {name for name in lists if name} - set(codes):
            raise UserError(f"{path.name}: no code list {', '.join(sorted(unknown))} in schemas/codes")
        parts = [path, *(code_files[name] for name in sorted(n for n in lists if n))]
        returns[stem] = contract
        hashes[stem] = sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()
    return Contracts(returns, codes, hashes)


def read_contract(path: Path) -> Return:
    """The contract in one YAML file. Raises UserError saying every fault of the file at once."""
    return read_yaml(path, Return)


def read_yaml(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(yaml.load(path.read_text("utf-8"), _Loader))  # noqa: S506 - a safe loader
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: is not UTF-8 text") from None
    except yaml.YAMLError as error:
        raise UserError(f"{path.name}: is not YAML: {error}") from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
        raise UserError(f"{path.name}: " + "; ".join(faults)) from None


class _Loader(yaml.SafeLoader):
    """YAML as it is, but that no key may stand twice: the first would be lost in silence."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        if twice := _twice(str(key.value) for key, _ in node.value):
            raise yaml.composer.ComposerError(None, None, f"the key {twice} stands twice", node.start_mark)
        return node


def _read_codes(path: Path) -> CodeList:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path.name}: is not CSV in UTF-8: {error}") from None
    for number, row in enumerate(rows, 2):
        if None in row or not row.get("code") or not row.get("label"):
            raise UserError(f"{path.name}, row {number}: needs a code and a label, and no more cells than the first row")
        if row.get("status") and row["status"] not in set(Status):
            raise UserError(f"{path.name}, row {number}: status '{row['status']}' is not one of {', '.join(Status)}")
    found = _code_list(path, rows)
    found.check()
    return found


def _code_list(path: Path, rows: list[dict[str, str]]) -> CodeList:
    return CodeList(
        path.stem,
        tuple(
            Code(
                code=row["code"],
                label=row["label"],
                spellings=tuple(s.strip() for s in (row.get("spellings") or "").split("|") if s.strip()),
                query=row.get("query") or "",
                status=row.get("status") or "",
            )
            for row in rows
        ),
    )
