"""Finding the files of a set: every file is taken, named with its reason, or counted as left alone."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lightgate.adapters.metadata.formats import RAW_ENDINGS, endings
from lightgate.domain.names.path_text import to_text
from lightgate.errors import InputInvalid
from lightgate.intake.left_alone import NOTHING_LEFT, LeftAlone, Tally

#: small files that cameras and editors put beside photographs
SIDECARS = frozenset({".xmp", ".thm", ".aae", ".pp3", ".dop", ".lrv"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not taken in."""

    #: path below the submitted folder, on one line
    name: str
    #: a sentence
    reason: str
    #: the photo that has the same content
    photo_id: int | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A regular file, and by what it is known again."""

    path: Path
    #: below the submitted folder, ``/`` between parts, on one line
    name: str
    size_bytes: int
    modified_ns: int
    device: int
    inode: int
    mode: int

    @property
    def identity(self) -> tuple[int, int, int, int]:
        """Changes when the file is written to or replaced."""
        return self.device, self.inode, self.size_bytes, self.modified_ns


@dataclass(slots=True)
class Scan:
    """What a set's folders and files hold."""

    root: Path
    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    #: thumbnails and rubbish of a NAS, a system or a program
    left_alone: LeftAlone = NOTHING_LEFT

    def skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(self.name_of(path), reason))

    def name_of(self, path: Path) -> str:
        return to_text(path.relative_to(self.root).as_posix())

    def left_lines(self) -> tuple[str, ...]:
        """Say what was left alone, a line a kind."""
        counts = (f"{count} {kind if count == 1 else _plural(kind)}" for kind, count in sorted(self.left.items()))
        return (*counts, *self.left_alone.sentences())


def _plural(kind: str) -> str:
    noun, _, rest = kind.partition(" (")
    return f"{noun}s ({rest}" if rest else f"{noun}s"


def scan(paths: Sequence[Path], *, recursive: bool, max_bytes: float) -> Scan:
    """Look through folders and files, in the order of their names.

    Raises:
        InputInvalid: a path does not exist, a folder cannot be read, or there is nothing in it.
    """
    given = [_resolved(path) for path in paths]
    found = Scan(_root_of(given))
    tally = Tally(frozenset(given))
    files = (each for path in given for each in (_walk(path, found, tally, recursive) if path.is_dir() else [path]))
    # a file that is named, and lies in a folder that is named too, comes once
    for path in dict.fromkeys(files):
        _look_at(path, found, max_bytes)
    found.left_alone = tally.result()
    if not found.files and not found.skipped:
        raise InputInvalid(reason=f"There are no photographs in {to_text(str(found.root))}{_hint(found)}.")
    found.files.sort(key=lambda each: each.name)
    return found


def leave_raw_pairs(found: Scan, damaged: Collection[str]) -> None:
    """Leave raw files whose picture the camera, or its owner, has saved beside them.

    Args:
        damaged: names of pictures that cannot be read, for which their raw file comes in.
    """
    sound = {_pair(each) for each in found.files if _is_picture(each) and each.name not in damaged}
    kept = [each for each in found.files if _is_picture(each) or _pair(each) not in sound]
    if len(kept) < len(found.files):
        found.left["RAW file (beside its picture)"] += len(found.files) - len(kept)
        found.files = kept


def _is_picture(file: SourceFile) -> bool:
    return file.path.suffix.lower() in endings()


def _pair(file: SourceFile) -> tuple[Path, str]:
    return file.path.parent, file.path.stem.casefold()


def _hint(found: Scan) -> str:
    lines = found.left_lines()
    return f" ({', '.join(lines)} left alone)" if lines else ""


def _resolved(path: Path) -> Path:
    try:
        # the last part of a named file stays: whether it is a link matters
        whole = path.resolve(strict=True) if path.is_dir() else path.parent.resolve(strict=True) / path.name
        whole.lstat()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputInvalid(reason=f"There is no file or folder {to_text(str(path))}.") from error
    return whole


def _root_of(paths: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in paths]))


def _walk(top: Path, found: Scan, tally: Tally, recursive: bool) -> Iterator[Path]:
    # no function calls itself: folders may lie deeper in one another than Python's stack is high
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                children = sorted(entries, key=lambda each: each.name)
        except OSError as error:
            if folder == found.root:
                raise InputInvalid(reason=f"{to_text(str(folder))} cannot be read: {error.strerror}.") from error
            found.skip(folder, f"The folder cannot be read: {error.strerror}.")
            continue
        for child in children:
            is_folder = child.is_dir(follow_symlinks=False)
            if tally.is_left(Path(child.path), is_folder=is_folder):
                continue
            if not is_folder:
                yield Path(child.path)
            elif recursive:
                waiting.append(Path(child.path))
            else:
                found.left["folder (--recursive goes into them)"] += 1


def _look_at(path: Path, found: Scan, max_bytes: float) -> None:
    if path.suffix.lower() in SIDECARS:
        found.left[f"sidecar ({path.suffix.lower()})"] += 1
        return
    try:
        fault = _link_fault(path, found.root)
        facts = path.stat()
    except (OSError, RuntimeError):
        found.skip(path, "It leads nowhere." if path.is_symlink() else "It cannot be looked at.")
        return
    fault = fault or _fault(path, facts, max_bytes)
    if fault:
        found.skip(path, fault)
    else:
        found.files.append(found_at(path, found.name_of(path), facts))


def found_at(path: Path, name: str, facts: os.stat_result) -> SourceFile:
    """Note by what a file is known again."""
    return SourceFile(path, name, facts.st_size, facts.st_mtime_ns, facts.st_dev, facts.st_ino, facts.st_mode)


def _link_fault(path: Path, root: Path) -> str | None:
    if path.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
        return "It is a link to something outside the folder."
    return None


def _fault(path: Path, facts: os.stat_result, max_bytes: float) -> str | None:
    if stat.S_ISDIR(facts.st_mode):
        return "It is a link to a folder."
    if not stat.S_ISREG(facts.st_mode):
        return "It is not a file."
    if path.suffix.lower() not in endings() | set(RAW_ENDINGS):
        kind = to_text(path.suffix.lower()) or "Files without an ending"
        return f"{kind} files are not taken in." if path.suffix else f"{kind} are not taken in."
    if facts.st_size == 0:
        return "The file is empty."
    if facts.st_size > max_bytes:
        limit_mb = f"{max_bytes / 1e6:.0f} MB (setting intake.max_file_mb)"
        return f"The file has {facts.st_size / 1e6:.0f} MB; the limit is {limit_mb}."
    return None if os.access(path, os.R_OK) else "There is no permission to read it."
