"""What a published file says of its rights: the original's own words, completed from the owner's template.

The template belongs to the way files are made, as size and watermark do; it is not part of what a reviewer seals.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, fields, replace

from lightgate.domain.names.layout import year_of
from lightgate.domain.photo import Photo
from lightgate.errors import SettingInvalid

_VARIABLES = frozenset({"year", "creator", "subject", "location", "name", "reviewer"})
_FILLED = (
    "credit",
    "usage_terms",
    "web_statement",
    "licensor_name",
    "licensor_url",
    "other_constraints",
    "caption_writer",
)
#: PLUS vocabulary for data mining, without its ``DMI-``. Source: https://ns.useplus.org/LDF/ldf-XMPSpecification
DATA_MINING = (
    "UNSPECIFIED",
    "ALLOWED",
    "PROHIBITED-AIMLTRAINING",
    "PROHIBITED-GENAIMLTRAINING",
    "PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "PROHIBITED",
    "PROHIBITED-SEECONSTRAINT",
)


@dataclass(frozen=True, slots=True)
class RightsTemplate:
    """The owner's words, with what is in braces filled in: ``{year}``, ``{creator}``, ``{subject}``, ``{location}``,
    ``{name}`` and ``{reviewer}``.

    Raises:
        SettingInvalid: another field than those.
    """

    creator: str = ""
    copyright: str = ""
    #: the notice of a photo whose maker nobody names
    unnamed: str = ""
    credit: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    licensor_name: str = ""
    licensor_url: str = ""
    #: one of ``DATA_MINING``, or empty
    data_mining: str = ""
    other_constraints: str = ""
    #: who wrote the texts
    caption_writer: str = ""
    #: nothing goes out without a copyright notice
    required: bool = True
    #: the template's creator and notice go before the file's own
    overrides: bool = False

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.type == "str":
                _check(each.name, getattr(self, each.name))


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """What one published file says; an empty text says nothing."""

    creator: str = ""
    copyright: str = ""
    credit: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    licensor_name: str = ""
    licensor_url: str = ""
    data_mining: str = ""
    other_constraints: str = ""
    caption_writer: str = ""


def lacks_notice(photo: Photo, template: RightsTemplate) -> bool:
    """Would the photo go out without a copyright notice, though the owner wants none to?"""
    return template.required and not stated(photo, template).copyright


def is_unnamed(photo: Photo, template: RightsTemplate) -> bool:
    """Would the photo go out with the notice for pictures whose maker nobody names?"""
    return template.required and bool(template.unnamed) and not stated(photo, replace(template, unnamed="")).copyright


def stated(photo: Photo, template: RightsTemplate) -> RightsStatement:
    """Fill the template for one photo; a text whose ``{creator}`` nobody knows is left out."""
    known = {
        "year": year_of(photo) or "",
        "subject": photo.subject,
        "location": photo.location,
        "name": photo.file_name or "",
        "reviewer": photo.approved_by,
    }
    creator = _first(photo.rights.creator, _filled(template.creator, known), overrides=template.overrides)
    known["creator"] = creator
    notice = _first(photo.rights.copyright, _filled(template.copyright, known), overrides=template.overrides)
    notice = notice or (_filled(template.unnamed, known) if template.required else "")
    others = {name: _filled(getattr(template, name), known) for name in _FILLED}
    return RightsStatement(creator, notice, data_mining=template.data_mining, **others)


def _first(own: str | None, given: str, *, overrides: bool) -> str:
    return (given or own or "") if overrides else (own or given)


def _filled(template: str, known: dict[str, str]) -> str:
    if "{creator}" in template and not known.get("creator"):
        return ""
    return re.sub(r"\s+", " ", template.format_map({"creator": "", **known})).strip()


def _check(name: str, template: str) -> None:
    try:
        named = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
    except ValueError as error:
        raise SettingInvalid(name=f"rights.{name}", reason=str(error)) from error
    unknown = named - _VARIABLES if name != "creator" else named - (_VARIABLES - {"creator"})
    if unknown:
        raise SettingInvalid(name=f"rights.{name}", reason=f"there is no field {{{min(unknown)}}} here")
