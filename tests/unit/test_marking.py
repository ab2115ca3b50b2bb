"""A marked workbook is the supplier's own: every part, cell and format that is not a mark is as it was."""

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from lscb_data import marking, markup, questions
from lscb_data.cell_notes import BEGINS
from lscb_data.marking import Mark
from lscb_data.package import opened
from lscb_data.questions import Question
from lscb_data.workbook import read_grids
from tests.unit.files import replace_in_workbook

pytestmark = pytest.mark.filterwarnings("ignore:Conditional Formatting extension")  # which openpyxl would lose

ADDED = "What the Board asks"
ICONS = (
    '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"'
    ' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:cfRule type="iconSet" priority="4" id="{1}"><x14:iconSet iconSet="3Stars"/></x14:cfRule><xm:sqref>B2</xm:sqref>'
    "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
)


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with what workbooks have, some of which openpyxl would lose."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "It's Q1"
    for row in [["Month", "Cases"], ["Apr-14", 33], ["May-14", "=B2+1"], ["Jun-14", None]]:
        page.append(row)
    page["B2"].number_format, page["B2"].font = "0.0%", Font(bold=True, color="FF0000")
    page["A2"].comment = Comment("Checked by hand", "Supplier")
    page.merge_cells("A6:C7")
    page.column_dimensions["B"].width = 33
    page.conditional_formatting.add("B2:B9", CellIsRule("lessThan", ["0"], fill=PatternFill("solid", bgColor="FFAA00")))
    rule = DataValidation("list", formula1='"a,b"')
    rule.add("C2:C9")
    page.add_data_validation(rule)
    page["C3"].hyperlink = "https://example.org/?a=1&b=2"
    page.oddFooter.center.text = "Page &P"
    chart = BarChart()
    chart.add_data(Reference(page, min_col=2, min_row=1, max_row=4))
    page.add_chart(chart, "E2")
    other = book.create_sheet("Other")
    other.append(["a", "b"])
    other.append([1, 2])
    other.add_table(Table(displayName="Kept", ref="A1:B2"))
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.defined_names["Cases"] = DefinedName("Cases", attr_text="'It''s Q1'!$B$2:$B$4")
    book.save(tmp_path / "rich.xlsx")
    replace_in_workbook(tmp_path / "rich.xlsx", "xl/worksheets/sheet1.xml", "</worksheet>", f"{ICONS}</worksheet>")
    with zipfile.ZipFile(tmp_path / "rich.xlsx", "a") as parts:
        parts.writestr("xl/media/image1.png", b"\x89PNG of the supplier's")
        parts.writestr("xl/vbaProject.bin", b"not ours to lose")
    return tmp_path / "rich.xlsx"


def marked(source: Path, marks: Mapping[str, list[Mark]], name: str = "marked.xlsx") -> Path:
    out = source.with_name(name)
    with zipfile.ZipFile(source) as parts:
        package = opened(parts)
        look = marking.style(package, questions.FONTS, questions.FILLS, questions.BORDER, questions.STYLES, questions.COLOURS)
        marking.mark(package, marks, look)
        asked = [Question("f0123456789a", "query", "It's Q1", "B3", "=1+1", "@say")]
        marking.add_sheet(package, ADDED, questions.sheet("-title", ["+line", "", "a"], asked, {0: "'It''s Q1'!B3"}, look))
        package.save(out)
    return out


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


MARKS = {
    "It's Q1": [
        Mark("A2", f"{BEGINS} is it <April> & not May?", 1),
        Mark("B3", f"{BEGINS} how?", 0),
        Mark("XFD1048576", f"{BEGINS} why?", 0),
    ],
    "Other": [Mark("B2", f"{BEGINS} what?", 1)],
}


def test_parts_that_have_no_mark_are_the_same_bytes_and_cells_too(rich: Path) -> None:
    before, after = parts(rich), parts(marked(rich, MARKS))
    assert list(after)[: len(before)] == list(before)
    changed = {name for name, content in before.items() if after[name] != content}
    assert changed == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml",
        "xl/worksheets/sheet2.xml", "xl/worksheets/_rels/sheet2.xml.rels",
    }  # fmt: skip
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        cells = [content[name].partition(b"<sheetData>")[2].partition(b"</sheetData>")[0] for content in (before, after)]
        assert cells[0] == cells[1] != b""


def test_what_was_taken_away_was_a_flag_alone(rich: Path) -> None:
    """Without what was added, every changed part is the one that was."""
    before, after = parts(rich), parts(marked(rich, MARKS))
    told = {name: [(one.name, one.depth, dict(one.attributes)) for one in markup.elements(after[name])] for name in before
            if name.endswith(".xml") and "comment" not in name and after[name] != before[name]}  # fmt: skip
    for name, now in told.items():
        for one, depth, attributes in ((e.name, e.depth, dict(e.attributes)) for e in markup.elements(before[name])):
            flags = {"tabSelected", "count", "activeTab", "priority"}
            kept = {key: value for key, value in attributes.items() if key not in flags}
            assert any((one, depth) == (n, d) and kept.items() <= a.items() for n, d, a in now), (name, one, attributes)


