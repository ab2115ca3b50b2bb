"""From an XML file to rows of text: by declared paths, in one pass, or one clear finding that quotes no child."""

import gzip
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb_data.finding import Finding, Severity
from lscb_data.spelling import clean
from lscb_data.workbook import UnreadableError
from lscb_data.xml_door import peek, read_xml
from lscb_data.xml_paths import XmlRows

RECORD = "list/child"
CHILDREN = XmlRows("children", ".", {"id": "about/id", "council": "/list/head/council"})
PLANS = XmlRows("plans", "need/plan", {"id": "../../about/id", "start": "start", "end": "end", "referred": "../referred"})
REVIEWS = XmlRows("reviews", "need/plan/review", {"start": "../start", "on": "."})
SHEETS = [CHILDREN, PLANS, REVIEWS]
MARKED = "Marked0Child"

SMALL = """<?xml version="1.0" encoding="utf-8"?>
<list>
  <head><council>873</council></head>
  <child>
    <about><id>A1</id></about>
    <need>
      <plan><start>2014-04-01</start><end>2014-05-01</end><review>2014-04-09</review><review>2014-04-20</review></plan>
      <plan><start>2014-06-01</start><end/></plan>
      <referred>2014-03-01</referred>
    </need>
    <need><plan><start>2015-01-01</start></plan></need>
  </child>
  <child/>
</list>
"""
ROWS = {
    "children": [(1, "line 4", "A1", "873"), (2, "line 13", "", "873")],
    "plans": [
        (1, "line 7", "A1", "2014-04-01", "2014-05-01", "2014-03-01"),
        (2, "line 8", "A1", "2014-06-01", "", "2014-03-01"),
        (3, "line 11", "A1", "2015-01-01", "", ""),
    ],
    "reviews": [(1, "line 7", "2014-04-01", "2014-04-09"), (2, "line 7", "2014-04-01", "2014-04-20")],
}


def rows(path: Path, content: str | bytes, batch: int = 50_000) -> dict[str, list[tuple[object, ...]]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found: dict[str, list[tuple[object, ...]]] = {sheet.name: [] for sheet in SHEETS}
    for name, given_rows in read_xml(path, RECORD, SHEETS, batch):
        assert 0 < given_rows.num_rows <= batch
        found[name] += [tuple(row.values()) for row in given_rows.to_pylist()]
    return found


def test_an_element_may_have_another_name_in_another_years_file(tmp_path: Path) -> None:
    sheets = [XmlRows("plans", "need/plan", {"id": "../../about/id"}, {"id": ["../../about/number"]})]
    for text in (SMALL, SMALL.replace("id>", "number>")):
        (tmp_path / "file.xml").write_text(text)
        ((_, found),) = read_xml(tmp_path / "file.xml", RECORD, sheets)
        assert found.column("id").to_pylist() == ["A1"] * 3
    (tmp_path / "file.xml").write_text(SMALL.replace("<id>A1</id>", "<id>A1</id><number>A2</number>"))
    ((_, found),) = read_xml(tmp_path / "file.xml", RECORD, sheets)
    assert found.column("id").to_pylist() == ["A1;A2"] * 3  # which of them it is nobody can say
    with pytest.raises(ValueError, match="stands elsewhere"):
        list(read_xml(tmp_path / "file.xml", RECORD, [XmlRows("plans", "need/plan", {"end": "end"}, {"end": ["../end"]})]))


def refused(path: Path, content: str | bytes) -> Finding:
    with pytest.raises(UnreadableError) as raised:
        rows(path, content)
    finding = raised.value.finding
    assert finding.severity is Severity.BLOCKER
    assert finding.message.endswith(".")
    assert finding.fix
    assert MARKED not in finding.message + finding.fix
    assert raised.value.__cause__ is None
    return finding


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "census.xml"


@pytest.mark.parametrize("batch", [1, 2, 50_000])
def test_each_sheet_has_its_rows_with_what_stands_above_and_after_them(file: Path, batch: int) -> None:
    assert rows(file, SMALL, batch) == ROWS


@pytest.mark.parametrize(
    "content",
    [
        SMALL.replace("<list>", '<list xmlns="http://example.org/census">'),
        SMALL.replace("<need>", '<need nil="x" other="y">'),
        SMALL.replace("<start>", "<start><!-- not this -->").replace("<child/>", "<child><!-- <child/> --></child>"),
        SMALL.replace("<start>2014-04-01", "<start><![CDATA[2014-]]>04<?mark?>-01"),
        SMALL.replace("<id>A1", "<id>&#x41;1"),
        SMALL.replace("A1</id>", "  A1&#160;</id>").replace("<council>", "<council> "),
        SMALL.replace("<about>", "<odd><id>no</id><about><id>no</id></about></odd><about>"),
        SMALL.replace("<id>A1</id>", "<id>A<b>1</b></id>"),
        "\ufeff" + SMALL,
        SMALL.replace("utf-8", "UTF-16").encode("utf-16"),
        SMALL.replace("utf-8", "iso-8859-1").encode("latin-1"),
        SMALL.replace('<?xml version="1.0" encoding="utf-8"?>', ""),
        SMALL.replace("\n", "\r\n"),
    ],
)  # fmt: skip
def test_it_reads_alike_however_it_is_written(file: Path, content: str | bytes) -> None:
    assert rows(file, content) == ROWS


def test_any_prefix(file: Path) -> None:
    prefixed = SMALL.replace("</", "\0").replace("<?", "\1").replace("<", "<c:").replace("\0", "</c:").replace("\1", "<?")
    assert rows(file, prefixed.replace("<c:list>", '<c:list xmlns:c="urn:x">')) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "iso-8859-15"])
