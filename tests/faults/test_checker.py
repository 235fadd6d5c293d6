"""The look from outside sees what is wrong: each thing is made wrong on purpose after one good run."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from faults.acts import bring_live, submit_with
from faults.checker import Outside, findings
from faults.product import sqlite
from faults.scene import names, scene

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(420),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """One run in which nothing goes wrong: two photos live, one approved, one rejected."""
    with scene(tmp_path_factory.mktemp("good") / "run", seed="1", photos=5) as made:
        made.start()
        submit_with(made)
        bring_live(made, *names(made, 0, 1))
        made.approve(*names(made, 2))
        assert made.person.decide(made.ids()[names(made, 3)[0]], "reject", reason="No.").status == 200
        told = made.person.photos()
        made.product.stop()
        made.watcher.stop()
        asked = [(each.action, each.status) for each in made.person.journal]
        yield Outside(made.product, made.place, made.table, made.truth, made.watcher, told, asked)


@pytest.fixture
def outside(good: Outside, tmp_path: Path) -> Outside:
    """Give a copy to make something wrong in."""
    folder = tmp_path / "run"
    shutil.copytree(good.product.folder, folder, ignore=shutil.ignore_patterns("*.sock"))
    [card] = good.truth.cards
    truth = replace(good.truth, cards=[replace(card, folder=folder / "card")], live=set(good.truth.live), withdrawn={})
    place = replace(good.place, root=folder / "web" / "site")
    product = replace(good.product, folder=folder)
    watcher = replace(good.watcher, seen=list(good.watcher.seen))
    return replace(good, product=product, place=place, truth=truth, watcher=watcher)


def test_nothing_is_found_where_nothing_is_wrong(outside: Outside) -> None:
    assert findings(outside) == []


def sql(statement: str, file: str = "review.db") -> Callable[[Outside], object]:
    def change(outside: Outside) -> None:
        with closing(sqlite.connect(outside.product.home / file)) as database:
            database.execute(statement)
            database.commit()

    return change


def on_site(change: Callable[[Path], object]) -> Callable[[Outside], object]:
    return lambda outside: change(min(outside.place.root.rglob("*.JPG")))


def in_folder(pattern: str, change: Callable[[Path], object]) -> Callable[[Outside], object]:
    return lambda outside: change(min(each for each in outside.product.folder.glob(pattern) if each.is_file()))


def wants_less(outside: Outside) -> None:
    outside.truth.live.clear()


def wants_more(outside: Outside) -> None:
    outside.truth.live.add("IMG_00002.JPG")


def was_seen(outside: Outside) -> None:
    name = next(iter(outside.truth.live))
    outside.truth.withdrawn[name] = 0.0


def was_left(outside: Outside) -> None:
    name = next(iter(outside.truth.live))
    outside.truth.withdrawn[name] = max(first for _, first, _ in outside.watcher.seen) + 0.001
    outside.watcher.seen[:] = [(path, first, last + 61) for path, first, last in outside.watcher.seen]


def is_charged(outside: Outside) -> None:
    outside.truth.is_charged = False
    sql("UPDATE review_queue SET crashes = 1 WHERE id = 3")(outside)


WRONG: dict[str, tuple[Callable[[Outside], object], str]] = {
    "a row at work": (sql("UPDATE review_queue SET status = 'queued', step = 'exif' WHERE id = 5"), "nothing rests"),
    "a lease": (sql("UPDATE review_queue SET lease_owner = 'x' WHERE id = 5"), "still held by x"),
    "a failure": (sql("UPDATE review_queue SET status = 'failed' WHERE id = 5"), "failed at review|nothing rests"),
    "a charge": (is_charged, "was charged"),
    "a hold": (sql("INSERT INTO live_hold VALUES (9, 1, 'me', NULL, NULL)"), "held for a change"),
    "an original changed": (in_folder("card/*", lambda file: file.write_bytes(b"x")), "was changed"),
    "an original gone": (in_folder("card/*", Path.unlink), "is gone"),
    "a copy changed": (in_folder("home/incoming/*/*", lambda file: file.write_bytes(b"x")), "working copies"),
    "a copy gone": (in_folder("home/incoming/*/*", Path.unlink), "0 working copies"),
    "a row gone": (sql("DELETE FROM review_queue WHERE id = 5"), "taken in 0 times"),
    "another name": (sql("UPDATE review_queue SET file_name = 'x.JPG' WHERE id = 5"), "and should be"),
    "live and not wanted": (wants_less, "no person wants it there"),
    "wanted and not live": (wants_more, "should be live"),
    "a file that is no photo's": (on_site(lambda file: shutil.copy(file, file.with_name("Y.JPG"))), "no photo has"),
    "a file changed": (on_site(lambda file: file.write_bytes(b"x")), "and the ledger says"),
    "a file gone": (on_site(Path.unlink), "should be live"),
    "a draft left": (on_site(lambda file: shutil.copy(file, file.with_name(".lightgate-1.part"))), "left on the web"),
    "a draft left at home": (
        in_folder("home/incoming/*/*", lambda file: shutil.copy(file, file.with_suffix(".part"))),
        "left in the data folder",
    ),
    "no word": (sql("UPDATE approval SET withdrawn_at = '2026-01-01T00:00:00.000000Z'"), "without an approval"),
    "never released": (sql("DELETE FROM release_item"), "never released"),
    "half sent": (sql("UPDATE publication SET state = 'sending'"), "nothing is on its way"),
    "no ledger": (sql("DELETE FROM publication"), "the ledger does not know it"),
    "no row": (sql("DELETE FROM photos_info_revamp", "photos_info_revamp.db"), "without a row"),
    "a row elsewhere": (sql("UPDATE photos_info_revamp SET Path = 'x'", "photos_info_revamp.db"), "leads to x"),
    "an event gone": (
        sql("DELETE FROM photo_event WHERE photo_id = 1 AND kind = 'position' AND name = 'quality'"),
        "the history goes on at",
    ),
    "the last event gone": (
        sql(
            "DELETE FROM photo_event WHERE id IN (SELECT max(id) FROM photo_event WHERE photo_id = 1"
            " AND kind = 'position')"
        ),
        "the history ends at",
    ),
    "a decision gone": (
        sql("DELETE FROM photo_event WHERE kind = 'decision' AND name = 'reject'"),
        "yes to reject 1 t",
    ),
    "a decision of nobody's": (
        sql(
            "INSERT INTO photo_event (photo_id, set_id, at, actor_kind, actor, kind, name)"
            " VALUES (5, 1, '2026-01-01T00:00:00.000000Z', 'person', 'x', 'decision', 'approve')"
        ),
        "yes to approve 0 times",
    ),
    "done twice": (
        sql(
            "INSERT INTO photo_event (photo_id, set_id, at, actor_kind, actor, kind, name, old, new)"
            " SELECT photo_id, set_id, at, actor_kind, actor, kind, name, old, new FROM photo_event"
            " WHERE photo_id = 1 AND kind = 'position' AND name = 'exif' AND new NOT LIKE 'exif:%'"
        ),
        "passed exif 2 times",
    ),
    "left": (was_left, "after the person withdrew"),
    "seen": (was_seen, "after the person withdrew"),
    "said otherwise": (
        sql("UPDATE review_queue SET step = 'caption', status = 'rejected' WHERE id = 5"),
        "the site says",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_is_found(outside: Outside, what: str) -> None:
    change, words = WRONG[what]
    change(outside)
    assert re.search(words, "\n".join(findings(outside)))
