"""Camera raw files that a test makes: DNG with a preview in it, and the maker's marks around what we read."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

_BYTES_A_VALUE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8}
_CODES = {1: "B", 3: "H", 4: "I"}
_NEW_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_MAKE, _MODEL, _STRIPS, _ORIENTATION, _SAMPLES, _ROWS, _STRIP_BYTES = 271, 272, 273, 274, 277, 278, 279
_SUB_IFDS, _CFA_SIZE, _CFA, _EXIF, _TAKEN = 330, 33421, 33422, 34665, 36867
_DNG_VERSION, _CAMERA, _WHITE_LEVEL, _MATRIX, _ILLUMINANT = 50706, 50708, 50717, 50721, 50778

#: type and values of a tag
Tag = tuple[int, tuple[int, ...] | bytes]


def write_dng(file: Path, preview: Image.Image | None, *, orientation: int = 1, camera: str = "Test R1") -> Path:
    """Write a DNG of 64 by 48 raw pixels; the preview is a JPEG, as cameras have it."""
    raw = np.random.default_rng(1).integers(0, 4096, (48, 64), dtype=np.uint16).tobytes()
    shown = _jpeg(preview) if preview is not None else b""
    size = preview.size if preview is not None else (64, 48)
    # raw pixels first, the preview behind them, then the directories
    data = raw + shown
    data_at = 8
    raw_ifd: dict[int, Tag] = {
        _NEW_SUBFILE: (4, (0,)),
        _WIDTH: (4, (64,)),
        _HEIGHT: (4, (48,)),
        _BITS: (3, (16,)),
        _COMPRESSION: (3, (1,)),
        _PHOTOMETRIC: (3, (32803,)),
        _STRIPS: (4, (data_at,)),
        _SAMPLES: (3, (1,)),
        _ROWS: (4, (48,)),
        _STRIP_BYTES: (4, (len(raw),)),
        _CFA_SIZE: (3, (2, 2)),
        _CFA: (1, (0, 1, 1, 2)),
        _WHITE_LEVEL: (4, (4095,)),
    }
    raw_at = data_at + len(data)
    packed_raw = _ifd(raw_ifd, raw_at)
    exif_at = raw_at + len(packed_raw)
    packed_exif = _ifd({_TAKEN: (2, b"2024:05:31 10:11:12\0")}, exif_at)
    identity = (10, tuple(part for row in range(3) for column in range(3) for part in (int(row == column), 1)))
    first: dict[int, Tag] = {
        _MAKE: (2, b"Test\0"),
        _MODEL: (2, camera.encode() + b"\0"),
        _ORIENTATION: (3, (orientation,)),
        _SUB_IFDS: (4, (raw_at,)),
        _EXIF: (4, (exif_at,)),
        _DNG_VERSION: (1, (1, 4, 0, 0)),
        _CAMERA: (2, camera.encode() + b"\0"),
        _MATRIX: identity,
        _ILLUMINANT: (3, (21,)),
        _NEW_SUBFILE: (4, (1,)),
        _WIDTH: (4, (size[0],)),
        _HEIGHT: (4, (size[1],)),
    }
    if shown:
        first |= {
            _BITS: (3, (8, 8, 8)),
            _COMPRESSION: (3, (7,)),
            _PHOTOMETRIC: (3, (6,)),
            _STRIPS: (4, (data_at + len(raw),)),
            _SAMPLES: (3, (3,)),
            _ROWS: (4, (size[1],)),
            _STRIP_BYTES: (4, (len(shown),)),
        }
    first_at = exif_at + len(packed_exif)
    head = b"II*\0" + struct.pack("<I", first_at)
    file.write_bytes(head + data + packed_raw + packed_exif + _ifd(first, first_at))
    return file


def write_raf(file: Path, preview: bytes) -> Path:
    """Write what stands in front of a Fujifilm raw file: its mark and a whole JPEG, and nothing behind."""
    at = 160
    head = b"FUJIFILMCCD-RAW 0201FF389501FinePix S5Pro".ljust(84, b"\0") + struct.pack(">II", at, len(preview))
    file.write_bytes(head.ljust(at, b"\0") + preview)
    return file


def write_cr3(file: Path, first: bytes, exif: bytes) -> Path:
    """Write the boxes of a Canon CR3 that hold metadata: two TIFF blocks."""
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    blocks = _box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00") + _box(b"CMT1", first) + _box(b"CMT2", exif)
    file.write_bytes(
        _box(b"ftyp", b"crx \0\0\0\1crx isom") + _box(b"moov", _box(b"uuid", canon + blocks)) + _box(b"mdat", bytes(64))
    )
    return file


def tiff_block(tags: Mapping[int, Tag], mark: bytes = b"II*\0") -> bytes:
    """Write one directory as a TIFF file, under any mark."""
    return mark + struct.pack("<I", 8) + _ifd(dict(tags), 8)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=95, subsampling=0)
    return stream.getvalue()


def _ifd(tags: dict[int, Tag], at: int) -> bytes:
    """Pack a directory that begins at a place, with its long values behind it."""
    entries, values = b"", b""
    values_at = at + 2 + 12 * len(tags) + 4
    for tag, (kind, content) in sorted(tags.items()):
        packed = content if isinstance(content, bytes) else _packed(kind, content)
        count = len(packed) // _BYTES_A_VALUE[kind]
        inline = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack("<I", values_at + len(values))
        entries += struct.pack("<HHI", tag, kind, count) + inline
        values += packed + bytes(len(packed) % 2) if len(packed) > 4 else b""
    return struct.pack("<H", len(tags)) + entries + bytes(4) + values


def _packed(kind: int, values: tuple[int, ...]) -> bytes:
    code = _CODES.get(kind, "i")
    return struct.pack(f"<{len(values)}{code}", *values)
