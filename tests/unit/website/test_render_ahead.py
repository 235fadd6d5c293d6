"""What is made ahead counts only for the photo as it still is, and what fails there fails in its own turn."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import InputInvalid
from lightgate.ports.website import QualityRow
from lightgate.website.package import PublishPackage
from lightgate.website.render_ahead import RenderAhead
from support.published import BARE

QUALITY = cast("QualityRow", {"qr": 7})
MADE = cast("PublishPackage", object())
QUEUED = replace(BARE, position=Position("publish", Status.QUEUED))
CLAIMED = replace(BARE, position=Position("publish", Status.RUNNING, 2))


@pytest.fixture
def ahead() -> RenderAhead:
    return RenderAhead()


def test_a_claim_changes_nothing_that_was_made(ahead: RenderAhead) -> None:
    ahead.start(QUEUED, QUALITY, lambda: MADE)
    assert ahead.take(CLAIMED, QUALITY) is MADE


def test_it_is_given_once(ahead: RenderAhead) -> None:
    ahead.start(QUEUED, QUALITY, lambda: MADE)
    ahead.take(CLAIMED, QUALITY)
    assert ahead.take(CLAIMED, QUALITY) is None


@pytest.mark.parametrize(
    ("changed", "quality"),
    [(replace(CLAIMED, subject="Another"), QUALITY), (CLAIMED, {"qr": 3}), (replace(CLAIMED, id=2), QUALITY)],
)
def test_what_says_something_else_now_is_made_anew(ahead: RenderAhead, changed: object, quality: object) -> None:
    ahead.start(QUEUED, QUALITY, lambda: MADE)
    assert ahead.take(changed, quality) is None  # type: ignore[arg-type] # rows of two shapes


def test_what_fails_ahead_is_left_to_its_own_turn(ahead: RenderAhead) -> None:
    def fails() -> PublishPackage:
        raise InputInvalid(reason="The original is gone.")

    ahead.start(QUEUED, QUALITY, fails)
    assert ahead.take(CLAIMED, QUALITY) is None


def test_a_file_that_needs_much_memory_waits_for_its_turn(ahead: RenderAhead) -> None:
    ahead.start(replace(QUEUED, suffix=".tif"), QUALITY, lambda: MADE)
    assert ahead.take(replace(CLAIMED, suffix=".tif"), QUALITY) is None
