"""What a person wrote into a file beside the photograph, as Lightroom, darktable and digiKam do; it is only read.

``name.jpg.xmp`` goes before ``name.xmp``, which may belong to a raw file of the same name: the same picture.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from lightgate.adapters.metadata.texts import best_of, words_from_xmp
from lightgate.adapters.metadata.xmp import XMP_LIMIT_BYTES, tree_of
from lightgate.domain.language.alternatives import default_of
from lightgate.domain.photo import Sidecar

#: a link could lead anywhere, and a pipe would wait for its writer
_CAREFULLY = os.O_NOFOLLOW | os.O_NONBLOCK


def read_sidecar(photo: Path) -> Sidecar | None:
    """Read the files beside a photo; None where none of them says anything. What cannot be read says nothing."""
    words = best_of(words_from_xmp(tree_of(content)) for place in _places(photo) if (content := _content(place)))
    said = Sidecar(
        default_of(words.caption),
        default_of(words.alt_text),
        words.keywords,
        words.creator,
        default_of(words.copyright),
        words.stars,
        words.caption,
        words.alt_text,
        words.copyright,
    )
    return None if said == Sidecar() else said


def _places(photo: Path) -> Iterator[Path]:
    for stem in (photo.name, photo.stem):
        for ending in (".xmp", ".XMP"):
            yield photo.with_name(stem + ending)


def _content(place: Path) -> bytes:
    try:
        with open(place, "rb", opener=lambda path, flags: os.open(path, flags | _CAREFULLY)) as opened:
            facts = os.fstat(opened.fileno())
            is_sidecar = stat.S_ISREG(facts.st_mode) and facts.st_size <= XMP_LIMIT_BYTES
            return opened.read(XMP_LIMIT_BYTES) if is_sidecar else b""
    except OSError:
        return b""
