"""The children in need census of one council and one year as XML, child by child, plainly marked as synthetic.

What a list sets aside of a council's plans and enquiries is set aside here too, by a fault that a census can have: so that the
true answers are the same by whichever of them is loaded.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import TextIO

import numpy as np

from lscb_data.synth import NONE, Council, day, reviewed
from lscb_data.synth_faults import (
    CENSUS_ASSESSMENT_FAULTS,
    CENSUS_ENQUIRY_FAULTS,
    CENSUS_PLAN_FAULTS,
    CENSUS_REVIEW_FAULTS,
    CensusChange,
    Fault,
    Planted,
)
from lscb_data.synth_texts import child_id

SEX = {"M": "1", "F": "2", "U": "0"}
CHILD, PLAN, REVIEW, ENQUIRY, ASSESSMENT = "Child", "ChildProtectionPlans", "CPPreviewDate", "Section47", "Assessments"
Said = Mapping[str, str | int]  # by column of the contract: a text, or a day
Found = dict[str, list[Fault]]  # by the element that is a row


@dataclass(frozen=True)
class _Part:
    """A stretch of a child's record: how many rows of each kind it has, and the faults of those, counted from its first."""

    text: str
    rows: Counter[str]
    faults: Sequence[tuple[str, Fault]] = ()


def census(path: Path, council: Council, until: date, plans: Planted, enquiries: Planted) -> Found:
    """Write what was open or held in the year that ends on `until`; the faults in it, by the element that is a row."""
    last, first = day(until), day(date(until.year - 1, 4, 1))
    people: dict[int, tuple[int, str, str, str]] = {}
    parts: dict[int, list[_Part]] = defaultdict(list)
    _plans(council, plans, first, last, people, parts)
    _enquiries(council, enquiries, first, last, people, parts)
    found, written = defaultdict[str, list[Fault]](list), Counter[str]()
    with path.open("w", encoding="utf-8") as out:
        _begin(out, council.number, until)
        for number, (child, (born, sex, ethnicity, disability)) in enumerate(sorted(people.items())):
            # Enquiries have no date of birth: that of a child without a plan may be wrong, and no figure with it.
            is_faulty = bool(enquiries.faults) and number % 20 == 0 and not any(PLAN in part.rows for part in parts[child])
            birth = "ExpectedPersonBirthDate" if born > last else "PersonBirthDate"
            out.write(
                f"<Child><ChildIdentifiers><LAchildID>{child_id(council.number, child)}</LAchildID>"
                f"{_said('PersonBirthDate', last + 1 + number) if is_faulty else _said(birth, born)}"
                f"<GenderCurrent>{SEX[sex]}</GenderCurrent></ChildIdentifiers>"
                f"<ChildCharacteristics><Ethnicity>{ethnicity}</Ethnicity>"
                f"<Disabilities><Disability>{'NONE' if disability == 'N' else 'OTH'}</Disability></Disabilities>"
                f"</ChildCharacteristics>{''.join(part.text for part in parts[child])}</Child>\n"
            )
            if is_faulty:
                found[CHILD].append(Fault(number, "dfe_8520", "date_of_birth", "error", True))
            for part in parts[child]:
                for row, fault in part.faults:
                    found[row].append(Fault(written[row] + fault.at, fault.code, fault.column, fault.severity, fault.set_aside))
                written += part.rows
        out.write("</Children></Message>\n")
    return found


def _plans(
    council: Council, planted: Planted, first: int, last: int, people: dict[int, tuple[int, str, str, str]],
    parts: dict[int, list[_Part]],
) -> None:  # fmt: skip
    plans, turns = council.plans, count()
    wrong = {int(planted.rows[fault.at]): fault for fault in planted.faults}
    reviews = [reviewed(plans, number, last) for number in range(12)]
    for at in np.flatnonzero((plans.ended >= first) & (plans.started <= last)).tolist():
        child, start = int(plans.child[at]), int(plans.started[at])
        people[child] = int(plans.born[at]), str(plans.sex[at]), str(plans.ethnicity[at]), str(plans.disability[at])
        held: dict[str, str | int] = {
            "referred": start - 30, "started": start, "ended": int(plans.ended[at]),
            "category_initial": str(plans.category_initial[at]), "category_latest": str(plans.category_latest[at]),
            "previous_plans": str(plans.previous_plans[at]),
        }  # fmt: skip
        days: list[str | int] = [int(each[at]) for each in reviews if each[at] != NONE]
        fault = wrong.get(at)
        if fault is None:
            parts[child].append(_plan(held, days))
        elif fault.set_aside:
            code, column, change = _change(CENSUS_PLAN_FAULTS, next(turns), start, first, last)
            parts[child].append(_plan(held | change, [], [(PLAN, Fault(0, code, column, "error", True))]))
        elif fault.code.startswith("plans_"):  # said twice, or once more before it has ended
            again = held | ({} if fault.code == "plans_doubled" else {"started": start + 5})
            parts[child] += [_plan(held, days), _plan(again, [], [(PLAN, Fault(0, fault.code, None, "error", False))])]
        else:
            code, column, change = _change(CENSUS_REVIEW_FAULTS, next(turns), start, first, last)
            wrongly = Fault(len(days), code, column, "error", True)
            parts[child].append(_plan(held, [*days, change["reviewed"]], [(REVIEW, wrongly)]))


