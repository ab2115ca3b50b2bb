"""Synthetic returns written as files: lists as CSV, workbooks of Annex A, the census; and beside them the ledger.

One council after another is drawn, written and forgotten, so that the size of what is made is bounded by the disk alone.
"""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lscb_data.finding import UserError
from lscb_data.synth import Asked, Council, councils, day
from lscb_data.synth_census import census
from lscb_data.synth_faults import Fault, Planted, plant_enquiries, plant_plans
from lscb_data.synth_texts import DATES, enquiry_texts, plan_texts
from lscb_data.synth_truth import truth

ENCODINGS = {"utf-8": "utf-8", "utf-8-mark": "utf-8-sig", "windows-1252": "cp1252"}
MARKS = {"comma": ",", "semicolon": ";", "tab": "\t"}
SHEETS = (
    ("List 7", "List 5"),
    ("List_7", "List_5"),
    ("List 7 CP", "List 5 - s47"),
    ("Child protection plans", "Section 47 enquiries"),
)
TITLES: tuple[tuple[str, ...], ...] = ((), ("SYNTHETIC - no real child",), ("SYNTHETIC - no real child", "", "Ofsted Annex A"))
LEDGER = pa.schema(
    [
        ("file", pa.string()), ("sheet", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("code", pa.string()),
        ("severity", pa.string()), ("set_aside", pa.bool_()),
    ]
)  # fmt: skip
RAGGED = "SYN0000000,M"  # a row with too few cells
README = """SYNTHETIC returns: no child, plan or enquiry in this folder is real. Every child's number begins with SYN.

{plans:,} plans of {councils} councils, from {first} to {until}; seed {seed}, {share:.1%} of children with a planted fault.
Every file holds all that began on or after {first}, so receive it with `--covers-from {first}` (the census: plans of its own
year, with all their reviews). Judge it for the period that ends on {until}.

planted.parquet  each planted fault: where it stands, the code under which it must be found, whether the row is set aside;
                 plans_doubled and plans_overlapping are found once the file is loaded. Nothing else may be accused.
truth.parquet    the true answer to every measure from {begins}, by council, period and breakdown, rows set aside left out;
                 a part (breakdown) that is not there is 0.

Rates and shares: DfE, Characteristics of children in need 2024, Crown copyright, Open Government Licence v3.0.
Shares of age, ethnicity, siblings, transfers and assessments are assumed; they are not in that release.
"""


@dataclass(frozen=True)
class Form:
    """How files are written; `rotate`: each council in a file of its own, and in another form than the one before."""

    layouts: tuple[str, ...] = ("csv",)
    encoding: str = "utf-8"
    mark: str = "comma"
    dates: str = "uk"
    rotate: bool = False
    enquiries: bool = True
    ragged: bool = True
    truth: bool = True


@dataclass
class List:
    """A list that is being written, and how many rows of it there are by now, the heading included."""

    path: Path
    file: BinaryIO
    form: Form
    rows: int = 0

    def add(self, texts: pa.Table) -> None:
        buffer = io.BytesIO()
        options = pa_csv.WriteOptions(
            include_header=not self.rows, delimiter=MARKS[self.form.mark], quoting_style="none", quoting_header="none"
        )
        pa_csv.write_csv(texts, buffer, options)
        encoding = ENCODINGS[self.form.encoding]
        if not self.rows and encoding == "utf-8-sig":
            self.file.write(b"\xef\xbb\xbf")
        plain = buffer.getbuffer()
        self.file.write(bytes(plain).decode("utf-8").encode("cp1252") if encoding == "cp1252" else plain)
        self.rows += texts.num_rows + (not self.rows)

    def add_ragged(self) -> None:
        self.file.write((RAGGED.replace(",", MARKS[self.form.mark]) + "\n").encode())
        self.rows += 1


def write(asked: Asked, faults: float, form: Form, out: Path) -> int:
    """Everything that is asked for, in the folder: the number of plans.

    Raises UserError where the folder holds something already.
    """
    if out.exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty; name another folder with --out.")
    out.mkdir(parents=True, exist_ok=True)
    last, number = day(asked.until), 0
    with ExitStack() as stack:
        ledger = stack.enter_context(pq.ParquetWriter(out / "planted.parquet", LEDGER, compression="zstd"))
        answers: pq.ParquetWriter | None = None
        lists: dict[str, List] = {}
        for turn, council in enumerate(councils(asked, form.enquiries)):
            number += len(council.plans)
            rng = np.random.default_rng([asked.seed, 1, *council.code.encode()])
            plans = plant_plans(rng, council.plans, last, faults)
            enquiries = plant_enquiries(rng, council.enquiries, last, faults if form.enquiries else 0)
            here = _form(form, turn)
            if "csv" in form.layouts:
                _lists(out, lists, stack, council, asked, (plans, enquiries), here, ledger)
            if "xlsx" in form.layouts:
                _workbook(out, council, asked, (plans, enquiries), turn, ledger)
            if "xml" in form.layouts:
                path = out / f"csc__cin_census-{council.code}.xml"
                for sheet, found in census(path, council, asked.until, plans, enquiries).items():
                    ledger.write_table(_found(found, path, sheet, 1))
            if form.truth:
                kept = council.plans.take(plans.kept), council.enquiries.take(enquiries.kept)
                table = pa.Table.from_pandas(truth(council.code, *kept, asked.begins, asked.until), preserve_index=False)
                answers = answers or stack.enter_context(
                    pq.ParquetWriter(out / "truth.parquet", table.schema, compression="zstd")
                )
                answers.write_table(table)
        for one in lists.values() if form.ragged and faults else ():
            one.add_ragged()
            ledger.write_table(_found([Fault(one.rows, "row_ragged", None, "error", True)], one.path, one.path.stem, 0))
    told = README.format(
        plans=number,
        councils=len(asked.councils),
        first=asked.time_begins,
        until=asked.until,
        seed=asked.seed,
        share=faults,
        begins=asked.begins,
    )
    (out / "README.txt").write_text(told, "utf-8")
    return number


def _form(form: Form, turn: int) -> Form:
    """By turns every encoding, mark and way of writing days; each turns at its own pace, so that they meet in every way."""
    if not form.rotate:
        return form
    return replace(
        form, encoding=list(ENCODINGS)[turn % 3], mark=list(MARKS)[turn // 3 % 3], dates=list(DATES)[turn % 2]
    )  # fmt: skip


def _lists(
    out: Path, lists: dict[str, List], stack: ExitStack, council: Council, asked: Asked, planted: tuple[Planted, Planted],
    form: Form, ledger: Any,
) -> None:  # fmt: skip
    """The council's rows, added to the national lists or, by turns, in lists of its own."""
    national = len(asked.councils) > 1
    texts = {"csc__annex_a_list_7": (plan_texts(council, planted[0], day(asked.until), form.dates, national), planted[0])}
    if form.enquiries:
        texts["csc__annex_a_list_5"] = enquiry_texts(council, planted[1], form.dates, national), planted[1]
    for name, (rows, faults) in texts.items():
        path = out / f"{name}{f'-{council.code}' if form.rotate else ''}.csv"
        if path.name not in lists:
            lists[path.name] = List(path, stack.enter_context(path.open("wb")), form)
        here = lists[path.name]
        ledger.write_table(_found(faults.faults, path, path.stem, max(here.rows, 1) + 1))
        here.add(rows)


def _found(faults: Any, path: Path, sheet: str, first: int) -> pa.Table:
    """The faults as the ledger has them; `first`: the number of the first row."""
    rows = [(path.name, sheet, first + one.at, one.column, one.code, one.severity, one.set_aside) for one in faults]
    return pa.Table.from_pandas(pd.DataFrame(rows, columns=LEDGER.names), LEDGER, preserve_index=False)


def _workbook(out: Path, council: Council, asked: Asked, planted: tuple[Planted, Planted], turn: int, ledger: Any) -> None:
    """One council's Annex A: sheets named and titled as they vary, days as texts as they are typed."""
    from openpyxl import Workbook

    book, path = Workbook(write_only=True), out / f"annex-a-{council.code}.xlsx"
    titles, dates = TITLES[turn % len(TITLES)], list(DATES)[turn % 2]
    tables = plan_texts(council, planted[0], day(asked.until), dates, False), enquiry_texts(council, planted[1], dates, False)
    for name, table, faults in zip(SHEETS[turn % len(SHEETS)], tables, planted, strict=True):
        sheet = book.create_sheet(name)
        for row in _cells(titles, table):
            sheet.append(row)
        ledger.write_table(_found(faults.faults, path, name, len(titles) + 2))
    book.save(path)


def _cells(titles: tuple[str, ...], table: pa.Table) -> Iterator[list[str | None]]:
    yield from ([title or None] for title in titles)
    yield list(table.column_names)
    for batch in table.to_batches(max_chunksize=10_000):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield [text or None for text in row]
