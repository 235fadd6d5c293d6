"""What a person asks to be taken in, checked before any file is looked at."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from lightgate.domain.names.naming import slug
from lightgate.errors import InputInvalid
from lightgate.files.text_file import read_text

MAX_FIELD = 200
MAX_BRIEF = 10_000
ON_ERROR = ("wait", "rollback")
#: the shape of BCP 47 tags: language, then script, region, variants
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Request:
    """A set to take in: photographs that share subject, location, folder and brief."""

    #: folders, files, or both
    paths: tuple[Path, ...]
    subject: str
    location: str
    folder: str
    brief: str = ""
    languages: tuple[str, ...] = ("en",)
    #: empty: made of subject and location
    title: str = ""
    #: go into the folders' folders
    recursive: bool = False
    #: remove the sources when their copies are safe
    move: bool = False
    #: what a blocking model error does to the set: ``wait`` or ``rollback``
    on_error: str = "wait"


def checked(request: Request) -> Request:
    """Give the request with its fields trimmed.

    Raises:
        InputInvalid: a field that is missing or unusable.
    """
    subject = _field("subject", request.subject)
    location = _field("location", request.location)
    folder = _field("folder", request.folder)
    title = _plain("title", request.title, MAX_FIELD) or f"{subject}, {location}"
    if not request.paths:
        raise InputInvalid(reason="Name a folder or files to take in.")
    if request.on_error not in ON_ERROR:
        raise InputInvalid(reason=f"on_error is {' or '.join(ON_ERROR)}, not {request.on_error!r}.")
    return replace(
        request,
        subject=subject,
        location=location,
        folder=folder,
        title=title,
        brief=_brief(request.brief),
        languages=_languages(request.languages),
    )


def _field(name: str, value: str) -> str:
    text = _plain(name, value, MAX_FIELD)
    if not text:
        raise InputInvalid(reason=f"The {name} is missing: every set needs one.")
    if not slug(text):
        raise InputInvalid(reason=f"The {name} has no letter or digit that a file name could use.")
    return text


def _plain(name: str, value: str, limit: int) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise InputInvalid(reason=f"The {name} holds a control character or a line break; write it on one line.")
    if len(text) > limit:
        raise InputInvalid(reason=f"The {name} has {len(text)} characters; the limit is {limit}.")
    return text


def _brief(value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t" for char in text):
        raise InputInvalid(reason="The brief holds control characters; give plain text.")
    if len(text) > MAX_BRIEF:
        raise InputInvalid(reason=f"The brief has {len(text)} characters; the limit is {MAX_BRIEF}.")
    return text


def _languages(tags: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if not wanted:
        raise InputInvalid(reason="Give at least one language, like en.")
    for tag in wanted:
        if not _LANGUAGE.fullmatch(tag):
            raise InputInvalid(reason=f"{tag!r} is not a language tag; write it like en or pt-BR.")
    return wanted


def read_brief(text: str, base: Path) -> str:
    """Give the brief: the text itself, or, where it starts with ``@``, what stands in that file.

    Raises:
        InputInvalid: the file cannot be read.
    """
    if not text.startswith("@"):
        return text
    file = base / text[1:]
    try:
        return read_text(file)
    except OSError as error:
        raise InputInvalid(reason=f"The brief {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputInvalid(reason=f"The brief {file} is not UTF-8 text.") from error
