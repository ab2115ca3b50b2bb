"""One column of a return: its words, type, bounds and what its figures are."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from lscb_data import label
from lscb_data.finding import Severity
from lscb_data.period import Period, parse
from lscb_data.promise import Name, Strict
from lscb_data.rule import PERIOD_DAYS

NUMBERS = ("count", "decimal", "percent")
TIMES = ("month", "year")
# Columns that the machinery adds, and words of the rules.
_OWN = {"row", "sure", "stopped", "accepted", "submission_id", "sheet", "cell", "place", "fault", "texts", *PERIOD_DAYS}
_NOT_RE2 = re.compile(r"\(\?[=!<>(]|\(\?P[=>]|\\[1-9Z]|[*+?}]\+")  # what Python's expressions have and the database's have not
_BOTH_CASES = re.compile(r"\(\?-?[a-z]*i")  # the database takes more letters for one (K and the kelvin sign) than Python does


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


class Birth(Strict):
    """What is kept of a date of birth: its month, and ages in whole years on other dates of the row (-1: not born yet)."""

    month: Name
    ages: dict[Name, Name] = Field({}, description="Column to be kept, and the date on which the child has that age")


class Line(Strict):
    """What a column's figure is in the rows of one line."""

    measure: Name | None = None
    prints: Name | None = None
    unit: str | None = Field(None, description="Where it is not the column's")
    of: Literal["row", "row_end"] = "row"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.measure) == bool(self.prints):
            raise ValueError("a line gives a measure, or prints an indicator")
        return self


