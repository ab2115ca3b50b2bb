"""What is hidden beside a small count, so that no reckoning gives it away."""

from fractions import Fraction
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb_data.disclosure import hidden

Counts = dict[str, int | None]
Sums = list[tuple[str, list[str]]]  # a whole, and its parts


def hidden_of(counts: Counts, sums: Sums, public: str = "") -> set[str]:
    """The names of the counts that are hidden: 1 to 5, and those beside them; nought and what is public stay."""
    names = sorted(counts, key=lambda name: (counts[name] is None, counts[name] or 0, name))
    number = {name: place for place, name in enumerate(names, 1)}
    values = [counts[name] for name in names]
    of_counts = pa.table({
        "count_number": range(1, len(names) + 1),
        "value": pa.array(values, pa.float64()),
        "is_small": [name not in public.split() and 1 <= (counts[name] or 0) <= 5 for name in names],
        "can_be_hidden": [name not in public.split() and counts[name] != 0 for name in names],
    })  # fmt: skip
    members = [
        (at, number[name], -1 if name == whole else 1, name == whole)
        for at, (whole, parts) in enumerate(sums)
        for name in (whole, *parts)
    ]
    columns = zip(("sum_number", "count_number", "sign", "is_whole"), zip(*members, strict=True), strict=True)
    return {names[at - 1] for at in hidden(of_counts, pa.table({name: list(of) for name, of in columns})).tolist()}


def square(rows: list[list[int]]) -> tuple[Counts, Sums]:
    """A table with the totals of its rows and columns: a1 is the first row's first count, a its total, 1 the column's."""
    counts: Counts = {f"{'abcdef'[r]}{c + 1}": value for r, row in enumerate(rows) for c, value in enumerate(row)}
    letters, numbers = "abcdef"[: len(rows)], [str(c + 1) for c in range(len(rows[0]))]
    sums = [(a, [a + n for n in numbers]) for a in letters] + [(n, [a + n for a in letters]) for n in numbers]
    for whole, parts in sums:
        counts[whole] = sum(counts[part] or 0 for part in parts)
    return counts, sums


def test_a_count_hidden_alone_takes_the_smallest_beside_it_along() -> None:
    assert hidden_of({"q": 53, "april": 3, "may": 20, "june": 30}, [("q", ["april", "may", "june"])]) == {"april", "may"}


def test_several_sums_together_do_not_give_it_either() -> None:
    """Two rows and two columns are each hidden twice, and so are two others; b3, which joins them, is what the first two rows
    have more than the first two columns."""
    counts, sums = square([[3, 3, 20, 20], [3, 3, 3, 20], [20, 20, 3, 3], [20, 20, 3, 3]])
    out = hidden_of(counts, sums)
    assert len(out) > sum(1 <= (value or 0) <= 5 for value in counts.values())
    assert not _worked_out(counts, sums, out)


def test_two_that_make_two_are_one_and_one_for_nought_is_shown() -> None:
    counts: Counts = {"q": 22, "april": 1, "may": 1, "june": 20}
    assert hidden_of(counts, [("q", ["april", "may", "june"])]) == {"april", "may", "june"}
    assert hidden_of(counts | {"q": 23, "may": 2}, [("q", ["april", "may", "june"])]) == {"april", "may"}


def test_what_cannot_be_hidden_is_left_and_the_search_ends() -> None:
    counts: Counts = {"q": 33, "april": 3, "may": 0, "june": 30}
    assert hidden_of(counts, [("q", ["april", "may", "june"])], public="q june") == {"april"}


def test_a_range_is_hidden_with_any_part_of_it() -> None:
    assert hidden_of({"q": None, "april": 3, "may": 50}, [("q", ["april", "may"])]) == {"april", "q"}


def test_the_same_counts_hide_the_same() -> None:
    counts, sums = square([[3, 7, 20], [9, 1, 8], [4, 40, 6]])
    assert hidden_of(counts, sums) == hidden_of(counts, sums)


CELLS = st.one_of(st.integers(0, 6), st.integers(0, 40))
ROWS = st.integers(2, 5).map(lambda width: st.lists(CELLS, min_size=width, max_size=width))
TABLES = ROWS.flatmap(lambda row: st.lists(row, min_size=2, max_size=6))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=6))
)
def test_nobody_works_out_a_small_count_of_a_table(rows: list[list[int]]) -> None:
    counts, sums = square(rows)
    _nobody_works_it_out(counts, sums)


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(st.lists(CELLS, min_size=27, max_size=27))
def test_nobody_works_out_a_small_count_of_a_cube(cells: list[int]) -> None:
    counts: Counts = {}
    for place in product("012*", repeat=3):
        inside = ["012" if one == "*" else one for one in place]
        counts["".join(place)] = sum(cells[int(a) * 9 + int(b) * 3 + int(c)] for a, b, c in product(*inside))
    sums = [(whole, [whole.replace("*", n, 1) for n in "012"]) for whole in counts if "*" in whole]
    sums += [(whole, [whole[::-1].replace("*", n, 1)[::-1] for n in "012"]) for whole in counts if whole.count("*") > 1]
    _nobody_works_it_out(counts, sums)


def _nobody_works_it_out(counts: Counts, sums: Sums) -> None:
    out = hidden_of(counts, sums)
    small = {name for name, value in counts.items() if 1 <= (value or 0) <= 5}
    assert small <= out
    assert not {name for name in out if not counts[name]}, "nought is shown"
    assert not small & _worked_out(counts, sums, out)
    for whole, parts in sums:
        secret = [name for name in (whole, *parts) if name in out]
        if secret and whole not in secret:
            assert sum(counts[name] or 0 for name in secret) > len(secret), "all of them are 1"


def _worked_out(counts: Counts, sums: Sums, out: set[str]) -> set[str]:
    """What has one value only by the sums and what is shown: by elimination in fractions, written apart from what it tests."""
    names = sorted(out)
    matrix = []
    for whole, parts in sums:
        row = [Fraction((name in parts) - (name == whole)) for name in names]
        if any(row):
            matrix.append(row)
    solved: list[list[Fraction]] = []
    for column in range(len(names)):
        pivot = next((row for row in matrix if row[column]), None)
        if pivot is None:
            continue
        matrix.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        matrix, solved = (
            [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in of] for of in (matrix, solved)
        )
        matrix = [row for row in matrix if any(row)]
        solved.append(pivot)
    return {names[row.index(Fraction(1))] for row in solved if sum(map(bool, row)) == 1}


@pytest.mark.parametrize("number", [0, 1, 40])
def test_with_no_sums_at_all_the_small_ones_are_hidden(number: int) -> None:
    flags = pa.array([True] * number, pa.bool_())
    values = pa.array([3.0] * number, pa.float64())
    counts = pa.table(
        {"count_number": pa.array(range(1, number + 1)), "value": values, "is_small": flags, "can_be_hidden": flags}
    )
    none = pa.table({name: pa.array([], pa.int64()) for name in ("sum_number", "count_number", "sign")})
    found = hidden(counts, none.append_column("is_whole", pa.array([], pa.bool_())))
    assert np.array_equal(found, np.arange(1, number + 1))
