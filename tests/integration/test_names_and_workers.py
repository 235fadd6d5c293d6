"""The same set gets the same names, however many workers there are and whichever finishes first."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Claim
from lightgate.domain.route.pipeline import start
from lightgate.engine.context import RunnerContext
from lightgate.engine.runner import drain
from lightgate.engine.stage import Finding, Stage
from lightgate.steps.naming import name_ready_sets
from support.noop.stages import header_of
from support.stores import NOON, ROUTE, Clock, Sent, add_set, make_store, new_photo


class Reading:
    """Gives headers that follow from the photo alone."""

    def why_not_ready(self) -> str | None:
        return None

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        return [header_of(claim.photo) for claim in claims]

    def close(self) -> None:
        return


def names_with(workers: int, folder: Path, seed: int) -> dict[str, str | None]:
    folder.mkdir()
    store = make_store(folder)
    clock, chance = Clock(), random.Random(seed)
    for title in ("Harbour", "Harbour again"):
        labels = [f"{title}{number}" for number in range(30)]
        chance.shuffle(labels)
        photo_set = add_set(store, title)
        with store.writing() as tx:
            for label in labels:
                tx.photos.add(photo_set.id, new_photo(label), start(ROUTE), NOON)
    hook = partial(name_ready_sets, store, ROUTE, Rule())
    line = RunnerContext(store, ROUTE, Sent(), clock, hooks={"exif": (hook,)})
    _work(line, workers)
    named = _names(store)
    store.close()
    return named


def _work(context: RunnerContext, workers: int) -> None:

    def run(number: int) -> None:
        work = Reading()
        stage = Stage(ROUTE[0], build=lambda settings, store: work, batch=1 + number)
        drain(context, stage, work, f"worker-{number}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _names(store: SqliteStore) -> dict[str, str | None]:
    with store.reading() as tx:
        ids = [photo_id for each in tx.sets.all() for photo_id in tx.sets.photo_ids(each.id)]
        return {photo.original_file_name: photo.file_name for photo in tx.photos.many(ids)}


@pytest.mark.integration
def test_names_do_not_depend_on_the_workers(tmp_path: Path) -> None:
    alone = names_with(1, tmp_path / "one", seed=1)
    assert len(set(alone.values())) == 60
    assert None not in alone.values()
    for seed in (2, 3):
        assert names_with(4, tmp_path / f"four-{seed}", seed) == alone
