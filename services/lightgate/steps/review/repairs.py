"""What can be mended in a text without knowing the picture: offered beside the proof, taken as an edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lightgate.domain.photo import Field, Issue, Photo, Text
from lightgate.domain.proof.evidence import evidence_of
from lightgate.domain.proof.proof import Context, proof
from lightgate.domain.proof.repair import Repaired, repair
from lightgate.errors import InputInvalid
from lightgate.steps.review.desk import ReviewDesk
from lightgate.steps.review.editing import TextChange


@dataclass(frozen=True, slots=True)
class Mending:
    """One text, and as it would be after repair."""

    before: Text
    after: Text
    #: names of the repairs, in their order
    done: tuple[str, ...]


def mendings(desk: ReviewDesk, photo: Photo, issues: Sequence[Issue]) -> Sequence[Mending]:
    """List the texts with issues that a repair leaves with fewer, or lighter, ones."""
    touched = {(issue.language, issue.field) for issue in issues}
    texts = [
        text for text in photo.texts if (text.language, text.field) in touched and text.language in photo.languages
    ]
    return tuple(_worth_it(photo, texts, _context(desk, photo))) if texts else ()


def mended(desk: ReviewDesk, photo: Photo, change: TextChange) -> TextChange:
    """Mend what a person typed or what stands there.

    Raises:
        InputInvalid: there is nothing to mend.
    """
    text = Text(change.language, change.field, change.value, change.source)
    repaired = _repaired(photo, text, _context(desk, photo))
    if not repaired.done:
        raise InputInvalid(reason=f"There is nothing to mend in the {change.field.replace('_', ' ')}.")
    return replace(change, value=repaired.text.value)


def _worth_it(photo: Photo, texts: Sequence[Text], context: Context) -> Iterator[Mending]:
    for text in texts:
        repaired = _repaired(photo, text, context)
        if repaired.done and _weight(photo, repaired.text, context) < _weight(photo, text, context):
            yield Mending(text, repaired.text, repaired.done)


def _repaired(photo: Photo, text: Text, context: Context) -> Repaired:
    caption = photo.text(text.language, Field.CAPTION)
    return repair(text, context, "" if caption is None else caption.line)


def _weight(photo: Photo, text: Text, context: Context) -> tuple[int, int]:
    """Count what blocks, and everything, in one text."""
    others = [each for each in photo.texts if (each.language, each.field) != (text.language, text.field)]
    found = [each for each in proof([*others, text], text.language, context) if each.field is text.field]
    return sum(issue.severity == "block" for issue in found), len(found)


def _context(desk: ReviewDesk, photo: Photo) -> Context:
    # other photos' texts are left out: no repair makes a text unlike them
    return Context(desk.proofreader.lists(), evidence_of(photo), (), desk.proofreader.keywords)
