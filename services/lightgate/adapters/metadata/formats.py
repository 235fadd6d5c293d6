"""Which kind of file this is, by its first bytes; the name on the outside does not count."""

from __future__ import annotations

import re

from lightgate.errors import UnreadableImage, UnsupportedFormat

#: as many bytes as ``format_of`` wants to see
HEAD_BYTES = 64

JPEG, PNG, TIFF, WEBP, HEIF = "JPEG", "PNG", "TIFF", "WEBP", "HEIF"
#: a camera's raw data, in a container of its maker's
RAW = "RAW"

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TAKEN = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), *((magic, TIFF) for magic in _TIFF))
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_GENERIC_HEIF_BRANDS = frozenset({b"mif1", b"mif2", b"msf1"})
_RAW_MAGIC = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_PHASE_ONE = re.compile(rb"IIII.waR|MMMMRaw", re.DOTALL)
_KNOWN = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x1aE\xdf\xa3", "video"),
)


def format_of(head: bytes) -> str:
    """Name the container by its first ``HEAD_BYTES`` bytes: JPEG, PNG, TIFF, WEBP, HEIF or RAW.

    Many cameras' raw files are TIFF files by their first bytes: see ``raw_header.format_in``.

    Raises:
        UnreadableImage: nothing at all, or not an image.
        UnsupportedFormat: an image or film that is not taken in.
    """
    if not head:
        raise UnreadableImage(reason="the file is empty")
    if name := _first_match(head, _TAKEN):
        if name == TIFF and (head[8:10] == b"CR" or _PHASE_ONE.match(head, 8)):
            return RAW
        return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head.startswith(_RAW_MAGIC) or head[6:14] == b"HEAPCCDR":
        return RAW
    if foreign := _first_match(head, _KNOWN):
        raise UnsupportedFormat(format=foreign)
    raise UnreadableImage(reason="it is not an image")


def _first_match(head: bytes, table: tuple[tuple[bytes, str], ...]) -> str | None:
    return next((name for magic, name in table if head.startswith(magic)), None)


def _iso_media(head: bytes) -> str:
    """Tell HEIC from AVIF, Canon's CR3 and films, which share one container (ISO/IEC 14496-12)."""
    box_end = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, box_end - 3, 4))}
    if major == b"crx ":
        return RAW
    if brands & _AVIF_BRANDS and not brands & _HEIF_BRANDS:
        raise UnsupportedFormat(format="AVIF")
    if brands & (_HEIF_BRANDS | _GENERIC_HEIF_BRANDS):
        return HEIF
    raise UnsupportedFormat(format="video")
