"""Children's files as nobody should send them: one clear finding each, nothing lost, and never a word of what was typed."""

import struct
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lscb_data import cli, xlsx
from lscb_data.contract import Contracts
from lscb_data.intake import check_records
from lscb_data.judgement import Judgement
from lscb_data.period import parse
from lscb_data.resemblance import resembled
from tests.unit.files import ole, replace_in_workbook, xls

MARK = "MARKEDKID"  # begins every child's number, and stands wherever else something can be typed
HEAD = (
    "Child Unique ID,Gender,Ethnicity,Date of Birth,Child Protection Plan Start Date,Initial Category of Abuse,"
    "Latest Category of Abuse,Child Protection Plan End Date,Number of Previous Child Protection Plans"
)
LIST_5 = "Child Unique ID,Gender,Ethnicity,Date of Birth,Strategy discussion initiating Section 47 Enquiry Start Date"


def plan(number: int = 1, started: str = "02/02/2015", ended: str = "", child: str = "", mark: str = ",") -> str:
    return mark.join(
        [child or f"{MARK}{number}", "F", "WBRI", "17/05/2009", started, "NEG", "EMO", ended, "1"],
    )


def lines(*rows: str, end: str = "\n") -> str:
    return end.join([HEAD, *rows]) + end


PLANS = lines(plan(1), plan(2), plan(3))
CHILD = (
    "<Child><ChildIdentifiers><LAchildID>{0}</LAchildID><PersonBirthDate>2009-05-17</PersonBirthDate>"
    "<GenderCurrent>2</GenderCurrent></ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity>"
    "<Disabilities><Disability>MOB</Disability><Disability>HAND</Disability></Disabilities></ChildCharacteristics>"
    "<CINdetails><CINreferralDate>2014-04-01</CINreferralDate><Assessments>"
    "<AssessmentActualStartDate>2014-04-03</AssessmentActualStartDate></Assessments>"
    "<Section47><S47ActualStartDate>2014-04-10</S47ActualStartDate></Section47><ChildProtectionPlans>"
    "<CPPstartDate>2014-04-29</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>"
    "<LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>"
    "<Reviews><CPPreviewDate>2014-07-20</CPPreviewDate></Reviews></ChildProtectionPlans></CINdetails></Child>\n"
)
CENSUS = (
    '<?xml version="1.0" encoding="utf-8"?>\n<Message><Header><CollectionDetails><Collection>CIN</Collection>'
    "<ReferenceDate>2015-03-31</ReferenceDate></CollectionDetails><Source><LEA>873</LEA></Source></Header>\n<Children>\n"
    + CHILD.format(f"{MARK}1") + CHILD.format(f"{MARK}2") + "</Children></Message>"
)  # fmt: skip


def census(*changes: tuple[str, str]) -> str:
    said = CENSUS
    for old, new in changes:
        assert old in said, old
        said = said.replace(old, new)
    return said


Said = tuple[str, str | None, str]  # a finding's code, its cell, and words of its message

