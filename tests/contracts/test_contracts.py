"""Every contract that ships, held to its own words: its example, the rules' smallest breaches, the bounds of its columns.

Set LSCB_SCHEMAS to a folder of schemas, and a Board's own contracts are held to theirs.
"""

import operator
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from lscb_data.board import shipped
from lscb_data.cell import Reader
from lscb_data.column import Column
from lscb_data.contract import Contracts, Return, load_contracts
from lscb_data.figure import Figure
from lscb_data.judgement import _passed
from lscb_data.laid import Row
from lscb_data.period import Period, quarter, year
from lscb_data.rows import Judged, judge_from_memory, judge_row, row_model
from lscb_data.screen import screen_sql
from lscb_data.sheet import Rule, Sheet

EVERY_KIND = Path(__file__).parent / "schemas"  # what no shipped contract has
FOLDERS = [shipped("schemas"), EVERY_KIND, *([Path(own)] if (own := os.environ.get("LSCB_SCHEMAS")) else [])]
CONTRACTS = load_contracts(FOLDERS)


@dataclass(frozen=True)
class Case:
    """A sheet of a return, in a period that both are asked for and whose months its example names."""

    contract: Return
    sheet: Sheet
    period: Period

    def __str__(self) -> str:
        return f"{self.contract.return_}.{self.sheet.sheet}"

    @property
    def example(self) -> dict[str, str]:
        return {column.name: self.sheet.example.get(column.name, "") for column in self.sheet.columns}

    @cached_property
    def _model(self) -> type[BaseModel]:
        return row_model(self.sheet, Reader(self.contract, CONTRACTS.codes, self.period))

    @cached_property
    def _query(self) -> str:
        return screen_sql("rows", self.sheet, CONTRACTS.codes, self.period, self.contract.symbols)

    @cached_property
    def _from_memory(self) -> Callable[[Row], Judged]:
        return judge_from_memory(self.sheet, Reader(self.contract, CONTRACTS.codes, self.period))

    def judge(self, texts: dict[str, str]) -> Judged:
        """By pydantic: the whole row, and from memory, which must say the same whatever rows came before."""
        row = Row(1, texts, {name: f"{name}1" for name in texts})
        judged = judge_row(self._model, self.sheet, row)
        assert self._from_memory(row) == judged
        return judged

    def screen(self, *rows: dict[str, str]) -> list[Judged | None]:
        """By the database, of each row; None where it stops the row."""
        texts = {name: [row[name] for row in rows] for name in self.example}
        SHOP.register("rows", pa.table({"row": range(len(rows)), **texts}))
        found = SHOP.sql(self._query)
        typed = [dict(zip(found.columns, values, strict=True)) for values in found.fetchall()]
        SHOP.unregister("rows")
        typed.sort(key=operator.itemgetter("row"))
        return [
            None if one["stopped"] else _passed(Row(1, row, {}), one, self.sheet) for row, one in zip(rows, typed, strict=True)
        ]


SHOP = duckdb.connect()


def _cases(contracts: Contracts) -> Iterator[Case]:
    for contract in contracts.returns.values():
        first = int((contract.since or "2014-15")[:4])
        periods = [quarter(first, number) for number in (1, 2, 3, 4)] if contract.frequency == "quarterly" else [year(first)]
        for sheet in contract.sheets:
            fitting = [period for period in periods if sheet in contract.sheets_for(period)]
            cases = [Case(contract, sheet.asked_in(period, "Anyshire"), period) for period in fitting]
            yield next((case for case in cases if case.judge(case.example).accepted), cases[0])


CASES = list(_cases(CONTRACTS))
RULES = [(case, rule) for case in CASES for rule in case.sheet.rules]
each_case = pytest.mark.parametrize("case", CASES, ids=str)


@each_case
def test_the_example_is_accepted_without_a_finding(case: Case) -> None:
    assert case.example, "a sheet has an example"
    judged = case.judge(case.example)
    assert judged.findings == ()
    has_symbol = case.contract.symbols & set(case.example.values())  # which is pydantic's to read
    if not has_symbol and not any(column.type == "rating" or column.words for column in case.sheet.columns):
        assert case.screen(case.example) != [None]


@pytest.mark.parametrize(("case", "rule"), RULES, ids=lambda one: getattr(one, "code", str(one)))
def test_what_breaks_a_rule_breaks_that_rule_and_no_other(case: Case, rule: Rule) -> None:
    texts = case.example | rule.breaks
    judged = case.judge(texts)
    assert [(finding.code, finding.severity) for finding in judged.findings] == [(rule.code, rule.severity)]
    assert "{" not in judged.findings[0].message
    assert case.screen(texts) == [None]


@each_case
def test_a_value_outside_its_bounds_is_said(case: Case) -> None:
    columns = [column for column in case.sheet.columns if not (column.pattern and column.words)]
    outside = [(column, bound - 1) for column in columns if (bound := column.minimum) is not None]
    outside += [(column, bound + 1) for column in columns if (bound := column.maximum) is not None]
    rows = [case.example | {column.name: _printed(case, column, value)} for column, value in outside]
    for (column, _), row in zip(outside, rows, strict=True):
        findings = case.judge(row).findings
        assert (column.rule or "out_of_bounds", column.outside) in [(one.code, one.severity) for one in findings]
    assert not rows or case.screen(*rows) == [None] * len(rows)


def _printed(case: Case, column: Column, value: Decimal) -> str:
    """How a cell of the column has this value."""
    if not column.pattern:
        return f"{value}%" if column.type == "percent" else str(value)
    assert column.example, f"{column.name} has a pattern, and needs an example"
    inside = case.judge(case.example).values[column.name].value
    return column.example.replace(str(inside.normalize()), str(value))


