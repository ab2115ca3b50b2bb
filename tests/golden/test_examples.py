"""Each question of `sql/examples`, run alone on the real warehouse, gives the answer that was checked against the report.

To renew a golden file after a change that is meant: `RENEW=1 pytest tests/golden`, then check the difference by hand.
"""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
QUESTIONS = sorted((ROOT / "sql/examples").glob("*.sql"))


def test_there_are_ten_questions_and_each_has_an_answer() -> None:
    assert [question.stem for question in QUESTIONS] == sorted(
        answer.stem for answer in (ROOT / "tests/golden/examples").glob("*.csv")
    )
    assert len(QUESTIONS) >= 10


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_the_question_has_its_answer(question: Path, real_warehouse: Path, renew: bool) -> None:
    text = question.read_text("utf-8")
    assert text.startswith("-- ")
    assert text.splitlines()[0].endswith("?")
    with duckdb.connect(real_warehouse, read_only=True) as connection:
        answer = connection.sql(text).df().to_csv(index=False)
    golden = ROOT / "tests/golden/examples" / f"{question.stem}.csv"
    if renew:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(answer, "utf-8")
    assert answer == golden.read_text("utf-8")


def test_each_question_runs_alone_in_the_duckdb_shell(real_warehouse: Path) -> None:
    shell = Path(sys.executable).with_name("duckdb")
    for question in QUESTIONS:
        done = subprocess.run(
            [str(shell), "-readonly", "-csv", str(real_warehouse)],
            input=question.read_text("utf-8") + ";",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 1, question.name
