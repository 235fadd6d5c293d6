"""The seal covers everything that goes live, and nothing else."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.approval.seal import PUBLISHED_EXIF, PUBLISHED_SCORES, is_sealed, seal
from lightgate.domain.photo import Exif, Failure, Field, LedgerState, Photo, Publication, Rights, Scores, Source, Text
from lightgate.domain.route.pipeline import Position, Status

KEY = b"k" * 32
PHOTO = Photo(
    id=1,
    set_id=1,
    set_slug="harbour",
    position=Position("review", Status.WAITING),
    version=3,
    original_file_name="IMG_1.JPG",
    relative_path="IMG_1.JPG",
    content_hash="0" * 64,
    size_bytes=10,
    suffix=".jpg",
    subject="Harbour",
    location="Rotterdam",
    folder="city",
    languages=("en", "nl"),
    file_name="Harbour_001.JPG",
    exif=Exif(date_time="2026:05:04 12:00:00", iso=100),
    rights=Rights("Ann", "© Ann"),
    scores=Scores(blur_score=8.25, qr=7.5, band="Top"),
    texts=(
        Text("en", Field.CAPTION, "Two cranes.", Source.MODEL),
        Text("en", Field.ALT_TEXT, "Cranes.", Source.MODEL),
        Text("en", Field.KEYWORDS, ("crane", "boat"), Source.MODEL),
        Text("nl", Field.CAPTION, "Twee kranen.", Source.MODEL),
    ),
)

words = st.text(max_size=12)
maybe_words = st.none() | words
numbers = st.none() | st.floats(0, 10, allow_nan=False)
EXIF_VALUES: dict[str, st.SearchStrategy[float | None]] = {
    **{name: st.none() | st.integers(0, 99999) for name in ("iso", "focal_length_35mm_mm")},
    "focal_length_mm": st.none() | st.integers(0, 99999) | st.floats(0.01, 99999),
}


def _exif(name: str) -> st.SearchStrategy[Photo]:
    values = EXIF_VALUES.get(name, maybe_words)
    return values.map(lambda value: replace(PHOTO, exif=replace(PHOTO.exif, **{name: value})))


def _scores(name: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Photo]:
    return values.map(lambda value: replace(PHOTO, scores=replace(PHOTO.scores, **{name: value})))


def _text(place: int, value: object) -> Photo:
    texts = list(PHOTO.texts)
    texts[place] = replace(texts[place], value=value)
    return replace(PHOTO, texts=tuple(texts))


NAMED = ("original_file_name", "content_hash", "subject", "location", "folder", "file_name")
changed = st.one_of(
    *(words.map(lambda value, name=name: replace(PHOTO, **{name: value})) for name in NAMED),
    *(_exif(name) for name in PUBLISHED_EXIF),
    *(_scores(name, numbers) for name in (*PUBLISHED_SCORES, "qr")),
    _scores("band", words),
    maybe_words.map(lambda value: replace(PHOTO, rights=Rights(value, "© Ann"))),
    maybe_words.map(lambda value: replace(PHOTO, rights=Rights("Ann", value))),
    numbers.map(lambda value: replace(PHOTO, qr_by_person=value)),
    st.permutations(("en", "nl")).map(lambda tags: replace(PHOTO, languages=tuple(tags))),
    st.tuples(st.sampled_from([0, 1, 3]), words).map(lambda pair: _text(*pair)),
    st.lists(words, max_size=3).map(lambda value: _text(2, tuple(value))),
    st.sampled_from(range(4)).map(lambda place: replace(PHOTO, texts=PHOTO.texts[:place] + PHOTO.texts[place + 1 :])),
)


def published(photo: Photo) -> object:
    """Everything that goes live, compared as Unicode means it."""
    texts = [(text.language, text.field, text.value) for text in photo.texts]
    return _nfc(
        [
            *(getattr(photo, name) for name in NAMED),
            *(getattr(photo.exif, name) for name in PUBLISHED_EXIF),
            *(getattr(photo.scores, name) for name in PUBLISHED_SCORES),
            photo.rights.creator,
            photo.rights.copyright,
            photo.qr,
            photo.scores.band,
            photo.languages,
            sorted(texts, key=lambda text: text[:2]),
        ]
    )


def _nfc(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return [_nfc(each) for each in value] if isinstance(value, list | tuple) else value


@given(changed)
def test_a_seal_holds_exactly_as_long_as_no_published_field_changes(after: Photo) -> None:
    assert is_sealed(after, seal(PHOTO, KEY), KEY) == (published(after) == published(PHOTO))


@given(changed, changed)
def test_two_contents_share_a_seal_only_when_they_are_the_same(one: Photo, other: Photo) -> None:
    assert (seal(one, KEY) == seal(other, KEY)) == (published(one) == published(other))


@pytest.mark.parametrize(
    "after",
    [
        replace(PHOTO, id=2, set_id=9, set_slug="other", relative_path="x/y.jpg", size_bytes=11),
        replace(PHOTO, version=99, approval_id=4, position=Position("publish", Status.RUNNING, 2)),
        replace(PHOTO, brief="a wedding", needs_work=True, error=Failure("x", "y"), crashes=2),
        replace(PHOTO, publications=(Publication("folder", LedgerState.LIVE, "a", {}),), updated_at=datetime.now(UTC)),
        replace(PHOTO, exif=replace(PHOTO.exif, orientation=6, has_gps=True, width=4000, height=3000, format="JPEG")),
        replace(PHOTO, scores=replace(PHOTO.scores, qr_mode="full", metrics_version="2", model="ViT")),
        replace(PHOTO, texts=tuple(replace(each, source=Source.PERSON, locked=True) for each in PHOTO.texts)),
        replace(PHOTO, texts=(*PHOTO.texts, Text("fr", Field.CAPTION, "not a language of the set", Source.MODEL))),
        replace(PHOTO, texts=tuple(reversed(PHOTO.texts))),
        replace(PHOTO, subject=unicodedata.normalize("NFD", PHOTO.subject)),
        replace(PHOTO, qr_by_person=7.5),
    ],
)
def test_what_is_not_published_leaves_the_seal_alone(after: Photo) -> None:
    assert is_sealed(after, seal(PHOTO, KEY), KEY)


def test_a_whole_number_from_a_database_is_the_same_rating() -> None:
    assert seal(replace(PHOTO, qr_by_person=8), KEY) == seal(replace(PHOTO, qr_by_person=8.0), KEY)


@pytest.mark.parametrize("forged", ["", "0" * 64, "é", seal(PHOTO, b"another key")])
def test_a_seal_from_elsewhere_does_not_hold(forged: str) -> None:
    assert not is_sealed(PHOTO, forged, KEY)


def test_a_whole_focal_length_has_the_seal_that_it_had_without_fractions() -> None:
    before = replace(PHOTO, exif=replace(PHOTO.exif, focal_length_mm=4, focal_length_35mm_mm=26))
    # made by the version before
    assert seal(before, KEY) == "f78f49b942e62adace88254f28754290f667eb7fba0baa1688357dac10992ac5"
    assert seal(replace(before, exif=replace(before.exif, focal_length_mm=4.0)), KEY) == seal(before, KEY)
    assert seal(replace(before, exif=replace(before.exif, focal_length_mm=4.25)), KEY) != seal(before, KEY)
