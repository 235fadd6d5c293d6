"""Another original in a photo's place: the name stays, the pixels are reviewed, what is live stays until then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.exif import PillowHeaders
from lightgate.domain.naming import Rule
from lightgate.domain.pipeline import Position, Status
from lightgate.errors import DuplicatePhoto, IllegalMove, InputInvalid, Rejected
from lightgate.intake import Desk, replace_original
from support.desks import photograph
from support.site import House, house_in
from support.stores import ROUTE, bring_to


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def desk(house: House) -> Desk:
    headers = PillowHeaders(max_megapixels=200, max_file_mb=100)
    return Desk(house.store, house.folder, ROUTE, Rule(), headers, house.sent, house.clock)


def test_a_live_photo_gets_new_pixels_under_its_name(house: House, desk: Desk, tmp_path: Path) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    before, files = house.photo(photo_id), house.published()
    replace_original(desk, photo_id, photograph(tmp_path / "new.jpg", 7), "ann")
    after = house.photo(photo_id)
    assert (after.position, after.approval_id) == (Position("quality", Status.QUEUED), None)
    assert after.content_hash != before.content_hash
    assert (after.file_name, after.exif.date_time) == (before.file_name, "2024:05:01 12:00:07")
    assert house.published() == files
    assert "quality" in house.sent.steps
    bring_to(house.store, photo_id, "review")
    house.bring_live(photo_id)
    live = house.folder.published / house.photo(photo_id).publications[0].paths["full"]
    with Image.open(live) as picture:
        assert picture.size == (40, 30)
    assert len(house.published()) == 2


def test_a_photo_of_the_queue_is_not_taken_in_twice(house: House, desk: Desk, tmp_path: Path) -> None:
    photo_id, other = house.take_in(), house.take_in(label="b")
    house.bring_live(photo_id)
    file = tmp_path / "new.jpg"
    file.write_bytes(house.folder.original(house.photo(other).content_hash, ".jpg").read_bytes())
    with pytest.raises(DuplicatePhoto):
        replace_original(desk, photo_id, file, "ann")
    assert house.photo(photo_id).position.status is Status.PUBLISHED


def test_a_photo_in_a_worker_s_hands_is_left_alone(house: House, desk: Desk, tmp_path: Path) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    with house.store.writing() as tx:
        step = next(step for step in ROUTE if step.name == "publish")
        tx.queue.claim(step, "worker", 1, house.clock(), house.clock())
    with pytest.raises(IllegalMove):
        replace_original(desk, photo_id, photograph(tmp_path / "new.jpg", 7), "ann")


@pytest.mark.parametrize(("name", "error"), [("new.txt", InputInvalid), ("new.jpg", Rejected)])
def test_what_is_no_photograph_is_refused(
    house: House, desk: Desk, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    photo_id = house.take_in()
    (tmp_path / name).write_bytes(b"no picture")
    with pytest.raises(error):
        replace_original(desk, photo_id, tmp_path / name, "ann")
    assert not list(house.folder.incoming.glob(".replacing-*"))
