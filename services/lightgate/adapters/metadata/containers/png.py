"""What lies around the pixels of a PNG, chunk by chunk: damage to one costs that one, and none is unpacked whole.

Pillow stops at the first chunk that is not sound, and reads those behind the pixels only after decoding them.
Source: PNG 3rd edition §5 and §11; "Raw profile type" is how ImageMagick kept metadata before there was ``eXIf``.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from lightgate.adapters.metadata.containers.photoshop import digest_in, iptc_in
from lightgate.adapters.metadata.containers.values import decoded

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: length, name, width, height, depth, colour type, three methods, check
_HEAD, _HEAD_BYTES = struct.Struct(">I4sIIBBBBBI"), 13
#: bits of a sample by colour type: grey, RGB, palette, grey and RGB with alpha
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
#: pixels come in as many chunks as their writer likes
_MOST_CHUNKS = 100_000
_MOST_BYTES = 16_000_000
_XMP_KEYWORD = "XML:com.adobe.xmp"
_RAW_PROFILE = "Raw profile type "
_PROFILES = frozenset(_RAW_PROFILE + name for name in ("exif", "APP1", "xmp", "iptc", "8bim"))
#: of the keywords that the standard defines, those with a person's words
DESCRIPTION, AUTHOR, COPYRIGHT = "Description", "Author", "Copyright"
_WANTED = _PROFILES | {_XMP_KEYWORD, DESCRIPTION, AUTHOR, COPYRIGHT}
_EXIF_MARK, _XMP_MARK = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
#: IPTC-IIM as it is, without Photoshop's block around it
_DATA_SET = b"\x1c"
_NOT_HEX = re.compile(rb"[^0-9a-fA-F]")
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})


@dataclass(slots=True)
class Chunks:
    """One file's metadata; empty where there is none."""

    width_px: int
    height_px: int
    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    iptc_digest: bytes = b""
    #: by keyword
    texts: dict[str, str] = field(default_factory=dict)


def chunks_of(stream: IO[bytes]) -> Chunks:
    """Read a file.

    Raises:
        ValueError: it is damaged before the first pixel.
    """
    if stream.read(len(_SIGNATURE)) != _SIGNATURE:
        raise ValueError("no signature")
    found = Chunks(*_size(stream))
    seen: set[str] = set()
    for kind, content in _metadata(stream):
        keyword = content.partition(b"\0")[0].decode("latin-1")
        if kind == b"eXIf":
            found.exif = found.exif or content
        elif keyword in _WANTED and keyword not in seen:
            # each is unpacked once, however often a hostile file repeats it
            seen.add(keyword)
            _take(found, keyword, _text(kind, content[len(keyword) + 1 :]))
    return found


def _size(stream: IO[bytes]) -> tuple[int, int]:
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise ValueError("cut off")
    length, kind, width, height, depth, colour, *_, check = _HEAD.unpack(head)
    is_sound = (length, kind) == (_HEAD_BYTES, b"IHDR") and zlib.crc32(head[4:-4]) == check
    if not is_sound or not width or not height or depth not in _DEPTHS.get(colour, ()):
        raise ValueError("a damaged head")
    return width, height


def _metadata(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks that hold metadata, before and behind the pixels.

    Raises:
        ValueError: there are no pixels.
    """
    has_pixels = False
    for _ in range(_MOST_CHUNKS):
        head = stream.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(kind) < 4 or kind == b"IEND":
            break
        has_pixels = has_pixels or kind == b"IDAT"
        next_at = stream.tell() + length + 4
        if (kind == b"eXIf" or kind in _TEXTS) and length <= _MOST_BYTES:
            yield kind, stream.read(length)
        stream.seek(next_at)
    if not has_pixels:
        raise ValueError("no pixels")


def _text(kind: bytes, told: bytes) -> bytes:
    """Give a text chunk's text from what follows its keyword: Latin-1, but UTF-8 in ``iTXt``."""
    if kind == b"tEXt":
        return told
    if kind == b"zTXt":
        return _unpacked(told[1:])
    # packed or not, by which method, language, keyword in that language
    parts = told[2:].split(b"\0", 2)
    text = parts[2] if len(parts) == 3 else b""
    return _unpacked(text) if told[:1] == b"\1" else text


def _unpacked(packed: bytes) -> bytes:
    """Unpack as far as it is sound; nothing where it unfolds to more than any photo's metadata."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, _MOST_BYTES)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else text


def _take(found: Chunks, keyword: str, text: bytes) -> None:
    if keyword == _XMP_KEYWORD:
        found.xmp = found.xmp or text
    elif keyword in _PROFILES:
        _take_profile(found, keyword.removeprefix(_RAW_PROFILE), _profile(text))
    else:
        found.texts[keyword] = decoded(text)


def _profile(text: bytes) -> bytes:
    """Read a name, a length and as many bytes in hexadecimal, each on lines of their own."""
    told = text.strip().split(b"\n", 2)
    digits = _NOT_HEX.sub(b"", told[2]) if len(told) == 3 else b""
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def _take_profile(found: Chunks, name: str, content: bytes) -> None:
    if name in {"exif", "APP1"} and content.startswith(_EXIF_MARK):
        found.exif = found.exif or content
    elif name in {"xmp", "APP1"}:
        found.xmp = found.xmp or content.removeprefix(_XMP_MARK)
    elif name in {"iptc", "8bim"}:
        found.iptc = found.iptc or (content if content.startswith(_DATA_SET) else iptc_in(content))
        found.iptc_digest = found.iptc_digest or digest_in(content)
