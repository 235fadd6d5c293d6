"""The labels that CLIP looks for in pictures: the user's own list, else the shipped one."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from lightgate.errors import Misconfigured
from lightgate.files.text_file import read_text

_SENTENCE = "a photo of {}"
#: the texts are encoded once, but every picture is compared with each
_MOST = 2000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that a picture may show."""

    name: str
    #: what the model reads
    sentence: str


def labels_from(own: Path) -> tuple[Label, ...]:
    """Read the user's list where there is one; an empty one switches the hints off.

    A line is a label, or ``label: the sentence that the model reads``; lines with ``#`` in front are remarks.

    Raises:
        Misconfigured: the list cannot be read.
    """
    try:
        written = read_text(own) if own.is_file() else _shipped()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The labels in {own} cannot be read as UTF-8 text.") from error
    lines = (" ".join(line.split())[:_LONGEST] for line in written.splitlines())
    found = {label.name.casefold(): label for line in lines if line and line[0] != "#" for label in [_label(line)]}
    return tuple(found.values())[:_MOST]


def _shipped() -> str:
    return (resources.files("lightgate") / "data" / "labels.txt").read_text("utf-8")


def _label(line: str) -> Label:
    name, _, sentence = line.partition(":")
    return Label(name.strip(), sentence.strip() or _SENTENCE.format(name.strip()))
