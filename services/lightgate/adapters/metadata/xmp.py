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

#: an XMP packet of a photograph has some kilobytes; retouching history can make it megabytes
XMP_LIMIT_BYTES = 4_000_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

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


def in_default_language(root: Element, name: str, limit: int = 4000) -> str | None:
    """Read a text that may stand there in several languages."""
    for found in described(root, name):
        if isinstance(found, str):
            return clean(found, limit)
        entries = found.findall(f"{RDF}Alt/{RDF}li") or [found]
        default = next((entry for entry in entries if entry.get(LANGUAGE) == "x-default"), entries[0])
        return clean(default.text or "", limit)
    return None


def items(root: Element, name: str) -> Iterator[str]:
    """Yield the entries of a list."""
    for found in described(root, name):
        for item in found.iter(f"{RDF}li") if isinstance(found, Element) else ():
            if item.text:
                yield item.text
