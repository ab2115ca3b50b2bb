"""What `lscb compare` gives a person: lines, a picture, and a sentence where there is nothing to compare."""

from pathlib import Path

import pytest

from lscb_data.chart import draw
from lscb_data.compare import compare
from lscb_data.finding import UserError
from lscb_data.show import comparison
from tests.spec.test_comparators import AGAIN, AREA, AREAS, ESSEX, KENT, again, compared, neighbours
from tests.spec.told import Told, figure, indicator
from tests.spec.told import told as tell

ALL = {"again_all": 83, "starts_all": 486}


@pytest.fixture(scope="module")
def told() -> Told:
    years = [row for year in ("2013-14", "2014-15") for row in (*again(AREA, 82, 461, year), *again(ESSEX, 10, 100, year))]
    return compared(*years, groups=[neighbours(ESSEX, since="2021-04-01"), neighbours(KENT, name="other")])


def test_a_line_for_each_period_and_basis_with_its_note_below(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    comparison(compare(told.connection, "again_percent", "cambridgeshire", "neighbours"), csv=False)
    said = capsys.readouterr().out
    assert [line.split()[:3] for line in said.splitlines() if line.strip().startswith("20")] == [
        [year, "all", "17.8"] for year in ("2013-14", "2013-14", "2014-15", "2014-15")
    ]
    assert "1: The group was made later, in 2021." in said
    assert "Definition:    As the test says." in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("starts", AREA), "is a count"),
        (("again_percent", "Rutland"), "for no area 'Rutland'; there is Cambridgeshire; Essex"),
        (("again_percent", AREA, "Wales"), "nothing of 'Wales' to compare again_percent with; there is neighbours"),
        (("again_percent", AREA, None, "month"), "cannot be compared by month; by year it can"),
        (("again_percent", AREA, None, None, "NEG"), "no breakdown 'NEG' to compare; there is all"),
        (("again_percent", "Essex"), "No group that Essex is compared with has a figure"),
    ],
)
def test_what_cannot_be_compared_is_said(asked: tuple[str, ...], said: str) -> None:
    figures = [*again(AREA, 82, 461), *again(ESSEX, 10, 100)]
    made = tell(*figures, indicators=[AGAIN, indicator("starts")], areas=AREAS, groups=[neighbours(ESSEX)])
    with pytest.raises(UserError, match=said):
        compare(made.connection, *asked)


def test_the_same_thing_by_another_definition_is_named_and_not_compared() -> None:
    """The Board counts without transfers-in; what is published of the others counts them."""
    theirs = indicator("again_with_transfers_percent", "percent", "again_all", "starts_all", places=1)
    figures = [
        *again(AREA, 82, 461),
        *(figure(name, "2014-15", value, area_code=area) for area in (AREA, ESSEX) for name, value in ALL.items()),
    ]
    made = tell(*figures, indicators=[AGAIN, theirs], areas=AREAS, groups=[neighbours(ESSEX)])
    with pytest.raises(UserError, match="Others have again_with_transfers_percent, which is of another definition"):
        compare(made.connection, "again_percent", AREA)


@pytest.mark.parametrize(("name", "begins"), [("plot.svg", b"<svg"), ("plot.png", b"\x89PNG")])
def test_it_is_drawn(told: Told, tmp_path: Path, name: str, begins: bytes) -> None:
    draw(compare(told.connection, "again_percent", AREA), tmp_path / name)
    drawn = (tmp_path / name).read_bytes()
    assert drawn.startswith(begins)
    if name.endswith("svg"):
        assert all(said in drawn.decode() for said in ("Cambridgeshire", "Statistical neighbours, pooled", "2013-14"))


def test_another_kind_of_picture_is_refused(told: Told, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"plot.doc: a plot is .svg or .png"):
        draw(compare(told.connection, "again_percent", AREA), tmp_path / "plot.doc")
