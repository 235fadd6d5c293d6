"""The API keeps the shapes that ``docs/openapi.yaml`` promises, also when it refuses."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from lightgate.bootstrap import House
from lightgate.domain.photo import Field, LedgerState, Publication, Source, Text
from lightgate.domain.route.status_words import review_status
from lightgate.steps import review
from lightgate_web.api import events
from lightgate_web.app import create_app
from support.gallery import GALLERY, add_person, approve, fail, photo_of, quick_passwords, step_after
from support.site_client import Visitor, visitor
from support.stores import NOON, Sent, add_photos, add_set

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
CAPTION = "A tabby cat with amber eyes rests and looks past the camera."


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return found


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def check(answer: TestResponse) -> Any:
    """Hold an answer against the document; give its JSON."""
    path = re.sub(r"/photos/\d+", "/photos/{id}", answer.request.path)
    path = re.sub(r"/proposals/\d+", "/proposals/{proposal}", path)
    path = re.sub(r"/vocabulary/\d+", "/vocabulary/{term}", path)
    operation = document()["paths"][path][answer.request.method.lower()]
    promised = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
    schema = resolved(promised)["content"]["application/json"]["schema"]
    given = answer.get_json()
    Draft202012Validator({**schema, "components": document()["components"]}).validate(given)
    return given


def word_of(house: House, photo_id: int) -> str:
    return review_status(photo_of(house, photo_id)).value


def refusal(answer: TestResponse, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(check(answer)["error"]["code"])


def test_the_document_is_valid_openapi() -> None:
    validate(document())


def test_the_document_names_every_address_of_the_api_and_no_other(house: House) -> None:
    rules = create_app(house, quick_passwords()).url_map.iter_rules()
    served = {
        (_as_documented(rule.rule), method.lower())
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") or rule.rule == "/healthz"
    }
    verbs = {"get", "post", "patch"}
    promised = {(path, verb) for path, item in document()["paths"].items() for verb in item if verb in verbs}
    assert served == {each for each in promised if not each[0].startswith("/pictures")}


def propose(house: House, photo_id: int) -> int:
    """Ask for two texts, and have a worker propose them."""
    review.regenerate(house.review_desk(), photo_id, photo_of(house, photo_id).version, "ann", fields=_TWO)
    with house.store.writing() as tx:
        at = house.now()
        claim = tx.requests.claim("w", at, at + timedelta(seconds=60))
        assert claim is not None
        values = {Field.CAPTION: CAPTION, Field.ALT_TEXT: "A tabby cat looks past somebody on a sofa."}
        tx.requests.finish(claim, [Text("en", each, values[each], Source.MODEL, model="m") for each in _TWO], at)
    return claim.request.id


_TWO = (Field.CAPTION, Field.ALT_TEXT)


def _as_documented(rule: str) -> str:
    for name, documented in (("photo_id", "id"), ("request_id", "proposal"), ("term_id", "term"), ("number", "number")):
        rule = re.sub(f"<[^>]*:{name}>", f"{{{documented}}}", rule)
    return rule


class TestReading:
    def test_sets_are_counted(self, ann: Visitor) -> None:
        [found] = check(ann.get("/api/v1/sets"))["sets"]
        assert (found["photos"], found["counts"]) == (3, {"Pending": 2, "Metadata_Needs_Work": 1})

    def test_a_list_is_walked_by_its_cursor(self, house: House, ann: Visitor) -> None:
        add_photos(house.store, 4)
        seen, cursor = [], ""
        while cursor is not None:
            page = check(ann.get(f"/api/v1/photos?limit=3&cursor={cursor}"))
            seen += [photo["id"] for photo in page["photos"]]
            cursor = page["next_cursor"]
        assert seen == [1, 2, 3, 4, 5, 6, 7]

    def test_a_list_is_narrowed(self, house: House, ann: Visitor) -> None:
        approve(house, 1)

        def ids(query: str) -> list[int]:
            return [photo["id"] for photo in check(ann.get(f"/api/v1/photos?{query}"))["photos"]]

        assert ids("state=Approved") == [1]
        assert ids("state=undecided") == [2, 3]
        assert ids("set=harbour-festival&band=Average") == [3]
        assert ids("q=espresso") == [2]

    @pytest.mark.parametrize("query", ["state=no", "band=no", "cursor=x", "limit=0", "limit=201", "limit=x"])
    def test_a_filter_that_means_nothing_is_refused(self, ann: Visitor, query: str) -> None:
        assert refusal(ann.get(f"/api/v1/photos?{query}"), 422) == "input_invalid"

    def test_a_set_that_is_not_there_is_404(self, ann: Visitor) -> None:
        assert refusal(ann.get("/api/v1/photos?set=none"), 404) == "not_found"

    def test_one_photo_comes_with_what_the_proof_found(self, ann: Visitor) -> None:
        found = check(ann.get("/api/v1/photos/3"))
        assert "no_full_stop" in {issue["code"] for issue in found["issues"]}
        assert found["sources"]["caption"]["model"] == "qwen2.5vl:3b"
        assert found["review_status"] == "Metadata_Needs_Work"

    def test_a_published_and_a_failed_photo_keep_the_shape(self, house: House, ann: Visitor) -> None:
        with house.store.writing() as tx:
            live = Publication(
                "folder", LedgerState.LIVE, "Harbour_001.JPG", {"full": "2026/x.JPG"}, published_at=NOON, remote_id=7
            )
            tx.publications.put(1, live, NOON)
        fail(house, 2, "quality", "It cannot be read.")
        assert check(ann.get("/api/v1/photos/1"))["published"]["targets"][0]["remote_id"] == 7
        assert check(ann.get("/api/v1/photos/2"))["error"]["message"] == "It cannot be read."

    def test_a_photo_at_the_start_of_the_route_keeps_the_shape(self, house: House, ann: Visitor) -> None:
        [photo_id] = add_photos(house.store, 1)
        found = check(ann.get(f"/api/v1/photos/{photo_id}"))
        assert (found["file_name"], found["caption"], found["keywords"], found["qr"]) == (None, "", [], None)


class TestEditing:
    def test_any_field_can_be_changed_by_name(self, house: House, ann: Visitor) -> None:
        body = {
            "version": 1,
            "caption": CAPTION,
            "keywords": ["cat", "amber"],
            "texts": {"en": {"alt_text": "A cat with amber eyes and whiskers, seen from very near."}},
            "qr": 9.5,
            "locks": {"en": {"caption": True}},
            "location": "Delft",
        }
        found = check(ann.api("PATCH", "/photos/1", body))
        assert found["caption"] == CAPTION
        assert found["keywords"] == ["cat", "amber"]
        assert found["sources"]["caption"] == {"source": "person", "model": None, "prompt_hash": None, "locked": True}
        assert (found["qr"], found["location"], found["version"]) == (9.5, "Delft", 2)

    def test_a_null_rating_goes_back_to_the_computed_one(self, ann: Visitor) -> None:
        check(ann.api("PATCH", "/photos/1", {"version": 1, "qr": 2}))
        assert check(ann.api("PATCH", "/photos/1", {"version": 2, "qr": None}))["qr"] == GALLERY[0].qr

    def test_the_second_of_two_is_told(self, ann: Visitor) -> None:
        check(ann.api("PATCH", "/photos/1", {"version": 1, "caption": CAPTION}))
        assert refusal(ann.api("PATCH", "/photos/1", {"version": 1, "caption": "mine"}), 409) == "conflict"

    @pytest.mark.parametrize(
        "change",
        [
            {"captoin": "x"},
            {"caption": 5},
            {"caption": ["x"]},
            {"keywords": "a, b"},
            {"keywords": [1]},
            {"texts": []},
            {"texts": {"en": "x"}},
            {"texts": {"en": {"title": "x"}}},
            {"texts": {"xx": {"caption": "x"}}},
            {"qr": "good"},
            {"qr": True},
            {"qr": 99},
            {"locks": {"en": {"caption": "yes"}}},
            {"caption": "half a pair \ud800"},
            {"subject": ""},
            {"subject": "a\nb" * 200},
            {"version": "1"},
            {"version": None},
            {"version": True},
            {"version": 2**70},
        ],
    )
    def test_what_no_field_can_hold_is_refused_and_nothing_is_changed(
        self, house: House, ann: Visitor, change: dict[str, Any]
    ) -> None:
        assert (
            refusal(ann.api("PATCH", "/photos/1", {"version": 1, "caption": CAPTION, **change}), 422) == "input_invalid"
        )
        assert photo_of(house, 1).version == 1

    @pytest.mark.parametrize(
        ("body", "status"), [("{", 400), ("[]", 422), ("null", 422), ('"x"', 422), ("[" * 100_000, 422)]
    )
    def test_a_body_that_is_no_object_is_refused(self, ann: Visitor, body: str, status: int) -> None:
        headers = {"X-CSRF-Token": ann.token, "Content-Type": "application/json"}
        check(answer := ann.client.patch("/api/v1/photos/1", data=body, headers=headers))
        assert answer.status_code == status

    def test_a_form_is_not_json(self, ann: Visitor) -> None:
        answer = ann.client.patch("/api/v1/photos/1", data={"version": "1"}, headers={"X-CSRF-Token": ann.token})
        assert refusal(answer, 415) == "not_json"


class TestDeciding:
    def test_approve_then_reopen(self, house: House, ann: Visitor) -> None:
        found = check(ann.api("POST", "/photos/1/approve", {"version": 1}))
        assert (found["review_status"], found["version"]) == ("Approved", 2)
        assert refusal(ann.api("POST", "/photos/1/approve", {"version": 2}), 409) == "illegal_move"
        assert check(ann.api("POST", "/photos/1/reopen", {"version": 2}))["review_status"] == "Pending"

    def test_a_blocked_text_needs_a_reason(self, ann: Visitor) -> None:
        check(ann.api("PATCH", "/photos/1", {"version": 1, "caption": ""}))
        assert refusal(ann.api("POST", "/photos/1/approve", {"version": 2}), 422) == "proof_blocks"
        body = {"version": 2, "override_reason": "A picture without words"}
        assert check(ann.api("POST", "/photos/1/approve", body))["review_status"] == "Approved"

    def test_reject_keeps_the_reason_and_undo_takes_it_back(self, ann: Visitor) -> None:
        body = {"version": 1, "reason": "Out of focus"}
        assert check(ann.api("POST", "/photos/1/reject", body))["reject_reason"] == "Out of focus"
        assert check(ann.api("POST", "/undo", {}))["review_status"] == "Pending"

    def test_undo_with_nothing_done_is_refused(self, ann: Visitor) -> None:
        assert refusal(ann.api("POST", "/undo", {}), 422) == "nothing_to_undo"

    def test_retry_and_skip_leave_a_failed_step(self, house: House, ann: Visitor) -> None:
        fail(house, 1, "quality", "no")
        fail(house, 2, "quality", "no")
        assert check(ann.api("POST", "/photos/1/retry", {"version": 1}))["status"] == "queued"
        assert check(ann.api("POST", "/photos/2/skip", {"version": 1}))["step"] == step_after("quality")

    def test_new_texts_are_asked_for_and_shown_while_they_wait(self, ann: Visitor) -> None:
        answer = ann.api("POST", "/photos/1/regenerate", {"version": 1, "fields": ["caption"], "hint": "name the cat"})
        assert answer.status_code == 202
        [asked] = check(answer)["proposals"]
        assert (asked["fields"], asked["status"], asked["hint"]) == (["caption"], "queued", "name the cat")
        assert check(ann.get("/api/v1/photos/1"))["proposals"] == [asked]
        again = ann.api("POST", "/photos/1/regenerate", {"version": 1})
        assert refusal(again, 409) == "already_requested"

    @pytest.mark.parametrize(
        "body", [{"fields": ["title"]}, {"fields": "caption"}, {"language": "fr"}, {"hint": "x" * 501}]
    )
    def test_a_wish_that_means_nothing_is_refused(self, ann: Visitor, body: dict[str, Any]) -> None:
        assert refusal(ann.api("POST", "/photos/1/regenerate", {"version": 1, **body}), 422) == "input_invalid"

    def test_a_proposal_is_taken_field_by_field_and_stays_the_models(self, house: House, ann: Visitor) -> None:
        request_id = propose(house, 1)
        body = {"version": 1, "fields": ["caption"]}
        taken = check(ann.api("POST", f"/photos/1/proposals/{request_id}/take", body))
        assert (taken["caption"], taken["sources"]["caption"]["source"]) == (CAPTION, "model")
        [left] = check(ann.get("/api/v1/photos/1"))["proposals"]
        assert list(left["texts"]) == ["alt_text"]
        check(ann.api("POST", f"/photos/1/proposals/{request_id}/leave", {}))
        assert check(ann.get("/api/v1/photos/1"))["proposals"] == []

    def test_a_proposal_belongs_to_its_photo_and_its_version(self, house: House, ann: Visitor) -> None:
        request_id = propose(house, 1)
        assert refusal(ann.api("POST", f"/photos/2/proposals/{request_id}/take", {"version": 1}), 422)
        assert refusal(ann.api("POST", f"/photos/1/proposals/{request_id}/take", {"version": 9}), 409) == "conflict"
        assert refusal(ann.api("POST", "/photos/1/proposals/99/take", {"version": 1}), 404) == "not_found"

    @pytest.mark.parametrize("action", ["approve", "reject", "reopen", "retry", "skip", "regenerate"])
    def test_a_photo_that_is_not_there_is_404(self, ann: Visitor, action: str) -> None:
        assert refusal(ann.api("POST", f"/photos/999/{action}", {"version": 1}), 404) == "not_found"

    @pytest.mark.parametrize("action", ["approve", "reject", "reopen", "retry", "skip", "regenerate"])
    def test_a_decision_names_the_version_that_was_seen(self, ann: Visitor, action: str) -> None:
        assert refusal(ann.api("POST", f"/photos/1/{action}", {}), 422) == "input_invalid"


class TestVocabulary:
    def test_what_a_model_proposed_is_accepted_or_banned(self, house: House, ann: Visitor) -> None:
        with house.store.writing() as tx:
            tx.vocabulary.propose("en", ["gull", "masterpiece"], NOON)
        gull, other = check(ann.get("/api/v1/vocabulary"))["terms"]
        assert (gull["name"], gull["seen"], gull["state"]) == ("gull", 1, "proposed")
        assert check(ann.api("POST", f"/vocabulary/{gull['id']}/accept", {}))["state"] == "listed"
        assert check(ann.api("POST", f"/vocabulary/{other['id']}/ban", {}))["state"] == "banned"
        assert check(ann.get("/api/v1/vocabulary"))["terms"] == []
        assert [term["name"] for term in check(ann.get("/api/v1/vocabulary?state=banned&q=MASTER"))["terms"]] == [
            "masterpiece"
        ]

    def test_a_term_or_state_that_is_not_there_is_refused(self, ann: Visitor) -> None:
        assert refusal(ann.api("POST", "/vocabulary/99/ban", {}), 404) == "not_found"
        assert refusal(ann.get("/api/v1/vocabulary?state=odd"), 422) == "input_invalid"


class TestMany:
    def test_each_is_done_or_refused_on_its_own(self, house: House, ann: Visitor) -> None:
        approve(house, 2)
        last_event = check(ann.get("/api/v1/photos"))["last_event"]
        asked = {"ids": [1, 2, 999], "action": "approve", "last_event": last_event}
        found = check(ann.api("POST", "/bulk", asked))
        assert found["done"] == [1]
        assert [(each["id"], each["code"]) for each in found["refused"]] == [(2, "illegal_move"), (999, "not_found")]

    @pytest.mark.parametrize("which", [{"ids": [1]}, {"query": {"state": "undecided"}}])
    def test_many_are_approved_only_by_who_says_what_was_shown(
        self, house: House, ann: Visitor, which: dict[str, Any]
    ) -> None:
        answer = ann.api("POST", "/bulk", {**which, "action": "approve"})
        assert refusal(answer, 400) == "not_shown"
        assert "last_event" in answer.json["error"]["message"]
        assert photo_of(house, 1).version == 1

    def test_an_event_that_is_still_to_come_was_shown_to_nobody(self, house: House, ann: Visitor) -> None:
        body = {"ids": [1], "action": "approve", "last_event": 10**9}
        assert refusal(ann.api("POST", "/bulk", body), 422) == "input_invalid"
        assert photo_of(house, 1).version == 1

    def test_a_query_means_what_the_list_means(self, house: House, ann: Visitor) -> None:
        body = {"query": {"state": "undecided", "q": "espresso"}, "action": "reject", "reason": "No coffee"}
        assert check(ann.api("POST", "/bulk", body))["done"] == [2]

    def test_many_are_edited_alike(self, house: House, ann: Visitor) -> None:
        body = {"ids": [1, 2], "action": "edit", "changes": {"keywords": ["festival"], "location": "Delft"}}
        assert check(ann.api("POST", "/bulk", body))["done"] == [1, 2]
        text = photo_of(house, 2).text("en", Field.KEYWORDS)
        assert text is not None
        assert (text.value, text.source) == (("festival",), Source.PERSON)

    @pytest.mark.parametrize(
        "body",
        [
            {"action": "approve"},
            {"ids": [1], "query": {}, "action": "approve"},
            {"ids": [1]},
            {"ids": [1], "action": "publish"},
            {"ids": [1], "action": "edit"},
            {"ids": ["1"], "action": "approve"},
            {"ids": list(range(5001)), "action": "approve"},
            {"query": {"state": "no"}, "action": "approve"},
            {"query": [], "action": "approve"},
        ],
    )
    def test_what_makes_no_sense_is_refused_whole(self, house: House, ann: Visitor, body: dict[str, Any]) -> None:
        assert refusal(ann.api("POST", "/bulk", body), 422) == "input_invalid"
        assert photo_of(house, 1).version == 1


class TestRelease:
    def test_only_what_is_approved_goes_out(self, house: House, ann: Visitor) -> None:
        approve(house, 1)
        found = check(ann.api("POST", "/release", {"ids": [1, 2, 999]}))
        assert found["released"] == [1]
        assert [each["id"] for each in found["refused"]] == [2, 999]
        assert word_of(house, 2) == "Pending"
        assert isinstance(house.dispatch, Sent)
        assert house.dispatch.steps == ["publish"]

    def test_a_set_is_released_by_its_slug(self, house: House, ann: Visitor) -> None:
        approve(house, 1)
        assert check(ann.api("POST", "/release", {"set": "harbour-festival"}))["released"] == [1]
        assert refusal(ann.api("POST", "/release", {"set": "none"}), 404) == "not_found"

    @pytest.mark.parametrize(
        "body", [{}, {"set": "x", "ids": [1]}, {"set": ""}, {"set": None}, {"ids": None}, {"ids": 1}]
    )
    def test_a_release_of_nothing_in_particular_is_refused(self, house: House, ann: Visitor, body: Any) -> None:
        approve(house, 1)
        assert refusal(ann.api("POST", "/release", body), 422) == "input_invalid"
        assert word_of(house, 1) == "Approved"


class TestSession:
    def test_the_token_answers_keep_the_shape(self, house: House) -> None:
        one = visitor(house, signed_in=False)
        one.token = check(one.get("/api/v1/csrf"))["csrf_token"]
        check(one.api("POST", "/login", {"name": "ann", "password": "a password of ann"}))

    def test_a_stranger_is_told_in_json(self, house: House) -> None:
        assert refusal(visitor(house, signed_in=False).get("/api/v1/sets"), 401) == "not_signed_in"

    def test_a_lost_token_is_told_in_json(self, ann: Visitor) -> None:
        ann.token = ""
        assert refusal(ann.api("POST", "/undo", {}), 400) == "csrf"

    def test_signing_out_answers_nothing_and_ends_it(self, ann: Visitor) -> None:
        assert ann.api("POST", "/logout").status_code == 204
        assert ann.get("/api/v1/sets").status_code == 401

    def test_the_wrong_method_is_told_in_json(self, ann: Visitor) -> None:
        answer = ann.api("PATCH", "/sets", {})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (405, "method_not_allowed")

    def test_health_keeps_the_shape(self, ann: Visitor) -> None:
        check(ann.get("/healthz"))


class TestEvents:
    def test_a_stream_tells_the_state_and_then_each_change(self, house: House, ann: Visitor) -> None:
        answer = ann.client.get("/api/v1/events?set=harbour-festival")
        assert answer.mimetype == "text/event-stream"
        parts = iter(answer.response)
        assert b"retry:" in next(parts)  # type: ignore[operator]
        assert b'"Pending": 2' in next(parts)  # type: ignore[operator]
        approve(house, 1)
        assert b'"Approved": 1' in next(parts)  # type: ignore[operator]
        answer.close()

    def test_streams_leave_threads_for_everything_else_and_a_place_for_others(self, house: House, ann: Visitor) -> None:
        streams = [ann.client.get("/api/v1/events") for _ in range(3)]
        assert refusal(ann.client.get("/api/v1/events"), 503) == "refused"
        add_person(house, "bob")
        bob = Visitor(ann.app)
        bob.sign_in("bob")
        streams.append(bob.client.get("/api/v1/events"))
        assert streams[3].status_code == 200
        assert refusal(bob.client.get("/api/v1/events"), 503) == "refused"
        streams[0].close()
        again = ann.client.get("/api/v1/events")
        assert again.status_code == 200
        for stream in [*streams[1:], again]:
            stream.close()

    def test_a_stream_ends_by_itself(self, house: House) -> None:
        assert events.LIFETIME_S < 60

    def test_a_set_that_is_not_there_has_no_stream(self, ann: Visitor) -> None:
        assert refusal(ann.get("/api/v1/events?set=none"), 404) == "not_found"


def test_what_happens_elsewhere_is_in_the_list_at_once(house: House, ann: Visitor) -> None:
    add_photos(house.store, 1, add_set(house.store, "Other"))
    review.reject(house.review_desk(), 1, 1, "dana", "no")
    found = check(ann.get("/api/v1/sets"))["sets"]
    assert [each["counts"].get("Rejected", 0) for each in found] == [1, 0]
