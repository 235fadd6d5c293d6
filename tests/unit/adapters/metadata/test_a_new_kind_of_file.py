"""A kind of file is two functions and one line: nothing else knows of farbfeld (its page at suckless.org)."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvips

from lightgate.adapters.metadata import formats
from lightgate.adapters.metadata.formats import KINDS, FileKind
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.upright import upright
from lightgate.errors import UnreadableImage, UnsupportedFormat
from lightgate.files.by_name import function_at
from lightgate.files.data_folder import DataFolder
from lightgate.intake import Request, submit
from support.desks import all_photos, make_desk

#: what reads its header, in ``adapters/metadata/containers``: without what decodes pixels
HEADER = """
import struct

from lightgate.adapters.metadata.containers.container import Container
from lightgate.adapters.metadata.containers.tiff import Tags
from lightgate.errors import UnreadableImage


def size(head):
    if len(head) < 16:
        raise UnreadableImage(reason="it is cut off")
    return struct.unpack(">II", head[8:16])


def container(stream, max_megapixels):
    return Container("FARBFELD", *size(stream.read(16)), Tags())
"""
#: what decodes it, in ``adapters/pixels``
PIXELS = """
import numpy as np
import pyvips

from farbfeld import size
from lightgate.adapters.pixels.decode import check_size


def pixels(original, max_megapixels, box):
    content = original.read_bytes()
    width, height = size(content)
    check_size(width, height, max_megapixels)
    found = np.frombuffer(content, ">u2", offset=16).reshape(height, width, 4)
    return pyvips.Image.new_from_array(found.astype("uint16")).copy(interpretation="rgb16")
"""


@pytest.fixture
def farbfeld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/farbfeld.py").write_text(HEADER)
    (tmp_path / "modules/farbfeld_pixels.py").write_text(PIXELS)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    # the one line
    kind = FileKind(
        "FARBFELD", (".ff",), lambda head: head.startswith(b"farbfeld"), "farbfeld:container", "farbfeld_pixels:pixels"
    )
    monkeypatch.setitem(KINDS, "FARBFELD", kind)
    card = tmp_path / "card"
    card.mkdir()
    left, right = struct.pack(">4H", 65535, 0, 0, 65535), struct.pack(">4H", 0, 0, 65535, 65535)
    (card / "one.ff").write_bytes(b"farbfeld" + struct.pack(">II", 64, 48) + (left * 32 + right * 32) * 48)
    yield card / "one.ff"
    for name in ("farbfeld", "farbfeld_pixels"):
        sys.modules.pop(name, None)
    function_at.cache_clear()


def test_a_new_kind_of_file_is_taken_in_developed_and_made_for_the_website(farbfeld: Path, tmp_path: Path) -> None:
    desk = make_desk(tmp_path, headers=PillowHeaders(200, 100))
    [report] = submit(desk, [Request((farbfeld.parent,), "Colours", "Here", "tests")])
    [photo] = all_photos(desk)
    assert (photo.suffix, report.skipped) == (".ff", ())
    original = desk.folder.original(photo.content_hash, photo.suffix)
    files = DataFolder(tmp_path).proxy_files("0" * 64)
    files.view.parent.mkdir(parents=True)
    assert VipsDarkroom(200).develop(original, files).width_px == 64
    shown = pyvips.Image.new_from_file(str(files.view))
    assert [round(shown.getpoint(8, 8)[0], -1), round(shown.getpoint(56, 8)[2], -1)] == [250, 250]
    assert upright(original, 32, 32).width == 32


def test_a_damaged_file_of_a_new_kind_is_refused_in_words(farbfeld: Path) -> None:
    farbfeld.write_bytes(b"farbfeld\0\0")
    with pytest.raises(UnreadableImage, match="cut off"):
        PillowHeaders(200, 100).read(farbfeld)


def test_without_its_line_it_is_no_image() -> None:
    with pytest.raises(UnreadableImage, match="not an image"):
        formats.format_of(b"farbfeld" + bytes(56))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_names_functions_that_are_there(kind: FileKind) -> None:
    assert callable(function_at(kind.reads))
    assert callable(function_at(kind.decodes))


@pytest.mark.parametrize(("brand", "name"), [(b"isom", "video"), (b"qt  ", "video")])
def test_what_shares_a_container_with_photographs_is_told_apart(brand: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=name):
        formats.format_of(struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + brand + b"miaf" + bytes(40))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_kind_that_is_taken_in_is_among_those_that_are_refused(kind: FileKind) -> None:
    assert [name for magic, name in formats._KNOWN if kind.begins(magic.ljust(formats.HEAD_BYTES, b"\0"))] == []