def test_letters_in_each_encoding(file: Path, encoding: str) -> None:
    content = SMALL.replace("utf-8", encoding).replace("A1", "Zoë").encode(encoding)
    assert rows(file, content)["children"][0][2] == "Zoë"


def test_an_element_that_stands_twice_is_not_lost_in_silence(file: Path) -> None:
    found = rows(file, SMALL.replace("<end/>", "<start/><start>2014-07-01</start>"))
    assert found["plans"][1][3] == "2014-06-01;2014-07-01"


def test_a_file_all_on_one_line_still_says_where(file: Path) -> None:
    found = rows(file, SMALL.replace("\n", "").replace("<child/>", " " * 200 + "<child/>"))
    place = found["children"][1][1]
    assert isinstance(place, str)
    assert file.read_text()[int(place.removeprefix("line 1, character ")) - 1 :].startswith("<child/>")


LONG = "a" * 50_000
BOMB = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    ("content", "code", "at"),
    [
        ("", "empty_file", ""),
        ("   \n", "not_xml", ""),
        (f"id,start\n{MARKED},2014", "not_xml", ""),
        (b"\0" * 500, "not_xml", ""),
        (b"PK\x03\x04", "xml_compressed", ""),
        (gzip.compress(SMALL.encode()), "xml_compressed", ""),
        (SMALL[: SMALL.index("2014-04-09")], "xml_cut_short", "(line 7"),
        (SMALL.replace("A1", f"{MARKED}<"), "xml_not_well_formed", "(line 5)"),
        (SMALL.replace("</about>", f"</{MARKED}>"), "xml_not_well_formed", "(line 5)"),
        (SMALL.replace("A1", f"&{MARKED};"), "xml_not_well_formed", "(line 5)"),
        ("\n" + SMALL, "xml_not_well_formed", "(line 2)"),
        (SMALL + "<list/>", "xml_not_well_formed", "(line 15)"),
        (SMALL.replace("A1", f"{MARKED}\0"), "xml_control_character", "(line 5)"),
        (SMALL.replace("A1", f"{MARKED}\x01"), "xml_control_character", "(line 5)"),
        (SMALL.replace("A1", f"{MARKED}\0").replace("utf-8", "utf-16").encode("utf-16"), "xml_control_character", "(line 5)"),
        (SMALL.replace("A1", f"{MARKED}ë").encode("latin-1"), "xml_wrong_encoding", "(line 5)"),
        (SMALL.replace("utf-8", "utf-16"), "xml_wrong_encoding", "(line 1)"),
        (SMALL.encode("utf-16"), "xml_wrong_encoding", "(line 1)"),
        (SMALL.replace("utf-8", "rot13"), "xml_wrong_encoding", "(line 1)"),
        (SMALL.replace("<list>", f'<!DOCTYPE list [<!ENTITY a0 "{MARKED}">{BOMB}]>\n<list>&a11;'), "xml_doctype", "(line 2)"),
        (SMALL.replace("<list>", f'<!DOCTYPE list [<!ENTITY a "{LONG}">]><list>' + "&a;" * 50_000), "xml_doctype", "(line 2"),
        (SMALL.replace("<list>", '<!DOCTYPE list SYSTEM "file:///etc/passwd"><list>'), "xml_doctype", "(line 2)"),
        (SMALL.replace("<list>", '<!DOCTYPE list [<!ENTITY % p SYSTEM "file:///x"> %p;]><list>'), "xml_doctype", "(line 2"),
        ("<list></list>", "xml_no_records", "has no list/child."),
        (f"<other name='{MARKED}'><child>{MARKED}</child></other>", "xml_no_records", "; its first tag is not <list>."),
        (f"<{MARKED * 4}/>", "xml_no_records", "no list/child; its first tag is not <list>."),
        ("<list>" + "<a>" * 100 + "</a>" * 100 + "</list>", "xml_too_deep", "(line 1, character"),
        (SMALL.replace("A1", MARKED * 10_000), "xml_too_long", "(line 5"),
        (SMALL.replace("<about>", "<odd>" + MARKED * 10_000 + "</odd><about>"), "xml_too_long", "(line 5"),
        (SMALL.replace("<about>", f"<about a='{MARKED * 10_000}'>"), "xml_too_long", "(line 5"),
        (SMALL.replace("<about>", "<about>" + "<id>12</id>" * 40_000), "xml_too_long", "(line 5"),
        (SMALL.replace("<about>", f"<!--{MARKED * 300_000}--><about>"), "xml_too_long", "(line 5"),
        (SMALL.replace("<about>", "".join(f"<a{n}/>" for n in range(20_000)) + "<about>"), "xml_too_many_names", "(line 5"),
        (SMALL.replace("<about>", "<a>1</a>" * 1_500_000 + "<about>"), "xml_too_large", "(line 5"),
        (SMALL.replace("</list>", "<head><council>1</council></head></list>"), "xml_out_of_order", "(line 14)"),
    ],
    ids=range(35),
)  # fmt: skip
def test_what_is_not_whole_and_safe_is_refused_and_says_where(file: Path, content: str | bytes, code: str, at: str) -> None:
    started = time.process_time()
    finding = refused(file, content)
    assert (finding.code, at in finding.message) == (code, True), finding
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<need><plan>", "<plan/><need><plan>"),  # one level too high
        ("<about>", "<odd><child/></odd><about>"),
        ("<review>2014-04-09</review>", "<reviews>2014-04-09</reviews>"),
        ("<need><plan><start>2015-01-01</start></plan></need>", "<needs><plan><start>2015-01-01</start></plan></needs>"),
    ],
)
def test_rows_that_stand_elsewhere_or_are_misspelt_are_not_lost_in_silence(file: Path, right: str, wrong: str) -> None:
    assert right in SMALL
    found = refused(file, SMALL.replace(right, wrong))
    assert found.code == "xml_row_elsewhere"
    assert "line " in found.message


