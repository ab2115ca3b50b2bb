"""An XML file fed to the parser by chunks, within bounds of memory and time; what is not whole, safe XML is refused.

Entities are never expanded: a DOCTYPE, where they are declared, is refused as soon as it is met. No refusal quotes a text
or an attribute, where a child's name or number may stand.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from lscb_data.sealed_file import reading
from lscb_data.workbook import UnreadableError

DEEPEST = 100  # elements inside one another
LONGEST = 100_000  # characters of one text or attribute
_LONGEST_MARKUP = 2**20  # bytes of one tag or comment: it is held whole, and scanned anew with every chunk until it ends
_MOST_NAMES = 10_000  # different names of elements and attributes: the parser remembers each
_CHUNK = 2**16
_EXPORT_AGAIN = "Export the file again from the system it comes from, and send it whole and unedited."
_AS_UTF_8 = "Export or save the file again as UTF-8, with that encoding declared, and send that."
_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_WRONG_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_WRONG_ENCODING = expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING]


def parser_of_text(parts: list[str]) -> expat.XMLParserType:
    """A parser that refuses a DOCTYPE and appends the text it meets to these parts."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = parts.append

    def refuse_doctype(*_: object) -> None:
        raise refusal(
            "xml_doctype",
            "has a DOCTYPE, which can declare entities",
            parser,
            "Take the DOCTYPE out of the export, and send the file again.",
        )

    def refuse_encoding(_: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise refusal("xml_wrong_encoding", "declares an encoding that is not read here", parser, _AS_UTF_8)

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.XmlDeclHandler = refuse_encoding
    return parser


def place(parser: expat.XMLParserType) -> str:
    """Where the parser stands, for a person: the line, and in a long line the character."""
    column = parser.CurrentColumnNumber
    return f"line {parser.CurrentLineNumber}" + (f", character {column + 1}" if column > 200 else "")


def refuse_long(parser: expat.XMLParserType, parts: list[str]) -> None:
    """Raises UnreadableError where the parts of a text make one longer than any honest one."""
    if sum(map(len, parts)) > LONGEST:
        raise too_long(parser)


def fed(path: Path, parser: expat.XMLParserType, parts: list[str]) -> Iterator[int]:
    """Feeds the file to the parser by chunks; gives the number of bytes read after each."""
    data, read, wide = b"", 0, False
    try:
        with reading(path) as file:
            while data := file.read(_CHUNK):
                if not read:
                    _refuse_other_kinds(data)
                    wide = b"\0" in data[:4]
                read += len(data)
                parser.Parse(data)
                refuse_long(parser, parts)
                if read - parser.CurrentByteIndex > _LONGEST_MARKUP:
                    raise too_long(parser)
                if len(parser.intern) > _MOST_NAMES:
                    raise refusal("xml_too_many_names", f"has more than {_MOST_NAMES:,} different names of elements", parser)
                yield read
        if not read:
            raise UnreadableError("empty_file", "The file is empty (0 bytes).", "Send the file again.")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if not data:
            raise refusal("xml_cut_short", "ends before its last tag", parser) from None
        at = max(parser.ErrorByteIndex - (read - len(data)), 0)
        raise _not_well_formed(error.code, parser, data[at : at + 2], wide=wide) from None


def refusal(code: str, what: str, parser: expat.XMLParserType, fix: str = _EXPORT_AGAIN) -> UnreadableError:
    """The refusal of a file for what stands where the parser is."""
    return UnreadableError(code, f"The XML file {what} ({place(parser)}).", fix)


def too_long(parser: expat.XMLParserType) -> UnreadableError:
    return refusal("xml_too_long", f"has a text, tag or comment longer than {LONGEST:,} characters", parser)


def _refuse_other_kinds(head: bytes) -> None:
    if head.startswith((b"PK", b"\x1f\x8b")):
        raise UnreadableError(
            "xml_compressed", "The file is compressed (zip or gzip), not XML.", "Unpack it, and send the .xml file inside."
        )
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] != b"<":  # after a byte order mark, in one byte a letter or two
        raise UnreadableError("not_xml", "The file does not begin as XML does, with a tag.", _EXPORT_AGAIN)


def _not_well_formed(code: int, parser: expat.XMLParserType, wrong: bytes, *, wide: bool) -> UnreadableError:
    """The refusal for what the parser met; `wrong` are the bytes there, `wide` where a letter takes two."""
    letter = wrong.strip(b"\0") if wide else wrong[:1]
    if code == _WRONG_ENCODING or (code == _WRONG_TOKEN and not wide and letter >= b"\x80"):
        return refusal("xml_wrong_encoding", "is not written in the encoding that it declares", parser, _AS_UTF_8)
    if code == _WRONG_TOKEN and wrong and letter < b" ":
        return refusal("xml_control_character", "has a NUL or another control character", parser)
    return refusal("xml_not_well_formed", f"is not well formed: {expat.ErrorString(code)}", parser)
