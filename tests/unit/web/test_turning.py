"""Turning a photo in the browser and by a script: the page says what is shown until the pictures are there."""

from __future__ import annotations

import re

import pytest

from lightgate.bootstrap import House
from support.gallery import photo_of
from support.site_client import Visitor
from support.stores import Clock
from support.turning import make_due, without_originals


@pytest.fixture
def shown() -> int:
    return 2


@pytest.fixture(autouse=True)
def originals(monkeypatch: pytest.MonkeyPatch) -> None:
    without_originals(monkeypatch)


def turn(ann: Visitor, action: str, photo_id: int = 1) -> int:
    return ann.post(f"/photos/{photo_id}/{action}", ann.form_of(photo_id)).status_code


def notice(page: str) -> str:
    found = re.search(r"data-turning.*?</div></div>", page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


class TestThePage:
    def test_it_has_a_button_for_each_way_and_stays_on_the_photo(self, house: House, ann: Visitor) -> None:
        page = ann.get("/photos/1").text
        assert 'data-do="turn-left"' in page
        assert 'data-do="turn-right"' in page
        answer = ann.post("/photos/1/turn_right", ann.form_of(1))
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/photos/1")
        assert photo_of(house, 1).turn == 1
        assert "Turned right" in ann.get("/photos/1").text

    def test_a_second_click_turns_on(self, house: House, ann: Visitor) -> None:
        assert [turn(ann, "turn_left"), turn(ann, "turn_left")] == [303, 303]
        assert photo_of(house, 1).turn == 2

    def test_one_on_a_page_that_is_old_is_refused(self, house: House, ann: Visitor) -> None:
        form = ann.form_of(1)
        turn(ann, "turn_left")
        assert ann.post("/photos/1/turn_left", form).status_code == 409
        assert photo_of(house, 1).turn == 3

    def test_it_says_that_its_pictures_are_being_turned_and_offers_no_approval(
        self, house: House, ann: Visitor
    ) -> None:
        before = ann.get("/photos/1").text
        assert not notice(before)
        assert 'data-do="approve"' in before
        turn(ann, "turn_left")
        page = ann.get("/photos/1").text
        assert "Its pictures are being turned." in notice(page)
        assert 'data-do="approve"' not in page
        # what is shown has the shape that it has
        size = re.search(r'id="picture".*?width="(\d+)" height="(\d+)"', page)
        assert size
        assert re.search(rf'id="picture".*?width="{size[1]}" height="{size[2]}"', before)
        assert make_due(house) == [1]
        after = ann.get("/photos/1").text
        assert not notice(after)
        assert 'data-do="approve"' in after
        assert re.search(rf'id="picture".*?width="{size[2]}" height="{size[1]}"', after)

    def test_the_browser_is_sent_the_turned_picture(self, house: House, ann: Visitor) -> None:
        def source() -> str:
            found = re.search(r'src="(/pictures/1/view[^"]+)"', ann.get("/photos/1").text)
            assert found
            return found[1]

        before = source()
        turn(ann, "turn_left")
        assert source() == before
        assert ann.get(before).status_code == 200
        make_due(house)
        assert source() != before
        assert ann.get(source()).status_code == 200

    def test_a_description_stays_as_it_was(self, house: House, ann: Visitor) -> None:
        alt = re.search(r'id="picture"[^>]* alt="([^"]+)"', ann.get("/photos/1").text)
        texts = photo_of(house, 1).texts
        turn(ann, "turn_left")
        make_due(house)
        assert alt
        assert f'alt="{alt[1]}"' in ann.get("/photos/1").text
        assert photo_of(house, 1).texts == texts

    def test_without_a_worker_it_says_so_after_a_while(self, house: House, ann: Visitor) -> None:
        turn(ann, "turn_left")
        assert isinstance(house.now, Clock)
        house.now.forward(90)
        told = notice(ann.get("/photos/1").text)
        assert "no worker runs" in told
        assert "lightgate pictures 1" in told

    def test_what_cannot_be_turned_says_why_with_the_remedy(self, house: House, ann: Visitor) -> None:
        turn(ann, "turn_left")
        with house.store.writing() as tx:
            tx.photos.put_turn_error(1, 3, "The working copy of this photo is missing or has changed on disk.")
        told = notice(ann.get("/photos/1").text)
        assert "could not be turned" in told
        assert "is missing" in told
        assert "Turn it back" in told

    def test_the_history_says_who_turned_it(self, house: House, ann: Visitor) -> None:
        turn(ann, "turn_right")
        make_due(house)
        page = re.sub(r"<[^>]+>", " ", ann.get("/photos/1").text)
        assert re.search(r"ann\s+turned it", page)
        assert re.search(r"worker\s+turned its pictures", page)

    def test_undo_takes_it_back(self, house: House, ann: Visitor) -> None:
        turn(ann, "turn_right")
        assert ann.post("/undo").status_code == 303
        assert photo_of(house, 1).turn == 0

    def test_several_are_turned_from_the_list(self, house: House, ann: Visitor) -> None:
        assert 'value="turn_left"' in ann.get("/photos?state=all").text
        answer = ann.post("/photos/bulk", {"action": "turn_right", "id": ["1", "2"]})
        assert answer.status_code == 303
        assert [photo_of(house, each).turn for each in (1, 2)] == [1, 1]
        assert "Turned right: 2 of 2 photos." in ann.get("/photos?state=all").text


class TestTheApi:
    def test_it_turns_and_tells(self, house: House, ann: Visitor) -> None:
        exif = photo_of(house, 1).exif
        answer = ann.api("POST", "/photos/1/turn", {"version": photo_of(house, 1).version, "quarters": -1})
        told = answer.get_json()
        assert (answer.status_code, told["turn"], told["is_turning"], told["turn_error"]) == (200, 3, True, None)
        assert (told["exif"]["width"], told["exif"]["height"]) == (exif.height, exif.width)

    @pytest.mark.parametrize("quarters", [0, 4, "1", None, True, 1.5])
    def test_other_turns_are_refused_in_words(self, house: House, ann: Visitor, quarters: object) -> None:
        answer = ann.api("POST", "/photos/1/turn", {"version": photo_of(house, 1).version, "quarters": quarters})
        assert answer.status_code == 422
        assert answer.get_json()["error"]["code"] == "input_invalid"

    def test_until_it_is_turned_nobody_approves_it(self, house: House, ann: Visitor) -> None:
        ann.api("POST", "/photos/1/turn", {"version": photo_of(house, 1).version, "quarters": 1})
        answer = ann.api("POST", "/photos/1/approve", {"version": photo_of(house, 1).version, "override_reason": "x"})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "picture_turning")

    def test_many_at_once(self, house: House, ann: Visitor) -> None:
        told = ann.api("POST", "/bulk", {"action": "turn_left", "ids": [1, 2, 99]}).get_json()
        assert told["done"] == [1, 2]
        assert [each["id"] for each in told["refused"]] == [99]
