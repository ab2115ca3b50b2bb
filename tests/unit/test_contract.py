"""What a contract may say; what it may not is one sentence that names the file and the place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lscb_data.codes import Code, CodeList
from lscb_data.contract import Contracts, load_contracts, read_contract
from lscb_data.finding import UserError
from lscb_data.period import parse

CONTRACT: dict[str, Any] = {
    "return": "csc__visits", "title": "Visits", "agency": "csc", "description": "Visits made", "grain": "one row per month",
    "kind": "measures", "frequency": "quarterly", "formats": ["xlsx"],
    "sheets": [
        {
            "sheet": "visits", "names": ["Visits"], "layout": "table", "description": "Visits by month",
            "columns": [
                {"name": "month", "type": "month", "key": "period", "printed": ["Month"], "description": "Month"},
                {"name": "visits", "type": "count", "printed": ["Visits"], "measure": "visits", "minimum": 0,
                    "description": "Visits"},
                {"name": "seen", "type": "count", "printed": ["Seen"], "measure": "seen", "minimum": 0,
                    "description": "Child seen"},
            ],
            "rules": [
                {
                    "code": "seen_within", "must": "seen <= visits", "message": "{seen} of {visits}", "fix": "Correct it.",
                    "severity": "error", "breaks": {"seen": "9"},
                }
            ],
            "batch": [
                {
                    "code": "months", "expect": "expect_table_row_count_to_be_between", "arguments": {"min_value": 3},
                    "severity": "blocker", "message": "{observed} months", "fix": "Send three.",
                }
            ],
            "example": {"month": "Apr", "visits": "5", "seen": "4"},
        }
    ],
}  # fmt: skip
SHEET = ("sheets", 0)
VISITS = (*SHEET, "columns", 1)
RULE = (*SHEET, "rules", 0)


def changed(*changes: tuple[tuple[Any, ...], Any]) -> dict[str, Any]:
    """The contract with these places set; None takes the key out."""
    found: dict[str, Any] = yaml.safe_load(yaml.safe_dump(CONTRACT))
    for place, value in changes:
        *way, last = place
        at: Any = found
        for step in way:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return found


def written(folder: Path, contract: Any, name: str = "csc__visits.yml") -> Path:
    (folder / "returns").mkdir(exist_ok=True)
    path = folder / "returns" / name
    path.write_text(contract if isinstance(contract, str) else yaml.safe_dump(contract, sort_keys=False), "utf-8")
    return path


def test_the_contract_itself_is_one(tmp_path: Path) -> None:
    contract = read_contract(written(tmp_path, CONTRACT))
    assert contract.return_ == "csc__visits"
    assert contract.due.days == 30


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("colour",), "red", "colour: Extra inputs are not permitted"), ((*SHEET, "colour"), "red", "sheets.0.colour"),
        ((*VISITS, "colour"), "red", "sheets.0.columns.1.colour"), ((*RULE, "colour"), "red", "sheets.0.rules.0.colour"),
        (("title",), None, "title: Field required"), (("return",), "Csc__visits", "return"),
        (("return",), "police__visits", "does not begin with"),
        (("kind",), "record", "kind"), (("kind",), "records", "only a return of kind measures"), (("sheets",), [], "sheets"),
        (("since",), "2014", "since|is not a period"), (("formats",), ["xlsx", "pdf"], "formats"),
        ((*SHEET, "layout"), "pivot", "layout"), ((*SHEET, "columns"), [], "has no columns"),
        ((*SHEET, "quarters"), [5], "quarters"),
        ((*VISITS, "name"), "Visits", "columns.1.name"), ((*VISITS, "name"), "month", "month is declared twice"),
        ((*VISITS, "name"), "row", "take another"), ((*VISITS, "name"), "model_dump", "take another"),
        ((*VISITS, "name"), "x__places", "take another"),
        ((*VISITS, "type"), "number", "columns.1.type"), ((*VISITS, "type"), "code", "a code list belongs to"),
        ((*VISITS, "type"), "date", "bounds and words belong to numbers"),
        ((*VISITS, "codes"), "areas", "a code list belongs to"),
        ((*VISITS, "pattern"), "visits", "exactly one group"), ((*VISITS, "pattern"), "(x", "not a regular expression"),
        ((*VISITS, "printed"), ["March {yaer}"], "'{yaer}' is none of the words"), ((*SHEET, "title"), "To {", "'{'"),
        ((*VISITS, "pattern"), "(?i:s)(x)", "small letters and capitals"),
        ((*VISITS, "pattern"), "(x)(?!y)", "neither looks ahead"), ((*VISITS, "pattern"), "(x)\\1", "neither looks ahead"),
        ((*VISITS, "maximum"), -1, "the minimum is above"), ((*VISITS, "outside"), "blocker", "an error or a query"),
        ((*VISITS, "words"), {"Three": 3}, "small letters"), ((*VISITS, "words"), {"half": 0.5}, "stand for a count"),
        ((*VISITS, "key"), "breakdown", "a key is a month, a year, a code or text"),
        ((*VISITS, "key"), "period", "key period and type month"),
        ((*SHEET, "facts"), {"visits": 5}, "visits is declared twice"), ((*SHEET, "facts"), {"base": 2021}, "facts belong to"),
        ((*VISITS, "lines"), {"Visits": {"unit": "visits"}}, "a line gives a measure, or prints an indicator"),
        ((*VISITS, "lines"), {"Visits": {"measure": "visits"}}, "its lines say what its figures are|belong together"),
        ((*SHEET, "columns", 0, "measure"), "x", "a month is not a figure"),
        ((*VISITS, "breakdown"), "x", "needs its breakdown_type"),
        ((*VISITS, "block"), "one", "unknown blocks"), ((*VISITS, "since"), "2014", "is not a period"),
        ((*VISITS, "at"), "B", "columns.1.at"), ((*SHEET, "columns", 1), {"name": "who", "type": "text", "printed": [""],
            "description": "Who"}, "could not be told from other words"),
        ((*RULE, "must"), "seen <= visit", "no column visit"), ((*RULE, "must"), "seen", "is not a condition"),
        ((*RULE, "must"), "seen <=", "is not a condition"),
        ((*RULE, "must"), "seen <= 'five'", "number and text"), ((*RULE, "breaks"), {"see": "9"}, "unknown columns"),
        ((*RULE, "message"), "{month}", "no column that the rule reads"), ((*RULE, "message"), "{seen:.2f}", "the name alone"),
        ((*RULE, "message"), "{seen", "message"), ((*RULE, "message"), "{}", "the name alone"),
        ((*RULE, "severity"), "bad", "severity"),
        ((*SHEET, "batch", 0, "message"), "{observed.x}", "the name alone"),
        ((*SHEET, "batch", 0, "severity"), "error", "severity"),
        ((*SHEET, "example"), {"seeing": "4"}, "unknown columns"), ((*SHEET, "example", "seen"), 4, "valid string"),
    ],
)  # fmt: skip
def test_what_a_contract_may_not_say(tmp_path: Path, place: tuple[Any, ...], value: Any, said: str) -> None:
    with pytest.raises(UserError, match=said) as raised:
        read_contract(written(tmp_path, changed((place, value))))
    assert str(raised.value).startswith("csc__visits.yml: ")


def test_of_children_no_message_repeats_a_cell(tmp_path: Path) -> None:
    """A date of birth that stands in the wrong column is a day like any other."""
    who = {"name": "child", "type": "identifier", "identifier": True, "printed": ["Child"], "description": "Who"}
    records = [*(((*VISITS[:-1], place, "measure"), None) for place in (1, 2)), ((*SHEET, "columns", 0), who)]
    contract = changed((("kind",), "records"), *records, ((*SHEET, "example"), {"child": "C1", "visits": "5", "seen": "4"}))
    with pytest.raises(UserError, match="seen_within: a message about children repeats no cell"):
        read_contract(written(tmp_path, contract))


def test_only_a_tables_column_may_stand_without_a_heading(tmp_path: Path) -> None:
    bare = ((*VISITS, "printed"), ["Visits", ""])
    assert read_contract(written(tmp_path, changed(bare))).sheets[0].columns[1].bare
    with pytest.raises(UserError, match="only a table's column stands without a heading"):
        read_contract(written(tmp_path, changed(bare, ((*SHEET, "layout"), "months_across"))))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "csc__visits.yml: "), ("- a\n- b", "csc__visits.yml: "), ("a: [", "is not YAML"),
        ("title: One\ntitle: Two\n", "the key title stands twice"),
        ("sheets:\n  - names: [x]\n    names: [y]\n", "the key names stands twice"),
        ("x: !!python/object:os.system {}", "is not YAML"),
    ],
)  # fmt: skip
def test_what_is_no_contract_at_all(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_contract(written(tmp_path, content))


def test_a_contract_in_another_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes("title: Bücher".encode("cp1252"))
    with pytest.raises(UserError, match=r"csc__visits.yml: is not UTF-8"):
        read_contract(path)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"colour.*title|title.*colour"):
        read_contract(written(tmp_path, changed((("colour",), "red"), (("title",), None))))


def test_an_anchor_may_be_used_and_overridden(tmp_path: Path) -> None:
    columns = """[
      &one {name: month, type: month, key: period, printed: [Month], description: Month},
      &two {<<: *one, name: visits, type: count, key: null, measure: visits}, {<<: *two, name: seen}]"""
    text = yaml.safe_dump(changed(((*SHEET, "columns"), "COLUMNS")), sort_keys=False).replace("COLUMNS", columns)
    assert [c.name for c in read_contract(written(tmp_path, text)).sheets[0].columns] == ["month", "visits", "seen"]


def test_two_sheets_of_one_name(tmp_path: Path) -> None:
    second = changed()["sheets"][0]
    for key, value, said in (
        ("sheet", "visits", "visits is declared twice"),
        ("sheet", "other", "two sheets are named 'visits'"),
    ):
        with pytest.raises(UserError, match=said):
            read_contract(written(tmp_path, changed((("sheets",), [changed()["sheets"][0], second | {key: value}]))))
    csv = changed((("sheets",), [second, second | {"sheet": "other", "names": ["Other"]}]), (("formats",), ["csv"]))
    with pytest.raises(UserError, match="a CSV file has one sheet"):
        read_contract(written(tmp_path, csv))


def loaded(folder: Path, contract: dict[str, Any] | None = None, codes: dict[str, str | bytes] | None = None) -> Contracts:
    written(folder, contract or CONTRACT)
    (folder / "codes").mkdir(exist_ok=True)
    for name, content in (codes or {}).items():
        (folder / "codes" / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_contracts([folder])


def test_a_boards_own_contract_stands_over_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = loaded(tmp_path / "a")
    written(tmp_path / "b", changed((("title",), "Our visits")))
    both = load_contracts([tmp_path / "a", tmp_path / "b"])
    assert both["csc__visits"].title == "Our visits"
    assert both.hashes["csc__visits"] != first.hashes["csc__visits"]
    with pytest.raises(UserError, match="'csc__visit' is not a return; the returns are csc__visits"):
        _ = both["csc__visit"]


def test_files_that_would_be_overlooked_or_misnamed(tmp_path: Path) -> None:
    written(tmp_path, CONTRACT, "csc__seen.yml")
    with pytest.raises(UserError, match=r"csc__seen.yml: holds the return 'csc__visits', so name it csc__visits.yml"):
        load_contracts([tmp_path])
    written(tmp_path, CONTRACT, "csc__visits.yaml")
    with pytest.raises(UserError, match=r"csc__visits.yaml: name it csc__visits.yml"):
        load_contracts([tmp_path])


AREA = (*SHEET, "columns", 0)
WITH_CODES = {"name": "month", "type": "code", "codes": "areas", "key": "area", "printed": ["Area"], "description": "Area"}


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ({}, "no code list areas in schemas/codes"),
        ({"areas": "code,label\nA,\n"}, "areas.csv, row 2: needs a code and a label"),
        ({"areas": "label\nNorth\n"}, "areas.csv, row 2: needs a code"),
        ({"areas": "code,label\nA,North,,,\n"}, "areas.csv, row 2"),
        ({"areas": "code,label,spellings\nA,North,\nB,South,north\n"}, "'north' stands for A and B"),
        ({"areas": "code,label,spellings,query,status\nA,North,,,lost\n"}, "status 'lost' is not one of reported"),
        ({"areas": "code,label,former\nA,North,B\n"}, "areas.csv, row 2: former is written as E08000020 until 2013-03-31"),
        ({"areas": "code,label,former\nA,North,B until 2013-02-31\n"}, "former is written as"),
        ({"areas": "code,label,former\nA,North,B until 2013-03-31\nB,South,\n"}, "'B' stands for A and B"),
        ({"areas": "code,label\nA,Bücher\n".encode("cp1252")}, "areas.csv: is not CSV in UTF-8"),
    ],
)  # fmt: skip
def test_code_lists_at_fault(tmp_path: Path, codes: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(UserError, match=said):
        loaded(tmp_path, changed((AREA, WITH_CODES)), codes)


def test_a_code_list_is_found_by_any_spelling() -> None:
    codes = CodeList(
        "l", (Code("WBRI", "White British", ("WBRI - British",)), Code("1-4", "1 to 4"), Code("none", "None", ("–",)))
    )
    assert codes.find("white, british") is codes.codes[0]
    assert codes.find("1–4") is codes.codes[1]
    assert codes.find("–") is codes.codes[2]
    assert [codes.find(text) for text in ("14", "•", "", "British")] == [None] * 4


def test_its_words_have_the_year_and_the_boards_area_in_them() -> None:
    label = "{board}: April {year_start} to March {year_end}, {year}, after {previous_year}"
    whole = changed(((*VISITS, "printed"), [label]), ((*VISITS, "note"), "Not as in {previous_year}"))
    sheet = read_contract_of(**whole).sheets[0]
    for_year = sheet.asked_in(parse("2016-17 Q4"), "Leeds").column("visits")
    assert for_year.printed == ["Leeds: April 2016 to March 2017, 2016-17, after 2015-16"]
    assert for_year.note == "Not as in 2015-16"
    assert sheet.asked_in(parse("2014-15 Q1"), "").column("visits").printed[0].startswith("(the Board's area): April 2014")


def test_what_is_owed_when() -> None:
    quarterly = read_contract_of(since="2014-15", until="2015-16 Q2")
    assert [quarterly.expected_in(parse(text)) for text in ("2013-14 Q4", "2014-15 Q1", "2015-16 Q2", "2015-16 Q3",
        "2014-15")] == [
        False, True, True, False, False,
    ]  # fmt: skip
    annual = read_contract_of(frequency="annual")
    contracts = Contracts({"a": annual, "q": quarterly}, {}, {})
    assert contracts.expected(parse("2014-15 Q4")) == [annual, quarterly]
    assert contracts.expected(parse("2014-15 Q3")) == [quarterly]


def read_contract_of(**fields: Any) -> Any:
    from lscb_data.contract import Return

    return Return.model_validate(CONTRACT | fields)


def test_sheets_that_only_some_quarters_have() -> None:
    contract = read_contract_of(sheets=[changed()["sheets"][0] | {"quarters": [4]}])
    assert contract.sheets_for(parse("2014-15 Q1")) == []
    assert len(contract.sheets_for(parse("2014-15 Q4"))) == len(contract.sheets_for(parse("2014-15"))) == 1
