"""Which counts are hidden, so that no small one can be worked out from those that are shown.

Small counts are hidden. Then, in rounds, others beside them, the smallest first, until whoever knows every figure shown and
every sum among them can work out no small count: neither from one sum, nor from several together (Gauss, exactly), nor from
what a sum leaves room for, where nought is never hidden.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

TABLE = "marts.counts_hidden"
MADE_OF = frozenset({"marts.counts", "marts.count_sums"})
PRIME = (
    2_147_483_647  # arithmetic modulo a prime is exact, and quick: what it solves is solved, but for one chance in a billion
)
NOBODY = np.iinfo(np.int64).max


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `marts.counts_hidden`: the numbers of the counts that are hidden."""
    counts = connection.execute("select * from marts.counts order by count_number").to_arrow_table()
    sums = connection.execute("select * from marts.count_sums order by sum_number, count_number").to_arrow_table()
    connection.register("filling", pa.table({"count_number": hidden(counts, sums)}))
    connection.execute("create or replace table marts.counts_hidden as select count_number from filling order by count_number")
    connection.unregister("filling")


def hidden(counts: pa.Table, sums: pa.Table) -> Numbers:
    """The numbers of the counts that are hidden.

    `counts`: count_number, value (null where it is not known), is_small, can_be_hidden; the smaller the count, the smaller its
    number. `sums`: sum_number, count_number, sign and is_whole, by sums. A count below nought is of no table: it stands in its
    sum alone, is small, and is known to nobody.
    """
    table = _Sums.of(counts, sums)
    out = table.small.copy()
    table.hide_beside(out)
    again = np.ones(len(table.numbers), bool)  # those of blocks in which something was hidden since they were looked at
    while (beside := table.smallest_beside(table.told(out, again), out)).size:
        before = out.copy()
        out[beside] = True
        table.hide_beside(out)
        again = _are(table.block[out & ~before], len(table.numbers))[table.block]
    return table.numbers[out & (table.numbers > 0)]


