"""Roles at the site: who may release, who may give roles, and what the audit keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from lightgate.domain.people.roles import Role
from support.gallery import GALLERY, NAME, add_person, approve, hang, photo_of, site_house
from support.site_client import Visitor, visitor

DANA = "dana"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = site_house(tmp_path)
    add_person(made)
    dana = add_person(made, DANA)
    with made.store.writing() as tx:
        tx.users.change(dana.id, role=Role.REVIEWER, is_active=True)
    hang(made, shown=GALLERY[:1])
    yield made
    made.close()


@pytest.fixture
def dana(house: House) -> Visitor:
    one = visitor(house, signed_in=False)
    assert one.sign_in(DANA).status_code == 303
    return one


@pytest.mark.parametrize("path", ["/people", "/audit"])
def test_a_reviewer_is_kept_from_what_admins_look_after(ann: Visitor, dana: Visitor, path: str) -> None:
    assert ann.get(path).status_code == 200
    answer = dana.get(path)
    assert answer.status_code == 403
    assert "This needs the role admin" in answer.text


def test_a_reviewer_decides_and_does_not_release(house: House, dana: Visitor) -> None:
    assert dana.post("/photos/1/approve", dana.form_of(1)).status_code == 303
    assert dana.post("/release", {"set": ""}).status_code == 403
    assert dana.api("POST", "/release", {"ids": [1]}).status_code == 403
    assert dana.post("/unpublish", {"id": "1"}).status_code == 403
    assert photo_of(house, 1).position.step == "release"
    assert "A person with the role publisher sends them out" in dana.get("/release").text
    assert 'data-do="release"' not in dana.get("/release").text


def test_an_admin_makes_a_publisher(house: House, ann: Visitor, dana: Visitor) -> None:
    approve(house, 1)
    ann.post("/people/2", {"role": "publisher", "active": "1"})
    assert dana.get("/people").status_code == 403
    assert dana.api("POST", "/release", {"ids": [1]}).status_code == 200


def test_somebody_who_may_no_longer_sign_in_is_out_at_once(ann: Visitor, dana: Visitor) -> None:
    ann.post("/people/2", {"role": "reviewer"})
    assert dana.get("/").status_code == 302
    assert dana.sign_in(DANA).status_code == 401


def test_an_admin_signs_somebody_out_everywhere(ann: Visitor, dana: Visitor) -> None:
    ann.post("/people/2/sessions/end")
    assert dana.get("/").status_code == 302
    assert ann.get("/").status_code == 200


def test_the_last_admin_stays(ann: Visitor) -> None:
    answer = ann.post("/people/1", {"role": "reviewer", "active": "1"})
    assert answer.status_code == 422
    assert "the only admin" in answer.text


def test_a_new_person_signs_in_with_the_role_that_was_given(house: House, ann: Visitor) -> None:
    assert ann.post("/people", {"name": "eve", "password": "a long password", "role": "reviewer"}).status_code == 303
    eve = visitor(house, signed_in=False)
    assert eve.sign_in("eve", "a long password").status_code == 303
    assert eve.get("/people").status_code == 403


def test_a_role_that_does_not_exist_is_refused(ann: Visitor) -> None:
    assert ann.post("/people/2", {"role": "king", "active": "1"}).status_code == 422


def test_the_audit_names_who_did_what_from_where(house: House, ann: Visitor) -> None:
    visitor(house, signed_in=False).sign_in(NAME, "a wrong password")
    ann.post("/people/2", {"role": "publisher", "active": "1"})
    html = ann.get("/audit").text
    for words in ("signed in", "failed to sign in", "changed the rights of dana: publisher", "127.0.0.1"):
        assert words in html
    assert "a wrong password" not in html
