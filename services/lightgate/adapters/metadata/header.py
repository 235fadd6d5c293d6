"""From what lies around the pixels to the facts and words of a photograph: EXIF first for facts, XMP for words."""

from __future__ import annotations

from dataclasses import fields, replace
from xml.etree.ElementTree import Element

from lightgate.adapters.metadata import exif_tags, iptc, xmp_facts
from lightgate.adapters.metadata.containers import png
from lightgate.adapters.metadata.containers.container import Container
from lightgate.adapters.metadata.containers.tiff import Tags
from lightgate.adapters.metadata.containers.values import Moment, clean
from lightgate.adapters.metadata.texts import (
    Words,
    best_of,
    creators,
    newer_first,
    stars,
    words_from_iptc,
    words_from_xmp,
)
from lightgate.adapters.metadata.xmp import tree_of
from lightgate.domain.language.alternatives import default_of, in_any
from lightgate.domain.photo import Exif, HeaderExtra, Rights
from lightgate.domain.written_time import DAY, parts_of
from lightgate.ports.pictures import Header


def header_of(container: Container) -> Header:
    """Understand one file's metadata."""
    tags, root = container.tags, tree_of(container.xmp)
    exif = _exif(container, root)
    in_exif = (_without_camera(each, exif) for each in (_words_in_exif(tags), _words_of_windows(tags)))
    in_xmp, in_iptc = words_from_xmp(root), words_from_iptc(container.iptc)
    is_changed = iptc.is_newer(container.iptc, container.iptc_digest)
    in_packets = (newer_first(in_iptc, in_xmp) if is_changed else in_xmp, in_iptc)
    words = best_of((*in_packets, *in_exif, _words_in_chunks(container)))
    north, east = (
        exif_tags.coordinates_from(tags)
        or (xmp_facts.coordinates_in(root) if root is not None else None)
        or (None, None)
    )
    return Header(
        format=container.format,
        width_px=exif.width or container.width_px,
        height_px=exif.height or container.height_px,
        exif=exif,
        rights=Rights(words.creator, default_of(words.copyright)),
        caption=default_of(words.caption),
        alt_text=default_of(words.alt_text),
        keywords=words.keywords,
        captions=words.caption,
        alt_texts=words.alt_text,
        copyrights=words.copyright,
        extra=HeaderExtra(exif_tags.bias_from(tags), north, east, words.stars),
    )


def _exif(container: Container, root: Element | None) -> Exif:
    tags, size = container.tags, (container.width_px, container.height_px)
    exif = exif_tags.exif_from(tags, container.format, *size, container.orientation)
    exif = _completed(exif, xmp_facts.facts_in(root))
    moment = _moment(container, root)
    return (
        exif
        if moment is None
        else replace(exif, date_time=moment.date_time, sub_seconds=moment.sub_seconds, offset=moment.offset)
    )


def _completed(exif: Exif, other: Exif) -> Exif:
    """Take from another source what is missing."""
    names = [field.name for field in fields(exif)]
    missing = {name: getattr(other, name) for name in names if not getattr(exif, name)}
    return replace(exif, **missing)


def _moment(container: Container, root: Element | None) -> Moment | None:
    """Give when it was taken, wherever that is said; only then when it was scanned or saved.

    A day without a time is made more exact by another source that says the same day.
    Source: MWG guidelines 2.0 §5.6.
    """
    tags = container.tags
    packets = (*xmp_facts.taken_in(root), iptc.taken_in(container.iptc))
    if iptc.is_newer(container.iptc, container.iptc_digest):
        packets = packets[::-1]
    known = [each for each in (exif_tags.taken_from(tags), *packets) if each is not None]
    if not known:
        return exif_tags.saved_from(tags)
    first = known[0]
    # what was digitised on the very day was photographed so; a year alone says too little for that
    digitized = exif_tags.digitized_from(tags)
    if digitized is not None and len(parts_of(first.date_time)) >= DAY:
        known.append(digitized)
    alike = [each for each in known if each.date_time.startswith(first.date_time)]
    return max(alike, key=lambda each: len(each.date_time))


def _words_in_exif(tags: Tags) -> Words:
    rights = exif_tags.rights_from(tags)
    return Words(
        caption=in_any(exif_tags.description_from(tags)),
        creator=creators([rights.creator]),
        copyright=in_any(rights.copyright),
        stars=stars(exif_tags.rating_from(tags)),
    )


def _words_of_windows(tags: Tags) -> Words:
    return Words(
        caption=in_any(exif_tags.comment_from(tags)),
        keywords=exif_tags.keywords_from(tags),
        creator=creators([exif_tags.author_from(tags)]),
    )


def _words_in_chunks(container: Container) -> Words:
    told = (container.texts.get(name) for name in (png.DESCRIPTION, png.AUTHOR, png.COPYRIGHT))
    caption, creator, copyright_ = (clean(text) if text else None for text in told)
    return Words(caption=in_any(caption), creator=creators([creator]), copyright=in_any(copyright_))


def _without_camera(words: Words, exif: Exif) -> Words:
    """Drop texts that only repeat the camera's name."""
    names = {exif.make, exif.model, exif.camera}
    return replace(
        words,
        caption=tuple(each for each in words.caption if each[1] not in names),
        creator=None if words.creator in names else words.creator,
        copyright=tuple(each for each in words.copyright if each[1] not in names),
    )
