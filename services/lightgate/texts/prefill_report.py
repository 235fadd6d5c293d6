"""Writing the prefill report once every photo of a set has its texts."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.photo import PhotoSet
from lightgate.domain.proof.prefill import Judged, PrefillReport, judge, prefill_report, report_on
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.errors import LightgateError
from lightgate.files.data_folder import DataFolder
from lightgate.files.durable import write_whole
from lightgate.store import Store, Transaction

log = logging.getLogger(__name__)

#: how many photos of a set had texts when it was reported last, by set
_NOTE = "prefill.{set_id}"
#: changed photos that are read one by one; more, and the whole set is
_FEW = 1000


def report_of(tx: Transaction, photo_set: PhotoSet, lists: WordLists, path: str = "") -> PrefillReport:
    """Look over the texts of a set as they stand, in its first language."""
    language = photo_set.languages[0]
    return prefill_report(tx.sets.described(photo_set.id, language), language, lists, path)


@dataclass(frozen=True, slots=True)
class Look:
    """A look over the texts of a set, which the next one goes on from."""

    report: PrefillReport
    lists: WordLists
    #: of the set, at that time
    last_event: int
    rows: Mapping[int, Judged]


def look_over(tx: Transaction, photo_set: PhotoSet, lists: WordLists, before: Look | None = None) -> Look:
    """Look over the texts of a set; after an earlier look only at photos that something happened to since."""
    last_event, language = tx.events.last_of_set(photo_set.id), photo_set.languages[0]
    changed = tx.events.photos_since(photo_set.id, before.last_event) if before and before.lists is lists else None
    rows: dict[int, Judged] = {}
    if before is not None and changed is not None and len(changed) <= _FEW:
        rows = {photo_id: row for photo_id, row in before.rows.items() if photo_id not in changed}
    else:
        changed = None
    for photo in tx.sets.described(photo_set.id, language, changed):
        rows[photo.id] = judge(photo, language, lists)
    return Look(report_on([rows[each] for each in sorted(rows)]), lists, last_event, rows)


def write_due_reports(store: Store, folder: DataFolder, lists: Callable[[], WordLists], at: datetime) -> None:
    """Report every set that is past its captions and has not been reported since it grew."""
    for photo_set, count in _due(store):
        with store.reading() as tx:
            report = report_of(tx, photo_set, lists(), str(folder.prefill_report))
        try:
            _write(folder, report)
        except OSError as error:
            log.warning("the prefill report was not written: %s", error.strerror)
            return
        try:
            with store.writing() as tx:
                tx.notes.put(_NOTE.format(set_id=photo_set.id), str(count), at)
        except LightgateError as error:
            log.warning("the prefill report will be written again: %s", error.message)


def _due(store: Store) -> list[tuple[PhotoSet, int]]:
    with store.reading() as tx:
        counts = tx.photos.count_by_set()
        sets = {each.id: each for each in tx.sets.all()}
        notes = tx.notes.all()
    due = []
    for set_id, by_status in counts.items():
        done = sum(by_status.values()) - by_status.get(ReviewStatus.ERROR, 0)
        is_over = not by_status.get(ReviewStatus.QUEUED, 0) and done > 0
        said = notes.get(_NOTE.format(set_id=set_id), ("",))[0]
        if is_over and set_id in sets and said != str(done):
            due.append((sets[set_id], done))
    return due


def _write(folder: DataFolder, report: PrefillReport) -> None:
    file = folder.prefill_report
    content = json.dumps({"summary": report.summary, "flagged": [asdict(each) for each in report.flagged]}, indent=2)
    write_whole(file, f"{content}\n".encode())
