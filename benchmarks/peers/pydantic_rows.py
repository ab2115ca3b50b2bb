"""The peer that reads row by row: csv.DictReader and a pydantic model with the contract's rules, to Parquet.

It counts as it goes, for it holds no more than a batch: plans started and plans open, and no more than these.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator
from rules import CHILD, FIRST, GROWN, HEADINGS, LAST, LISTS, PLANS, UNBORN, spellings

BATCH = 50_000
FIRST_DAY, LAST_DAY = date.fromisoformat(FIRST), date.fromisoformat(LAST)
SAID = {name: spellings(of) for name, of in LISTS.items()}


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None  # noqa: DTZ007 - a day has no hours


def _one_of(name: str) -> BeforeValidator:
    def known(text: str) -> str | None:
        code = SAID[name].get(text.strip().lower())
        if text and code is None:
            raise ValueError("not on the list")
        return code

    return BeforeValidator(known)


Day = Annotated[date | None, BeforeValidator(_day)]


class Plan(BaseModel):
    area_code: Annotated[str | None, _one_of("area_code")]
    child: str = Field(pattern=f"^{CHILD}$")
    sex: Annotated[str | None, _one_of("sex")]
    ethnicity: Annotated[str, _one_of("ethnicity")]
    born: Day
    disability: Annotated[str | None, _one_of("disability")]
    started: Annotated[date, BeforeValidator(_day)]
    category_initial: Annotated[str, _one_of("category_initial")]
    category_latest: Annotated[str, _one_of("category_latest")]
    reviewed: Day
    ended: Day
    previous_plans: int = Field(ge=0, le=PLANS)
    transfer_in: Annotated[str | None, _one_of("transfer_in")]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not FIRST_DAY <= self.started <= LAST_DAY:
            raise ValueError("starts outside the period")
        if self.ended and not self.started < self.ended <= LAST_DAY:
            raise ValueError("ends before it starts, or after the period")
        if self.born and not UNBORN <= (self.started - self.born).days <= GROWN:
            raise ValueError("born too late or too early")
        return self


KINDS = dict.fromkeys(("born", "started", "reviewed", "ended"), pa.date32()) | {"previous_plans": pa.int32()}
SCHEMA = pa.schema([(name, KINDS.get(name, pa.string())) for name in HEADINGS.values()])


def main(given: Path, out: Path) -> None:
    starts: Counter[tuple[str, int]] = Counter()
    steps: Counter[tuple[str, int]] = Counter()
    wrong = 0
    with given.open(encoding="utf-8", newline="") as lines, pq.ParquetWriter(out / "plans.parquet", SCHEMA) as writer:
        batch: list[dict[str, Any]] = []
        for row in csv.DictReader(lines):
            try:
                plan = Plan.model_validate({name: row[heading] for heading, name in HEADINGS.items()})
            except ValidationError:
                wrong += 1
                continue
            area = plan.area_code or ""
            starts[area, _month(plan.started)] += 1
            steps[area, _month(plan.started)] += 1
            if plan.ended:
                steps[area, _month(plan.ended)] -= 1
            batch.append(plan.__dict__)
            if len(batch) == BATCH:
                writer.write_table(pa.Table.from_pylist(batch, SCHEMA))
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, SCHEMA))
    answers = [("cp_plans_started_with_transfers", area, _first(month), many) for (area, month), many in starts.items()]
    answers += [("cp_plans_open", area, _last(month), many) for area, month, many in _open(steps)]
    columns = list(zip(*answers, strict=True))
    pq.write_table(pa.table(dict(zip(("measure", "area_code", "day", "value"), columns, strict=True))), out / "answers.parquet")
    print(wrong, "rows set aside")


def _open(steps: Counter[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """At each month's end the children who came so far, less those who left."""
    for area in {area for area, _ in steps}:
        here = 0
        for month in range(min(month for _, month in steps), _month(LAST_DAY) + 1):
            here += steps[area, month]
            yield area, month, here


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _last(month: int) -> date:
    return date.fromordinal(_first(month + 1).toordinal() - 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
