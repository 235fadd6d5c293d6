"""Small pictures that a test makes: upright or turned, in any colour space, with metadata that must not get out."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from PIL import Image

#: what the four quarters of ``quarters`` show: top left, top right, bottom left, bottom right
COLOURS = ((230, 30, 30), (30, 200, 30), (30, 30, 230), (230, 230, 30))
#: how to turn an upright picture so that each EXIF orientation undoes it
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SERIAL = "SN-12345678"
OWNER = "Olivia Owner"
MAKER_NOTE = b"MAKERNOTE-SECRET"


def quarters(width_px: int = 1200, height_px: int = 800) -> Image.Image:
    """Draw a picture that shows how it is turned."""
    picture = Image.new("RGB", (width_px, height_px))
    half = (width_px // 2, height_px // 2)
    for number, colour in enumerate(COLOURS):
        picture.paste(colour, (half[0] * (number % 2), half[1] * (number // 2), width_px, height_px))
    return picture


def is_upright(picture: Image.Image, tolerance: int = 12) -> bool:
    """Do the quarters show what they should?"""
    width, height = picture.size
    places = ((width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3))
    return all(
        abs(one - other) <= tolerance
        for place, colour in zip(places, COLOURS, strict=True)
        for one, other in zip(picture.convert("RGB").getpixel(place), colour, strict=True)
    )


def turned(orientation: int) -> Image.Image:
    """Draw ``quarters`` as a camera held that way stores it; its EXIF still has to say so."""
    return quarters().transpose(_TURNS[orientation]) if orientation in _TURNS else quarters()


def private_exif(orientation: int = 1) -> bytes:
    """Write EXIF with everything that must never be published."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Canon", "EOS R5"
    exif.get_ifd(0x8769).update({0xA431: SERIAL, 0xA430: OWNER, 0xA435: SERIAL, 0x927C: MAKER_NOTE})
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "E", 4: (4.0, 30.0, 0.0)})
    return exif.tobytes()


#: an XMP packet that says whatever a file can say that its owner may not want to publish, and what only it can know
TELLING_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 exif:GPSLatitude="51,30.5N" exif:GPSLongitude="4,30.5E" aux:SerialNumber="SN-12345678" aux:OwnerName="Olivia Owner"
 photoshop:City="Zürich" photoshop:Country="Switzerland" Iptc4xmpCore:CountryCode="CHE"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
 Iptc4xmpExt:AISystemUsed="Denoiser 3">
<Iptc4xmpCore:Location><rdf:Alt><rdf:li xml:lang="x-default">Limmatquai</rdf:li></rdf:Alt></Iptc4xmpCore:Location>
<Iptc4xmpCore:ExtDescrAccessibility><rdf:Alt><rdf:li xml:lang="x-default">Two herons stand on a wall of stone.</rdf:li>
<rdf:li xml:lang="de">Zwei Reiher stehen auf einer Mauer.</rdf:li></rdf:Alt></Iptc4xmpCore:ExtDescrAccessibility>
<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Paula Person</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li>
<rdf:Description mwg-rs:Name="Paula Person" mwg-rs:Type="Face">
<mwg-rs:Area stArea:x="0.25" stArea:y="0.1" stArea:w="0.2" stArea:h="0.05" stArea:unit="normalized"/>
</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def jpeg(file: Path, picture: Image.Image, **options: object) -> Path:
    """Save a JPEG of good quality."""
    picture.save(file, "JPEG", quality=95, subsampling=0, **options)
    return file


def jpeg_bytes(colour: tuple[int, int, int] = (90, 120, 150), size: tuple[int, int] = (60, 40)) -> bytes:
    """Make a small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


def rgb_profile(primaries: Sequence[tuple[float, float]], gamma: float) -> bytes:
    """Make an ICC profile (version 2, matrix and one curve) for xy primaries under D65.

    Source: ICC.1:2001-04; Bradford adaptation to D50 by Lindbloom.
    """
    white = _xyz(0.3127, 0.3290)
    columns = [_xyz(*each) for each in primaries]
    scale = _solve([[column[row] for column in columns] for row in range(3)], white)
    colorants = [_to_d50([part * factor for part in column]) for column, factor in zip(columns, scale, strict=True)]
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"Test\0" + bytes(79),
        b"cprt": b"text" + bytes(4) + b"none\0" + bytes(3),
        b"wtpt": _xyz_tag((0.9642, 1.0, 0.8249)),
        b"rXYZ": _xyz_tag(colorants[0]),
        b"gXYZ": _xyz_tag(colorants[1]),
        b"bXYZ": _xyz_tag(colorants[2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(content))
        body += padded
    rest = b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    header = struct.pack(">I4sI", at + len(body), bytes(4), 0x02100000) + rest
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(x: float, y: float) -> list[float]:
    return [x / y, 1.0, (1 - x - y) / y]


def _to_d50(xyz: Sequence[float]) -> list[float]:
    bradford = (
        (1.0478112, 0.0228866, -0.0501270),
        (0.0295424, 0.9904844, -0.0170491),
        (-0.0092345, 0.0150436, 0.7521316),
    )
    return [sum(factor * value for factor, value in zip(row, xyz, strict=True)) for row in bradford]


def _xyz_tag(xyz: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in xyz))


def _solve(matrix: list[list[float]], wanted: Sequence[float]) -> list[float]:
    """Solve three equations by Gauss."""
    rows = [[Fraction(value) for value in (*row, right)] for row, right in zip(matrix, wanted, strict=True)]
    for pivot in range(3):
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for other in set(range(3)) - {pivot}:
            rows[other] = [a - rows[other][pivot] * b for a, b in zip(rows[other], rows[pivot], strict=True)]
    return [float(row[3]) for row in rows]


#: Adobe RGB (1998), §4.3.1
ADOBE_RGB = rgb_profile(((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), 2.19921875)
