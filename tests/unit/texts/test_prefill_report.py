"""The prefill report: what stands out in a set's texts, and when it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.photo import Field, Photo, Source, Text
from lightgate.domain.proof.prefill import PrefillReport, described, prefill_report
from lightgate.domain.route.pipeline import Position, Status
from lightgate.files.data_folder import DataFolder
from lightgate.texts.prefill_report import write_due_reports
from support.stores import NOON, add_photos, bring_to, make_store

CAPTION = "Two red cranes stand above moored boats in the old harbour."
ALT = "Cranes painted red rise over small boats tied to a quay."
KEYWORDS = ("crane", "harbour", "boat", "quay", "water", "stone")


def photo(
    number: int, caption: str = CAPTION, alt: str = ALT, keywords: tuple[str, ...] = KEYWORDS, folder: str = "city"
) -> Photo:
    texts = (
        Text("en", Field.CAPTION, caption, Source.MODEL),
        Text("en", Field.ALT_TEXT, alt, Source.MODEL),
        Text("en", Field.KEYWORDS, keywords, Source.MODEL),
    )
    return Photo(
        number, 1, "s", Position("review", Status.WAITING), 1, f"{number}.jpg", "", "0", 1, ".jpg", "Harbour",
        "Rotterdam", folder, texts=texts, file_name=f"Harbour_{number:03}.JPG",
    )  # fmt: skip


def reasons(*photos: Photo) -> list[tuple[str, ...]]:
    return [each.reasons for each in report_of(*photos).flagged]


def report_of(*photos: Photo) -> PrefillReport:
    return prefill_report([described(each, "en") for each in photos], "en", word_lists())


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (photo(1, alt=CAPTION), "caption_equals_alt"),
        (photo(1, "Two red cranes."), "caption_too_short"),
        (photo(1, alt="Red cranes."), "alt_too_short"),
        (photo(1, keywords=("crane", "boat")), "too_few_keywords"),
        (photo(1, "A tram passes between the buildings of a busy street.", folder="Birds"),
         "urban_terms_vs_nature_context"),
        (photo(1, "This image shows two red cranes above moored boats."), "generic_template_phrase"),
    ],
)  # fmt: skip
def test_what_stands_out_is_named(odd: Photo, reason: str) -> None:
    assert reasons(odd) == [(reason,)]


def test_repetition_within_the_set_is_counted() -> None:
    report = report_of(photo(1), photo(2), photo(3, "Gulls sit on the wooden posts of a long pier."))
    assert report.summary["caption_dup_groups"] == 1
    assert report.summary["caption_dup_rows"] == 2
    assert report.summary["alt_dup_rows"] == 3
    assert report.summary["duplicate_rows_total"] == 3
    assert report.summary["sample_ids"] == [1, 2, 3]
    assert report.flagged[0].reasons[-1] == "duplicate_caption_alt_pair"


def test_a_set_in_order_has_nothing_flagged() -> None:
    assert reasons(photo(1)) == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def test_the_report_is_written_once_every_photo_of_the_set_is_described(store: SqliteStore, tmp_path: Path) -> None:
    first, second = add_photos(store, 2)
    folder = DataFolder(tmp_path)
    write = partial(write_due_reports, store, folder, word_lists, NOON)
    bring_to(store, first, "review")
    write()
    assert not folder.prefill_report.exists()
    bring_to(store, second, "review")
    write()
    found = json.loads(folder.prefill_report.read_text("utf-8"))
    assert found["summary"]["row_count"] == 2
    assert found["summary"]["report_path"] == str(folder.prefill_report)
    assert set(found["flagged"][0]) == {"id", "file_name", "subject", "location", "reasons"}
    folder.prefill_report.unlink()
    write()
    assert not folder.prefill_report.exists()


def test_a_rejected_photo_does_not_hold_the_report_up(store: SqliteStore, tmp_path: Path) -> None:
    first, second = add_photos(store, 2)
    bring_to(store, first, "review")
    with store.writing() as tx:
        tx.photos.move(tx.photos.get(second), replace(tx.photos.get(second).position, status=Status.REJECTED), NOON)
    write_due_reports(store, DataFolder(tmp_path), word_lists, NOON)
    assert DataFolder(tmp_path).prefill_report.exists()
