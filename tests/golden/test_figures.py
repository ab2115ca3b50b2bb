"""The real returns' published figures, whole, and the laws that can be read off them."""

import re
from pathlib import Path

import duckdb
import pandas as pd

from lscb_data.board import Board
from lscb_data.contract import load_contracts
from lscb_data.submission import receive, received
from tests.golden.conftest import build

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/indicator_values.csv"
FIGURES = """
    select indicator, area, provider, period_type, period, breakdown, numerator, denominator, value, lower_95, upper_95,
        lower_998, upper_998, status, qualifier, as_printed, population_id, cell
    from published.indicator_values order by all
"""


def asked(warehouse: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(question).fetchall()


def test_the_published_figures_are_those_checked_against_the_report(real_warehouse: Path, renew: bool) -> None:
    with duckdb.connect(real_warehouse, read_only=True) as connection:
        found = connection.sql(FIGURES).df().to_csv(index=False)
    if renew:
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def test_figures_of_the_report(real_warehouse: Path) -> None:
    """What the report says in print, read in it by a person: the pooled year, July's tie, both counts, both rates."""
    figure = "select value::double, as_printed::double from published.indicator_values where area = 'Cambridgeshire' and "
    assert asked(real_warehouse, figure + "indicator = 'cp_reregistration_percent' and period = '2014-15'") == [(17.79, 17.79)]
    assert asked(real_warehouse, figure + "indicator = 'cp_reregistration_percent' and period = '2014-07'") == [(40.63, 40.63)]
    assert asked(real_warehouse, figure + "indicator = 'cp_plans_started' and period = '2014-15' and breakdown = 'all'") == [
        (461, 461)
    ]
    assert asked(real_warehouse, figure + "indicator = 'cp_plans_started_with_transfers' and period = '2014-15'") == [
        (486, None)
    ]
    assert asked(real_warehouse, figure + "indicator = 'cp_plans_open_per_10000' and period = '2015-03-31'") == [(29.51, 30.34)]
    assert asked(
        real_warehouse,
        figure
        + "indicator = 'domestic_abuse_outcomes' and period = '2014-12' and breakdown = 'prosecution_not_in_public_interest'",
    ) == [(-2, None)]


def test_the_reports_new_plans_have_one_signal(real_warehouse: Path) -> None:
    """38.42, 22.46 and 54.38 are the definitions' own; March 2015 with its 73 plans is the one signal."""
    ours = "where indicator = 'cp_plans_started' and area = 'Cambridgeshire' and breakdown = 'all' and period_type = 'month'"
    limits = f"select centre::double, lower_limit::double, upper_limit::double from published.indicator_series {ours}"
    assert asked(real_warehouse, limits) == [(38.42, 22.46, 54.38)]
    signals = f"select signal, period, value::double from published.indicator_signals {ours}"
    assert asked(real_warehouse, signals) == [("outside", "2015-03", 73)]


def test_single_assessments_have_a_target_and_no_colour_for_the_board_set_no_rule(real_warehouse: Path) -> None:
    targets = (
        "select says, colour, reason from published.indicator_targets where indicator = 'single_assessments_in_time_percent'"
    )
    none = "No colour: who set the target set no rule for one."
    assert asked(real_warehouse, targets) == [
        ("Completed within 20 working days where possible, and within 35 at most.", None, none),
        ("Where circumstances are exceptional, completed within 45 working days at most.", None, none),
    ]


def test_every_figure_leads_to_cells_that_were_read(real_warehouse: Path) -> None:
    assert asked(real_warehouse, "select count(*) from published.indicator_values where cell is null") == [(0,)]
    assert asked(real_warehouse, "select count(*) from audit.lineage where submission_id is null") == [(0,)]
    assert asked(
        real_warehouse, "from published.indicator_values anti join published.indicators using (indicator) select count(*)"
    ) == [(0,)]


def test_a_value_that_is_not_known_is_never_a_nought(real_warehouse: Path) -> None:
    unknown = "select count(*), count(value) from published.indicator_values where status <> 'reported'"
    ((rows, values),) = asked(real_warehouse, unknown)
    assert rows
    assert values == 0


def test_rows_received_are_those_accepted_and_those_set_aside(real_warehouse: Path) -> None:
    ((received, accepted, rejected),) = asked(
        real_warehouse, "select sum(rows_received), sum(rows_accepted), sum(rows_rejected) from audit.submissions"
    )
    assert (received, accepted, rejected) == (110, 110, 0)


def test_deleting_the_warehouse_and_building_again_gives_the_same_rows(real_board: Board, real_warehouse: Path) -> None:
    again = build(real_board, real_warehouse.with_name("again.duckdb"))
    tables = asked(
        real_warehouse,
        """select schema_name || '.' || table_name from duckdb_tables()
        where schema_name in ('conformed', 'marts', 'published', 'checks', 'audit') order by all""",
    )
    assert len(tables) > 15
    for (table,) in tables:
        assert asked(real_warehouse, f"from {table}") == asked(again, f"from {table}"), table


def test_receiving_the_same_file_again_changes_nothing(real_board: Board) -> None:
    contracts = load_contracts(real_board.folders("schemas"))
    before = received(real_board)
    for one in before:
        again, is_new = receive(real_board, one.path, contracts[one.receipt.return_], one.period)
        assert (again, is_new) == (one, False)
    assert received(real_board) == before


def test_every_rate_names_a_population_that_is_there(real_warehouse: Path) -> None:
    assert asked(
        real_warehouse,
        """from published.indicator_values left join conformed.populations using (population_id)
        select count(*) > 10, bool_and(population = denominator)
        where indicator like '%_per_10000' and denominator is not null""",
    ) == [(True, True)]


def test_one_row_for_each_indicator_area_provider_period_and_breakdown(real_warehouse: Path) -> None:
    key = "indicator, area_code, provider, period, breakdown_type, breakdown"
    assert not asked(real_warehouse, f"select {key} from published.indicator_values group by {key} having count(*) > 1")


def test_one_file_divides_and_rounds_each_figure() -> None:
    dividing = {
        path.stem
        for folder in ("marts", "published")
        for path in (ROOT / "sql" / folder).glob("*.sql")
        if re.search(r"\bround\(|//| / ", re.sub(r"--.*|'[^']*'", "", path.read_text("utf-8")))
    }
    limits = {"intervals", "indicator_limits", "indicator_funnels", "indicator_series"}  # lines around figures, and no figure
    differences = {"indicator_changes", "indicator_comparison"}
    others = {"indicator_comparators"}  # what several areas have together
    theirs = {
        "printed_compared",
        "printed_candidates",
        "printed_explained",
        "populations_implied",
        "publishers_beside",
    }  # what others made of theirs
    bases = {"rates_on_bases"}  # the same by another population
    assert dividing - limits - differences - others - theirs - bases == {"indicator_figures"}


def test_a_golden_file_is_read_as_it_was_written() -> None:
    assert len(pd.read_csv(GOLDEN)) > 500
