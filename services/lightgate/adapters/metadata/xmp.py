"""An XMP packet as a tree of elements, and its properties however they are written down.

Source: ISO 16684-1 §7 (serialisation: a property is an attribute or an element of a description) and §7.3.2 (packet).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lightgate.adapters.metadata.containers.values import clean
from lightgate.domain.language.alternatives import DEFAULT, Alternatives

#: an XMP packet of a photograph has some kilobytes; retouching history can make it megabytes
XMP_LIMIT_BYTES = 4_000_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

#: more of one text is no photograph's
_MOST_LANGUAGES = 100
#: programs that write a shorter packet into the room of a longer one leave the end of the longer one behind it
_END = re.compile(r"<\?xpacket\s+end=")
_UNMARKED = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
#: longest first, since the mark of UTF-32 begins as that of UTF-16
_MARKED = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


def tree_of(packet: bytes) -> Element | None:
    """Read an XMP packet in any Unicode encoding; one that is no XML, or wants entities, is None."""
    if not packet or len(packet) > XMP_LIMIT_BYTES:
        return None
    try:
        root: Element = fromstring(_text(packet), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def _text(packet: bytes) -> str:
    """Decode by the first bytes, as XML 1.0 appendix F says.

    Raises:
        UnicodeDecodeError: it is not what it seems.
    """
    encoding = next((name for mark, name in (*_MARKED, *_UNMARKED) if packet.startswith(mark)), "utf-8")
    text = packet.decode(encoding).strip("\0 \t\r\n\ufeff")
    if text.startswith("<?xml "):
        # what it says of the encoding is settled
        text = text.partition("?>")[2]
    end = _END.search(text)
    return text if end is None else text[: end.start()]


def described(root: Element, name: str) -> Iterator[Element | str]:
    """Yield what the photo's own descriptions hold under a name; parts of other pictures' packets are not looked at."""
    for graph in root.iter(f"{RDF}RDF"):
        for description in graph.findall(f"{RDF}Description"):
            if name in description.attrib:
                yield description.attrib[name]
            yield from description.findall(name)


def simple(root: Element | None, name: str, limit: int = 2000) -> str:
    """Read a property, or the first entry of a list, as one line."""
    for found in described(root, name) if root is not None else ():
        if isinstance(found, str):
            text: str | None = found
        else:
            entry = found.find(f".//{RDF}li")
            text = (found if entry is None else entry).text
        if said := clean(text or "", limit):
            return said
    return ""


def alternatives(root: Element, name: str, limit: int = 4000) -> Alternatives:
    """Read a text that may stand there in several languages, each once."""
    told: dict[str, str] = {}
    for found in described(root, name):
        # a list of another kind, which some programs write, holds texts as well
        listed = () if isinstance(found, str) else found.findall(f"*/{RDF}li")[:_MOST_LANGUAGES]
        for entry in listed or (found,):
            written, tag = (entry, None) if isinstance(entry, str) else (entry.text or "", entry.get(LANGUAGE))
            if said := clean(written, limit):
                told.setdefault((tag or "").strip() or DEFAULT, said)
        if told:
            break
    return tuple(told.items())


def items(root: Element, name: str) -> Iterator[str]:
    """Yield the entries of a list."""
    for found in described(root, name):
        for item in found.iter(f"{RDF}li") if isinstance(found, Element) else ():
            if item.text:
                yield item.text
