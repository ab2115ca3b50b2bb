-- One row per level at which limits are given: 95% and 99.8%, with the points of the normal distribution that they are.
-- Source: PHE technical guide on confidence intervals (2018).
select
    levels_named.confidence,
    levels_named.z
from (
    values
    (95, 1.959963984540054::double),
    (998, 3.090232306167813::double)
) as levels_named (confidence, z)
order by levels_named.confidence
