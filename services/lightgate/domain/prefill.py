"""The prefill report: what stands out in the texts of a whole set, in the predecessor's words and form.

It only reports. What a single text lacks is the proof's business, see ``domain/text.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import Field, Photo
from lightgate.domain.word_lists import WordLists
from lightgate.domain.wording import count_words, folded, words_of

#: words and keywords below which the predecessor flags
CAPTION_WORDS, ALT_WORDS, KEYWORDS = 7, 6, 6
SAMPLES = 12

_DUPLICATES = ("duplicate_caption_exact", "duplicate_alt_exact", "duplicate_keywords_signature",
               "duplicate_caption_alt_pair")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flagged:
    """A photo that stands out, and why."""

    id: int
    file_name: str
    subject: str
    location: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrefillReport:
    """A set's texts at a glance."""

    summary: dict[str, int | str | list[int]]
    flagged: tuple[Flagged, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    photo: Photo
    caption: str
    alt: str
    keywords: tuple[str, ...]

    @property
    def signature(self) -> str:
        return "|".join(sorted(keyword.casefold() for keyword in self.keywords))

    @property
    def pair(self) -> str:
        return f"{folded(self.caption)}|{folded(self.alt)}" if self.caption and self.alt else ""


def prefill_report(photos: Sequence[Photo], language: str, lists: WordLists, path: str = "") -> PrefillReport:
    """Look over the texts of one set in one language.

    Args:
        path: where the report is written, as it says itself.
    """
    rows = [_row(photo, language) for photo in photos]
    counts = {
        "caption": Counter(folded(row.caption) for row in rows if row.caption),
        "alt": Counter(folded(row.alt) for row in rows if row.alt),
        "keywords": Counter(row.signature for row in rows if row.keywords),
        "caption_alt_pair": Counter(row.pair for row in rows if row.pair),
    }
    flagged = tuple(
        _flagged(row, reasons) for row in rows if (reasons := tuple(_reasons(row, language, lists, counts)))
    )
    return PrefillReport(_summary(rows, counts, flagged, path), flagged)


def _row(photo: Photo, language: str) -> _Row:
    values = {field: photo.text(language, field) for field in Field}
    said = {field: text.value for field, text in values.items() if text is not None}
    keywords = said.get(Field.KEYWORDS, ())
    return _Row(
        photo,
        str(said.get(Field.CAPTION, "")),
        str(said.get(Field.ALT_TEXT, "")),
        tuple(keywords.split(",")) if isinstance(keywords, str) else keywords,
    )


def _reasons(row: _Row, language: str, lists: WordLists, counts: dict[str, Counter[str]]) -> Iterator[str]:
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("caption_equals_alt", lambda: bool(row.caption) and folded(row.caption) == folded(row.alt)),
        ("caption_too_short", lambda: count_words(row.caption, language) < CAPTION_WORDS),
        ("alt_too_short", lambda: count_words(row.alt, language) < ALT_WORDS),
        ("too_few_keywords", lambda: len(row.keywords) < KEYWORDS),
        ("urban_terms_vs_nature_context", lambda: _is_urban_in_nature(row, language, lists)),
        ("generic_template_phrase", lambda: _is_template(row, language, lists)),
        (_DUPLICATES[0], lambda: counts["caption"][folded(row.caption)] > 1),
        (_DUPLICATES[1], lambda: counts["alt"][folded(row.alt)] > 1),
        (_DUPLICATES[2], lambda: counts["keywords"][row.signature] > 1),
        (_DUPLICATES[3], lambda: counts["caption_alt_pair"][row.pair] > 1),
    )
    return (name for name, is_so in checks if is_so())


def _is_urban_in_nature(row: _Row, language: str, lists: WordLists) -> bool:
    category = row.photo.folder.replace("_", " ")
    text = f"{row.caption} {row.alt}"
    is_nature = any(lists.find("nature", language, words_of(category), category))
    return is_nature and any(lists.find("urban", language, words_of(text), text))


def _is_template(row: _Row, language: str, lists: WordLists) -> bool:
    for text in (row.caption, row.alt):
        words = words_of(text)
        if lists.of("openings", language).opening(words) or any(lists.find("picture", language, words, text)):
            return True
    return False


def _flagged(row: _Row, reasons: tuple[str, ...]) -> Flagged:
    photo = row.photo
    return Flagged(photo.id, photo.file_name or photo.original_file_name, photo.subject, photo.location, reasons)


def _summary(
    rows: Sequence[_Row], counts: dict[str, Counter[str]], flagged: Sequence[Flagged], path: str
) -> dict[str, int | str | list[int]]:
    summary: dict[str, int | str | list[int]] = {"row_count": len(rows)}
    for name, found in counts.items():
        repeated = [count for count in found.values() if count > 1]
        summary[f"{name}_dup_groups"] = len(repeated)
        summary[f"{name}_dup_rows"] = sum(repeated)
    duplicates = sum(bool(set(each.reasons) & set(_DUPLICATES)) for each in flagged)
    suspicious = sum(bool(set(each.reasons) - set(_DUPLICATES)) for each in flagged)
    return {
        **summary,
        "caption_alt_equal_rows": sum("caption_equals_alt" in each.reasons for each in flagged),
        "suspicious_rows": suspicious,
        "duplicate_rows_total": duplicates,
        "flagged_rows_total": len(flagged),
        "sample_ids": [each.id for each in flagged[:SAMPLES]],
        "report_path": path,
        "scope_ids_count": len(rows),
    }
