"""From the Board's own figures back to the cells of the real returns, and from a cell on to the figures."""

from pathlib import Path

import duckdb
import pytest

from lscb_data.board import Board
from lscb_data.diff import diff
from lscb_data.explain import explain
from lscb_data.finding import UserError
from lscb_data.options import moment_of
from lscb_data.trace import Step, back, onward


@pytest.fixture
def connection(real_warehouse: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(real_warehouse, read_only=True)


def said(steps: list[Step], what: str) -> list[tuple[str, str]]:
    return [(step.where, step.said) for step in steps if step.what == what]


def test_the_share_of_second_plans_leads_to_each_month_of_both_counts(connection: duckdb.DuckDBPyConnection) -> None:
    steps = back(connection, "cp_reregistration_percent", "2014-15")
    assert said(steps, "figure") == [("cp_reregistration_percent, Cambridgeshire, 2014-15", "17.79 percent")]
    assert said(steps, "numerator") == [("marts.measures: cp_reregistrations, 2014-15", "82")]
    assert said(steps, "denominator") == [("marts.measures: cp_plans_started, 2014-15", "461")]
    cells = said(steps, "cell")
    assert len(cells) == 12 + 12 + 3  # both counts by month, and where the supplier prints the share
    assert sum(int(text.strip("'")) for where, text in cells if "!Subsequent plans!D" in where) == 82
    assert sum(int(text.strip("'")) for where, text in cells if "!New plans!B" in where) == 461
    assert len(said(steps, "submission")) == 4
    assert [text for _, text in said(steps, "known")] == ["17.79 percent"]


def test_what_was_asked_about_a_cell_is_said_beside_it(connection: duckdb.DuckDBPyConnection) -> None:
    (row,) = connection.execute(
        "select indicator, period, area, breakdown from published.indicator_values"
        " where note like '%Query:%' and status = 'reported' order by all limit 1"
    ).fetchall()
    steps = back(connection, *row[:2], area=row[2], breakdown=row[3])
    assert said(steps, "query")


def test_a_cell_leads_to_every_figure_that_it_feeds(connection: duckdb.DuckDBPyConnection) -> None:
    steps = onward(connection, "marac.xlsx!MARAC!B5")
    assert {where.split("/")[0] for where, _ in said(steps, "cell")} == {"2014-15-Q1", "2014-15-Q2", "2014-15-Q3", "2014-15-Q4"}
    steps = onward(connection, "2014-15-Q1/marac/marac.xlsx!MARAC!B5")
    assert said(steps, "cell") == [("2014-15-Q1/marac/marac.xlsx!MARAC!B5", "'16'")]
    assert ("marac_cases, Cambridgeshire Central, 2014-04", "16 cases") in said(steps, "figure")
    assert ("marac_repeat_percent, Cambridgeshire Central, 2014-15", "31.45 percent") in said(steps, "figure")
    assert ("marac_cases_per_10000, Cambridgeshire Central, 2014-04", "not_supplied") in said(steps, "figure")
    with pytest.raises(UserError, match="No published figure is made of a cell 'nowhere!A1'"):
        onward(connection, "nowhere!A1")


def test_every_published_figure_that_names_a_cell_is_reached_from_it(connection: duckdb.DuckDBPyConnection) -> None:
    lost = connection.execute(
        """
        from published.indicator_values as v
        where v.cell like '%!%!%' and not exists (
            from audit.lineage as l where l.indicator = v.indicator and l.area_code = v.area_code and l.period = v.period
            and l.provider is not distinct from v.provider and l.breakdown = v.breakdown
        )
        """
    ).fetchall()
    assert lost == []


def test_a_figure_is_explained_as_it_was_known(connection: duckdb.DuckDBPyConnection) -> None:
    now = explain(connection, "marac_cases", "2014-15")
    then = explain(connection, "marac_cases", "2014-15", as_at=moment_of("9999-12-31"))
    shown = [(one.value["area"], one.value["value"], len(one.cells)) for one in now.explained]
    assert [(one.value["area"], one.value["value"], len(one.cells)) for one in then.explained] == shown
    with pytest.raises(UserError, match=r"No figure of marac_cases .* was published by 24 July 2015"):
        explain(connection, "marac_cases", "2014-15", as_at=moment_of("24/07/2015"))


def test_two_days_two_builds_and_two_submissions_are_set_beside_each_other(
    connection: duckdb.DuckDBPyConnection, real_board: Board
) -> None:
    (figures,) = connection.execute("select count(*) from published.indicator_values").fetchone() or ()
    _, changed = diff(connection, real_board, "2015-07-31", "9999-12-30")
    assert len(changed) == figures
    assert diff(connection, real_board, "9999-12-29", "30/12/9999")[1] == []
    first, second = (
        row[0]
        for row in connection.execute(
            "select submission_id from audit.submissions where \"return\" = 'marac__cases' order by period limit 2"
        ).fetchall()
    )
    head, rows = diff(connection, real_board, first, second)
    april = [row for row in rows if row[head.index("period")] == "2014-04" and row[head.index("before")] == "16"]
    assert [row[head.index("after")] for row in april] == [None]
    with pytest.raises(UserError, match="is a submission: name another one"):
        diff(connection, real_board, first, "2015-07-31")
    with pytest.raises(UserError, match="'yesterday' is no day"):
        diff(connection, real_board, "yesterday", "2015-07-31")
