"""The paths that a contract declares, as a tree of the elements that an XML file may have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class XmlRows:
    """What a contract's sheet says of its rows in XML."""

    name: str
    rows: str  # the path of a row's element below the record; "." is the record itself
    columns: Mapping[str, str]  # name to path from the row's element: "a", ".", "../b", "../../c/d"; "/e/f" from the root
    others: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # of columns whose element has other names too: those paths


@dataclass(eq=False, slots=True)
class Step:
    """An element on the way to something declared."""

    path: str
    read_as: str = ""  # the path under which its text is kept: another's, where the element has two names
    below: dict[str, "Step"] = field(default_factory=dict)
    keeps_for: list[int] = field(default_factory=list)  # depths of the elements that its text is kept for
    is_text: bool = False  # and so is all that stands inside it
    is_kept_for: bool = False  # texts are kept for this element
    left_alone: bool = False  # known, and not read
    sheets: list["SheetRows"] = field(default_factory=list)  # those it is a row of


ELSEWHERE, WITHIN = Step(""), Step("", is_text=True)  # not declared; not declared, but inside a text that is


@dataclass(eq=False)
class SheetRows:
    """The rows of a sheet that are complete."""

    name: str
    path: str  # of a row's element
    columns: tuple[str, ...]
    sources: list[tuple[int, str]] = field(default_factory=list)  # a column's element: read from which depth, path
    rows: list[list[str]] = field(default_factory=list)  # those complete and not yet given out
    given: int = 0


def laid_out(record: str, sheets: Sequence[XmlRows], left_alone: Sequence[str] = ()) -> tuple[Step, list[SheetRows]]:
    """The tree of everything declared, from the document down, and the sheets that wait for rows.

    `left_alone` are paths below the record of elements that are known and not read.
    """
    root = Step("", is_kept_for=True)
    record = step_to(root, record).path
    laid = []
    for sheet in sheets:
        row = step_to(root, f"{record}/{sheet.rows}".removesuffix("/."))
        one = SheetRows(sheet.name, row.path, tuple(sheet.columns))
        for name, relative in sheet.columns.items():
            depth, path = _from_root(row.path, relative)
            if depth < record.count("/") and f"{path}/".startswith(f"{record}/"):
                raise ValueError(f"{relative}: of which record? Write it from the row's element.")
            one.sources.append((depth, keep(step_to(root, path), depth)))
            for other in sheet.others.get(name, ()):
                its_depth, its_path = _from_root(row.path, other)
                if its_depth != depth:
                    raise ValueError(f"{other}: stands elsewhere than {relative}, of which it is another name")
                keep(step_to(root, its_path), depth, path)
            ancestor = root
            for name in path.split("/")[1 : depth + 1]:
                ancestor = ancestor.below[name]
            ancestor.is_kept_for = True
        row.is_kept_for = True
        row.sheets.append(one)
        laid.append(one)
    for path in left_alone:
        step_to(root, f"{record}/{path}").left_alone = True
    _refuse_text_in_text(root)
    return root, laid


def step_to(root: Step, path: str) -> Step:
    """The element that stands there, and those above it, from now on declared."""
    step = root
    for name in path.removeprefix("/").split("/"):
        if name in ("", ".", ".."):
            raise ValueError(f"{path}: the path must name each element, and go up only at its beginning.")
        step = step.below.setdefault(name, Step(f"{step.path}/{name}"))
    return step


def keep(step: Step, depth: int, read_as: str = "") -> str:
    """From now on the element's text is kept for the one above it that stands so deep; the path under which it is."""
    step.is_text = True
    step.read_as = read_as or step.path
    if depth not in step.keeps_for:
        step.keeps_for.append(depth)
    return step.read_as


def _from_root(row: str, relative: str) -> tuple[int, str]:
    """How deep the element stands that a path is read from, and the path from the root."""
    if relative.startswith("/"):
        return 0, relative
    names, steps = row.split("/"), relative.split("/")
    while steps and steps[0] in (".", ".."):
        if steps.pop(0) == "..":
            names.pop()
    if not names:
        raise ValueError(f"{relative}: goes up beyond the root element.")
    return len(names) - 1, "/".join([*names, *steps])


def _refuse_text_in_text(step: Step) -> None:
    if step.is_text and step.below:
        raise ValueError(f"{step.path}: is read as a text, so nothing inside it can be read apart.")
    for below in step.below.values():
        _refuse_text_in_text(below)
