"""Other names that a supplier's headings and lines have, each accepted once by the Board: `schemas/aliases/<return>.yml`."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from lscb_data import label
from lscb_data.promise import Name, Strict
from lscb_data.spelling import clean


class Alias(Strict):
    """A heading or a line's name as it is printed, and the column, or the block of lines, that it was accepted for."""

    printed: Annotated[str, Field(min_length=1, max_length=200)]
    sheet: Name
    column: Name | None = None
    block: Name | None = None
    accepted_at: AwareDatetime
    accepted_by: str
    reason: str

    @field_validator("printed")
    @classmethod
    def _is_a_name(cls, printed: str) -> str:
        label.check(printed)
        if not clean(printed):
            raise ValueError("is blank")
        return clean(printed)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.column) == bool(self.block):
            raise ValueError("an alias is a column's or a block's")
        return self


class Aliases(Strict):
    """All that were accepted for one return, oldest first."""

    return_: Name = Field(alias="return")
    aliases: list[Alias] = []
