"""What must hold after anything: read from files, rows, ledger, table and history, and from what the site says.

Nothing of the product is imported. Each finding is a sentence; none is what a good run gives.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.photos import Card, hash_of
from faults.product import Product, rows
from faults.website import DRAFT, Place, Table, Watcher

#: where a photo may stand when nothing is on its way
AT_REST = {
    ("review", "waiting"),
    ("release", "waiting"),
    ("publish", "published"),
    *((step, "failed") for step in ("exif", "naming", "quality", "caption", "publish")),
    *((step, "rejected") for step in ("exif", "naming", "quality", "caption", "review", "release", "publish")),
}
#: what a ledger row says of a target that holds the whole version
WHOLE = {"live", "to_remove"}
#: endings of what only a writer that is at work may have
TEMPORARY = (".part", ".old", ".tmp", ".new", ".journal")
#: what was to be seen before a person withdrew it is gone so soon, where its target answers
TAKEN_OFF_WITHIN_S = 60
#: columns of the local table that the website's does not have, or numbers by itself
NOT_COMPARED = {"id", "remote_id"}


#: decisions of which the site answers for each photo
_DECISIONS = {"approve", "reject", "reopen"}
_DECIDED = re.compile(rf"POST /photos/(\d+)/({'|'.join(sorted(_DECISIONS))})").fullmatch


@dataclass
class Truth:
    """What the experiment knows by itself: who handed in what, and what the person said."""

    cards: Sequence[Card]
    #: original names of photos that a person wants live now
    live: set[str] = field(default_factory=set)
    #: those that are to go at the next release
    still_live: set[str] = field(default_factory=set)
    #: those whose failure is right
    may_fail: set[str] = field(default_factory=set)
    #: those that were never to be seen from a moment on
    withdrawn: dict[str, float] = field(default_factory=dict)
    #: names are as predicted
    is_named: bool = True
    #: no photo may be charged for what happened
    is_charged: bool = True
    #: the cards are empty: what was on them was taken in
    is_moved: bool = False
    #: all that was done is in the history
    is_history_whole: bool = True
    #: the rows are there
    is_taken_in: bool = True

    @property
    def hashes(self) -> dict[str, str]:
        return {name: digest for card in self.cards for name, digest in card.hashes.items()}

    @property
    def names(self) -> dict[str, str]:
        return {name: given for card in self.cards for name, given in card.names.items()}


@dataclass
class Outside:
    """Everything there is to look at."""

    product: Product
    place: Place
    table: Table
    truth: Truth
    watcher: Watcher
    #: what the site says of each photo, taken while it was up
    told: Sequence[Mapping[str, Any]] = ()
    #: what persons asked for, and the status that they were answered
    asked: Sequence[tuple[str, int]] = ()

    def photos(self) -> list[dict[str, Any]]:
        return self.product.rows("SELECT * FROM review_queue ORDER BY id")

    def ledger(self) -> list[dict[str, Any]]:
        return self.product.rows("SELECT * FROM publication ORDER BY photo_id, target")


def findings(outside: Outside) -> list[str]:
    """Look at everything; the installation has been stopped."""
    looks = (
        _database, _positions, _originals, _names, _live, _ledger_and_table, _said, _history, _decisions, _leftovers,
        _seen, _logs,
    )  # fmt: skip
    return [finding for look in looks for finding in look(outside)]


def _database(outside: Outside) -> Iterator[str]:
    for file in ("review.db", "photos_info_revamp.db"):
        for check in ("integrity_check", "foreign_key_check"):
            told = [list(each.values()) for each in rows(outside.product.home / file, f"PRAGMA {check}")]
            if told not in ([], [["ok"]]):
                yield f"{file}: {check} says {told[:3]}"


def _positions(outside: Outside) -> Iterator[str]:
    for photo in outside.photos():
        name, at = photo["original_file_name"], (photo["step"], photo["status"])
        if at not in AT_REST:
            yield f"{name} is at {at}, where nothing rests"
        if photo["lease_owner"] is not None or photo["lease_until"] is not None:
            yield f"{name} is still held by {photo['lease_owner']}"
        if photo["status"] == "failed" and name not in outside.truth.may_fail:
            yield f"{name} failed at {photo['step']}: {photo['error_code']}: {photo['error_message']}"
        if not outside.truth.is_charged and (photo["attempt"] or photo["crashes"]):
            charged = f"{photo['attempt']} attempts and {photo['crashes']} crashes"
            yield f"{name} was charged {charged} for what is not its fault"
        if at[0] in {"release", "publish"} and at[1] != "rejected" and photo["approval_id"] is None:
            yield f"{name} is past review without an approval"
    for name, attempts in outside.watcher.charged.items() if not outside.truth.is_charged else ():
        yield f"{name} waited with {attempts} attempts charged for what is not its fault"
    for held in outside.product.rows("SELECT * FROM live_hold WHERE owner IS NOT NULL AND claim_token IS NULL"):
        yield f"photo {held['photo_id']} is still held for a change of what is live, by {held['owner']}"


def _originals(outside: Outside) -> Iterator[str]:
    for card in outside.truth.cards:
        for name, digest in card.hashes.items():
            yield from _on_card(card.folder / name, digest, is_moved=outside.truth.is_moved)
    hashes, taken = outside.truth.hashes, Counter(photo["original_file_name"] for photo in outside.photos())
    for name in hashes:
        if taken[name] != outside.truth.is_taken_in:
            yield f"{name} was taken in {taken[name]} times"
    for photo in outside.photos():
        name, digest = photo["original_file_name"], photo["content_hash"]
        if digest != hashes.get(name):
            yield f"{name} has the content of another file"
        folders = (outside.product.home / part / digest[:2] for part in ("incoming", "rejected"))
        copies = [each for folder in folders if (each := folder / f"{digest}{photo['suffix']}").exists()]
        if [hash_of(each) for each in copies] != [digest]:
            yield f"{name} has {len(copies)} working copies, or one that differs"


def _on_card(file: Path, digest: str, *, is_moved: bool) -> Iterator[str]:
    if is_moved:
        if file.exists():
            yield f"the original {file.name} is still on the card that was taken in"
    elif not file.exists():
        yield f"the original {file.name} is gone"
    elif hash_of(file) != digest:
        yield f"the original {file.name} was changed"


def _names(outside: Outside) -> Iterator[str]:
    given = {photo["original_file_name"]: photo["file_name"] for photo in outside.photos()}
    twice = [name for name, count in Counter(filter(None, given.values())).items() if count > 1]
    if twice:
        yield f"names were given twice: {twice}"
    wanted = outside.truth.names
    # the release of its set frees the name of a photo that was rejected before
    freed = {photo["original_file_name"] for photo in outside.photos() if photo["status"] == "rejected"}
    for original, name in given.items():
        is_free = original in outside.truth.may_fail or (name is None and original in freed)
        if outside.truth.is_named and name != wanted.get(original) and not is_free:
            yield f"{original} is called {name}, and should be {wanted.get(original)}"
    held = Counter(
        each["key"] for each in outside.product.rows("SELECT key FROM name_reservation WHERE state <> 'released'")
    )
    if doubled := [key for key, count in held.items() if count > 1]:
        yield f"names are held twice: {doubled}"


def _live(outside: Outside) -> Iterator[str]:
    """Is exactly that on the website which a person wants there?"""
    truth = outside.truth
    names = {photo["file_name"]: photo["original_file_name"] for photo in outside.photos() if photo["file_name"]}
    there: dict[str, set[str]] = {}
    for path in outside.place.files():
        name = path.rpartition("/")[2]
        if name not in names:
            yield f"{path} lies on the website, and no photo has that name"
        there.setdefault(names.get(name, name), set()).add(path)
    for original in there.keys() - truth.live - truth.still_live:
        yield f"{original} is on the website, and no person wants it there: {sorted(there[original])}"
    for original in truth.live | truth.still_live:
        if len(there.get(original, ())) != 2:
            yield f"{original} should be live with two files, and has {sorted(there.get(original, ()))}"
    yield from _words(outside)


def _words(outside: Outside) -> Iterator[str]:
    """Is there a person's word behind everything that is published?"""
    approved = {each["id"]: each for each in outside.product.rows("SELECT * FROM approval")}
    released = Counter(each["photo_id"] for each in outside.product.rows("SELECT * FROM release_item"))
    for photo in outside.photos():
        if photo["status"] != "published":
            continue
        word = approved.get(photo["approval_id"])
        if word is None or word["photo_id"] != photo["id"] or word["withdrawn_at"] is not None:
            yield f"{photo['original_file_name']} is published without an approval in force"
        if not released[photo["id"]]:
            yield f"{photo['original_file_name']} is published and was never released"


