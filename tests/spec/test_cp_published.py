"""What is published of records: percentages, totals beside counts, what is hidden, and where it comes from."""

from lscb_data.board import shipped
from lscb_data.explain import explain
from lscb_data.indicator import load_indicators
from tests.spec.told import figure, population
from tests.spec.told_records import Counted, conference, counted, extract, plan

DECLARED = [one for _, one in load_indicators([shipped("schemas")]).values()]
EXTRACT = extract()


def published(*rows: object, **more: object) -> Counted:
    return counted(*rows, **{"indicators": DECLARED, "extracts": [EXTRACT, extract("totals")], **more})  # type: ignore[arg-type]


def children(number: int, started: str, ended: str | None = None, *, of: str = "child", **more: object) -> list[object]:
    return [plan(f"{of} {n}", started, ended, **more) for n in range(number)]  # type: ignore[arg-type]


def test_a_percentage_is_pooled_and_its_halves_round_up() -> None:
    w = published(
        *children(19, "2014-07-01"),
        *children(13, "2014-07-10", of="again", previous_plans=1),
        *children(8, "2014-08-01", of="August", previous_plans=1),
        *children(24, "2014-08-01", of="more"),
    )
    assert [str(w.value("cp_reregistration_percent", period)) for period in ("2014-07", "2014-08", "2014-15")] == [
        "40.63", "25.00", "32.81",
    ]  # fmt: skip
    assert str(w.value("cp_reregistration_with_transfers_percent", "2014-07")) == "40.60"


def test_without_a_word_on_transfers_the_dfes_indicators_are_published_and_the_boards_are_not() -> None:
    w = published(*children(20, "2014-07-01", transfer_in=None), *children(8, "2014-07-02", of="b", previous_plans=1))
    assert w.value("cp_plans_started_with_transfers", "2014-07") == 28
    codes = {row.indicator for row in w.rows("from published.indicator_values where period = '2014-07'")}
    assert "cp_plans_started" not in codes


def test_a_count_stands_with_the_suppliers_total_beside_it() -> None:
    w = published(*children(20, "2014-07-01"), totals=[figure("cp_plans_started", "2014-07", 21, submission_id="totals")])
    row = w.row("cp_plans_started", "2014-07")
    assert (row.value, row.as_printed, row.cell) == (20, 21, "list.xlsx!plans")
    assert row.submission_id == "list"


def test_a_total_for_the_day_stands_beside_the_count_of_that_day() -> None:
    w = published(*children(20, "2014-07-01"), totals=[figure("cp_plans_open", "2015-03-31", 21, submission_id="totals")])
    for period in ("2015-03-31", "2015-03", "2014-15 Q4", "2014-15"):
        row = w.row("cp_plans_open", period)
        assert (row.value, row.as_printed) == (20, 21)


def test_where_the_records_do_not_reach_the_total_stands() -> None:
    w = published(
        *children(20, "2014-07-01"),
        totals=[figure("cp_plans_started", "2013-07", 21, submission_id="totals")],
        extracts=[extract(covers="2014-04-01"), extract("totals")],
    )
    assert (w.value("cp_plans_started", "2013-07"), w.value("cp_plans_started", "2014-07")) == (21, 20)


def test_a_small_total_is_not_shown_beside_our_count() -> None:
    w = published(*children(20, "2014-07-01"), totals=[figure("cp_plans_started", "2014-07", 3, submission_id="totals")])
    row = w.row("cp_plans_started", "2014-07")
    assert (row.value, row.as_printed) == (20, None)


def test_a_rate_divides_children_by_residents() -> None:
    w = published(*children(20, "2014-07-01"), populations=[population(100000)])
    assert str(w.value("cp_plans_open_per_10000", "2014-15")) == "2.00"


def test_a_month_and_a_year_of_one_name_are_two_periods() -> None:
    w = published(
        *children(10, "2003-04-10", "2003-06-01"),
        *children(20, "2003-09-10", of="later"),
        extracts=[extract(covers="2003-04-01", period="2003-04 Q4"), extract("totals")],
    )
    rows = w.rows("from published.indicator_values where indicator = 'cp_plans_started' and period = '2003-04'")
    assert {row.period_type: row.value for row in rows} == {"month": 10, "year": 30}
    assert len(rows) == 2


def test_conferences_in_time_are_of_all_that_were_held() -> None:
    held = [conference(f"child {n}", "2014-06-23", "2014-06-02") for n in range(20)]
    late = [conference(f"late {n}", "2014-06-24", "2014-06-02") for n in range(10)]
    early = [conference(f"early {n}", "2014-06-01", "2014-06-02") for n in range(10)]
    assert str(published(*held, *late, *early).value("icpc_within_15_days_percent", "2014-15")) == "50.00"


def test_a_local_variant_says_that_it_is_one() -> None:
    w = published(*children(20, "2014-07-01"))
    assert (
        "A local variant of the definition, unconfirmed." in w.row("cp_reregistration_within_24_months_percent", "2014-07").note
    )


