"""The same software and contracts serve other Boards: Peterborough and Norfolk, from the public files alone."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from lscb_data import cli
from lscb_data.board import Board, shipped
from lscb_data.contract import Contracts
from lscb_data.rounding import half_up
from tests import national
from tests.loads import load

RATE = "cp_plans_open_per_10000"
CODES = ("new_la_code", "region_code", "country_code")


@dataclass(frozen=True)
class Loaded:
    """A Board that received the DfE's plans (d1, d3) and ONS's estimates, two years of its own region and of its neighbours."""

    board: Board
    area: str
    name: str
    connection: duckdb.DuckDBPyConnection


def beside(area: str) -> set[str]:
    """The area, those that the shipped groups compare it with, and the other councils of its region."""

    def read(name: str) -> list[dict[str, str]]:
        with (shipped("schemas") / "groups" / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    region = next(row["group"] for row in read("regions") if row["member"] == area)
    neighbours = {row["member"] for row in read("statistical_neighbours_2021") if row["area"] == area}
    return {area, region, "E92000001", *neighbours} | {row["member"] for row in read("regions") if row["group"] == region}


BOARDS = [("E06000031", "Peterborough"), pytest.param(("E10000020", "Norfolk"), marks=pytest.mark.long)]


@pytest.fixture(scope="module", params=BOARDS, ids=["Peterborough", "Norfolk"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, contracts: Contracts) -> Iterator[Loaded]:
    area, name = request.param
    home = tmp_path_factory.mktemp(name)
    init = ["--home", str(home), "init", "--name", f"{name} Safeguarding Children Board", "--area", area, "--area-name", name]
    assert cli.main(init) == 0
    of = beside(area)

    def only(rows: national.Rows) -> None:
        rows[:] = [row for row in rows if next(filter(None, (row[code] for code in CODES))) in of]

    sent = [national.write(home / "sent", file, (2023, 2024), only) for file in national.named("d1", "d3")]
    national.receive_all(Board(home), contracts, sent)
    with duckdb.connect(load(Board(home)), read_only=True) as connection:
        yield Loaded(Board(home), area, name, connection)


def test_it_loads_without_a_finding(loaded: Loaded) -> None:
    found = loaded.connection.execute("select return, code, message from audit.findings").fetchall()
    assert found == []
    assert loaded.connection.execute("select area_code from conformed.areas where is_own").fetchall() == [(loaded.area,)]


def test_its_rates_are_those_that_the_dfe_printed_with_limits_and_population(loaded: Loaded) -> None:
    rates = loaded.connection.execute(
        """select numerator, denominator, as_printed, lower_95 < value and value < upper_95, population_id is not null
        from published.indicator_values
        where area_code = ? and period_type = 'year' and indicator like 'cp_plans%_per_10000'""",
        [loaded.area],
    ).fetchall()
    assert len(rates) >= 8  # of two years each
    for count, people, printed, within, has_population in rates:
        assert (half_up(Fraction(count * 10_000) / Fraction(people), 1), within, has_population) == (printed, True, True)


def test_it_stands_beside_england_its_region_and_its_own_neighbours(loaded: Loaded) -> None:
    query = (
        "select group_set, max(members_known) from published.indicator_comparators(?, ?) where period = '2023-24' group by all"
    )
    found = dict(loaded.connection.execute(query, [RATE, loaded.name]).fetchall())
    assert {"england", "regions", "statistical_neighbours_2021"} <= set(found)
    assert found["statistical_neighbours_2021"] >= 9  # of ten; one may be hidden


def test_a_person_explains_and_compares_its_own_figures(loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(loaded.board.home)]
    assert cli.main([*home, "explain", RATE, "2024-03-31"]) == 0
    explained = capsys.readouterr().out
    assert f"{loaded.name}, 2024-03-31" in explained
    assert "Cambridgeshire" not in explained
    assert cli.main([*home, "compare", RATE, "--with", "neighbours"]) == 0
    assert f"{loaded.name} is" in capsys.readouterr().out


def test_what_it_asks_for_has_its_own_areas(contracts: Contracts, tmp_path: Path) -> None:
    """MARAC areas and providers are each Board's own: lists in its folder take the place of the example Board's."""
    home = ["--home", str(tmp_path)]
    init = ["init", "--name", "Norfolk Safeguarding Children Board", "--area", "E10000020", "--area-name", "Norfolk"]
    assert cli.main([*home, *init]) == 0
    (tmp_path / "schemas/codes").mkdir(parents=True)
    areas = "code,label,spellings,query,status\nnorfolk_east,Norfolk East,,,\nnorfolk_west,Norfolk West,,,\n"
    (tmp_path / "schemas/codes/marac_areas.csv").write_text(areas, "utf-8")
    out = tmp_path / "marac.xlsx"
    assert cli.main([*home, "template", "marac__cases", "--period", "2015-16 Q1", "--out", str(out)]) == 0
    from openpyxl import load_workbook

    said = {str(cell.value) for page in load_workbook(out) for line in page.iter_rows() for cell in line if cell.value}
    assert {"Norfolk East", "Norfolk West"} <= said
    assert [text for text in said if "Cambridge" in text] == []