def test_the_longest_honest_text_and_the_deepest_nesting_are_read(file: Path) -> None:
    long = SMALL.replace("A1", "x" * 250).replace("<about>", "<a>" * 98 + "</a>" * 98 + "<about>")
    assert rows(file, long)["children"][0][2] == "x" * 250


@pytest.mark.parametrize(
    "columns",
    [
        {"a": "../../../../x"}, {"a": "b/../c"}, {"a": ""}, {"a": "/list/child/about/id"}, {"a": ".", "b": "x"}, {"a": "b/"},
        {"a": "about", "b": "about/id"},
    ],
)  # fmt: skip
def test_paths_that_one_pass_cannot_read_are_the_contracts_fault(file: Path, columns: Mapping[str, str]) -> None:
    with pytest.raises(ValueError, match=": "):
        read_xml(file, RECORD, [XmlRows("plans", "need", columns), CHILDREN])


def test_a_peek_reads_the_head_alone(file: Path) -> None:
    file.write_text(SMALL[:200] + " " * 300_000 + "< this is never reached")
    assert peek(file, ["/list/head/council"]) == {"": "list", "/list/head/council": "873"}


def test_a_peek_gives_nothing_for_what_is_not_there_and_stops_after_a_megabyte(file: Path) -> None:
    file.write_text(SMALL.replace("</list>", "<a/>" * 300_000 + "< this is never reached"))
    assert peek(file, ["/list/head/year"]) == {"": "list", "/list/head/year": ""}


