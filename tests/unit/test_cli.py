"""The command line: what is printed, what is kept, and the exit code that is promised."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from lscb_data import cli, show, submission

RAW = Path(__file__).parents[2] / "raw"
MARAC = RAW / "2014-15-Q1" / "marac" / "marac.xlsx"
POPULATION = "area_code,area,age_range,sex,reference_date,census_base,population,published,source,licence\n"
ROW = "E10000003,Cambridgeshire,0-17,all,{date},2011,131150,,ONS,OGL\n"


class Shell:
    """`lscb` as typed, its exit code and all that it printed."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *words: object, code: int = 0) -> str:
        assert cli.main([str(word) for word in words]) == code
        said = self.capture.readouterr()
        self.err = said.err
        assert "Traceback" not in said.out + said.err
        return said.out


@pytest.fixture
def lscb(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LSCB_HOME", raising=False)
    return Shell(capsys)


@pytest.fixture
def home(lscb: Shell, tmp_path: Path) -> Path:
    lscb("--home", tmp_path / "b", "init", "--name", "A Board", "--area", "E10000003", "--area-name", "Cambridgeshire")
    return tmp_path / "b"


@pytest.fixture
def population(tmp_path: Path) -> Path:
    path = tmp_path / "population.csv"
    path.write_text(POPULATION + ROW.format(date="31/02/2015") + ROW.format(date="30/06/2014"))
    return path


# help and mistakes


def test_help_names_every_command_and_exit_code_without_loading_anything_heavy() -> None:
    code = "import sys; from lscb_data.cli import main; main(['--help']); print(sorted(sys.modules))"
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert time.perf_counter() - begin < 2  # half a second where nothing else runs
    for name in ("init", "receive", "load", "check", "status", "explain", "sql", "docs", "template", "feedback", "answer"):
        assert f"\n  {name} " in done.stdout
    assert re.findall(r"^ +(\d+) +\w", done.stdout, re.MULTILINE) == ["0", "1", "2", "3", "4", "70", "130"]
    for heavy in ("duckdb", "pandas", "pydantic", "openpyxl", "prefect", "pyarrow", "great_expectations"):
        assert f"'{heavy}'" not in done.stdout


def test_every_command_has_help() -> None:
    for name in ("init", "receive", "load", "check", "status", "explain", "sql", "docs", "template", "feedback", "answer"):
        assert "Usage:" in CliRunner().invoke(cli.app, [name, "--help"]).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["check"], "Missing argument"),
        (["check", "none.xlsx"], "There is no file none.xlsx."),
        (["status"], "is no Board's folder"),
        (["load"], "is no Board's folder"),
        (["explain", "cp_plans_open"], "is no Board's folder"),
        (["sql"], "Give one question"),
        (["template", "nope"], "'nope' is not a return; the returns are"),
        (["template", "marac__cases", "--period", "soon"], "'soon' is not a period"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_1(lscb: Shell, words: list[str], says: str) -> None:
    assert lscb(*words, code=1) == ""
    assert says in lscb.err
    assert lscb.err.count("\n") == 1


def test_a_fault_shows_no_value_unless_asked_to(lscb: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("Jane Doe")

    monkeypatch.setattr(submission, "without_receipt", broken)
    lscb("--home", home, "status", code=70)
    assert lscb.err == "A fault of this software (RuntimeError). For its details: lscb --debug …\n"
    with pytest.raises(RuntimeError, match="Jane Doe"):
        cli.main(["--debug", "--home", str(home), "status"])


# receive and status


def test_a_file_is_received_once_and_shown(lscb: Shell, home: Path, population: Path) -> None:
    said = lscb("--home", home, "receive", MARAC, "--note", "by post")
    assert "Received as MARAC cases by area (marac__cases) for 2014-15 Q1: raw/2014-15-Q1/marac/marac.xlsx" in said
    assert "note: by post" in (home / "raw/2014-15-Q1/marac/marac.xlsx.receipt.yml").read_text()
    assert "was received before" in lscb("--home", home, "receive", MARAC)
    lscb("--home", home, "receive", population, code=1)
    assert "add --period" in lscb.err
    shutil.copy(population, home / "raw" / "2014-15-Q1" / "marac" / "stray.csv")
    said = lscb("--home", home, "status")
    assert re.search(r"2014-15 Q1 +marac__cases +not loaded yet +2014-07-30 +1", said)
    assert re.search(r"2014-15 Q1 +csc__child_protection +late +2014-07-30 +0", said)
    assert re.search(r"^1 not loaded yet, \d+ late$", said, re.MULTILINE)
    assert "No receipt, so never loaded: raw/2014-15-Q1/marac/stray.csv" in said
    assert "Nothing was loaded yet." in said
    assert "csc__" not in lscb("--home", home, "status", "--return", "marac__cases")


def test_status_names_what_stands_in_raw_and_cannot_be_used(lscb: Shell, home: Path) -> None:
    lscb("--home", home, "receive", MARAC)
    receipt = home / "raw/2014-15-Q1/marac/marac.xlsx.receipt.yml"
    content = receipt.read_text()
    receipt.write_text(content.replace("marac__cases", "marac__nothing"))
    said = lscb("--home", home, "status")
    assert "Refused: 2014-15-Q1/marac/marac.xlsx: there is no contract for the return 'marac__nothing'." in said
    receipt.write_text(content.replace("file: marac", "file: ../marac"))
    said = lscb("--home", home, "status")
    assert "Never loaded: raw/2014-15-Q1/marac/marac.xlsx.receipt.yml: file: '../marac.xlsx' is no name of a file" in said
    assert "No receipt" not in said


def test_what_cannot_be_read_is_kept_only_where_it_is_said_what_it_is(lscb: Shell, home: Path) -> None:
    Path("a.xlsx").write_bytes(b"nonsense")
    lscb("--home", home, "receive", "a.xlsx", code=1)
    assert "add --return and --period" in lscb.err
    lscb("--home", home, "receive", "a.xlsx", "--return", "marac__cases", "--period", "2014-15 Q2")
    assert (home / "raw/2014-15-Q2/marac/a.xlsx").read_bytes() == b"nonsense"


def test_what_is_written_back_is_no_formula(lscb: Shell, small_board: Path) -> None:
    asked = "select '=cmd' as a, '+x' as b, '-x' as c, '@x' as d, chr(9) || 'x' as e, '-2' as f, -2 as g, 'a=b' as h"
    said = lscb("--home", small_board, "sql", "--csv", asked)
    assert said == "a,b,c,d,e,f,g,h\n'=cmd,'+x,'-x,'@x,'\tx,-2,-2,a=b\n"


def test_the_findings_of_the_warehouse_can_be_narrowed(lscb: Shell, small_board: Path) -> None:
    said = lscb("--home", small_board, "status")
    assert "It is not the percentage." in said
    assert "The warehouse was built 30 June 2015, 12:00 UTC." in said
    assert "It is not the percentage." not in lscb("--home", small_board, "status", "--severity", "error")
    assert "It is 3." not in lscb("--home", small_board, "status", "--period", "2014-15 Q1")


# check


def test_a_check_needs_no_board_and_names_the_cell(lscb: Shell, population: Path) -> None:
    said = lscb("check", population, "--period", "2014-15", code=2)
    assert re.search(r"error +population\.csv +\S+ +E2 +'31/02/2015' is a day that does not exist\. +Correct the date", said)
    assert "2 rows = 1 accepted + 1 set aside" in said


def test_a_check_can_be_read_by_a_program(lscb: Shell, population: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(lscb("check", population, "--period", "2014-15", "--format", "csv", code=2)))
    (same,) = json.loads(lscb("check", population, "--period", "2014-15", "--format", "json", code=2))
    assert row["cell"] == same["cell"] == "E2"
    assert same["return"] == "ons__population"


def test_a_check_of_what_would_be_refused_ends_with_3(lscb: Shell) -> None:
    said = lscb("check", MARAC, "--return", "marac__cases", "--period", "2014-15 Q2", code=3)
    assert "The month April 2014 is not part of 2014-15 Q2." in said
    assert "It would be refused" in said
    Path("a.xlsx").write_bytes(b"")
    assert "The file is empty" in lscb("check", "a.xlsx", code=3)


def test_a_suppliers_text_is_neither_markup_nor_commands_to_the_screen(lscb: Shell) -> None:
    show.table(["a"], [["[red]x[/red]\x1b[2J"]])
    assert "[red]x[/red] [2J" in lscb.capture.readouterr().out


# explain, sql, docs, template


def test_a_figure_is_explained_to_its_cells(lscb: Shell, small_board: Path) -> None:
    said = lscb("--home", small_board, "explain", "cp_reregistration_percent", "2014-07")
    for line in (r"Definition: +Of all plans started", r"Value: +40\.63 percent", r"As printed: +40\.63", r"Numerator: +13",
                 r"cp_reregistrations +13 +2014-15-Q2/csc/child-protection\.xlsx!Subsequent plans!D5",
                 r"as printed +40\.63% +2014-15-Q2/csc/child-protection\.xlsx!Subsequent plans!E5",
                 r"query +2014-15-Q2/\S+!Subsequent plans!E5 +It is not the percentage\."):  # fmt: skip
        assert re.search(line, said), line
    said = lscb("--home", small_board, "explain", "cp_plans_open_per_10000", "2015-03-31")
    assert "131,150 aged 0-17 on 2014-06-30, based on the census of 2011 (ONS)" in said
    assert re.search(r"2014-07 +Cambridgeshire", lscb("--home", small_board, "explain", "cp_reregistration_percent"))


def test_what_is_hidden_in_a_figure_is_not_shown_by_explaining_it(lscb: Shell, small_board: Path) -> None:
    said = lscb("--home", small_board, "explain", "cp_reregistration_percent", "2014-08")
    assert re.search(r"cp_reregistrations +\(not shown\) +\S+!Subsequent plans!D6", said)
    assert "It is 3." not in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["cp_plan"], "'cp_plan' is not an indicator; did you mean cp_plans_open_per_10000?"),
        (["cp_reregistration_percent", "2013-14"], "has no figure for '2013-14'; there is 2014-07; 2014-08."),
        (["cp_reregistration_percent", "--area", "Leeds"], "for no area 'Leeds'; there is Cambridgeshire."),
    ],
)
def test_what_is_not_there_to_explain_is_said_with_what_is(lscb: Shell, small_board: Path, words: list[str], says: str) -> None:
    lscb("--home", small_board, "explain", *words, code=1)
    assert says in lscb.err


