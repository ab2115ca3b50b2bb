"""What readers saw of a figure on an earlier day, and what was restated since: each load adds to the ledger what it changed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lscb_data import ledger
from lscb_data.explain import explain
from lscb_data.target import Target
from tests.spec.told import Told, figure, indicator, months, submission, told

STARTS = indicator("starts")
CALLED_OTHERWISE = indicator("starts").model_copy(update={"definition": "As the new guide says."})


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """One load after another of the same Board; each knows what was published before."""

    def load(*figures: Any, indicators: Any = (STARTS,), **more: Any) -> Told:
        made = told(*figures, indicators=indicators, known=ledger.files(tmp_path), **more)
        ledger.keep(made.connection, tmp_path)
        return made

    return load


def moment(w: Told) -> Any:
    return w.rows("from staging.build")[0].built_at


def as_at(w: Told, when: Any, period: str = "2014-04") -> list[tuple[Any, str]]:
    found = w.rows(f"from published.indicator_values_as_at('{when}') where period = '{period}' and breakdown = 'all'")
    return [(row.value, row.status) for row in found]


def restated(w: Told, period: str = "2014-04") -> list[tuple[Any, ...]]:
    found = w.rows(f"from audit.restatements where period = '{period}' order by known_from")
    return [(row.change, row.value_before, row.value, row.difference) for row in found]


def test_a_figure_is_had_as_it_was_known_on_each_day(load: Any) -> None:
    first = load(figure("starts", "2014-04", 33))
    second = load(figure("starts", "2014-04", 35, submission_id="later"), submissions=[submission("later")])
    before = moment(first) - timedelta(microseconds=1)
    assert as_at(second, before) == []
    assert as_at(second, moment(first)) == [(33, "reported")]
    assert as_at(second, moment(second) - timedelta(microseconds=1)) == [(33, "reported")]
    assert as_at(second, moment(second)) == [(35, "reported")]
    assert as_at(second, moment(second).date()) == [(35, "reported")]  # a day is the end of it
    assert as_at(second, moment(first).date() - timedelta(days=1)) == []


def test_a_load_that_changes_nothing_adds_nothing(load: Any, tmp_path: Path) -> None:
    load(figure("starts", "2014-04", 33))
    files = sorted(tmp_path.iterdir())
    w = load(figure("starts", "2014-04", 33))
    assert sorted(tmp_path.iterdir()) == files
    assert restated(w) == []
    assert {row.known_until for row in w.rows("from audit.figure_versions")} == {None}


def test_the_ledger_gives_a_lost_warehouse_its_history_back(load: Any) -> None:
    load(figure("starts", "2014-04", 33))
    before = load(figure("starts", "2014-04", 35)).rows("from audit.figure_versions")
    assert load(figure("starts", "2014-04", 35)).rows("from audit.figure_versions") == before
    assert len([row for row in before if row.period == "2014-04"]) == 2


def test_a_changed_figure_is_a_restatement_between_its_submissions(load: Any) -> None:
    load(figure("starts", "2014-04", 33, submission_id="july"), submissions=[submission("july")])
    w = load(
        figure("starts", "2014-04", 33, submission_id="july"),
        figure("starts", "2014-04", 35, submission_id="october"),
        submissions=[submission("july", standing="superseded"), submission("october")],
    )
    assert restated(w) == [("changed", 33, 35, 2)]
    (row,) = w.rows("from audit.restatements where period = '2014-04'")
    assert (row.submission_before, row.submission_id) == ("july", "october")
    assert row.why == "it was july, and is october"


def test_a_figure_that_was_withdrawn_is_taken_away_and_says_why(load: Any) -> None:
    load(figure("starts", "2014-04", 33))
    gone = submission(standing="withdrawn") | {"withdrawn_for": "sent for another council"}
    w = load(figure("starts", "2014-04", 33), submissions=[gone])
    assert restated(w) == [("taken away", 33, None, None)]
    assert as_at(w, moment(w)) == []
    (row,) = w.rows("from audit.restatements where period = '2014-04'")
    assert row.why == "return was withdrawn: sent for another council; nothing that stands gives it any longer"


def test_a_new_month_is_no_restatement_and_an_old_one_that_comes_late_is_added(load: Any) -> None:
    load(months("starts", "2014-05", 20))
    w = load(months("starts", "2014-05", 20, 21))
    assert restated(w, "2014-06") == []
    w = load(months("starts", "2014-04", 33, 20, 21))
    assert restated(w) == [("added", None, 33, None)]


def test_a_figure_that_comes_back_has_its_gap(load: Any) -> None:
    first = load(figure("starts", "2014-04", 33))
    second = load(figure("starts", "2014-05", 33))
    third = load(figure("starts", "2014-04", 33))
    assert [as_at(third, moment(one)) for one in (first, second, third)] == [[(33, "reported")], [], [(33, "reported")]]


def test_a_hidden_count_is_hidden_in_its_history_too(load: Any) -> None:
    parts = dict.fromkeys(("neglect", "emotional"), 20) | {"physical": 3, "sexual": 4}
    kinds = [figure("starts", "2014-15", number, breakdown_type="category", breakdown=name) for name, number in parts.items()]
    load(kinds, submissions=[submission(secret=True)], indicators=[indicator("starts", breakdown_types=["category"])])
    w = load(
        [one | {"value": one["value"] + 1, "printed": str(one["value"] + 1)} for one in kinds],
        submissions=[submission(secret=True)], indicators=[indicator("starts", breakdown_types=["category"])],
    )  # fmt: skip
    shown = w.rows("from audit.restatements where breakdown in ('physical', 'sexual')")
    assert [row for row in shown if row.value is not None or row.value_before is not None or row.difference is not None] == []
    known = w.rows("from audit.figure_versions where breakdown in ('physical', 'sexual')")
    assert {(row.value, row.status) for row in known} == {(None, "suppressed")}


def test_a_figure_of_last_years_definition_says_so(load: Any) -> None:
    first = load(figure("starts", "2014-04", 33))
    w = load(figure("starts", "2014-04", 33), indicators=[CALLED_OTHERWISE])
    (old,) = w.rows(f"from published.indicator_values_as_at('{moment(first)}') where period = '2014-04'")
    (new,) = w.rows(f"from published.indicator_values_as_at('{moment(w)}') where period = '2014-04'")
    assert old.note == f"Under the definition in force until {moment(w).date()}: As the test says."
    assert new.note is None
    assert restated(w) == []  # the same number: only its meaning changed
    versions = w.rows("from audit.indicator_versions order by known_from")
    assert [(row.definition, row.known_until) for row in versions] == [
        ("As the test says.", moment(w)),
        ("As the new guide says.", None),
    ]


def test_what_a_submission_was_worth_is_known_of_each_day(load: Any) -> None:
    load(figure("starts", "2014-04", 33, submission_id="july"), submissions=[submission("july")])
    w = load(submissions=[submission("july", standing="superseded"), submission("october")])
    found = w.rows("from audit.submission_versions where submission_id = 'july' order by known_from")
    assert [(row.standing, row.known_until) for row in found] == [("accepted", moment(w)), ("superseded", None)]


def test_a_clock_that_was_set_back_mixes_nothing_up(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(figure("starts", "2014-04", 33))

    class Clock(ledger.datetime):  # type: ignore[misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) - timedelta(days=400)

    monkeypatch.setattr(ledger, "datetime", Clock)
    second = load(figure("starts", "2014-04", 35))
    assert moment(second) > moment(first)
    assert as_at(second, moment(second)) == [(35, "reported")]


def test_a_damaged_file_of_the_ledger_is_named(load: Any, tmp_path: Path) -> None:
    load(figure("starts", "2014-04", 33))
    (path,) = tmp_path.glob("*.figures.parquet")
    path.write_bytes(b"PAR1 damaged PAR1")
    with pytest.raises(ledger.UserError, match=f"cannot be read from raw/published .*{path.name}"):
        load(figure("starts", "2014-04", 33))


def test_a_ledger_of_before_there_were_limits_is_still_read(load: Any, tmp_path: Path) -> None:
    first = load(figure("starts", "2014-04", 33))
    (path,) = tmp_path.glob("*.figures.parquet")
    limits = "lower_998, upper_998"
    first.connection.execute(f"copy (select * exclude ({limits}) from '{path}') to '{path}.new' (format parquet)")
    path.with_name(f"{path.name}.new").replace(path)
    w = load(figure("starts", "2014-04", 33))
    found = w.rows(f"select value, {limits} from audit.figure_versions where period = '2014-04' order by known_from")
    assert [(row.value, row.lower_998 is None, row.upper_998 is None) for row in found] == [
        (33, True, True),
        (33, False, False),
    ]
    assert restated(w) == []


def said(w: Told, what: str, when: Any, columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(vars(row).values())
        for row in w.rows(f"select {columns} from published.indicator_{what}_as_at('{when}') where period_type = 'month'")
    ]


def test_a_signal_is_had_as_readers_saw_it_though_its_series_changed(load: Any) -> None:
    """March's 73 plans stood out until they were restated; to whom asks for the day before, they still do."""
    year = [38, 35, 40, 36, 39, 37, 41, 36, 38, 40, 37]
    first = load(months("starts", "2014-04", *year, 73))
    second = load(months("starts", "2014-04", *year, 39, submission_id="later"), submissions=[submission("later")])
    columns = "signal, period, value, direction, says"
    assert second.rows("from published.indicator_signals") == []
    assert said(second, "signals", moment(second), columns) == []
    ((signal, period, value, direction, says),) = said(second, "signals", moment(first), columns)
    assert (signal, period, value, direction) == ("outside", "2015-03", 73, "higher")
    assert says.startswith("Above the upper limit of ")
    (shown,) = explain(second.connection, "starts", "2015-03", as_at=moment(first)).explained
    assert ("Signal", says.rstrip(".")) in shown.remarks
    (shown,) = explain(second.connection, "starts", "2015-03", as_at=moment(second)).explained
    assert shown.remarks == []


