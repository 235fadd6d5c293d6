"""How published file names are made: from a template, in an order that does not depend on the workers.

The order is capture time as written with its sub-seconds, a day without a time first in its day, photos without either
last; then the path below the submitted folder, NFC and case-folded, in natural order (2 before 10); then the content
hash.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lightgate.domain.names.slug import fold, slug, titled
from lightgate.errors import NameTooLong, SettingInvalid

__all__ = [
    "Allocation",
    "Given",
    "Rule",
    "Wanted",
    "allocate",
    "check_template",
    "fold",
    "order",
    "require_fitting",
    "slug",
    "split",
]

TOKENS = ("subject", "location", "folder", "camera", "year", "counter")
#: a name and its temporary suffix must fit into 255 bytes (ext4, APFS, NTFS)
MAX_BYTES = 240
_NUMBER = re.compile(r"(?<![0-9])0*([0-9]*)(?<=[0-9])")
_LITERAL = re.compile(r"[A-Za-z0-9_-]*")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}")
_FIRST_WORD = re.compile(r"[_-]+([^_-]+)")
_COUNTED_AT_END = re.compile(r"(.+?)[_-]?([0-9]{3,9})")
_COUNTED_AT_START = re.compile(r"([0-9]{3,9})[_-]?(.+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """The template and its limits.

    Raises:
        SettingInvalid: when made from a template or extension that cannot name a file.
    """

    template: str = "{subject}_{location}_{folder}_Photography_{camera}_{year}_{counter}"
    extension: str = ".JPG"
    #: characters, with extension
    max_length: int = 150

    def __post_init__(self) -> None:
        check_template(self.template, self.extension)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A photo that needs a name."""

    photo_id: int
    subject: str
    location: str
    folder: str
    camera: str | None
    #: as written, see ``domain.written_time``
    date_time: str | None
    #: digits after the second, as written
    sub_seconds: str | None
    relative_path: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Given:
    """A name for a photo."""

    photo_id: int
    file_name: str
    #: folded stem: unique among all names ever held
    key: str
    #: folded stem without its counter
    stem_key: str
    counter: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Names in naming order, and the photos that cannot have one."""

    given: tuple[Given, ...]
    refused: tuple[tuple[int, NameTooLong], ...] = ()


def check_template(template: str, extension: str) -> None:
    """Say whether a template can name files.

    Raises:
        SettingInvalid: in words, under the setting's name.
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise _bad_template(str(error)) from error
    for literal, token, spec, conversion in parts:
        if not _LITERAL.fullmatch(literal):
            raise _bad_template(f'only letters, digits, _ and - may stand in "{literal}"')
        if token is not None and (token not in TOKENS or spec or conversion):
            known = " ".join(f"{{{name}}}" for name in TOKENS)
            raise _bad_template(f"{{{token}}} is not one of {known}")
    if [token for _, token, _, _ in parts].count("counter") != 1:
        raise _bad_template("it needs {counter} exactly once, or names would not be unique")
    if not _EXTENSION.fullmatch(extension):
        raise SettingInvalid(name="naming.extension", reason="give a dot and one to five letters or digits, like .JPG")


def _bad_template(reason: str) -> SettingInvalid:
    return SettingInvalid(name="naming.template", reason=reason)


def order(wanted: Wanted) -> tuple[bool, str, str, str, str, str]:
    """Give the key that sorts photos into naming order."""
    path = unicodedata.normalize("NFC", wanted.relative_path).casefold()
    fraction = (wanted.sub_seconds or "").strip().rstrip("0")
    return not wanted.date_time, wanted.date_time or "", fraction, _natural(path), path, wanted.content_hash


def _natural(path: str) -> str:
    """Write numbers so that they sort by their value: a digit, how many digits there are, and those."""
    # not as integers: a name may hold more digits than Python reads
    return _NUMBER.sub(lambda found: "0" + chr(len(found[1])) + found[1], path)


def stem_key(wanted: Wanted, rule: Rule) -> str:
    """Give the folded name without its counter: photos that share it are numbered together."""
    return fold(_stem(wanted, rule, ""))


