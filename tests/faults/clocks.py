"""A clock that jumps by an hour, to and fro, by Debian's libfaketime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from faults.acts import Act, bring_live, release_with, submit_with
from faults.scene import Scene, names

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
ENVIRON = {
    "LD_PRELOAD": str(LIBRARIES[0]) if LIBRARIES else "",
    "FAKETIME_TIMESTAMP_FILE": "{folder}/clock",
    "FAKETIME_NO_CACHE": "1",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "DONT_FAKE_MONOTONIC": "1",
}


def jumps(*hours: int) -> Act:
    """Let the clock jump in the middle of the way, and again in the middle of publishing."""

    def act(scene: Scene) -> None:
        _set(scene, 0)
        scene.start()
        submit_with(scene, ("exif", lambda _: _set(scene, hours[0])))
        chosen = names(scene, 0, 1, 2, 3)
        scene.approve(*chosen)
        release_with(scene, chosen, lambda _: _set(scene, hours[-1]))
        _set(scene, 0)
        bring_live(scene, *names(scene, 4))

    return act


def _set(scene: Scene, hours: int) -> Callable[[], object]:
    (scene.product.folder / "clock").write_text(f"{hours * 3600:+d}", "utf-8")
    return lambda: None