def test_a_peek_refuses_what_is_not_xml(file: Path) -> None:
    file.write_text("council,year")
    with pytest.raises(UnreadableError, match="does not begin"):
        peek(file, [])


TEXT = st.text(st.sampled_from("ab1-; \n\u00a0\u200b&<é"), max_size=4)


def tree(name: str, *below: st.SearchStrategy[ET.Element], most: int = 4) -> st.SearchStrategy[ET.Element]:
    def made(parts: tuple[str, list[ET.Element]]) -> ET.Element:
        element = ET.Element(name)
        element.text = parts[0] if not below else None
        element.extend(parts[1])
        return element

    return st.tuples(TEXT, st.lists(st.one_of(*below), max_size=most) if below else st.just([])).map(made)


PLAN = tree("plan", tree("start"), tree("end"), tree("review"), tree("id"))
CHILD = tree(
    "child",
    tree("about", tree("id"), tree("start")),
    tree("need", PLAN, tree("referred"), tree("plan")),
    tree("also", tree("start")),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CHILD, min_size=1, max_size=4), TEXT, st.integers(1, 3))
def test_it_agrees_with_a_reading_of_the_whole_tree(children: list[ET.Element], council: str, batch: int) -> None:
    root = ET.Element("list")
    ET.SubElement(ET.SubElement(root, "head"), "council").text = council
    root.extend(children)
    content = ET.tostring(root, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        found = rows(Path(folder) / "a.xml", content, batch)
    assert {name: [row[2:] for row in found[name]] for name in found} == {
        sheet.name: list(whole_tree(ET.fromstring(content), sheet)) for sheet in SHEETS  # noqa: S314 - our own
    }  # fmt: skip


def whole_tree(root: ET.Element, sheet: XmlRows) -> Iterator[tuple[str, ...]]:
    above = {below: element for element in root.iter() for below in element}
    for record in root.findall("child"):
        for row in [record] if sheet.rows == "." else record.findall(sheet.rows):
            yield tuple(joined(root, row, above, path) for path in sheet.columns.values())


def joined(root: ET.Element, row: ET.Element, above: Mapping[ET.Element, ET.Element], path: str) -> str:
    anchor = root if path.startswith("/") else row
    path = path.removeprefix("/list/")
    while path.startswith("../"):
        anchor, path = above[anchor], path.removeprefix("../")
    texts = ["".join(one.itertext()) for one in ([anchor] if path == "." else anchor.findall(path))]
    return clean(";".join(text for text in texts if text and not text.isspace()))


def test_cut_at_any_byte_it_is_refused(file: Path) -> None:
    content = SMALL.strip().encode()
    for end in range(len(content)):
        assert refused(file, content[:end]).code in ("empty_file", "not_xml", "xml_cut_short")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_spoiled_bytes_give_rows_or_a_finding(spoiled: list[tuple[int, int]]) -> None:
    content = bytearray(SMALL.replace("A1", MARKED).encode())
    for at, byte in spoiled:
        content[at] = byte
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.xml"
        try:
            said = ", ".join(rows(file, bytes(content)))
        except UnreadableError as error:
            said = str(error)
    assert MARKED not in said


PEAK = f"""
import resource, sys
from pathlib import Path
from lscb_data.xml_door import XmlRows, read_xml
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(rows.num_rows for _, rows in read_xml(Path(sys.argv[1]), "{RECORD}", {SHEETS!r}))
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_large_file_takes_no_more_memory_than_its_batches(file: Path) -> None:
    child = SMALL[SMALL.index("  <child>") : SMALL.index("  <child/>")].replace(
        "<need>", "<need>" + "<other>text</other>\n" * 50
    )
    head, times = SMALL[: SMALL.index("  <child>")], 40 * 2**20 // len(child)
    with file.open("w") as out:
        out.write(head)
        for _ in range(times):
            out.write(child)
        out.write("</list>")
    done = subprocess.run([sys.executable, "-c", PEAK, str(file)], capture_output=True, text=True, check=True)
    count, megabytes = map(int, done.stdout.split())
    assert count == times * 6
    assert megabytes < 200
