"""The search for series on a real store: when it looks, what it writes, and that it can be repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.photo import (
    Component,
    Exif,
    ExifFacts,
    HeaderExtra,
    Hint,
    Photo,
    QualityFacts,
    Scores,
    SeriesKind,
)
from lightgate.domain.route.pipeline import Position, Result, Status, advance
from lightgate.domain.series.shot import Shift
from lightgate.files.data_folder import DataFolder
from lightgate.pictures.series import find_new_series, rank_again
from lightgate.texts.proofreader import Proofreader
from support.stores import NOON, ROUTE, add_photos, add_set, bring_to, make_store, write_row


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def embedding(angle: float) -> bytes:
    return np.array([np.cos(angle), np.sin(angle)], dtype="<f2").tobytes()


def rate(
    store: SqliteStore, photo_id: int, second: float, qr: float = 5.0, angle: float = 0.0, bias: float | None = None
) -> None:
    """Take a photo through exif, naming and quality."""
    with store.writing() as tx:
        taken = f"2024:05:01 12:{int(second) // 60:02}:{int(second) % 60:02}"
        exif = Exif(date_time=taken, sub_seconds=f"{second % 1:.2f}"[2:], camera="Canon", exposure="1/250 sec")
        tx.photos.write_facts(photo_id, ExifFacts(exif, extra=HeaderExtra(exposure_bias=bias, stars=4)), NOON)
        photo = tx.photos.get(photo_id)
        if photo.position.step == "exif":
            for result in (Result.CLAIMED, Result.DONE, Result.NAMED, Result.CLAIMED, Result.DONE):
                after = advance(tx.photos.get(photo_id).position, result, ROUTE)
                tx.photos.move(tx.photos.get(photo_id), after, NOON)
        scores = Scores(qr=qr, components=(Component("sharpness", 10 * qr),), model="m")
        facts = QualityFacts(
            scores,
            width=6000,
            height=4000,
            perceptual_hash="00ff00ff00ff00ff",
            difference_hash="ff00ff00ff00ff00",
            embedding=embedding(angle),
            hints=(Hint("boat", 0.5),),
        )
        tx.photos.write_facts(photo_id, facts, NOON)


def photos(store: SqliteStore, ids: Sequence[int]) -> Sequence[Photo]:
    with store.reading() as tx:
        return tx.photos.many(ids)


def look(store: SqliteStore, tmp_path: Path, shift: Shift | None = None) -> int:
    reader = Proofreader()
    return find_new_series(store, DataFolder(tmp_path), ROUTE, lambda one, other: shift, NOON, proofreader=reader)


def test_a_rated_set_gets_its_series_with_ranks_and_reasons(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 3)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 0.5, qr=4.0 + number)
    assert look(store, tmp_path) == 1
    series = [photo.series for photo in photos(store, ids)]
    assert [(each.kind, each.position, each.count, each.rank) for each in series if each] == [
        (SeriesKind.BURST, 1, 3, 3),
        (SeriesKind.BURST, 2, 3, 2),
        (SeriesKind.BURST, 3, 3, 1),
    ]
    assert series[0] is not None
    assert series[0].reason == f"Less sharp than {photos(store, ids)[2].original_file_name}."
    assert photos(store, ids)[0].hints == (Hint("boat", 0.5),)


def test_frames_that_were_warned_of_before_their_series_was_known_are_read_again(
    store: SqliteStore, tmp_path: Path
) -> None:
    ids = add_photos(store, 2)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 0.5)
        photo = bring_to(store, photo_id, "review")
        with store.writing() as tx:
            Proofreader().prove(tx, tx.photos.get(photo.id), NOON)
    assert [photo.needs_work for photo in photos(store, ids)] == [False, True]
    look(store, tmp_path)
    assert [photo.needs_work for photo in photos(store, ids)] == [False, False]


def ranks(store: SqliteStore, ids: Sequence[int]) -> list[tuple[int | None, str]]:
    return [(photo.series.rank, photo.series.reason) for photo in photos(store, ids) if photo.series]


def test_a_reviewers_rating_changes_ranks_and_reasons_at_once(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 3)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 0.5, qr=4.0 + number)
    look(store, tmp_path)
    with store.writing() as tx:
        write_row(tx, ids[0], {"qr_by_person": 9.0})
        rank_again(tx, tx.photos.get(ids[0]))
    best = photos(store, ids)[0].original_file_name
    higher = f"A person rated {best} higher."
    assert ranks(store, ids) == [(1, "The best of 3: a person rated it so."), (3, higher), (2, higher)]


def test_a_rejected_photo_leaves_the_ranking_to_the_others(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 3)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 0.5, qr=4.0 + number)
    look(store, tmp_path)
    with store.writing() as tx:
        photo = tx.photos.get(ids[2])
        tx.photos.move(photo, replace(photo.position, status=Status.REJECTED), NOON)
        rank_again(tx, photo)
    assert [rank for rank, _ in ranks(store, ids)] == [2, 1, None]
    assert ranks(store, ids)[1][1] == "The best of 2: sharper than the next."
    assert look(store, tmp_path) == 0


def test_nobody_looks_before_the_last_photo_of_the_set_is_rated(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 2)
    rate(store, ids[0], 0)
    assert look(store, tmp_path) == 0
    rate(store, ids[1], 0.5)
    assert look(store, tmp_path) == 1


def test_a_second_look_finds_nothing_to_do_until_a_photo_is_rated_again(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 2)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 0.5)
    assert (look(store, tmp_path), look(store, tmp_path)) == (1, 0)
    rate(store, ids[1], 3000, angle=1.5)
    assert look(store, tmp_path) == 1


def test_a_photo_that_stands_alone_has_no_series(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 1)
    rate(store, ids[0], 0)
    look(store, tmp_path)
    assert photos(store, ids)[0].series is None
    assert look(store, tmp_path) == 0


def test_brackets_are_told_by_the_bias_in_the_header(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 3)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 0.5, bias=(0.0, -2.0, 2.0)[number])
    look(store, tmp_path)
    assert {photo.series and photo.series.kind for photo in photos(store, ids)} == {SeriesKind.BRACKET}


def test_panoramas_are_told_by_what_neighbours_have_in_common(store: SqliteStore, tmp_path: Path) -> None:
    ids = add_photos(store, 3)
    for number, photo_id in enumerate(ids):
        rate(store, photo_id, number * 4.0)
    look(store, tmp_path, Shift(0.5, 0.0))
    assert {photo.series and photo.series.kind for photo in photos(store, ids)} == {SeriesKind.PANORAMA}


def test_sets_do_not_mix(store: SqliteStore, tmp_path: Path) -> None:
    ids = [add_photos(store, 1, add_set(store, title), title)[0] for title in ("a", "b")]
    for photo_id in ids:
        rate(store, photo_id, 0)
    assert look(store, tmp_path) == 2
    assert [photo.series for photo in photos(store, ids)] == [None, None]


def test_similar_photos_are_found_over_all_sets_by_the_same_model(store: SqliteStore) -> None:
    ids = add_photos(store, 3)
    for photo_id, angle in zip(ids, (0.0, 0.4, 0.1), strict=True):
        rate(store, photo_id, 0, angle=angle)
    with store.writing() as tx:
        assert [found for found, _ in tx.pictures.similar(ids[0])] == [ids[2], ids[1]]
        write_row(tx, ids[2], {"score_model": "another"})
        found = tx.pictures.similar(ids[0], limit=1)
        assert [each for each, _ in found] == [ids[1]]
        assert found[0][1] == pytest.approx(np.cos(0.4), abs=1e-2)


def test_what_one_stage_found_stays_when_another_writes(store: SqliteStore) -> None:
    ids = add_photos(store, 1)
    rate(store, ids[0], 0, bias=-0.7)
    with store.reading() as tx:
        assert tx.pictures.shots(tx.photos.get(ids[0]).set_id)[0].bias == -0.7
        assert tx.photos.get(ids[0]).position == Position("caption", Status.QUEUED)