def test_a_figure_leads_to_its_rows() -> None:
    w = published(*children(20, "2014-07-01"))
    (one,) = explain(w.connection, "cp_plans_started", "2014-07").explained
    assert [(cell["cell"], cell["of_what"], cell["printed"]) for cell in one.cells] == [("list.xlsx!plans", "plans", "20 rows")]


# Disclosure.


def hidden(w: Counted, code: str, period: str = "2014-15") -> set[str]:
    return {
        row.breakdown
        for row in w.rows("from published.indicator_values where status = 'suppressed'")
        if row.indicator == code and row.period == period
    }


def test_records_are_never_public() -> None:
    w = published(*children(3, "2014-07-01"), extracts=[EXTRACT | {"public": "Published"}])
    assert w.status("cp_plans_open", "2014-15") == "suppressed"


def test_a_small_part_is_hidden_with_the_next_smallest_in_every_period_that_ends_that_day() -> None:
    w = published(
        *children(3, "2015-02-01", sex="M"), *children(9, "2015-02-01", of="girl"), *children(30, "2015-02-01", of="u", sex="U")
    )
    for period in ("2014-15 Q4", "2014-15"):
        assert {"M", "F"} <= hidden(w, "cp_plans_open", period)
        assert "U" not in hidden(w, "cp_plans_open", period)


def test_a_measure_that_is_a_band_of_a_breakdown_does_not_give_another_band_away() -> None:
    w = published(
        *children(3, "2015-02-01"),  # three months or less
        *children(9, "2012-02-01", of="long"),  # two years and over: the next smallest
        *children(30, "2014-06-01", of="middle"),
    )
    assert hidden(w, "cp_plans_open") >= {"3_months_or_less", "2_years_and_over"}
    assert w.status("cp_plans_open_two_years", "2014-15") == "suppressed"


def test_the_dfes_count_less_the_boards_does_not_give_the_transfers() -> None:
    w = published(*children(20, "2014-07-01"), *children(2, "2014-07-01", of="mover", transfer_in="Y"))
    assert w.status("cp_transfers_in", "2014-07") == "suppressed"
    shown = {w.status(code, "2014-07") for code in ("cp_plans_started", "cp_plans_started_with_transfers")}
    assert "suppressed" in shown


def test_second_plans_with_transfers_less_those_without_do_not_give_the_difference() -> None:
    w = published(
        *children(20, "2014-07-01", previous_plans=1),
        *children(2, "2014-07-01", of="mover", previous_plans=1, transfer_in="Y"),
        *children(30, "2014-07-01", of="first"),
        *children(20, "2014-07-01", of="first mover", transfer_in="Y"),
    )
    both = [w.status(code, "2014-07") for code in ("cp_reregistrations", "cp_reregistrations_with_transfers")]
    assert "suppressed" in both


def test_no_total_less_its_shown_parts_gives_a_small_count() -> None:
    """An attack on every breakdown: what is left of a whole when the shown parts are taken off is none, or of two at least."""
    ages = ("2014-12-01", "2012-05-01", "2007-05-01", "2001-05-01", "1997-05-01")
    rows = []
    for number, (born, sex, code) in enumerate(
        (born, sex, code) for born in ages for sex in "MF" for code in ("NEG", "PHY", "EMO", "SAB")
    ):
        started = ("2012-05-01", "2014-05-01", "2014-10-01", "2015-03-10")[number % 4]
        rows += children(
            (number * 7) % 11, started, of=f"{born}{sex}{code}", born=born, sex=sex,
            category_latest=code, category_initial=code, ethnicity=("WBRI", "BOTH", "CHNE", "NOBT")[number % 3],
        )  # fmt: skip
    w = published(*rows)
    true = {
        (row.measure, row.period_type, row.period, row.breakdown_type, row.breakdown): row.value
        for row in w.rows("from marts.measures")
    }
    shown = w.rows("from published.indicator_values")
    tables: dict[tuple[str, str, str, str], list[tuple[str, bool]]] = {}
    whole_shown = set()
    checked = 0
    for row in shown:
        key = (row.indicator, row.period_type, row.period, row.breakdown_type, row.breakdown)
        if key not in true:
            continue
        if row.value is not None:
            assert not 1 <= true[key] <= 5, key
        if row.breakdown_type:
            tables.setdefault((row.indicator, row.period_type, row.period, row.breakdown_type), []).append(
                (row.breakdown, row.value is not None)
            )
        elif row.value is not None:
            whole_shown.add(key[:3])
    for table, parts in tables.items():
        if table[:3] in whole_shown:
            missing = [part for part, is_shown in parts if not is_shown]
            checked += len(missing)
            assert len(missing) != 1, (table, missing)
    assert checked > 5
    days: dict[tuple[str, object, str], set[bool]] = {}
    for row in shown:
        if row.indicator.startswith("cp_plans_open") and row.unit == "children":
            days.setdefault((row.indicator, row.period_end, row.breakdown), set()).add(row.value is None)
    assert all(len(said) == 1 for said in days.values())
