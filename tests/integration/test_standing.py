"""What the ledger says of each target, sending again what would be made otherwise, and looking at what is live."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lightgate.adapters.pixels.renditions import profiles_of, renditions
from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.adapters.website.live_check import LiveCheck
from lightgate.adapters.website.open import open_target, terms_of
from lightgate.adapters.website.targets.folder import FolderTarget
from lightgate.domain.approval.seal import seal
from lightgate.domain.photo import Exif, ExifFacts
from lightgate.domain.route.pipeline import Status
from lightgate.settings import Publish, Target
from lightgate.steps import release as release_step
from lightgate.steps.release import State
from support.file_servers import PASSWORD, USER, FtpSite, ftp_site
from support.pictures import TELLING_XMP, jpeg, quarters
from support.site import House, house_in
from support.stores import NOON, write_row

FULL = "2026/city/Harbour_001.JPG"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


def profiles(**told: object) -> Mapping[str, str]:
    return profiles_of(Publish.model_validate(told), ["folder"])


def states(house: House, photo_id: int, now: Mapping[str, str] | None = None) -> dict[str, State]:
    return {each.target: each.state for each in release_step.standings(house.photo(photo_id), now or profiles())}


def renew(house: House, *ids: int) -> list[bool]:
    return [each.is_done for each in release_step.renew(house.desk, ids, "ann")]


def test_each_state_of_a_photo_is_told(house: House) -> None:
    photo_id = house.take_in()
    assert states(house, photo_id) == {"folder": State.NEW}
    house.bring_live(photo_id)
    assert states(house, photo_id) == {"folder": State.LIVE}
    assert states(house, photo_id, profiles(quality=70)) == {"folder": State.CHANGED}
    assert states(house, photo_id, {**profiles(), "archive": "x"}) == {"folder": State.LIVE, "archive": State.NEW}
    house.back_to_review(photo_id)
    assert states(house, photo_id) == {"folder": State.CHANGED}
    house.reject(photo_id)
    assert states(house, photo_id) == {"folder": State.TO_REMOVE}
    assert [photo.id for photo in release_step.published_photos(house.store)] == [photo_id]
    assert list(release_step.published_photos(house.store, set_id=99)) == []


def test_what_other_settings_would_make_otherwise_is_sent_again_without_a_review(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    now = profiles(quality=70)
    assert release_step.is_outdated(house.photo(photo_id), now)
    before = house.published()
    assert renew(house, photo_id) == [True]
    assert house.publish(house.work(renditions(Publish(quality=70)))).done == [photo_id]
    assert states(house, photo_id, now) == {"folder": State.LIVE}
    assert not release_step.is_outdated(house.photo(photo_id), now)
    assert house.published()[FULL][0] != before[FULL][0]
    assert [each.is_done for each in house.undo()] == [True]
    assert house.published()[FULL][0] == before[FULL][0]


@pytest.mark.parametrize("is_sent", [False, True])
def test_taking_back_what_was_sent_again_leaves_it_live_and_approved(house: House, is_sent: bool) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    before, approval_id = house.published(), house.photo(photo_id).approval_id
    renew(house, photo_id)
    if is_sent:
        house.publish(house.work(renditions(Publish(quality=70))))
    assert [each.is_done for each in house.undo()] == [True]
    photo = house.photo(photo_id)
    assert (photo.position.status, photo.approval_id) == (Status.PUBLISHED, approval_id)
    assert house.published()[FULL][0] == before[FULL][0]
    assert house.publish().done == []
    assert renew(house, photo_id) == [True]


def test_only_what_is_live_is_sent_again(house: House) -> None:
    photo_id = house.take_in()
    assert renew(house, photo_id) == [False]
    house.bring_live(photo_id)
    house.back_to_review(photo_id)
    assert renew(house, photo_id) == [False]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FtpSite]:
    with ftp_site(tmp_path) as made:
        yield made


def test_publishing_an_unchanged_photo_again_sends_no_byte(house: House, site: FtpSite) -> None:
    told = {"kind": "ftp", "host": "localhost", "port": site.port, "user": USER, "password": PASSWORD}
    target = open_target("web", Target.model_validate(told))
    house.website = replace(house.website, targets=(target,))
    photo_id = house.take_in()
    house.bring_live(photo_id)
    sizes = [file.stat().st_size for file in site.root.rglob("*") if file.is_file()]
    assert site.received_bytes == sum(sizes) > 0
    site.forget()
    assert renew(house, photo_id) == [True]
    assert house.publish().done == [photo_id]
    assert site.received_bytes == 0
    assert not {"PASV", "EPSV", "STOR", "RETR", "RNTO", "DELE"} & set(site.commands)
    target.close()


class TestLooking:
    @pytest.fixture
    def served(self, tmp_path: Path) -> Iterator[str]:
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()
        thread.join()

    def test_every_target_with_an_address_is_looked_at_and_can_be_again(
        self, house: House, tmp_path: Path, served: str
    ) -> None:
        names = ("web", "mirror", "archive")
        for name in names:
            (tmp_path / name).mkdir()
        targets = tuple(FolderTarget(tmp_path / name, name) for name in names)
        addresses = {name: f"{served}/{name}" for name in names[:2]}
        house.website = replace(house.website, targets=targets, addresses=addresses)
        photo_id = house.take_in()
        house.approve(photo_id)
        house.release(photo_id)
        assert house.publish(replace(house.work(), site_check=LiveCheck())).done == [photo_id]
        seen = {each.target: each.checks for each in house.photo(photo_id).publications}
        assert [seen[name]["full"]["is_same"] for name in names[:2]] == [True, True]
        assert seen["archive"] == {}

        (tmp_path / "mirror" / FULL).write_bytes(b"other")
        photos = release_step.published_photos(house.store)
        (photo,) = release_step.look_again(house.store, house.website, LiveCheck(), photos, house.clock())
        seen = {each.target: each.checks for each in photo.publications}
        assert seen["mirror"]["full"] == {"status": 200, "size_bytes": 5, "is_same": False}
        assert seen["mirror"]["thumb"]["is_same"]
        lines = {each.target: each.seen for each in release_step.standings(photo, {})}
        assert lines == {
            "web": "2 files as published",
            "mirror": "1 of 2 files differ or did not come",
            "archive": "not looked at",
        }


class TestRemarks:
    """What the reviewer hears of a photo before it goes out."""

    def codes(self, house: House, photo_id: int) -> list[str]:
        photo = house.photo(photo_id)
        original = house.folder.original(photo.content_hash, photo.suffix)
        return [each.code for each in release_step.remarks(photo, original, house.website.terms)]

    def test_an_ordinary_photo_has_none(self, house: House) -> None:
        photo_id = house.take_in()
        with house.store.writing() as tx:
            write_row(tx, photo_id, {"width": 6000, "height": 4000})
        assert self.codes(house, photo_id) == []

    def test_what_stays_at_home_or_goes_out_is_said(self, house: House, tmp_path: Path) -> None:
        generated = TELLING_XMP.replace(b"digitalCapture", b"trainedAlgorithmicMedia")
        made = jpeg(tmp_path / "a.jpg", quarters(60, 40), xmp=generated)
        photo_id = house.take_in(made.read_bytes())
        with house.store.writing() as tx:
            tx.photos.write_facts(photo_id, ExifFacts(Exif(has_gps=True)), NOON)
        assert self.codes(house, photo_id) == ["maker_unnamed", "generated", "position_removed"]
        house.website = replace(house.website, terms=replace(house.website.terms, disclosed=frozenset({"position"})))
        assert self.codes(house, photo_id)[-1] == "position_published"

    @pytest.mark.parametrize(("width", "height", "is_said"), [
        (128, 96, True), (1499, 999, True), (1500, 200, False), (300, 1000, False), (6000, 4000, False),
    ])  # fmt: skip
    def test_a_picture_with_fewer_pixels_than_the_website_is_said_to_be_published_as_it_is(
        self, house: House, width: int, height: int, is_said: bool
    ) -> None:
        photo_id = house.take_in()
        before = house.photo(photo_id)
        with house.store.writing() as tx:
            tx.photos.write_facts(photo_id, ExifFacts(Exif(width=width, height=height)), NOON)
        terms = terms_of(Publish())
        photo = house.photo(photo_id)
        original = house.folder.original(photo.content_hash, photo.suffix)
        said = [each for each in release_step.remarks(photo, original, terms) if each.code == "small_picture"]
        assert [each.severity for each in said] == ["note"] * is_said
        assert all(f"{width} \u00d7 {height} pixels" in each.message for each in said)
        assert (photo.scores, photo.position) == (before.scores, before.position)

    @pytest.mark.parametrize(("black_rows", "options", "share"), [
        (0, {}, None), (200, {}, "50%"), (200, {"tiffinfo": {278: 16}}, "50%"), (400, {}, "100%"),
        (200, {"compression": "tiff_lzw"}, None),
    ])  # fmt: skip
    def test_zeros_at_the_end_of_an_uncompressed_tiff_are_pointed_at(
        self, house: House, tmp_path: Path, black_rows: int, options: dict[str, object], share: str | None
    ) -> None:
        pixels = np.full((400, 600, 3), 90, np.uint8)
        pixels[400 - black_rows :] = 0
        original = tmp_path / "scan.tif"
        Image.fromarray(pixels).save(original, **options)  # type: ignore[arg-type]
        photo_id = house.take_in()
        with house.store.writing() as tx:
            tx.photos.write_facts(photo_id, ExifFacts(Exif(format="TIFF", width=600, height=400)), NOON)
        said = [
            each.message
            for each in release_step.remarks(house.photo(photo_id), original, terms_of(Publish()))
            if each.code == "zeros_at_end"
        ]
        assert [each.split()[2] for each in said] == ([share] if share else [])

    def test_a_photo_that_would_have_no_notice_is_not_released(self, house: House) -> None:
        strict = tuple(replace(each, unnamed="") for each in house.website.terms.rights)
        house.website = replace(house.website, terms=replace(house.website.terms, rights=strict))
        photo_id = house.take_in()
        with house.store.writing() as tx:
            tx.photos.write_facts(photo_id, ExifFacts(Exif()), NOON)
        house.approve(photo_id)
        (refused,) = house.release(photo_id).refused
        assert "publish.rights.creator" in refused.message
        (planned,) = release_step.plan(
            house.store, house.key, house.folder, renditions(Publish()), house.website, [photo_id]
        )
        assert planned.refused == refused.message


def test_what_was_approved_under_the_older_rule_stays_live_and_is_sent_again_but_never_released_anew(
    house: House,
) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    photo = house.photo(photo_id)
    with house.store.writing() as tx:
        old = seal(replace(photo, keyword_paths=tx.approvals.get(photo.approval_id or 0).keyword_paths), house.key)
    with closing(sqlite_library.connect(house.folder.database, isolation_level=None)) as connection:
        connection.execute("UPDATE approval SET seal = ?, seal_version = 1", (old,))
    assert renew(house, photo_id) == [True]
    assert house.publish().done == [photo_id]
    # put to where things are released from, as the database would let anybody do
    with closing(sqlite_library.connect(house.folder.database, isolation_level=None)) as connection:
        connection.execute("UPDATE review_queue SET step = 'release', status = 'waiting'")
    report = house.release(photo_id)
    assert report.released == ()
    assert "approve it again" in report.refused[0].message