def _ledger_and_table(outside: Outside) -> Iterator[str]:
    """Do photo, ledger, files, row and mirror say the same?"""
    files, ledger = outside.place.files(), outside.ledger()
    photos = {photo["id"]: photo for photo in outside.photos()}
    local = {
        each["File_Name"]: each
        for each in rows(outside.product.home / "photos_info_revamp.db", "SELECT * FROM photos_info_revamp")
    }
    for entry in ledger:
        photo = photos.get(entry["photo_id"], {})
        yield from _entry(entry, photo, files, local.get(entry["file_name"]))
    known = {path for entry in ledger for path in json.loads(entry["paths"]).values()}
    for path in files.keys() - known:
        yield f"{path} is on the website, and the ledger does not know it"
    names = {entry["file_name"] for entry in ledger}
    for name in local.keys() - names:
        yield f"the table has a row {name}, and the ledger nothing"
    for photo in photos.values():
        if photo["status"] == "published" and photo["file_name"] not in names:
            yield f"{photo['original_file_name']} says published, and the ledger nothing"
    yield from _mirror(outside, local)


def _entry(
    entry: Mapping[str, Any], photo: Mapping[str, Any], files: Mapping[str, str], row: Mapping[str, Any] | None
) -> Iterator[str]:
    """Compare one line of the ledger."""
    name = photo.get("original_file_name", entry["photo_id"])
    if entry["state"] not in WHOLE:
        yield f"the ledger says {entry['state']} of {name}, and nothing is on its way"
        return
    paths, hashes = json.loads(entry["paths"]), json.loads(entry["hashes"])
    for kind, path in paths.items():
        if files.get(path) != hashes.get(kind):
            yield f"{path} of {name} is {files.get(path)}, and the ledger says {hashes.get(kind)}"
    if row is None:
        yield f"{name} is live without a row in the local table"
    elif {row["Path"], row["Thumb_Path"]} != set(paths.values()):
        yield f"the row of {name} leads to {row['Path']}, and the ledger to {paths}"
    is_current = entry["state"] == "live" and photo.get("status") == "published"
    if is_current and photo.get("file_name") != entry["file_name"]:
        yield f"{name} is live as {entry['file_name']}, and called {photo.get('file_name')}"


