"""A CSV file of children's records: whichever way it is read, the same texts, and each record's own number."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lscb_data import csv_door
from lscb_data.csv_door import CsvFile, batches, open_csv, plain_batches
from lscb_data.period import quarter
from lscb_data.sheet import Sheet
from lscb_data.workbook import UnreadableError

SHEET = Sheet.model_validate(
    {
        "sheet": "plans", "names": ["List 7"], "layout": "table", "description": "Plans",
        "columns": [
            {"name": "child", "type": "identifier", "printed": ["Child"], "description": "Id"},
            {"name": "started", "type": "date", "printed": ["Start"], "description": "Start"},
            {"name": "worker", "type": "text", "printed": ["Worker"], "required": False, "keep": False, "description": "Never"},
            {"name": "sex", "type": "text", "printed": ["Sex"], "required": False, "description": "Sex"},
        ],
    }
)  # fmt: skip
PERIOD = quarter(2014, 1)
HEAD = "Child,Start,Worker,Sex\n"


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[str | bytes], CsvFile]:
    def run(content: str | bytes) -> CsvFile:
        path = tmp_path / "list 7.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        file = open_csv(path, SHEET, PERIOD, "", {})
        assert isinstance(file, CsvFile), file
        return file

    return run


def by_record(file: CsvFile) -> list[tuple[Any, ...]]:
    return [(*list(row.values())[:2], *list(row.values())[3:]) for batch in batches(file) for row in batch.to_pylist()]


def by_arrow(file: CsvFile) -> list[tuple[Any, ...]]:
    rows = [list(row.values()) for batch in plain_batches(file) for row in batch.to_pylist()]
    return [(*row[:2], *(text.strip() for text in row[3:])) for row in rows]


def told(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows by their numbers; nothing is asked of the texts of a record that has another shape."""
    return sorted((number, fault, *("" if fault else text for text in texts)) for number, fault, *texts in rows)


def test_what_is_never_kept_is_not_even_read(opened: Any) -> None:
    assert by_record(opened(HEAD + "C1,01/04/2014,Jo Bloggs,F\n")) == [(2, "", "C1", "01/04/2014", "F")]


def test_titles_above_the_headings_and_columns_in_another_order(opened: Any) -> None:
    file = opened("List 7\n\nSex;Start;Child\nF;2014-04-01;C1\n")
    assert (file.header, file.mark, file.is_plain) == (3, ";", False)
    assert by_record(file) == [(4, "", "C1", "2014-04-01", "F")]


def test_records_are_numbered_as_a_spreadsheet_numbers_its_rows(opened: Any) -> None:
    file = opened(HEAD + 'C1,,"Jo\nBloggs",F\n\n,,,\nC2,,,M\n')
    assert [(row[0], row[2]) for row in by_record(file)] == [(2, "C1"), (5, "C2")]


@pytest.mark.parametrize(
    ("row", "fault"), [("C1,x,y", "ragged"), ("C1,x,y,F,z", "ragged"), ("C1,x,y,F,,", ""), ("C1,x,y,", "")]
)
def test_a_record_with_more_or_fewer_cells_than_headings(opened: Any, row: str, fault: str) -> None:
    assert by_record(opened(HEAD + row + "\n"))[0][1] == fault


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + "Zoë,,,F\n").encode(), b"\xef\xbb\xbf" + (HEAD + "Zoë,,,F\n").encode(),
        (HEAD + "Zoë,,,F\n").encode("cp1252"), (HEAD + "Zoë,,,F\n").encode("utf-16"),
        (HEAD + "Zoë,,,F\n").replace(",", "\t").replace("\n", "\r\n").encode("cp1252"),
    ],
)  # fmt: skip
def test_encodings_and_marks(opened: Any, content: bytes) -> None:
    assert [row[2:] for row in by_record(opened(content))] == [("Zoë", "", "F")]


