"""Where a photo's files lie on the website, below the target's root: year, folder and name."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.domain.slug import slug
from lightgate.errors import SettingInvalid

FULL = "full"
THUMB = "thumb"

_FIELDS = frozenset({"year", "folder", "name"})
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

    def __post_init__(self) -> None:
        for kind, template in self.templates.items():
            _check(f"publish.{kind}_path", template)
        if len(set(self.templates.values())) < len(self.templates):
            raise SettingInvalid(name="publish.thumb_path", reason="two renditions would have the same path")

    def paths(self, photo: Photo, file_name: str) -> dict[str, str]:
        """Give the path of every rendition, ``/`` between parts, by kind."""
        values = {"year": year_of(photo) or part(self.undated), "folder": part(photo.folder), "name": file_name}
        return {kind: template.format(**values) for kind, template in self.templates.items()}


def year_of(photo: Photo) -> str | None:
    """Give the year the photo was taken, four digits, or None where EXIF does not say."""
    found = re.match(r"(\d{4})[:-]", photo.exif.date_time or "", re.ASCII)
    return found[1] if found and int(found[1]) > 0 else None


def part(text: str) -> str:
    """Make one part of a path from any text, as file names are made; never empty, never too long for a disk."""
    return slug(text).encode()[:_MAX_PART_BYTES].decode(errors="ignore") or _UNNAMED


def _check(name: str, template: str) -> None:
    try:
        fields = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
    except ValueError as error:
        raise SettingInvalid(name=name, reason=str(error)) from error
    unknown = fields - _FIELDS
    if unknown:
        raise SettingInvalid(name=name, reason=f"there is no field {{{min(unknown)}}}; use year, folder and name")
    parts = template.split("/")
    if _NAME not in parts[-1] or any(each in {"", ".", ".."} for each in parts):
        raise SettingInvalid(name=name, reason="it must be a relative path whose last part has {name} in it")
