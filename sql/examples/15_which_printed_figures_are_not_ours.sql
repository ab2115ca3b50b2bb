-- Which printed figures are not what their own counts make, and what would explain it?
-- Only what differs by more than rounding to the places that were printed. Both figures are rounded so in the difference.
with compared as (
    select * from marts.printed_compared
    where differs
),

explanations as (
    select
        cell_printed,
        indicator,
        area_code,
        string_agg(said, '; ' order by choice, said) as said
    from marts.printed_explained
    where choice = 1
    group by cell_printed, indicator, area_code
)

select
    compared.agency,
    compared.title,
    compared.period,
    compared.numerator as counted,
    compared.denominator as divided_by,
    compared.value::decimal(18, 2) as ours,
    compared.as_printed as printed,
    compared.difference as printed_less_ours,
    coalesce(explanations.said, 'nothing that is known here') as would_give_it,
    compared.cell_printed as cell
from compared
left join explanations
    on
        compared.cell_printed = explanations.cell_printed
        and compared.indicator = explanations.indicator
        and compared.area_code = explanations.area_code
order by compared.agency, compared.title, compared.period_start, compared.cell_printed
