"""Groups of areas: those that ship, a Board's own over them, and what is wrong with a file said."""

from pathlib import Path

import pytest

from lscb_data.board import shipped
from lscb_data.finding import UserError
from lscb_data.groups import load_groups

HEAD = "set,title,since,until,source,licence\n"


def declared(folder: Path, sets: str, **files: str) -> Path:
    (folder / "groups").mkdir(parents=True)
    (folder / "groups" / "groups.csv").write_text(HEAD + sets)
    for name, text in files.items():
        (folder / "groups" / f"{name}.csv").write_text(text)
    return folder


def test_cambridgeshire_has_ten_neighbours_in_each_set_and_oxfordshire_is_its_nearest() -> None:
    for one in load_groups([shipped("schemas")]):
        if one.set.startswith("statistical_neighbours"):
            own = [member for member in one.members if member.area == "E10000003"]
            assert {member.rank for member in own} == set(range(1, 11)), one.set
            assert own[0].member == "E10000025"


def test_every_council_is_in_one_region_and_in_england() -> None:
    sets = {one.set: one for one in load_groups([shipped("schemas")])}
    in_regions = [member.member for member in sets["regions"].members]
    assert sorted(in_regions) == sorted(member.member for member in sets["england"].members)
    assert len(set(in_regions)) == len(in_regions)
    assert len({member.group for member in sets["regions"].members}) == 10  # the DfE halves London


def test_a_board_declares_its_own_beside_those_that_ship(tmp_path: Path) -> None:
    own = declared(tmp_path, "shire,Shires,2014-04-01,,The Board,\n", shire="area,rank,member,closeness\nE1,1,E2,\n")
    found = {one.set: one for one in load_groups([shipped("schemas"), own])}
    assert found["shire"].members[0].member == "E2"
    assert {"england", "shire"} <= set(found)


@pytest.mark.parametrize(
    ("sets", "members", "said"),
    [
        ("shire,Shires,soon,,B,\n", "group,member\nE1,E2\n", "row 2: since and until are days"),
        (",Shires,2014-04-01,,B,\n", "group,member\nE1,E2\n", "row 2: a set has a name"),
        ("shire,Shires,2014-04-01,,B,\n", "who,member\nE1,E2\n", "shire.csv: its first row is group,member or area,rank"),
        ("shire,Shires,2014-04-01,,B,\n", "group,member\nE1,\n", "shire.csv, row 2: a member has a code"),
        (
            "shire,Shires,2014-04-01,,B,\n",
            "area,rank,member,closeness\nE1,first,E2,\n",
            "shire.csv, row 2: a member has a code",
        ),
        ("shire,Shires,2014-04-01,,B,\n", "group,member\nE1,E2,E3\n", "shire.csv, row 2: has more cells"),
        ("other,Others,2014-04-01,,B,\n", "group,member\nE1,E2\n", "other.csv: No such file"),
    ],
)
def test_what_is_not_understood_is_said_with_file_and_row(tmp_path: Path, sets: str, members: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        load_groups([declared(tmp_path, sets, shire=members)])
