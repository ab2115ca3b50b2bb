"""A nought that may stand for nothing sent is asked about; a true small nought is not."""

from tests.spec.told import SUPPRESSED, figure, indicator, months, parts, told

STARTS = indicator("starts", breakdown_types=["category"])
ENDED = indicator("ended")


def test_true_small_noughts_are_not_asked_about() -> None:
    for values in ((0, 0, 1, 0), (1, 2, 1, 0), (6, 7, 7, 0), (0, 0, 0, 0)):
        w = told(months("starts", "2014-04", *values), indicators=[STARTS])
        assert w.findings("zeros_doubted") == []


def test_a_run_that_drops_to_nought_is_asked_about_where_chance_would_give_it_less_than_once_in_a_thousand() -> None:
    w = told(months("starts", "2014-04", 7, 7, 7, 0), indicators=[STARTS])
    assert w.findings("zeros_doubted") == [
        "Cambridgeshire, 2014-07: Starts is nought, after 3 figures of 7.0 on average and none of them nought."
    ]


def test_a_blank_is_no_nought() -> None:
    w = told(months("starts", "2014-04", 30, 30, 30, None), indicators=[STARTS])
    assert w.findings("zeros_doubted") == []


def test_an_area_at_nought_throughout_its_return_is_asked_about_once() -> None:
    w = told(
        figure("starts", "2014-15", 461),
        figure("ended", "2014-15", 400),
        figure("starts", "2014-15", 0, area_code="E06000031"),
        figure("ended", "2014-15", 0, area_code="E06000031"),
        indicators=[STARTS, ENDED],
    )
    assert w.findings("zeros_doubted") == ["E06000031, 2014-15: all 2 figures of the return are nought."]


def test_parts_that_are_all_nought_beside_a_whole_that_is_not() -> None:
    w = told(
        parts("starts", "2014-15", "category", neglect=0, emotional=0),
        figure("starts", "2014-15", 461),
        indicators=[STARTS],
    )
    assert w.findings("zeros_doubted") == ["Cambridgeshire, 2014-15: all 2 parts by category are nought, and the whole is 461."]


def test_parts_beside_hidden_ones_are_not_asked_about() -> None:
    """City of London, 2015-16: four noughts, and the eight that is hidden."""
    w = told(
        parts("starts", "2015-16", "category", neglect=0, emotional=0, physical=SUPPRESSED),
        figure("starts", "2015-16", 8),
        indicators=[STARTS],
    )
    assert w.findings("zeros_doubted") == []


def test_parts_that_are_all_nought_beside_a_whole_of_nought_are_true() -> None:
    w = told(
        parts("starts", "2014-15", "category", neglect=0, emotional=0), figure("starts", "2014-15", 0), indicators=[STARTS]
    )
    assert w.findings("zeros_doubted") == []
