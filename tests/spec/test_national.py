"""Every council, region and England by the DfE's real files: recomputed, held against what it printed, and never mistaken."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lscb_data.board import Board, init
from lscb_data.contract import Contracts
from tests import national
from tests.loads import load

YEARS = (2013, 2019, 2024)
FILES = ("a2", "c4", "d1", "d3", "d5")
WEST_SUSSEX = [
    # d1 gives 424 children on a plan on 31 March 2013, d5 gives 379; the rate of d1 is that of its own count.
    ("printed_differs", "West Sussex"),
    ("said_twice", "West Sussex"),
]


def loaded(tmp: Path, contracts: Contracts, years: tuple[int, ...], files: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
    board = Board(tmp / "home")
    init(board, "Norfolk Safeguarding Children Board", "E10000020", "Norfolk")
    paths = [national.write(tmp / "sent", name, years) for name in national.named(*files)]
    national.receive_all(board, contracts, paths)
    return duckdb.connect(load(board), read_only=True)


@pytest.fixture(scope="module")
def some_years(tmp_path_factory: pytest.TempPathFactory, contracts: Contracts) -> Iterator[duckdb.DuckDBPyConnection]:
    with loaded(tmp_path_factory.mktemp("national"), contracts, YEARS, FILES) as connection:
        yield connection


def row(connection: duckdb.DuckDBPyConnection, code: str, area: str, period: str, columns: str) -> tuple[object, ...]:
    found = connection.execute(
        f"""select {columns} from published.indicator_values
        where indicator = ? and area_code = ? and period = ? and breakdown = 'all'""",
        [code, area, period],
    ).fetchall()
    assert len(found) == 1, found
    return found[0]


def differing(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        """select code, split_part(message, ', ', if(code = 'printed_differs', 3, 2)) from checks.findings
        where code in ('printed_differs', 'said_twice', 'parts_differ') order by all"""
    ).fetchall()


def test_nothing_differs_but_what_truly_does(some_years: duckdb.DuckDBPyConnection) -> None:
    assert differing(some_years) == WEST_SUSSEX


def test_every_council_rate_and_percentage_is_ours_as_printed(some_years: duckdb.DuckDBPyConnection) -> None:
    compared, agreeing = some_years.execute(
        """select count(*), count(*) filter (where round(value, 1) = as_printed)
        from published.indicator_values inner join conformed.areas using (area_code)
        where kind = 'council' and period_type = 'year' and breakdown_type is null
            and indicator in ('cp_plans_started_with_transfers_per_10000', 'cp_reregistration_with_transfers_percent')
            and numerator is not null and value is not null"""
    ).fetchone() or (0, 0)
    assert (compared, agreeing) == (compared, compared)
    assert compared > 850  # three years of some 150 councils, twice, less what is hidden


def test_what_cannot_be_divided_is_said(some_years: duckdb.DuckDBPyConnection) -> None:
    """The ONS file has no estimates of these three before they became two."""
    found = some_years.execute(
        """select distinct regexp_extract(message, 'aged 0 to 17 of (.*) for', 1) from checks.findings
        where code = 'population_missing' order by all"""
    ).fetchall()
    assert [name for (name,) in found] == ["Bournemouth", "Dorset (county council)", "Poole"]


def test_a_rounded_count_is_a_range_and_no_number(some_years: duckdb.DuckDBPyConnection) -> None:
    assert row(some_years, "cp_plans_open", "E92000001", "2024-03-31", "value, qualifier, as_printed") == (
        None, "rounded", Decimal(49900),
    )  # fmt: skip
    low, high = some_years.execute(
        "select low, high from marts.measures where measure = 'cp_plans_open' and area_code = 'E92000001'"
        " and period = '2024-03-31' and breakdown = 'all'"
    ).fetchone() or (None, None)
    assert (low, high) == (49895, 49905)


def test_a_percentage_of_rounded_counts_is_the_publishers_own(some_years: duckdb.DuckDBPyConnection) -> None:
    code = "cp_reregistration_with_transfers_percent"
    found = row(some_years, code, "E92000001", "2023-24", "value, qualifier, note")
    assert found[:2] == (Decimal("24.70"), "rounded")
    assert "As the supplier worked it out" in str(found[2])


def test_englands_series_is_read_line_by_line_and_each_rate_and_percentage_is_within_its_rounded_counts(
    some_years: duckdb.DuckDBPyConnection,
) -> None:
    """a2 has thirteen figures a year in one column: nine have a rate, three a percentage."""
    given = some_years.execute(
        """select count(measure), count(distinct measure), count(prints), count(distinct prints)
        from conformed.observations where "return" = 'dfe__national_series'"""
    )
    assert given.fetchall() == [(39, 13, 36, 12)]
    assert row(some_years, "cp_plans_reviewed_in_time_percent", "E92000001", "2024-03-31", "value, qualifier") == (
        Decimal("89.80"), "rounded",
    )  # fmt: skip
    within = some_years.execute(
        """select count(*), count(*) filter (where as_printed between low - 0.05 and high + 0.05)
        from marts.indicator_figures where area_code = 'E92000001' and qualifier = 'rounded' and period_type = 'year'
            and scale > 1 and breakdown_type is null"""
    ).fetchall()
    assert within == [(42, 42)]  # those of d5 and d3, too


def test_a_letter_means_what_it_meant_that_year(some_years: duckdb.DuckDBPyConnection) -> None:
    """`x` is hidden up to 2018-19: the rates of Bournemouth, whose population nobody printed."""
    found = some_years.execute(
        "select distinct period, status from conformed.observations where printed = 'x' order by all"
    ).fetchall()
    assert ("2018-19", "suppressed") in found
    assert {status for period, status in found if period in ("2012-13", "2018-19")} == {"suppressed"}
    assert some_years.execute("select distinct status from conformed.observations where printed = 'u'").fetchall() == [
        ("unreliable",)
    ]


def test_a_council_that_is_no_more_says_so(some_years: duckdb.DuckDBPyConnection) -> None:
    (note,) = row(some_years, "cp_plans_started_with_transfers", "E10000021", "2018-19", "note")
    assert note == (
        "A council until 31/03/2021; since then North Northamptonshire (E06000061) and West Northamptonshire (E06000062)."
    )
    (note,) = row(some_years, "cp_plans_started_with_transfers", "E06000060", "2023-24", "note")
    assert note == "A council since 01/04/2020; before, the same area as Buckinghamshire (county council) (E10000002)."


def test_a_council_under_another_code_is_one_series(some_years: duckdb.DuckDBPyConnection) -> None:
    """c4 has Gateshead under the code that it had until 2013, the others under today's."""
    codes = some_years.execute(
        "select distinct area_code from conformed.observations where area_code in ('E08000020', 'E08000037')"
    )
    assert codes.fetchall() == [("E08000037",)]
    known = some_years.execute("select code, valid_from, valid_until from conformed.area_codes where area_code = 'E08000037'")
    assert known.fetchall() == [("E08000020", None, date(2013, 3, 31)), ("E08000037", date(2013, 4, 1), None)]
    (note,) = row(some_years, "icpc_held", "E08000037", "2018-19", "note")
    assert note == "Until 31/03/2013 under the code E08000020: the same council, and one series."


