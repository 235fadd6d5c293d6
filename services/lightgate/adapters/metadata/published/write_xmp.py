"""The XMP packet of a published file: captions, alt text, keywords and rights, from an allow-list.

Source: IPTC Photo Metadata Standard 2021.1 (alt text), ISO 16684-1 (XMP, lang-alt arrays and the packet wrapper).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from lightgate.adapters.metadata.published.disclosed import Face, Original, Place
from lightgate.domain.approval.rights import RightsStatement
from lightgate.domain.photo import Exif, Field, Photo
from lightgate.domain.written_time import MINUTE, SECOND, iso_time, parts_of

#: characters that XML 1.0 §2.2 does not allow, and lone surrogates, which UTF-8 cannot write
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
}

#: between the levels of a keyword, as Lightroom has it
_LEVEL = "|"
#: with a blank beside it, or nothing, it is a sign like others: ``Smith | Sons``
_PATH = re.compile(r"[^\s|](?:[^|]*[^\s|])?(?:\|[^\s|](?:[^|]*[^\s|])?)+")
_DATA_MINING = "http://ns.useplus.org/ldf/vocab/DMI-"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" {namespaces}>
{properties}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(photo: Photo, rights: RightsStatement, original: Original | None = None) -> bytes:
    """Write what a published file says of itself; the first language also stands for readers of any other.

    Args:
        original: what of the original's own words goes out, see ``published.disclosed``.
    """
    words, original = keywords(photo), original or Original()
    properties = [
        _alternatives("dc:description", _by_language(photo, Field.CAPTION)),
        _alternatives("Iptc4xmpCore:AltTextAccessibility", _by_language(photo, Field.ALT_TEXT)),
        _alternatives("Iptc4xmpCore:ExtDescrAccessibility", _with_default(original.extended)),
        _array("dc:subject", "Bag", [flat(word) for word in words]),
        _array("lr:hierarchicalSubject", "Bag", hierarchy(photo)),
        _simple("photoshop:Headline", photo.subject),
        _simple("photoshop:DateCreated", date_created(photo.exif)),
        _simple("Iptc4xmpExt:DigitalSourceType", original.provenance.digital_source_type),
        *(_simple(f"Iptc4xmpExt:{name}", value) for name, value in original.ai),
        *_rights(rights),
        *_place(original.place),
        *_people(original.faces),
    ]
    namespaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES.items())
    return _PACKET.format(namespaces=namespaces, properties="\n".join(filter(None, properties))).encode()


def _rights(rights: RightsStatement) -> Iterator[str]:
    yield _array("dc:creator", "Seq", [rights.creator] if rights.creator else [])
    yield _in_any_language("dc:rights", rights.copyright)
    yield _simple("xmpRights:Marked", "True" if rights.copyright else None)
    yield _in_any_language("xmpRights:UsageTerms", rights.usage_terms)
    yield _simple("xmpRights:WebStatement", rights.web_statement)
    yield _simple("photoshop:Credit", rights.credit)
    yield _simple("photoshop:CaptionWriter", rights.caption_writer)
    licensor = _simple("plus:LicensorName", rights.licensor_name) + _simple("plus:LicensorURL", rights.licensor_url)
    if licensor:
        yield f'<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource">{licensor}</rdf:li></rdf:Seq></plus:Licensor>'
    if rights.data_mining:
        yield _simple("plus:DataMining", f"{_DATA_MINING}{rights.data_mining}")
    yield _in_any_language("plus:OtherConstraints", rights.other_constraints)


def _place(place: Place) -> Iterator[str]:
    yield _simple("Iptc4xmpCore:Location", place.sublocation)
    yield _simple("photoshop:City", place.city)
    yield _simple("photoshop:State", place.state)
    yield _simple("photoshop:Country", place.country)
    yield _simple("Iptc4xmpCore:CountryCode", place.country_code)


def _people(faces: Sequence[Face]) -> Iterator[str]:
    """Write regions as MWG 2.0 §5.9 has them, in the upright picture."""
    if not faces:
        return
    yield _array("Iptc4xmpExt:PersonInImage", "Bag", [face.name for face in faces])
    regions = "".join(_region(face) for face in faces)
    yield (
        '<mwg-rs:Regions rdf:parseType="Resource">'
        f"<mwg-rs:RegionList><rdf:Bag>{regions}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )


def _region(face: Face) -> str:
    area = {"x": face.x, "y": face.y, "w": face.width, "h": face.height}
    told = "".join(_simple(f"stArea:{name}", f"{value:.6g}") for name, value in area.items())
    return (
        f'<rdf:li rdf:parseType="Resource">{_simple("mwg-rs:Name", face.name)}<mwg-rs:Type>Face</mwg-rs:Type>'
        f'<mwg-rs:Area rdf:parseType="Resource">{told}<stArea:unit>normalized</stArea:unit></mwg-rs:Area></rdf:li>'
    )


def _with_default(values: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    has_default = any(tag == "x-default" for tag, _ in values)
    return values if has_default or not values else [("x-default", values[0][1]), *values]


def _in_any_language(name: str, value: str) -> str:
    return _alternatives(name, [("x-default", value)] if value else [])


def main_text(photo: Photo, wanted: Field) -> str:
    """Give a text of the photo's first language."""
    found = photo.text(photo.languages[0], wanted) if photo.languages else None
    return found.value if found and isinstance(found.value, str) else ""


def flat(keyword: str) -> str:
    """Give the last level of a keyword that names its parents, as in ``animal|bird|heron``."""
    return keyword.rpartition(_LEVEL)[2] if _PATH.fullmatch(keyword) else keyword


def keywords(photo: Photo) -> tuple[str, ...]:
    """Give the keywords of the photo's first language."""
    found = photo.text(photo.languages[0], Field.KEYWORDS) if photo.languages else None
    return found.value if found and not isinstance(found.value, str) else ()


def hierarchy(photo: Photo) -> Sequence[str]:
    """Give keywords with the levels above them: from the vocabulary, or as the keyword itself names them."""
    own = (word for word in keywords(photo) if _PATH.fullmatch(word))
    return list(dict.fromkeys([*own, *(_LEVEL.join(path) for path in photo.keyword_paths or () if len(path) > 1)]))


def date_created(exif: Exif) -> str | None:
    """Write the capture time as ISO 8601 (XMP ``Date``), as far as it is known, the offset only where there is one."""
    known = len(parts_of(exif.date_time))
    if not known:
        return None
    fraction = f".{exif.sub_seconds}" if known == SECOND and (exif.sub_seconds or "").isdecimal() else ""
    return iso_time(exif.date_time) + fraction + ((exif.offset or "") if known >= MINUTE else "")


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
