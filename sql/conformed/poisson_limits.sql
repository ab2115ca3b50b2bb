-- One row per count of events below 10: the exact limits of the number expected, where so many events were seen.
-- lower_95, upper_95, lower_998, upper_998: half of the chi-squared quantile of 2 × events, or 2 × events + 2, degrees of freedom
-- Source: Garwood (1936), as the PHE technical guide on confidence intervals (2018) has it; recomputed by scipy.stats.chi2 in
-- tests/spec/test_intervals.py.
select
    exact_limits.events,
    exact_limits.lower_95,
    exact_limits.upper_95,
    exact_limits.lower_998,
    exact_limits.upper_998
from (
    values
    (0, 0.0000000000, 3.6888794541, 0.0000000000, 6.9077552790),
    (1, 0.0253178080, 5.5716433909, 0.0010005003, 9.2334134765),
    (2, 0.2422092785, 7.2246876677, 0.0454020178, 11.2288722424),
    (3, 0.6186721229, 8.7672730697, 0.1905333776, 13.0622407792),
    (4, 1.0898653736, 10.2415886754, 0.4285524136, 14.7941492225),
    (5, 1.6234863901, 11.6683320793, 0.7393717319, 16.4547452037),
    (6, 2.2018942535, 13.0594740225, 1.1071046603, 18.0616368402),
    (7, 2.8143630515, 14.4226753617, 1.5203362604, 19.6261773954),
    (8, 3.4538321767, 15.7631892202, 1.9708139217, 21.1561981658),
    (9, 4.1153730974, 17.0848034514, 2.4524244044, 22.6573733091)
) as exact_limits (events, lower_95, upper_95, lower_998, upper_998)
order by exact_limits.events
