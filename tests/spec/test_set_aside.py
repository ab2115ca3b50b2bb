"""A row that is set aside is not known: neither nought, nor left out of what it is part of."""

from decimal import Decimal

from tests.spec.told import figure, indicator, months, parts, told

STARTS = indicator("starts", breakdown_types=["category"])
SHARE = indicator("starts_share_percent", "share", of="starts", places=2, breakdown_types=["category"])
ASIDE = {"accepted": False, "status": "unreliable"}


def by_category(category: str | None, value: int | None, label: str | None = None, **more: object) -> dict[str, object]:
    return figure("starts", "2014-15", value, breakdown_type="category", breakdown=category, label=label or category, **more)


def test_a_month_set_aside_is_not_known_and_nor_are_its_quarter_and_year() -> None:
    w = told(months("starts", "2014-04", 33, 26), figure("starts", "2014-06", None, **ASIDE), indicators=[STARTS])
    for period in ("2014-06", "2014-15 Q1"):
        assert (w.value("starts", period), w.status("starts", period)) == (None, "unreliable")
    assert w.value("starts", "2014-15") is None
    assert w.value("starts", "2014-05") == 26


def test_a_share_is_not_of_what_is_left_of_its_table() -> None:
    w = told(
        parts("starts", "2014-15", "category", emotional=124, sexual=18, physical=36),
        by_category("neglect", None, **ASIDE),
        indicators=[STARTS, SHARE],
    )
    row = w.row("starts_share_percent", "2014-15", "emotional")  # 124 of 484 is 25.62; of the 178 that are left, 69.66
    assert (row.value, row.status, row.note) == (None, "unreliable", "What it is to be divided by is not known.")
    assert (w.value("starts", "2014-15", "emotional"), w.status("starts", "2014-15", "neglect")) == (124, "unreliable")


def test_a_code_written_in_two_ways_is_not_known_by_one_of_them() -> None:
    w = told(
        by_category("white_british", None, label="White British", **ASIDE),  # 336, had it been read
        by_category("white_british", 1, label="WBRI - British"),
        indicators=[STARTS],
    )
    row = w.row("starts", "2014-15", "white_british")
    assert (row.value, row.status) == (None, "unreliable")


def test_a_row_whose_code_cannot_be_read_may_be_part_of_any_other_of_its_table() -> None:
    w = told(
        by_category(None, None, label="White Brittish", **ASIDE),
        by_category("white_british", 1, label="WBRI - British"),
        figure("starts", "2014-15", 461),
        by_category("neglect", 306, sheet="Another table"),
        indicators=[STARTS, SHARE],
    )
    row = w.row("starts", "2014-15", "white_british")
    assert (row.value, row.status, row.qualifier) == (None, "unreliable", None)
    assert row.note == "A row of the same table was set aside, and may be part of this."
    assert (w.value("starts", "2014-15"), w.value("starts", "2014-15", "neglect")) == (461, 306)
    assert w.value("starts_share_percent", "2014-15", "white_british") is None


def test_what_another_table_gives_stands_in_for_what_is_set_aside() -> None:
    w = told(
        figure("starts", "2014-04", None, **ASIDE),
        figure("starts", "2014-04", 33, sheet="Another table"),
        indicators=[STARTS],
    )
    assert (w.value("starts", "2014-04"), w.status("starts", "2014-04")) == (Decimal(33), "reported")


def test_a_row_whose_month_or_area_cannot_be_read_is_nobodys() -> None:
    nowhen = dict.fromkeys(("period_type", "period", "period_start", "period_end"))
    w = told(
        months("starts", "2014-04", 33, 26),
        figure("starts", "2014-06", None, **ASIDE) | nowhen,
        figure("starts", "2014-04", None, **ASIDE) | {"area_code": None},
        indicators=[STARTS],
    )
    assert [(row.period, row.area_code) for row in w.rows("from published.indicator_values where period_type = 'month'")] == [
        ("2014-04", "E10000003"), ("2014-05", "E10000003"),
    ]  # fmt: skip
    assert w.row("starts", "2014-15 Q1").note == "2 of 3 months were supplied."
