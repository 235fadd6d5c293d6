"""Another original in a photo's place: the name stays, the pixels are reviewed, what is live stays until then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.metadata.sidecar import read_sidecar
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Claim, ExifFacts, Field, Sidecar, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import DuplicatePhoto, IllegalMove, InputInvalid, Rejected
from lightgate.intake import IntakeDesk, replace_original
from lightgate.steps.exif import ExifWork
from support.desks import photograph
from support.site import House, house_in
from support.stores import ROUTE, bring_to


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def desk(house: House) -> IntakeDesk:
    headers = PillowHeaders(max_megapixels=200, max_file_mb=100)
    return IntakeDesk(house.store, house.folder, ROUTE, Rule(), headers, house.sent, house.clock)


def test_a_live_photo_gets_new_pixels_under_its_name(house: House, desk: IntakeDesk, tmp_path: Path) -> None:
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


def described(file: Path, seconds: int) -> Path:
    """Save a photograph that says where it was taken, how it was exposed and what it shows, with a sidecar."""
    photograph(file, seconds)
    with Image.open(file) as picture:
        exif = picture.getexif()
        exif.get_ifd(0x8769)[0x9204] = -0.5
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 0.0), 3: "E", 4: (4.0, 54.0, 0.0)})
        picture.save(file, exif=exif)
    file.with_suffix(".xmp").write_text(SIDECAR)
    return file


SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmp:Rating="4"><dc:creator><rdf:Seq><rdf:li>Ben Reed</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Barges below the bridge.</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_a_new_original_says_all_that_one_which_is_taken_in_says(
    house: House, desk: IntakeDesk, tmp_path: Path
) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    caption = house.photo(photo_id).text("en", Field.CAPTION)
    assert caption is not None
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, replace(caption, source=Source.MODEL), house.clock())
        alt_text = house.photo(photo_id).text("en", Field.ALT_TEXT)
    file = described(tmp_path / "new.jpg", 7)
    replace_original(replace(desk, sidecar=read_sidecar), photo_id, file, "ann")
    photo = house.photo(photo_id)
    claim = Claim(photo, 1, "test")
    [facts] = ExifWork(desk.headers, house.folder).do([claim])
    assert isinstance(facts, ExifFacts)
    assert (photo.exif, photo.extra, photo.rights) == (facts.exif, facts.extra, facts.rights)
    assert (photo.extra.stars, photo.extra.exposure_bias, photo.rights.creator) == (4, -0.5, "Ben Reed")
    assert (round(photo.extra.latitude or 0, 2), round(photo.extra.longitude or 0, 2)) == (52.37, 4.9)
    text = photo.text("en", Field.CAPTION)
    assert text is not None
    assert (text.value, text.source) == ("Barges below the bridge.", Source.FILE)
    assert photo.text("en", Field.ALT_TEXT) == alt_text


def test_a_new_original_leaves_what_a_person_wrote_and_forgets_the_old_files_sidecar(
    house: House, desk: IntakeDesk, tmp_path: Path
) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    with_sidecar = replace(desk, sidecar=read_sidecar)
    replace_original(with_sidecar, photo_id, described(tmp_path / "new.jpg", 7), "ann")
    bring_to(house.store, photo_id, "review")
    mine = Text("en", Field.CAPTION, "What ann wrote.", Source.PERSON)
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, mine, house.clock())
    other = described(tmp_path / "other.jpg", 9)
    replace_original(with_sidecar, photo_id, other, "ann")
    assert house.photo(photo_id).text("en", Field.CAPTION) == mine
    bring_to(house.store, photo_id, "review")
    replace_original(with_sidecar, photo_id, photograph(tmp_path / "bare.jpg", 11), "ann")
    assert (house.photo(photo_id).sidecar, house.photo(photo_id).extra.stars) == (Sidecar(), None)


def test_the_step_that_looks_at_the_new_pixels_is_the_routes(house: House, desk: IntakeDesk, tmp_path: Path) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    route = tuple(replace(step, name="measure") if step.name == "quality" else step for step in ROUTE)
    replace_original(replace(desk, route=route), photo_id, photograph(tmp_path / "new.jpg", 7), "ann")
    assert (house.photo(photo_id).position.step, house.sent.steps[-1]) == ("measure", "measure")


def test_a_photo_of_the_queue_is_not_taken_in_twice(house: House, desk: IntakeDesk, tmp_path: Path) -> None:
    photo_id, other = house.take_in(), house.take_in(label="b")
    house.bring_live(photo_id)
    file = tmp_path / "new.jpg"
    file.write_bytes(house.folder.original(house.photo(other).content_hash, ".jpg").read_bytes())
    with pytest.raises(DuplicatePhoto):
        replace_original(desk, photo_id, file, "ann")
    assert house.photo(photo_id).position.status is Status.PUBLISHED


def test_a_photo_in_a_worker_s_hands_is_left_alone(house: House, desk: IntakeDesk, tmp_path: Path) -> None:
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
    house: House, desk: IntakeDesk, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    photo_id = house.take_in()
    (tmp_path / name).write_bytes(b"no picture")
    with pytest.raises(error):
        replace_original(desk, photo_id, tmp_path / name, "ann")
    assert not list(house.folder.incoming.glob(".replacing-*"))
