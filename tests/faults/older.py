"""Databases that are older than what was done since: a backup that is restored, and one of an earlier version."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from faults.acts import bring_live, submit_with
from faults.product import sqlite
from faults.scene import Scene, names

ROOT = Path(__file__).resolve().parent.parent.parent
#: the commit at which the outside trials were made
EARLIER = "692167f"


def restored(scene: Scene) -> None:
    """Restore a backup that knows nothing of what went live and what was taken off since."""
    scene.start()
    submit_with(scene)
    stays, later, goes, taken = names(scene, 0, 1, 2, 3)
    bring_live(scene, stays, goes)
    scene.approve(taken)
    backup = scene.product.folder / "backup.tar"
    assert scene.product.run("backup", str(backup)).returncode == 0
    bring_live(scene, later)
    scene.release(taken)
    scene.rest()
    off = scene.product.run("unpublish", str(scene.ids()[goes]))
    assert off.returncode == 0, off.stdout + off.stderr
    scene.truth.live.discard(goes)
    scene.rest()
    before = scene.place.files()
    scene.product.stop()
    done = scene.product.run("restore", "--yes", str(backup))
    assert done.returncode == 0, done.stderr
    with scene.measured():
        scene.start()
        scene.rest()
        scene.moment(5)
        scene.rest()
    assert scene.place.files() == before, "a restore changed the website"
    told = {each["original_file_name"]: each for each in scene.person.photos()}
    said = {name: told[name]["liveness"] for name in (stays, later, goes, taken)}
    assert said[stays] == "live", said
    # what is there is told of, and what is not there is not called live
    assert said[later] != "not_live", said
    assert said[taken] != "not_live", said
    assert said[goes] != "live", said
    # what the older database does not know is a person's to decide
    scene.truth.live = {stays}
    scene.truth.still_live = {later, taken}
    scene.truth.is_history_whole = False


def of_an_earlier_version(scene: Scene) -> None:
    """Let the earlier version bring photographs to every place, end it in the middle, and go on with this one."""
    old = scene.product.folder / "earlier"
    _unpack(old)
    now = scene.product.environ_too
    paths = ":".join(str(old / each) for each in ("services", "workers", "review_web"))
    scene.product.environ_too = {**now, "PYTHONPATH": paths}
    scene.start()
    submit_with(scene)
    live, approved, rejected, changed, reopened, queued = names(scene, 0, 1, 2, 3, 4, 5)
    bring_live(scene, live, changed, reopened)
    scene.approve(approved)
    assert scene.person.decide(scene.ids()[rejected], "reject", reason="No.").status == 200
    assert scene.person.edit(scene.ids()[changed], caption="Other words than those that are live.").status == 200
    assert scene.person.decide(scene.ids()[reopened], "reopen").status == 200
    before = scene.place.files()
    # the rest goes by power cuts: on its way to review, and on its way out
    scene.approve(queued)
    scene.product.cut_power()
    _stand(scene, queued, "publish", "queued")
    scene.product.environ_too = now
    with scene.measured():
        scene.start()
        scene.rest()
    assert {path: scene.place.files().get(path) for path in before} == before, "what was live is not as it was"
    told = {each["original_file_name"]: each for each in scene.person.photos()}
    places = {name: (told[name]["step"], told[name]["liveness"]) for name in told}
    assert places[live] == ("publish", "live"), places
    assert places[approved] == ("review", "not_live"), places
    assert places[queued] == ("review", "not_live"), places
    # a person looks again, and it goes out
    bring_live(scene, approved)
    scene.truth.live = {live, approved}
    scene.truth.still_live = {changed, reopened}
    # that version gave the name of a rejected photo to others
    scene.truth.is_named = False
    scene.truth.is_history_whole = False


def _stand(scene: Scene, name: str, step: str, status: str) -> None:
    """Put a photo where a worker would have had it a moment later."""
    with sqlite.connect(scene.product.home / "review.db") as database:
        database.execute(
            "UPDATE review_queue SET step = ?, status = ? WHERE original_file_name = ?", (step, status, name)
        )


def is_known() -> bool:
    """Does this checkout know the earlier commit? A shallow one does not."""
    asked = ["git", "-C", str(ROOT), "cat-file", "-e", f"{EARLIER}^{{commit}}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _unpack(to: Path) -> None:
    parts = ["services", "workers", "review_web"]
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", EARLIER, *parts], capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(to, filter="data")
