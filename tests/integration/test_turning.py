"""A photo that stands the wrong way up: turned by a reviewer, developed by a worker, published as it was approved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Claim, QualityFacts
from lightgate.domain.rating.quality import BandLimits
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.context import wake_what_is_owed
from lightgate.engine.reconcile import reconcile
from lightgate.engine.runner import DrainReport, drain
from lightgate.errors import PictureTurning, SealBroken
from lightgate.files.picture_proof import read_proven
from lightgate.steps import quality, review
from lightgate.steps.quality import QualityWork
from lightgate.steps.review import ReviewDesk
from support.pictures import is_upright, quarters
from support.site import House, house_in
from support.stores import NOON, ROUTE

FULL = "2026/city/Harbour_001.JPG"
THUMB = "2026/thumbs/city/Harbour_001.JPG"
#: what undoes one quarter turn to the right
BACK = Image.Transpose.ROTATE_90


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def photo_id(house: House) -> int:
    """A photo at review, developed as the stage does it."""
    stream = io.BytesIO()
    quarters(600, 400).save(stream, "JPEG", quality=95, subsampling=0)
    photo_id = house.take_in(stream.getvalue())
    assert review.make_pictures(desk(house), CarefulDarkroom(200), [photo_id], "ann")[0].error is None
    return photo_id


def desk(house: House) -> ReviewDesk:
    return ReviewDesk(house.store, ROUTE, house.sent, house.folder, Rule(), house.clock, house.key)


def turn(house: House, photo_id: int, quarters_: int) -> None:
    review.turn(desk(house), photo_id, house.photo(photo_id).version, quarters_, "ann")


def work_at_quality(house: House) -> DrainReport:
    """Run a worker of the stage, without a model."""
    work = QualityWork(
        CarefulDarkroom(200), house.folder, BandLimits(), careful=CarefulDarkroom(200), store=house.store
    )
    return drain(house.context, quality.STAGE, work, "quality@test")


def approve(house: House, photo_id: int) -> None:
    review.approve(desk(house), photo_id, house.photo(photo_id).version, "ann", "seen by a person")


def published(house: House, path: str) -> Image.Image:
    with Image.open(house.folder.published / path) as picture:
        return picture.copy()


def test_it_is_published_as_it_was_turned(house: House, photo_id: int) -> None:
    turn(house, photo_id, 1)
    with pytest.raises(PictureTurning):
        approve(house, photo_id)
    assert work_at_quality(house).turned == [photo_id]
    photo = house.photo(photo_id)
    view = read_proven(house.folder.proxy_files(photo.content_hash).view, photo.pictures["view"])
    assert isinstance(view, bytes)
    with Image.open(io.BytesIO(view)) as picture:
        assert is_upright(picture.transpose(BACK), tolerance=20)
    approve(house, photo_id)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    for path in (FULL, THUMB):
        picture = published(house, path)
        assert picture.height > picture.width
        assert is_upright(picture.transpose(BACK))
    row = house.row(photo_id)
    assert row is not None
    assert (row.Width, row.Height) == published(house, FULL).size == (400, 600)


def test_a_live_photo_stays_as_it_is_until_it_is_approved_and_released_anew(house: House, photo_id: int) -> None:
    approve(house, photo_id)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    before = house.published()
    turn(house, photo_id, -1)
    assert house.photo(photo_id).position == Position("review", Status.WAITING)
    work_at_quality(house)
    assert house.publish().done == []
    assert house.published() == before
    approve(house, photo_id)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    assert is_upright(published(house, FULL).transpose(Image.Transpose.ROTATE_270))
    assert is_upright(published(house, THUMB).transpose(Image.Transpose.ROTATE_270))


def test_what_is_live_and_was_not_turned_is_not_sent_again_for_the_new_column(house: House, photo_id: int) -> None:
    approve(house, photo_id)
    house.release(photo_id)
    house.publish()
    before = house.published()
    turn(house, photo_id, 2)
    review.undo(desk(house), "ann")
    after = house.photo(photo_id)
    assert after.position == Position("publish", Status.PUBLISHED)
    assert house.publish().done == []
    assert house.published() == before


def test_a_turn_that_somebody_writes_into_the_database_is_not_published(house: House, photo_id: int) -> None:
    approve(house, photo_id)
    house.release(photo_id)
    with house.store.writing() as tx:
        tx.photos.put_turn(photo_id, 2)
    report = house.publish()
    assert (report.done, [each.code for each in report.failed]) == ([], [SealBroken.code])
    assert house.published() == {}


def test_a_message_that_was_lost_is_sent_again_by_whoever_looks_for_what_is_owed(house: House, photo_id: int) -> None:
    turn(house, photo_id, 1)
    house.sent.steps.clear()
    wake_what_is_owed(house.context)
    assert house.sent.steps == ["quality"]
    house.sent.steps.clear()
    reconcile(house.context)
    assert "quality" in house.sent.steps
    work_at_quality(house)
    house.sent.steps.clear()
    wake_what_is_owed(house.context)
    assert house.sent.steps == []


def test_a_missing_original_is_told_and_wakes_nobody_without_end(house: House, photo_id: int) -> None:
    photo = house.photo(photo_id)
    house.folder.original(photo.content_hash, photo.suffix).unlink()
    turn(house, photo_id, 1)
    work_at_quality(house)
    assert "missing" in (house.photo(photo_id).turn_error or "")
    house.sent.steps.clear()
    wake_what_is_owed(house.context)
    assert house.sent.steps == []


def test_what_is_due_is_found_by_an_index(house: House, photo_id: int) -> None:
    with house.store.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM review_queue WHERE turn != pictures_turn AND turn_error IS NULL"
        ).all()
    assert "ix_review_queue_turning" in str(plan)


def test_a_turn_while_the_stage_rates_the_photo_is_not_lost(house: House) -> None:
    """The stage's finding is of the turn that it saw; what came meanwhile is due."""
    stream = io.BytesIO()
    quarters(600, 400).save(stream, "JPEG", quality=95)
    photo_id = house.take_in(stream.getvalue(), label="b")
    review.make_pictures(desk(house), CarefulDarkroom(200), [photo_id], "ann")
    work = QualityWork(CarefulDarkroom(200), house.folder, BandLimits())
    (found,) = work.do([Claim(house.photo(photo_id), 1, "worker")])
    assert isinstance(found, QualityFacts)
    turn(house, photo_id, 1)
    with house.store.writing() as tx:
        tx.photos.write_facts(photo_id, found, NOON)
    assert house.photo(photo_id).is_turning
    assert work_at_quality(house).turned == [photo_id]
