"""Every address of the site has its role, its CSRF rule, its size limit and its trace; one without them fails here."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from lightgate.bootstrap import House
from lightgate.domain.people.roles import Role
from lightgate_web.access.guard import NEEDS, OPEN
from lightgate_web.request import audit
from support import site_walk
from support.site_addresses import addresses
from support.site_client import Visitor, visitor

#: the form of a page, which must hold seven texts in a few languages
FORM_BYTES = 1024 * 1024


class Rule(NamedTuple):
    #: None: open to strangers
    role: Role | None
    #: what is left of a change: words of the audit page, or where else it stands; none of what only reads
    trace: tuple[str, ...] = ()


#: written by the photo's own history, with the person's name
HISTORY = ("photo_event",)
#: the words' own rows say what is listed and what is banned
VOCABULARY = ("vocabulary",)
NOTHING_KEPT = ("nothing is kept",)

READER, PUBLISHER, ADMIN = Role.REVIEWER, Role.PUBLISHER, Role.ADMIN

RULES = {
    **dict.fromkeys(("static", "account.sign_in", "api.csrf", "health.healthz"), Rule(None)),
    **dict.fromkeys(("account.enter", "api.login"), Rule(None, ("signed_in", "sign_in_failed"))),
    **dict.fromkeys(("account.leave", "api.logout"), Rule(READER, ("signed_out",))),
    "account.end_sessions": Rule(READER, ("signed_out_everywhere",)),
    **dict.fromkeys(
        (
            "account.own", "api.events", "api.foreseen_name", "api.photo", "api.photos", "api.sets", "api.vocabulary",
            "pages.compare", "pages.compare_series", "pages.dashboard", "pages.photo", "pages.photos", "pages.release",
            "pages.release_plan", "pages.released", "pages.releases", "pages.set_page", "pages.sets", "pages.start",
            "pages.texts_of_set", "pages.vocabulary", "pictures.picture",
        ),
        Rule(READER),
    ),
    **dict.fromkeys(
        (
            "api.approve", "api.bulk", "api.edit", "api.leave", "api.redo", "api.regenerate", "api.reject",
            "api.reopen", "api.retry", "api.skip", "api.take", "api.turn", "api.undo", "pages.apply_to_several",
            "pages.ask", "pages.best_of_picked", "pages.best_of_series", "pages.bulk", "pages.decide",
            "pages.decide_proposal", "pages.lock", "pages.redo", "pages.restore", "pages.take_subject", "pages.undo",
        ),
        Rule(READER, HISTORY),
    ),
    **dict.fromkeys(("api.accept_term", "api.ban_term", "pages.decide_term"), Rule(READER, VOCABULARY)),
    # a form that is too long for an address, and a proposal that a person has yet to save
    **dict.fromkeys(("pages.compare_picked", "pages.mend", "pages.several"), Rule(READER, NOTHING_KEPT)),
    "pages.save_view": Rule(READER, ("saved_view",)),
    "pages.remove_view": Rule(READER, ("removed_view",)),
    **dict.fromkeys(("api.release", "pages.release_now"), Rule(PUBLISHER, ("released",))),
    **dict.fromkeys(("api.stop_release", "pages.stop_release"), Rule(PUBLISHER, ("stopped_release",))),
    "pages.take_release_back": Rule(PUBLISHER, ("took_release_back",)),
    "pages.unpublish": Rule(PUBLISHER, ("unpublished",)),
    "pages.look_before_unpublishing": Rule(PUBLISHER, NOTHING_KEPT),
    "pages.unpublished": Rule(PUBLISHER),
    **dict.fromkeys(("pages.people", "pages.audit", "pages.restored"), Rule(ADMIN)),
    "pages.add_person": Rule(ADMIN, ("added_person",)),
    "pages.change_person": Rule(ADMIN, ("changed_person",)),
    "pages.end_sessions_of": Rule(ADMIN, ("signed_somebody_out",)),
    "pages.restored_seen": Rule(ADMIN, ("looked_at_restore",)),
}  # fmt: skip


def test_every_address_has_a_rule_and_every_rule_an_address(ann: Visitor) -> None:
    found = {rule.endpoint for rule in ann.app.url_map.iter_rules()}
    assert found - set(RULES) == set(), "these have no line in RULES"
    assert set(RULES) - found == set(), "these are no addresses; is the view's module in the lists of its package?"


def test_every_page_is_walked_where_the_questions_to_the_store_are_looked_at(ann: Visitor) -> None:
    assert site_walk.addresses(ann.app, photos=3)


def test_the_roles_are_those_that_the_guard_asks_for() -> None:
    found = {endpoint: None if endpoint in OPEN else NEEDS.get(endpoint, Role.REVIEWER) for endpoint in RULES}
    assert found == {endpoint: rule.role for endpoint, rule in RULES.items()}


@pytest.mark.parametrize("role", list(Role))
def test_nobody_gets_further_than_the_role_allows(house: House, role: Role) -> None:
    with house.store.writing() as tx:
        for person in tx.users.all():
            tx.users.change(person.id, role=role, is_active=True)
    one = visitor(house)
    for method, endpoint, path in addresses(one, "GET", "POST", "PATCH"):
        needed = RULES[endpoint].role
        if needed is not None and not role.covers(needed):
            answer = one.client.open(path, method=method, headers={"X-CSRF-Token": one.token}, json={"version": 1})
            assert answer.status_code == 403, (method, path)


def test_what_changes_something_leaves_a_trace_and_what_reads_leaves_none(ann: Visitor) -> None:
    for rule in ann.app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        assert bool(methods) == bool(RULES[rule.endpoint].trace), rule.endpoint


def test_every_trace_in_the_audit_has_words_and_every_word_an_address() -> None:
    elsewhere = {*HISTORY, *VOCABULARY, *NOTHING_KEPT}
    assert {each for rule in RULES.values() for each in rule.trace} - elsewhere == set(audit.WORDS)


def test_no_address_is_excused_from_the_token(ann: Visitor) -> None:
    csrf = ann.app.extensions["csrf"]
    assert not csrf._exempt_views
    assert not csrf._exempt_blueprints
    assert ann.app.config["WTF_CSRF_CHECK_DEFAULT"]


def test_nothing_takes_more_than_a_long_form(ann: Visitor) -> None:
    assert ann.app.config["MAX_CONTENT_LENGTH"] == FORM_BYTES
    for method, endpoint, path in addresses(ann, "POST", "PATCH"):
        if RULES[endpoint].trace == ("signed_out",):
            # would sign the visitor out
            continue
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            headers = {"X-CSRF-Token": ann.token, "Content-Type": kind}
            answer = ann.client.open(path, method=method, headers=headers, data=b"a" * (FORM_BYTES + 1))
            # without a form to read, who is asked for a role, a kind or a photo says so first
            assert answer.status_code in {413, 415} or answer.status_code < 400, (path, kind, answer.status_code)
