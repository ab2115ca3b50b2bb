"""The children in need census of one council and one year as XML, child by child, plainly marked as synthetic."""

from datetime import date
from pathlib import Path
from typing import TextIO

import numpy as np

from lscb_data.synth import NONE, Council, Days, Flags, day, reviewed
from lscb_data.synth_texts import child_id

SEX = {"M": "1", "F": "2", "U": "0"}


def census(path: Path, council: Council, until: date, plans: Flags, enquiries: Flags) -> None:
    """Write what was open or held in the year that ends on `until`, without the plans and enquiries that are no longer true."""
    last, first = day(until), day(date(until.year - 1, 4, 1))
    held_plans = council.plans.take(plans & ((council.plans.ended >= first) & (council.plans.started <= last)))
    held = council.enquiries
    when = np.where(held.conference == NONE, held.started, held.conference)
    in_year = [(days >= first) & (days <= last) for days in (when, held.authorised)]
    held = held.take(enquiries & (in_year[0] | in_year[1]))
    reviews = [reviewed(held_plans, number, last) for number in range(12)]
    people: dict[int, tuple[int, str, str, str]] = {}
    details: dict[int, list[str]] = {}
    for at in range(len(held_plans)):
        child = int(held_plans.child[at])
        people[child] = (
            int(held_plans.born[at]),
            str(held_plans.sex[at]),
            str(held_plans.ethnicity[at]),
            str(held_plans.disability[at]),
        )
        on = "".join(f"<Reviews>{_day('CPPreviewDate', days[at])}</Reviews>" for days in reviews if days[at] != NONE)
        details.setdefault(child, []).append(
            f"<CINdetails>{_day('CINreferralDate', held_plans.started[at] - 30)}<ChildProtectionPlans>"
            f"{_day('CPPstartDate', held_plans.started[at])}{_day('CPPendDate', held_plans.ended[at])}"
            f"<InitialCategoryOfAbuse>{held_plans.category_initial[at]}</InitialCategoryOfAbuse>"
            f"<LatestCategoryOfAbuse>{held_plans.category_latest[at]}</LatestCategoryOfAbuse>"
            f"<NumberOfPreviousCPP>{held_plans.previous_plans[at]}</NumberOfPreviousCPP>{on}</ChildProtectionPlans></CINdetails>"
        )
    for at in range(len(held)):
        child = int(held.child[at])
        people.setdefault(child, (int(held.born[at]), str(held.sex[at]), str(held.ethnicity[at]), "N"))
        details.setdefault(child, []).append(
            f"<CINdetails>{_day('CINreferralDate', held.referred[at])}<Assessments>"
            f"{_day('AssessmentActualStartDate', held.referred[at])}{_day('AssessmentAuthorisationDate', held.authorised[at])}"
            f"</Assessments><Section47>{_day('S47ActualStartDate', held.started[at])}"
            f"{_day('DateOfInitialCPC', held.conference[at])}"
            f"<ICPCnotRequired>{int(held.conference[at] == NONE)}</ICPCnotRequired></Section47></CINdetails>"
        )
    with path.open("w", encoding="utf-8") as out:
        _begin(out, council.number, until)
        for child, (born, sex, ethnicity, disability) in sorted(people.items()):
            birth = _day("ExpectedPersonBirthDate" if born > last else "PersonBirthDate", np.int64(born))
            out.write(
                f"<Child><ChildIdentifiers><LAchildID>{child_id(council.number, child)}</LAchildID>{birth}"
                f"<GenderCurrent>{SEX[sex]}</GenderCurrent></ChildIdentifiers>"
                f"<ChildCharacteristics><Ethnicity>{ethnicity}</Ethnicity>"
                f"<Disabilities><Disability>{'NONE' if disability == 'N' else 'OTH'}</Disability></Disabilities>"
                f"</ChildCharacteristics>"
                f"{''.join(details[child])}</Child>\n"
            )
        out.write("</Children></Message>\n")


def _begin(out: TextIO, number: str, until: date) -> None:
    out.write(
        '<?xml version="1.0" encoding="utf-8"?>\n<!-- SYNTHETIC: no real child -->\n<Message><Header><CollectionDetails>'
        f"<Collection>CIN</Collection><Year>{until.year}</Year><ReferenceDate>{until}</ReferenceDate></CollectionDetails><Source>"
        f"<SourceLevel>L</SourceLevel><LEA>{number}</LEA><SoftwareCode>SYNTHETIC</SoftwareCode></Source></Header><Children>\n"
    )


def _day(name: str, days: np.int64 | Days) -> str:
    """The element, nothing where there is no day."""
    return "" if days == NONE else f"<{name}>{np.datetime64(int(days), 'D')}</{name}>"