def test_marks_are_seen_and_notes_of_the_supplier_stay(rich: Path) -> None:
    book = load_workbook(marked(rich, MARKS))
    page = book["It's Q1"]
    assert page["A2"].comment.text == f"Checked by hand\n{BEGINS} is it <April> & not May?"
    assert page["A2"].comment.author == "Supplier"
    assert page["B3"].comment.text == f"{BEGINS} how?"
    assert book["Other"]["B2"].comment.text == f"{BEGINS} what?"
    rules = {str(cells.sqref): [(rule.priority, rule.dxf.fill.bgColor.rgb) for rule in cells.rules]
             for cells in page.conditional_formatting}  # fmt: skip
    assert rules == {"B2:B9": [(3, "00FFAA00")], "A2": [(2, "FFFFE699")], "B3 XFD1048576": [(1, "FFF8B9A9")]}
    assert (page["B3"].value, page["B2"].number_format, page.column_dimensions["B"].width) == ("=B2+1", "0.0%", 33)
    assert [str(one) for one in page.merged_cells.ranges] == ["A6:C7"]


def test_it_opens_on_the_sheet_that_was_added_and_on_no_other(rich: Path) -> None:
    book = load_workbook(marked(rich, MARKS))
    assert book.sheetnames == ["It's Q1", "Other", "Hidden", ADDED]
    assert book.active.title == ADDED
    assert [page.title for page in book if page.sheet_view.tabSelected] == [ADDED]
    assert book["Hidden"].sheet_state == "hidden"


def test_what_is_said_is_no_formula(rich: Path) -> None:
    page = load_workbook(marked(rich, MARKS))[ADDED]
    texts = {cell.value: cell for row in page for cell in row if cell.value}
    for said in ("-title", "+line", "=1+1", "@say"):
        assert (texts[said].data_type, texts[said].number_format, texts[said].quotePrefix) == ("s", "@", True) or (
            texts[said].data_type == "inlineStr"
        )
    assert texts["B3"].hyperlink.location == "'It''s Q1'!B3"


def test_the_same_marks_make_the_same_bytes(rich: Path) -> None:
    assert marked(rich, MARKS, "a.xlsx").read_bytes() == marked(rich, MARKS, "b.xlsx").read_bytes()


def test_marks_of_an_earlier_round_make_room_for_the_next(rich: Path) -> None:
    """What was marked, and is right now, is marked no longer; the supplier's own stays as it was."""
    again = marked(marked(rich, MARKS), {"It's Q1": [Mark("B3", f"{BEGINS} still?", 1)]}, "again.xlsx")
    book = load_workbook(again)
    page = book["It's Q1"]
    notes = {cell.coordinate: cell.comment.text for sheet in book for row in sheet for cell in row if cell.comment}
    assert notes == {"A2": "Checked by hand", "B3": f"{BEGINS} still?"}
    assert [str(cells.sqref) for cells in page.conditional_formatting] == ["B2:B9", "B3"]
    assert not book["Other"].conditional_formatting
    assert book.sheetnames.count(ADDED) == 1
    boxes = b"".join(content for name, content in parts(again).items() if name.endswith(".vml"))
    assert len(re.findall(rb"<\w+:Row>", boxes)) == 2


def with_prefix(path: Path) -> None:
    """As other software writes it: every name of the sheet with a prefix."""
    name = "xl/worksheets/sheet1.xml"
    text = parts(path)[name].decode()
    own, _, rest = text.partition("<extLst>")
    own = own.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace('xmlns="', 'xmlns:x="')
    ext, _, _ = rest.partition("</worksheet>")
    ext = f"<extLst>{ext}".replace("<ext", "<x:ext").replace("</ext", "</x:ext")
    replace_in_workbook(path, name, text, f"{own}{ext}</x:worksheet>")


def without_styles_of_conditions(path: Path) -> None:
    text = parts(path)["xl/styles.xml"].decode()
    start, end = text.index("<dxfs"), text.index("</dxfs>") + len("</dxfs>")
    replace_in_workbook(path, "xl/styles.xml", text[start:end], "")
    start_of = parts(path)["xl/worksheets/sheet1.xml"].decode()
    start, end = start_of.index("<conditionalFormatting"), start_of.index("</conditionalFormatting>") + 24
    replace_in_workbook(path, "xl/worksheets/sheet1.xml", start_of[start:end], "")


def with_a_mark_of_its_encoding(path: Path) -> None:
    text = parts(path)["xl/worksheets/sheet1.xml"].decode()
    replace_in_workbook(path, "xl/worksheets/sheet1.xml", text, "\ufeff" + text)


@pytest.mark.parametrize("other", [with_prefix, without_styles_of_conditions, with_a_mark_of_its_encoding])
def test_a_workbook_of_other_software_is_marked_too(rich: Path, other: Callable[[Path], None]) -> None:
    other(rich)
    assert read_grids(rich)[0].cells[2, 2] == "3300%"
    book = load_workbook(marked(rich, MARKS))
    assert book["It's Q1"]["B3"].comment.text == f"{BEGINS} how?"
    assert "A2" in {str(cells.sqref) for cells in book["It's Q1"].conditional_formatting}
    assert read_grids(rich.with_name("marked.xlsx"))[:3] == read_grids(rich)
