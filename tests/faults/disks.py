"""Disks that are full or let nothing be written, at each step that writes; made by root alone."""

from __future__ import annotations

from collections.abc import Callable

from faults.acts import Act, bring_live, submit_with
from faults.evils import Disk, small_disk
from faults.scene import Scene, names, texts_of

#: room for database, pictures and originals of a few small photographs
_SIZE_MB = 96
_WAIT_S = 8
STEPS = ("submit", "quality", "decide", "publish")
PARTS = ("incoming", "proxies", "web")


def full(step: str) -> Act:
    """Leave no room on the disk of the data folder, or of the website, while one step writes."""

    def act(scene: Scene) -> None:
        is_web = step == "publish"
        where = scene.place.root if is_web else scene.product.home
        with small_disk(where, _SIZE_MB) as disk:
            _go(scene, disk, step)
            scene.expect_nothing_wrong()

    return act


def _go(scene: Scene, disk: Disk, step: str) -> None:
    scene.start()
    if step == "submit":
        disk.fill()
        assert scene.submit() != 0, "photos were taken in on a full disk"
        disk.free()
    if step == "quality":
        submit_with(scene, ("exif", lambda _: _fill_for_a_while(scene, disk)))
    else:
        submit_with(scene)
    chosen = names(scene, 0, 1, 2)
    if step == "decide":
        disk.fill()
        photo_id = scene.ids()[chosen[0]]
        answer = scene.person.edit(photo_id, **texts_of(chosen[0]))
        assert answer.status in {200, 507}, f"on a full disk the site answered {answer.status}: {answer.answer}"
        disk.free()
    scene.approve(*chosen)
    if step == "publish":
        disk.fill()
        scene.release(*chosen)
        scene.moment(_WAIT_S)
        disk.free()
        with scene.measured():
            scene.rest()
    else:
        scene.release(*chosen)
        scene.rest()


def _fill_for_a_while(scene: Scene, disk: Disk) -> Callable[[], object]:
    disk.fill()
    scene.moment(_WAIT_S)
    return disk.free


def read_only(part: str) -> Act:
    """Let nothing be written below a part of the data folder, or on the website, for a while."""

    def act(scene: Scene) -> None:
        where = scene.place.root if part == "web" else scene.product.home / part
        with small_disk(where, _SIZE_MB) as disk:
            scene.start()
            if part != "web":
                disk.lock()
                if part == "incoming":
                    assert scene.submit() != 0, "photos were taken in where nothing can be written"
                    disk.unlock()
                    submit_with(scene)
                else:
                    assert scene.submit() == 0
                    scene.wait_for("step = 'quality'")
                    scene.moment(_WAIT_S)
                    disk.unlock()
                    with scene.measured():
                        scene.rest()
                bring_live(scene, *names(scene, 0, 1))
            else:
                submit_with(scene)
                chosen = names(scene, 0, 1, 2)
                scene.approve(*chosen)
                disk.lock()
                scene.release(*chosen)
                scene.moment(_WAIT_S)
                disk.unlock()
                with scene.measured():
                    scene.rest()
            scene.expect_nothing_wrong()

    return act


def read_only_home(scene: Scene) -> None:
    """Start on a data folder that cannot be written: a sentence, and all goes on afterwards."""
    with small_disk(scene.product.home, _SIZE_MB) as disk:
        scene.start()
        submit_with(scene)
        scene.product.stop()
        disk.lock()
        done = scene.product.run("up", "--no-flower")
        assert done.returncode != 0, "up went on without anything to write to"
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        disk.unlock()
        scene.start()
        bring_live(scene, *names(scene, 0, 1))
        scene.expect_nothing_wrong()
