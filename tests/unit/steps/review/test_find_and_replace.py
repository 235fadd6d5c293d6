"""Keywords and words changed in many photos at once: what that means for each."""

from __future__ import annotations

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import Field
from lightgate.errors import InputInvalid
from lightgate.steps import review
from lightgate.steps.review import KeywordEdit, Replacement, bulk_edit, keyword_counts, previewed
from lightgate_web.request.selection import ALL
from support.gallery import NAME, approve, photo_of
from support.site_client import Visitor


def keywords(house: House, photo_id: int) -> tuple[str, ...]:
    text = photo_of(house, photo_id).text("en", Field.KEYWORDS)
    return tuple(text.value) if text else ()


def test_keywords_are_added_once_and_removed_in_either_case(house: House) -> None:
    edit = KeywordEdit(add=("pet", "CAT"), remove=("Whiskers",))
    [outcome] = bulk_edit(house.review_desk(), [1], edit.changes, NAME)
    assert outcome.is_changed
    assert keywords(house, 1) == ("cat", "tabby", "portrait", "animal", "pet")


def test_a_photo_that_has_nothing_to_change_stays_as_it_is(house: House) -> None:
    [outcome] = bulk_edit(house.review_desk(), [2], KeywordEdit(remove=("cat",)).changes, NAME)
    assert (outcome.error, outcome.is_changed, photo_of(house, 2).version) == (None, False, 1)


def test_keywords_are_counted_over_the_photos(house: House) -> None:
    photos = [photo_of(house, photo_id) for photo_id in (1, 2, 3)]
    counts = keyword_counts(photos)
    assert (counts["cat"], counts["night"], len(counts)) == (1, 1, 15)


def test_a_preview_says_what_a_replacement_would_do_and_does_nothing(house: House) -> None:
    wanted = Replacement("coffee", "tea")
    found = previewed([photo_of(house, 2)], wanted)
    assert [(each.change.field, each.new) for each in found] == [
        (Field.ALT_TEXT, "White cup of black tea on a saucer, seen from above on dark wood."),
        (Field.KEYWORDS, "tea, cup, espresso, table, spoon"),
    ]
    assert keywords(house, 2)[0] == "coffee"


def test_an_exact_replacement_leaves_parts_of_words_alone(house: House) -> None:
    photo = photo_of(house, 1)
    assert previewed([photo], Replacement("cat", "dog", (Field.CAPTION,), is_exact=True))[0].new.startswith(
        "Chelsea the tabby dog"
    )
    assert not previewed([photo], Replacement("tab", "x", (Field.CAPTION,), is_exact=True))


def test_a_replacement_is_taken_literally(house: House) -> None:
    wanted = Replacement("coffee", r"\1 (tea)", (Field.KEYWORDS,))
    bulk_edit(house.review_desk(), [2], wanted.changes, NAME)
    assert keywords(house, 2)[0] == r"\1 (tea)"


def test_nothing_to_find_is_refused() -> None:
    with pytest.raises(InputInvalid, match="Say what to find"):
        Replacement("  ", "x")


def test_each_photo_of_many_has_its_own_answer(house: House) -> None:
    review.reject(house.review_desk(), 3, 1, NAME, "")
    outcomes = bulk_edit(house.review_desk(), [1, 3, 99], KeywordEdit(add=("new",)).changes, NAME)
    assert [outcome.error is None for outcome in outcomes] == [True, False, False]


class TestThePage:
    def test_it_shows_counts_and_what_is_common(self, ann: Visitor) -> None:
        html = ann.post(f"/photos/several?state={ALL}", {"id": ["1", "2"]}).text
        assert "Edit 2 photos" in html
        assert 'placeholder="Rotterdam"' in html
        assert "whiskers" in html

    def test_names_change_together_and_file_names_follow(self, house: House, ann: Visitor) -> None:
        form = {"id": ["1", "2"], "what": "names", "subject": "Quay side", "location": ""}
        assert ann.post("/photos/several/apply?state=all", form).status_code == 303
        photo = photo_of(house, 2)
        assert (photo.subject, photo.location) == ("Quay side", "Rotterdam")
        assert photo.file_name is not None
        assert photo.file_name.startswith("Quay_side")

    def test_a_preview_comes_before_the_replacement(self, house: House, ann: Visitor) -> None:
        form = {"every": "1", "what": "replace", "find": "night", "put": "dusk", "field": ["keywords"]}
        html = ann.post("/photos/several?state=all", form).text
        assert "1 text would change" in html
        assert "night" in keywords(house, 3)
        ann.post("/photos/several/apply?state=all", form)
        assert "dusk" in keywords(house, 3)
        assert "1 of 3 photos. 2 had nothing to change." in ann.get("/photos?state=all").text

    def test_an_approved_photo_that_changes_goes_back_to_review(self, house: House, ann: Visitor) -> None:
        approve(house, 1)
        ann.post("/photos/several/apply?state=all", {"id": ["1"], "what": "keywords", "add": "pet"})
        assert photo_of(house, 1).position.step == "review"

    @pytest.mark.parametrize("form", [{}, {"what": "names"}, {"what": "keywords"}, {"what": "replace"}])
    def test_nothing_to_do_is_said(self, ann: Visitor, form: dict[str, str]) -> None:
        assert ann.post("/photos/several/apply", {"id": "1", **form}).status_code == 422
        assert ann.post("/photos/several/apply", form).status_code == 422
