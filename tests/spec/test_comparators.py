"""What others have beside the area's own: one indicator, one period, one breakdown, and each group said for what it is."""

from datetime import date
from decimal import Decimal
from typing import Any

from lscb_data.groups import Groups, Member
from tests.spec.told import AREA, SUPPRESSED, Row, Told, figure, indicator, population, printed, told

AGAIN = indicator("again_percent", "percent", "again", "starts", places=1)
OPEN = indicator("open_per_10000", "rate", "open", places=1)
ESSEX, KENT, DEVON, ENGLAND, EAST = "E10000012", "E10000016", "E10000008", "E92000001", "E12000006"
AREAS = [
    ("areas", code, name)
    for code, name in {
        AREA: "Cambridgeshire", ESSEX: "Essex", KENT: "Kent", DEVON: "Devon", ENGLAND: "England", EAST: "East of England",
    }.items()
]  # fmt: skip


def neighbours(*members: str, since: str = "2014-04-01", until: str | None = None, name: str = "neighbours") -> Groups:
    listed = tuple(Member(code, area=AREA, rank=rank) for rank, code in enumerate(members, 1))
    last = date.fromisoformat(until) if until else None
    return Groups(name, "Statistical neighbours", date.fromisoformat(since), last, "The test", "OGL", listed)


def region(*members: str) -> Groups:
    listed = tuple(Member(code, group=EAST) for code in members)
    return Groups("regions", "Region", date(2014, 4, 1), None, "The test", "OGL", listed)


def again(area: str, plans: Any, starts: Any, period: str = "2014-15") -> list[Row]:
    return [figure("again", period, plans, area_code=area), figure("starts", period, starts, area_code=area)]


def compared(*figures: Any, groups: list[Groups], **more: Any) -> Told:
    return told(*figures, indicators=[AGAIN, OPEN], areas=AREAS, groups=groups, **more)


def rows(w: Told, code: str = "again_percent", area: str = AREA) -> list[Any]:
    return w.rows(f"from published.indicator_comparators('{code}', '{area}') where period = '2014-15' and breakdown = 'all'")


def test_pooled_is_sum_over_sum_and_the_median_is_the_middle_council() -> None:
    """10 of 100, 60 of 200 and 6 of 300: 76 of 600 pooled; of 10%, 30% and 2% the middle one is 10%."""
    others = [*again(ESSEX, 10, 100), *again(KENT, 60, 200), *again(DEVON, 6, 300)]
    found = rows(compared(*again(AREA, 82, 461), *others, groups=[neighbours(ESSEX, KENT, DEVON)]))
    assert {one.basis: one.group_value for one in found} == {"pooled": Decimal("12.7"), "median": Decimal("10.0")}
    assert {(one.members_known, one.members) for one in found} == {(3, 3)}
    assert {one.value for one in found} == {Decimal("17.8")}


def test_the_median_of_an_even_number_is_half_way_between_the_middle_two_halves_up() -> None:
    """10.0% and 30.1%: 20.05."""
    found = rows(
        compared(*again(AREA, 82, 461), *again(ESSEX, 10, 100), *again(KENT, 301, 1000), groups=[neighbours(ESSEX, KENT)])
    )
    assert {one.basis: one.group_value for one in found}["median"] == Decimal("20.05")


def test_a_member_whose_figure_is_hidden_is_left_out_and_that_is_said() -> None:
    others = [*again(ESSEX, 10, 100), *again(KENT, SUPPRESSED, 200)]
    found = rows(compared(*again(AREA, 82, 461), *others, groups=[neighbours(ESSEX, KENT)]))
    assert {(one.basis, one.group_value, one.members_known, one.members) for one in found} == {
        ("pooled", Decimal("10.0"), 1, 2), ("median", Decimal("10.0"), 1, 2),
    }  # fmt: skip
    assert {one.note for one in found} == {"Of 1 of its 2 members: the others' figures are hidden or not known."}


