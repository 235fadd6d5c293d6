"""The XMP packet of a published file: captions, alt text, keywords and rights, from an allow-list.

Source: IPTC Photo Metadata Standard 2021.1 (alt text), ISO 16684-1 (XMP, lang-alt arrays and the packet wrapper).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from lightgate.domain.photo import Exif, Field, Photo

#: characters that XML 1.0 §2.2 does not allow, and lone surrogates, which UTF-8 cannot write
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
}

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" {namespaces}>
{properties}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(photo: Photo) -> bytes:
    """Write what a published file says of itself; the first language also stands for readers of any other."""
    rights = photo.rights
    properties = [
        _alternatives("dc:description", _by_language(photo, Field.CAPTION)),
        _alternatives("Iptc4xmpCore:AltTextAccessibility", _by_language(photo, Field.ALT_TEXT)),
        _array("dc:subject", "Bag", keywords(photo)),
        _array("dc:creator", "Seq", [rights.creator] if rights.creator else []),
        _alternatives("dc:rights", [("x-default", rights.copyright)] if rights.copyright else []),
        _simple("xmpRights:Marked", "True" if rights.copyright else None),
        _simple("photoshop:DateCreated", date_created(photo.exif)),
    ]
    namespaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES.items())
    return _PACKET.format(namespaces=namespaces, properties="\n".join(filter(None, properties))).encode()


def keywords(photo: Photo) -> tuple[str, ...]:
    """Give the keywords of the photo's first language."""
    found = photo.text(photo.languages[0], Field.KEYWORDS) if photo.languages else None
    return found.value if found and not isinstance(found.value, str) else ()


def date_created(exif: Exif) -> str | None:
    """Write the capture time as ISO 8601 (XMP ``Date``), with the offset only where the camera gave one."""
    found = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", exif.date_time or "", re.ASCII)
    if not found:
        return None
    year, month, day, time = found.groups()
    fraction = f".{exif.sub_seconds}" if (exif.sub_seconds or "").isdecimal() else ""
    return f"{year}-{month}-{day}T{time}{fraction}{exif.offset or ''}"


def _by_language(photo: Photo, wanted: Field) -> list[tuple[str, str]]:
    texts = [(language, photo.text(language, wanted)) for language in photo.languages]
    values = [(language, text.value) for language, text in texts if text and isinstance(text.value, str) and text.value]
    return [("x-default", values[0][1]), *values] if values else []


def _alternatives(name: str, values: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<rdf:li xml:lang="{_escaped(tag)}">{_escaped(value)}</rdf:li>' for tag, value in values)
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>" if items else ""


def _array(name: str, kind: str, values: Sequence[str]) -> str:
    items = "".join(f"<rdf:li>{_escaped(value)}</rdf:li>" for value in values)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>" if items else ""


def _simple(name: str, value: str | None) -> str:
    return f"<{name}>{_escaped(value)}</{name}>" if value else ""


def _escaped(text: str) -> str:
    return html.escape(_NOT_XML.sub("", text))
