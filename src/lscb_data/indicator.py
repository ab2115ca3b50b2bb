"""What each published number means: the indicators declared in `schemas/indicators`."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from lscb_data.finding import UserError
from lscb_data.promise import Name, Strict, read_yaml
from lscb_data.target import Rebased, Target, overlapping


class People(Strict):
    """The residents that a rate is of: the ONS estimate for the middle of the financial year's first calendar year."""

    ages: str = Field(
        default="0-17", pattern=r"^[0-9]+(-[0-9]+|\+)$", description="In whole years, first and last included: 10-17, 16+"
    )
    sex: Literal["all", "female", "male"] = "all"
    census_base: int | None = Field(default=None, description="Where the definition names one; else the base first used")

    @property
    def words(self) -> str:
        """`aged 0 to 17`; `aged 16 and over, female (2011 base)`."""
        ages = f"aged {self.ages.replace('-', ' to ').replace('+', ' and over')}"
        sex = "" if self.sex == "all" else f", {self.sex}"
        return f"{ages}{sex}{f' ({self.census_base} base)' if self.census_base else ''}"


class Indicator(Strict):
    """One number the Board has defined.

    `kind` says how it goes from months to quarters and years: a `flow` is summed, a `stock` taken at the last day, a
    `largest` is the largest; a `percent`, `rate` or `mean` is worked out anew from its
    parts, and a `share` from its breakdown's own total; a `statement` stands for the
    period that it was made for, and for no other.
    """

    code: Name
    title: str
    kind: Literal["flow", "stock", "largest", "percent", "share", "rate", "mean", "statement"]
    unit: str
    numerator: list[Name] = Field(min_length=1, description="Measures, added up")
    denominator: list[Name] = Field([], description="Measures, added up; a rate has its population instead")
    population: People = Field(People(), description="Of a rate: the residents that it is of")
    per: Literal[1000, 10000, 100000] = Field(10000, description="Of a rate: for each how many of them")
    parts: list[list[Name]] = Field([], description="Measures that make up the whole of it; each list one way of parting it")
    part_of: list[Name] = Field([], description="Measures that it is among: how many of them it is not is a count, too")
    left_out: list[Name] = Field([], description="Breakdowns whose parts may leave some of the whole out, by the definition")
    places: int = Field(0, ge=0, le=2)
    definition: str
    source: str = Field(description="Where the definition comes from")
    polarity: Literal["higher is better", "lower is better", "neither"] = "neither"
    breakdown_types: list[Name] = []
    caveats: str | None = None
    targets: list[Target] = []
    rebased: list[Rebased] = Field([], description="From when its charts' limits are reckoned anew, and who decided so")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        suffix = {"percent": "_percent", "share": "_percent", "rate": f"_per_{self.per}"}.get(self.kind)
        if suffix and not self.code.endswith(suffix):
            raise ValueError(f"{self.code}: the code of a {self.kind} ends in {suffix}")
        said = re.match(r"per ([0-9,]+)", self.unit)
        if self.kind == "rate" and said and said[1] != f"{self.per:,}":
            raise ValueError(f"{self.code}: its unit says per {said[1]}, and it is per {self.per:,}")
        if self.kind != "rate" and self.model_fields_set & {"population", "per"}:
            raise ValueError(f"{self.code}: only a rate has a population, and is per so many of it")
        if both := overlapping(self.targets):
            raise ValueError(
                f"{self.code}: {both[0].set_by} set two targets for one time, from {both[0].from_} and from {both[1].from_}: "
                "give the first an `until`"
            )
        return self


class Topic(Strict):
    """One file of indicators on one subject."""

    topic: Name
    title: str
    indicators: list[Indicator] = Field(min_length=1)


def load_indicators(folders: Sequence[Path]) -> dict[str, tuple[str, Indicator]]:
    """Every indicator by its code, with its topic; later folders over earlier ones.

    Raises UserError for a file that is not understood, or a code declared twice.
    """
    found: dict[str, tuple[str, Indicator]] = {}
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("indicators/*.yml"))}
    for path in paths.values():
        topic = read_yaml(path, Topic)
        for indicator in topic.indicators:
            if indicator.code in found:
                raise UserError(f"{path.name}: the indicator {indicator.code} is declared twice")
            found[indicator.code] = (topic.topic, indicator)
    return found
