"""The ledger: what is live where, what a release replaced, where files moved, what the website's address shows."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.website.live_check import LiveCheck
from lightgate.adapters.website.targets import ftp
from lightgate.adapters.website.targets.remote import RemoteTarget
from lightgate.domain.photo import Field, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.settings import Publish
from lightgate.steps import release as release_step
from support.file_servers import PASSWORD, USER, FtpSite, ftp_site
from support.site import House, house_in
from support.stores import NOON, write_row

FULL = "2026/city/Harbour_001.JPG"
THUMB = "2026/thumbs/city/Harbour_001.JPG"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


def write(house: House, photo_id: int, caption: str) -> None:
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.CAPTION, caption, Source.PERSON), NOON)


def move(house: House, photo_id: int, folder: str) -> None:
    with house.store.writing() as tx:
        write_row(tx, photo_id, {"folder": folder})


def publish_again(house: House, photo_id: int) -> None:
    house.back_to_review(photo_id)
    house.bring_live(photo_id)


def undo(house: House) -> dict[int, str]:
    return {each.photo_id: each.message for each in house.undo() if each.is_done}


def hashes(house: House) -> dict[str, str]:
    return {path: found[0] for path, found in house.published().items()}


class TestUndoing:
    def test_a_release_that_changed_a_photo_is_put_back_to_the_byte(self, house: House) -> None:
        photo_id = house.take_in()
        house.bring_live(photo_id)
        before, row, ledger = hashes(house), house.row(photo_id), house.photo(photo_id).publications
        write(house, photo_id, "A worse caption.")
        move(house, photo_id, "night")
        publish_again(house, photo_id)
        assert FULL not in hashes(house)
        assert undo(house) == {photo_id: "Harbour_001.JPG is as it was before."}
        photo = house.photo(photo_id)
        assert (hashes(house), house.row(photo_id), photo.publications) == (before, row, ledger)
        assert (photo.position, photo.approval_id) == (Position("review", Status.WAITING), None)
        assert undo(house) == {}

    def test_a_release_of_new_photos_is_taken_off(self, house: House) -> None:
        ids = [house.take_in(label=label) for label in "ab"]
        for photo_id in ids:
            house.approve(photo_id)
        house.release(*ids)
        assert sorted(house.publish().done) == ids
        assert set(undo(house)) == set(ids)
        assert house.published() == {}
        assert house.website.catalogue.file_names() == []

    def test_only_the_last_release_is_undone(self, house: House) -> None:
        first, second = house.take_in(), house.take_in(label="b")
        house.bring_live(first)
        house.bring_live(second)
        assert set(undo(house)) == {second}
        assert house.photo(first).position == Position("publish", Status.PUBLISHED)

    def test_a_photo_that_was_not_published_yet_is_called_back(self, house: House) -> None:
        photo_id = house.take_in()
        house.approve(photo_id)
        house.release(photo_id)
        assert undo(house) == {photo_id: "It was not published by this release."}
        assert house.photo(photo_id).position == Position("review", Status.WAITING)
        assert house.publish().done == []

    def test_bytes_are_kept_for_the_last_release_alone(self, house: House) -> None:
        photo_id, other = house.take_in(), house.take_in(label="b")
        house.bring_live(photo_id)
        before = hashes(house)
        write(house, photo_id, "Another caption.")
        publish_again(house, photo_id)
        assert {file.name for file in house.folder.replaced.iterdir()} == set(before.values())
        for file in house.folder.replaced.iterdir():
            # what was kept a moment ago may be about to be needed
            os.utime(file, (0, 0))
        house.bring_live(other)
        assert list(house.folder.replaced.iterdir()) == []

    def test_what_was_not_kept_is_said_and_nothing_is_lost(self, house: House) -> None:
        photo_id = house.take_in()
        house.bring_live(photo_id)
        write(house, photo_id, "Another caption.")
        publish_again(house, photo_id)
        live = hashes(house)
        for file in house.folder.replaced.iterdir():
            file.unlink()
        (outcome,) = house.undo()
        assert not outcome.is_done
        assert "was not kept" in outcome.message
        assert hashes(house) == live


class TestRedirects:
    def test_a_photo_that_moved_is_found_under_its_old_address(self, house: House) -> None:
        photo_id = house.take_in()
        house.bring_live(photo_id)
        for folder in ("night", "harbour lights"):
            move(house, photo_id, folder)
            publish_again(house, photo_id)
        apache = list(release_step.redirect_lines(house.store, "apache", "https://example.org/pics"))
        base = "/pics/2026/harbour_lights"
        assert rf'RedirectMatch 301 "^/pics/2026/city/Harbour_001\.JPG$" "{base}/Harbour_001.JPG"' in apache
        assert len(apache) == 5
        nginx = "\n".join(release_step.redirect_lines(house.store, "nginx", ""))
        assert '"/2026/city/Harbour_001.JPG" "/2026/' in nginx

    def test_a_photo_that_came_back_is_not_sent_in_circles(self, house: House) -> None:
        photo_id = house.take_in()
        house.bring_live(photo_id)
        for folder in ("night", "city"):
            move(house, photo_id, folder)
            publish_again(house, photo_id)
        with house.store.reading() as tx:
            moved = tx.redirects.all()
        assert moved == {
            "2026/night/Harbour_001.JPG": FULL,
            "2026/thumbs/night/Harbour_001.JPG": THUMB,
        }


class TestUnchanged:
    @pytest.fixture
    def site(self, tmp_path: Path) -> Iterator[FtpSite]:
        with ftp_site(tmp_path) as made:
            yield made

    @pytest.mark.integration
    def test_publishing_an_unchanged_photo_sends_no_byte(self, house: House, site: FtpSite) -> None:
        account = ftp.FtpAccount("web", "localhost", USER, PASSWORD, port=site.port, timeout_s=5)
        target = RemoteTarget("web", ftp.connector(account))
        local, house.website = house.website, replace(house.website, targets=(target,))
        photo_id = house.take_in()
        house.bring_live(photo_id)
        ledger = house.photo(photo_id).publications
        site.forget()
        publish_again(house, photo_id)
        assert not {"STOR", "RETR"} & set(site.commands)
        # hosts that let few in get their line back when nothing is left to send
        assert site.commands.count("CONNECT") == site.commands.count("QUIT") == 1
        assert house.photo(photo_id).publications == ledger
        target.close()
        house.website = local

    def test_only_the_metadata_of_a_corrected_caption_is_new(self, house: House) -> None:
        photo_id = house.take_in()
        house.bring_live(photo_id)
        (first,) = house.photo(photo_id).publications
        write(house, photo_id, "Another caption.")
        publish_again(house, photo_id)
        (second,) = house.photo(photo_id).publications
        assert first.hashes != second.hashes
        assert (first.pixels, first.profile) == (second.pixels, second.profile)
        assert renditions(Publish(quality=80)).profile != first.profile


class TestLiveCheck:
    @pytest.fixture
    def served(self, house: House) -> Iterator[str]:
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(house.folder.published)))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()
        thread.join()

    def test_what_the_website_shows_stands_in_the_ledger(self, house: House, served: str) -> None:
        photo_id = house.take_in()
        house.approve(photo_id)
        house.release(photo_id)
        work = replace(
            house.work(), site_check=LiveCheck(), website=replace(house.website, addresses={"folder": served})
        )
        assert house.publish(work).done == [photo_id]
        size = (house.folder.published / FULL).stat().st_size
        checks = house.photo(photo_id).publications[0].checks
        assert checks["full"] == {"status": 200, "size_bytes": size, "is_same": True}

    def test_another_file_or_none_is_told(self, house: House, served: str) -> None:
        (house.folder.published / "other.jpg").write_bytes(b"other")
        look = LiveCheck().look
        assert look(f"{served}/other.jpg", "0" * 64) == {"status": 200, "size_bytes": 5, "is_same": False}
        assert look(f"{served}/none.jpg", "0" * 64)["status"] == 404

    def test_a_website_that_is_away_holds_nobody_up_twice(self, free_port: int) -> None:
        check = LiveCheck(clock=lambda: 0.0)
        first = check.look(f"http://127.0.0.1:{free_port}/a.jpg", "0" * 64)
        assert "not reached" in str(first["reason"])
        assert check.look("http://192.0.2.1/a.jpg", "0" * 64) == first
