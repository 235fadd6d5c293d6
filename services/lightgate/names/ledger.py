"""The list of used names as a file: ``used_filenames.json`` follows the database, and older ledgers come in.

The database alone decides about names. The file is for people, backups and older tools: a sorted list, replaced
whole, with the last versions kept beside the other backups.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lightgate.domain.language.characters import is_printable
from lightgate.domain.names import naming
from lightgate.domain.names.naming import Rule
from lightgate.errors import InputInvalid
from lightgate.files.data_folder import DataFolder
from lightgate.files.durable import write_whole
from lightgate.files.locks import alone
from lightgate.files.text_file import read_text
from lightgate.ports.website import Catalogue
from lightgate.store import Reservation, Store

KEPT_BACKUPS = 20
#: what file systems take
MAX_NAME_BYTES = 255
#: note with the newest event that the file knows of
_EXPORTED = "names.exported"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    #: names that were not known before
    new: int
    #: names that were held already
    known: int
    #: entries that are no file names, a sentence each
    bad: tuple[str, ...] = ()


def import_file(store: Store, file: Path, rule: Rule, at: datetime) -> Imported:
    """Take in a ledger: a JSON list of names, or an object with names as keys or in lists.

    Raises:
        InputInvalid: not a readable ledger; nothing was imported.
    """
    return _import(store, _entries(file), rule, at)


def import_catalogue(store: Store, catalogue: Catalogue, rule: Rule, at: datetime) -> Imported:
    """Take in the names of the website's catalogue.

    Raises:
        CatalogueUnreachable: try again later.
    """
    return _import(store, catalogue.file_names(), rule, at)


def _entries(file: Path) -> Iterable[object]:
    try:
        content = json.loads(read_text(file))
    except OSError as error:
        raise InputInvalid(reason=f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputInvalid(reason=f"{file} is not a JSON file: {str(error)[:200]}.") from error
    if isinstance(content, dict):
        lists = [each for value in content.values() if isinstance(value, list) for each in value]
        return lists or list(content)
    if not isinstance(content, list):
        raise InputInvalid(reason=f"{file} holds no list of names.")
    return content


def _import(store: Store, entries: Iterable[object], rule: Rule, at: datetime) -> Imported:
    bad: list[str] = []
    names: dict[str, Reservation] = {}
    for number, entry in enumerate(entries, 1):
        fault = _fault(entry)
        if fault or not isinstance(entry, str):
            bad.append(f"Entry {number} {fault}: {ascii(entry)[:80]}")
            continue
        key, stem_key, counter = naming.split(entry.strip(), rule)
        names[key] = Reservation(key, entry.strip(), stem_key, counter, photo_id=None)
    with store.writing() as tx:
        new = tx.names.import_names(list(names.values()), at)
        tx.notes.put(_EXPORTED, None, at)
    return Imported(new, len(names) - new, tuple(bad))


def _fault(entry: object) -> str | None:
    if not isinstance(entry, str):
        return "is not a text"
    if not entry.strip() or entry.strip() in {".", ".."}:
        return "is empty"
    if any(char in "/\\" or not is_printable(char) for char in entry.strip()):
        return "holds characters that no file name may have"
    return "is too long for a file name" if len(entry.encode()) > MAX_NAME_BYTES else None


def export(store: Store, file: Path) -> int:
    """Write all names that are held or published to a file; give how many.

    Raises:
        InputInvalid: the file cannot be written.
    """
    with store.reading() as tx:
        names = tx.names.all_held()
    try:
        write_whole(file, _text(names).encode())
    except OSError as error:
        raise InputInvalid(reason=f"{file} cannot be written: {error.strerror}.") from error
    return len(names)


def refresh(store: Store, folder: DataFolder, at: datetime) -> bool:
    """Bring the data folder's ledger up to date; False when it was. Quick where nothing happened since.

    Raises:
        OSError: the data folder cannot be written.
    """
    with store.reading() as tx:
        seen = tx.notes.get(_EXPORTED)
        if seen == str(tx.events.last_id()) and folder.names_ledger.exists():
            return False
    # one process at a time, so that an older list never replaces a newer one
    with alone(folder.locks / "names.lock"):
        with store.reading() as tx:
            newest, names = tx.events.last_id(), tx.names.all_held()
        is_changed = _keep_and_replace(folder, _text(names), at)
    with store.writing() as tx:
        tx.notes.put(_EXPORTED, str(newest), at)
    return is_changed


def _keep_and_replace(folder: DataFolder, text: str, at: datetime) -> bool:
    ledger = folder.names_ledger
    if ledger.exists():
        if ledger.read_bytes() == text.encode():
            return False
        folder.backups.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ledger, folder.backups / f"{ledger.name}.bak_{int(at.timestamp())}")
        for old in sorted(folder.backups.glob(f"{ledger.name}.bak_*"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
    write_whole(ledger, text.encode())
    return True


def _text(names: Iterable[str]) -> str:
    return json.dumps(sorted(names), ensure_ascii=False, indent=1) + "\n"