@dataclass(frozen=True)
class _Sums:
    """Counts by their place, from the smallest; and members of sums, those of a sum together."""

    numbers: Numbers
    values: NDArray[np.float64]  # nan where it is not known
    small: Flags
    can_be_hidden: Flags
    sum_of: Numbers  # of each member the place of its sum
    count_of: Numbers  # of each member the place of its count
    signs: Numbers
    is_whole: Flags

    @classmethod
    def of(cls, counts: pa.Table, sums: pa.Table) -> "_Sums":
        said = [sums.column(name).to_numpy() for name in ("sum_number", "count_number", "sign")]
        known = counts.column("count_number").to_numpy()
        beyond = np.unique(said[1][said[1] < 0])
        numbers = np.concatenate([known, beyond])
        values = counts.column("value").cast(pa.float64()).to_numpy(zero_copy_only=False)
        # What is left over is the whole without the part.
        is_beyond = said[1] < 0
        in_its_sum = np.isin(said[0], said[0][is_beyond]) & ~is_beyond
        of_sum = np.searchsorted(beyond, -said[0][in_its_sum])
        shown = values[np.searchsorted(known, said[1][in_its_sum])]
        left = np.bincount(of_sum, -said[2][in_its_sum] * shown, minlength=len(beyond))
        flags = [
            np.concatenate([counts.column(name).to_numpy(zero_copy_only=False).astype(bool), np.full(len(beyond), more)])
            for name, more in (("is_small", True), ("can_be_hidden", False))
        ]
        order = np.argsort(numbers, kind="stable")
        return cls(
            numbers,
            np.concatenate([values, left]),
            flags[0],
            flags[1],
            np.unique(said[0], return_inverse=True)[1].astype(np.int64),
            order[np.searchsorted(numbers, said[1], sorter=order)],
            said[2].astype(np.int64),
            sums.column("is_whole").to_numpy(zero_copy_only=False).astype(bool),
        )

    @cached_property
    def number_of_sums(self) -> int:
        return int(self.sum_of.max(initial=-1)) + 1

    @cached_property
    def block(self) -> Numbers:
        """Of each count the number of its block: sums join those of one block, and none of another."""
        return _joined(self.sum_of, self.count_of, self.number_of_sums, len(self.numbers))

    @cached_property
    def is_unknown(self) -> Flags:
        return np.isnan(self.values) & (self.numbers > 0)

    def _of_sums(self, which: Flags) -> Numbers:
        """Of each sum, how many of its members are these."""
        return np.bincount(self.sum_of[which], minlength=self.number_of_sums)

    def _smallest(self, which: Flags) -> Numbers:
        """Of each sum, the place of the smallest of these members; NOBODY where there is none."""
        found = np.full(self.number_of_sums, NOBODY)
        np.minimum.at(found, self.sum_of[which], self.count_of[which])
        return found

    def hide_beside(self, out: Flags) -> None:
        """In rounds, until one adds nothing: where one count of a sum is hidden alone, the smallest beside it is hidden with
        it; a sum given as a range is hidden with any part of it, for its ends would tell."""
        unknown = self.is_unknown[self.count_of]
        while True:
            is_hidden = out[self.count_of]
            free = self.can_be_hidden[self.count_of] & ~is_hidden
            ranges = self._smallest(self.is_whole & unknown & free)
            telling = (self._of_sums(is_hidden & ~unknown) > 0) & (ranges < NOBODY)
            alone = (self._of_sums(is_hidden) == 1) & (self._of_sums(unknown & ~is_hidden) == 0) & ~telling
            parts = self._smallest(free & ~self.is_whole)
            chosen = np.where(telling, ranges, np.where(alone, np.minimum(parts, NOBODY), NOBODY))
            wholes = self._smallest(free & self.is_whole)
            chosen = np.where(alone & (parts == NOBODY), wholes, chosen)
            added = chosen[chosen < NOBODY]
            if not added.size:
                return
            out[added] = True

    def told(self, out: Flags, among: Flags) -> Flags:
        """Small counts among these that can be worked out from what is shown."""
        return (self._solved(out, among) | self._squeezed(out, among)) & self.small & among

    def smallest_beside(self, told: Flags, out: Flags) -> Numbers:
        """The smallest counts shown in the sums of these; in a block where they have none, in sums next to theirs."""
        near, found = told.copy(), np.zeros(len(out), bool)
        while near.any():
            within = (self._of_sums(near[self.count_of]) > 0)[self.sum_of]
            smallest = self._smallest(within & self.can_be_hidden[self.count_of] & ~out[self.count_of])
            found[smallest[smallest < NOBODY]] = True
            before = near.copy()
            near[self.count_of[within]] = True
            near &= ~_are(self.block[found], len(out))[self.block]
            if np.array_equal(near, before):
                break
        return np.flatnonzero(found)

    def _solved(self, out: Flags, among: Flags) -> Flags:
        """What has one value only, by all sums together: one way is drawn, of all in which counts can change and every sum stay
        as it is, and what cannot change does not change in it."""
        is_open = ((out | self.is_unknown) & among)[self.count_of]
        sums, counts, signs = self.sum_of[is_open], self.count_of[is_open], self.signs[is_open]
        change = np.random.default_rng(1).integers(1, PRIME, len(self.numbers))  # the same counts, the same draw
        binds, turns = np.ones(len(sums), bool), []
        # A count that stands in no other sum takes up whatever the others of its sum leave: that sum is for the end.
        while (private := binds & (np.bincount(counts[binds], minlength=len(change))[counts] == 1)).any():
            takes_up = np.flatnonzero(private)
            takes_up = takes_up[np.diff(sums[takes_up], prepend=-1) > 0]  # of each sum the first: they stand by sums
            turns.append(takes_up)
            binds &= ~_are(sums[takes_up], self.number_of_sums)[sums]
        _settle(change, sums[binds], counts[binds], signs[binds])
        for takes_up in reversed(turns):
            change[counts[takes_up]] = 0
            left = np.bincount(sums, signs * change[counts], minlength=self.number_of_sums)[sums[takes_up]]
            change[counts[takes_up]] = -signs[takes_up] * left.astype(np.int64) % PRIME
        found: Flags = (change == 0) & _are(counts, len(change))
        return found

    def _squeezed(self, out: Flags, among: Flags) -> Flags:
        """What has one value only because no count hidden is nought: two that make 2 are 1 and 1."""
        low = np.where(self.numbers < 0, 0.0, np.where(self.values < 0, -np.inf, 1.0))
        high = np.full(len(self.numbers), np.inf)
        is_open = (out & among)[self.count_of] & (self._of_sums(self.is_unknown[self.count_of]) == 0)[self.sum_of]
        open_sums, open_counts, open_signs = self.sum_of[is_open], self.count_of[is_open], self.signs[is_open]
        total = np.bincount(open_sums, open_signs * self.values[open_counts], minlength=self.number_of_sums)
        again = np.ones(len(open_sums), bool)  # members of sums in which something moved since they were looked at
        while again.any():
            sums, counts, signs = open_sums[again], open_counts[again], open_signs[again]
            before = low.copy(), high.copy()
            ends = np.where(signs > 0, [low[counts], high[counts]], [-high[counts], -low[counts]])
            least, most = (
                _less_own(sums, end, self.number_of_sums, far) for end, far in zip(ends, (-np.inf, np.inf), strict=True)
            )
            room = np.where(signs > 0, [total[sums] - most, total[sums] - least], [least - total[sums], most - total[sums]])
            np.maximum.at(low, counts, room[0])
            np.minimum.at(high, counts, room[1])
            moved = (low != before[0]) | (high != before[1])
            again = _are(open_sums[moved[open_counts]], self.number_of_sums)[open_sums]
        found: Flags = high - low < 1
        return found