def _mirror(outside: Outside, local: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if outside.table.server is None:
        return
    remote = {each["File_Name"]: each for each in outside.table.rows()}
    if remote.keys() != local.keys():
        yield f"the website's table and its mirror differ in {sorted(remote.keys() ^ local.keys())}"
    for name in remote.keys() & local.keys():
        for column in remote[name].keys() & local[name].keys() - NOT_COMPARED:
            one, other = remote[name][column], local[name][column]
            is_near = isinstance(one, float) and isinstance(other, float) and abs(one - other) < 1e-6
            if one != other and not is_near:
                yield f"{name}: the website's {column} is {one!r}, the mirror's {other!r}"
        if local[name].get("remote_id") not in {None, remote[name]["id"]}:
            yield f"{name}: the mirror knows the row as {local[name]['remote_id']}, and it is {remote[name]['id']}"


def _said(outside: Outside) -> Iterator[str]:
    """Is what the site says of each photo what lies on the website?"""
    files = outside.place.files()
    ledger = {entry["photo_id"]: entry for entry in outside.ledger()}
    stands = {photo["id"]: photo for photo in outside.photos()}
    if outside.told and {each["id"] for each in outside.told} != set(stands):
        yield "the site lists other photos than there are rows"
    for each in outside.told:
        entry, name = ledger.get(each["id"]), each["original_file_name"]
        mine = {path for path in files if path.rpartition("/")[2] in {each["file_name"], entry and entry["file_name"]}}
        photo = stands.get(each["id"], {})
        if (each["step"], each["status"]) != (photo.get("step"), photo.get("status")):
            yield f"the site says {name} is at {each['step']}, and its row says {photo.get('step')}"
        if each["liveness"] == "not_live" and mine:
            yield f"the site says {name} is not live, and {sorted(mine)} is there"
        if each["liveness"] in {"live", "live_as_earlier_version", "to_be_removed"} and len(mine) != 2:
            yield f"the site says {name} is {each['liveness']}, and {sorted(mine)} is there"
        if each["liveness"] == "live" and (entry is None or files.keys().isdisjoint(mine)):
            yield f"the site says {name} is live, and the ledger or the website has nothing"
        if each["liveness"] == "being_sent" or each["liveness"].startswith("partly_sent"):
            yield f"the site says {name} is {each['liveness']}, and nothing is on its way"


def _history(outside: Outside) -> Iterator[str]:
    if not outside.truth.is_history_whole:
        return
    events = outside.product.rows("SELECT * FROM photo_event ORDER BY id")
    for photo in outside.photos():
        mine = [each for each in events if each["photo_id"] == photo["id"]]
        yield from _moves(photo, [each for each in mine if each["kind"] == "position"])
        yield from _passed_once(photo, mine)
        if not outside.truth.is_charged and any("worker_lost" in str(each["new"]) for each in mine):
            yield f"{photo['original_file_name']} was charged a lost worker for what is not its fault"


def _moves(photo: Mapping[str, Any], moves: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Does each change of place begin where the last one ended, and the last one end where the row is?"""
    name, at = photo["original_file_name"], None
    for move in moves:
        old, new = (str(move[side] or "").partition(" ")[0] for side in ("old", "new"))
        if at is not None and old and not _is_same_place(at, old):
            yield f"{name}: the history goes on at {old}, and was at {at}"
        at = new or at
    here = f"{photo['step']}:{photo['status']}"
    if at is not None and at != here:
        yield f"{name}: the history ends at {at}, and the row is at {here}"


def _is_same_place(one: str, other: str) -> bool:
    """A claim has an event of its own only at its end: what was queued goes on as running."""
    return one == other or {one, other} == {f"{one.partition(':')[0]}:queued", f"{one.partition(':')[0]}:running"}


def _passed_once(photo: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    named = sum(each["kind"] == "name" and each["new"] is not None for each in events)
    if named > 1:
        yield f"{photo['original_file_name']} was named {named} times"
    for step in ("exif", "naming", "quality", "caption"):
        passed = sum(
            each["kind"] == "position"
            and each["name"] == step
            and bool(each["new"])
            and not str(each["new"]).startswith(f"{step}:")
            for each in events
        )
        if passed > 1:
            yield f"{photo['original_file_name']} passed {step} {passed} times"


def _decisions(outside: Outside) -> Iterator[str]:
    """Is everything that the site said yes to in the history, and nothing else?"""
    if not outside.truth.is_history_whole:
        return
    said = Counter(found.groups() for action, status in outside.asked if status == 200 and (found := _DECIDED(action)))
    events = outside.product.rows("SELECT photo_id, name FROM photo_event WHERE kind = 'decision'")
    kept = Counter((str(each["photo_id"]), each["name"]) for each in events if each["name"] in _DECISIONS)
    for photo_id, action in said.keys() | kept.keys():
        if said[photo_id, action] != kept[photo_id, action]:
            times = f"{said[photo_id, action]} times and the history has it {kept[photo_id, action]} times"
            yield f"photo {photo_id}: the site said yes to {action} {times}"


def _leftovers(outside: Outside) -> Iterator[str]:
    for pid in outside.product.processes():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")[:200]
        yield f"process {pid} is left: {command.decode('utf-8', 'replace')}"
    for file in outside.place.root.rglob("*"):
        if file.name.startswith(DRAFT) or file.name.endswith(TEMPORARY):
            yield f"{file.name} was left on the website"
    home = outside.product.home
    for part in ("incoming", "rejected", "proxies", "published", "replaced"):
        for file in (home / part).rglob("*"):
            if file.is_file() and (file.name.startswith(".") or file.name.endswith(TEMPORARY)):
                yield f"{file.relative_to(home)} was left in the data folder"


def _seen(outside: Outside) -> Iterator[str]:
    """Was anything to be seen, for however short a time, after a person had said no?"""
    names = {photo["original_file_name"]: photo["file_name"] for photo in outside.photos()}
    for original, since in outside.truth.withdrawn.items():
        for path, first, last in outside.watcher.seen:
            is_it = path.rpartition("/")[2] == names.get(original)
            if is_it and (first > since or last > since + TAKEN_OFF_WITHIN_S):
                yield (
                    f"{path} was to be seen {first - since:.2f} to {last - since:.2f} s after the person "
                    f"withdrew {original}"
                )


def _logs(outside: Outside) -> Iterator[str]:
    password = outside.place.settings.get("password")
    for name, text in outside.product.logs().items():
        if isinstance(password, str) and password in text:
            yield f"the website's password stands in {name}"
        if "database is locked" in text:
            yield f"{name} speaks of a locked database"