CSV: dict[str, tuple[str | bytes, int, int, list[Said]]] = {  # what was sent: rows received, rows accepted, findings
    "NUL": (PLANS + plan(4).replace("NEG", "N\0G"), 0, 0, [("not_text", None, "Line 5 ")]),
    "a line without end": (PLANS + f"{MARK}," * 200_000, 0, 0, [("not_csv", None, "Line 5 ")]),
    "a million cells in the headings": ("," * 1_000_000 + "\n" + PLANS, 3, 3, []),
    "UTF-8, and Windows-1252 further down": (
        PLANS.encode() + plan(4, child="Zo\xe9").encode("cp1252"),
        4,
        3,
        [("child_unknown", "A5", "")],
    ),
    "UTF-16": (PLANS.encode("utf-16"), 3, 3, []),
    "UTF-16 without its mark": (PLANS.encode("utf-16-le"), 0, 0, [("not_text", None, "Line 1 ")]),
    "UTF-16 with half a letter": (
        PLANS.encode("utf-16") + plan(4, child="\0").encode("utf-16-le").replace(b"\0\0", b"\0\xd8"),
        4,
        3,
        [("child_unknown", "A5", "")],
    ),
    "UTF-32": (PLANS.encode("utf-32"), 0, 0, [("not_text", None, "Line 1 ")]),
    "a quotation mark that nobody closes": (
        lines(plan(1), '"' + plan(2), plan(3)),
        0,
        0,
        [("not_csv", None, "after record 2 ")],
    ),
    "a heading twice": (
        "\n".join(f"{row},{row.split(',')[0]}" for row in PLANS.split("\n")[:-1]),
        0,
        0,
        [("column_doubled", "J1", "")],
    ),
    "the headings of another list": (
        f"{LIST_5}\n{MARK},F,WBRI,17/05/2009,02/02/2015\n",
        0,
        0,
        [("column_missing", "A1", ""), ("another_return", None, "csc__annex_a_list_5")],
    ),
    "the headings of another year": (
        PLANS.replace("Ethnicity", "Ethnic group"),
        0,
        0,
        [("column_missing", "A1", "'Ethnicity'")],
    ),
    "a child among the headings": (
        PLANS.replace(HEAD, f"{HEAD},{MARK}"),
        3,
        0,
        [("column_unknown", "J1", ""), ("row_ragged", "A2", ""), ("row_ragged", "A3", ""), ("row_ragged", "A4", "")],
    ),
    "semicolons, and a decimal comma": (
        lines(plan(mark=";")[:-1] + "1,5").replace(HEAD, HEAD.replace(",", ";")),
        1,
        0,
        [("dfe_8730", "I2", "whole number")],
    ),
    "blank lines": (PLANS.replace("\n", "\n\n"), 3, 3, []),
    "only headings": (f"{HEAD}\n", 0, 0, [("no_rows", None, "")]),
    "only headings and a mark": (f"\ufeff{HEAD}", 0, 0, [("no_rows", None, "")]),
    "only a mark": ("\ufeff", 0, 0, [("empty_file", None, "blank")]),
    "blanks": (" \n\n", 0, 0, [("empty_file", None, "blank")]),
    "nothing": ("", 0, 0, [("empty_file", None, "0 bytes")]),
    "no headings": (plan(1) + "\n" + plan(2), 0, 0, [("heading_missing", None, "")]),
    "carriage returns alone": (lines(plan(1), plan(2), end="\r"), 2, 2, []),
    "carriage returns alone, and quotation marks": (
        lines(plan(1), plan(2), end="\r").replace("EMO", '"EM""O\rx"'),
        2,
        0,
        [("dfe_8910", "G2", ""), ("dfe_8910", "G3", "")],
    ),
    "carriage returns alone, far longer than a line": (lines(*map(plan, range(20_000)), end="\r"), 20_000, 20_000, []),
    "a mark after each row": (PLANS.replace("\n", ",\n"), 3, 3, []),
    "days that cannot be": (
        lines(plan(1, "02/02/1915"), plan(2, "02/02/2105"), plan(3, "31/02/2015"), plan(4, "02/02/15")),
        4,
        0,
        [
            ("plan_long_ago", "E2", ""),
            ("unborn_too_early", "E2", ""),
            ("dfe_8720", "E3", "after the period"),
            ("no_child_any_more", "D3", ""),
            ("dfe_8720", "E4", "does not exist"),
            ("dfe_8720", "E5", "not a date"),
        ],
    ),
    "one child's plan three times": (lines(plan(1), plan(1), plan(1)), 3, 3, []),
    "formulas": (
        lines(plan(child=f"=cmd|'/c {MARK}'!A1"), plan(2, started=f"=cmd|'/c {MARK}'!A1")),
        2,
        0,
        [("child_unknown", "A2", ""), ("dfe_8720", "E3", "")],
    ),
    "a workbook": (b"PK\x03\x04" + bytes(60), 0, 0, [("not_csv", None, "workbook")]),
    "XML": (CENSUS, 0, 0, [("not_csv", None, "XML")]),
    "a PDF": ("%PDF-1.4\n", 0, 0, [("not_csv", None, "PDF")]),
}

