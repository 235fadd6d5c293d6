"""Picture files spoilt by chance, and a worker that reads and develops them as the stages do.

``python -m support.fuzzing COUNT SEED`` prints one JSON object: how each file ended, and what it cost at most.
"""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.errors import LightgateError
from lightgate.files.data_folder import DataFolder
from support.measuring import peak_rss_mb
from support.pictures import ADOBE_RGB, private_exif
from support.raw_files import write_dng, write_raf

_MEGAPIXELS = 60
_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></x:xmpmeta>"
_BILLION_LAUGHS = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>"
)
#: kinds of containers that the ``quality`` stage develops in its own process
_PLAIN = ("JPEG", "HEIF")

Dice = random.Random


def sound_files(folder: Path) -> list[bytes]:
    """Make one small file of every kind."""
    random_ = np.random.default_rng(5)
    picture = Image.fromarray(random_.integers(0, 256, (96, 128, 3), dtype=np.uint8)).resize((256, 192))
    told = {"exif": private_exif(6), "icc_profile": ADOBE_RGB}
    made = [
        _saved(picture, "JPEG", xmp=_XMP, **told),
        _saved(picture, "JPEG", progressive=True, **told),
        _saved(picture.convert("CMYK"), "JPEG"),
        _saved(picture.convert("L"), "JPEG"),
        _saved(picture, "PNG", **told),
        _saved(picture.convert("RGBA"), "PNG"),
        _saved(picture.convert("P"), "PNG"),
        _saved(picture, "TIFF", **told),
        _saved(picture, "TIFF", compression="tiff_deflate"),
        _saved(picture, "TIFF", compression="jpeg"),
        _saved(picture, "WEBP", xmp=_XMP, **told),
        _saved(picture, "WEBP", lossless=True),
        _saved(picture, "AVIF"),
        _saved(picture, "GIF"),
        _bomb(12_000, 9_000),
        _bomb(7_000, 7_000),
    ]
    stream = io.BytesIO()
    pillow_heif.from_pillow(picture).save(stream, exif=private_exif(6))
    raws = (write_dng(folder / "a.dng", picture, orientation=6), write_raf(folder / "a.raf", made[0]))
    return [*made, stream.getvalue(), *(file.read_bytes() for file in raws)]


def _saved(picture: Image.Image, format_: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format_, **options)
    return stream.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _bomb(width_px: int, height_px: int) -> bytes:
    """Make a PNG of one colour, and of a packed text and profile that unfold to megabytes."""
    head = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes((3 * width_px + 1) * height_px), 9)
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(_BILLION_LAUGHS + b" " * 30_000_000)
    profile = b"icc\0\0" + zlib.compress(bytes(30_000_000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body)
        for kind, body in ((b"IHDR", head), (b"iCCP", profile), (b"iTXt", text), (b"IDAT", packed), (b"IEND", b""))
    )


def cut(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    return bytes(content[: dice.randrange(len(content) + 1)])


def flip(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    for _ in range(dice.choice((1, 4, 30, 300))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return bytes(content)


def spoil_the_head(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    for _ in range(dice.randrange(1, 20)):
        content[dice.randrange(min(len(content), 1500))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    return bytes(content)


def splice(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    other = dice.choice(others)
    return bytes(content[: dice.randrange(1, min(len(content), 3000))]) + other[dice.randrange(min(len(other), 3000)) :]


def give_large_numbers(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    """Put a huge length or size somewhere into the head."""
    at = dice.randrange(max(1, min(len(content), 900) - 8))
    huge = dice.choice((0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFF, 65_000, 16_383))
    content[at : at + 4] = struct.pack(dice.choice("<>") + "I", huge)
    return bytes(content)


def repeat(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    at, length = dice.randrange(len(content)), dice.randrange(1, 4000)
    return bytes(content[:at]) + bytes(content[at : at + length]) * dice.randrange(2, 50) + bytes(content[at:])


def loop_the_directories(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    """Let TIFF directories point at themselves, at each other, and out of the file."""
    places = [8, 8, 64, 2**31, dice.randrange(400)]
    entries = b"".join(
        struct.pack("<HHII", tag, dice.choice((3, 4, 13, 2)), dice.choice((1, 2, 2**30)), dice.choice(places))
        for tag in (256, 257, 259, 273, 279, 330, 0x8769, 0x8825, 0xA005, 700, 34675)
    )
    block = b"II*\0" + struct.pack("<IH", 8, 11) + entries + struct.pack("<I", dice.choice(places)) + bytes(300)
    if dice.random() < 0.5:
        return block
    segment = b"Exif\0\0" + block
    return others[0][:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + others[0][2:]


def give_foreign_magic(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    return dice.choice(others)[: dice.choice((2, 4, 8, 12, 16))] + bytes(content[16:])


def give_an_xmp_bomb(dice: Dice, content: bytearray, others: list[bytes]) -> bytes:
    packet = b"http://ns.adobe.com/xap/1.0/\0" + _BILLION_LAUGHS
    return others[0][:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + others[0][2:]


WAYS: tuple[Callable[[Dice, bytearray, list[bytes]], bytes], ...] = (
    cut,
    flip,
    flip,
    spoil_the_head,
    spoil_the_head,
    splice,
    give_large_numbers,
    repeat,
    loop_the_directories,
    give_foreign_magic,
    give_an_xmp_bomb,
)


def main(count: int, seed: int) -> None:
    """Be the worker."""
    headers, plain, careful = (
        PillowHeaders(_MEGAPIXELS, 100),
        VipsDarkroom(_MEGAPIXELS),
        CarefulDarkroom(_MEGAPIXELS, memory_limit_mb=2048, processor_limit_s=60),
    )
    ended: Counter[str] = Counter()
    header_s = develop_s = 0.0
    with tempfile.TemporaryDirectory(prefix="lightgate-fuzz-") as place:
        folder = Path(place)
        sound = sound_files(folder)
        for number in range(count):
            dice = Dice(f"{seed} {number}")
            spoilt = dice.choice(WAYS)(dice, bytearray(dice.choice(sound)), sound)
            (folder / "file").write_bytes(spoilt)
            (folder / "at").write_text(str(number))
            try:
                begun = time.process_time()
                format_ = headers.read(folder / "file").format
                header_s = max(header_s, time.process_time() - begun)
                begun = time.process_time()
                darkroom = plain if format_ in _PLAIN else careful
                darkroom.develop(folder / "file", DataFolder(folder).proxy_files("ab" * 32))
                develop_s = max(develop_s, time.process_time() - begun)
                ended["developed"] += 1
            except LightgateError as error:
                if not error.message or "\n" in error.message or not error.message.endswith((".", ")")):
                    ended["NO SENTENCE: " + error.message[:80]] += 1
                ended[type(error).__name__ + ": " + error.message[:90]] += 1
            except Exception as error:  # noqa: BLE001 - what the test is about: which file, and how it got out
                ended[f"ESCAPED {number}: {error!r}"[:200]] += 1
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    cost = {"rss_mb": peak_rss_mb(), "child_rss_mb": children, "header_s": header_s, "develop_s": develop_s}
    sys.stdout.write(json.dumps({"ended": ended, **cost}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