def _enquiries(
    council: Council, planted: Planted, first: int, last: int, people: dict[int, tuple[int, str, str, str]],
    parts: dict[int, list[_Part]],
) -> None:  # fmt: skip
    held, turns = council.enquiries, count()
    when = np.where(held.conference == NONE, held.started, held.conference)
    in_year = [(days >= first) & (days <= last) for days in (when, held.authorised)]
    for at in np.flatnonzero(in_year[0] | in_year[1]).tolist():
        child, referral = int(held.child[at]), int(held.referred[at])
        people.setdefault(child, (int(held.born[at]), str(held.sex[at]), str(held.ethnicity[at]), "N"))
        said: dict[str, str | int] = {
            "referred": referral, "assessment_started": referral, "authorised": int(held.authorised[at]),
            "enquiry_started": int(held.started[at]), "conference": int(held.conference[at]),
            "conference_not_required": str(int(held.conference[at] == NONE)),
        }  # fmt: skip
        if planted.kept[at]:
            parts[child].append(_enquiry(said, (ASSESSMENT, ENQUIRY)))
            continue
        turn = next(turns)
        row, faults = [(ENQUIRY, CENSUS_ENQUIRY_FAULTS), (ASSESSMENT, CENSUS_ASSESSMENT_FAULTS)][turn % 2]
        code, column, change = _change(faults, turn // 2, referral, first, last)
        changed = said | change | {"conference_not_required": "0"}
        parts[child].append(_enquiry(changed, (row,), [(row, Fault(0, code, column, "error", True))]))


def _change(
    faults: Sequence[tuple[str, str, CensusChange]], turn: int, start: int, first: int, last: int
) -> tuple[str, str, dict[str, str | int]]:
    """The fault whose turn it is, or the next that there can be."""
    for code, column, change in [*faults[turn % len(faults) :], *faults]:
        if (said := change(start, first, last, turn // len(faults) % 60)) is not None:
            return code, column, said
    raise ValueError("no fault of the list is always possible")


def _plan(held: Said, reviews: Sequence[str | int], faults: Sequence[tuple[str, Fault]] = ()) -> _Part:
    on = "".join(f"<Reviews>{_said(REVIEW, each)}</Reviews>" for each in reviews)
    names = {
        "started": "CPPstartDate", "ended": "CPPendDate", "category_initial": "InitialCategoryOfAbuse",
        "category_latest": "LatestCategoryOfAbuse", "previous_plans": "NumberOfPreviousCPP",
    }  # fmt: skip
    text = "".join(_said(element, held[column]) for column, element in names.items())
    referral = _said("CINreferralDate", held["referred"])
    return _Part(
        f"<CINdetails>{referral}<ChildProtectionPlans>{text}{on}</ChildProtectionPlans></CINdetails>",
        Counter({PLAN: 1, REVIEW: len(reviews)}), faults,
    )  # fmt: skip


def _enquiry(said: Said, rows: Sequence[str], faults: Sequence[tuple[str, Fault]] = ()) -> _Part:
    names = {
        ASSESSMENT: {"assessment_started": "AssessmentActualStartDate", "authorised": "AssessmentAuthorisationDate"},
        ENQUIRY: {
            "enquiry_started": "S47ActualStartDate", "conference": "DateOfInitialCPC",
            "conference_not_required": "ICPCnotRequired",
        },
    }  # fmt: skip
    text = "".join(
        f"<{row}>{''.join(_said(element, said[column]) for column, element in names[row].items())}</{row}>" for row in rows
    )
    return _Part(f"<CINdetails>{_said('CINreferralDate', said['referred'])}{text}</CINdetails>", Counter(rows), faults)


def _begin(out: TextIO, number: str, until: date) -> None:
    out.write(
        '<?xml version="1.0" encoding="utf-8"?>\n<!-- SYNTHETIC: no real child -->\n<Message><Header><CollectionDetails>'
        f"<Collection>CIN</Collection><Year>{until.year}</Year><ReferenceDate>{until}</ReferenceDate></CollectionDetails><Source>"
        f"<SourceLevel>L</SourceLevel><LEA>{number}</LEA><SoftwareCode>SYNTHETIC</SoftwareCode></Source></Header><Children>\n"
    )


def _said(name: str, text: str | int) -> str:
    """The element with a text or a day, nothing where there is none."""
    if text in ("", NONE):
        return ""
    return f"<{name}>{text if isinstance(text, str) else np.datetime64(int(text), 'D')}</{name}>"
