"""Targets: a colour only where a rule was set for one, and the reason beside it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lscb_data.indicator import Indicator
from lscb_data.target import Target
from tests.spec.told import AREA, Told, figure, indicator, parts, population, submission, told

BANDS = [{"colour": "green", "at_least": 95}, {"colour": "amber", "at_least": 90}, {"colour": "red"}]
LIMIT_OF_TIME = {"says": "Within 45 working days.", "set_by": "HM Government", "source": "The guide", "from": "2013-04-15"}
SHARE = {"says": "95 of 100 in time.", "set_by": "QEG", "source": "Minutes", "from": "2014-04-01", "bands": BANDS}


def in_time(*targets: dict[str, Any]) -> Indicator:
    set_for_it = [Target.model_validate(one) for one in targets]
    return indicator("in_time_percent", "percent", of="in_time", by="done", places=1, targets=set_for_it)


def share(count: int, of: int, *targets: dict[str, Any], period: str = "2014-15", **more: Any) -> Told:
    return told(figure("in_time", period, count), figure("done", period, of), indicators=[in_time(*targets)], **more)


def judged(w: Told, period: str = "2014-15") -> list[tuple[str | None, str]]:
    return [(row.colour, row.reason) for row in w.rows("from published.indicator_targets") if row.period == period]


def test_without_a_rule_there_is_a_target_and_no_colour() -> None:
    (row,) = share(1936, 2000, LIMIT_OF_TIME).rows("from published.indicator_targets")
    assert (row.value, row.says, row.set_by, row.rule) == (Decimal("96.8"), "Within 45 working days.", "HM Government", None)
    assert (row.colour, row.reason) == (None, "No colour: who set the target set no rule for one.")


@pytest.mark.parametrize(
    ("count", "colour", "reason"),
    [
        (9600, "green", "96 is at least 95."),
        (9500, "green", "95 is at least 95."),
        (9400, "amber", "94 is at least 90."),
        (8000, "red", "80 is in none of the bands before."),
    ],
)
def test_the_first_band_that_holds_the_value_gives_the_colour(count: int, colour: str, reason: str) -> None:
    ((found, why),) = judged(share(count, 10000, SHARE))
    assert (found, why.partition(" By chance")[0]) == (colour, reason)


def test_a_colour_that_chance_could_change_says_so() -> None:
    assert judged(share(96, 100, SHARE)) == [
        ("green", "96 is at least 95. By chance alone it could be in another band: its 95% limits are 90.16 and 98.43.")
    ]
    assert judged(share(9900, 10000, SHARE)) == [("green", "99 is at least 95.")]


def test_a_value_that_no_band_holds_has_no_colour() -> None:
    between = SHARE | {"bands": [{"colour": "green", "above": 95}, {"colour": "red", "below": 90}]}
    assert judged(share(92, 100, between)) == [(None, "No colour: the rule has no band that holds it.")]
    assert judged(share(95, 100, between))[0][0] is None  # more than 95
    assert judged(share(90, 100, between))[0][0] is None  # less than 90


def test_an_upper_bound_counts_itself_at_most() -> None:
    few = SHARE | {"bands": [{"colour": "green", "at_most": 5}, {"colour": "red", "above": 5}]}
    assert judged(share(5, 100, few))[0][0] == "green"
    assert judged(share(6, 100, few))[0][0] == "red"


def test_what_is_not_known_has_no_colour() -> None:
    w = told(figure("in_time", "2014-15", None), figure("done", "2014-15", 30), indicators=[in_time(SHARE)])
    assert judged(w) == [(None, "No colour: the value is not known (not_supplied).")]
    w = share(27, 30, SHARE, submissions=[submission(secret=True)])
    assert w.status("in_time_percent", "2014-15") == "suppressed"
    assert judged(w) == [(None, "No colour: the value is not known (suppressed).")]


def test_a_target_holds_from_its_first_day_to_its_last() -> None:
    dated = [SHARE | {"from": "2013-04-01", "until": "2014-03-31", "says": "Old."}, SHARE | {"says": "New."}]
    w = told(
        *(figure(name, year, 96) for name in ("in_time", "done") for year in ("2012-13", "2013-14", "2014-15")),
        indicators=[in_time(*dated)],
    )
    found = {(row.period, row.says) for row in w.rows("from published.indicator_targets") if row.period_type == "year"}
    assert found == {("2013-14", "Old."), ("2014-15", "New.")}


def test_a_target_of_another_area_is_not_of_this_one() -> None:
    assert judged(share(96, 100, SHARE | {"area": "E10000020"})) == []
    assert len(judged(share(96, 100, SHARE | {"area": AREA}))) == 1


def test_two_may_have_set_a_target_for_one_figure() -> None:
    w = share(96, 100, SHARE, LIMIT_OF_TIME)
    assert [(row.set_by, row.colour) for row in w.rows("from published.indicator_targets")] == [
        ("HM Government", None),
        ("QEG", "green"),
    ]


def test_a_target_is_of_the_whole_and_not_of_its_parts() -> None:
    few = Target.model_validate(SHARE | {"bands": [{"colour": "green", "at_most": 5}, {"colour": "red"}]})
    of = indicator("starts", breakdown_types=["category"], targets=[few])
    w = told(figure("starts", "2014-15", 9), parts("starts", "2014-15", "category", a=5, b=4), indicators=[of])
    assert [row.colour for row in w.rows("from published.indicator_targets") if row.period == "2014-15"] == ["red"]


def test_a_rate_can_have_a_target_too() -> None:
    few = Target.model_validate(SHARE | {"bands": [{"colour": "green", "at_most": 30}, {"colour": "red"}]})
    rate = indicator("open_per_10000", "rate", of="open", places=2, targets=[few])
    w = told(figure("open", "2015-03-31", 387), indicators=[rate], populations=[population(131150)])
    assert judged(w)[0] == (
        "green", "29.51 is at most 30. By chance alone it could be in another band: its 95% limits are 26.64 and 32.60.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"until": "2013-01-01"}, "before it begins"),
        ({"bands": [{"colour": "red"}, {"colour": "green", "at_least": 95}]}, "let it stand last"),
        ({"bands": [{"colour": "green", "at_least": 95, "above": 95}]}, "two bounds on one side"),
        ({"bands": [{"colour": "blue"}]}, "green"),
        ({"bands": [{"colour": "green", "at_least": "95.12345"}]}, "decimal places"),
        ({"set_by": None}, "set_by"),
    ],
)
def test_a_faulty_target_is_refused(fault: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Target.model_validate(SHARE | fault)


def test_two_targets_of_one_setter_for_one_time_are_refused() -> None:
    with pytest.raises(ValueError, match="QEG set two targets for one time, from 2014-04-01 and from 2015-04-01"):
        in_time(SHARE, SHARE | {"from": "2015-04-01"})
    assert in_time(SHARE | {"until": "2015-03-31"}, SHARE | {"from": "2015-04-01"})


def test_a_rule_is_said_in_words() -> None:
    assert Target.model_validate(SHARE).rule == "green: at least 95; amber: at least 90; red: otherwise"
    both = SHARE | {"bands": [{"colour": "amber", "at_least": "90.5", "below": 95}]}
    assert Target.model_validate(both).rule == "amber: at least 90.5 and less than 95"
    assert Target.model_validate(LIMIT_OF_TIME).from_ == date(2013, 4, 15)
