"""One table of a return: what its columns, rows and figures must be, and the layout that its cells stand in."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from lscb_data import label
from lscb_data.alias import Alias
from lscb_data.column import Column
from lscb_data.finding import Severity
from lscb_data.period import Period
from lscb_data.promise import Name, Strict, twice
from lscb_data.rule import PERIOD_DAYS, check_rule, columns_of, in_period
from lscb_data.spelling import fold


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
    of: Literal["accepted", "received"] = Field("accepted", description="The rows that are judged; set aside or not")
    arguments: dict[str, Any] = {}
    query: str | None = None
    message: str
    fix: str
    severity: Literal[Severity.BLOCKER, Severity.QUERY]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _fields(self.message)
        return self


class Rounded(Strict):
    """Rows whose counts are printed rounded: each is a range, and no exact number."""

    where: Name = Field(description="The column that tells such a row")
    is_: list[str] = Field(alias="is", description="What stands in it there")
    to: int = Field(ge=2, description="What they are rounded to, such as 10")


class Sheet(Strict):
    """One table of a return and the layout that its cells stand in."""

    sheet: Name
    names: list[str] = Field(min_length=1, description="The sheet's names as suppliers write them")
    layout: Literal["table", "months_across", "matrix", "xml"]
    rows: str | None = Field(None, description="xml: path of a row's element below the record; `.` is the record itself")
    description: str
    required: bool = True
    quarters: list[Literal[1, 2, 3, 4]] = Field([1, 2, 3, 4], description="The quarters whose return has it")
    title: str | None = Field(None, description="The title row of the template")
    stated_period: bool = Field(False, description="Title and notes name the period; it must be the return's")
    areas: Name | None = Field(None, description="months_across: code list of the areas stacked on the sheet")
    blocks: dict[Name, list[str]] = Field({}, description="months_across: block and its heading's spellings")
    block_aliases: dict[Name, list[str]] = Field({}, description="Other headings of a block; each use is reported")
    footnotes: list[str] = Field([], description="Caveats of the supplier that go wherever the figures go")
    breakdown_type: Name | None = None
    rounded: Rounded | None = None
    columns: list[Column]
    facts: dict[Name, int | str] = Field(
        {}, description="records: what holds of every row though no column of the file says it, as columns of staging"
    )
    rules: list[Rule] = []
    batch: list[Batch] = []
    example: dict[Name, str] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [column.name for column in self.columns]
        if not names:
            raise ValueError(f"sheet {self.sheet}: has no columns")
        for what, given in (
            ("column", [*names, *self.facts]),
            ("key", [c.key for c in self.columns if c.key]),
            ("rule", [one.code for one in self.rules]),
            ("batch", [one.code for one in self.batch]),
        ):
            if doubled := twice(given):
                raise ValueError(f"sheet {self.sheet}: {what} {doubled} is declared twice")
        for rule in self.rules:
            check_rule(rule.must, {c.name: c.type for c in self.columns if c.keep} | dict.fromkeys(PERIOD_DAYS, "date"))
            # A date of birth in the wrong column is a day like any other: of children nothing that stands in a cell is said.
            if self.names_children and "{" in rule.message:
                raise ValueError(f"rule {rule.code}: a message about children repeats no cell; say what is wrong without it")
            _fields(rule.message, set(columns_of(rule.must)))
            if unknown := set(rule.breaks) - set(names):
                raise ValueError(f"rule {rule.code}: breaks names unknown columns {sorted(unknown)}")
        for column in self.columns:
            if unknown := set(column.otherwise) - set(names):
                raise ValueError(f"column {column.name}: stands otherwise in unknown columns {sorted(unknown)}")
        if any(column.lines for column in self.columns) != bool(self.keyed("line")) or (
            self.keyed("line") and self.layout != "table"
        ):
            raise ValueError(f"sheet {self.sheet}: lines and a column with key: line belong together, and to a table")
        if self.rounded and self.rounded.where not in names:
            raise ValueError(f"sheet {self.sheet}: counts are rounded by an unknown column {self.rounded.where}")
        for column in (one for one in self.columns if one.birth):
            if unknown := set(column.birth.ages.values() if column.birth else ()) - {
                c.name for c in self.columns if c.type == "date"
            }:
                raise ValueError(f"column {column.name}: ages on {sorted(unknown)}, which are no dates of the sheet")
        if (self.layout == "xml") != bool(self.rows):
            raise ValueError(f"sheet {self.sheet}: layout xml and the path of its rows belong together")
        if unknown := set(self.example) - set(names):
            raise ValueError(f"sheet {self.sheet}: the example has unknown columns {sorted(unknown)}")
        for text in self._texts():
            label.check(text)
        blocks = {column.block for column in self.columns if column.block}
        if unknown := (blocks | set(self.block_aliases)) - set(self.blocks):
            raise ValueError(f"sheet {self.sheet}: unknown blocks {sorted(unknown)}")
        if self.layout == "months_across" and not self.keyed("period"):
            raise ValueError(f"sheet {self.sheet}: layout months_across needs a column with key: period")
        if self.layout == "months_across" and bool(self.areas) != bool(self.keyed("area")):
            raise ValueError(f"sheet {self.sheet}: areas and a column with key: area belong together")
        lines = [c for c in self.columns if not c.key] if self.layout != "table" else self.columns
        if bare := [c.name for c in lines if not c.printed]:
            raise ValueError(f"sheet {self.sheet}: say how {', '.join(bare)} is printed")
        if self.layout != "table" and (bare := [c.name for c in self.columns if c.bare]):
            raise ValueError(f"sheet {self.sheet}: only a table's column stands without a heading, and not {', '.join(bare)}")
        return self

    def _texts(self) -> list[str]:
        headings = [spelling for block in self.blocks for spelling in self.block_spellings(block)]
        return [self.description, self.title or "", *self.footnotes, *self.example.values(), *headings]

    def asked_in(self, period: Period, board: str) -> "Sheet":
        """The sheet as the period's return has it: its columns and rules, and its words with the year and the Board's area."""
        columns = [column for column in self.columns if column.applies_to(period)]
        names = {column.name for column in columns}
        asked = [rule for rule in self.rules if set(columns_of(rule.must)) <= names]
        rules = [rule.model_copy(update={"must": in_period(rule.must, period.start, period.end)}) for rule in asked]
        return self.model_copy(update={"columns": columns, "rules": rules}).worded(label.words(period, board))

    def worded(self, said: Mapping[str, str]) -> "Sheet":
        """The sheet with these words for `{board}`, `{year}` and their like."""

        def fill(text: str) -> str:
            return label.fill(text, said)

        return self.model_copy(
            update={
                "title": self.title and fill(self.title),
                "description": fill(self.description),
                "blocks": {block: [fill(text) for text in spellings] for block, spellings in self.blocks.items()},
                "block_aliases": {block: [fill(text) for text in names] for block, names in self.block_aliases.items()},
                "footnotes": [fill(text) for text in self.footnotes],
                "columns": [column.worded(said) for column in self.columns],
                "example": {name: fill(text) for name, text in self.example.items()},
            }
        )

    def block_spellings(self, block: str) -> list[str]:
        """Every heading that the block is known by."""
        return [*self.blocks[block], *self.block_aliases.get(block, ())]

    def also_named(self, one: Alias) -> "Sheet":
        """The sheet with this name for its column or block. Raises ValueError where it has none such, or knows the name."""
        columns = {column.name: column for column in self.columns}
        named, headed = columns.get(one.column or ""), one.block if one.block in self.blocks else None
        if not named and not headed:
            raise ValueError(f"'{one.printed}' was accepted for {one.column or one.block}, which {self.sheet} does not have")
        own = {fold(text) for text in named.printed} if named else set()
        others = [column for column in self.columns if column is named or not own & {fold(text) for text in column.printed}]
        beside = [column for column in others if named and column.block == named.block]
        known = {column.name: column.printed for column in others} | {c.name: c.spellings for c in beside}
        for name, spellings in {**known, **{block: self.block_spellings(block) for block in self.blocks}}.items():
            if fold(one.printed) in map(fold, filter(None, spellings)):
                raise ValueError(f"'{one.printed}' is read as '{name}' already")
        if named:
            columns[named.name] = named.model_copy(update={"aliases": [*named.aliases, one.printed]})
            return self.model_copy(update={"columns": list(columns.values())})
        names = {headed: [*self.block_aliases.get(headed or "", ()), one.printed]}
        return self.model_copy(update={"block_aliases": self.block_aliases | names})

    @property
    def by_year(self) -> bool:
        """Whether its rows are of years that stand in a column."""
        return any(column.type == "year" for column in self.columns)

    def keyed(self, key: str) -> Column | None:
        """The column that holds this key of a row, if there is one."""
        return next((column for column in self.columns if column.key == key), None)

    @property
    def names_children(self) -> bool:
        """Whether its rows are of children who can be told by them: then nothing typed in them may be said again."""
        return any(c.is_identifier for c in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


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