def test_a_colour_is_by_the_target_that_stood_then(load: Any) -> None:
    def aim(at_least: int) -> Any:
        bands = [{"colour": "green", "at_least": at_least}, {"colour": "red"}]
        target = {"says": f"{at_least} a month.", "set_by": "QEG", "source": "Minutes", "from": "2014-04-01", "bands": bands}
        return indicator("starts", targets=[Target.model_validate(target)])

    first = load(figure("starts", "2014-04", 33), indicators=[aim(30)])
    second = load(figure("starts", "2014-04", 33), indicators=[aim(40)])
    asked = "says, colour, split_part(reason, ' By', 1)"
    assert [said(second, "targets", moment(w), asked) for w in (first, second)] == [
        [("30 a month.", "green", "33 is at least 30.")],
        [("40 a month.", "red", "33 is in none of the bands before.")],
    ]


def test_a_councils_standing_is_the_one_among_those_that_were_known_then(load: Any) -> None:
    share = indicator("again_percent", "percent", "again", "starts", places=1)

    def councils(many: int) -> list[Any]:
        found = []
        for at in range(10):
            area = {"area_code": f"E1000000{at}"}
            found += [figure("starts", "2014-04", 500, **area), figure("again", "2014-04", many if at == 3 else 100, **area)]
        return found

    first = load(*councils(200), indicators=[share])
    second = load(*councils(100), indicators=[share])
    columns = "pooled_value, standing, is_far_out, lower_95, upper_95"
    then, now = (
        [row for row in said(second, "funnels", moment(w), f"area_code, {columns}") if row[0] == "E10000003"]
        for w in (first, second)
    )
    assert [row[1:4] for row in (*then, *now)] == [(22, "above", True), (20, "within", False)]
    kept = [tuple(vars(row).values()) for row in first.rows(f"select area_code, {columns} from published.indicator_funnels")]
    assert then[0] in kept


def test_what_is_said_of_a_figure_again_adds_nothing(load: Any, tmp_path: Path) -> None:
    year = months("starts", "2014-04", *[38, 35, 40, 36, 39, 37, 41, 36, 38, 40, 37], 73)
    load(year)
    files = sorted(tmp_path.iterdir())
    assert [path.name.split(".")[1] for path in files] == ["figures", "indicators", "remarks", "submissions"]
    load(year)
    assert sorted(tmp_path.iterdir()) == files
