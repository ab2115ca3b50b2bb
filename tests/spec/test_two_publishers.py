"""The rules hold on tables that nobody has seen: two publishers that there are not, one thing wrong at a time, and none.

Harbour counts calls, how many were answered, and of what kind they were; Moor counts households by the day, with a rate.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.spec.told import Row, Told, figure, indicator, months, parts, population, printed, submission, told

Says = Callable[[str], Row]
HERE, THERE = "E06000901", "E06000902"
AREAS = [("areas", HERE, "Harbour"), ("areas", THERE, "Moor")]
SENT = [
    submission("harbour") | {"agency": "harbour", "return": "harbour__calls"},
    submission("moor") | {"agency": "moor", "return": "moor__households"},
]
INDICATORS = [
    indicator("calls", breakdown_types=["kind"]),
    indicator("answered"),
    indicator("logged"),
    indicator("answered_percent", "percent", of="answered", by="calls", places=2),
    indicator("calls_mean", "mean", of="calls", places=2),
    indicator("calls_share_percent", "share", of="calls", places=2, breakdown_types=["kind"]),
    indicator("calls_per_10000", "rate", of="calls", places=2),
    indicator("households", "stock", unit="households"),
    indicator("households_per_1000", "rate", of="households", places=2, per=1000, unit="per 1,000 women",
              population={"ages": "16+", "sex": "female"}),
]  # fmt: skip
YEAR, BEFORE, DAY = "2014-15", "2013-14", "2015-03-31"
CALLS = [33, 26, 29, 32, 37, 28, 23, 47, 47, 43, 43, 73]  # 461
ANSWERED = [7, 6, 7, 13, 11, 1, 1, 6, 0, 12, 7, 11]  # 82


def of(name: str, area: str, rows: list[Row]) -> list[Row]:
    agency = "harbour__calls" if name == "harbour" else "moor__households"
    return [row | {"submission_id": name, "return": agency, "area_code": area} for row in rows]


# Two years of calls, in months and in kinds; of the calls 486 were logged.
HARBOUR = [
    *months("calls", "2014-04", *CALLS),
    *months("answered", "2014-04", *ANSWERED),
    figure("logged", YEAR, 486),
    figure("calls", BEFORE, 541),
    figure("answered", BEFORE, 80),
    *parts("calls", YEAR, "kind", kind_a=306, kind_b=124, kind_c=18, kind_d=36),
    *parts("calls", BEFORE, "kind", kind_a=300, kind_b=150, kind_c=40, kind_d=51),
]
MOOR = [figure("households", DAY, 1387), figure("households", "2014-03-31", 1295)]
WOMEN = {"age_range": "16+", "sex": "female"}
PEOPLE = {
    False: [population(131150), population(130241, base=2021), population(129004, "2013-06-30")],
    True: [
        population(64310, base=2021) | WOMEN, population(63125, "2013-06-30", 2021) | WOMEN, population(38250, base=2021),
    ],
}  # fmt: skip


def table(*rows: list[Row], **more: Any) -> Told:
    return told(*rows, **({"indicators": INDICATORS, "submissions": SENT} | more))


def share(said: str, kind: str = "kind_a") -> Row:
    return printed("calls_share_percent", YEAR, said, breakdown_type="kind", breakdown=kind)


PERCENT: Says = lambda said: printed("answered_percent", YEAR, said)  # noqa: E731
MEAN: Says = lambda said: printed("calls_mean", YEAR, said)  # noqa: E731
TOTAL: Says = lambda said: figure("calls", YEAR, said)  # noqa: E731
RATE: Says = lambda said: printed("calls_per_10000", YEAR, said)  # noqa: E731
HOUSEHOLDS: Says = lambda said: printed("households_per_1000", DAY, said)  # noqa: E731
TOTAL_WRONG = TOTAL("471")  # where the months add up to 461

ALONE = [
    # 82 of 461 is 17.79%; of the 486 logged 16.87%; the year before 80 of 541 were 14.79%.
    (PERCENT("16.87%"), "another denominator", "division by logged (486)"),
    (PERCENT("14.79%"), "another period", "the figure of 2013-14"),
    (PERCENT("17.35%"), "another period", "the count of 2013-14"),
    (PERCENT("1.78%"), "a factor of 10", "the figure divided by 10"),
    (PERCENT("177.87%"), "a factor of 10", "10 times the figure"),
    (PERCENT("71.79%"), "digits exchanged", "the digits 1 and 7 exchanged"),
    (PERCENT("14.97%"), "a part left out", "the month 2014-07 (13) left out"),
    (PERCENT("17.36%"), "a part left out", "the month 2014-06 (7) left out above and below the line"),
    (PERCENT("17.78%"), "rounding", "places cut off instead of rounded"),
    (PERCENT("18.23%"), "a mean of months", "the mean of the 12 months' figures, instead of all of them taken together"),
    # 461 over 12 months is 38.42.
    (MEAN("41.91"), "another denominator", "division by 11 months"),
    (MEAN("45.08"), "another period", "the figure of 2013-14"),
    (MEAN("3.84"), "a factor of 10", "the figure divided by 10"),
    (MEAN("83.42"), "digits exchanged", "the digits 3 and 8 exchanged"),
    (MEAN("32.33"), "a part left out", "the month 2015-03 (73) left out"),
    (MEAN("35.27"), "a part left out", "the month 2015-03 (73) left out above and below the line"),
    (MEAN("38.41"), "rounding", "places cut off instead of rounded"),
    # 306 of the table's 484 is 63.22%; of all 461 calls 66.38%.
    (share("66.38%"), "another denominator", "division by calls (461)"),
    (share("55.45%"), "another period", "the figure of 2013-14"),
    (share("6.32%"), "a factor of 10", "the figure divided by 10"),
    (share("36.22%"), "digits exchanged", "the digits 6 and 3 exchanged"),
    (share("68.30%"), "a part left out", "the part kind_d (36) left out of the whole"),
    (share("25.61%", "kind_b"), "rounding", "places cut off instead of rounded"),
    # The months add up to 461.
    (TOTAL("541"), "another period", "the count of 2013-14"),
    (TOTAL("4610"), "a factor of 10", "10 times the figure"),
    (TOTAL("416"), "digits exchanged", "the digits 6 and 1 exchanged"),
    (TOTAL("388"), "a part left out", "the month 2015-03 (73) left out"),
    (TOTAL("494"), "a part counted twice", "the month 2014-04 (33) counted twice"),
    # 461 of 131,150 is 35.15 for each 10,000.
    (RATE("35.40"), "another base", "the population of Harbour aged 0-17 of 30/06/2014 on the 2021 base (130,241)"),
    (
        RATE("35.74"),
        "another year's population",
        "the population of Harbour aged 0-17 of 30/06/2013 on the 2011 base (129,004)",
    ),
    (RATE("41.25"), "another period", "the count of 2013-14"),
    (RATE("351.51"), "a factor of 10", "10 times the figure"),
    (RATE("53.15"), "digits exchanged", "the digits 3 and 5 exchanged"),
    (RATE("29.58"), "a part left out", "the month 2015-03 (73) left out"),
    (RATE("35.16"), "rounding", "rounding up"),
    # 1,387 of 64,310 women is 21.57 for each 1,000.
    (HOUSEHOLDS("36.26"), "another population", "the population of Moor aged 0-17 of 30/06/2014 on the 2021 base (38,250)"),
    (HOUSEHOLDS("20.14"), "another period", "the count of 2014-03-31"),
    (HOUSEHOLDS("20.51"), "another period", "the figure of 2014-03-31"),
    (HOUSEHOLDS("2.16"), "a factor of 10", "the figure divided by 10"),
    (HOUSEHOLDS("12.57"), "digits exchanged", "the digits 2 and 1 exchanged"),
    (HOUSEHOLDS("21.56"), "rounding", "places cut off instead of rounded"),
]
# Where the printed total of the year is not the sum of its months, what was worked out from it says so.
OF_THE_TOTAL = [
    (PERCENT("17.41%"), "a total that is not the sum"),
    (MEAN("39.25"), "a total that is not the sum"),
    (RATE("35.91"), "a total that is not the sum"),
]
PLAINLY_WRONG = [PERCENT("55.5%"), MEAN("91.3"), share("11.11%"), TOTAL("777"), RATE("88.88"), HOUSEHOLDS("7.77")]


def place(at: int) -> str:
    """An area of its own for each case: one warehouse has them all."""
    return f"E06001{at:03}"


@pytest.fixture(scope="module")
def every_case() -> Told:
    cases = [[row] for row, *_ in ALONE] + [[TOTAL_WRONG, row] for row, _ in OF_THE_TOTAL] + [[row] for row in PLAINLY_WRONG]
    rows, people = [], []
    for at, printed_there in enumerate(cases):
        moors = printed_there[0]["prints"] == "households_per_1000"
        rows.append(of("moor", place(at), MOOR) if moors else of("harbour", place(at), HARBOUR))
        rows.append(of("moor" if moors else "harbour", place(at), printed_there))
        people += [one | {"area_code": place(at), "area": "Moor" if moors else "Harbour"} for one in PEOPLE[moors]]
    return table(*rows, populations=people, areas=[("areas", place(at), f"Place {at}") for at in range(len(cases))])


def explained(w: Told, at: int, code: str = "") -> dict[str, str]:
    where = f"choice = 1 and area_code = '{place(at)}' and indicator like '%{code}'"
    return {row.explanation: row.said for row in w.rows(f"from marts.printed_explained where {where}")}


@pytest.mark.parametrize(("at", "kind", "words"), [(at, *said) for at, (_, *said) in enumerate(ALONE)])
def test_each_thing_is_found_alone_and_named(every_case: Told, at: int, kind: str, words: str) -> None:
    assert explained(every_case, at) == {kind: words}
    (row,) = every_case.rows(f"from checks.printed_differs where message like '%Place {at}, %'")
    assert row.fix.endswith(f"this would give it: {words}.")


@pytest.mark.parametrize(
    ("at", "code", "kind"), [(n, row["prints"], kind) for n, (row, kind) in enumerate(OF_THE_TOTAL, len(ALONE))]
)
def test_a_total_that_is_not_the_sum_is_asked_about_and_named_where_it_was_used(
    every_case: Told, at: int, code: str, kind: str
) -> None:
    assert list(explained(every_case, at, code)) == [kind]
    messages = every_case.findings("printed_differs")
    assert f"Calls, Place {at}, 2014-15: printed 471, but its parts add up to 461." in messages


def test_nothing_that_is_known_gives_what_is_plainly_wrong(every_case: Told) -> None:
    first = len(ALONE) + len(OF_THE_TOTAL)
    for at in range(first, first + len(PLAINLY_WRONG)):
        assert explained(every_case, at) == {}
        (row,) = every_case.rows(f"from checks.printed_differs where message like '%Place {at}, %'")
        assert row.fix.endswith("nothing that is known here gives it.")


def test_no_case_is_asked_about_for_more_than_what_is_wrong_in_it(every_case: Told) -> None:
    assert len(every_case.findings("printed_differs")) == len(ALONE) + 2 * len(OF_THE_TOTAL) + len(PLAINLY_WRONG)


def test_a_half_rounded_to_the_even_digit_is_named_in_a_percentage_a_share_a_mean_and_a_rate() -> None:
    """13 of 32 is 40.625%, 27 over 12 months 2.25, 1,005 of 80,000 is 125.625."""
    indicators = [
        indicator("seen", breakdown_types=["kind"]),
        indicator("kept"),
        indicator("kept_percent", "percent", of="kept", by="seen", places=2),
        indicator("seen_share_percent", "share", of="seen", places=2, breakdown_types=["kind"]),
        indicator("kept_mean", "mean", of="kept", places=2),
        indicator("heard"),
        indicator("heard_per_10000", "rate", of="heard", places=2),
    ]
    rows = [
        figure("seen", YEAR, 32), figure("kept", YEAR, 13), printed("kept_percent", YEAR, "40.62%"),
        *parts("seen", YEAR, "kind", a=13, b=19),
        printed("seen_share_percent", YEAR, "40.62%", breakdown_type="kind", breakdown="a"),
        figure("kept", BEFORE, 27), printed("kept_mean", BEFORE, "2.2"),
        figure("heard", YEAR, 1005), printed("heard_per_10000", YEAR, "125.62"),
    ]  # fmt: skip
    w = table(of("harbour", HERE, rows), indicators=indicators, populations=[population(80000, area=HERE)], areas=AREAS)
    found = {row.indicator: (row.explanation, row.said) for row in w.rows("from marts.printed_explained")}
    assert found == dict.fromkeys(
        ("kept_percent", "seen_share_percent", "kept_mean", "heard_per_10000"),
        ("rounding", "a half rounded to the even digit, or cut off"),
    )


def test_where_nothing_is_wrong_nothing_is_said() -> None:
    """The kinds of the year add up to 484, which is asked about; that is true, and another check's."""
    said = {"kind_a": "63.22%", "kind_b": "25.62%", "kind_c": "3.72%", "kind_d": "7.44%"}
    right = [PERCENT("17.8%"), MEAN("38.4"), TOTAL("461"), RATE("35.2"), printed("answered_percent", BEFORE, "15%")]
    right += [share(text, kind) for kind, text in said.items()]
    rates = [HOUSEHOLDS("21.6"), printed("households_per_1000", "2014-03-31", "20.51")]
    people = [one | {"area_code": area} for area, moors in ((HERE, False), (THERE, True)) for one in PEOPLE[moors]]
    w = table(of("harbour", HERE, HARBOUR + right), of("moor", THERE, MOOR + rates), populations=people, areas=AREAS)
    asked = {row.code for row in w.rows("from checks.findings")}
    assert asked == {"parts_differ"}
    assert w.rows("from marts.printed_explained") == []
    assert w.rows("select count(*) as n from marts.printed_compared")[0].n == len(right) + len(rates)


def test_two_publishers_of_one_place_over_two_populations_are_told_apart_by_their_rates_alone() -> None:
    rows = [figure("seen", YEAR, 139), printed("seen_per_10000", YEAR, "10.67")]
    w = table(
        of("harbour", HERE, [*HARBOUR, RATE("35.15")]),
        of("moor", HERE, rows),
        indicators=[*INDICATORS, indicator("seen"), indicator("seen_per_10000", "rate", of="seen", places=2)],
        populations=[one | {"area_code": HERE} for one in PEOPLE[False]],
        areas=AREAS,
    )
    (found,) = w.rows("from checks.populations_disjoint")
    assert found.message == (
        "The rates of harbour and moor for Harbour are of different populations: harbour divides by 131,134 to 131,170, moor "
        "by 130,211 to 130,332."
    )
    assert "moor's is 130,241 of 30/06/2014 on the 2021 base" in found.fix
