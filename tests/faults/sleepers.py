"""Publishers that stand still in the very middle: in an upload, and at the row; and what was said meanwhile counts."""

from __future__ import annotations

import signal
import time

from faults.acts import Act, bring_live, submit_with
from faults.product import send
from faults.relay import Mode
from faults.scene import Scene, names
from faults.website import DRAFT

_TRIES = 5


def in_upload(withdrawal: str) -> Act:
    """Stop the publisher while a file has its temporary name, withdraw the photo, and wake it."""

    def act(scene: Scene) -> None:
        name, sleepers = _caught_in_upload(scene)
        scene.wait_for("step = 'publish' AND status = 'queued'")
        assert scene.withdraw(name, withdrawal), "the withdrawal was refused"
        with scene.measured():
            for pid in sleepers:
                send(pid, signal.SIGCONT)
            scene.moment(4)
            scene.rest()

    return act


def killed_in_upload(scene: Scene) -> None:
    """Kill the publisher while a file has its temporary name: the next one leaves nothing of it."""
    _, sleepers = _caught_in_upload(scene)
    for pid in sleepers:
        send(pid, signal.SIGKILL)
    with scene.measured():
        scene.rest()


def _caught_in_upload(scene: Scene) -> tuple[str, list[int]]:
    """Start, release one photo after the other, and stop the publisher in an upload; gives photo and processes."""
    scene.start()
    submit_with(scene)
    for name in names(scene, *range(_TRIES)):
        scene.approve(name)
        sleepers = list(scene.product.children("publish"))
        if _is_caught(scene, name, sleepers):
            return name, sleepers
        scene.rest()
    raise AssertionError("no upload was slow enough to be caught")


def _is_caught(scene: Scene, name: str, sleepers: list[int]) -> bool:
    """Release, and stop the publisher as soon as a temporary file is there; False: it was done before."""
    scene.release(name)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if _drafts(scene):
            for pid in sleepers:
                send(pid, signal.SIGSTOP)
            # the rename may have been on its way to the server
            scene.moment(0.3)
            if _drafts(scene) and not _finals(scene, name):
                return True
            for pid in sleepers:
                send(pid, signal.SIGCONT)
            return False
    return False


def _drafts(scene: Scene) -> list[str]:
    return [each.name for each in scene.place.root.rglob(f"{DRAFT}*")]


def _finals(scene: Scene, name: str) -> list[str]:
    called = scene.truth.names[name]
    return [str(each) for each in scene.place.root.rglob(called)]


def at_row(withdrawal: str) -> Act:
    """Stop the publisher while the website's table does not answer, withdraw the photo, and wake it."""

    def act(scene: Scene) -> None:
        assert scene.table.relay is not None
        scene.product.settings = {**scene.product.settings, **scene.mark("after_files", "sleep")}
        scene.start()
        submit_with(scene)
        [name] = names(scene, 0)
        scene.approve(name)
        scene.release(name)
        pid = scene.sleeper()
        scene.table.relay.become(Mode.STALLED)
        scene.wake(pid)
        # it asks the table now, and waits
        scene.moment(0.7)
        send(pid, signal.SIGSTOP)
        scene.wait_for("step = 'publish' AND status = 'queued'")
        assert scene.withdraw(name, withdrawal), "the withdrawal was refused"
        # the files were there before, and are taken off; the row is what must not come
        scene.table.relay.become(Mode.OPEN)
        with scene.measured():
            scene.wake(pid)
            scene.moment(4)
            scene.rest()
        assert not scene.table.rows(), "the row came after the photo was withdrawn"

    return act


def at_removal(point: str, withdrawal: str) -> Act:
    """Let the publisher sleep before it removes what was live elsewhere; withdrawn, that must stay where it is."""

    def act(scene: Scene) -> None:
        scene.start()
        submit_with(scene)
        [name] = names(scene, 0)
        bring_live(scene, name)
        before = scene.place.files()
        scene.product.stop()
        scene.product.settings = {**scene.product.settings, **scene.mark(point, "sleep")}
        scene.start()
        assert scene.person.edit(scene.ids()[name], folder="night").status == 200
        scene.approve(name)
        scene.release(name)
        pid = scene.sleeper()
        scene.wait_for("step = 'publish' AND status = 'queued'")
        assert scene.withdraw(name, withdrawal), "the withdrawal was refused"
        scene.truth.withdrawn.clear()
        with scene.measured():
            scene.wake(pid)
            scene.moment(4)
            scene.rest()
        assert scene.place.files() == before, "what was live before is not as it was"
        gone = [path for path, _, _ in scene.watcher.seen if path in before]
        assert not gone, f"what was live was gone for a while: {gone}"
        scene.truth.live.discard(name)
        (scene.truth.still_live if withdrawal == "reject" else scene.truth.live).add(name)
        scene.truth.is_named = False

    return act
