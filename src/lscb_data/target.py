"""What a Board set for an indicator, from when until when: targets with their rules, and from when a chart begins anew."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from lscb_data.period import Period, parse
from lscb_data.promise import Strict
from lscb_data.rounding import plainly

Bound = Annotated[Decimal, Field(max_digits=16, decimal_places=4)]
_WAYS = {"at_least": "at least", "above": "more than", "at_most": "at most", "below": "less than"}


class Band(Strict):
    """A colour, and the values that have it, in the indicator's unit; without a bound, whatever no band before it holds."""

    colour: Literal["green", "amber", "red"]
    at_least: Bound | None = None
    above: Bound | None = None
    at_most: Bound | None = None
    below: Bound | None = None

    @model_validator(mode="after")
    def _one_bound_a_side(self) -> Self:
        if None not in (self.at_least, self.above) or None not in (self.at_most, self.below):
            raise ValueError(f"the {self.colour} band has two bounds on one side: keep one")
        return self

    @property
    def words(self) -> str:
        """at least 95; at least 90 and less than 95; otherwise."""
        bounds = ((words, getattr(self, name)) for name, words in _WAYS.items())
        return " and ".join(f"{words} {plainly(bound)}" for words, bound in bounds if bound is not None) or "otherwise"


class Dated(Strict):
    """Something of an indicator that holds from a day, until another, in one area or in all."""

    area: str | None = Field(None, description="Code of the area that it is for; without it, every area")
    from_: date = Field(alias="from")
    until: date | None = Field(None, description="The last day on which it holds")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until and self.until < self.from_:
            raise ValueError(f"it holds until {self.until}, before it begins on {self.from_}: put the dates right")
        return self


class Target(Dated):
    """What is aimed at, who set it and where that is written. A figure has a colour only where `bands` were set, in order:
    the first that holds it gives the colour."""

    says: str = Field(description="The target in the words of who set it, or near them")
    set_by: str
    source: str = Field(description="Where it is written")
    bands: list[Band] = []

    @model_validator(mode="after")
    def _bands_that_can_be_reached(self) -> Self:
        if any(band.words == "otherwise" for band in self.bands[:-1]):
            raise ValueError("a band without a bound holds every value: let it stand last")
        return self

    @property
    def rule(self) -> str | None:
        """green: at least 95; amber: at least 90; red: otherwise. None where no rule was set."""
        return "; ".join(f"{band.colour}: {band.words}" for band in self.bands) or None


class Rebased(Strict):
    """From this period on a chart's limits are reckoned anew, because a person so decided. With `until` they are reckoned from
    what lies between, and later values are held against them."""

    area: str | None = Field(None, description="Code of the area whose charts it is about; without it, every area's")
    from_: str = Field(alias="from", description="The first period that is reckoned anew: 2014-12 or 2014-15 Q3")
    until: str | None = Field(None, description="The last period that the limits are reckoned from")
    decided_on: date
    decided_by: str
    reason: str

    @field_validator("from_", "until")
    @classmethod
    def _a_period(cls, text: str | None) -> str | None:
        if text is not None and parse(text).type not in ("month", "quarter"):
            raise ValueError(f"'{text}' is no month and no quarter")
        return text

    @property
    def begins(self) -> Period:
        return parse(self.from_)

    @property
    def ends(self) -> Period | None:
        return parse(self.until) if self.until else None


def overlapping(targets: list[Target]) -> tuple[Target, Target] | None:
    """Two targets of one area, one source and one day; None where there are no such two."""
    kin = sorted(targets, key=lambda one: (one.area or "", one.set_by, one.from_))
    for one, later in pairwise(kin):
        if (one.area, one.set_by) == (later.area, later.set_by) and (one.until is None or one.until >= later.from_):
            return one, later
    return None
