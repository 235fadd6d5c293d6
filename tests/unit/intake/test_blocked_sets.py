"""A set submitted with ``--on-error rollback`` goes back when the caption model stays away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lightgate.domain.route.pipeline import Status
from lightgate.intake import roll_back_blocked, submit
from support.desks import canals, make_desk, photograph
from support.stores import NOON, bring_to


@pytest.mark.parametrize(
    ("on_error", "has_model", "waited_s", "is_undone"),
    [
        ("rollback", False, 61, True),
        ("rollback", False, 5, False),
        ("rollback", True, 61, False),
        ("wait", False, 61, False),
    ],
)
def test_only_a_blocked_set_that_asked_for_it_is_undone(
    tmp_path: Path, on_error: str, has_model: bool, waited_s: int, is_undone: bool
) -> None:
    photograph(tmp_path / "card" / "a.jpg")
    desk = make_desk(tmp_path / "home")
    [report] = submit(desk, [canals(tmp_path / "card", on_error=on_error)])
    with desk.store.reading() as tx:
        [photo_id] = tx.sets.photo_ids(tx.sets.get(report.slug or "").id)
    assert bring_to(desk.store, photo_id, "caption").position.status is Status.QUEUED
    if not has_model:
        with desk.store.writing() as tx:
            tx.notes.put("caption.status", "The model is away.", NOON)
    assert roll_back_blocked(desk, NOON + timedelta(seconds=waited_s)) == int(is_undone)
    with desk.store.reading() as tx:
        assert (tx.sets.get(report.slug or "").rolled_back_at is not None) == is_undone
    assert (tmp_path / "card" / "a.jpg").exists()
    desk.store.close()
