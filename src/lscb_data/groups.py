"""Groups of areas to compare with: England, regions, statistical neighbours, and those that a Board declares.

`schemas/groups/groups.csv` names each set, since when and until when it holds, and its source; a CSV of the set's name holds
its members: of a group that stands for itself (`group,member`), or of each area's own (`area,rank,member,closeness`).
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lscb_data.finding import UserError

NAMES = "groups.csv"
_HEADS = (("group", "member"), ("area", "rank", "member", "closeness"))


@dataclass(frozen=True)
class Member:
    """One member of one group: the group's own area (E12000006), or the area whose group it is, and its rank there."""

    member: str
    group: str | None = None
    area: str | None = None
    rank: int | None = None
    closeness: str | None = None


@dataclass(frozen=True)
class Groups:
    """One set of groups, and for which days it was made."""

    set: str
    title: str
    since: date
    until: date | None
    source: str
    licence: str
    members: tuple[Member, ...]


def load_groups(folders: Sequence[Path]) -> tuple[Groups, ...]:
    """The sets declared in `groups/` of these folders, later folders over earlier ones.

    Raises UserError, naming file and row, for what is not understood.
    """
    found = {one.set: one for folder in folders if (folder / "groups" / NAMES).exists() for one in _sets(folder / "groups")}
    return tuple(found[name] for name in sorted(found))


def _sets(folder: Path) -> Iterator[Groups]:
    for number, row in _rows(folder / NAMES, (("set", "title", "since", "until", "source", "licence"),)):
        where = f"groups/{NAMES}, row {number}"
        try:
            since, until = date.fromisoformat(row["since"]), row["until"] and date.fromisoformat(row["until"])
        except ValueError:
            raise UserError(f"{where}: since and until are days, such as 2021-04-01; until may be left out") from None
        if not (row["set"] and row["title"] and row["source"]):
            raise UserError(f"{where}: a set has a name, a title and a source")
        members = tuple(_members(folder / f"{row['set']}.csv"))
        yield Groups(row["set"], row["title"], since, until or None, row["source"], row["licence"], members)


def _members(path: Path) -> Iterator[Member]:
    for number, row in _rows(path, _HEADS):
        whose, rank = row.get("group") or row.get("area"), row.get("rank")
        if not (whose and row["member"]) or (rank is not None and not rank.isdecimal()):
            raise UserError(f"groups/{path.name}, row {number}: a member has a code, whose group it is of, and a rank if any")
        yield Member(
            row["member"], row.get("group"), row.get("area"), int(rank) if rank else None, row.get("closeness") or None
        )


def _rows(path: Path, heads: Sequence[Sequence[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = csv.DictReader(file, restval="")
            if tuple(read.fieldnames or ()) not in {tuple(head) for head in heads}:
                raise UserError(f"groups/{path.name}: its first row is {' or '.join(','.join(head) for head in heads)}")
            for number, row in enumerate(read, 2):
                if None in row:
                    raise UserError(f"groups/{path.name}, row {number}: has more cells than the first row")
                yield number, {name: text.strip() for name, text in row.items()}
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"groups/{path.name}: is not CSV in UTF-8: {error}") from None
    except OSError as error:
        raise UserError(f"groups/{path.name}: {error.strerror}") from None