def test_a_file_of_both_encodings_is_read_line_by_line(opened: Any) -> None:
    both = HEAD.encode() + "Zoë,,,F\n".encode() + "Zoé,,,M\n".encode("cp1252")
    assert [row[2] for row in by_record(opened(both))] == ["Zoë", "Zoé"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(HEAD + 'C1,"x,y,F\n', "not_csv"), (HEAD + "C1\0,x,y,F\n", "not_text"), (HEAD + "x" * 2**21, "not_csv")],
)
def test_what_stops_being_csv_is_said_with_its_place(opened: Any, content: str, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        by_record(opened(content))
    assert caught.value.finding.code == code
    assert "C1" not in caught.value.finding.message


def test_a_record_of_a_million_cells_is_one_record(opened: Any) -> None:
    assert by_record(opened(HEAD + "," * 1_000_000 + "x\nC2,,,M\n"))[0][1] == "ragged"


def test_a_file_without_the_headings_is_refused_and_nothing_of_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ZQ1,01/04/2014,Jo,F\nSex,01/04/2014,Jo,F\n")
    findings = open_csv(tmp_path / "a.csv", SHEET, PERIOD, "", {})
    assert isinstance(findings, list)
    assert findings[0].severity == "blocker"
    assert not any("ZQ1" in one.message or "Jo" in one.message for one in findings)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc",)), max_size=6) | st.sampled_from(
    ['"', 'a"b', "a,b", "a\nb", " x ", "", "NULL", "é", "'", "\\"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=5), min_size=1, max_size=6),
    mark=st.sampled_from(",;\t"),
    quoted=st.booleans(),
    spoilt=st.text('"\r\n,x', max_size=4),
)
def test_arrow_and_the_csv_module_read_one_text(
    rows: list[list[str]], mark: str, quoted: bool, spoilt: str, tmp_path: Path
) -> None:
    """Where Arrow refuses, or the file is not plain, the other way is taken: it is never read otherwise."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([HEAD.strip().split(","), *rows])
    path = tmp_path / "random.csv"
    path.write_text(out.getvalue() + spoilt, "utf-8", newline="")
    try:
        file = open_csv(path, SHEET, PERIOD, "", {})
        if not (isinstance(file, CsvFile) and file.is_plain and file.mark == mark):
            return
        found = by_arrow(file)
    except (pa.ArrowInvalid, UnreadableError):
        return
    assert told(found) == told(by_record(file))


def test_ragged_records_of_a_plain_file_keep_their_numbers(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_door, "BLOCK", 64)
    many = "".join(f"C{number},,,F\n" + ("C,x\n" if number % 7 == 3 else "") for number in range(60))
    file = opened(HEAD + many + "C,x\nC,x\n")
    assert file.is_plain
    assert told(by_arrow(file)) == told(by_record(file))
    assert sum(row[1] == "ragged" for row in by_arrow(file)) == 11


def test_a_plain_file_is_known_as_plain(opened: Any) -> None:
    for plain in ('C1,01/04/2014,"Bloggs, Jo",F\n', '"C1","","","F"\n', ",,,F\n", "C1,,,F", "C1,,,F\r\nC2,,,\r\n"):
        assert opened(HEAD + plain).is_plain, plain
    for other in (
        "C1,,,F\n\nC2,,,F\n",
        "C1,,,F\n,,,\n",
        '"",,,\n',
        'C1,,"a""b",F\n',
        "C1,,,F\r\n\r\nC2,,,F\r\n",
    ):
        assert not opened(HEAD + other).is_plain, other
    assert not opened(HEAD + "C1,,,F\n" * 60 + '"C1,"x,"y",F\n').is_plain  # too far down for the headings' reader


def test_a_ragged_record_that_is_not_utf_8_is_no_less_a_record(opened: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Arrow fails in telling of it, and prints a traceback."""
    file = opened(HEAD.encode() + b"1,01/04/2014,x,F\n2,01/04/2014,Zo\xe9\n3,01/04/2014,y,M\n")
    rows = by_arrow(file) if file.is_plain else by_record(file)
    assert [(number, fault) for number, fault, *_ in rows] == [(2, ""), (3, "ragged"), (4, "")]
    assert capfd.readouterr().err == ""
