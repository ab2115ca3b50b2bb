"""Faults planted in lists of plans and enquiries, each written down: what was done, where, and what must be found.

A child has at most one fault, so that no fault hides another. Oddities that must not be accused (blanks around a code, small
letters, a label in the place of its code) are planted among the rows without a fault.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lscb_data.synth import NONE, Days, Enquiries, Flags, Plans

ODD = 0.02  # of rows
MARKS = {"NEG": "Neglect", "PHY": "Physical abuse", "SAB": "Sexual abuse", "EMO": "emo", "MUL": " MUL "}


@dataclass(frozen=True)
class Fault:
    """A planted fault: its row in the list, the code under which it must be found, and whether the row is set aside."""

    at: int
    code: str
    column: str | None
    severity: str
    set_aside: bool


Cells = dict[str, dict[int, str | int]]  # by column and row: a text, or a day to be written as the file writes days


@dataclass(frozen=True)
class Planted:
    """What becomes of a list: the entry of which each row is made, cells that say something else, and the faults.

    `kept`: of the entries, those whose row is not set aside. `started`: enquiries' true starts as the rows now say them.
    """

    rows: Days
    cells: Cells
    faults: tuple[Fault, ...]
    kept: Flags


def _cell(cells: Cells, at: int, **texts: str | int) -> None:
    for column, text in texts.items():
        cells.setdefault(column, {})[at] = text


# code → what is written in the row of the plan, given its start, the last day of the return and a number drawn
Change = Callable[[int, int, int], dict[str, str | int]]
PLAN_FAULTS: Sequence[tuple[str, str, str, Change]] = (
    ("dfe_8720", "started", "error", lambda start, last, n: {"started": ("", "31/02/2014", "to be agreed")[n % 3]}),
    ("dfe_8720", "started", "error",
     lambda start, last, n: {"started": last + 1 + n, "ended": "", "latest_review": "", "date_of_birth": ""}),
    ("dfe_8925", "started", "error", lambda start, last, n: {"ended": start - 1 - n}),
    ("dfe_8840", "started", "error", lambda start, last, n: {"ended": start}),
    ("dfe_8930", "ended", "error", lambda start, last, n: {"ended": last + 1 + n}),
    ("dfe_8905", "category_initial", "error", lambda start, last, n: {"category_initial": ("XXX", "", "N1")[n % 3]}),
    ("dfe_8910", "category_latest", "error", lambda start, last, n: {"category_latest": ("", "Other", "5")[n % 3]}),
    ("dfe_8730", "previous_plans", "error", lambda start, last, n: {"previous_plans": ("-1", "", "two", "1.5")[n % 4]}),
    ("dfe_4220", "ethnicity", "error", lambda start, last, n: {"ethnicity": ("", "ZZZZ", "WB")[n % 3]}),
    ("child_unknown", "child", "error", lambda start, last, n: {"child": ("", "=SUM(A1)", "n/k?")[n % 3]}),
    ("plan_long_ago", "started", "error", lambda start, last, n: {"started": -20_000 - n, "date_of_birth": ""}),
    ("unborn_too_early", "started", "error", lambda start, last, n: {"date_of_birth": start + 281 + n}),
    ("no_child_any_more", "date_of_birth", "error", lambda start, last, n: {"date_of_birth": start - 6576 - n}),
    ("no_such_date", "date_of_birth", "error", lambda start, last, n: {"date_of_birth": "31/02/2012"}),
    ("dfe_8841", "started", "query", lambda start, last, n: {"latest_review": start - n % 2}),
)  # fmt: skip
ENQUIRY_FAULTS: Sequence[tuple[str, str, str, Change]] = (
    ("dfe_8775", "enquiry_started", "error", lambda start, last, n: {"enquiry_started": ""}),
    ("child_unknown", "child", "error", lambda start, last, n: {"child": ""}),
    ("dfe_4220", "ethnicity", "error", lambda start, last, n: {"ethnicity": "ZZZZ"}),
    ("conference_in_future", "conference", "error", lambda start, last, n: {"conference": last + 1 + n}),
)
# In a census, where ends lie within its year: given also the year's first day. None where that plan or enquiry cannot have it.
CensusChange = Callable[[int, int, int, int], dict[str, str | int] | None]
CENSUS_PLAN_FAULTS: Sequence[tuple[str, str, CensusChange]] = (
    ("dfe_8720", "started", lambda start, first, last, n: {"started": ("", "2014-02-31", "to be agreed")[n % 3]}),
    ("dfe_8925", "started", lambda start, first, last, n: {"ended": max(first, start - 1 - n)} if start > first else None),
    ("dfe_8840", "started", lambda start, first, last, n: {"ended": start} if start >= first else None),
    ("dfe_8930", "ended", lambda start, first, last, n: {"ended": last + 1 + n}),
    ("dfe_8905", "category_initial", lambda start, first, last, n: {"category_initial": ("XXX", "", "N1")[n % 3]}),
    ("dfe_8910", "category_latest", lambda start, first, last, n: {"category_latest": ("", "Other", "5")[n % 3]}),
    ("dfe_8730", "previous_plans", lambda start, first, last, n: {"previous_plans": ("-1", "", "two", "1.5")[n % 4]}),
    ("dfe_1105", "referred", lambda start, first, last, n: {"referred": start + 1 + n}),
)
CENSUS_REVIEW_FAULTS: Sequence[tuple[str, str, CensusChange]] = (
    ("dfe_8841", "started", lambda start, first, last, n: {"reviewed": start - n % 2}),
    ("review_in_future", "reviewed", lambda start, first, last, n: {"reviewed": last + 1 + n}),
    ("dfe_8842", "reviewed", lambda start, first, last, n: {"reviewed": "31/02/2014"}),
)
# Given the referral in the place of the start.
CENSUS_ENQUIRY_FAULTS: Sequence[tuple[str, str, CensusChange]] = (
    ("dfe_8775", "enquiry_started", lambda referral, first, last, n: {"enquiry_started": ""}),
    (
        "dfe_1104",
        "referred",
        lambda referral, first, last, n: {"conference": referral - 1 - n, "enquiry_started": referral - 90},
    ),
    ("conference_in_future", "conference", lambda referral, first, last, n: {"conference": last + 1 + n}),
)
CENSUS_ASSESSMENT_FAULTS: Sequence[tuple[str, str, CensusChange]] = (
    ("dfe_8608", "assessment_started", lambda referral, first, last, n: {"assessment_started": ("", "soon")[n % 2]}),
    ("dfe_8696", "assessment_started", lambda referral, first, last, n: {"authorised": referral - 1 - n}),
)
DOUBLED, OVERLAPPING = len(PLAN_FAULTS), len(PLAN_FAULTS) + 1


def _chosen(rng: np.random.Generator, child: Days, share: float) -> Days:
    """Entries for a fault, no two of one child."""
    drawn = np.flatnonzero(rng.random(len(child)) < share)
    return drawn[np.unique(child[drawn], return_index=True)[1]]


def plant_plans(rng: np.random.Generator, plans: Plans, last: int, share: float) -> Planted:
    """Faults in so many of the plans, and the rows that say a plan twice or say one that overlaps another."""
    at = _chosen(rng, plans.child, share)
    kinds = np.arange(len(at)) % (len(PLAN_FAULTS) + 2)
    rng.shuffle(kinds)
    long_enough = np.minimum(plans.ended, last)[at] - plans.started[at] > 10
    kinds[(kinds == OVERLAPPING) & ~long_enough] = DOUBLED
    extra = at[kinds >= DOUBLED]
    rows = np.concatenate([np.arange(len(plans)), extra])
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    first = np.searchsorted(rows, np.arange(len(plans)))
    cells: Cells = {}
    faults, kept = [], np.ones(len(plans), bool)
    for entry, kind, n in zip(at.tolist(), kinds.tolist(), rng.integers(0, 60, len(at)).tolist(), strict=True):
        row = int(first[entry])
        if kind == DOUBLED:
            faults.append(Fault(row + 1, "plans_doubled", None, "error", False))
        elif kind == OVERLAPPING:
            _cell(cells, row + 1, started=int(plans.started[entry]) + 5, latest_review="")
            faults.append(Fault(row + 1, "plans_overlapping", None, "error", False))
        else:
            code, column, severity, change = PLAN_FAULTS[kind]
            _cell(cells, row, **change(int(plans.started[entry]), last, n))
            faults.append(Fault(row, code, column, severity, severity == "error"))
            kept[entry] = severity != "error"
    _odd(rng, cells, rows, {fault.at for fault in faults}, plans)
    return Planted(rows, cells, tuple(faults), kept)


def _odd(rng: np.random.Generator, cells: Cells, rows: Days, faulty: set[int], plans: Plans) -> None:
    for n, row in enumerate(np.flatnonzero(rng.random(len(rows)) < ODD).tolist()):
        if row in faulty:
            continue
        entry = int(rows[row])
        match n % 4:
            case 0:
                _cell(cells, row, category_latest=MARKS[str(plans.category_latest[entry])])
            case 1:
                _cell(cells, row, ethnicity=f" {str(plans.ethnicity[entry]).lower()}")
            case 2:
                _cell(cells, row, sex={"M": "male", "F": "Female", "U": "Not known"}[str(plans.sex[entry])])
            case _:
                _cell(cells, row, disability={"Y": "Yes ", "N": "no"}[str(plans.disability[entry])])


def plant_enquiries(rng: np.random.Generator, enquiries: Enquiries, last: int, share: float) -> Planted:
    """Faults in so many of the enquiries; only in those that came to a conference where the fault is the conference's."""
    at = _chosen(rng, enquiries.child, share)
    cells: Cells = {}
    faults, kept = [], np.ones(len(enquiries), bool)
    for turn, (entry, n) in enumerate(zip(at.tolist(), rng.integers(0, 60, len(at)).tolist(), strict=True)):
        code, column, severity, change = ENQUIRY_FAULTS[turn % len(ENQUIRY_FAULTS)]
        if column == "conference" and enquiries.conference[entry] == NONE:
            code, column, severity, change = ENQUIRY_FAULTS[0]
        _cell(cells, entry, **change(int(enquiries.started[entry]), last, n))
        faults.append(Fault(entry, code, column, severity, True))
        kept[entry] = False
    return Planted(np.arange(len(enquiries)), cells, tuple(faults), kept)