def name(wanted: Wanted, rule: Rule, counter: int) -> Given:
    """Put a name together.

    Raises:
        NameTooLong: the limit of the rule or of file systems.
    """
    stem = _stem(wanted, rule, f"{counter:03d}")
    file_name = stem + rule.extension
    require_fitting(file_name, rule)
    return Given(wanted.photo_id, file_name, fold(stem), stem_key(wanted, rule), counter)


def require_fitting(file_name: str, rule: Rule) -> None:
    """Make sure that a name is within the limits.

    Raises:
        NameTooLong: the limit of the rule or of file systems.
    """
    if len(file_name) > rule.max_length:
        raise NameTooLong(name=_shown(file_name), length=len(file_name), limit=rule.max_length)
    if (length := len(file_name.encode())) > MAX_BYTES:
        raise NameTooLong(f"The name {_shown(file_name)} takes {length} bytes on disk; the limit is {MAX_BYTES}. "
                          "Shorten subject, location or folder.")  # fmt: skip


def allocate(
    wanted: Iterable[Wanted],
    highest: Mapping[str, int],
    rule: Rule,
    is_taken: Callable[[str], bool] = lambda _: False,
) -> Allocation:
    """Give each photo the next number of its stem, in naming order.

    ``highest`` holds, by ``stem_key``, the highest counter that is held or published; ``is_taken`` knows keys
    that no counter explains, like imported names of another pattern.
    """
    counters = dict(highest)
    keys: set[str] = set()
    given: list[Given] = []
    refused: list[tuple[int, NameTooLong]] = []
    for each in sorted(wanted, key=order):
        stem = stem_key(each, rule)
        counter = counters.get(stem, 0) + 1
        try:
            while (made := name(each, rule, counter)).key in keys or is_taken(made.key):
                counter += 1
        except NameTooLong as error:
            refused.append((each.photo_id, error))
            continue
        counters[stem] = counter
        keys.add(made.key)
        given.append(made)
    return Allocation(tuple(given), tuple(refused))


def split(file_name: str, rule: Rule) -> tuple[str, str, int]:
    """Take a name of an older ledger apart: its key, its stem's key and its counter.

    A name that this template would not have numbered is a stem of its own, with counter 0.
    """
    stem = file_name.rsplit(".", 1)[0] if "." in file_name[1:] else file_name
    if rule.template.endswith("{counter}") and (found := _COUNTED_AT_END.fullmatch(stem)):
        return fold(stem), fold(found[1].rstrip("_-")), int(found[2])
    if rule.template.startswith("{counter}") and (found := _COUNTED_AT_START.fullmatch(stem)):
        return fold(stem), fold(found[2].lstrip("_-")), int(found[1])
    return fold(stem), fold(stem), 0


def _stem(wanted: Wanted, rule: Rule, counter: str) -> str:
    values = {
        "subject": slug(wanted.subject),
        "location": titled(slug(wanted.location)),
        "folder": titled(slug(wanted.folder)),
        # a model's own hyphens never stayed in the catalogue's names
        "camera": slug((wanted.camera or "").replace("-", " ")),
        "year": _year(wanted.date_time),
        "counter": counter,
    }
    stem = ""
    for literal, token, _, _ in string.Formatter().parse(rule.template):
        stem += _without_repeated_word(stem, literal)
        if token is not None:
            value = values[token]
            stem = stem + value if value else _without_last_separator(stem)
    return unicodedata.normalize("NFC", stem).strip("_-")


def _without_last_separator(stem: str) -> str:
    return stem[:-1] if stem.endswith(("_", "-")) else stem


def _without_repeated_word(stem: str, literal: str) -> str:
    """Leave out a literal's first word where the name already ends with it (``…Street_Photography_Photography``)."""
    found = _FIRST_WORD.match(literal)
    if found and re.split("[_-]", stem)[-1].casefold() == found[1].casefold():
        return literal[found.end() :]
    return literal


def _year(date_time: str | None) -> str:
    year = (date_time or "")[:4]
    return year if re.fullmatch(r"[0-9]{4}", year) and year != "0000" else ""


def _shown(file_name: str) -> str:
    return file_name if len(file_name) <= 80 else f"{file_name[:60]}…{file_name[-16:]}"
