"""The dictionary says what the contracts say, on pages that hold together."""

import json
import re
from pathlib import Path

from lscb_data import dictionary, sql_files
from lscb_data.board import shipped
from lscb_data.contract import load_contracts
from lscb_data.indicator import load_indicators

FOLDERS = [shipped("schemas")]
CONTRACTS, INDICATORS = load_contracts(FOLDERS), load_indicators(FOLDERS)
PUBLISHED = [sql_files.read_table(path) for path in sorted(shipped("sql").glob("published/*.sql"))]
PAGES = dictionary.pages(CONTRACTS, INDICATORS, PUBLISHED)


def test_every_return_indicator_list_and_published_column_has_its_place() -> None:
    assert {f"returns/{name}.md" for name in CONTRACTS.returns} <= set(PAGES)
    assert {f"codes/{name}.md" for name in CONTRACTS.codes} <= set(PAGES)
    for code, (topic, indicator) in INDICATORS.items():
        assert f"## {indicator.title}\n\n`{code}`." in PAGES[f"indicators/{topic}.md"]
    for table in PUBLISHED:
        assert all(f"| `{name}` |" in PAGES["published.md"] for name in table.columns)


def test_every_link_leads_somewhere() -> None:
    for name, text in PAGES.items():
        for link in re.findall(r"\]\(([^)]+)\)", text):
            path, _, anchor = link.partition("#")
            target = (Path("/") / name).parent.joinpath(path).resolve().relative_to("/").as_posix()
            assert target in PAGES, (name, link)
            assert not anchor or f'<a id="{anchor}">' in PAGES[target]


def test_tables_keep_their_columns_whatever_a_contract_holds() -> None:
    for text in PAGES.values():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_what_changes_with_board_and_year_is_put_in_words() -> None:
    assert not [line for text in PAGES.values() for line in text.splitlines() if re.search(r"\{(board|year|previous)", line)]
    csc = PAGES["returns/csc__child_protection.md"]
    assert "| Children on a plan at the end of March YYYY+1 |" in csc
    assert "YYYY is the calendar year in which the financial year begins" in csc
    assert "YYYY" not in PAGES["returns/marac__cases.md"]
    assert "| (the Board's area) | Missing person reports" in PAGES["returns/constabulary__police_data.md"]


def test_written_twice_it_is_the_same_and_old_pages_go(tmp_path: Path) -> None:
    (tmp_path / "returns").mkdir()
    (tmp_path / "returns" / "gone.md").write_text(dictionary.MADE)
    (tmp_path / "returns" / "mine.md").write_text("Mine")
    first = {path: path.read_text() for path in dictionary.write(tmp_path, CONTRACTS, INDICATORS, PUBLISHED)}
    assert {path: path.read_text() for path in dictionary.write(tmp_path, CONTRACTS, INDICATORS, PUBLISHED)} == first
    assert [path.name for path in (tmp_path / "returns").glob("[gm]*.md") if path not in first] == ["mine.md"]


def test_the_schema_knows_the_keys_of_a_contract() -> None:
    schema = json.loads(dictionary.schemas()["return.schema.json"])
    assert {"return", "sheets", "agency"} <= set(schema["required"])
    assert schema["additionalProperties"] is False
