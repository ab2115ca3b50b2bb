"""Children who never were: lives of child protection plans, drawn so that their shares are those of England.

A family is drawn, then its children; they come onto a plan together, leave it together, and may come back. Time begins
BURN_IN years before the years asked for, so that on the first day asked for there are children on plans and with a past.
Everything follows from the seed: the same seed gives the same lives, council by council, whatever else is asked for.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lscb_data.synth_days import working_days_after, working_days_before

Days: TypeAlias = NDArray[np.int64]  # days since 1 January 1970; NONE where there is none
Texts: TypeAlias = NDArray[np.str_]
Flags: TypeAlias = NDArray[np.bool_]

NONE = np.iinfo(np.int64).max
BURN_IN = 3  # years; more than 24 months, so that "within 24 months" is known from the first day asked for
MOST_PLANS = 5  # of one child
GAP_MEDIAN, GAP_SPREAD = 500, 0.9  # days off a plan before the next, log-normal
CHANGED = 0.15  # of plans, those whose category was drawn anew at a review
BANDS = {  # days that a plan lasts
    "3_months_or_less": (5, 89), "over_3_to_6_months": (93, 181), "over_6_months_to_1_year": (185, 364),
    "1_to_2_years": (366, 727), "2_years_and_over": (730, 1200),
}  # fmt: skip
AGES = {  # days of age at the first start
    "unborn": (-140, -1), "under_1": (0, 364), "1_to_4": (366, 1825), "5_to_9": (1827, 3651), "10_to_15": (3653, 5842),
    "16_and_over": (5845, 6400),
}  # fmt: skip
WAITS = {"0_to_10": (3, 10), "11_to_15": (11, 15), "16_to_20": (16, 20), "21_and_over": (21, 35)}  # working days
ASSESSED = {"in_time": (9, 45), "late": (46, 90)}  # working days


@dataclass(frozen=True)
class Asked:
    """What is to be made: so many plans, of so many councils, for so many financial years that end with `until`."""

    councils: tuple[tuple[str, str], ...]  # GSS code and the DfE's own number
    years: int = 3
    plans: int = 10_000
    seed: int = 1
    until: date = date(2024, 3, 31)

    @property
    def begins(self) -> date:
        """The first day asked for."""
        return date(self.until.year - self.years, 4, 1)

    @property
    def time_begins(self) -> date:
        """The first day of which anything is known."""
        return date(self.begins.year - BURN_IN, 4, 1)


@dataclass(frozen=True)
class Plans:
    """Plans of one council as they really were, sorted by child and start; one entry a plan in every field."""

    child: Days
    born: Days
    sex: Texts
    ethnicity: Texts
    disability: Texts
    started: Days
    ended: Days
    category_initial: Texts
    category_latest: Texts
    previous_plans: Days
    transfer_in: Flags
    first_review: Days  # days from the start to the first review
    later_reviews: Days  # days from each review to the next

    def __len__(self) -> int:
        return len(self.child)

    def take(self, which: Days | Flags) -> "Plans":
        return Plans(*(getattr(self, one.name)[which] for one in fields(self)))


@dataclass(frozen=True)
class Enquiries:
    """Section 47 enquiries of one council, with the referral before each and its assessment.

    `conference` is NONE where none was held, `authorised` where the assessment was not completed by the last day.
    """

    child: Days
    born: Days
    sex: Texts
    ethnicity: Texts
    started: Days
    conference: Days
    referred: Days
    authorised: Days

    def __len__(self) -> int:
        return len(self.child)

    def take(self, which: Days | Flags) -> "Enquiries":
        return Enquiries(*(getattr(self, one.name)[which] for one in fields(self)))


@dataclass(frozen=True)
class Council:
    code: str
    number: str
    plans: Plans
    enquiries: Enquiries


def day(when: date) -> int:
    return int(np.datetime64(when).astype(np.int64))


@cache
def rates() -> dict[str, dict[str, float]]:
    """Counts and shares of England and its councils, by kind and key."""
    text = files("lscb_data").joinpath("synth_rates.csv").read_text("utf-8")
    found: dict[str, dict[str, float]] = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        found.setdefault(row["kind"], {})[row["key"]] = float(row["value"])
    return found


def councils(asked: Asked, enquiries: bool = True) -> Iterator[Council]:
    """Each council with its plans and enquiries, one at a time: so many as there are, the memory is that of the largest."""
    sizes = [max(rates()["starts"].get(code, 5), 5) for code, _ in asked.councils]
    for (code, number), size in zip(asked.councils, sizes, strict=True):
        rng = np.random.default_rng([asked.seed, *code.encode()])
        plans = _plans(asked, rng, asked.plans * size / sum(sizes), rates()["subsequent_percent"].get(code, 20) / 100)
        held = _enquiries(asked, rng, plans) if enquiries else _enquiries(asked, rng, plans.take(plans.child < 0))
        yield Council(code, number, plans, held)


def _drawn(rng: np.random.Generator, kind: str, number: int) -> Texts:
    keys, weights = list(rates()[kind]), np.array(list(rates()[kind].values()))
    return np.array(keys)[rng.choice(len(keys), number, p=weights / weights.sum())]


def _between(rng: np.random.Generator, bands: dict[str, tuple[int, int]], kind: str, number: int) -> Days:
    """A number from the band that is drawn."""
    drawn, out = _drawn(rng, kind, number), np.zeros(number, np.int64)
    for band, (low, high) in bands.items():
        which = drawn == band
        out[which] = rng.integers(low, high + 1, which.sum())
    return out


def _gaps(rng: np.random.Generator, number: int) -> Days:
    """Days between a plan and the next; now and then the next starts on the very day that the one before ends."""
    gaps = np.exp(rng.normal(np.log(GAP_MEDIAN), GAP_SPREAD, number)).astype(np.int64) + 1
    gaps[rng.random(number) < 0.01] = 0
    return gaps


def _on_weekday(days: Days) -> Days:
    """The day, or the Monday after it."""
    weekday = (days + 3) % 7
    return days + np.where(weekday > 4, 7 - weekday, 0)


def _plans(asked: Asked, rng: np.random.Generator, wanted: float, again: float) -> Plans:
    """Lives of so many plans as are wanted, more or less. `again`: the share of starts that are second or subsequent."""
    begins, ends = day(asked.time_begins), day(asked.until)
    cycle = np.sort(_between(rng, BANDS, "ended_duration", 20_000) + _gaps(rng, 20_000))
    elapsed = np.arange(ends - begins + 1)
    come_back = np.searchsorted(cycle, elapsed, side="right") / len(cycle)  # by then, of those who ever do
    months = (np.datetime64("1970-01-01") + elapsed + begins).astype("datetime64[M]").astype(np.int64) % 12
    season = np.array([rates()["month"][str(month + 1)] for month in range(12)])[months]
    first_starts = season * (1 - again * come_back)
    size = np.average([1, 2, 3, 4], weights=list(rates()["siblings"].values()))
    families = max(1, round(wanted * (first_starts.sum() / season.sum()) / size))
    started = begins + rng.choice(len(elapsed), families, p=first_starts / first_starts.sum())
    lived = come_back[started - begins]
    before = (rng.random(families) < again * (1 - lived) / (1 - again * lived)).astype(np.int64)  # plans older than the records
    before *= 1 + (rng.random(families) < 0.25)
    moved = rng.random(families) < rates()["events"]["transfer_in_percent"] / 100
    before[moved] = 0

    children = _drawn(rng, "siblings", families).astype(np.int64)
    family = np.repeat(np.arange(families), children)
    number = len(family)
    born = started[family] - _between(rng, AGES, "age", number)
    born += _is_leap_day(born)  # kept as a month, a birthday on 29 February is not known to the day
    sex = np.where(rng.random(number) < 0.51, "M", "F")
    sex[(started[family] < born) & (rng.random(number) < 0.8)] = "U"
    ethnicity = _drawn(rng, "ethnicity", families)[family]
    disability = np.where(rng.random(number) < 0.12, "Y", "N")
    child = np.arange(number, dtype=np.int64)

    parts, alive = [], np.ones(families, bool)
    for turn in range(MOST_PLANS):
        started = _on_weekday(started)
        ended = started + _between(rng, BANDS, "ended_duration", families)
        initial, latest = _categories(rng, families)
        in_time = rng.random(families) < rates()["events"]["reviewed_percent"] / 100
        first = np.where(in_time, rng.integers(60, 89, families), rng.integers(95, 130, families))
        later = rng.integers(120, 180, families)
        on = alive[family] & (started[family] <= ends) & (started[family] - born < 6500)
        at = family[on]
        # On the eighteenth birthday a plan ends; what is after the last day is not known yet.
        last = np.minimum(ended[at], np.maximum(born[on] + 6573, started[at] + 1))
        parts.append(
            Plans(
                child[on],
                born[on],
                sex[on],
                ethnicity[on],
                disability[on],
                started[at],
                np.where(last > ends, NONE, last),
                initial[at],
                latest[at],
                before[at] + turn,
                moved[at] & (turn == 0),
                first[at],
                later[at],
            )
        )
        alive &= rng.random(families) < again
        started = ended + _gaps(rng, families)
    plans = Plans(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Plans)))
    plans = replace(plans, sex=np.where((plans.sex == "U") & (plans.started >= plans.born), "F", plans.sex))
    return plans.take(np.lexsort((plans.started, plans.child)))


def _is_leap_day(days: Days) -> Days:
    when = days.astype("datetime64[D]")
    month = when.astype("datetime64[M]")
    leap: Days = ((month.astype(np.int64) % 12 == 1) & ((when - month).astype(np.int64) == 28)).astype(np.int64)
    return leap


def _categories(rng: np.random.Generator, number: int) -> tuple[Texts, Texts]:
    """Initial and latest: those that changed are drawn so that the latest have the shares that are published."""
    first, last = (
        {k: v / sum(rates()[kind].values()) for k, v in rates()[kind].items()}
        for kind in ("category_initial", "category_latest")
    )
    initial = _drawn(rng, "category_initial", number)
    weights = np.array([max(0.0, last[key] - (1 - CHANGED) * first[key]) for key in first])
    anew = np.array(list(first))[rng.choice(len(first), number, p=weights / weights.sum())]
    return initial, np.where(rng.random(number) < CHANGED, anew, initial)


def reviewed(plans: Plans, number: int, ends: int) -> Days:
    """The day of each plan's review of this number (0, 1 …); NONE where it was not held by the plan's end and the last day."""
    days = plans.started + plans.first_review + number * plans.later_reviews
    return np.where((days < plans.ended) & (days <= ends), days, NONE)


def latest_review(plans: Plans, ends: int) -> Days:
    """The day of each plan's latest review; NONE where there was none."""
    held = np.minimum(plans.ended - 1, ends) - plans.started - plans.first_review
    return np.where(held >= 0, plans.started + plans.first_review + held // plans.later_reviews * plans.later_reviews, NONE)


# enquiries


def _enquiries(asked: Asked, rng: np.random.Generator, plans: Plans) -> Enquiries:
    """An enquiry before every plan that is no transfer; then those that came to a conference only, or to nothing."""
    ends, begins = day(asked.until), day(asked.time_begins)
    known, events = plans.take(~plans.transfer_in), rates()["events"]
    conferences_only = round(len(known) * (events["conferences"] / events["starts"] - 1))
    nothing = round(len(known) * (events["section_47"] - events["conferences"]) / events["starts"])
    extra = conferences_only + nothing
    held = np.concatenate([known.started, _on_weekday(rng.integers(begins + 60, ends - 3, extra))])
    waits = _between(rng, WAITS, "working_days", len(held))
    started = working_days_before(held, waits)
    conference = held.copy()
    conference[len(known) + conferences_only :] = NONE
    born = held[len(known) :] - _between(rng, AGES, "age", extra)
    born += _is_leap_day(born)
    sex = np.where(rng.random(extra) < 0.51, "M", "F")
    referred = started - rng.integers(0, 8, len(started))
    authorised = working_days_after(referred, _between(rng, ASSESSED, "assessed", len(referred)))
    first_free = int(plans.child.max(initial=-1)) + 1
    return Enquiries(
        np.concatenate([known.child, first_free + np.arange(extra)]), np.concatenate([known.born, born]),
        np.concatenate([known.sex, sex]), np.concatenate([known.ethnicity, _drawn(rng, "ethnicity", extra)]),
        started, conference, referred, np.where(authorised > ends, NONE, authorised),
    )  # fmt: skip
