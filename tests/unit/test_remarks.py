"""What `lscb explain` says beside a figure: limits, chart, signal, change and target, each in words."""

from typing import Any

import pytest

from lscb_data import show
from lscb_data.explain import explain
from lscb_data.target import Rebased, Target
from tests.spec.told import Told, figure, indicator, months, parts, submission, told

NEW_PLANS = (33, 26, 29, 32, 37, 28, 23, 47, 47, 43, 43, 73)
FEW = Target.model_validate(
    {
        "says": "At most 40 a month.", "set_by": "QEG", "source": "Minutes of May 2014", "from": "2014-04-01",
        "bands": [{"colour": "green", "at_most": 40}, {"colour": "red"}],
    }
)  # fmt: skip
STARTS = indicator("starts", targets=[FEW], polarity="lower is better", breakdown_types=["category"])


def said(w: Told, code: str, period: str, breakdown: str | None = None) -> list[tuple[str, str]]:
    (one,) = explain(w.connection, code, period, breakdown=breakdown).explained
    return list(one.remarks)


def test_a_month_that_stands_out_has_all_that_is_to_be_said() -> None:
    w = told(months("starts", "2014-04", *NEW_PLANS), indicators=[STARTS])
    assert said(w, "starts", "2015-03") == [
        ("Period before", "2015-02: 43; higher, by the limits of the difference; worse"),
        ("Chart", "mean 38.42, limits 22.46 to 54.38"),
        ("Signal", "Above the upper limit of 54.38; worse"),
        ("Target", "At most 40 a month. QEG (Minutes of May 2014). green: at most 40; red: otherwise."),
        ("Colour", "red. 73 is in none of the bands before."),
    ]
    assert [name for name, _ in said(w, "starts", "2014-04")] == ["Chart", "Target", "Colour"]


def test_a_run_is_said_at_each_of_its_months() -> None:
    w = told(months("starts", "2014-04", 20, 14, 20, 14, 20, 14, 20, 24, 30, 24, 30, 24, 30), indicators=[indicator("starts")])
    for month in ("2014-04", "2014-07", "2014-10"):
        assert ("Signal", "7 in a row below the mean since 2014-04") in said(w, "starts", month)
    assert "Signal" not in dict(said(w, "starts", "2014-11"))


def test_a_series_without_limits_and_a_hidden_figure_say_why() -> None:
    w = told(months("starts", "2014-04", 20, 3, 22), indicators=[STARTS], submissions=[submission(secret=True)])
    found = dict(said(w, "starts", "2014-05"))
    assert found["Chart"] == "A value of it is hidden."
    assert found["Period before"] == "2014-04: not known. One of the two is not known."  # hidden beside it
    assert found["Colour"] == "No colour: the value is not known (suppressed)."


def test_who_had_the_limits_reckoned_anew_is_said_beside_them() -> None:
    decided = {"from": "2014-12", "decided_on": "2015-05-01", "decided_by": "QEG", "reason": "A new front door."}
    anew = indicator("starts", rebased=[Rebased.model_validate(decided)])
    w = told(months("starts", "2014-04", *[20, 22] * 4, *[40, 42] * 4), indicators=[anew])
    assert dict(said(w, "starts", "2014-04"))["Chart"] == "mean 21, limits 15.68 to 26.32"
    after = dict(said(w, "starts", "2015-01"))["Chart"]
    assert after == "mean 41, limits 35.68 to 46.32; reckoned anew from 2014-12 (QEG, 2015-05-01: A new front door.)"


def test_a_target_of_the_whole_is_not_said_of_a_part() -> None:
    w = told(figure("starts", "2014-15", 9), parts("starts", "2014-15", "category", a=5, b=4), indicators=[STARTS])
    assert "Target" in dict(said(w, "starts", "2014-15"))
    assert "Target" not in dict(said(w, "starts", "2014-15", "a"))


def test_a_council_among_the_others() -> None:
    shares = [("again", 20), ("starts", 100)]
    names = [f"E06{number:06}" for number in range(11)]
    figures = [figure(name, "2014-15", count, area_code=area) for area in names[:10] for name, count in shares]
    figures += [figure("again", "2014-15", 60, area_code=names[10]), figure("starts", "2014-15", 100, area_code=names[10])]
    percent = indicator("again_percent", "percent", of="again", by="starts", places=2, polarity="lower is better")
    w = told(figures, indicators=[percent], areas=[("areas", name, name) for name in names])
    found = {
        one.value["area"]: dict(one.remarks).get("Councils")
        for one in explain(w.connection, "again_percent", "2014-15").explained
    }
    assert found[names[0]] == "within what chance leaves of 23.64 for all 11 together, in 2014-15"
    assert (
        found[names[10]] == "above what chance leaves of 23.64 for all 11 together, in 2014-15, by the 99.8% limits too; worse"
    )


def test_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    w = told(months("starts", "2014-04", *NEW_PLANS), indicators=[STARTS])

    def printed(*asked: Any) -> str:
        show.explanation(explain(w.connection, *asked))
        return capsys.readouterr().out

    month = printed("starts", "2015-03")
    for line in (
        "57.22 to 91.79 (99.8%: 49.39 to 103.48)",
        "limits 22.46 to 54.38",
        "At most 40 a month. QEG",
        "red. 73 is in",
    ):
        assert line in month
    assert "57.22 to 91.79" in printed("starts")