@pytest.mark.long
def test_all_files_and_years_have_no_other_difference(tmp_path: Path, contracts: Contracts) -> None:
    with loaded(tmp_path, contracts, (), ("a2", "c4", "c6", "d1", "d2", "d3", "d5", "d7", "headline")) as connection:
        assert differing(connection) == WEST_SUSSEX
        assert connection.execute("select count(*) from checks.findings where code = 'population_missing'").fetchall() == [
            (21,)
        ]


def test_a_later_release_restates_just_what_it_changed(tmp_path: Path, board: Board, contracts: Contracts) -> None:
    """The real d3 of three years, and a later one with a year more, two cells changed and one hidden that was not."""
    (name, *_) = national.named("d3")

    def change(rows: national.Rows) -> None:
        by = {(one["time_period"], one["new_la_code"] or one["region_code"] or one["country_code"]): one for one in rows}
        assert by["2013", "E06000031"]["CPP_subsequent"].isdigit()
        by["2019", "E10000003"]["CPP_start"] = "999"
        by["2013", "E92000001"]["CPP_subsequent"] = "7770"
        by["2013", "E06000031"]["CPP_subsequent"] = "c"

    first = national.write(tmp_path / "first", name, (2013, 2019, 2023))
    later = national.write(tmp_path / "later", name, (2013, 2019, 2023, 2024), change)
    national.receive_all(board, contracts, [first, later])
    with duckdb.connect(load(board), read_only=True) as connection:
        changed = connection.execute(
            """select period, area_code, measure, why from audit.observations_restated where change = 'changed' order by all"""
        ).fetchall()
        new = connection.execute(
            "select period, count(*) from audit.observations_restated where change = 'new' group by period"
        ).fetchall()
    assert changed == [
        ("2012-13", "E06000031", "cp_reregistrations_with_transfers", "cumulative return"),
        ("2012-13", "E92000001", "cp_reregistrations_with_transfers", "cumulative return"),
        ("2018-19", "E10000003", "cp_plans_started_with_transfers", "cumulative return"),
    ]
    cells = 3 * sum(one["time_period"] == "2024" for one in national.rows_of(name))
    assert new == [("2023-24", cells)]