class Column(Strict):
    """One column of a return's rows: a key of the row, or a figure, or a plain fact."""

    name: Name
    description: str
    type: Literal["count", "decimal", "percent", "month", "year", "date", "code", "text", "identifier", "rating"] = Field(
        description="year: the financial year that ends on 31 March of the year printed"
    )
    printed: list[str] = Field(
        [],
        description="Heading or label as suppliers print it; the first is the template's. {year}, {year_start}, {year_end},"
        " {previous_year} and {board} stand for the return's own (2014-15, 2014, 2015, 2013-14, the Board's area). A table's"
        " column that some print without a heading has a blank among them: it is told by its values",
    )
    aliases: list[str] = Field([], description="Other names that a supplier uses and the Board accepted; each use is reported")
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
    begins: bool = Field(False, description="Of a year: it is printed as the calendar year that it begins in, and not ends in")
    places: int = Field(
        0, ge=0, le=4, description="Decimal places that it is printed with, where the source leaves out closing noughts"
    )
    identifier: bool = False
    keep: bool = Field(
        True, description="False: its heading is known and nothing under it is ever read, such as a worker's name"
    )
    birth: Birth | None = Field(None, description="Of a date of birth only this is kept")
    rule: Name | None = Field(
        None, description="The rule that any fault here breaks, such as dfe_8720; else the fault's own name"
    )
    key: Literal["period", "area", "provider", "breakdown", "line"] | None = None
    otherwise: list[Name] = Field(
        [], description="Of a key that is blank: the columns that have it instead, the first filled of them"
    )
    total: list[str] = Field([], description="Words in a key that mark the row of totals")
    measure: Name | None = Field(None, description="The figure that this column supplies")
    prints: Name | None = Field(None, description="The indicator whose value the supplier worked out here")
    breakdown_type: Name | None = None
    breakdown: str | None = None
    of: Literal[
        "row", "row_end", "last_month", "quarter", "quarter_end", "year", "year_end", "previous_year", "previous_year_end",
        "april", "may", "june", "july", "august", "september",
        "october", "november", "december", "january", "february", "march",
    ] = Field(
        "row",
        description="The period it is for: the row's, its last day, its month of that name; or one reckoned from the return's",
    )  # fmt: skip
    area: str | None = Field(None, description="Code of the area it is for, where not the Board's")
    note: str | None = Field(None, description="A caveat that goes wherever the figure goes")
    figures: Embedded | None = None
    lines: dict[str, Line] = Field(
        {}, description="What the figure is by the words of the column with key: line; in rows of other words it gives none"
    )
    since: str | None = None
    until: str | None = None
    example: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.type in ("code", "rating")) != bool(self.codes):
            raise ValueError(f"column {self.name}: a code list belongs to type code or rating, and to those only")
        if self.name in _OWN or self.name.endswith(("__places", "__text")) or hasattr(BaseModel, self.name):
            raise ValueError(f"column {self.name}: the machinery has that name itself; take another")
        if self.bare and self.type in ("text", "identifier", "rating"):
            raise ValueError(f"column {self.name}: a {self.type} without a heading could not be told from other words")
        if self.pattern and (_pattern(self.pattern).groups != 1 or _NOT_RE2.search(self.pattern)):
            raise ValueError(
                f"column {self.name}: pattern needs exactly one group, the value, and neither looks ahead nor back"
            )
        if self.pattern and _BOTH_CASES.search(self.pattern):
            raise ValueError(f"column {self.name}: pattern names small letters and capitals itself, [Nn]early, and not by (?i)")
        for text in self._texts():
            label.check(text)
        if not self.is_number and (self.words or self.minimum is not None or self.maximum is not None):
            raise ValueError(f"column {self.name}: bounds and words belong to numbers")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"column {self.name}: the minimum is above the maximum")
        if odd := [word for word, value in self.words.items() if word != word.lower() or self._not_one(value)]:
            raise ValueError(f"column {self.name}: words are in small letters and stand for a {self.type}: {odd}")
        if (self.key == "period") != (self.type in TIMES and self.key is not None) or (self.type == "year" and not self.key):
            raise ValueError(f"column {self.name}: key period and type month or year belong together")
        if self.key and (self.type not in (*TIMES, "code", "text") or self.identifier):
            raise ValueError(f"column {self.name}: a key is a month, a year, a code or text, and no identifier")
        if self.begins and self.type != "year":
            raise ValueError(f"column {self.name}: only a year begins in the year that is printed")
        if self.otherwise and not self.key:
            raise ValueError(f"column {self.name}: only a key that is blank stands in another column")
        if self.is_figure and self.type in (*TIMES, "date", "identifier"):
            raise ValueError(f"column {self.name}: a {self.type} is not a figure")
        if self.birth and self.type != "date":
            raise ValueError(f"column {self.name}: birth belongs to a date")
        if not self.keep and (self.required or self.key or self.is_figure):
            raise ValueError(f"column {self.name}: what is never kept is neither required nor a key nor a figure")
        if self.outside is Severity.BLOCKER:
            raise ValueError(f"column {self.name}: a value outside the bounds is an error or a query")
        if self.lines and (self.measure or self.prints):
            raise ValueError(f"column {self.name}: its lines say what its figures are, in the place of measure and prints")
        if self.key and self.is_figure:
            raise ValueError(f"column {self.name}: a key is not a figure")
        if bool(self.breakdown) and not self.breakdown_type:
            raise ValueError(f"column {self.name}: breakdown needs its breakdown_type")
        for bound in (self.since, self.until):
            if bound:
                parse(bound)
        return self

    def _texts(self) -> list[str]:
        return [*self.spellings, self.description, self.note or "", self.example or ""]

    def worded(self, said: Mapping[str, str]) -> "Column":
        """The column with these words for `{board}`, `{year}` and their like."""
        texts = {"description": self.description, "note": self.note, "example": self.example}
        filled = {name: text and label.fill(text, said) for name, text in texts.items()}
        named = {"printed": self.printed, "aliases": self.aliases}
        return self.model_copy(
            update=filled | {name: [label.fill(text, said) for text in texts] for name, texts in named.items()}
        )

    def _not_one(self, value: Decimal) -> bool:
        return not value.is_finite() or (self.type == "count" and value != int(value))

    @property
    def spellings(self) -> list[str]:
        """Every heading or label that it is known by."""
        return [*self.printed, *self.aliases]

    @property
    def bare(self) -> bool:
        """Whether it may stand without a heading."""
        return "" in self.printed

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def is_identifier(self) -> bool:
        return self.identifier or self.type == "identifier"

    @property
    def is_figure(self) -> bool:
        return bool(self.measure or self.prints or self.lines)

    @property
    def measures(self) -> list[str]:
        """The measures that it supplies, those inside a cell's text and of its lines among them."""
        inside = self.figures and self.figures.measure
        return [name for name in (self.measure, inside, *(one.measure for one in self.lines.values())) if name]

    @property
    def indicators_printed(self) -> list[str]:
        """The indicators whose values it prints."""
        return [name for name in (self.prints, *(one.prints for one in self.lines.values())) if name]

    def on_line(self, said: str) -> "Column | None":
        """The column as it is in the rows of a line; None where they give no figure of it."""
        if not self.lines:
            return self
        one = self.lines.get(said)
        return self.model_copy(update=one.model_dump(exclude_none=True) | {"lines": {}}) if one else None

    def applies_to(self, period: Period) -> bool:
        after = not self.since or period.end >= parse(self.since).start
        return after and (not self.until or period.start <= parse(self.until).end)


def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern '{pattern}' is not a regular expression: {error}") from None
