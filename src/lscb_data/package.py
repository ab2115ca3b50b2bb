"""A workbook as the parts of its package: those that are not changed are written again as they were."""

import posixpath
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers.expat import ExpatError

from lscb_data.markup import beneath, elements, plain, prefix, quoted
from lscb_data.xlsx import TooLargeError, refuse_large

TYPES = "[Content_Types].xml"
_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
_TO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_UNDATED = (1980, 1, 1, 0, 0, 0)  # so that the same parts make the same bytes

BROKEN = (
    zipfile.BadZipFile, TooLargeError, ExpatError, KeyError, ValueError, IndexError, NotImplementedError, EOFError,
    StopIteration,  # of what lacks a part, or an element, that every workbook has
)  # fmt: skip


@dataclass(frozen=True)
class Relation:
    """What one part refers to another by."""

    id: str
    type: str
    part: str


@dataclass
class Package:
    """The parts of a workbook. What is read is what was last written. One that is broken raises one of BROKEN."""

    source: zipfile.ZipFile
    changed: dict[str, bytes] = field(default_factory=dict)

    def __contains__(self, part: str) -> bool:
        return part in self.changed or part in self.source.namelist()

    def read(self, part: str) -> bytes:
        return self.changed[part] if part in self.changed else plain(self.source.read(part))

    def begins(self, part: str, most: int = 2**16) -> bytes:
        """The first bytes of a part."""
        if part in self.changed:
            return self.changed[part][:most]
        with self.source.open(part) as content:
            return content.read(most)

    def relations(self, of: str) -> list[Relation]:
        """What the part refers to in the package."""
        path = _relations_of(of)
        if path not in self:
            return []
        return [
            Relation(one.attributes["Id"], one.attributes["Type"].rpartition("/")[2], _part(of, one.attributes["Target"]))
            for one in elements(self.read(path))[1:]
            if one.attributes.get("TargetMode") != "External"
        ]

    def relate(self, of: str, kind: str, part: str) -> str:
        """Let the part refer to another: the id of the relation."""
        path = _relations_of(of)
        xml = self.read(path) if path in self else f'<Relationships xmlns="{_RELATED}"/>'.encode()
        taken = {one.attributes.get("Id") for one in elements(xml)}
        number = next(f"rIdLscb{count}" for count in range(1, len(taken) + 2) if f"rIdLscb{count}" not in taken)
        one = f'<{prefix(xml)}Relationship Id="{number}" Type="{_TO}{kind}" Target={quoted("/" + part)}/>'
        self.changed[path] = beneath(xml, one)
        return number

    def add(self, stem: str, ending: str, content: bytes, type_: str) -> str:
        """Put a new part beside the others of its kind: its name."""
        taken = {name.casefold() for name in (*self.source.namelist(), *self.changed)}
        part = next(name for count in range(1, len(taken) + 2) if (name := f"{stem}{count}{ending}").casefold() not in taken)
        self.changed[part] = content
        types = self.read(TYPES)
        known = {one.attributes.get("Extension", "").casefold() for one in elements(types)}
        if ending == ".vml":
            if "vml" not in known:
                self.changed[TYPES] = beneath(types, f'<{prefix(types)}Default Extension="vml" ContentType={quoted(type_)}/>')
        else:
            one = f"<{prefix(types)}Override PartName={quoted('/' + part)} ContentType={quoted(type_)}/>"
            self.changed[TYPES] = beneath(types, one)
        return part

    def save(self, path: Path) -> None:
        """Write the package: the source's parts in their order and with their dates, then what is new."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for info in {info.filename: info for info in self.source.infolist()}.values():
                again = zipfile.ZipInfo(info.filename, info.date_time)
                again.compress_type, again.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
                with out.open(again, "w", force_zip64=info.file_size > 2**31) as into:
                    if info.filename in self.changed:
                        into.write(self.changed[info.filename])
                    else:
                        with self.source.open(info) as content:
                            shutil.copyfileobj(content, into, 2**20)
            for name in sorted(set(self.changed) - set(self.source.namelist())):
                new = zipfile.ZipInfo(name, _UNDATED)
                new.compress_type = zipfile.ZIP_DEFLATED
                with out.open(new, "w") as into:
                    into.write(self.changed[name])


def opened(source: zipfile.ZipFile) -> Package:
    """The package, unless it would unpack to more than can be read."""
    refuse_large(source)
    return Package(source)


def made(into_: IO[bytes], parts: Mapping[str, Iterable[bytes]]) -> None:
    """Write a new package of these parts, each as it comes."""
    with zipfile.ZipFile(into_, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _UNDATED)
            info.compress_type = zipfile.ZIP_DEFLATED
            with out.open(info, "w", force_zip64=True) as into:
                into.writelines(content)


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _part(of: str, target: str) -> str:
    """The name of the part that a relation leads to."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(of), target)).lstrip("/")
