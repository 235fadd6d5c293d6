"""What an original says of itself, in its header and in a file beside it, as the facts that are kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lightgate.domain.photo import ExifFacts, Field, Rights, Sidecar, Source, Text, TextValue
from lightgate.ports.pictures import Header


def facts_of(header: Header, sidecar: Sidecar | None, language: str) -> ExifFacts:
    """Put header and sidecar together; what the sidecar says counts first.

    Args:
        language: of the words in them, the set's first.
    """
    said = sidecar or Sidecar()
    rights = Rights(said.creator or header.rights.creator, said.copyright or header.rights.copyright)
    extra = header.extra if said.stars is None else replace(header.extra, stars=said.stars)
    return ExifFacts(header.exif, rights, tuple(_texts(header, said, language)), extra, sidecar)


def _texts(header: Header, sidecar: Sidecar, language: str) -> Iterator[Text]:
    found: dict[Field, TextValue | None] = {
        Field.CAPTION: sidecar.caption or header.caption,
        Field.ALT_TEXT: sidecar.alt_text or header.alt_text,
        Field.KEYWORDS: sidecar.keywords or header.keywords,
    }
    for field, value in found.items():
        if value:
            yield Text(language, field, value, Source.FILE)
