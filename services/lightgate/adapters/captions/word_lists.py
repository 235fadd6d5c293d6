"""The word lists on disk: the shipped ones, and a person's own beside or instead of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lightgate.domain.language.word_lists import Terms, WordLists, read_terms
from lightgate.errors import SettingInvalid
from lightgate.files.text_file import read_text

_SHIPPED = Path(__file__).parents[2] / "data" / "words"
_SUFFIX = ".txt"
#: a list is a page or two; a file beyond this is something else
_MOST_BYTES = 2_000_000


def word_lists(own_folder: Path | None = None) -> WordLists:
    """Read all lists, again only when a person's own have changed.

    Raises:
        SettingInvalid: a person's list cannot be read.
    """
    state = _state(own_folder)
    # whoever has no lists of their own shares what is shipped, whatever their folder
    return _read(own_folder if state else None, state)


_State = tuple[tuple[str, int, int], ...]


def _state(folder: Path | None) -> _State:
    if folder is None or not folder.is_dir():
        return ()
    found = ((file.name, file.stat()) for file in sorted(folder.glob(f"*.*{_SUFFIX}")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@lru_cache(maxsize=4)
def _read(own_folder: Path | None, state: _State) -> WordLists:
    shipped = {file.name: file for file in _SHIPPED.glob(f"*.*{_SUFFIX}")}
    own = {name: own_folder / name for name, *_ in state} if own_folder else {}
    return WordLists({_key(name): _terms(shipped.get(name), own.get(name)) for name in shipped.keys() | own.keys()})


def _key(name: str) -> tuple[str, str]:
    subject, _, language = name.removesuffix(_SUFFIX).rpartition(".")
    return subject, language.casefold()


def _terms(*files: Path | None) -> Terms:
    return read_terms(_content(file) for file in files if file is not None)


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise SettingInvalid(name=f"word list {file}", reason=f"it is larger than {_MOST_BYTES // 1_000_000} MB")
        return read_text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingInvalid(name=f"word list {file}", reason=str(error)) from error
