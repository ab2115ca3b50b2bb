-- One row per colour of a target's rule; the first that holds a value gives its colour.
select
    target,
    place,
    colour,
    words,
    at_least,
    above,
    at_most,
    below
from staging.bands
order by target, place