PLAN_AT = "Message/Children/Child/CINdetails/ChildProtectionPlans"
XML: dict[str, tuple[str | bytes, int, int, list[Said]]] = {
    "a census": (CENSUS, 10, 10, []),
    "plans misspelt": (
        census(("ChildProtectionPlans>", "ChildProtectonPlans>")),
        0,
        0,
        [("xml_row_elsewhere", None, "ChildProtectionPlans, or nearly so, where none is read (line 4")],
    ),
    "plans in small letters": (
        census(("ChildProtectionPlans>", "childprotectionplans>")),
        0,
        0,
        [("xml_row_elsewhere", None, "ChildProtectionPlans")],
    ),
    "plans beside their episode": (
        census(("<ChildProtectionPlans>", "</CINdetails><ChildProtectionPlans>"), ("</CINdetails></Child>", "</Child>")),
        0,
        0,
        [("xml_row_elsewhere", None, "ChildProtectionPlans")],
    ),
    "children misspelt": (census(("Child>", "Chlid>")), 0, 0, [("xml_row_elsewhere", None, "CINdetails")]),
    "an end date misspelt": (
        census(("<InitialCategory", "<CPPEndDate>2014-06-01</CPPEndDate><InitialCategory")),
        0,
        0,
        [("xml_row_elsewhere", None, "CPPendDate")],
    ),
    "reviews under another name": (
        census(("CPPreviewDate>", f"{MARK}>")),
        8,
        8,
        [
            (
                "xml_element_unknown",
                "line 4, character 752",
                f"inside {PLAN_AT}/Reviews is no element of this return (and so are 1 more)",
            ),
            ("xml_rows_none", None, f"no {PLAN_AT}/Reviews/CPPreviewDate at all"),
        ],
    ),
    "sex under another name": (
        census(("GenderCurrent>", "Gentle>")),
        10,
        10,
        [("xml_element_unknown", "line 4", "inside Message/Children/Child/ChildIdentifiers")],
    ),
    "no section 47 enquiries": (
        census(("<Section47><S47ActualStartDate>2014-04-10</S47ActualStartDate></Section47>", "")),
        8,
        8,
        [("xml_rows_none", None, "Section47 at all")],
    ),
    "two groups of children": (census(("</Child>\n<Child>", "</Child></Children><Children><Child>")), 10, 10, []),
    "no child": (
        CENSUS[: CENSUS.index("<Child>")] + "</Children></Message>",
        0,
        0,
        [("xml_no_records", None, "no Message/Children/Child.")],
    ),
    "the census of the year before": (
        census(("2015-03-31", "2014-03-31")),
        10,
        0,
        [("period_disputed", None, "is 2014-03-31, but the return is for 2014-15")],
    ),
    "a reference date within the year": (
        census(("2015-03-31", "2015-02-28")),
        10,
        10,
        [("period_disputed", None, "is 2015-02-28, but")],
    ),
    "a reference date that is none": (census(("2015-03-31", MARK)), 10, 10, [("period_disputed", None, "is no day")]),
    "a long number": (
        census((f"{MARK}1", MARK * 1000)),
        0,
        0,
        [("xml_too_long", None, "LAchildID longer than 250 characters (line 4")],
    ),
    "a long header": (
        census((">873<", f">{MARK * 1000}<")),
        0,
        0,
        [("xml_too_long", None, "Message/Header/Source/LEA longer than")],
    ),
    "endless names": (
        census(("<Children>", "<Children>" + "".join(f"<a{n}/>" for n in range(20_000)))),
        0,
        0,
        [("xml_too_many_names", None, "(line 3")],
    ),
    "an endless text": (
        census(("<Children>", f"<Children><x>{MARK * 100_000}</x>")),
        0,
        0,
        [("xml_too_long", None, "(line 3")],
    ),
    "elements without end": (census(("<Children>", "<Children>" + "<a>" * 1000)), 0, 0, [("xml_too_deep", None, "(line 3")]),
    "a DOCTYPE with entities": (
        census(("<Message>", f'<!DOCTYPE Message [<!ENTITY a "{MARK}">]><Message>')),
        0,
        0,
        [("xml_doctype", None, "(line 2")],
    ),
    "a DOCTYPE from elsewhere": (
        census(("<Message>", '<!DOCTYPE Message SYSTEM "file:///etc/passwd"><Message>')),
        0,
        0,
        [("xml_doctype", None, "(line 2")],
    ),
    "cut short": (CENSUS[:-30], 0, 0, [("xml_cut_short", None, "(line 5")]),
    "cut in a letter": (
        census((f"{MARK}2", f"{MARK}é")).encode()[: census((f"{MARK}2", f"{MARK}é")).encode().index(b"\xc3") + 1],
        0,
        0,
        [("xml_cut_short", None, "(line 5")],
    ),
    "another encoding than it declares": (
        census((f"{MARK}1", f"{MARK}é")).encode("cp1252"),
        0,
        0,
        [("xml_wrong_encoding", None, "(line 4")],
    ),
    "UTF-16, as it declares": (census(("utf-8", "utf-16")).encode("utf-16"), 10, 10, []),
    "a namespace": (census(("<Message>", '<Message xmlns="urn:census">')), 10, 10, []),
    "a mark": ("\ufeff" + CENSUS, 10, 10, []),
    "CSV": (PLANS, 0, 0, [("not_xml", None, "")]),
    "nothing": ("", 0, 0, [("empty_file", None, "")]),
}


