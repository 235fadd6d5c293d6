"""What an original says of itself that a published file may repeat: what only it can know, and what its owner allows.

Source: IPTC Photo Metadata Standard 2025.1, EXIF 2.32 tables 7 and 15, MWG guidelines 2.0 §5.9 (regions).
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from lightgate.adapters.metadata import exif_tags, iptc
from lightgate.adapters.metadata.containers.container import Container
from lightgate.adapters.metadata.containers.values import clean, text
from lightgate.adapters.metadata.published.provenance import SOURCE_TYPES, Provenance, provenance_of
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.metadata.xmp import LANGUAGE, RDF, described, simple, tree_of
from lightgate.errors import LightgateError

_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_REGIONS = "{http://www.metadataworkinggroup.com/schemas/regions/}"
_AREA = "{http://ns.adobe.com/xmp/sType/Area#}"

#: how a picture was generated (IPTC 2025.1): kept as it is, since it is about the picture
AI_FIELDS = ("AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName")
_OWNER, _BODY_SERIAL, _LENS_SERIAL = 0xA430, 0xA431, 0xA435
_MOST_FACES = 100
#: EXIF orientations from 5 on lie on their side; which of them turn left and right, and top and bottom, around
_ON_ITS_SIDE = 5
_FLIPPED_ACROSS, _FLIPPED_DOWN = frozenset({2, 3, 6, 7}), frozenset({3, 4, 7, 8})


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was taken, in words."""

    sublocation: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    #: ISO 3166
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """A named part of the picture: centre and size as shares of width and height, as the pixels are stored."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Original:
    """What one file says."""

    provenance: Provenance = Provenance()  # noqa: RUF009 - frozen
    #: extended description, by language
    extended: tuple[tuple[str, str], ...] = ()
    #: of ``AI_FIELDS``
    ai: tuple[tuple[str, str], ...] = ()
    place: Place = Place()
    #: degrees north and east
    position: tuple[float, float] | None = None
    body_serial: str = ""
    lens_serial: str = ""
    owner: str = ""
    faces: tuple[Face, ...] = ()


def read_original(file: Path) -> Original:
    """Read a file; one whose header cannot be read says nothing, as its pixels will show."""
    headers = PillowHeaders(float("inf"), float("inf"))
    try:
        with file.open("rb") as stream:
            container = headers.contents(stream)
    except (LightgateError, OSError):
        return Original(provenance_of(file))
    root, exif = tree_of(container.xmp), container.tags.exif
    of_xmp = _of_xmp(root) if root is not None else Original()
    return replace(
        of_xmp,
        provenance=_provenance(file, root),
        place=_place(of_xmp.place, container),
        position=exif_tags.coordinates_from(container.tags),
        body_serial=text(exif.get(_BODY_SERIAL), 100) or "",
        lens_serial=text(exif.get(_LENS_SERIAL), 100) or "",
        owner=text(exif.get(_OWNER), 100) or "",
    )


def upright_face(face: Face, orientation: int) -> Face:
    """Turn a region with its picture.

    Args:
        orientation: 1 to 8, EXIF 2.32 tag 0x0112.
    """
    across, down = (face.y, face.x) if orientation >= _ON_ITS_SIDE else (face.x, face.y)
    width, height = (face.height, face.width) if orientation >= _ON_ITS_SIDE else (face.width, face.height)
    x = 1 - across if orientation in _FLIPPED_ACROSS else across
    y = 1 - down if orientation in _FLIPPED_DOWN else down
    return Face(face.name, x, y, width, height)


def disclosed(original: Original, allowed: Set[str]) -> Original:
    """Leave out what the owner does not publish.

    Args:
        allowed: of ``position``, ``place``, ``serial_numbers``, ``owner`` and ``faces``.
    """
    nothing = Original()
    fields = {
        "position": ("position",),
        "place": ("place",),
        "serial_numbers": ("body_serial", "lens_serial"),
        "owner": ("owner",),
        "faces": ("faces",),
    }
    hidden = (name for kind, names in fields.items() if kind not in allowed for name in names)
    return replace(original, **{name: getattr(nothing, name) for name in hidden})


def _provenance(file: Path, root: Element | None) -> Provenance:
    """Prefer what the packet says, wherever in the file it stands and whatever it calls its namespaces."""
    found = provenance_of(file)
    told = simple(root, f"{_EXT}DigitalSourceType")
    return replace(found, digital_source_type=told) if told.startswith(SOURCE_TYPES) else found


def _of_xmp(root: Element) -> Original:
    return Original(
        extended=tuple(_alternatives(root, f"{_CORE}ExtDescrAccessibility")),
        ai=tuple((name, found) for name in AI_FIELDS if (found := simple(root, f"{_EXT}{name}"))),
        place=Place(
            sublocation=simple(root, f"{_CORE}Location"),
            city=simple(root, f"{_PHOTOSHOP}City"),
            state=simple(root, f"{_PHOTOSHOP}State"),
            country=simple(root, f"{_PHOTOSHOP}Country"),
            country_code=simple(root, f"{_CORE}CountryCode"),
        ),
        faces=tuple(_faces(root))[:_MOST_FACES],
    )


def _place(of_xmp: Place, container: Container) -> Place:
    """Take what XMP says, unless the IPTC block was changed after it."""
    said = iptc.texts_of(container.iptc)
    numbers = (iptc.SUBLOCATION, iptc.CITY, iptc.STATE, iptc.COUNTRY, iptc.COUNTRY_CODE)
    of_iptc = Place(*(clean(next(iter(said.get(number, ())), ""), 200) or "" for number in numbers))
    order = (of_iptc, of_xmp) if iptc.is_newer(container.iptc, container.iptc_digest) else (of_xmp, of_iptc)
    return next((each for each in order if each != Place()), Place())


def _alternatives(root: Element, name: str) -> Iterator[tuple[str, str]]:
    for found in described(root, name):
        for entry in found.iter(f"{RDF}li") if isinstance(found, Element) else ():
            if said := clean(entry.text or "", 10_000):
                yield entry.get(LANGUAGE, "x-default"), said


def _faces(root: Element) -> Iterator[Face]:
    for entry in root.iterfind(f".//{_REGIONS}RegionList//{RDF}li"):
        name, area = _within(entry, f"{_REGIONS}Name"), entry.find(f".//{_REGIONS}Area")
        sizes = [_share(_within(area, f"{_AREA}{each}")) for each in "xywh"] if area is not None else []
        if name and sizes and None not in sizes:
            yield Face(name, *(each or 0.0 for each in sizes))


def _within(element: Element, name: str) -> str:
    holders = (element, *element.iter(f"{RDF}Description"))
    told = next((each.get(name, "") for each in holders if name in each.attrib), None)
    found = element.find(f".//{name}")
    return clean(told if told is not None else (found.text or "" if found is not None else ""), 200) or ""


def _share(said: str) -> float | None:
    try:
        share = float(said)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None
