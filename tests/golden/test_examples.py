"""Each question of `sql/examples`, run alone on a real warehouse, gives the answer that was checked against what was printed.

The warehouse is the example Board's; where the question needs the DfE's tables, one of two years of every council.

To renew a golden file after a change that is meant: `RENEW=1 pytest tests/golden`, then check the difference by hand.
"""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
QUESTIONS = sorted((ROOT / "sql/examples").glob("*.sql"))
NEEDS_EVERY_COUNCIL = "-- Needs the DfE's tables of every council"


def asked(question: Path, request: pytest.FixtureRequest) -> Path:
    """The warehouse that can answer it."""
    of_every_council = NEEDS_EVERY_COUNCIL in question.read_text("utf-8")
    warehouse: Path = request.getfixturevalue("every_council" if of_every_council else "real_warehouse")
    return warehouse


def test_there_are_twenty_questions_and_each_has_an_answer() -> None:
    assert [question.stem for question in QUESTIONS] == sorted(
        answer.stem for answer in (ROOT / "tests/golden/examples").glob("*.csv")
    )
    assert len(QUESTIONS) >= 20


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_the_question_has_its_answer(question: Path, request: pytest.FixtureRequest, renew: bool) -> None:
    text = question.read_text("utf-8")
    assert text.startswith("-- ")
    assert text.splitlines()[0].endswith("?")
    with duckdb.connect(asked(question, request), read_only=True) as connection:
        answer = connection.sql(text).df().to_csv(index=False)
    golden = ROOT / "tests/golden/examples" / f"{question.stem}.csv"
    if renew:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(answer, "utf-8")
    assert answer == golden.read_text("utf-8")


def test_each_question_runs_alone_in_the_duckdb_shell(request: pytest.FixtureRequest) -> None:
    shell = Path(sys.executable).with_name("duckdb")
    for question in QUESTIONS:
        done = subprocess.run(
            [str(shell), "-readonly", "-csv", str(asked(question, request))],
            input=question.read_text("utf-8") + ";",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 1, question.name
