"""The indicators that ship: each names measures that some return supplies, and says what it means."""

import re
from pathlib import Path

import pytest

from lscb_data.board import shipped
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.indicator import Indicator, load_indicators

INDICATORS = {code: one for code, (_, one) in load_indicators([shipped("schemas")]).items()}
COUNTS = shipped("sql") / "marts" / "cp_counts.sql"
COUNTED = set(re.findall(r"^        \('(\w+)',", COUNTS.read_text("utf-8"), re.MULTILINE))  # measures counted from records
MARTS = " ".join(path.read_text("utf-8") for path in sorted(COUNTS.parent.glob("cp_*.sql")))
COUNTED_BY = set(re.findall(r"'(\w+)' as breakdown_type", MARTS))
every_indicator = pytest.mark.parametrize("one", INDICATORS.values(), ids=lambda one: one.code)


def columns(contracts: Contracts):  # type: ignore[no-untyped-def]
    return [column for contract in contracts.returns.values() for sheet in contract.sheets for column in sheet.columns]


@pytest.fixture(scope="module")
def supplied(contracts: Contracts) -> set[str]:
    """Every measure that a return supplies, those inside composite cells included."""
    return {name for column in columns(contracts) for name in column.measures} | COUNTED


@pytest.fixture(scope="module")
def printed(contracts: Contracts) -> set[str]:
    return {name for column in columns(contracts) for name in column.indicators_printed}


@every_indicator
def test_some_return_supplies_what_it_is_made_of(one: Indicator, supplied: set[str], printed: set[str]) -> None:
    assert set(one.numerator + one.denominator) <= supplied or one.code in printed


@every_indicator
def test_what_it_is_part_of_is_supplied(one: Indicator, supplied: set[str]) -> None:
    assert set(one.part_of) <= supplied - set(one.numerator)
    assert len(one.numerator) == 1 or not one.part_of


def test_every_measure_that_is_counted_is_in_some_indicator() -> None:
    assert len(COUNTED) > 15
    assert {measure for one in INDICATORS.values() for measure in one.numerator + one.denominator} >= COUNTED


@every_indicator
def test_its_parts_are_supplied_and_each_parting_has_two(one: Indicator, supplied: set[str]) -> None:
    for parting in one.parts:
        assert set(parting) <= supplied
        assert len(parting) >= 2
        assert one.kind in ("flow", "stock", "statement")
        assert len(one.numerator) == 1


@every_indicator
def test_some_return_gives_its_breakdowns(one: Indicator, contracts: Contracts) -> None:
    given = {sheet.breakdown_type for contract in contracts.returns.values() for sheet in contract.sheets}
    given |= {column.breakdown_type for column in columns(contracts)}
    given |= {column.figures.breakdown_type for column in columns(contracts) if column.figures} | {"rating"}
    assert set(one.breakdown_types) <= given | COUNTED_BY


@every_indicator
def test_it_says_what_is_counted_and_where_that_is_written(one: Indicator) -> None:
    for text in (one.title, one.definition, one.source):
        assert text[0].isupper() or text[0].isdigit()
    assert one.definition.rstrip().endswith(".")
    assert one.denominator if one.kind == "percent" else not one.denominator
    assert "population" not in one.numerator + one.denominator


def test_what_a_return_prints_is_an_indicator(printed: set[str]) -> None:
    assert printed <= set(INDICATORS)


def test_a_measure_goes_one_way_from_months_to_years() -> None:
    kinds: dict[str, set[str]] = {}
    for one in INDICATORS.values():
        if len(one.numerator) == 1 and one.kind in ("flow", "stock", "largest", "statement"):
            kinds.setdefault(one.numerator[0], set()).add(one.kind)
    assert not {measure: found for measure, found in kinds.items() if len(found) > 1}


def test_the_indicators_that_the_board_asked_for_are_there() -> None:
    asked = """cp_plans_open cp_plans_open_per_10000 cp_plans_started cp_plans_started_first cp_reregistrations
        cp_reregistration_percent cp_transfers_in cp_plans_started_with_transfers cp_eldest_age_started cp_plans_over_two_years
        cp_started_previously_looked_after cp_started_with_recent_services cp_started_without_recent_services
        single_assessments_in_time_percent missing_reports_under_18 violent_or_sexual_offences_under_18
        violent_or_sexual_offences_under_18_per_10000 child_concern_referrals fgm_referrals child_abuse_outcomes
        domestic_abuse_outcomes marac_cases marac_repeat_cases marac_repeat_percent marac_children marac_referrals_police
        marac_referrals_other safeguarding_training_percent health_rating_17a health_rating_17b health_rating_17c
        health_rating_17d"""
    assert set(asked.split()) <= set(INDICATORS)


TOPIC = """
topic: plans
title: Plans
indicators:
  - code: {code}
    title: Plans
    kind: {kind}
    unit: plans
    numerator: [plans]
    {more}
    definition: Plans.
    source: The test
"""


@pytest.mark.parametrize(
    ("code", "kind", "more", "said"),
    [
        ("plans", "percent", "denominator: [all]", "_percent"),
        ("plans", "rate", "places: 1", "_per_10000"),
        ("plans_per_1000", "rate", "places: 1", "_per_10000"),
        ("plans_per_10000", "rate", "population: {ages: adults}", "ages"),
        ("plans", "flow", "population: {ages: 16+}", "only a rate has a population"),
        ("plans", "flow", "per: 1000", "only a rate has a population"),
        ("plans", "sum", "places: 1", "kind"),
        ("plans", "flow", "places: 3", "places"),  # published figures have two at most
        ("plans", "flow", "colour: red", "colour"),
        ("Plans", "flow", "places: 1", "code"),
    ],
)
def test_a_faulty_declaration_is_refused(tmp_path: Path, code: str, kind: str, more: str, said: str) -> None:
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators/plans.yml").write_text(TOPIC.format(code=code, kind=kind, more=more))
    with pytest.raises(UserError, match=said):
        load_indicators([tmp_path])


def test_a_code_declared_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "indicators").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"indicators/{name}.yml").write_text(TOPIC.format(code="plans", kind="flow", more="places: 0"))
    with pytest.raises(UserError, match="declared twice"):
        load_indicators([tmp_path])


def rate(unit: str, per: int) -> Indicator:
    said = {"code": f"plans_per_{per}", "title": "Plans", "kind": "rate", "unit": unit, "numerator": ["plans"], "per": per}
    return Indicator.model_validate(said | {"definition": "Plans.", "source": "The test"})


def test_a_rates_unit_is_for_as_many_as_it_is_per() -> None:
    assert rate("per 1,000 women", 1000).population.words == "aged 0 to 17"
    assert rate("children", 10000).per == 10000
    with pytest.raises(ValueError, match="its unit says per 10,000, and it is per 1,000"):
        rate("per 10,000 women", 1000)


def test_every_area_that_a_figure_can_be_for_can_have_a_population(contracts: Contracts) -> None:
    pattern = contracts["ons__population"].sheets[0].column("area_code").pattern or ""
    areas = [
        code.code
        for name, codes in contracts.codes.items()
        if name in ("councils", "regions") or name.endswith("areas")
        for code in codes.codes
    ]
    assert "cambridgeshire_central" in areas
    assert all(re.fullmatch(pattern, code) for code in areas)