@pytest.fixture
def judged(contracts: Contracts) -> Callable[[Path], Judgement]:
    def judge(path: Path) -> Judgement:
        name, period = ("csc__cin_census", "2014-15") if path.suffix == ".xml" else ("csc__annex_a_list_7", "2014-15 Q4")
        found = check_records(path, contracts[name], contracts.codes, parse(period), "Cambridgeshire")
        found.findings += resembled(found, path, contracts, "Cambridgeshire")
        assert found.received == found.accepted + found.rejected
        for finding in found.findings:
            assert MARK not in str(finding.as_dict()), finding
            assert finding.message.endswith(".")
            assert finding.fix.endswith((".", "…"))
        return found

    return judge


def is_said(found: Judgement, received: int, accepted: int, findings: Iterable[Said]) -> None:
    told = [(finding.code, finding.cell) for finding in found.findings]
    assert (found.received, found.accepted, told) == (received, accepted, [(code, cell) for code, cell, _ in findings])
    for finding, (_, _, words) in zip(found.findings, findings, strict=True):
        assert words in finding.message


@pytest.mark.parametrize(("content", "received", "accepted", "findings"), CSV.values(), ids=CSV)
def test_csv(content: str | bytes, received: int, accepted: int, findings: list[Said], judged: Any, tmp_path: Path) -> None:
    (tmp_path / "list7.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    is_said(judged(tmp_path / "list7.csv"), received, accepted, findings)


@pytest.mark.parametrize(("content", "received", "accepted", "findings"), XML.values(), ids=XML)
def test_xml(content: str | bytes, received: int, accepted: int, findings: list[Said], judged: Any, tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_bytes(content if isinstance(content, bytes) else content.encode())
    is_said(judged(tmp_path / "census.xml"), received, accepted, findings)


ROWS: list[list[Any]] = [
    HEAD.split(","),
    *([f"{MARK}{n}", "F", "WBRI", date(2009, 5, 17), date(2015, 2, 2), "NEG", "EMO", None, 1] for n in (1, 2, 3)),
]
SHEET = "xl/worksheets/sheet1.xml"
Sheets = dict[str, list[list[Any]]]


def with_row(**cells: Any) -> list[list[Any]]:
    """The rows, the first plan's cells in these columns changed."""
    return [ROWS[0], [cells.get("ABCDEFGHI"[at], cell) for at, cell in enumerate(ROWS[1])], *ROWS[2:]]


WORKBOOKS: dict[str, tuple[Sheets, tuple[str, str] | None, int, int, list[Said]]] = {  # and XML of List 7 to be replaced
    "a list": ({"List 7": ROWS}, None, 3, 3, []),
    "titles above": ({"List 7": [["Annex A"], [f"Plans of {MARK}"], [], *ROWS]}, None, 3, 3, []),
    "another list beside it, and a child's name on a sheet": (
        {"List 7": ROWS, "List 5": [["x"]], f"{MARK} Smith": [[MARK]]},
        None,
        3,
        3,
        [("sheet_unknown", None, "The sheet number 3 is not")],
    ),
    "no List 7": (
        {f"{MARK} Smith": ROWS},
        None,
        0,
        0,
        [("sheet_missing", None, "has sheet number 1."), ("sheet_unknown", None, "The sheet number 1")],
    ),
    "List 7 twice": ({"List 7": ROWS, "List_7": ROWS}, None, 0, 0, [("sheet_doubled", None, "sheet 'List 7', sheet 'List_7'")]),
    "List 7 empty": ({"Contents": [[MARK]], "List 7": []}, None, 0, 0, [("heading_missing", None, "")]),
    "only headings": ({"List 7": ROWS[:1]}, None, 0, 0, [("no_rows", None, "")]),
    "List 5 on its sheet": (
        {"List 7": [LIST_5.split(","), ROWS[1][:5]]},
        None,
        0,
        0,
        [("column_missing", "A1", ""), ("another_return", None, "List 5")],
    ),
    "a second table under the first": (
        {"List 7": [*ROWS, [], ["Team", "Plans"], ["North", 4]]},
        None,
        5,
        3,
        [
            (code, f"{at}{n}", "")
            for n in (6, 7)
            for at, code in zip(
                "BCEFGI", ("code_unknown", "dfe_4220", "dfe_8720", "dfe_8905", "dfe_8910", "dfe_8730"), strict=True
            )
        ],
    ),
    "its own headings again": ({"List 7": [*ROWS, [], *ROWS]}, None, 6, 6, [("heading_repeated", "A6", "")]),
    "a table beside": (
        {"List 7": [[*row, None, more] for row, more in zip(ROWS, [None, MARK, MARK, 4], strict=True)]},
        None,
        3,
        3,
        [("unread_cell", "K2", "and in 2 more")],
    ),
    "a day as a serial number": ({"List 7": with_row(E=42037)}, None, 3, 2, [("dfe_8720", "E2", "not a date")]),
    "a day as text": ({"List 7": with_row(E="02/02/2015")}, None, 3, 3, []),
    "a number as the child's": ({"List 7": with_row(A=12345)}, None, 3, 3, []),
    "an error in a cell": (
        {"List 7": with_row(A="#N/A", H="#REF!")},
        None,
        3,
        2,
        [("child_unknown", "A2", ""), ("excel_error", "H2", "")],
    ),
    "a formula without its value": ({"List 7": with_row(E="=TODAY()")}, None, 3, 2, [("dfe_8720", "E2", "")]),
    "a size that it has not": ({"List 7": ROWS}, ('ref="A1:I4"', 'ref="A1:XFD1048576"'), 3, 3, []),
    "a cell at the end of the world": (
        {"List 7": ROWS},
        ("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        3,
        3,
        [("unread_cell", "XFD1048576", "")],
    ),
    "all cells merged": (
        {"List 7": ROWS},
        ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A9:XFD1048576"/></mergeCells>'),
        3,
        3,
        [],
    ),
    "entities": (
        {"List 7": ROWS},
        ("<worksheet", f'<!DOCTYPE x [<!ENTITY a "{MARK}">]><worksheet><a>&b;</a></worksheet><worksheet'),
        0,
        0,
        [("damaged_workbook", None, "")],
    ),
    "a sheet cut short": ({"List 7": ROWS}, ("</sheetData>", ""), 0, 0, [("damaged_workbook", None, "")]),
}


@pytest.mark.parametrize(("sheets", "change", "received", "accepted", "findings"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_xlsx(
    sheets: Sheets, change: Any, received: int, accepted: int, findings: list[Said], judged: Any, make_workbook: Any
) -> None:
    path = make_workbook(sheets)
    is_said(judged(replace_in_workbook(path, SHEET, *change) if change else path), received, accepted, findings)


FILES: dict[str, tuple[str, bytes, str]] = {
    "protected by a password": ("a.xlsx", ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x" * 5000}), "password_protected"),
    "protected, and older": ("a.xls", ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x" * 5000}), "password_protected"),
    "CSV": ("a.xlsx", PLANS.encode(), "not_a_workbook"),
    "a web page": ("a.xls", f"<html>{MARK}</html>".encode(), "not_a_workbook"),
    "an old workbook cut short": ("a.xls", xls({"List 7": [HEAD.split(",")]})[:3000], "damaged_workbook"),
}


@pytest.mark.parametrize(("name", "content", "code"), FILES.values(), ids=FILES)
def test_what_is_no_workbook(name: str, content: bytes, code: str, judged: Any, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    is_said(judged(tmp_path / name), 0, 0, [(code, None, "")])


@pytest.mark.parametrize("far", [struct.pack("<HHH", 65_535, 65_535, 0), struct.pack("<HHH", 1, 256, 0)])
def test_an_old_workbook_with_a_cell_where_excel_has_none(far: bytes, judged: Any, tmp_path: Path) -> None:
    content = xls({"List 7": [HEAD.split(","), plan(1).split(",")]})
    at = content.rindex(struct.pack("<HHH", 1, 8, 0))  # the last cell
    (tmp_path / "a.xls").write_bytes(content[:at] + far + content[at + 6 :])
    is_said(judged(tmp_path / "a.xls"), 0, 0, [("old_workbook", None, "beyond column IV")])


def test_an_old_workbook_that_claims_more_cells_than_excel_has(judged: Any, tmp_path: Path) -> None:
    content = xls({"List 7": [HEAD.split(","), plan(1).split(",")]})
    at = content.index(struct.pack("<HHIIHHH", 0x200, 14, 0, 2, 0, 9, 0)) + 4
    (tmp_path / "a.xls").write_bytes(content[:at] + struct.pack("<IIHH", 0, 2**32 - 1, 0, 65_535) + content[at + 12 :])
    is_said(judged(tmp_path / "a.xls"), 0, 0, [("old_workbook", None, "beyond column IV")])


def test_an_old_workbook_that_ends_before_it_begins(judged: Any, tmp_path: Path) -> None:
    content = xls({"List 7": [HEAD.split(","), plan(1).split(",")]})
    at = content.index(struct.pack("<HHIIHHH", 0x200, 14, 0, 2, 0, 9, 0)) + 4
    (tmp_path / "a.xls").write_bytes(content[:at] + struct.pack("<I", 2026) + content[at + 4 :])
    is_said(judged(tmp_path / "a.xls"), 0, 0, [("old_workbook", None, "ends before it begins")])


def test_an_old_workbook_that_ends_its_reader(judged: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = xls({"List 7": [HEAD.split(","), plan(1).split(",")]})
    at = content.index(struct.pack("<HHIIHHH", 0x200, 14, 0, 2, 0, 9, 0)) + 4
    (tmp_path / "a.xls").write_bytes(content[:at] + struct.pack("<I", 2026) + content[at + 4 :])
    monkeypatch.setattr("lscb_data.biff._refuse_far", lambda *_: None)  # as with damage that nobody knows of yet
    is_said(judged(tmp_path / "a.xls"), 0, 0, [("damaged_workbook", None, "cannot be opened")])


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short(kept: float, judged: Any, make_workbook: Any) -> None:
    path = make_workbook({"List 7": ROWS})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    is_said(judged(path), 0, 0, [("damaged_workbook", None, "")])


@pytest.mark.parametrize("bound", ["LARGEST", "MOST_CELLS", "MOST_TAGS"])
def test_a_workbook_that_unpacks_to_more_than_can_be_read(
    bound: str, judged: Any, make_workbook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, bound, 20)
    is_said(judged(make_workbook({"List 7": ROWS})), 0, 0, [("too_large", None, "more than")])


def test_a_small_workbook_whose_cells_share_one_long_text(
    judged: Any, make_workbook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_workbook({"List 7": ROWS})
    shared = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(5, 105))
    replace_in_workbook(path, SHEET, "</sheetData>", shared + "</sheetData>")
    at, kind = "xl/sharedStrings.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    replace_in_workbook(path, "[Content_Types].xml", "</Types>", f'<Override PartName="/{at}" ContentType="{kind}"/></Types>')
    with zipfile.ZipFile(path, "a") as book:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        book.writestr(at, f'<sst xmlns="{space}"><si><t>{MARK * 3000}</t></si></sst>')
    monkeypatch.setattr(xlsx, "LARGEST", 2**20)
    is_said(judged(path), 0, 0, [("too_large", None, "characters in its cells")])


def test_days_counted_from_1904(judged: Any, tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].title = "List 7"
    for row in ROWS:
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    is_said(judged(tmp_path / "a.xlsx"), 3, 3, [])


def test_a_zip_that_lies_about_its_size(judged: Any, make_workbook: Any) -> None:
    path = make_workbook({"List 7": ROWS})
    with zipfile.ZipFile(path) as book:
        size = book.getinfo(SHEET).file_size
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02", content.rindex(SHEET.encode()) - 46)
    said = content[at + 24 : at + 28]
    assert int.from_bytes(said, "little") == size
    path.write_bytes(content[: at + 24] + (100).to_bytes(4, "little") + content[at + 28 :])
    is_said(judged(path), 0, 0, [("damaged_workbook", None, "")])


def test_a_list_of_children_is_not_quoted_where_no_return_is_recognised(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(f"area_code,area,{MARK} Smith\n1,2,3\n")
    assert cli.main(["check", str(tmp_path / "list.csv"), "--area", "Cambridgeshire"]) == 1
    assert MARK not in "".join(capsys.readouterr())
