"""What the command line prints: plain tables for people, CSV and JSON for programs."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import chain
from typing import Any, TextIO

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from lscb_data.compare import Compared
from lscb_data.explain import Explained, Explanation
from lscb_data.finding import Finding
from lscb_data.judgement import Judgement
from lscb_data.remarks import limits
from lscb_data.rounding import plainly
from lscb_data.status import Standing, counted
from lscb_data.summary import Summary
from lscb_data.trace import Step
from lscb_data.verification import Verification

WIDTH = 160  # where the output is not a screen
MOST = 200  # rows of an answer that a screen is given
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes a cell that begins so for
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*%?")
FINDING = ("severity", "file", "sheet", "cell", "message", "fix")


def console(stream: TextIO | None = None) -> Console:
    """Where to print for people: nothing in a supplier's text is taken for markup."""
    out = stream or sys.stdout
    return Console(
        file=out,
        markup=False,
        highlight=False,
        emoji=False,
        width=None if out.isatty() else WIDTH,
        soft_wrap=False,
    )


def say(text: str) -> None:
    console().print(plain(text), soft_wrap=True)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    columns = [Column(name, overflow="fold") for name in head]
    shown = Table(*columns, title=title, title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    for row in rows:
        shown.add_row(*(plain(cell) for cell in row))
    console().print(shown)


def plain(value: Any) -> str:
    """A value as text: nothing for none, no closing noughts, no character that a terminal would obey."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plainly(value)
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in str(value))


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """As CSV that a spreadsheet may open: a text that it would take for a formula begins with an apostrophe."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for row in chain([head], rows):
        writer.writerow([_inert(cell) for cell in row])


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def as_json(rows: Iterable[dict[str, Any]]) -> None:
    json.dump(list(rows), sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def comparison(compared: Compared, csv: bool) -> None:
    """A line for each period, group and basis; for people with what keeps the two from being quite alike below."""
    if csv:
        as_csv(list(compared.rows[0]), (list(row.values()) for row in compared.rows))
        return
    title, unit = compared.indicator["title"], compared.rows[0]["unit"]
    say(f"{title} ({compared.indicator['indicator']}), {unit}: {compared.area}")
    vintages = "; ".join(sorted({one for row in compared.rows if row["vintage"] for one in row["vintage"].split("; ")}))
    _facts({"Definition": compared.indicator["definition"], "Estimates": vintages})
    noted = {note: mark for mark, note in enumerate(dict.fromkeys(row["note"] for row in compared.rows if row["note"]), 1)}
    table(
        ("period", "breakdown", "value", "95% limits", "group", "basis", "group's", "members", compared.area + " is", "note"),
        (
            (
                row["period"],
                row["breakdown"],
                row["status"] if row["value"] is None else row["value"],
                "" if row["lower_95"] is None else f"{plain(row['lower_95'])} to {plain(row['upper_95'])}",
                row["group_title"],
                row["basis"],
                row["group_value"],
                "" if row["members"] is None else f"{row['members_known']} of {row['members']}",
                row["comparison"],
                noted.get(row["note"], ""),
            )
            for row in compared.rows
        ),
    )
    for note, mark in noted.items():
        say(f"{mark}: {note}")


def check(judged: Judgement, file: str, form: str) -> None:
    """The findings of a check; for people also what would become of the file."""
    findings = [
        finding.at(file=file, return_=judged.contract.return_, period=str(judged.period)) for finding in judged.findings
    ]
    if form == "json":
        as_json(finding.as_dict() for finding in findings)
    elif form == "csv":
        as_csv(list(_columns()), ([one.as_dict()[name] for name in _columns()] for one in findings))
    else:
        say(f"{file}: {judged.contract.title} ({judged.contract.return_}), {judged.period}")
        if findings:
            table(FINDING, ([one.as_dict()[name] for name in FINDING] for one in findings))
        say(_outcome(judged))


def unreadable(finding: Finding, form: str) -> None:
    """The one finding on a file that cannot be read at all."""
    if form == "json":
        as_json([finding.as_dict()])
    elif form == "csv":
        as_csv(list(_columns()), [list(finding.as_dict().values())])
    else:
        say(f"{finding.file}: {finding.message} {finding.fix}")


def _columns() -> Iterable[str]:
    return Finding("", None, "", "").as_dict()  # type: ignore[arg-type]  # only its names are wanted


def _outcome(judged: Judgement) -> str:
    rows = f"{judged.received:,} rows = {judged.accepted:,} accepted + {judged.rejected:,} set aside"
    if judged.refused:
        return f"It would be refused: put the blockers right and check it again. {rows}."
    if judged.rejected:
        return f"It would be loaded without the rows set aside. {rows}."
    return f"It would be loaded whole. {rows}." + (" Put the queries right, or explain them." if judged.findings else "")


def summary(done: Summary, blockers: Iterable[dict[str, Any]]) -> None:
    """What a load came to."""
    counts = {"expected": done.expected, "received": done.received, "accepted": done.accepted}
    counts |= {"refused": done.refused, "missing": done.missing}
    table(("Returns", ""), [(name, len(of)) for name, of in counts.items()])
    say(f"{done.rows_received:,} rows in = {done.rows_accepted:,} accepted + {done.rows_rejected:,} rejected")
    say("Findings: " + ", ".join(f"{number:,} {severity}" for severity, number in done.findings.items()))
    if found := [[one[name] for name in FINDING[1:]] for one in blockers]:
        table(FINDING[1:], found, "Refused, because of")
    for title, lines in (("Headline figures", done.headlines), ("What to do next", done.next_steps)):
        if lines:
            say(f"\n{title}")
            for line in lines:
                say(f"  {line}")


def status(standings: Sequence[Standing], findings: Sequence[dict[str, Any]]) -> None:
    table(
        ("Period", "Return", "State", "Due", "Files", "Last received"),
        [
            (
                s.period,
                s.contract.return_,
                s.state,
                s.due,
                s.submissions,
                f"{s.last_received:%Y-%m-%d}" if s.last_received else "",
            )
            for s in standings
        ],
        "Returns",
    )
    say(", ".join(f"{number} {state}" for state, number in counted(standings).items()) or "Nothing was received yet.")
    if findings:
        head = ("severity", "finding_id", "period", "return", "sheet", "cell", "message", "fix")
        table(head, [[one[name] for name in head] for one in findings], "\nOpen findings")


def explanation(found: Explanation) -> None:
    one = found.indicator
    say(f"{one['title']} ({one['indicator']})")
    facts = {
        "Definition": one["definition"],
        "Source": one["source"],
        "Kind": f"{one['kind']}, in {one['unit']}",
        "Numerator": " + ".join(one["numerator"] or []),
        "Denominator": " + ".join(one["denominator"] or []) or one.get("population"),
        "Bear in mind": one["caveats"],
    }
    _facts(facts)
    if found.values:
        head = (
            "period",
            "area",
            "provider",
            "breakdown",
            "numerator",
            "denominator",
            "value",
            "qualifier",
            "as_printed",
            "status",
        )
        table(
            (*head, "95% limits"),
            [[*(row[name] for name in head), (limits(row) or "").partition(" (")[0]] for row in found.values],
            "\nValues",
        )
        say("Add a period to see the cells that a value came from.")
    for value in found.explained:
        _explained(value)


def steps(found: Sequence[Step], in_json: bool = False) -> None:
    """The way of a figure, each step further in than the one that it is behind."""
    if in_json:
        as_json([asdict(step) for step in found])
        return
    for step in found:
        said = "; ".join(plain(text) for text in (step.where, step.said, step.remark) if text)
        say(f"{'  ' * step.depth}{step.what}: {said}")


def _facts(facts: dict[str, Any]) -> None:
    for name, text in facts.items():
        if text not in (None, ""):
            say(f"  {name + ':':<15}{plain(text)}")


def _of_sex(sex: str) -> str:
    return "" if sex == "all" else f", {sex},"


def _explained(found: Explained) -> None:
    value, people = found.value, found.population
    of = ", ".join(
        plain(value[name]) for name in ("provider", "breakdown_type", "breakdown") if value[name] not in (None, "all")
    )
    say(f"\n{value['area']}, {value['period']}{f' ({of})' if of else ''}")
    _facts(
        {
            "Value": f"{plain(value['value'])} {value['unit']}" if value["value"] is not None else value["qualifier"],
            "95% limits": limits(value),
            "As printed": value["as_printed"],
            "Status": value["status"] if value["status"] != "reported" else "",
            "Numerator": value["numerator"],
            "Denominator": value["denominator"],
            "Population": people
            and f"{people['population']:,} aged {people['age_range']}{_of_sex(people['sex'])} on {people['reference_date']},"
            f" based on the census of {people['census_base']} ({people['source']})",
            "Note": value["note"],
        }
    )
    for remark in found.remarks:
        _facts(dict([remark]))
    if found.cells:
        head = ("of", "as it stands there", "cell", "submission")
        rows = [(c["of_what"], c["printed"], c["cell"], c["submission_id"]) for c in found.cells]
        table(head, rows, "\nCells")
    if found.findings:
        of_findings = ("severity", "cell", "message", "fix", "explanation", "finding_id")
        table(of_findings, [[one[name] for name in of_findings] for one in found.findings], "\nFindings on these cells")


def verification(found: Verification) -> None:
    """What was verified, as a page to sign."""
    facts = {
        "Board": found.board,
        "Verified": f"{found.at:%d %B %Y, %H:%M:%S} UTC, by lscb-data {found.software}",
        "Warehouse": found.build or "nothing was loaded yet",
        "SHA-256": found.build_sha256,
        "Evidence": f"{found.evidence_sha256} (SHA-256 of receipts, decisions and what was published)",
    }
    _facts(facts)
    head = ("", "law", "what was checked", "of")
    table(head, [("ok" if one.ok else "NOT OK", one.law, one.asks, f"{one.counted:,}") for one in found.checks])
    for one in found.checks:
        if not one.ok:
            say(f"{one.asks} NOT OK: {one.fix}")
            for wrong in one.wrong[:MOST]:
                say(f"  {wrong}")
            if len(one.wrong) > MOST:
                say(f"  and {len(one.wrong) - MOST:,} more: --format json")
    faults = sum(not one.ok for one in found.checks)
    say(f"{len(found.checks)} checks: " + (f"{faults} NOT OK." if faults else "all well."))
    say("\nSigned: ______________________________   Name: ______________________________   Date: ______________")
