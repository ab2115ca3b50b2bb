"""Synthetic returns: the same seed the same bytes, shares near the public ones, every planted fault found and no other."""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb_data.contract import Contracts
from lscb_data.intake import Intake, judge_records
from lscb_data.judgement import Judgement
from lscb_data.period import parse
from lscb_data.pseudonym import Key
from lscb_data.synth import NONE, Asked, Enquiries, Plans, councils, day, latest_review, rates
from lscb_data.synth_days import add_months, working_days
from lscb_data.synth_files import Form, write
from lscb_data.synth_truth import durations, truth

PLACES = (("E06000001", "805"), ("E10000003", "873"), ("E09000001", "201"))
ONLY_WHEN_LOADED = {"plans_doubled", "plans_overlapping"}
KEY = Key(b"0123456789abcdef0123456789abcdef")


def made(folder: Path, asked: Asked, form: Form, faults: float = 0.2) -> pd.DataFrame:
    write(asked, faults, form, folder)
    return pq.read_table(folder / "planted.parquet").to_pandas()


def judged(contracts: Contracts, path: Path, return_: str, folder: Path, period: str = "2023-24 Q4") -> Judgement:
    contract, area = contracts[return_], ("E10000003", "Cambridgeshire")
    return judge_records(
        Intake(path, contract, contracts.codes, parse(period), area, KEY, lambda sheet: folder / f"{path.name}-{sheet}.kept")
    )


def accused(found: Judgement) -> Counter[Any]:
    return Counter((one.row, one.column, one.code, str(one.severity)) for one in found.findings if one.row)


def planted(ledger: pd.DataFrame, path: Path, sheet: str | None = None) -> Counter[Any]:
    here = ledger[
        (ledger.file == path.name) & ~ledger.code.isin(ONLY_WHEN_LOADED) & ((ledger.sheet == sheet) if sheet else True)
    ]
    return Counter(
        here[["row", "column", "code", "severity"]].astype(object).where(here.notna(), None).itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    "form",
    [
        Form(),
        Form(encoding="utf-8-mark", mark="semicolon", dates="iso"),
        Form(encoding="windows-1252", mark="tab"),
        Form(ragged=False),
    ],
)
@pytest.mark.parametrize("return_", ["csc__annex_a_list_7", "csc__annex_a_list_5"])
def test_every_planted_fault_is_found_and_no_other(contracts: Contracts, tmp_path: Path, form: Form, return_: str) -> None:
    ledger = made(
        tmp_path / "out", Asked(PLACES, plans=700 if "list_7" in return_ else 250), form
    )  # of one kind fewer than are listed
    path = tmp_path / "out" / f"{return_}.csv"
    found = judged(contracts, path, return_, tmp_path)
    assert accused(found) == planted(ledger, path)
    assert found.rejected == ledger[ledger.file == path.name].set_aside.sum() > 0
    assert found.received == found.accepted + found.rejected


def test_every_kind_of_fault_is_planted(tmp_path: Path) -> None:
    ledger = made(tmp_path / "out", Asked(PLACES, plans=2000), Form())
    assert set(ledger[ledger.file == "csc__annex_a_list_7.csv"].code) == {
        "dfe_8720", "dfe_8925", "dfe_8840", "dfe_8930", "dfe_8905", "dfe_8910", "dfe_8730", "dfe_4220", "child_unknown",
        "plan_long_ago", "unborn_too_early", "no_child_any_more", "no_such_date", "dfe_8841", "row_ragged", *ONLY_WHEN_LOADED,
    }  # fmt: skip


def test_without_faults_nothing_is_accused_in_any_layout(contracts: Contracts, tmp_path: Path) -> None:
    ledger = made(tmp_path / "out", Asked(PLACES, plans=300), Form(layouts=("csv", "xlsx", "xml"), rotate=True), faults=0)
    assert ledger.empty
    paths = sorted(path for path in (tmp_path / "out").iterdir() if path.suffix in (".csv", ".xlsx"))
    assert len(paths) == 9
    for path in paths:
        returns = ["csc__annex_a_list_5"] if "list_5" in path.name else ["csc__annex_a_list_7"]
        for return_ in returns if path.suffix == ".csv" else ["csc__annex_a_list_5", "csc__annex_a_list_7"]:
            found = judged(contracts, path, return_, tmp_path)
            assert [(one.code, one.message) for one in found.findings] == []
            assert found.received > 0