def _are(places: Numbers, number: int) -> Flags:
    """Of so many places, which are among these."""
    found = np.zeros(number, bool)
    found[places] = True
    return found


def _less_own(sums: Numbers, ends: NDArray[np.float64], number: int, far: float) -> NDArray[np.float64]:
    """Of each member the sum of all others' ends; far where one of them has no end."""
    endless = np.isinf(ends)
    finite = np.where(endless, 0, ends)
    others = np.bincount(sums, finite, minlength=number)[sums] - finite
    return np.where(np.bincount(sums, endless, minlength=number)[sums] - endless > 0, far, others)


def _joined(sums: Numbers, counts: Numbers, number_of_sums: int, number_of_counts: int) -> Numbers:
    """Of each count the least of those that sums join it to, one by one."""
    block = np.arange(number_of_counts)
    while True:
        of_sums = np.full(number_of_sums, NOBODY)
        np.minimum.at(of_sums, sums, block[counts])
        joined = block.copy()
        np.minimum.at(joined, counts, of_sums[sums])
        joined = joined[joined]
        if np.array_equal(joined, block):
            return block
        block = joined


def _settle(change: Numbers, sums: Numbers, counts: Numbers, signs: Numbers) -> None:
    """Let counts change so that every sum stays as it is: as many as possible as they are drawn, the others by those."""
    rows: dict[int, dict[int, int]] = defaultdict(dict)
    within: dict[int, set[int]] = defaultdict(set)  # of each count, the sums that it is still in
    for one, count, sign in zip(sums.tolist(), counts.tolist(), signs.tolist(), strict=True):
        rows[one][count] = sign
        within[count].add(one)
    given: list[tuple[int, dict[int, int]]] = []  # a count, and the sum that gives it by the others
    waiting: dict[int, list[int]] = defaultdict(list)  # counts by the number of sums that they were in when they were put here
    for count, of in within.items():
        waiting[len(of)].append(count)
    while waiting:
        fewest = min(waiting)
        count = waiting[fewest].pop()
        if not waiting[fewest]:
            del waiting[fewest]
        if fewest != len(within[count]) or not fewest:
            continue
        chosen = min(within[count], key=lambda one: len(rows[one]))
        row = rows.pop(chosen)
        for other in row:
            within[other].discard(chosen)
        for one in list(within[count]):
            _take_away(rows[one], row, count, one, within)
        given.append((count, row))
        for other in row:
            waiting[len(within[other])].append(other)
    for count, row in reversed(given):
        moved = sum(times * int(change[other]) for other, times in row.items() if other != count)
        change[count] = -moved * pow(row[count], -1, PRIME) % PRIME


def _take_away(row: dict[int, int], other: dict[int, int], count: int, one: int, within: Mapping[int, set[int]]) -> None:
    """The row without this count: so many times the other row is taken from it."""
    times = row[count] * pow(other[count], -1, PRIME) % PRIME
    for column, value in other.items():
        if left := (row.get(column, 0) - times * value) % PRIME:
            row[column] = left
            within[column].add(one)
        else:
            row.pop(column, None)
            within[column].discard(one)
