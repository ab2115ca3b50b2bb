"""The peer on the same engine: dbt builds the marts of plans in DuckDB, and its tests judge them.

Its tests run after a model is built and say how many rows fail; they set no row aside. Two threads, as this machine has cores.
"""

import csv
import json
import os
import sys
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner
from rules import LISTS, spellings

PROJECT = Path(__file__).with_name("dbt")


def main(given: Path, out: Path) -> None:
    database = out / "peer.duckdb"
    os.environ["PEER_DATABASE"] = str(database)
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(out / "target")]
    with (out / "spellings.csv").open("w", encoding="utf-8", newline="") as lines:
        rows = [(of, word, code) for of in sorted(set(LISTS.values())) for word, code in spellings(of).items()]
        csv.writer(lines).writerows([("list", "word", "code"), *rows])
    said = json.dumps({"plans_csv": str(given), "spellings_csv": str(out / "spellings.csv")})
    done = dbtRunner().invoke(["--log-path", str(out), "--quiet", "build", *where, "--vars", said])
    if not done.success:
        sys.exit(f"dbt: {done.exception or 'a model or a test failed; see what it printed'}")
    with duckdb.connect(str(database)) as connection:  # dbt still holds it in this process, so not read-only
        connection.execute("copy (from answers) to $out", {"out": str(out / "answers.parquet")})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
