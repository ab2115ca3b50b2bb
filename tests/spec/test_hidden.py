"""Small counts of a return that is not public: hidden, with whatever would give them away. Nought is shown."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.spec.told import Row, Told, figure, indicator, months, parts, population, printed, submission, told

SECRET = [submission(secret=True)]
STARTS = indicator("starts", breakdown_types=["category"], parts=[["first", "again"]])
FIRST = indicator("first")
AGAIN = indicator("again")
PERCENT = indicator("again_percent", "percent", of="again", by="starts", places=2)
RATE = indicator("starts_per_10000", "rate", of="starts", places=2)
SHARE = indicator("starts_share_percent", "share", of="starts", places=2, breakdown_types=["category"])
MEAN = indicator("starts_mean", "mean", of="starts", places=2)
BOTH = indicator("starts_with_transfers", of="starts transfers")
EVERY = [STARTS, FIRST, AGAIN, PERCENT, RATE, SHARE, MEAN, BOTH]


def secret(*figures: Row | list[Row], **more: object) -> Told:
    return told(*figures, indicators=EVERY, submissions=SECRET, **more)  # type: ignore[arg-type]


def hidden(w: Told, code: str) -> list[str]:
    """The periods and parts of this indicator that are hidden; of a hidden figure nothing at all is shown."""
    rows = w.rows(f"from published.indicator_values where indicator = '{code}' and status = 'suppressed' order by all")
    for row in rows:
        shown = (row.value, row.numerator, row.denominator, row.qualifier, row.as_printed, row.population_id)
        assert shown == (None,) * 6
        assert row.note in ("Hidden to protect a small count.", WITHOUT_COUNTS)
    return [row.period if row.breakdown == "all" else row.breakdown for row in rows]


WITHOUT_COUNTS = "Hidden: the supplier gives it without the counts behind it, which may be small."


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_one_to_five_are_hidden(count: int) -> None:
    assert hidden(secret(figure("starts", "2014-15", count)), "starts") == ["2014-15"]


@pytest.mark.parametrize("count", [0, 6, 100])
def test_nought_is_shown_and_so_is_six(count: int) -> None:
    w = secret(figure("starts", "2014-15", count))
    assert (w.value("starts", "2014-15"), w.status("starts", "2014-15")) == (count, "reported")


def test_a_public_return_hides_nothing() -> None:
    w = told(months("starts", "2014-04", 1, 2, 30), months("again", "2014-04", 1, 1, 3), indicators=EVERY)
    assert w.rows("from published.indicator_values where status = 'suppressed'") == []


def test_a_count_without_a_unit_is_a_count() -> None:
    assert hidden(secret(figure("starts", "2014-15", 3, unit=None)), "starts") == ["2014-15"]


def test_an_age_is_no_count() -> None:
    eldest = indicator("eldest", "largest", unit="years")
    w = told(figure("eldest", "2014-04", 4, unit="years"), indicators=[eldest], submissions=SECRET)
    assert w.value("eldest", "2014-04") == 4


def test_percentages_rates_and_means_of_a_hidden_count_are_hidden_with_it() -> None:
    w = secret(
        months("starts", "2014-04", 3, 0, 0),
        months("again", "2014-04", 2, 0, 0),
        populations=[population(131150)],
    )
    for code in ("starts", "again", "again_percent", "starts_per_10000"):
        assert hidden(w, code) == ["2014-04", "2014-15 Q1"]
    assert hidden(w, "starts_mean") == ["2014-15 Q1"]


def test_a_percentage_that_reveals_is_hidden_though_its_denominator_is_shown() -> None:
    w = secret(figure("starts", "2014-15", 30), figure("again", "2014-15", 2), printed("again_percent", "2014-15", "6.67%"))
    assert (hidden(w, "again_percent"), w.value("starts", "2014-15")) == (["2014-15"], 30)


def test_what_is_left_over_is_a_count_too() -> None:
    w = secret(figure("starts", "2014-15", 23), figure("again", "2014-15", 20))
    assert hidden(w, "again") == hidden(w, "again_percent") == ["2014-15"]  # 3 of 23 not


def test_the_quarter_less_two_months_does_not_give_the_third() -> None:
    w = secret(months("starts", "2014-04", 3, 20, 30))
    assert hidden(w, "starts") == ["2014-04", "2014-05"]
    assert w.value("starts", "2014-15 Q1") == 53


def test_a_nought_beside_it_protects_nothing_and_is_shown() -> None:
    w = secret(months("starts", "2014-04", 3, 0, 30))
    assert hidden(w, "starts") == ["2014-04", "2014-06"]
    assert w.value("starts", "2014-05") == 0


def test_two_small_months_protect_each_other() -> None:
    assert hidden(secret(months("starts", "2014-04", 3, 4, 30)), "starts") == ["2014-04", "2014-05"]


def test_the_year_less_three_quarters_does_not_give_the_fourth() -> None:
    w = secret(months("starts", "2014-04", 0, 0, 4, *[7] * 9))
    assert hidden(w, "starts") == ["2014-06", "2014-07", "2014-15 Q1", "2014-15 Q2"]
    assert w.value("starts", "2014-15") == 67


def test_the_total_less_the_other_parts_does_not_give_the_part() -> None:
    w = secret(
        parts("starts", "2014-15", "category", neglect=306, emotional=124, sexual=3, physical=36),
        figure("starts", "2014-15", 469),
    )
    assert hidden(w, "starts") == hidden(w, "starts_share_percent") == ["physical", "sexual"]
    assert w.value("starts", "2014-15") == 469


def test_parts_without_any_total_need_no_second() -> None:
    w = told(
        parts("outcomes", "2014-15", "category", a=30, b=3, c=40),
        submissions=SECRET,
        indicators=[indicator("outcomes", breakdown_types=["category"])],
    )
    assert hidden(w, "outcomes") == ["b"]


def test_the_parts_of_another_parting_do_not_give_it_away() -> None:
    w = secret(figure("starts", "2014-04", 32), figure("first", "2014-04", 30), figure("again", "2014-04", 2))
    assert (hidden(w, "again"), hidden(w, "first")) == (["2014-04"], ["2014-04"])
    assert w.value("starts", "2014-04") == 32


def test_a_sum_of_a_hidden_and_a_shown_measure_is_hidden() -> None:
    w = secret(figure("starts", "2014-04", 32), figure("transfers", "2014-04", 3))
    assert hidden(w, "starts_with_transfers") == ["2014-04"]


def test_areas_and_providers_under_a_total() -> None:
    places = [("areas", "E10000003", "Cambridgeshire"), ("marac_areas", "north", "North"), ("marac_areas", "south", "South")]
    w = secret(
        figure("starts", "2014-04", 30),
        figure("starts", "2014-04", 2, area_code="north"),
        figure("starts", "2014-04", 28, area_code="south"),
        areas=places,
    )
    assert len(hidden(w, "starts")) == 2
    assert w.value("starts", "2014-04", area="Cambridgeshire") == 30


def test_a_printed_percentage_without_its_counts_is_hidden() -> None:
    w = secret(figure("starts", "2014-15", 30), printed("again_percent", "2014-15", "6.67%"))
    row = w.row("again_percent", "2014-15")
    assert (row.value, row.as_printed, row.status, row.note) == (None, None, "suppressed", WITHOUT_COUNTS)


def test_a_comparator_is_nobodys_small_count() -> None:
    w = told(
        printed("open_per_10000", "2014-03-31", "42.1", area_code="E92000001"),
        submissions=SECRET,
        indicators=[indicator("open_per_10000", "rate", of="open", places=2)],
        areas=[("areas", "E92000001", "England")],
    )
    assert float(w.value("open_per_10000", "2014-03-31") or 0) == 42.1


def test_a_bound_keeps_the_suppliers_words_and_a_range_does_not_tell() -> None:
    w = secret(months("starts", "2014-04", 20, "5 or under", 30))
    assert w.row("starts", "2014-05").note == "At most 5."
    assert w.row("starts", "2014-15 Q1").note == "Between 50 and 55."
    w = secret(months("starts", "2014-04", 50, "5 or under", 3))
    assert hidden(w, "starts") == ["2014-06", "2014-15 Q1"]  # "between 53 and 58" would tell


def test_an_exact_total_does_not_undo_the_suppliers_own_bound() -> None:
    w = secret(months("starts", "2014-04", 20, "5 or under", 30), figure("starts", "2014-15 Q1", 53))
    assert hidden(w, "starts") == ["2014-04"]


def test_no_word_of_a_hidden_figure_is_published() -> None:
    asked = {
        "submission": "return",
        "sheet": "Sheet",
        "cell": "A2",
        "severity": "query",
        "code": "parts_add_up",
        "message": "77 first and 3 subsequent plans do not make the 81 that are printed as all.",
    }
    w = secret(
        figure("again", "2014-04", 3),
        figure("starts", "2014-04", 81),
        figure("first", "2014-04", 77),
        printed("again_percent", "2014-04", "3.7%"),
        queries=[asked],
    )
    said = " ".join(
        str(row) for row in w.rows("select numerator, denominator, value, note, as_printed from published.indicator_values")
    )
    assert "77" not in said
    assert "3 subsequent" not in said
    assert w.row("starts", "2014-04").note == "The supplier was asked about it: see the findings."
    shown = w.rows("from audit.lineage where of_what in ('first', 'again')")
    assert {row.printed for row in shown} == {None}


def test_the_marts_hold_what_is_hidden() -> None:
    w = secret(months("starts", "2014-04", 3, 20, 30))
    assert [row.value for row in w.rows("from marts.measures where period_type = 'month' order by period")] == [3, 20, 30]
    assert [row.why for row in w.rows("from marts.hidden_counts order by period")] == ["small count", "beside a small count"]


# An attack: everything that the definitions make the figures be sums of, solved for what is hidden.

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 40))


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=12, max_size=12))
def test_nobody_can_work_out_a_hidden_month(table: list[tuple[int, int]]) -> None:
    _attack(
        months("first", "2014-04", *(first for first, _ in table)),
        months("again", "2014-04", *(again for _, again in table)),
        months("starts", "2014-04", *(sum(row) for row in table)),
    )


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=4, max_size=4))
def test_nobody_can_work_out_a_hidden_part(table: list[tuple[int, int, int, int]]) -> None:
    figures = []
    for year, row in zip(("2011-12", "2012-13", "2013-14", "2014-15"), table, strict=True):
        again = min(row[0], sum(row[1:]))
        figures += [figure("starts", year, sum(row)), figure("again", year, again), figure("first", year, sum(row) - again)]
        figures += parts("starts", year, "category", **dict(zip("abcd", row, strict=True)))
    _attack(figures)


def _attack(*figures: list[Row]) -> None:
    w = secret(*figures)
    rows = w.rows("from published.indicator_values where indicator in ('starts', 'first', 'again')")
    known = {_key(row): row.numerator for row in rows if row.value is not None}
    secrets = {_key(row) for row in rows if row.status == "suppressed"}
    small = {(row.measure, row.period, row.breakdown) for row in w.rows("from marts.measures where value between 1 and 5")}
    assert small <= secrets
    solved = _solve(list(_sums(set(known) | secrets)), known)
    assert not secrets & set(solved), f"can be worked out: {sorted(secrets & set(solved))}"


def _key(row: SimpleNamespace) -> tuple[str, str, str]:
    return row.indicator, row.period, row.breakdown


def _sums(keys: set[tuple[str, str, str]]) -> Iterator[tuple[tuple[str, str, str], list[tuple[str, str, str]]]]:
    """Each whole with its parts."""
    within = defaultdict(list)
    for code, period, part in keys:
        if len(period) == 7 and period[4] == "-" and not period.endswith("-15"):
            month = int(period[5:])
            within[code, f"2014-15 Q{(month - 4) % 12 // 3 + 1}", part].append((code, period, part))
        elif "Q" in period:
            within[code, "2014-15", part].append((code, period, part))
        if part != "all":
            within[code, period, "all", "by part"].append((code, period, part))
        elif code == "starts":
            yield (code, period, part), [("first", period, part), ("again", period, part)]
    for whole, found in within.items():
        yield whole[:3], found  # type: ignore[misc]


def _solve(sums: list[tuple[tuple[str, str, str], list[tuple[str, str, str]]]], known: dict) -> dict:  # type: ignore[type-arg]
    """What has one value only, by the sums and what is known (Gauss, exactly)."""
    unknown = sorted({key for whole, found in sums for key in (whole, *found)} - set(known))
    at = {key: n for n, key in enumerate(unknown)}
    matrix = []
    for whole, found in sums:
        row = [Fraction(0)] * len(unknown)
        for key, sign in ((whole, -1), *((key, 1) for key in found)):
            if key in at:
                row[at[key]] += sign
        if any(row):
            matrix.append(row)
    pivots: list[list[Fraction]] = []
    for column in range(len(unknown)):
        chosen = next((row for row in matrix if row[column]), None)
        if chosen is None:
            continue
        matrix = [row for row in matrix if row is not chosen]
        chosen = [value / chosen[column] for value in chosen]
        matrix, pivots = (
            [[a - row[column] * b for a, b in zip(row, chosen, strict=True)] if row[column] else row for row in rows]
            for rows in (matrix, pivots)
        )
        pivots.append(chosen)
    return {unknown[row.index(1)]: True for row in pivots if sum(1 for value in row if value) == 1}