def test_a_workbooks_faults_are_found_where_they_stand(contracts: Contracts, tmp_path: Path) -> None:
    ledger = made(tmp_path / "out", Asked(PLACES, plans=250), Form(layouts=("xlsx",)))
    for code, _ in PLACES:
        path = tmp_path / "out" / f"annex-a-{code}.xlsx"
        plans, enquiries = (judged(contracts, path, f"csc__annex_a_list_{n}", tmp_path) for n in (7, 5))
        assert accused(plans) + accused(enquiries) == planted(ledger, path)


def test_a_censuss_faults_are_found_where_they_stand(contracts: Contracts, tmp_path: Path) -> None:
    """By element and row: of a census there are rows of five kinds."""
    ledger = made(tmp_path / "out", Asked(PLACES, plans=1500), Form(layouts=("xml",)))
    for code, _ in PLACES:
        path = tmp_path / "out" / f"csc__cin_census-{code}.xml"
        found = judged(contracts, path, "csc__cin_census", tmp_path, "2023-24")
        sheets = {one.sheet for one in found.findings if one.row} | set(ledger.sheet)
        for sheet in sheets:
            of_sheet = Counter((f.row, f.column, f.code, str(f.severity)) for f in found.findings if f.row and f.sheet == sheet)
            assert of_sheet == planted(ledger, path, sheet), sheet
        assert found.rejected == ledger[ledger.file == path.name].set_aside.sum() > 0
    assert set(ledger.code) == {
        "dfe_8720", "dfe_8925", "dfe_8840", "dfe_8930", "dfe_8905", "dfe_8910", "dfe_8730", "dfe_1105", "dfe_8841", "dfe_8842",
        "review_in_future", "dfe_8775", "dfe_1104", "conference_in_future", "dfe_8608", "dfe_8696", "dfe_8520",
        *ONLY_WHEN_LOADED,
    }  # fmt: skip


def test_one_seed_makes_the_same_bytes_another_does_not(tmp_path: Path) -> None:
    form = Form(layouts=("csv", "xml"))

    def bytes_of(name: str, seed: int) -> dict[str, str]:
        write(Asked(PLACES, plans=200, seed=seed), 0.1, form, tmp_path / name)
        return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in (tmp_path / name).iterdir()}

    first = bytes_of("first", 1)
    assert first == bytes_of("second", 1)
    assert first["csc__annex_a_list_7.csv"] != bytes_of("third", 2)["csc__annex_a_list_7.csv"]


def test_a_council_is_the_same_whichever_others_are_asked_for() -> None:
    alone = next(councils(Asked(PLACES[:1], plans=100)))
    share = rates()["starts"][PLACES[0][0]] / sum(rates()["starts"][code] for code, _ in PLACES)
    beside = next(councils(Asked(PLACES, plans=round(100 / share))))
    assert alone.plans.started.tolist() == beside.plans.started.tolist()