def test_a_group_with_a_figure_of_its_own_has_that_beside_the_two() -> None:
    """The region's own, and what its councils make, the area among them."""
    region_own = printed("again_percent", "2014-15", "16.4", area_code=EAST)
    found = rows(compared(*again(AREA, 50, 100), *again(ESSEX, 10, 100), region_own, groups=[region(AREA, ESSEX)]))
    assert {one.basis: one.group_value for one in found} == {
        "published": Decimal("16.4"), "pooled": Decimal("30.0"), "median": Decimal("30.0"),
    }  # fmt: skip


def test_another_period_is_never_set_beside() -> None:
    """Essex has last year's only."""
    found = compared(*again(AREA, 82, 461), *again(ESSEX, 10, 100, "2013-14"), groups=[neighbours(ESSEX)])
    assert rows(found) == []


def test_a_group_that_did_not_hold_in_the_period_says_so() -> None:
    later, earlier = (
        neighbours(ESSEX, since="2021-04-01"),
        neighbours(ESSEX, since="2010-01-01", until="2014-12-31", name="old"),
    )
    found = rows(compared(*again(AREA, 82, 461), *again(ESSEX, 10, 100), groups=[later, earlier]))
    assert {one.group_set: one.note for one in found} == {
        "neighbours": "The group was made later, in 2021.", "old": "Since 2015-01-01 another group holds.",
    }  # fmt: skip


def test_populations_of_different_censuses_are_said() -> None:
    figures = [figure("open", "2015-03-31", 400, area_code=AREA), figure("open", "2015-03-31", 500, area_code=ESSEX)]
    people = [population(131150), population(120000, base=2021, area=ESSEX)]
    found = rows(compared(*figures, groups=[neighbours(ESSEX)], populations=people), "open_per_10000")
    assert {one.note for one in found} == {"The populations are of different censuses: 2011, 2021."}
    assert {one.basis: one.group_value for one in found}["pooled"] == Decimal("41.7")


def test_counts_are_not_compared() -> None:
    """A bigger council has more plans: that says nothing."""
    w = told(
        *again(AREA, 82, 461), *again(ESSEX, 1, 9), indicators=[indicator("starts")], areas=AREAS, groups=[neighbours(ESSEX)]
    )
    assert rows(w, "starts") == []


def test_one_council_with_two_codes_is_one_member() -> None:
    """Somerset was given another code: the neighbour of rank 1 is whichever has figures."""
    listed = (Member(ESSEX, area=AREA, rank=1), Member(KENT, area=AREA, rank=1), Member(DEVON, area=AREA, rank=2))
    group = Groups("neighbours", "Neighbours", date(2014, 4, 1), None, "The test", "OGL", listed)
    found = rows(compared(*again(AREA, 82, 461), *again(KENT, 60, 200), *again(DEVON, 6, 300), groups=[group]))
    assert {(one.members_known, one.members) for one in found} == {(2, 2)}


def test_a_neighbour_that_nobody_has_a_figure_of_is_a_member_all_the_same() -> None:
    found = rows(compared(*again(AREA, 82, 461), *again(ESSEX, 10, 100), groups=[neighbours(ESSEX, KENT)]))
    assert {(one.members_known, one.members, one.note) for one in found} == {
        (1, 2, "Of 1 of its 2 members: the others' figures are hidden or not known.")
    }


def test_a_rate_says_by_which_estimates_the_group_divides_or_that_nobody_says() -> None:
    open_plans = [figure("open", "2015-03-31", 400, area_code=area) for area in (AREA, ESSEX)]
    theirs = printed("open_per_10000", "2015-03-31", "42.9", area_code=EAST)
    people = [population(131150), population(120000, area=ESSEX)]
    made = compared(*open_plans, theirs, groups=[region(AREA, ESSEX)], populations=people)
    said = {one.basis: (one.vintage, one.note) for one in rows(made, "open_per_10000")}
    assert said == {
        "pooled": ("2014-06-30, base 2011", None),
        "median": ("2014-06-30, base 2011", None),
        "published": (None, "By which population its publisher divides is not said."),
    }
