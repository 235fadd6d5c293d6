"""The prefill report: what stands out in the texts of a whole set, in the predecessor's words and form.

It only reports. What a single text lacks is the proof's business, see ``domain/text.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lightgate.domain.keywords.line import keywords_in
from lightgate.domain.language.tokens import count_words, folded, words_of
from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.photo import Field, Photo, TextValue

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
    #: photos by reason
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Described:
    """A photo by its texts in one language, and nothing else that the report does not ask."""

    id: int
    file_name: str
    subject: str
    location: str
    folder: str
    caption: str = ""
    alt: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A photo's texts as they are compared, empty where there is none; and what stands out in them alone."""

    photo: Described
    caption: str
    alt: str
    signature: str
    pair: str
    reasons: tuple[str, ...]


def described(photo: Photo, language: str) -> Described:
    """Pick what the report asks of a photo."""
    values = {text.field: text.value for text in photo.texts if text.language == language}
    name = photo.file_name or photo.original_file_name
    return Described(photo.id, name, photo.subject, photo.location, photo.folder, *texts_of(values))


def texts_of(values: dict[Field, TextValue]) -> tuple[str, str, tuple[str, ...]]:
    """Give caption, alt text and keywords; empty where there is none."""
    keywords = values.get(Field.KEYWORDS, ())
    listed = keywords_in(keywords) if isinstance(keywords, str) else keywords
    return str(values.get(Field.CAPTION, "")), str(values.get(Field.ALT_TEXT, "")), listed


def prefill_report(photos: Iterable[Described], language: str, lists: WordLists, path: str = "") -> PrefillReport:
    """Look over the texts of one set in one language.

    Args:
        path: where the report is written, as it says itself.
    """
    return report_on([judge(photo, language, lists) for photo in photos], path)


def report_on(rows: Sequence[Judged], path: str = "") -> PrefillReport:
    """Compare the texts of a set's photos with one another."""
    counts = {
        "caption": Counter(row.caption for row in rows if row.photo.caption),
        "alt": Counter(row.alt for row in rows if row.photo.alt),
        "keywords": Counter(row.signature for row in rows if row.photo.keywords),
        "caption_alt_pair": Counter(row.pair for row in rows if row.pair),
    }
    flagged = tuple(_flagged(row, reasons) for row in rows if (reasons := (*row.reasons, *_repeated(row, counts))))
    by_reason = Counter(reason for each in flagged for reason in each.reasons)
    return PrefillReport(_summary(rows, counts, flagged, path), flagged, by_reason)


def judge(photo: Described, language: str, lists: WordLists) -> Judged:
    """Look at the texts of one photo."""
    caption, alt = folded(photo.caption), folded(photo.alt)
    signature = "\n".join(sorted(keyword.casefold() for keyword in photo.keywords))
    pair = f"{caption}|{alt}" if photo.caption and photo.alt else ""
    reasons = _reasons(photo, language, lists, is_same=caption == alt)
    return Judged(photo, caption, alt, signature, pair, tuple(reasons))


def _reasons(photo: Described, language: str, lists: WordLists, *, is_same: bool) -> Iterator[str]:
    if photo.caption and is_same:
        yield "caption_equals_alt"
    if count_words(photo.caption, language) < CAPTION_WORDS:
        yield "caption_too_short"
    if count_words(photo.alt, language) < ALT_WORDS:
        yield "alt_too_short"
    if len(photo.keywords) < KEYWORDS:
        yield "too_few_keywords"
    if _is_urban_in_nature(photo, language, lists):
        yield "urban_terms_vs_nature_context"
    if _is_template(photo.caption, language, lists) or _is_template(photo.alt, language, lists):
        yield "generic_template_phrase"


def _repeated(row: Judged, counts: dict[str, Counter[str]]) -> Iterator[str]:
    keys = (row.caption, row.alt, row.signature, row.pair)
    for name, key, count in zip(_DUPLICATES, keys, counts.values(), strict=True):
        if count[key] > 1:
            yield name


def _is_urban_in_nature(photo: Described, language: str, lists: WordLists) -> bool:
    category = photo.folder.replace("_", " ")
    text = f"{photo.caption} {photo.alt}"
    is_nature = any(lists.find("nature", language, words_of(category), category))
    return is_nature and any(lists.find("urban", language, words_of(text), text))


def _is_template(text: str, language: str, lists: WordLists) -> bool:
    words = words_of(text)
    return bool(lists.of("openings", language).opening(words)) or any(lists.find("picture", language, words, text))


def _flagged(row: Judged, reasons: tuple[str, ...]) -> Flagged:
    photo = row.photo
    return Flagged(photo.id, photo.file_name, photo.subject, photo.location, reasons)


def _summary(
    rows: Sequence[Judged], counts: dict[str, Counter[str]], flagged: Sequence[Flagged], path: str
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
