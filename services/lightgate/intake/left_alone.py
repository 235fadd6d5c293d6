"""What lies beside photographs without being one: thumbnails, deleted files and caches of a NAS, a system or a program.

Which they are stands in ``data/left_alone.toml``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase, translate
from functools import cache
from importlib import resources
from pathlib import Path

#: entries that are counted in one set: the snapshots of a share on the network hold it many times over
MOST_COUNTED = 50_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One name that tells such a folder, or such a file."""

    #: a name with ``*`` for anything, or several with ``/`` between them
    name: str
    #: like ``thumbnails of a NAS``
    what: str
    is_folder: bool
    is_exact: bool

    def fits(self, parts: Sequence[str]) -> bool:
        """Is it the last part of a path, below what the rule asks for above it?"""
        wanted = self.name.split("/")
        found = parts[-len(wanted) :]
        return len(found) == len(wanted) and all(map(self._fits_name, found, wanted))

    def _fits_name(self, found: str, wanted: str) -> bool:
        return fnmatchcase(found, wanted) if self.is_exact else fnmatchcase(found.casefold(), wanted.casefold())


@dataclass(frozen=True, slots=True)
class LeftKind:
    """What was left alone by one rule."""

    #: how such folders or files are called, like ``@eaDir``
    name: str
    #: like ``thumbnails of a NAS``
    what: str
    files: int
    #: that the files lie in; 0 for files that were left for their own name
    folders: int
    #: of these folders and the folders in them, those that could not be read
    unread: int = 0

    def sentence(self) -> str:
        """Say it in a line, without a full stop."""
        files = f"{self.files} {'file' if self.files == 1 else 'files'}"
        if not self.folders:
            return f"{files} called {self.name} ({self.what})"
        folders = f"{self.folders} {'folder' if self.folders == 1 else 'folders'}"
        unread = f", {self.unread} of which cannot be read" if self.unread else ""
        return f"{files} in {folders} called {self.name} ({self.what}{unread})"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What a set's folders held beside photographs, and nobody looked into."""

    files: int = 0
    #: there are more files than were counted
    is_more: bool = False
    kinds: tuple[LeftKind, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Say it, a line a kind."""
        more = (f"more than that: counting ended after {MOST_COUNTED:,} files and folders",) if self.is_more else ()
        return (*(each.sentence() for each in self.kinds), *more)


NOTHING_LEFT = LeftAlone()


@dataclass(slots=True)
class Tally:
    """Counts what is left alone."""

    #: what a person named, which is never left
    named: Collection[Path]
    _found: dict[Rule, list[int]] = field(default_factory=dict)
    _entries: int = 0
    _is_more: bool = False

    def is_left(self, path: Path, *, is_folder: bool) -> bool:
        """Is this to be left alone? Then it is counted, too."""
        rule = None if path in self.named else rule_for(path, is_folder=is_folder)
        if rule is None:
            return False
        files, folders, unread = self._count(path) if is_folder else (1, 0, 0)
        # an empty one is nothing that anybody misses
        if files or unread:
            counts = self._found.setdefault(rule, [0, 0, 0])
            self._found[rule] = [one + other for one, other in zip(counts, (files, folders, unread), strict=True)]
        return True

    def _count(self, top: Path) -> tuple[int, int, int]:
        """Give the files below a folder, 1, and how many folders could not be read."""
        files = unread = 0
        waiting = [top]
        while waiting and not self._is_more:
            try:
                with os.scandir(waiting.pop()) as entries:
                    for entry in entries:
                        path = Path(entry.path)
                        if path in self.named:
                            continue
                        if self._entries == MOST_COUNTED:
                            self._is_more = True
                            break
                        self._entries += 1
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(path)
                        else:
                            files += 1
            except OSError:
                unread += 1
        return files, 1, unread

    def result(self) -> LeftAlone:
        """Give what was counted so far."""
        kinds = tuple(LeftKind(rule.name, rule.what, *counts) for rule, counts in self._found.items())
        kinds = tuple(sorted(kinds, key=lambda each: (-each.files, each.name)))
        return LeftAlone(sum(each.files for each in kinds), self._is_more, kinds)


def rule_for(path: Path, *, is_folder: bool) -> Rule | None:
    """Give the first rule by which a file or folder is left alone."""
    if not _any_name(is_folder).match(path.name.casefold()):
        return None
    return next((rule for rule in _rules() if rule.is_folder == is_folder and rule.fits(path.parts)), None)


@cache
def _any_name(is_folder: bool) -> re.Pattern[str]:
    """Give one pattern for all last names: ten thousand photographs are not asked about each rule."""
    names = {rule.name.rpartition("/")[2].casefold() for rule in _rules() if rule.is_folder == is_folder}
    return re.compile("|".join(map(translate, sorted(names))))


@cache
def _rules() -> tuple[Rule, ...]:
    kinds = tomllib.loads((resources.files("lightgate") / "data" / "left_alone.toml").read_text("utf-8"))["kind"]
    return tuple(
        Rule(name, kind["what"], key == "folders", kind.get("exact", False))
        for kind in kinds
        for key in ("folders", "files")
        for name in kind.get(key, ())
    )
