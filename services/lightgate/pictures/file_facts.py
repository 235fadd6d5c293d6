"""What an original says of itself, in its header and in a file beside it, as the facts that are kept of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lightgate.domain.language.alternatives import Alternatives, in_any, in_languages
from lightgate.domain.photo import ExifFacts, Field, Rights, Sidecar, Source, Text
from lightgate.ports.pictures import Header


def facts_of(header: Header, sidecar: Sidecar | None, languages: Sequence[str]) -> ExifFacts:
    """Put header and sidecar together; what the sidecar says counts first.

    Args:
        languages: the set's; each gets the words in it, the first also those whose language nobody told.
    """
    said = sidecar or Sidecar()
    first = languages[:1]
    copyrights = {
        **in_languages(header.copyrights or in_any(header.rights.copyright), first),
        **in_languages(said.copyrights or in_any(said.copyright), first),
    }
    rights = Rights(
        said.creator or header.rights.creator,
        next(iter(copyrights.values()), said.copyright or header.rights.copyright),
    )
    extra = header.extra if said.stars is None else replace(header.extra, stars=said.stars)
    return ExifFacts(header.exif, rights, tuple(_texts(header, said, languages)), extra, sidecar)


def _texts(header: Header, sidecar: Sidecar, languages: Sequence[str]) -> Iterator[Text]:
    told: dict[Field, Sequence[Alternatives]] = {
        Field.CAPTION: (
            header.captions or in_any(header.caption),
            sidecar.captions or in_any(sidecar.caption),
        ),
        Field.ALT_TEXT: (
            header.alt_texts or in_any(header.alt_text),
            sidecar.alt_texts or in_any(sidecar.alt_text),
        ),
    }
    for field, sources in told.items():
        found = {language: text for source in sources for language, text in in_languages(source, languages).items()}
        yield from (Text(each, field, found[each], Source.FILE) for each in languages if each in found)
    # keywords have no language of their own in any file
    if keywords := sidecar.keywords or header.keywords:
        yield Text(languages[0], Field.KEYWORDS, keywords, Source.FILE)
