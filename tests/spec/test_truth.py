"""The warehouse beside the true answers of synthetic returns: measures exact, planted faults found, no other accused."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.period import parse
from lscb_data.submission import receive
from lscb_data.synth import Asked
from lscb_data.synth_files import Form, write
from tests.golden.conftest import build

PLACES = (("E06000001", "805"), ("E10000003", "873"), ("E09000001", "201"))
ASKED = Asked(PLACES, plans=600)
SAME = " and ".join(
    f"truth.{name} is not distinct from counts.{name}"
    for name in ("measure", "area_code", "period_type", "period", "breakdown_type", "breakdown")
)
PLANS = {
    "cp_plans_started", "cp_plans_started_with_transfers", "cp_plans_started_first", "cp_transfers_in", "cp_reregistrations",
    "cp_reregistrations_with_transfers", "cp_reregistrations_within_24_months",
    "cp_reregistrations_within_24_months_with_transfers", "cp_reregistrations_in_year",
    "cp_reregistrations_in_year_with_transfers", "cp_plans_ended", "cp_plans_ended_two_years", "cp_plans_open",
    "cp_plans_open_two_years", "cp_plans_open_three_months",
}  # fmt: skip
CONFERENCES = {"icpc_held", "icpc_within_15_days"}
CENSUS = {"cp_plans_reviewed_in_time", "assessments_completed", "assessments_within_45_days"}


@dataclass(frozen=True)
class Loaded:
    """A warehouse of synthetic returns, with the ledger beside it as `truth` and `planted`."""

    connection: duckdb.DuckDBPyConnection
    rows: tuple[int, int, int]

    def told(self, since: str = "2021-04-01") -> dict[str, tuple[int, int]]:
        """By measure, of the true answers since that day: how many the warehouse gives, and how many of them are not so."""
        found = self.connection.execute(
            f"""select truth.measure, count(*),
                count(*) filter (where counts.value <> truth.value or truth.value not between counts.low and counts.high)
            from truth inner join marts.cp_counts as counts on {SAME}
            where truth.period_start >= date '{since}' group by truth.measure"""
        ).fetchall()
        return {measure: (many, wrong) for measure, many, wrong in found}

    def untold(self, since: str = "2021-04-01") -> dict[str, int]:
        """By measure, true answers since that day that the warehouse does not give."""
        found = self.connection.execute(
            f"""select measure, count(*) from truth
            where not exists (from marts.cp_counts as counts where {SAME}) and period_start >= date '{since}'
            group by measure"""
        ).fetchall()
        return dict(found)

    def beyond(self) -> int:
        """Figures of the years asked for that are no true answer: a part that is not there is 0."""
        found = self.connection.execute(
            f"""select count(*) from marts.cp_counts as counts
            where not exists (from truth where {SAME}) and period_start >= date '2021-04-01' and coalesce(value, high) <> 0"""
        ).fetchone()
        assert found
        return int(found[0])


@pytest.fixture
def loaded(board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Loads":
    monkeypatch.setenv("LSCB_KEY", "a key for tests, of enough letters")
    return Loads(board, contracts, tmp_path)


@dataclass(frozen=True)
class Loads:
    board: Board
    contracts: Contracts
    folder: Path

    def __call__(self, form: Form, faults: float = 0.2, asked: Asked = ASKED) -> Loaded:
        out = self.folder / "synthetic"
        write(asked, faults, form, out)
        for path in sorted(out.iterdir()):
            lists = ["csc__annex_a_list_7", "csc__annex_a_list_5"]
            returns = {".csv": [path.name[:19]], ".xlsx": lists, ".xml": ["csc__cin_census"]}.get(path.suffix, [])
            for return_ in returns:
                from_ = None if path.suffix == ".xml" else asked.time_begins
                period = parse("2023-24" if path.suffix == ".xml" else "2023-24 Q4")
                receive(self.board, path, self.contracts[return_], period, covers_from=from_)
        connection = duckdb.connect(build(self.board, self.folder / "truth.duckdb"), read_only=True)
        assert connection.execute("from staging.submissions where standing = 'refused'").fetchall() == []
        for name in ("truth", "planted"):
            connection.execute(f"create temp table {name} as from '{out / name}.parquet'")
        counts = "sum(rows_received)::bigint, sum(rows_accepted)::bigint, sum(rows_rejected)::bigint"
        (rows,) = connection.execute(f"select {counts} from staging.submissions").fetchall()
        return Loaded(connection, rows)


@pytest.mark.long
@pytest.mark.parametrize(
    ("form", "asked"),
    [(Form(), ASKED), (Form(rotate=True), ASKED), (Form(layouts=("xlsx",)), Asked(PLACES[1:2], plans=300))],
    ids=["one file", "a file a council", "the Board's own workbook"],
)
def test_every_measure_from_lists_is_exact(loaded: Loads, form: Form, asked: Asked) -> None:
    found = loaded(form, asked=asked)
    told = found.told()
    assert set(told) == PLANS | CONFERENCES
    assert {measure: wrong for measure, (_, wrong) in told.items() if wrong} == {}
    assert set(found.untold()) == CENSUS  # no list says when each review was, nor of assessments
    assert found.beyond() == 0


def test_every_row_is_accounted_for_and_every_plan_too_many_is_found(loaded: Loads) -> None:
    found = loaded(Form())
    received, accepted, rejected = found.rows
    (set_aside,) = found.connection.execute("select count(*) from planted where set_aside").fetchone() or ()
    assert (received, rejected) == (accepted + rejected, set_aside)
    for why in ("doubled", "overlapping"):
        rows = found.connection.execute("select row from conformed.cp_plans where why_not = $1 order by row", [why]).fetchall()
        assert (
            rows
            == found.connection.execute("select row from planted where code = $1 order by row", [f"plans_{why}"]).fetchall()
        )
        assert rows


@pytest.mark.long
@pytest.mark.parametrize("faults", [0, 0.2])
def test_every_measure_of_its_year_from_a_census_is_exact_or_a_range_that_holds_it(loaded: Loads, faults: float) -> None:
    found = loaded(Form(layouts=("xml",)), faults=faults)
    told = found.told("2023-04-01")
    assert {measure: wrong for measure, (_, wrong) in told.items() if wrong} == {}
    # A census does not say which plans are transfers in.
    assert set(told) >= CENSUS | CONFERENCES | {"cp_plans_open", "cp_plans_ended", "cp_reregistrations_with_transfers"}
    received, accepted, rejected = found.rows
    (set_aside,) = found.connection.execute("select count(*) from planted where set_aside").fetchone() or ()
    assert (received, rejected) == (accepted + rejected, set_aside)
    assert (rejected > 0) == (faults > 0)
    for why in ("doubled", "overlapping"):
        planted = "select file, row from planted where code = $1 order by all"
        rows = found.connection.execute(
            """select split_part(file, '/', 3), plans.row
            from conformed.cp_plans as plans
            inner join staging.submissions as submissions on plans.submission_id::varchar = submissions.submission_id
            where why_not = $1 order by all""",
            [why],
        ).fetchall()
        assert rows == found.connection.execute(planted, [f"plans_{why}"]).fetchall()
        assert bool(rows) == (faults > 0)
