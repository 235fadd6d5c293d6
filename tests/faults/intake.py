"""Handing in and taking back, killed at every point."""

from __future__ import annotations

from faults.acts import Act, bring_live
from faults.photos import FOLDER, LOCATION, SUBJECT, make_card
from faults.scene import Scene, names
from support.waiting import eventually

#: see ``kill_point``
KILLED = 9


def killed_submit(point: str) -> Act:
    """End a submit at a point, and hand in once more."""

    def act(scene: Scene) -> None:
        is_moving = point == "after_first_unlink"
        options = ("--move",) if is_moving else ()
        scene.truth.is_moved = is_moving
        scene.start()
        assert scene.submit(None, *options, **scene.mark(point)) == KILLED, "the submit was not killed"
        with scene.measured():
            scene.submit(None, *options)
            scene.rest()
        if is_moving:
            eventually(lambda: not list(scene.truth.cards[0].folder.iterdir()), within_s=60)
        bring_live(scene, *names(scene, 0, 1))

    return act


def killed_rollback(point: str) -> Act:
    """End a rollback at a point, and roll back once more: the card is as it was."""

    def act(scene: Scene) -> None:
        scene.start()
        assert scene.submit(None, "--move") == 0
        scene.rest()
        eventually(lambda: not list(scene.truth.cards[0].folder.iterdir()), within_s=60)
        [slug] = [each["slug"] for each in scene.product.rows("SELECT slug FROM photo_set")]
        first = scene.product.run("rollback", slug, **scene.mark(point))
        assert first.returncode == KILLED, f"the rollback was not killed: {first.stderr}"
        with scene.measured():
            scene.product.run("rollback", slug)
            eventually(lambda: not scene.photos(), within_s=60)
        scene.truth.is_taken_in = False

    return act


def sleeping_submit(scene: Scene) -> None:
    """Roll a set back while another submit sleeps between its copies and its rows: the copies are not swept away."""
    scene.start()
    assert scene.submit() == 0
    scene.rest()
    [slug] = [each["slug"] for each in scene.product.rows("SELECT slug FROM photo_set")]
    second = make_card(scene.product.folder / "second", 4, scene.chance)
    told = ("--subject", SUBJECT, "--location", LOCATION, "--folder", FOLDER)
    submit = scene.product.popen("submit", str(second.folder), *told, **scene.mark("after_rename", "sleep"))
    pid = scene.sleeper()
    done = scene.product.run("rollback", slug)
    assert done.returncode == 0, done.stdout + done.stderr
    scene.wake(pid)
    assert submit.wait(timeout=60) == 0
    scene.rest()
    # the first card is as it was, and nothing of it is here
    scene.truth.cards, scene.truth.is_named = [second], False
    assert len(scene.photos()) == len(second.hashes)
    bring_live(scene, *sorted(second.hashes)[:2])
