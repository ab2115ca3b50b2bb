"""What other tools take for the same file, beside ours in the same run, and whether their answers are ours.

make bench-peers SIZES="100000 1000000"

Each peer does less than a load does, and what it does not do is said beside it. Answers are compared council by council and
month by month: plans started, transfers-in included, and children with a plan open.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from records import BARE, COLUMNS, LAND, LSCB, Took, home_with, run, synthetic

PEERS = Path(__file__).with_name("peers")
PYTHON = PEERS / ".venv" / "bin" / "python"
WITHOUT = {
    "dbt_duckdb": "rows set aside, pseudonyms, cells' addresses, reviews in time, disclosure control, history",
    "pandas_gx": "rows set aside, pseudonyms, cells' addresses, reviews in time, disclosure control, history",
    "pydantic_rows": "pseudonyms, cells' addresses, all counts but two, disclosure control, history",
}
COMPARE = """
import sys
from lscb_data import connect
with connect(sys.argv[1]) as connection:
    print(*connection.execute('''
        with ours as (
            select measure, area_code, period_start as day, sure as value from marts.cp_started
            where measure = 'cp_plans_started_with_transfers' and period_type = 'month'
            union all
            select measure, area_code, period_end as day, sure as value from marts.cp_open
            where measure = 'cp_plans_open' and breakdown_type is null
        ),
        theirs as (from read_parquet($answers))
        select count(*), count(*) filter (where coalesce(ours.value, 0) <> coalesce(theirs.value, 0))
        from ours full join theirs using (measure, area_code, day)''', {'answers': sys.argv[2]}).fetchall()[0])
"""


def measure(folder: Path, rows: int) -> list[Took]:
    """The bare read, ours, then each peer; of a peer `said` is what its answers came to beside ours, and what it lacks.

    Raises SystemExit where a peer's answers are not ours: then it did other work, and its time says nothing.
    """
    key, python = "benchmark" * 5, sys.executable
    clean = synthetic(folder, rows, 0)
    bare = run("bare typed read", rows, [python, "-c", BARE.format(columns=COLUMNS), str(clean), str(folder / "b.db")], key)
    home = home_with(folder, (clean, "2023-24 Q4"))
    landed = run("read, check, pseudonymise, land", rows, [python, "-c", LAND, str(home)], key)
    home = home_with(folder, (clean, "2023-24 Q4"))
    found = [bare, landed, run("whole load to published", rows, [LSCB, "--home", str(home), "load"], key, (0, 2))]
    for name, without in WITHOUT.items():
        out = folder / f"{name}-{rows}"
        out.mkdir()
        took = run(name, rows, [str(PYTHON), str(PEERS / f"{name}.py"), str(clean), str(out)], key)
        answers = [python, "-c", COMPARE, str(home), str(out / "answers.parquet")]
        asked, differ = map(int, run("answers compared", rows, answers, key).said.split())
        if differ or not asked:
            raise SystemExit(f"{name}: {differ:,} of {asked:,} answers are not ours")
        said = f"all {asked:,} answers as ours; without {without}"
        found.append(Took(name, rows, took.seconds, took.processor, took.memory, said))
    return found


def table(found: list[Took]) -> str:
    lines = [f"{found[0].rows:,} plans"]
    for one in found:
        ratio = one.seconds / found[0].seconds
        lines.append(f"  {one.work:32}{one.seconds:8.1f} s {one.processor:8.1f} s {one.memory:7,.0f} MB {ratio:7.2f} ×")
        lines += [f"    {one.said}"] if one.work in WITHOUT else []
    return "\n".join(lines)


def main(sizes: list[int]) -> None:
    os.environ.update(GX_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1")
    every = []
    print("                                   by the clock  processor   memory  ÷ bare read")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            found = measure(Path(scratch), rows)
        print(table(found), flush=True)
        every += [
            {"work": o.work, "rows": o.rows, "seconds": o.seconds, "processor": o.processor, "memory": o.memory} for o in found
        ]
    Path(__file__).with_name("others.json").write_text(json.dumps(every, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [100_000, 1_000_000])
