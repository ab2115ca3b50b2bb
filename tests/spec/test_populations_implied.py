"""A printed rate and its count leave an interval of populations; agencies whose intervals do not meet are asked."""

from tests.spec.told import figure, indicator, population, printed, submission, told

PLANS = [indicator("open", "stock"), indicator("open_per_10000", "rate", of="open", places=2)]
CRIMES = [indicator("crimes"), indicator("crimes_per_10000", "rate", of="crimes", places=1)]
SENT = [submission("csc"), submission("police") | {"agency": "constabulary", "return": "constabulary__crimes"}]


def crimes(period: str, count: int, rate: str) -> list[dict[str, object]]:
    mine = {"submission_id": "police", "return": "constabulary__crimes"}
    return [figure("crimes", period, count, **mine), printed("crimes_per_10000", period, rate, **mine)]


def plans(rate: str) -> list[dict[str, object]]:
    mine = {"submission_id": "csc"}
    return [figure("open", "2015-03-31", 387, **mine), printed("open_per_10000", "2015-03-31", rate, **mine)]


def test_a_rate_and_its_count_leave_an_interval_with_both_ends_in_it() -> None:
    w = told(crimes("2015-01", 104, "8.1"), indicators=CRIMES, populations=[population(131150)], submissions=SENT)
    (row,) = w.rows("from marts.populations_implied")
    assert (row.least, row.most) == (127608, 129192)


def test_two_agencies_whose_intervals_do_not_meet_are_asked_with_the_nearest_known() -> None:
    w = told(
        plans("30.34"),
        crimes("2014-07", 136, "10.7"),
        crimes("2015-01", 104, "8.1"),
        indicators=[*PLANS, *CRIMES],
        populations=[population(131150), population(128205, "2012-06-30", 2021)],
        submissions=SENT,
    )
    assert w.findings("populations_disjoint") == [
        "The rates of constabulary and csc for Cambridgeshire are of different populations: constabulary divides by 127,608 to "
        "127,699, csc by 127,534 to 127,575."
    ]
    (row,) = w.rows("from checks.populations_disjoint")
    assert "The nearest that is known to csc's is 128,205 of 30/06/2012 on the 2021 base." in row.fix


def test_two_agencies_that_one_population_serves_are_not_asked() -> None:
    w = told(
        plans("30.33"),
        crimes("2014-07", 136, "10.7"),
        crimes("2015-01", 104, "8.1"),
        indicators=[*PLANS, *CRIMES],
        populations=[population(131150)],
        submissions=SENT,
    )
    assert w.findings("populations_disjoint") == []


def test_one_misprinted_rate_does_not_hide_what_the_others_share() -> None:
    w = told(
        crimes("2014-07", 136, "10.7"),
        crimes("2014-08", 122, "9.6"),
        crimes("2015-01", 104, "1.8"),
        indicators=CRIMES,
        populations=[population(131150)],
        submissions=SENT,
    )
    assert w.findings("populations_disjoint") == [
        "No one population gives the 3 rates of constabulary for Cambridgeshire: 2 share 126,512 to 127,699, the one in "
        "this cell does not."
    ]


def test_a_rate_whose_count_is_anothers_implies_nothing() -> None:
    theirs = printed("open_per_10000", "2015-03-31", "30.34", submission_id="police")
    w = told(
        figure("open", "2015-03-31", 387, submission_id="csc"),
        theirs,
        indicators=PLANS,
        populations=[population(131150)],
        submissions=SENT,
    )
    assert w.rows("from marts.populations_implied") == []


def test_a_population_that_most_of_the_agencys_rates_exclude_does_not_explain_one_of_them() -> None:
    """128,205 alone would give January's 8.1; July's 10.7 leaves no more than 127,699."""
    known = [population(131150), population(128205, "2012-06-30", 2021)]
    july, january = crimes("2014-07", 136, "10.7"), crimes("2015-01", 104, "8.1")
    w = told(january, indicators=CRIMES, populations=known, submissions=SENT)
    assert [row.explanation for row in w.rows("from marts.printed_explained")] == ["another year's population"]
    w = told(july, january, indicators=CRIMES, populations=known, submissions=SENT)
    assert w.rows("from marts.printed_explained") == []
