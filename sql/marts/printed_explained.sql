-- One row per printed figure that differs from ours and thing that would give it as printed, to its own places.
-- explanation: what kind of thing; said: the same in words; choice: 1 for the likeliest of its kind
-- others: how many more of the same kind would give it too
with differing as (
    select * from marts.printed_compared
    where differs
),

candidates as (
    select
        candidates.printed_id,
        candidates.explanation,
        candidates.said,
        candidates.distance,
        coalesce((candidates.count_instead * 10000)::hugeint, differing.count_units) * (candidates.factor * 1000)::hugeint
        * differing.scale * differing.step as dividend,
        if(differing.is_divided, coalesce((candidates.base_instead * 10000)::hugeint, differing.base_units), 10000) * 1000
            as divisor,
        differing.printed_steps
    from marts.printed_candidates as candidates
    inner join differing on candidates.printed_id = differing.printed_id
),

-- Half-up, in whole numbers: only what gives the printed figure to its own places.
reproducing as (
    select
        printed_id,
        explanation,
        said,
        distance
    from candidates
    where divisor > 0 and printed_steps = (dividend * 2 + divisor) // (divisor * 2)
),

-- Our figure in digits, at the printed places; two neighbours exchanged.
digits as (
    select
        printed_id,
        lpad(our_steps::varchar, greatest(len(our_steps::varchar), len(printed_steps::varchar))::integer, '0') as ours,
        lpad(printed_steps::varchar, greatest(len(our_steps::varchar), len(printed_steps::varchar))::integer, '0') as theirs
    from differing
    where our_steps > 0 and printed_steps > 0
),

exchanged as (
    select
        digits.printed_id,
        'digits exchanged' as explanation,
        'the digits ' || substr(digits.ours, places.place, 1) || ' and ' || substr(digits.ours, places.place + 1, 1)
        || ' exchanged' as said,
        0 as distance
    from digits
    cross join (values (1), (2), (3), (4), (5), (6), (7), (8), (9)) as places (place)
    where
        places.place < len(digits.ours)
        and digits.theirs
        = left(digits.ours, places.place - 1) || substr(digits.ours, places.place + 1, 1) || substr(digits.ours, places.place, 1)
        || substr(digits.ours, places.place + 2)
),

-- What stands above the line, in steps of the printed places; what is left of it over the base is the fraction.
dividing as (
    select
        *,
        count_units * scale * step as dividend
    from differing
    where is_divided and count_units > 0
),

roundings as (
    select
        printed_id,
        'rounding' as explanation,
        case
            when (dividend % base_units) * 2 = base_units and printed_steps % 2 = 0 and printed_steps = dividend // base_units
                then 'a half rounded to the even digit, or cut off'
            when printed_steps = dividend // base_units then 'places cut off instead of rounded'
            when printed_steps = (dividend + base_units - 1) // base_units then 'rounding up'
            when printed_steps = ((dividend * 20 + base_units) // (base_units * 2) + 5) // 10 then 'rounding twice'
        end as said,
        0 as distance
    from dividing
),

explained as (
    select * from reproducing
    union all
    select * from exchanged
    union all
    select * from roundings
    where said is not null
)

select
    differing.printed_id,
    differing.indicator,
    differing.area_code,
    differing.cell_printed,
    explained.explanation,
    explained.said,
    row_number() over (
        partition by differing.printed_id, explained.explanation
        order by explained.distance, explained.said
    ) as choice,
    count(*) over (partition by differing.printed_id, explained.explanation) - 1 as others
from differing
inner join explained on differing.printed_id = explained.printed_id
-- Where more than three of a kind would give it, one does by chance, and none of them explains it.
qualify count(*) over (partition by differing.printed_id, explained.explanation) <= 3
order by differing.printed_id, explained.explanation, choice
