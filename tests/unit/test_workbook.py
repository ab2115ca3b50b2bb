"""From a file to texts with their addresses: as printed, whatever the file, or one clear finding."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from files import ole, replace_in_workbook, xls
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from lscb_data.figure import FORMULA_WITHOUT_VALUE
from lscb_data.finding import Severity
from lscb_data.workbook import Grid, UnreadableError, address, as_printed, letters, read_grids, tops

SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path) -> str:
    with pytest.raises(UnreadableError) as raised:
        read_grids(path)
    finding = raised.value.finding
    assert finding.severity is Severity.BLOCKER
    assert finding.message.endswith(".")
    assert finding.fix
    return finding.code


def one_cell(tmp_path: Path, value: Any, number_format: str = "General") -> str | None:
    book = Workbook()
    cell = book.worksheets[0].cell(1, 1, value)
    cell.number_format = number_format
    book.save(tmp_path / "one.xlsx")
    return read_grids(tmp_path / "one.xlsx")[0].cells.get((1, 1))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty_file"), ("a.csv", b"", "empty_file"), ("a.xls", b"", "empty_file"),
        ("a.xlsx", b"Month,Plans\nApr,27\n", "not_a_workbook"), ("a.xls", b"<html><table></table></html>", "not_a_workbook"),
        ("a.xls", b"PK\x03\x04", "not_a_workbook"), ("a.docx", b"PK\x03\x04", "not_a_workbook"), ("a", b"x", "not_a_workbook"),
        ("a.xlsx", b"PK\x03\x04 cut short", "damaged_workbook"), ("a.csv", b"PK\x03\x04\x00\x00", "not_csv"),
        ("a.csv", b"area,population\nx,1\n" + b"x" * 5000 + b"\0", "not_text"),
        ("a.csv", "a,b".encode("utf-16-le"), "not_text"),
        ("a.csv", b"\xff\xfea", "not_text"),
        ("a.xlsx", ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x" * 5000}), "password_protected"),
        ("a.xls", ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x" * 5000}), "password_protected"),
        ("a.xlsx", xls({"Sheet": [["x"]]}), "not_a_workbook"), ("a.xls", ole({"Contents": b"x"}), "old_workbook"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == code


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as file:
        file.writestr("letter.txt", "Dear Board")
    assert refused(tmp_path / "a.xlsx") == "damaged_workbook"


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lscb_data.xlsx.LARGEST", 1000)
    Workbook().save(tmp_path / "a.xlsx")
    assert refused(tmp_path / "a.xlsx") == "too_large"


def test_an_empty_workbook_has_a_sheet_without_cells(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    assert [(grid.name, grid.cells) for grid in read_grids(tmp_path / "a.xlsx")] == [("Sheet", {})]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (33, "General", "33"), (33.0, "General", "33"), (40.63, "General", "40.63"), ("33.0", "General", "33.0"), (0, "0", "0"),
        (0.12, "0%", "12%"), (0.4063, "0.00%", "40.63%"), (0.29, "0%", "29%"), (12, '0"%"', "12"), (12, r"0\%", "12"),
        (0.5, '[Red]0.0%;"x"', "50%"), (1e-7, "General", "0.0000001"), (1e20, "General", "100000000000000000000"),
        (0.1 + 0.2, "General", "0.3"), (True, "General", "TRUE"),
        (datetime.fromisoformat("2014-04-01"), "mmm-yy", "2014-04-01"),
        (date(2014, 4, 1), "mmm-yy", "2014-04-01"), (time(10, 30), "hh:mm", "10:30:00"),
        ("\u00a01,234\u00a0", "General", "1,234"), ("two\nlines", "General", "two lines"), ("   ", "General", None),
        ("#REF!", "General", "#REF!"), ("١٢", "General", "١٢"), ("'5 or under", "General", "'5 or under"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_printed(tmp_path: Path, value: Any, number_format: str, text: str | None) -> None:
    assert one_cell(tmp_path, value, number_format) == text


@pytest.mark.parametrize("value", [-0.0, 0.0, 0])
def test_nought_is_nought(value: float) -> None:
    assert as_printed(value) == "0"


@pytest.mark.parametrize("value", [10**400, float("inf"), float("nan"), -(10**30)])
def test_absurd_numbers_are_texts_like_any_other(value: float) -> None:
    assert as_printed(value)


def test_a_formula_without_its_value_is_marked_and_not_blank(tmp_path: Path) -> None:
    assert one_cell(tmp_path, "=A2+1") == FORMULA_WITHOUT_VALUE


def test_a_formula_has_the_value_that_excel_saved(tmp_path: Path) -> None:
    one_cell(tmp_path, "=A2+1")
    path = replace_in_workbook(tmp_path / "one.xlsx", SHEET, "<v />", "<v>27</v>")
    assert read_grids(path)[0].cells == {(1, 1): "27"}


def test_a_formula_that_gives_the_empty_text_is_blank(tmp_path: Path) -> None:
    one_cell(tmp_path, '=IF(A2="","",A2)')
    path = replace_in_workbook(tmp_path / "one.xlsx", SHEET, '<c r="A1">', '<c r="A1" t="str">')
    assert read_grids(path)[0].cells == {}


def test_a_formula_that_gives_an_error(tmp_path: Path) -> None:
    one_cell(tmp_path, "=1/0")
    path = replace_in_workbook(tmp_path / "one.xlsx", SHEET, '<c r="A1">', '<c r="A1" t="e">')
    path = replace_in_workbook(path, SHEET, "<v />", "<v>#DIV/0!</v>")
    assert read_grids(path)[0].cells == {(1, 1): "#DIV/0!"}


def test_sixty_thousand_formatted_blanks_and_one_stray_cell_cost_nothing(tmp_path: Path) -> None:
    book = Workbook()
    page = book.worksheets[0]
    for number in range(2, 60_002):
        page.cell(number, 1).fill = PatternFill("solid", fgColor="FFFF00")
    page["A1"], page["XFD1048576"] = "x", "stray"
    book.save(tmp_path / "a.xlsx")
    assert read_grids(tmp_path / "a.xlsx")[0].cells == {(1, 1): "x", (1_048_576, 16_384): "stray"}


def test_hidden_sheets_and_merged_cells_are_read(tmp_path: Path) -> None:
    book = Workbook()
    page = book.create_sheet("Hidden")
    page.sheet_state = "hidden"
    page["B2"] = "Merged"
    page.merge_cells("B2:D3")
    book.save(tmp_path / "a.xlsx")
    assert read_grids(tmp_path / "a.xlsx")[1] == Grid("Hidden", {(2, 2): "Merged"})


def test_an_old_workbook_with_its_errors_and_percentages(tmp_path: Path) -> None:
    rows = [["Title é"], [None, "Plans", "%"], ["Apr", 27, 0.4063], ["May", "#N/A", 5], ["Jun", 0, None]]
    (tmp_path / "a.xls").write_bytes(xls({"New plans": rows, "Other": [["x"]]}))
    first, second = read_grids(tmp_path / "a.xls")
    assert first.name == "New plans"
    assert first.cells == {
        (1, 1): "Title é", (2, 2): "Plans", (2, 3): "%", (3, 1): "Apr", (3, 2): "27", (3, 3): "40.63%",
        (4, 1): "May", (4, 2): "#N/A", (4, 3): "5", (5, 1): "Jun", (5, 2): "0",
    }  # fmt: skip
    assert second.cells == {(1, 1): "x"}


@pytest.mark.parametrize("cut", [512, 1024, 1500, 3000])
def test_an_old_workbook_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    (tmp_path / "a.xls").write_bytes(xls({"New plans": [["Apr", 27]]})[:cut])
    assert refused(tmp_path / "a.xls") in ("damaged_workbook", "old_workbook")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("area,n\nMün,1\n", "utf-8"), ("area,n\nMün,1\n", "utf-8-sig"), ("area,n\r\nMün,1\r\n", "cp1252"),
        ("area,n\rMün,1\r", "utf-16"),
        ("area;n\nMün;1\n", "utf-8"), ("area\tn\nMün\t1\n", "utf-16"), ('"area",n\n"Mün"\n,\n'.replace('"\n,', '",1'), "utf-8"),
    ],
)  # fmt: skip
def test_csv_in_every_encoding_and_with_every_mark(make_csv: Any, content: str, encoding: str) -> None:
    assert read_grids(make_csv(content, encoding))[0].cells == {(1, 1): "area", (1, 2): "n", (2, 1): "Mün", (2, 2): "1"}


def test_a_title_over_a_csv_does_not_decide_its_mark(make_csv: Any) -> None:
    grid = read_grids(make_csv("Population, by area\narea;n\nEly;1,5\nMarch;2,5\n"))[0]
    assert grid.cells[4, 2] == "2,5"


def test_csv_with_new_lines_in_quotes_ragged_rows_and_blanks(make_csv: Any) -> None:
    grid = read_grids(make_csv('area,n\n"two\nlines","1,234"\nshort\nlong,1,,extra\n\n,\n'))[0]
    assert [texts for _, texts in grid.rows()] == [
        {1: "area", 2: "n"}, {1: "two lines", 2: "1,234"}, {1: "short"}, {1: "long", 2: "1", 4: "extra"},
    ]  # fmt: skip


def test_a_quotation_mark_that_nobody_closes_does_not_swallow_the_rows_after_it(make_csv: Any) -> None:
    assert refused(make_csv('area,n\nEly,1\n"March,2\nWisbech,3\n')) == "not_csv"


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (16_384, "XFD")])
def test_names_of_cells(column: int, name: str) -> None:
    assert letters(column) == name
    assert address(7, column) == f"{name}7"


def test_the_same_grid_from_a_workbook_saved_twice(tmp_path: Path) -> None:
    one_cell(tmp_path, 27)
    load_workbook(tmp_path / "one.xlsx").save(tmp_path / "two.xlsx")
    assert read_grids(tmp_path / "one.xlsx") == read_grids(tmp_path / "two.xlsx")


def test_the_top_of_a_sheet_ends_after_its_first_rows_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(",".join("a" * 1_200) + "\n" + "a\n" * 600, "utf-8")
    (top,) = tops(path)
    assert len(read_grids(path)[0].cells) == 1_800
    assert {row for row, _ in top.cells} == set(range(1, 501))
    assert {column for _, column in top.cells} == set(range(1, 1_001))