@each_case
def test_what_is_required_is_missed(case: Case) -> None:
    for column in case.sheet.columns:
        codes = [finding.code for finding in case.judge(case.example | {column.name: ""}).findings]
        if not column.required:
            assert codes == []
        else:
            assert codes == (["not_supplied"] if column.is_figure or column.type == "rating" else [column.rule or "required"])


@each_case
def test_breakdowns_are_codes(case: Case) -> None:
    """A breakdown that a column names is a code in small letters, or of a list; one that rows name is of a list."""
    listed = {code.code for codes in CONTRACTS.codes.values() for code in codes.codes}
    for column in case.sheet.columns:
        if column.breakdown:
            assert column.breakdown == column.breakdown.lower() or column.breakdown in listed
            assert " " not in column.breakdown
        if column.key == "breakdown":
            assert column.codes in CONTRACTS.codes
            assert case.sheet.breakdown_type


@each_case
def test_every_column_says_what_it_is(case: Case) -> None:
    assert case.contract.description
    assert all(column.description for column in case.sheet.columns)
    assert all(column.unit for column in case.sheet.columns if column.is_figure)


HOSTILE = st.sampled_from(
    [
        "", "0", "-0", "+5", "-2", "1,234", "1,23", "12.0", "12.5", "12%", "12 %", "0.4", "0.4%", "1", "1%", "100",
            "100.01%", "1e5", "١٢",
        "5 or under", "Fewer than 5", "<=5", "85%-100%", "#REF!", "#FORMULA", "#x", "Err:502", "err:502", "Not held", "none",
            "three",
        "999999999999999", "9999999999999999", "0.00000000005", "40.62500000001", "31/02/2015", "31/03/2015", "1/4/2014",
            "01/01/0000",
        "0000-01-01", "2014-04", "2014-06-30", "2014-06-30 00:00:00", "Apr", "APRIL", "Apr-14", "Jul", "Jan", "TOTAL",
            "to-tal", "Аpr",
        "'; drop table x; --", "{x}", "\\", "%", "a\tb", "K", "ſ", "İ", "neglect", "NEGLECT", "N eglect", "E10000003",
            "0-17", "all",
        "White British", "WBRI - British", "Not recorded", "Green", "CPFT", "ccs", "ННСТ", "nearly 30",
            "Eldest: 18 yrs. old", "-", "c", "x",
    ]
)  # fmt: skip
FIGURES = (
    st.integers(-3, 120).map(str) | st.decimals(-5, 105, places=2).map(str) | st.decimals(0, 100, places=2).map("{}%".format)
)


def rows(case: Case) -> st.SearchStrategy[dict[str, str]]:
    """Rows of the sheet: each cell its example, a spelling of its list, a figure, or something hostile."""

    def cell(column: Column) -> st.SearchStrategy[str]:
        own = [case.example[column.name], column.example or "", *column.words, *column.total]
        if column.codes:
            listed = CONTRACTS.codes[column.codes].codes
            own += [text for code in listed for text in (code.code, code.label, *code.spellings)]
        if column.type == "month":
            own += [f"{m.start:{form}}" for m in case.period.months() for form in ("%b", "%B", "%b-%y", "%Y-%m", "%Y-%m-%d")]
        likely = FIGURES if column.is_number else st.sampled_from(own)
        return st.sampled_from(own) | likely | HOSTILE | st.text(max_size=8)

    return st.fixed_dictionaries({}, optional={c.name: cell(c) for c in case.sheet.columns}).map(
        lambda some: case.example | some
    )


def alike(one: Any, other: Any) -> bool:
    return bool(one == other) and type(one) is type(other)


@each_case
def test_both_judges_say_the_same_of_every_row(case: Case) -> None:
    """What the screen lets through has no finding and pydantic's own values."""

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(rows(case), min_size=4, max_size=6))
    def agree(drawn: list[dict[str, str]]) -> None:
        drawn = [{name: " ".join(text.split()) for name, text in row.items()} for row in drawn]  # as the reader gives them
        for texts, screened in zip(drawn, case.screen(*drawn), strict=True):
            judged = case.judge(texts)
            if screened is not None:
                assert judged.findings == ()
                assert judged.values.keys() == screened.values.keys()
                assert [name for name in judged.values if not alike(judged.values[name], screened.values[name])] == []
            elif not judged.findings:
                assert _pydantics(case, texts, judged), "the screen stopped a row for nothing"

    agree()


def _word(column: Column, text: str) -> bool:
    found = re.fullmatch(column.pattern, text, re.ASCII) if column.pattern else None
    return bool({text.lower(), found[1].lower() if found else ""} & set(column.words))


def _pydantics(case: Case, texts: dict[str, str], judged: Judged) -> bool:
    """Whether the row has something that only pydantic reads, however right.

    A spelling, a word (perhaps inside a pattern) or symbol for a number, a bound, a number too large or too long, a rating, a
    month, a total, a text that begins like an error.
    """
    for column in case.sheet.columns:
        value, text = judged.values[column.name], texts[column.name]
        if column.type in ("month", "code", "rating"):
            return True
        if isinstance(value, Figure) and column.is_number:
            if value.value is None or _word(column, text):
                return True
            if abs(value.value) > 999_999_999 or len(text.partition(".")[2].rstrip("% ")) > 8:
                return True
        if column.type in ("date", "text", "identifier") and (
            text.endswith(" 00:00:00") or text.lower().startswith(("#", "err:"))
        ):
            return True
    return False
