"""Servers and disks that lie, stall or refuse a little; a model that is slow; rows that somebody else holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress

from faults.acts import Act, bring_live, eventually_sending, submit_with
from faults.product import sqlite
from faults.scene import Scene, names
from faults.website import DRAFT


def ftp_goes_wrong(*, is_noticed: bool, **how: object) -> Act:
    """Let the FTP server misbehave once or for a while, as ``support/ftp_site.py`` knows how.

    Args:
        is_noticed: a photo may be handed back for it; else a second try cures it at once.
    """

    def act(scene: Scene) -> None:
        assert scene.place.ftp is not None
        scene.start()
        submit_with(scene)
        chosen = names(scene, 0, 1, 2)
        scene.approve(*chosen)
        scene.place.ftp.go_wrong(**how)
        scene.release(*chosen)
        scene.moment(6)
        scene.place.ftp.go_right()
        with scene.measured():
            scene.rest()
        assert is_noticed or not _handed_back(scene), "one fault sent a photo back to its queue"

    return act


def loses_bytes(scene: Scene) -> None:
    """Let the website lose the end of what is sent to it, before it has its name."""
    scene.start()
    submit_with(scene)
    chosen = names(scene, 0, 1, 2)
    scene.approve(*chosen)
    over, cut = threading.Event(), [0]

    def lose() -> None:
        while not over.wait(0.0005) and cut[0] < 2:
            for file in scene.place.root.rglob(f"{DRAFT}*"):
                with suppress(OSError):
                    size = file.stat().st_size
                    if size > 1000:
                        with file.open("r+b") as handle:
                            handle.truncate(size // 2)
                        cut[0] += 1

    loser = threading.Thread(target=lose)
    loser.start()
    try:
        scene.release(*chosen)
        scene.rest()
    finally:
        over.set()
        loser.join()


def slow_model(scene: Scene) -> None:
    """Let the model take longer over a photo than a lease lasts: nobody else may have the photo meanwhile."""
    assert scene.ollama is not None
    scene.ollama.delay_s = 0.12
    scene.start()
    submit_with(scene)
    bring_live(scene, *names(scene, 0))


def held_rows(for_s: float, *, is_noticed: bool) -> Act:
    """Let somebody else hold the website's row for longer than the server waits.

    Args:
        is_noticed: the photo is handed back meanwhile; else it is tried again and again until the row is free.
    """

    def act(scene: Scene) -> None:
        _hold_rows(scene, for_s)
        assert is_noticed or not _handed_back(scene), (
            "a row that was held for a moment sent the photo back to its queue"
        )

    return act


def _handed_back(scene: Scene) -> bool:
    question = "SELECT 1 FROM photo_event WHERE old = 'publish:running' AND new LIKE 'publish:queued%'"
    return bool(scene.product.rows(question))


def _hold_rows(scene: Scene, for_s: float) -> None:
    server = scene.table.server
    assert server is not None
    scene.start()
    submit_with(scene)
    first, second = names(scene, 0, 1)
    bring_live(scene, first)
    assert scene.person.edit(scene.ids()[first], caption="Held by somebody else for a while.").status == 200
    answer = scene.person.decide(scene.ids()[first], "approve", override_reason="For the experiment.")
    assert answer.status == 200, answer
    with closing(server.connect(scene.table.database)) as line, line.cursor() as cursor:
        cursor.execute("SET GLOBAL innodb_lock_wait_timeout = 1")
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM photos_info_revamp FOR UPDATE")
        scene.release(first)
        eventually_sending(scene)
        scene.moment(for_s)
        cursor.execute("ROLLBACK")
        cursor.execute("SET GLOBAL innodb_lock_wait_timeout = 50")
    with scene.measured():
        scene.rest()
    bring_live(scene, second)


def locked_database(scene: Scene) -> None:
    """Let somebody else hold the one lock of the database for longer than a lease."""

    def hold() -> Callable[[], object]:
        with closing(sqlite.connect(scene.product.home / "review.db", timeout=30, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            scene.moment(9)
            database.execute("ROLLBACK")
        return lambda: None

    scene.start()
    submit_with(scene, ("quality", lambda _: hold()))
    bring_live(scene, *names(scene, 0, 1))
