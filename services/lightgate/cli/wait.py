"""Watching sets until workers have done what they can, with a bar and the time left a stage."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from lightgate.cli.output import console, printable
from lightgate.cli.session import Session
from lightgate.domain.route.pipeline import PUBLISH
from lightgate.engine.progress import SetProgress, progress_of

_POLL_S = 0.3


def wait_for_sets(session: Session, slugs: Sequence[str]) -> int:
    """Wait until no photo of these sets is on its way to review; give how many a stage gave up on."""
    if not slugs:
        return 0
    house = session.house
    note_column = TextColumn("{task.fields[note]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        note_column,
    )
    with Progress(*columns, console=console(is_err=True), expand=True, refresh_per_second=4) as bars:
        tasks: dict[str, TaskID] = {}
        while True:
            found = [progress_of(house.store, house.route, slug) for slug in slugs]
            with house.store.reading() as tx:
                notes = {step.name: printable(tx.notes.get(f"{step.name}.status") or "") for step in house.route}
            _draw(bars, tasks, found, notes)
            if not any(each.on_the_way for each in found):
                return sum(each.failed for each in found)
            time.sleep(_POLL_S)


def _draw(bars: Progress, tasks: dict[str, TaskID], found: Sequence[SetProgress], notes: Mapping[str, str]) -> None:
    total = sum(each.total for each in found)
    for number, stage in enumerate(found[0].stages):
        if stage.step == PUBLISH:
            continue
        if stage.step not in tasks:
            tasks[stage.step] = bars.add_task(stage.step, total=total, note="")
        past = sum(each.stages[number].past for each in found)
        failed = sum(each.stages[number].failed for each in found)
        said = f"{failed} failed" if failed else notes[stage.step] if past < total else ""
        bars.update(tasks[stage.step], completed=past + failed, total=total, note=said)
        # what failed here does not come any further
        total -= failed
