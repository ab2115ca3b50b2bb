"""The dictionary that people read: a page for each return, topic of indicators and code list, and one for the
published tables; all made from contracts, indicators and the comments of the SQL. JSON Schemas beside."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.contract import Contracts, Return
from lscb_data.disk import write_whole
from lscb_data.indicator import Indicator, Topic
from lscb_data.label import IN_WORDS
from lscb_data.sheet import Sheet
from lscb_data.sql_files import Table
from lscb_data.target import Target
from lscb_data.wording import checks, example, heading, kind, said

LABELS = "YYYY is the calendar year in which the financial year begins: of 2014-15, YYYY is 2014 and YYYY+1 is 2015."
MADE = "<!-- Made by `lscb docs`: change the contract, not this page. -->"
SCHEMAS: Mapping[str, type[BaseModel]] = {"return.schema.json": Return, "indicators.schema.json": Topic}
Indicators = Mapping[str, tuple[str, Indicator]]


def write(out: Path, contracts: Contracts, indicators: Indicators, published: Sequence[Table]) -> list[Path]:
    """Write every page and schema under `out`, and take away pages of what is no more. The paths written."""
    made = pages(contracts, indicators, published) | schemas()
    for path in sorted(out.glob("**/*.md")):
        if path.relative_to(out).as_posix() not in made and path.read_bytes().startswith(MADE.encode()):
            path.unlink()
    for name, text in made.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    return [out / name for name in made]


def schemas() -> dict[str, str]:
    """The JSON Schema of each kind of YAML file, by file name."""
    return {
        name: json.dumps(model.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"
        for name, model in SCHEMAS.items()
    }


def pages(contracts: Contracts, indicators: Indicators, published: Sequence[Table]) -> dict[str, str]:
    """Every page of Markdown by its path. The same contracts give the same pages, to the letter."""
    made: dict[str, list[str]] = {}
    for name, contract in sorted(contracts.returns.items()):
        made[f"returns/{name}.md"] = list(_return(contract, indicators))
    for topic in sorted({topic for topic, _ in indicators.values()}):
        of_topic = [indicator for its, indicator in indicators.values() if its == topic]
        made[f"indicators/{topic}.md"] = list(_topic(topic, of_topic, contracts))
    for name, codes in sorted(contracts.codes.items()):
        made[f"codes/{name}.md"] = list(_codes(codes))
    if published:
        made["published.md"] = list(_published(published))
    made["index.md"] = list(_index(contracts, indicators, published))
    return {name: "\n".join([MADE, "", *lines]).rstrip() + "\n" for name, lines in made.items()}


def _index(contracts: Contracts, indicators: Indicators, published: Sequence[Table]) -> Iterator[str]:
    yield from ("# Dictionary", "", "## Returns", "")
    yield from _table(
        ("Return", "Agency", "How often", "Grain"),
        [(f"[{c.title}](returns/{name}.md)", c.agency, c.frequency, c.grain) for name, c in sorted(contracts.returns.items())],
    )
    yield from ("", "## Indicators", "")
    yield from _table(
        ("Indicator", "Title", "Unit"),
        [(f"[{code}](indicators/{topic}.md#{code})", one.title, one.unit) for code, (topic, one) in indicators.items()],
    )
    yield from ("", "## Code lists", "")
    yield from (f"- [{name}](codes/{name}.md): {len(codes.codes)} codes" for name, codes in sorted(contracts.codes.items()))
    if published:
        yield from ("", "## Published tables", "")
        yield from (f"- [{table.full_name}](published.md#{table.name}): {table.comment}" for table in published)


def _return(contract: Return, indicators: Indicators) -> Iterator[str]:
    yield from (f"# {contract.title}", "", f"`{contract.return_}`. {contract.description}", "")
    expected = f"{contract.frequency}{f', from {contract.since}' if contract.since else ''}"
    expected += f" until {contract.until}" if contract.until else ""
    expected += f"; due {contract.due.days} days after the period's end"
    again = {"year": "the year's earlier months", "series": "all periods before"}.get(contract.cumulative or "", "")
    facts = {
        "Agency": contract.agency,
        "Grain": contract.grain,
        "Expected": expected,
        "May repeat": again and f"{again}; what is changed in them is a restatement",
        "Taken as": ", ".join(contract.formats),
        "Source": contract.source or "",
        "Shown whole": contract.public or "",
        "Not there is written": ", ".join(f"`{symbol}` ({status})" for symbol, status in contract.missing.items()),
    }
    yield from (f"- {name}: {text}" for name, text in facts.items() if text)
    yield f"- Template: `lscb template {contract.return_}`"
    lines = [line for sheet in contract.sheets for line in _sheet(sheet.worded(IN_WORDS), indicators)]
    if any("YYYY" in line for line in lines):
        yield from ("", LABELS)
    yield from lines


def _sheet(sheet: Sheet, indicators: Indicators) -> Iterator[str]:
    facts = "; ".join(f"{name.replace('_', ' ')} {fact}" for name, fact in sheet.facts.items())
    only = f" Quarter {', '.join(map(str, sheet.quarters))} only." if len(sheet.quarters) < 4 else ""
    yield from (
        "",
        f"## Sheet {sheet.names[0]}",
        "",
        f"{sheet.description}. Layout: {sheet.layout}.{only}{f' Of every row: {facts}.' if facts else ''}",
        "",
    )
    yield from _table(
        ("Column or line", "What it is", "Kind", "Gives", "Example"),
        [
            (
                heading(c),
                c.description,
                _kind(c),
                _gives(c, indicators),
                example(c, sheet),
            )
            for c in sheet.columns
        ],
    )
    rows = [(one.code, str(one.severity), said(one.message, sheet), one.fix) for one in checks(sheet)]
    if rows:
        yield from ("", "Checked beside each cell:", "")
        yield from _table(("Check", "Severity", "Finding", "What to do"), rows)
    if notes := [*sheet.footnotes, *(f"{heading(c)}: {c.note}" for c in sheet.columns if c.note)]:
        yield from ("", "To bear in mind:", "", *(f"- {note}" for note in notes))


def _kind(column: Column) -> str:
    words = kind(column)
    if column.codes:
        words = words.replace(column.codes, f"[{column.codes}](../codes/{column.codes}.md)", 1)
        words += "" if column.type == "code" else f" on the list [{column.codes}](../codes/{column.codes}.md)"
    words += "".join(f", {way} {bound}" for way, bound in (("from", column.since), ("until", column.until)) if bound)
    return words + (", identifier: pseudonymised on loading" if column.identifier else "")


def _gives(column: Column, indicators: Indicators) -> str:
    gives = [f"`{name}`" for name in column.measures if not column.figures]
    printed = [name for name in column.indicators_printed if name in indicators]
    gives += [f"printed: [{name}](../indicators/{indicators[name][0]}.md#{name})" for name in printed]
    return ", ".join(gives) or (f"key: {column.key}" if column.key else "")


def _topic(topic: str, indicators: Sequence[Indicator], contracts: Contracts) -> Iterator[str]:
    yield f"# Indicators: {topic.replace('_', ' ')}"
    for one in indicators:
        below = " + ".join(f"`{name}`" for name in one.denominator)
        facts = {
            "Kind": f"{one.kind}, in {one.unit}, {one.places} decimal places",
            "Numerator": " + ".join(f"`{name}`" for name in one.numerator),
            "Denominator": below or (f"residents {one.population.words}" if one.kind == "rate" else ""),
            "Broken down by": ", ".join(one.breakdown_types),
            "Better": "" if one.polarity == "neither" else one.polarity.removesuffix(" is better"),
            "Source": one.source,
            "Supplied by": ", ".join(_suppliers({*one.numerator, *one.denominator}, contracts)),
            "Bear in mind": one.caveats or "",
            "Targets": " ".join(_target(target) for target in one.targets),
            "Charts reckoned anew": "; ".join(
                f"from {at.from_} ({at.decided_by}, {at.decided_on}: {at.reason})" for at in one.rebased
            ),
        }
        yield from (
            "",
            f'<a id="{one.code}"></a>',
            "",
            f"## {one.title}",
            "",
            f"`{one.code}`. {one.definition}",
            "",
        )
        yield from (f"- {name}: {text}" for name, text in facts.items() if text)


def _target(target: Target) -> str:
    held = f"from {target.from_}" + (f" until {target.until}" if target.until else "")
    where = f" in {target.area}" if target.area else ""
    return f"{target.says} {target.set_by}, {held}{where} ({target.source}); {target.rule or 'no rule for a colour'}."


def _suppliers(measures: set[str], contracts: Contracts) -> Iterator[str]:
    for name, contract in sorted(contracts.returns.items()):
        sheets = [s.names[0] for s in contract.sheets if measures & {name for c in s.columns for name in c.measures}]
        if sheets:
            yield f"[{contract.title}](../returns/{name}.md) ({', '.join(sheets)})"


def _codes(codes: CodeList) -> Iterator[str]:
    yield from (f"# Codes: {codes.name}", "")
    yield from _table(
        ("Code", "Label", "Also read as it", "Asked about, because it"),
        [
            (one.code, one.label, " | ".join((*one.spellings, *(f"{c} (until {d})" for c, d in one.former))), one.query)
            for one in codes.codes
        ],
    )


def _published(tables: Sequence[Table]) -> Iterator[str]:
    yield "# Published tables"
    for table in tables:
        yield from ("", f'<a id="{table.name}"></a>', "", f"## {table.full_name}", "", table.comment, "")
        yield from _table(("Column", "What it is"), [(f"`{name}`", text) for name, text in table.columns.items()])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; bars and new lines in a cell would break it."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield "| " + " | ".join(" ".join(str(text).split()).replace("|", "\\|") for text in row) + " |"
