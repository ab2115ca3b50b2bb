"""The XML of a part of a workbook, added to in place: every byte that is not named stays as it was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr as _quoteattr

_TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # which Excel would read as one letter


@dataclass(frozen=True)
class Element:
    """One element and where it stands: its opening tag from `start` to `inside`, its content up to `close`, all up to `end`."""

    name: str  # without its prefix
    depth: int  # 0 is the root
    attributes: Mapping[str, str]
    start: int
    inside: int
    close: int
    end: int

    @property
    def is_empty(self) -> bool:
        return self.inside == self.end


def elements(xml: bytes) -> list[Element]:
    """Every element, in the order of their opening tags. Raises ExpatError for what is no XML."""
    found: list[Element | None] = []
    open_ones: list[tuple[int, str, Mapping[str, str], int]] = []
    parser = expat.ParserCreate()

    def begins(name: str, attributes: dict[str, str]) -> None:
        open_ones.append((len(found), name.rpartition(":")[2], attributes, parser.CurrentByteIndex))
        found.append(None)

    def ends(_: str) -> None:
        at, name, attributes, start = open_ones.pop()
        tag = _TAG.match(xml, start)
        inside = tag.end() if tag else start
        if xml[inside - 2 : inside] == b"/>":
            found[at] = Element(name, len(open_ones), attributes, start, inside, inside, inside)
        else:
            close = parser.CurrentByteIndex
            found[at] = Element(name, len(open_ones), attributes, start, inside, close, xml.index(b">", close) + 1)

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.Parse(xml, True)
    return [one for one in found if one]


def plain(xml: bytes) -> bytes:
    """The same XML in an encoding that ASCII can be added to."""
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        xml = re.sub(rb"^<\?xml[^>]*\?>", b"", xml.decode("utf-16").encode())
    return xml.removeprefix(b"\xef\xbb\xbf")


def prefix(xml: bytes) -> str:
    """What stands before the names of the root's own kind: `x:`, or nothing."""
    tag = _TAG.search(xml, xml.index(b"?>") if xml.startswith(b"<?xml") else 0)
    found = re.match(rb"<(\w+:)?", tag[0]) if tag else None
    return (found[1] or b"").decode() if found else ""


def within(xml: bytes, element: Element, content: str) -> bytes:
    """The XML with the content at the end of the element."""
    if not element.is_empty:
        return xml[: element.close] + ascii_of(content) + xml[element.close :]
    tag = xml[element.start : element.end]
    name = re.match(rb"<([^\s/>]+)", tag)
    opened = tag[:-2].rstrip() + b">" + ascii_of(content) + b"</" + (name[1] if name else b"") + b">"
    return xml[: element.start] + opened + xml[element.end :]


def beneath(xml: bytes, content: str) -> bytes:
    """The XML with the content at the end of its root."""
    return within(xml, elements(xml)[0], content)


def placed(xml: bytes, name: str, content: str, order: str) -> bytes:
    """The XML with an element of this name below its root, where the order of names has it: after others of its own name."""
    found, names = elements(xml), order.split()
    later = set(names[names.index(name) + 1 :])
    top: Element | None = None
    for one in found[1:]:
        top = one if one.depth == 1 else top
        # An element for some versions only stands where what is inside it would.
        if top and one.name in later and (one is top or top.name == "AlternateContent"):
            return xml[: top.start] + ascii_of(content) + xml[top.start :]
    return within(xml, found[0], content)


def without(xml: bytes, gone: Sequence[Element]) -> bytes:
    """The XML without these elements, none of which stands in another."""
    for one in sorted(gone, key=lambda element: element.start, reverse=True):
        xml = xml[: one.start] + xml[one.end :]
    return xml


def with_attributes(xml: bytes, element: Element, **changed: str | None) -> bytes:
    """The XML with these attributes of the element changed, added, or with None taken away."""
    tag = xml[element.start : element.inside]
    for name, value in changed.items():
        tag = re.sub(rb"\s" + name.encode() + rb"""\s*=\s*("[^"]*"|'[^']*')""", b"", tag)
        if value is not None:
            end = -2 if tag.endswith(b"/>") else -1
            tag = tag[:end] + ascii_of(f" {name}={quoted(value)}") + tag[end:]
    return xml[: element.start] + tag + xml[element.inside :]


def text(said: str) -> str:
    """The text as XML: nothing in it is markup, and what XML cannot hold is a blank."""
    said = _LIKE_AN_ESCAPE.sub("_x005F_", _NOT_XML.sub(" ", said))
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", " ")


def quoted(said: str) -> str:
    """The text as an attribute's value, quotation marks and all."""
    return _quoteattr(_NOT_XML.sub(" ", said))


def ascii_of(xml: str) -> bytes:
    """As bytes that mean the same in whatever encoding a part is written."""
    return xml.encode("ascii", "xmlcharrefreplace")
