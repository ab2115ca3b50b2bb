"""A warehouse told a handful of plans, conferences, reviews and assessments, to ask what it counts of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import pyarrow as pa

from lscb_data.indicator import Indicator
from tests.spec.told import AREA, RECORDS, Row, Told, submission, told

CODES = [
    *(("areas", code, code) for code in (AREA, "E10000020")),
    *(("sex", code, code) for code in "MFU"),
    *(("category_of_abuse", code, code) for code in ("NEG", "PHY", "SAB", "EMO", "MUL")),
    *(("ethnicity", code, code) for code in ("WBRI", "BOTH", "CHNE", "REFU", "NOBT")),
]


def child(name: str, area: str = AREA) -> UUID:
    """The pseudonym of a child in one council: nobody can tell that a child elsewhere is the same."""
    return uuid5(NAMESPACE_OID, f"{area}:{name}")


def _row(view: str, name: str, area: str, more: dict[str, Any]) -> Row:
    row = dict.fromkeys(RECORDS[view]) | {
        "view": view, "submission_id": "list", "accepted": True, "area_code": area, "child": child(name, area),
    }  # fmt: skip
    for key, value in more.items():
        is_day = isinstance(value, str) and RECORDS[view].get(key) == pa.date32()
        row[key] = date.fromisoformat(value) if is_day else value
    return row


def plan(name: str, started: str, ended: str | None = None, *, area: str = AREA, born: str | None = None, **more: Any) -> Row:
    """One plan of a child. Unless said: no plan before, and no transfer-in."""
    first, last = (date.fromisoformat(day) if day else None for day in (started, ended))
    birth = date.fromisoformat(born) if born else None
    more = {
        "previous_plans": 0, "transfer_in": "N", "category_initial": "NEG", "category_latest": "NEG", "sex": "F",
        "ethnicity": "WBRI", "disability": "N", "birth_month": birth and birth.replace(day=1),
        "age_at_start": _age(birth, first), "age_at_end": _age(birth, last), "started": first, "ended": last,
    } | more  # fmt: skip
    return _row(more.pop("view", "csc__annex_a_list_7"), name, area, more)


def _age(born: date | None, on: date | None) -> int | None:
    if born is None or on is None:
        return None
    return -1 if on < born else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def conference(name: str, held: str | None, enquiry: str | None = None, *, area: str = AREA, **more: Any) -> Row:
    """One section 47 enquiry, and the initial conference that it led to."""
    return _row("csc__annex_a_list_5", name, area, {"conference": held, "enquiry_started": enquiry} | more)


def review(name: str, started: str, *days: str, area: str = AREA, **more: Any) -> list[Row]:
    """The reviews of the child's plan that started on this day."""
    view = "csc__cin_census__reviews"
    return [_row(view, name, area, {"started": started, "reviewed": day, "submission_id": "census"} | more) for day in days]


def assessment(name: str, referred: str, authorised: str | None, *, area: str = AREA, **more: Any) -> Row:
    said = {"referred": referred, "assessment_started": referred, "authorised": authorised, "submission_id": "census"}
    return _row("csc__cin_census__assessments", name, area, said | more)


def in_census(name: str, *, area: str = AREA, **more: Any) -> Row:
    """A child of the census."""
    return _row("csc__cin_census__children", name, area, {"submission_id": "census", "sex": "F", "ethnicity": "WBRI"} | more)


def extract(name: str = "list", covers: str = "2004-04-01", period: str = "2014-15 Q4", **more: Any) -> Row:
    """A receipt of records: they are complete from one day to the period's end."""
    return submission(name, period=period, secret=True, **more) | {"covers_from": date.fromisoformat(covers)}


def counted(
    *rows: Row | list[Row],
    extracts: Iterable[Row] = (),
    indicators: Iterable[Indicator] = (),
    totals: Iterable[Row] = (),
    **more: Any,
) -> "Counted":
    """The warehouse that these records make, all of them in one extract of all of history unless said otherwise."""
    flat = [row for one in rows for row in (one if isinstance(one, list) else [one])]
    records: dict[str, list[Row]] = {view: [] for view in RECORDS}
    for number, row in enumerate(flat, 1):
        records[row["view"]].append({name: row[name] for name in RECORDS[row["view"]]} | {"row": number, "sheet": "rows"})
    receipts = [*(extracts or [extract(), extract("census", period="2014-15")])]
    more = {"submissions": receipts, "records": records, "areas": CODES} | more
    return Counted(told(*totals, indicators=indicators, **more)._connection)


class Counted(Told):
    """What was counted of the records."""

    def count(self, measure: str, period: str, part: str = "all", area: str = AREA) -> Any:
        """The count of this measure; a range as (least, most), None where there is no figure."""
        found = [
            row
            for row in self.rows("from marts.cp_counts")
            if (row.measure, row.period, row.breakdown, row.area_code) == (measure, period, part, area)
        ]
        assert len(found) < 2
        if not found:
            return None
        one = found[0]
        return int(one.value) if one.value is not None else (int(one.low), int(one.high))

    def parts(self, measure: str, period: str, kind: str) -> dict[str, int]:
        """The counts of the parts of a breakdown, noughts left out."""
        found = self.rows(
            f"from marts.cp_counts where measure = '{measure}' and period = '{period}' and breakdown_type = '{kind}'"
        )
        return {row.breakdown: int(row.value) for row in found if row.value}
