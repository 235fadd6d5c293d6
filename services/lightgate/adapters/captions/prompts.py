"""The prompts: versioned text files, each of which a user may replace by one of the same name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from lightgate.domain.language.languages import name_of
from lightgate.domain.language.tokens import CAPITAL_NOUNS, primary, printable
from lightgate.domain.photo import one_line
from lightgate.domain.proof.proof import ALT_CHARACTERS, ALT_WORDS, CAPTION_WORDS
from lightgate.errors import SettingInvalid
from lightgate.files.text_file import read_text
from lightgate.ports.captions import CaptionRequest

CAPTION = "caption.v2.txt"
CAPTION_SIMPLE = "caption_simple.v2.txt"
REWRITE = "rewrite.v2.txt"

_SHIPPED = Path(__file__).parents[2] / "prompts"
_HASH_DIGITS = 12
#: what a user tells must leave room for the picture in the model's context
_BRIEF_CHARACTERS = 1500
_AVOIDED = 10
_FAULTS = 12
_GUESSES = 3
_AVOIDED_CHARACTERS = 160
_SMALL_LETTERS = "lower case"
_CAPITAL_NOUNS = "nouns with a capital letter"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is told, before what is known of a photo is filled in."""

    template: str
    #: first twelve hex digits of the template's SHA-256
    hash: str

    def fill(self, request: CaptionRequest) -> str:
        """Write out the prompt for one photo."""
        return Template(self.template).safe_substitute(
            language=name_of(request.language),
            caption_words=_range(CAPTION_WORDS),
            alt_words=_range(ALT_WORDS),
            alt_characters=ALT_CHARACTERS,
            keyword_count=_range(request.keyword_limits),
            letters=_CAPITAL_NOUNS if primary(request.language) in CAPITAL_NOUNS else _SMALL_LETTERS,
            known=_known(request),
            avoid=_avoid(request),
            refused=_refused(request),
            faults=_faults(request),
        )


def read_prompt(name: str, own_folder: Path | None = None) -> Prompt:
    """Read a prompt, the user's before the shipped one.

    Raises:
        SettingInvalid: the user's file cannot be read.
    """
    file = (_own(name, own_folder) if own_folder else None) or _SHIPPED / name
    try:
        template = read_text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingInvalid(name=f"prompt {file}", reason=str(error)) from error
    return Prompt(template, hashlib.sha256(template.encode()).hexdigest()[:_HASH_DIGITS])


def _own(name: str, folder: Path) -> Path | None:
    """Find the user's prompt: of this version, else of the newest before it, which still says what the user wants."""
    stem = name.split(".", maxsplit=1)[0]
    versions = {_version(file.name): file for file in folder.glob(f"{stem}.v*.txt") if file.is_file()}
    usable = [version for version in versions if version <= _version(name)]
    return versions[max(usable)] if usable else None


def _version(name: str) -> int:
    number = name.split(".")[1].removeprefix("v")
    return int(number) if number.isdecimal() else 0


def _range(limits: tuple[int, int]) -> str:
    least, most = limits
    return str(most) if least == most else f"{least} to {most}"


def _known(request: CaptionRequest) -> str:
    told = {
        "Subject of the set": request.subject,
        "Place": request.location,
        "Category": request.folder,
        "About the set": request.brief,
        "Taken (year:month:day, local time)": request.exif.date_time or "",
        "Light at that time and place, by calculation": request.light,
        "Wish for this photograph": request.hint,
        "A quick guess by another program, often wrong, not to be copied": _guesses(request),
    }
    for field, value in request.written:
        told[f"The photographer's own {field.replace('_', ' ')}"] = one_line(value)
    lines = [f"- {label}: {printable(value)[:_BRIEF_CHARACTERS]}" for label, value in told.items() if value.strip()]
    return "\n".join(lines) or "- nothing"


def _guesses(request: CaptionRequest) -> str:
    return ", ".join(f"{hint.label} ({hint.share:.0%})" for hint in request.hints[:_GUESSES])


def _refused(request: CaptionRequest) -> str:
    shown = ((field, one_line(value)) for field, value in request.refused)
    return "\n".join(f"- {field.replace('_', ' ')}: {printable(value)[:_BRIEF_CHARACTERS]}" for field, value in shown)


def _faults(request: CaptionRequest) -> str:
    return "\n".join(f"- {printable(fault)}" for fault in request.faults[:_FAULTS])


def _avoid(request: CaptionRequest) -> str:
    used = [f"- {printable(caption)[:_AVOIDED_CHARACTERS]}" for caption in request.avoid[-_AVOIDED:]]
    wish = (
        "Other photographs of the set have these captions. Begin with other words, and say what is different here, "
        "if anything is:"
    )
    return "\n".join(["", wish, *used]) if used else ""
