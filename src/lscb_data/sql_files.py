"""The SQL of `sql/`: one file a table, its path its name, in the order in which they can be built."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp

from lscb_data import disclosure
from lscb_data.finding import UserError, first_line

SCHEMAS = ("staging", "conformed", "marts", "published", "checks", "audit")
EXAMPLES = "examples"  # questions, which are no tables
# A table that no file makes, for no SELECT can: what is read for it is read by whatever reads it.
MADE_OF: Mapping[str, frozenset[str]] = {disclosure.TABLE: disclosure.MADE_OF}


@dataclass(frozen=True)
class Table:
    """One file of `sql/`: its schema and name, its SELECT, what it says of itself, and the tables it reads."""

    schema: str
    name: str
    query: str
    comment: str
    columns: Mapping[str, str]
    reads: frozenset[str]
    asked_with: str = ""  # of a table that is asked for as NAME(asked_with): it is worked out each time
    kind: str = "table"  # or a view, of what is worked out with whatever reads it

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def file(self) -> str:
        return f"sql/{self.schema}/{self.name}.sql"


def read_table(path: Path) -> Table:
    """The table in one SQL file. Raises UserError where it is not one SELECT under a first line `-- One row per …`."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not UTF-8 text") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    return _table(path, text)


@cache
def _table(path: Path, text: str) -> Table:
    head = re.match(r"(?:--.*\n)+", text)
    lines = [line.removeprefix("--").strip() for line in head[0].splitlines()] if head else []
    if not lines or not lines[0].startswith("One row per "):
        raise UserError(f"{path}: the first line is `-- One row per …`")
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise UserError(f"{path}: is not SQL ({_where(error)})") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise UserError(f"{path}: holds more or less than one SELECT")
    reads = {f"{table.db}.{table.name}" for table in trees[0].find_all(exp.Table) if table.db in SCHEMAS}
    reads |= {source for made in reads for source in MADE_OF.get(made, ())}
    said = (re.match(r"([a-z0-9_, ]+): (.+)", line) for line in lines[1:])
    columns = {name.strip(): one[2] for one in said if one for name in one[1].split(",")}
    asked_with = next((line.removeprefix("asked with ") for line in lines if line.startswith("asked with ")), "")
    kind = "view" if "as a view" in lines else "table"
    return Table(path.parent.name, path.stem, text, lines[0], columns, frozenset(reads), asked_with, kind)


def _where(error: Exception) -> str:
    if isinstance(error, sqlglot.errors.ParseError) and error.errors:
        return f"line {error.errors[0]['line']}: {error.errors[0]['description']}"
    return first_line(error)


def tables(folders: Iterable[Path]) -> list[Table]:
    """Every table of `sql/`, in the order in which they can be built; a file in a later folder takes an earlier one's place.

    Raises UserError, naming the files, where one is no table or where they read each other in a circle.
    """
    known: dict[str, Table] = {}
    for table in (table for folder in folders for table in map(read_table, _paths(folder))):
        promised = known[table.full_name].columns if table.schema == "published" and table.full_name in known else {}
        if lost := sorted(set(promised) - set(table.columns)):
            raise UserError(f"{table.file}: lacks the columns {', '.join(lost)}, which dashboards rely on")
        known[table.full_name] = table
    order = TopologicalSorter({name: sorted(table.reads & set(known)) for name, table in sorted(known.items())})
    try:
        return [known[name] for name in order.static_order()]
    except CycleError as error:
        first, *others = [known[name].file for name in reversed(error.args[1])]
        again = f"reads {' which reads '.join(others)}, in a circle" if len(others) > 1 else "reads itself"
        raise UserError(f"{first} {again}: none of them can be built first") from None


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.sql")):
        if path.parent == folder / EXAMPLES:
            continue
        if path.parent.parent != folder or path.parent.name not in SCHEMAS[1:]:
            raise UserError(f"{path}: stands in no schema: {', '.join(SCHEMAS[1:-1])} or {SCHEMAS[-1]}")
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", path.stem):
            raise UserError(f"{path}: name it in small letters, digits and underscores")
        yield path
