"""Pictures are found by photo and kind, never by a path."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import Exif, ExifFacts, Series, SeriesKind
from support.gallery import photo_of
from support.site_client import Visitor, visitor
from support.stores import NOON, add_photos, write_row


@pytest.fixture
def shown() -> int:
    return 1


@pytest.mark.parametrize("kind", ["view", "crop", "proxy", "thumb"])
def test_each_kind_is_the_file_that_was_made(house: House, ann: Visitor, kind: str) -> None:
    answer = ann.get(f"/pictures/1/{kind}.jpg")
    file = getattr(house.folder.proxy_files(photo_of(house, 1).content_hash), kind)
    assert answer.data == file.read_bytes()
    assert answer.mimetype == "image/jpeg"


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/1/original.jpg",
        "/pictures/1/..%2f..%2freview.db",
        "/pictures/../review.db",
        "/pictures/1/view.jpg/../../../review.db",
        "/pictures/1/%2e%2e/review.db",
        "/pictures/-1/view.jpg",
        "/pictures/99/view.jpg",
        f"/pictures/{2**64}/view.jpg",
        "/pictures/1/view.png",
        "/pictures/1%00/view.jpg",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
    ],
)
def test_no_trick_with_a_path_finds_another_file(ann: Visitor, path: str) -> None:
    assert ann.get(path).status_code == 404


def test_a_browser_that_has_it_is_not_sent_it_again(ann: Visitor) -> None:
    first = ann.get("/pictures/1/view.jpg")
    assert "private" in first.headers["Cache-Control"]
    assert "no-cache" in first.headers["Cache-Control"]
    again = ann.get("/pictures/1/view.jpg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_address_that_names_the_content_may_be_kept_for_long_but_only_by_the_browser(
    house: House, ann: Visitor
) -> None:
    named = ann.get(f"/pictures/1/view.jpg?v={photo_of(house, 1).pictures['view'][:12]}").headers["Cache-Control"]
    assert "max-age=31536000" in named
    assert "private" in named
    assert "max-age=31536000" not in ann.get("/pictures/1/view.jpg?v=000000000000").headers["Cache-Control"]


@pytest.mark.parametrize("page", ["/photos/1", "/photos?state=all&order=id", "/sets/harbour-festival"])
def test_the_pictures_that_a_page_names_are_sent(ann: Visitor, page: str) -> None:
    named = re.search(r'src="(/pictures/1/[^"]+)"', ann.get(page).text)
    assert named is not None
    assert ann.get(named[1]).status_code == 200


def test_until_there_is_a_picture_there_is_a_placeholder(house: House, ann: Visitor) -> None:
    [photo_id] = add_photos(house.store, 1)
    answer = ann.get(f"/pictures/{photo_id}/thumb.jpg")
    assert answer.status_code == 404
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stranger_sees_no_picture(house: House) -> None:
    assert visitor(house, signed_in=False).get("/pictures/1/thumb.jpg").status_code == 401


def swap(house: House, photo_id: int, kind: str, by: int) -> None:
    """Put another photo's picture in the place of this one's."""
    mine, other = (house.folder.proxy_files(photo_of(house, each).content_hash) for each in (photo_id, by))
    getattr(mine, kind).write_bytes(getattr(other, kind).read_bytes())


class TestSwapped:
    @pytest.fixture
    def shown(self) -> int:
        return 2

    @pytest.mark.parametrize("kind", ["view", "crop", "proxy", "thumb"])
    def test_another_photos_picture_is_not_shown_and_the_answer_says_so(
        self, house: House, ann: Visitor, kind: str
    ) -> None:
        assert ann.get(f"/pictures/1/{kind}.jpg").status_code == 200
        swap(house, 1, kind, by=2)
        answer = ann.get(f"/pictures/1/{kind}.jpg")
        assert answer.status_code == 409
        assert answer.mimetype == "image/svg+xml"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "not the one that was made from this photo" in answer.text

    def test_a_picture_that_the_row_knows_nothing_of_is_not_shown(self, house: House, ann: Visitor) -> None:
        with house.store.writing() as tx:
            tx.photos.put_pictures(1, photo_of(house, 1).content_hash, {})
        answer = ann.get("/pictures/1/view.jpg")
        assert answer.status_code == 404
        assert answer.mimetype == "image/svg+xml"

    def test_the_page_says_it_with_the_remedy_and_nobody_approves_it(self, house: House, ann: Visitor) -> None:
        swap(house, 1, "view", by=2)
        page = ann.get("/photos/1").text
        assert "is not the one that was made from this photo" in page
        assert "lightgate pictures 1" in page
        answer = ann.post("/photos/1/approve", {**ann.form_of(1), "override_reason": "seen"})
        assert answer.status_code == 409
        assert "lightgate pictures 1" in answer.text
        told = ann.api("POST", "/photos/1/approve", {"version": photo_of(house, 1).version, "override_reason": "seen"})
        assert (told.status_code, told.get_json()["error"]["code"]) == (409, "picture_unproven")
        assert photo_of(house, 1).position.step == "review"

    def test_a_photo_whose_pictures_are_proven_is_shown_without_a_word(self, ann: Visitor) -> None:
        assert "lightgate pictures" not in ann.get("/photos/1").text


def test_a_picture_is_named_by_its_own_content_so_that_no_browser_keeps_another(house: House, ann: Visitor) -> None:
    before = ann.api("GET", "/photos/1").get_json()["pictures"]["view"]
    photo = photo_of(house, 1)
    file = house.folder.proxy_files(photo.content_hash).view
    file.write_bytes(b"made anew by another version")
    with house.store.writing() as tx:
        made = {**photo.pictures, "view": sha256(file.read_bytes()).hexdigest()}
        assert tx.photos.put_pictures(1, photo.content_hash, made)
    assert ann.api("GET", "/photos/1").get_json()["pictures"]["view"] != before


@pytest.mark.parametrize(("pixels", "is_small"), [((640, 400), True), ((6000, 4000), False)])
def test_a_picture_of_few_pixels_is_shown_at_its_own_size_and_the_page_says_so(
    house: House, ann: Visitor, pixels: tuple[int, int], is_small: bool
) -> None:
    with house.store.writing() as tx:
        tx.photos.write_facts(1, ExifFacts(Exif(width=pixels[0], height=pixels[1])), NOON)
    page = ann.get("/photos/1").text
    assert ('class="stage own-size"' in page) == is_small
    assert ('data-remark="small_picture"' in page) == is_small


def test_a_small_copy_is_proposed_for_rejection_with_the_reason_in_its_field(house: House, ann: Visitor) -> None:
    said = "A smaller copy of IMG_2.JPG: 128 \u00d7 85 pixels of 6000 \u00d7 4000, less than half its size."
    with house.store.writing() as tx:
        set_id = tx.photos.get(1).set_id
        write_row(tx, 1, {"perceptual_hash": "0" * 16})
        tx.pictures.put_series(set_id, {1: Series("ser_a", SeriesKind.COPY, 1, 2, 1.0, 2, said[:-30], said)})
    page = ann.get("/photos/1").text
    assert f"Proposed for rejection: {said}" in page
    assert f'value="{said}"' in page