def test_shares_are_near_those_of_england() -> None:
    """Within 2 percentage points of the published share; children on a plan per start within a tenth."""
    asked = Asked(tuple((code, "000") for code in list(rates()["starts"])[:40]), years=2, plans=60_000)
    lives = list(councils(asked))
    plans = [council.plans for council in lives]
    started, ended = (np.concatenate([getattr(one, name) for one in plans]) for name in ("started", "ended"))
    in_years = started >= day(asked.begins)

    def shares(values: Any) -> dict[str, float]:
        codes, counts = np.unique(values, return_counts=True)
        return dict(zip(codes.tolist(), (counts / counts.sum()).tolist(), strict=True))

    def near(found: dict[str, float], kind: str) -> None:
        total = sum(rates()[kind].values())
        assert {key: pytest.approx(value / total, abs=0.02) for key, value in rates()[kind].items()} == found

    for kind in ("category_initial", "category_latest"):
        near(shares(np.concatenate([getattr(one, kind) for one in plans])), kind)
    closed = (ended != NONE) & (ended >= day(asked.begins))
    near(shares(durations(started[closed], ended[closed])), "ended_duration")
    open_now = started[ended == NONE]
    open_for = shares(durations(open_now, np.full(len(open_now), day(asked.until))))
    total = sum(rates()["open_duration"].values())
    assert {key: pytest.approx(value / total, abs=0.05) for key, value in rates()["open_duration"].items()} == open_for
    again = np.concatenate([one.previous_plans > 0 for one in plans])[in_years].mean()
    expected = np.average(
        [rates()["subsequent_percent"][code] for code, _ in asked.councils],
        weights=[rates()["starts"][c] for c, _ in asked.councils],
    )
    assert again * 100 == pytest.approx(expected, abs=2)
    last_year = (started >= day(date(2023, 4, 1))).sum()
    assert (ended == NONE).sum() / last_year == pytest.approx(49_900 / 62_110, rel=0.1)
    met = np.concatenate([one.enquiries.conference for one in lives]) != NONE
    assert 1 / met.mean() == pytest.approx(224_520 / 72_250, abs=0.1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 400), st.integers(1, 6))
def test_lives_are_possible(seed: int, number: int, years: int) -> None:
    asked = Asked(PLACES, years=years, plans=number, seed=seed)
    for council in councils(asked):
        plans, enquiries, last = council.plans, council.enquiries, day(asked.until)
        same = plans.child[1:] == plans.child[:-1]
        assert (plans.started[1:][same] >= plans.ended[:-1][same]).all(), "plans of one child overlap"
        assert (plans.previous_plans[1:][same] == plans.previous_plans[:-1][same] + 1).all()
        assert (plans.ended > plans.started).all()
        assert (plans.started <= last).all()
        assert ((plans.ended <= last) | (plans.ended == NONE)).all()
        review = latest_review(plans, last)
        held = review != NONE
        assert (review[held] > plans.started[held]).all()
        assert (review[held] < plans.ended[held]).all()
        assert (plans.born - plans.started <= 280).all()
        assert (plans.started - plans.born < 6575).all()
        met = enquiries.conference != NONE
        assert (enquiries.started <= enquiries.conference)[met].all()
        assert (enquiries.referred <= enquiries.started).all()


def one_plan(**said: Any) -> dict[str, Any]:
    return {
        "child": 1, "born": "2012-05-17", "sex": "F", "ethnicity": "WBRI", "disability": "N",
        "started": "2022-06-01", "ended": "",
        "category_initial": "NEG", "category_latest": "EMO", "previous_plans": 0, "transfer_in": False, "first_review": 80,
        "later_reviews": 170,
    } | said  # fmt: skip


def life(*told: dict[str, Any]) -> Plans:
    def held(name: str, values: list[Any]) -> Any:
        if name in ("born", "started", "ended"):
            return np.array([day(date.fromisoformat(value)) if value else NONE for value in values])
        return np.array(values)

    return Plans(**{name: held(name, [one[name] for one in told]) for name in told[0]})


NO_ENQUIRIES = Enquiries(*(np.array([], kind) for kind in (int, int, str, str, int, int, int, int)))


def answers(plans: Plans, enquiries: Enquiries = NO_ENQUIRIES) -> dict[tuple[Any, ...], int]:
    rows = truth("E10000003", plans, enquiries, date(2022, 4, 1), date(2024, 3, 31))
    return {
        (one.measure, one.period, one.breakdown): one.value
        for one in rows.itertuples()
        if one.breakdown_type != "age" or one.measure == "cp_plans_open"
    }


