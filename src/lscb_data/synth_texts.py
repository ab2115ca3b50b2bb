"""Lists of plans and enquiries as the texts that stand in a file, column by column, planted faults included."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lscb_data.synth import NONE, Council, Days, Texts, latest_review
from lscb_data.synth_faults import Planted

DATES = {"uk": "%d/%m/%Y", "iso": "%Y-%m-%d"}
_FIRST, _LAST = -30_000, 32_000  # 1887 to 2057: every day that is written
TEAMS = np.array([f"SYNTHETIC Children’s Team {n}" for n in range(1, 6)])
PLAN_HEADINGS = {
    "area_code": "Local Authority", "child": "Child Unique ID", "sex": "Gender", "ethnicity": "Ethnicity",
    "date_of_birth": "Date of Birth", "disability": "Does the Child have a Disability",
    "started": "Child Protection Plan Start Date", "category_initial": "Initial Category of Abuse",
    "category_latest": "Latest Category of Abuse", "latest_review": "Date of latest review conference",
    "ended": "Child Protection Plan End Date", "previous_plans": "Number of Previous Child Protection Plans",
    "transfer_in": "Transfer In", "team": "Allocated Team",
}  # fmt: skip
ENQUIRY_HEADINGS = {
    "area_code": "Local Authority", "child": "Child Unique ID", "sex": "Gender", "ethnicity": "Ethnicity",
    "date_of_birth": "Date of Birth", "enquiry_started": "Strategy discussion initiating Section 47 Enquiry Start Date",
    "conference": "Date of Initial Child Protection Conference", "team": "Allocated Team",
}  # fmt: skip


def child_id(council: str, child: int) -> str:
    """A child's number, plainly no real one."""
    return f"SYN{council}{child:07d}"


def plan_texts(council: Council, planted: Planted, last: int, dates: str, with_area: bool) -> pa.Table:
    """The rows of List 7, headed as councils head them."""
    plans = council.plans
    held: dict[str, Texts | Days] = {
        "sex": plans.sex, "ethnicity": plans.ethnicity, "disability": plans.disability,
        "category_initial": plans.category_initial, "category_latest": plans.category_latest,
        "transfer_in": np.where(plans.transfer_in, "Y", "N"), "previous_plans": plans.previous_plans,
        "team": TEAMS[plans.child % len(TEAMS)],
    }  # fmt: skip
    days = {
        "date_of_birth": plans.born,
        "started": plans.started,
        "ended": plans.ended,
        "latest_review": latest_review(plans, last),
    }
    return _table(council, plans.child, held, days, planted, dates, PLAN_HEADINGS, with_area)


def enquiry_texts(council: Council, planted: Planted, dates: str, with_area: bool) -> pa.Table:
    """The rows of List 5, headed as councils head them."""
    enquiries = council.enquiries
    held: dict[str, Texts | Days] = {
        "sex": enquiries.sex, "ethnicity": enquiries.ethnicity, "team": TEAMS[enquiries.child % len(TEAMS)]
    }  # fmt: skip
    days = {"date_of_birth": enquiries.born, "enquiry_started": enquiries.started, "conference": enquiries.conference}
    return _table(council, enquiries.child, held, days, planted, dates, ENQUIRY_HEADINGS, with_area)


def _table(
    council: Council, child: Days, held: Mapping[str, Texts | Days], days: Mapping[str, Days], planted: Planted,
    dates: str, headings: Mapping[str, str], with_area: bool,
) -> pa.Table:  # fmt: skip
    rows, calendar = pa.array(planted.rows), _calendar(dates)
    children, which = np.unique(child, return_inverse=True)
    ids = pa.array([child_id(council.number, one) for one in children.tolist()])
    columns = {"child": ids.take(pa.array(which)).take(rows)}
    if with_area:
        columns["area_code"] = pa.array([council.code]).take(pa.array(np.zeros(len(rows), np.int64)))
    for name, values in held.items():
        codes, places = np.unique(values, return_inverse=True)
        columns[name] = pa.array([str(code) for code in codes], pa.string()).take(pa.array(places)).take(rows)
    for name, when in days.items():
        at = pa.array(np.where(when == NONE, len(calendar) - 1, when - _FIRST))
        columns[name] = calendar.take(at).take(rows)
    for name, cells in planted.cells.items():
        at = np.array(sorted(cells))
        says = [cell if isinstance(cell := cells[row], str) else calendar[cell - _FIRST].as_py() for row in at.tolist()]
        mask = np.zeros(len(rows), bool)
        mask[at] = True
        columns[name] = pc.replace_with_mask(columns[name], pa.array(mask), pa.array(says, pa.string()))
    return pa.table({heading: columns[name] for name, heading in headings.items() if name in columns})


def _calendar(dates: str) -> pa.Array:
    """Each day as it is written; last of all what is written where there is none."""
    days = pa.array(np.arange(_FIRST, _LAST), pa.int32()).cast(pa.date32())
    return pa.concat_arrays([pc.strftime(days.cast(pa.timestamp("s")), DATES[dates]), pa.array([""])])