def test_a_question_is_answered_as_a_table_or_as_csv(lscb: Shell, small_board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "select period, value from published.indicator_values where value > 40"
    assert re.search(r"2014-07 +40\.63", lscb("--home", small_board, "sql", query))
    assert lscb("--home", small_board, "sql", query, "--csv") == "period,value\n2014-07,40.63\n"
    Path("q.sql").write_text(query)
    assert "40.63" in lscb("--home", small_board, "sql", "--file", "q.sql")
    monkeypatch.setattr("sys.stdin", io.StringIO(query))
    assert "40.63" in lscb("--home", small_board, "sql", "-")
    assert "The first 200 rows" in lscb("--home", small_board, "sql", "from range(201)")
    lscb("--home", small_board, "sql", "drop table published.indicators", code=1)


def test_the_dictionary_and_a_template_are_written_where_asked(lscb: Shell, home: Path) -> None:
    assert "index.md" in lscb("--home", home, "docs")
    assert (home / "docs/dictionary/returns/marac__cases.md").exists()
    assert json.loads((home / "docs/dictionary/return.schema.json").read_text())
    assert "MARAC cases by area for 2014-15 Q2" in lscb("template", "marac__cases", "--period", "2014-15 Q2")
    assert Path("marac__cases-2014-15-Q2.xlsx").exists()
    lscb("template", "marac__cases", "--period", "2014-15 Q2", code=1)
    assert "is there already" in lscb.err
    lscb("template", "ons__population", "--period", "2014-15", "--out", "x.csv", code=1)
    assert lscb.err == "x.csv: a template is an Excel workbook, so give it a name that ends in .xlsx.\n"
    assert not Path("x.csv").exists()


def test_a_template_prints_the_area_of_the_board_or_the_one_that_is_named(lscb: Shell, home: Path) -> None:
    police = ("template", "constabulary__police_data", "--period", "2014-15 Q2")
    lscb(*police, code=1)
    assert "--area" in lscb.err
    lscb(*police, "--area", "Leeds", "--out", "leeds.xlsx")
    assert load_workbook("leeds.xlsx")["Dataset"]["A7"].value == "Leeds"
    lscb("--home", home, *police)
    assert load_workbook("constabulary__police_data-2014-15-Q2.xlsx")["Dataset"]["A7"].value == "Cambridgeshire"


def test_a_period_that_has_not_ended_is_not_received(lscb: Shell, home: Path) -> None:
    lscb("--home", home, "receive", MARAC, "--return", "marac__cases", "--period", "2098-99 Q1", code=1)
    assert lscb.err == "2098-99 Q1 has not ended: it ends on 30 June 2098. Send a return once its period is over.\n"
    assert not list((home / "raw").glob("*"))


# load


def test_a_load_says_what_it_came_to_and_ends_with_its_code(
    lscb: Shell, small_board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lscb_data import summary

    def came(refused: tuple[summary.Came, ...], rejected: int) -> summary.Summary:
        return summary.Summary((), (), (), refused, (), 5, 5 - rejected, rejected, {"query": 1}, (), ("Ask again",))

    bad = summary.Came("csc.1", "Child protection", "csc", "2014-15 Q2", "a.xlsx", "No sheet.")
    found = [{"severity": "blocker", "submission": "csc.1", "file": "a.xlsx", "sheet": "New plans", "cell": "A1",
              "message": "No sheet.", "fix": "Send it."}]  # fmt: skip
    monkeypatch.setattr(summary, "listed_findings", lambda *_: (found, 1))
    for refused, rejected, code in (((), 0, 0), ((), 2, 2), ((bad,), 5, 3)):
        done = came(refused, rejected)
        monkeypatch.setitem(sys.modules, "flows.load", SimpleNamespace(run=lambda *_, done=done: (done, "Completed")))
        said = lscb("--home", small_board, "load", code=code)
        assert f"5 rows in = {5 - rejected} accepted + {rejected} rejected" in said
        assert "Ask again" in said
        assert bool(re.search(r"a\.xlsx +New plans +A1 +No sheet\. +Send it\.", said)) == bool(refused)


def test_a_load_that_could_not_use_all_of_raw_ends_with_3(
    lscb: Shell, small_board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lscb_data import summary

    monkeypatch.setattr(summary, "listed_findings", lambda *_: ([], 0))
    for named in ({"unusable": ("a",)}, {"lost": ("a",)}):
        done = summary.Summary((), (), (), (), (), 5, 5, 0, {}, (), ("Put right a",), **named)
        monkeypatch.setitem(
            sys.modules, "flows.load", SimpleNamespace(run=lambda *_, done=done: (done, "Completed with refusals"))
        )
        assert "Put right a" in lscb("--home", small_board, "load", code=3)


def test_the_small_board_has_the_columns_that_the_warehouse_promises(small_board: Path) -> None:
    from lscb_data.board import shipped
    from lscb_data.sql_files import read_table

    with duckdb.connect(small_board / "warehouse" / "lscb.duckdb", read_only=True) as connection:
        for name in ("indicators", "indicator_values"):
            held = {row[0] for row in connection.execute(f"describe published.{name}").fetchall()}
            assert held <= set(read_table(shipped("sql") / "published" / f"{name}.sql").columns)
