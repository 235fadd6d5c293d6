"""What becomes of working copies after publishing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.bootstrap import build
from lightgate.domain.photo import Field, Source, Text
from lightgate.engine.reconcile import reconcile
from lightgate.settings import Publish, Settings
from lightgate.steps.release.originals import Retention, tidy_originals
from support.site import House, house_in
from support.stores import NOON, write_row


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


def original(house: House, photo_id: int) -> Path:
    return house.folder.original(house.photo(photo_id).content_hash, ".jpg")


def tidy(house: House, retention: Retention, archive: Path | None = None) -> int:
    return tidy_originals(house.store, house.folder, retention, archive, "undated", NOON)


def edit(house: House, photo_id: int) -> None:
    house.back_to_review(photo_id)
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "Another caption.", Source.PERSON), NOON)


def test_a_live_photo_s_original_moves_to_the_archive_and_is_found_there(house: House, tmp_path: Path) -> None:
    live, waiting = house.take_in(), house.take_in(label="b")
    house.bring_live(live)
    content = original(house, live).read_bytes()
    assert tidy(house, "archive", tmp_path / "archive") == 1
    assert tidy(house, "archive", tmp_path / "archive") == 0
    assert (tmp_path / "archive/2026/city/Harbour_001.jpg").read_bytes() == content
    assert original(house, live).is_symlink()
    assert not original(house, waiting).is_symlink()
    edit(house, live)
    house.bring_live(live)


def test_a_file_of_others_in_the_archive_is_never_replaced(house: House, tmp_path: Path) -> None:
    other = tmp_path / "archive/2026/city/Harbour_001.jpg"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"other")
    live = house.take_in()
    house.bring_live(live)
    assert tidy(house, "archive", tmp_path / "archive") == 1
    assert other.read_bytes() == b"other"
    assert len(list(other.parent.iterdir())) == 2


def test_the_source_stands_in_for_the_copy_only_while_it_is_the_same_file(house: House, tmp_path: Path) -> None:
    live = house.take_in()
    house.bring_live(live)
    assert tidy(house, "release") == 0
    source = tmp_path / "card.jpg"
    source.write_bytes(original(house, live).read_bytes())
    with house.store.writing() as tx:
        write_row(tx, live, {"source_path": str(source)})
    assert tidy(house, "release") == 1
    edit(house, live)
    house.bring_live(live)
    source.write_bytes(b"edited by another program")
    edit(house, live)
    house.approve(live)
    house.release(live)
    assert [each.code for each in house.publish().failed] == ["original_missing"]


def test_an_archive_that_cannot_be_written_leaves_the_copy(house: House, tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"a file, no folder")
    live = house.take_in()
    house.bring_live(live)
    assert tidy(house, "archive", tmp_path / "archive") == 0
    assert original(house, live).is_file()
    assert not original(house, live).is_symlink()


def test_the_owner_s_choice_is_applied_as_time_goes_by(house: House, tmp_path: Path) -> None:
    live = house.take_in()
    house.bring_live(live)
    publish = Publish(originals="archive", archive=tmp_path / "archive")
    wired = build(Settings(home=house.home, publish=publish), dispatch=house.sent)
    reconcile(wired.reconciler_context())
    wired.close()
    assert (tmp_path / "archive/2026/city/Harbour_001.jpg").is_file()
    assert original(house, live).is_symlink()
