"""Where a photo's files lie on the website, below the target's root: year, folder and name."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import PurePosixPath

from lightgate.domain.names.slug import slug
from lightgate.domain.photo import Photo
from lightgate.errors import SettingInvalid

FULL = "full"
THUMB = "thumb"

MANIFEST = "manifest"

_ORDER = ("year", "folder", "name", "stem", "edge", "ending")
_FIELDS = frozenset({"year", "folder", "name"})
_SIZE_FIELDS = frozenset({"year", "folder", "stem", "edge", "ending"})
#: the field that makes two photos' paths differ
_NAME = "{name}"
#: most file systems allow 255 bytes a part
_MAX_PART_BYTES = 200
_UNNAMED = "unsorted"


@dataclass(frozen=True, slots=True)
class Layout:
    """Path templates by rendition kind, e.g. ``{year}/{folder}/{name}``.

    Raises:
        SettingInvalid: a template that is no relative path with ``{name}`` in it, or two that are the same.
    """

    templates: Mapping[str, str]
    #: stands for ``{year}`` where the photo has no date
    undated: str = "undated"
    #: for the files of a responsive set, and for the list that goes with them
    responsive: str = "{year}/sizes/{folder}/{stem}-{edge}.{ending}"
    manifest: str = "{year}/sizes/{folder}/{stem}.json"

    def __post_init__(self) -> None:
        for kind, template in self.templates.items():
            _check(f"publish.{kind}_path", template, _FIELDS, {_NAME})
        _check("publish.responsive_path", self.responsive, _SIZE_FIELDS, {"{stem}", "{edge}", "{ending}"})
        _check("publish.manifest_path", self.manifest, _FIELDS | {"stem"}, {"{stem}"})
        if len(set(self.templates.values())) < len(self.templates):
            raise SettingInvalid(name="publish.thumb_path", reason="two renditions would have the same path")

    def paths(self, photo: Photo, file_name: str) -> dict[str, str]:
        """Give the path of every rendition, ``/`` between parts, by kind."""
        values = self._values(photo, file_name)
        return {kind: template.format(**values) for kind, template in self.templates.items()}

    def path(self, photo: Photo, file_name: str, kind: str, ending: str) -> str:
        """Give the path of one rendition; a kind without a template of its own is of the responsive set.

        Args:
            kind: format and longest edge, as in ``webp-1280``, or ``manifest``.
        """
        values = self._values(photo, file_name)
        if kind in self.templates:
            return self.templates[kind].format(**values)
        if kind == MANIFEST:
            return self.manifest.format(**values)
        return self.responsive.format(**values, edge=kind.rpartition("-")[2], ending=ending)

    def _values(self, photo: Photo, file_name: str) -> dict[str, str]:
        year = year_of(photo) or part(self.undated)
        return {"year": year, "folder": part(photo.folder), "name": file_name, "stem": PurePosixPath(file_name).stem}


def year_of(photo: Photo) -> str | None:
    """Give the year the photo was taken, four digits, or None where EXIF does not say."""
    found = re.match(r"(\d{4})(?:[:-]|$)", photo.exif.date_time or "", re.ASCII)
    return found[1] if found and int(found[1]) > 0 else None


def part(text: str) -> str:
    """Make one part of a path from any text, as file names are made; never empty, never too long for a disk."""
    return slug(text).encode()[:_MAX_PART_BYTES].decode(errors="ignore") or _UNNAMED


def _check(name: str, template: str, known: frozenset[str], needed: Set[str]) -> None:
    try:
        fields = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
    except ValueError as error:
        raise SettingInvalid(name=name, reason=str(error)) from error
    unknown = fields - known
    if unknown:
        raise SettingInvalid(name=name, reason=f"there is no field {{{min(unknown)}}}; use {_listed(known)}")
    parts = template.split("/")
    if any(each not in parts[-1] for each in needed) or any(each in {"", ".", ".."} for each in parts):
        wanted = " and ".join(sorted(needed))
        raise SettingInvalid(name=name, reason=f"it must be a relative path whose last part has {wanted} in it")


def _listed(names: frozenset[str]) -> str:
    *others, last = sorted(names, key=_ORDER.index)
    return f"{', '.join(others)} and {last}"
