"""The kinds of file that are taken in, told by their first bytes; the name on the outside does not count.

A new one is a function that reads its header, one in ``adapters/pixels`` that decodes it, and an entry in ``KINDS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lightgate.errors import UnreadableImage, UnsupportedFormat

#: as many bytes as ``format_of`` wants to see
HEAD_BYTES = 64

JPEG, PNG, TIFF, WEBP, HEIF, AVIF = "JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"
#: a camera's raw data, in a container of its maker's
RAW = "RAW"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file."""

    #: as facts and rows have it
    name: str
    #: of files that are looked at, lower case with dot; the first is the working copy's
    endings: tuple[str, ...]
    #: is it one, by its first ``HEAD_BYTES`` bytes?
    begins: Callable[[bytes], bool]
    #: ``module:function`` of (open file, most megapixels) that reads what lies around the pixels, a ``Container``
    reads: str
    #: ``module:function`` of (path, most megapixels, box or None) that decodes, see ``pixels.decode.full_size``
    decodes: str
    #: cameras and phones write it, and what its decoder can be made to do is bounded by its header
    is_plain: bool = False


_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_GENERIC_HEIF_BRANDS = frozenset({b"mif1", b"mif2", b"msf1"})
_RAW_MAGIC = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_PHASE_ONE = re.compile(rb"IIII.waR|MMMMRaw", re.DOTALL)


def _is_raw(head: bytes) -> bool:
    """Tell raw files by what their makers begin them with; many others are TIFF files by their first bytes."""
    if head.startswith(_TIFF):
        return head[8:10] == b"CR" or bool(_PHASE_ONE.match(head, 8))
    return head.startswith(_RAW_MAGIC) or head[6:14] == b"HEAPCCDR" or head[4:12] == b"ftypcrx "


def _is_heif(head: bytes) -> bool:
    return not _is_avif(head) and bool(_brands(head) & (_HEIF_BRANDS | _GENERIC_HEIF_BRANDS))


def _is_avif(head: bytes) -> bool:
    brands = _brands(head)
    return bool(brands & _AVIF_BRANDS) and not brands & _HEIF_BRANDS


def _brands(head: bytes) -> set[bytes]:
    """List what an ISO file says it is (ISO/IEC 14496-12): HEIC, AVIF, Canon's CR3 and films share one container."""
    if head[4:8] != b"ftyp":
        return set()
    box_end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, box_end - 3, 4))}


_READER, _DECODER = "lightgate.adapters.metadata.reader", "lightgate.adapters.pixels.decode"
#: cameras' raw data, of which the preview is shown
RAW_ENDINGS = (
    ".raw", ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos",
    ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
)  # fmt: skip

#: by name, in the order in which they are tried
KINDS = {
    each.name: each
    for each in (
        FileKind(RAW, RAW_ENDINGS, _is_raw, f"{_READER}:raw_container", f"{_DECODER}:raw"),
        FileKind(
            JPEG,
            (".jpg", ".jpeg", ".jpe", ".jfif"),
            lambda head: head.startswith(b"\xff\xd8\xff"),
            f"{_READER}:jpeg_container",
            f"{_DECODER}:jpeg",
            is_plain=True,
        ),
        FileKind(
            PNG,
            (".png",),
            lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
            f"{_READER}:png_container",
            f"{_DECODER}:png",
        ),
        FileKind(
            TIFF,
            (".tif", ".tiff"),
            lambda head: head.startswith(_TIFF),
            f"{_READER}:tiff_container",
            f"{_DECODER}:tiff",
        ),
        FileKind(
            WEBP,
            (".webp",),
            lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
            f"{_READER}:webp_container",
            f"{_DECODER}:webp",
        ),
        FileKind(
            HEIF,
            (".heic", ".heif", ".hif"),
            _is_heif,
            f"{_READER}:heif_container",
            f"{_DECODER}:heif",
            is_plain=True,
        ),
        FileKind(AVIF, (".avif", ".avifs"), _is_avif, f"{_READER}:avif_container", f"{_DECODER}:avif"),
    )
}
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
    """Name the kind of file by its first ``HEAD_BYTES`` bytes, as ``KINDS`` has it.

    Many cameras' raw files are TIFF files by their first bytes: see ``containers.raw.format_in``.

    Raises:
        UnreadableImage: nothing at all, or not an image.
        UnsupportedFormat: an image or film that is not taken in.
    """
    if not head:
        raise UnreadableImage(reason="the file is empty")
    for kind in KINDS.values():
        if kind.begins(head):
            return kind.name
    if foreign := next((name for magic, name in _KNOWN if head.startswith(magic)), None):
        raise UnsupportedFormat(format=foreign)
    if head[4:8] == b"ftyp":
        raise UnsupportedFormat(format="video")
    raise UnreadableImage(reason="it is not an image")


def endings() -> frozenset[str]:
    """List the endings of files that are looked at, lower case with dot; those of raw files apart."""
    return frozenset(ending for name, kind in KINDS.items() if name != RAW for ending in kind.endings)
