"""What it takes to have one photo live as approved: files to put, a row to write, old files to remove.

The publish stage carries it out and the dry run prints it, so that both are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lightgate.domain.photo import LedgerState, Publication
from lightgate.errors import NameTaken
from lightgate.ports.website import Catalogue, RemoteFile, Target
from lightgate.website.package import File, PublishPackage, by_kind


class Change(StrEnum):
    """What happens to a file or row that has the photo's name."""

    NEW = "new"
    SAME = "same"
    REPLACED = "replaced"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one target needs."""

    target: Target
    changes: tuple[tuple[File, Change], ...]
    #: files of an earlier version at other paths: rendition kind and path
    stale: tuple[tuple[str, str], ...] = ()

    @property
    def to_remove(self) -> tuple[str, ...]:
        """Paths of files of an earlier version."""
        return tuple(path for _, path in self.stale)

    @property
    def paths(self) -> dict[str, str]:
        """Paths by rendition kind."""
        return by_kind(file for file, _ in self.changes)

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 by rendition kind."""
        return {file.rendition.kind: file.rendition.hash for file, _ in self.changes}

    @property
    def to_put(self) -> tuple[File, ...]:
        """Files that are not there yet as they should be."""
        return tuple(file for file, change in self.changes if change is not Change.SAME)


def compare(package: PublishPackage, target: Target, ledger: Publication | None) -> Delivery:
    """Compare with what the target holds.

    Raises:
        NameTaken: a file is in the way that we never put there.
    """
    files = package.files_for(target.name)
    changes = tuple((file, _change(file, target, ledger)) for file in files)
    kept = {file.path for file in files}
    # a key may say "old 0 full": what a try that did not end still has to remove
    stale = tuple((key.rpartition(" ")[2], path) for key, path in _paths(ledger) if path not in kept)
    return Delivery(target, changes, stale)


def _paths(ledger: Publication | None) -> Iterable[tuple[str, str]]:
    return ledger.touched.items() if ledger else ()


def compare_row(package: PublishPackage, catalogue: Catalogue, *, is_ours: bool) -> Change:
    """Compare with what the catalogue holds under that name, and ask whether it would take the row.

    Raises:
        NameTaken: somebody else's row has the name.
        RowRefused: the table cannot hold the row.
    """
    is_same = catalogue.holds(package.row)
    if is_same:
        return Change.SAME
    if is_same is False and not is_ours:
        raise NameTaken(name=package.file_name, where="a row in the website's catalogue")
    catalogue.rehearse(package.row, package.quality)
    return Change.NEW if is_same is None else Change.REPLACED


def _change(file: File, target: Target, ledger: Publication | None) -> Change:
    found = target.look(file.path)
    if found is None:
        return Change.NEW
    if _is_same(file, target, found, ledger):
        return Change.SAME
    if ledger is None:
        raise NameTaken(name=file.path.rpartition("/")[2], where=f"the file {file.path} on {target.name}")
    return Change.REPLACED


def _is_same(file: File, target: Target, found: RemoteFile, ledger: Publication | None) -> bool:
    """Is this file there already? Where the target tells no hash, our own record and the size decide."""
    if found.size_bytes != len(file.rendition.content):
        return False
    if found.hash is not None:
        return found.hash == file.rendition.hash
    if ledger is None:
        return target.digest(file.path) == file.rendition.hash
    kind = file.rendition.kind
    is_ours = ledger.state is LedgerState.LIVE and ledger.paths.get(kind) == file.path
    return is_ours and ledger.hashes.get(kind) == file.rendition.hash