def test_the_truth_of_three_plans_by_hand() -> None:
    """A first plan of two months; a second on the day it ends, for 729 days to come; and another child's, moved here."""
    found = answers(
        life(
            one_plan(ended="2022-08-01"), one_plan(started="2022-08-01", previous_plans=1),
            one_plan(child=2, born="2022-09-10", sex="U", started="2022-08-01", transfer_in=True, ended="2022-10-03"),
        )
    )  # fmt: skip
    assert (found["cp_plans_started_with_transfers", "2022-23", "all"], found["cp_plans_started", "2022-23", "all"]) == (3, 2)
    assert (found["cp_transfers_in", "2022-08", "all"], found["cp_plans_started_first", "2022-23", "all"]) == (1, 1)
    again = [
        f"cp_reregistrations{one}{two}" for one in ("", "_within_24_months", "_in_year") for two in ("", "_with_transfers")
    ]
    assert [found[name, "2022-08", "all"] for name in again] == [1] * 6
    assert (found["cp_plans_open", "2022-07", "all"], found["cp_plans_open", "2022-08", "all"]) == (1, 2)
    assert (found["cp_plans_open", "2022-23 Q2", "under_1"], found["cp_plans_open", "2022-23 Q2", "10_to_15"]) == (1, 1)
    assert (found["cp_plans_ended", "2022-23 Q2", "3_months_or_less"], found["cp_plans_ended", "2022-10", "all"]) == (1, 1)
    assert (found["cp_plans_open_three_months", "2022-10", "all"], found["cp_plans_open_three_months", "2022-11", "all"]) == (
        0,
        1,
    )
    assert found["cp_plans_open_two_years", "2023-24", "all"] == 0
    # Reviews 80, 250, 420 … days after the start: all in time.
    assert found["cp_plans_reviewed_in_time", "2023-24", "all"] == 1


@pytest.mark.parametrize(
    ("days", "band"),
    [(728, "2_years_and_over"), (727, "1_to_2_years"), (365, "1_to_2_years"), (364, "over_6_months_to_1_year"),
     (184, "over_6_months_to_1_year"), (183, "over_3_to_6_months"), (92, "3_months_or_less"), (93, "over_3_to_6_months")],
)  # fmt: skip
def test_bands_of_duration_with_729_days_counting_the_last(days: int, band: str) -> None:
    start = np.array([day(date(2021, 6, 1))])
    expected = "1_to_2_years" if days == 728 else band  # 729 days are not more than 729
    assert durations(start, start + days).tolist() == [expected]


def test_a_late_review_stays_late() -> None:
    late = life(one_plan(started="2022-04-04", first_review=100))
    assert answers(late)["cp_plans_reviewed_in_time", "2022-23", "all"] == 0


def test_working_days_over_easter_and_the_coronation() -> None:
    """From Thursday 6 April 2023: Tuesday 11 April is the first working day; 1 and 8 May are holidays."""
    days = np.array([day(date(2023, 4, 11)), day(date(2023, 5, 2)), day(date(2023, 5, 9))])
    assert working_days(np.full(3, day(date(2023, 4, 6))), days).tolist() == [1, 15, 19]


def test_three_months_after_the_end_of_november() -> None:
    assert add_months(np.array([day(date(2023, 11, 30))]), 3).tolist() == [day(date(2024, 2, 29))]


def test_conferences_and_assessments_of_the_truth_by_hand() -> None:
    when = [day(date.fromisoformat(one)) for one in ("2023-04-06", "2023-04-27", "2023-04-06", "2023-06-13")]
    enquiry = Enquiries(*(np.array([one]) for one in (1, when[0] - 900, "F", "WBRI", when[0], when[1], when[2], when[3])))
    found = answers(life(one_plan()), enquiry)
    assert (found["icpc_held", "2023-04", "all"], found["icpc_within_15_days", "2023-24", "all"]) == (1, 1)
    assert found["icpc_held", "2023-24 Q1", "11_to_15"] == 1
    assert (found["assessments_completed", "2023-06", "all"], found["assessments_within_45_days", "2023-06", "all"]) == (1, 1)
