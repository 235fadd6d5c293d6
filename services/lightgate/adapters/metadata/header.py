"""From what lies around the pixels to the facts and words of a photograph: EXIF first for facts, XMP for words."""

from __future__ import annotations

from dataclasses import fields, replace
from xml.etree.ElementTree import Element

from lightgate.adapters.metadata import exif_tags, xmp_facts
from lightgate.adapters.metadata.containers import png
from lightgate.adapters.metadata.containers.container import Container
from lightgate.adapters.metadata.containers.tiff import Tags
from lightgate.adapters.metadata.containers.values import Moment, clean
from lightgate.adapters.metadata.texts import Words, best_of, stars, taken_in_iptc, words_from_iptc, words_from_xmp
from lightgate.adapters.metadata.xmp import tree_of
from lightgate.domain.photo import Exif, HeaderExtra, Rights
from lightgate.ports.pictures import Header


def header_of(container: Container) -> Header:
    """Understand one file's metadata."""
    tags, root = container.tags, tree_of(container.xmp)
    exif = _exif(container, root)
    in_exif = (_without_camera(each, exif) for each in (_words_in_exif(tags), _words_of_windows(tags)))
    in_packets = (words_from_xmp(root), words_from_iptc(container.iptc))
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
        rights=Rights(words.creator, words.copyright),
        caption=words.caption,
        alt_text=words.alt_text,
        keywords=words.keywords,
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

    Source: MWG guidelines 2.0 §5.6.
    """
    return (
        exif_tags.taken_from(container.tags)
        or xmp_facts.taken_in(root)
        or taken_in_iptc(container.iptc)
        or exif_tags.saved_from(container.tags)
    )


def _words_in_exif(tags: Tags) -> Words:
    rights = exif_tags.rights_from(tags)
    return Words(
        caption=exif_tags.description_from(tags),
        creator=rights.creator,
        copyright=rights.copyright,
        stars=stars(exif_tags.rating_from(tags)),
    )


def _words_of_windows(tags: Tags) -> Words:
    return Words(
        caption=exif_tags.comment_from(tags),
        keywords=exif_tags.keywords_from(tags),
        creator=exif_tags.author_from(tags),
    )


def _words_in_chunks(container: Container) -> Words:
    told = (container.texts.get(name) for name in (png.DESCRIPTION, png.AUTHOR, png.COPYRIGHT))
    caption, creator, copyright_ = (clean(text) if text else None for text in told)
    return Words(caption=caption, creator=creator, copyright=copyright_)


def _without_camera(words: Words, exif: Exif) -> Words:
    """Drop texts that only repeat the camera's name."""
    names = {exif.make, exif.model, exif.camera}
    return replace(
        words,
        caption=None if words.caption in names else words.caption,
        creator=None if words.creator in names else words.creator,
        copyright=None if words.copyright in names else words.copyright,
    )
