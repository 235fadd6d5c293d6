"""The reviewer's query language as SQL: each term one condition on a row of ``review_queue``.

What a row holds is compared in the index of ``schema.FILTERED``; what texts hold is one list of ids for the whole
query, from an index of its own, so that fifty thousand photos are never looked up one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    column,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy import not_ as denied
from sqlalchemy import text as sql

from lightgate.adapters.sqlite.schema import WORDS, metadata_quality, photo_set, photo_text, publication
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.pipeline import PUBLISH, Status
from lightgate.domain.query import Kind, Query, Term

#: the index knows pieces of three letters; what is shorter is looked for in the texts themselves
_SHORTEST = 3
#: letters beyond ASCII that are tried in both cases; more are compared by Python, letter by letter
_MOST_VARIED = 3

#: the column of a table's own name is how FTS5 is asked
_words = table(WORDS, column("rowid"), column(WORDS))
#: where FTS5 keeps the texts. Source: https://www.sqlite.org/fts5.html#fts5_data_structures
_contents = table(f"{WORDS}_content", column("id"), *(column(f"c{number}") for number in range(4)))
_FIELDS = {"names": _contents.c.c0, "caption": _contents.c.c1, "alt_text": _contents.c.c2, "keywords": _contents.c.c3}

#: the sign keeps SQLite from walking a list that may hold nearly every photo, one row of the table at a time
_id: ColumnElement[int] = literal_column(f"+{row.name}.id")
_other = row.alias("other")


def conditions(query: Query) -> list[ColumnElement[bool]]:
    """Translate a query; all must hold."""
    question, rest = _question(query)
    asked = [_is_among(_matching(question))] if question else []
    return [*asked, *map(condition, rest)]


def words_alone(query: Query) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]] | None:
    """Give where the ids stand, and their condition, if the full-text index answers the whole query by itself."""
    question, rest = _question(query)
    return (_words, _words.c.rowid.label("id"), _asks(question)) if question and not rest else None


def _question(query: Query) -> tuple[str, Query]:
    """Ask the full-text index once for all of its terms, and give those that are left."""
    wanted = [match for term in query if not term.is_denied and (match := _match(term))]
    if not wanted:
        return "", query
    unwanted = [match for term in query if term.is_denied and (match := _match(term))]
    # NOT stands between two questions and binds closer than AND
    question = f"({' AND '.join(wanted)})" + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")
    return question, tuple(term for term in query if not _match(term))


def condition(term: Term) -> ColumnElement[bool]:
    """Translate one term."""
    match = _match(term)
    found = _is_among(_matching(match)) if match else _CONDITIONS[term.kind](term)
    return denied(found) if term.is_denied else found


def mentions(word: str) -> ColumnElement[bool]:
    """Does a name or a text hold these words, in either case?"""
    return condition(Term(Kind.WORDS, values=(word,)))


def _is_among(ids: Select[int]) -> ColumnElement[bool]:
    return _id.in_(ids)


def _matching(match: str) -> Select[int]:
    return select(_words.c.rowid).where(_asks(match))


def _asks(match: str) -> ColumnElement[bool]:
    return _words.c[WORDS].op("MATCH", is_comparison=True)(match)


def _match(term: Term) -> str:
    """Say a term in the full-text index's own language; empty where it can't answer."""
    if term.kind is Kind.KEYWORD:
        # each keyword stands between line breaks
        return _either("keywords : ", [f"\n{value}\n" for value in term.values])
    if term.kind not in {Kind.WORDS, Kind.TEXT} or min(map(len, term.values)) < _SHORTEST:
        return ""
    return _either(f"{term.name} : " if term.kind is Kind.TEXT else "", term.values)


def _either(where: str, phrases: Sequence[str]) -> str:
    # FTS5 reads a question up to the first NUL
    quoted = (phrase.replace('"', '""').replace("\0", " ") for phrase in phrases)
    return "(" + " OR ".join(f'{where}"{phrase}"' for phrase in quoted) + ")"


def _in_text(term: Term) -> ColumnElement[bool]:
    columns = [_FIELDS[term.name]] if term.kind is Kind.TEXT else list(_FIELDS.values())
    found = or_(*(_holds(each, value) for value in term.values for each in columns))
    return _is_among(select(_contents.c.id).where(found))


def _holds(value: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Is this a part of the value? SQLite's own LIKE knows the two cases of ASCII only."""
    varied = [(letter.lower(), letter.upper()) for letter in part if not letter.isascii()]
    if len(varied) > _MOST_VARIED:
        return value.icontains(part, autoescape=True)
    written = (dict.fromkeys(letter if letter.isascii() else (letter.lower(), letter.upper())) for letter in part)
    return or_(*(value.contains("".join(letters), autoescape=True) for letters in product(*written)))


def _any(term: Term, of: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(*(of(value) for value in term.values))


def _between(value: ColumnElement[float], term: Term) -> ColumnElement[bool]:
    bounds = [value >= term.low] if term.low is not None else []
    return and_(true(), *bounds, *([value <= term.high] if term.high is not None else []))


def _number(term: Term) -> ColumnElement[bool]:
    value = func.coalesce(row.c.qr_by_person, row.c.qr) if term.name == "rating" else row.c[term.name]
    # a denied comparison keeps rows without a value, as a reader of "-qr:<5" expects
    return and_(value.is_not(None), _between(value, term))


def _length(term: Term) -> ColumnElement[bool]:
    size = photo_text.c.size
    return _is_among(select(photo_text.c.photo_id).where(photo_text.c.field == term.name, _between(size, term)))


def _missing(term: Term) -> ColumnElement[bool]:
    return _is_among(select(_contents.c.id).where(_FIELDS[term.name] == sql("''")))


def _issue(term: Term) -> ColumnElement[bool]:
    issues = func.json_each(metadata_quality.c.issues).table_valued("value", joins_implicitly=True)
    code = func.json_extract(issues.c.value, "$.code")
    is_found = exists(select(literal(1)).select_from(issues).where(code.in_(term.values)))
    # as the partial index says it
    return _is_among(select(metadata_quality.c.photo_id).where(sql("issues <> '[]'"), is_found))


def _source(term: Term) -> ColumnElement[bool]:
    return _is_among(select(photo_text.c.photo_id).where(photo_text.c.source.in_(term.values)))


_is_live = _is_among(select(publication.c.photo_id).where(publication.c.state == "live"))

_FLAGS: Mapping[str, ColumnElement[bool]] = {
    "blocked": row.c.is_blocked,
    "warned": row.c.needs_work,
    "rated": row.c.qr.is_not(None),
    "gps": row.c.has_gps,
    "live": _is_live,
    "changed": and_(_is_live, row.c.step != PUBLISH, row.c.status != Status.REJECTED.value),
    "series": func.coalesce(row.c.series_count, 1) > 1,
    # as the partial index says it
    "locked": _is_among(select(photo_text.c.photo_id).where(sql("locked"))),
}


def _set(term: Term) -> ColumnElement[bool]:
    return row.c.set_id.in_(select(photo_set.c.id).where(photo_set.c.slug.in_(term.values)))


#: columns that few rows fill, each with an index of those rows
_SPARSE = frozenset({"reject_reason", "error_code"})


def _part(term: Term) -> ColumnElement[bool]:
    if term.name in _SPARSE:
        value = _other.c[term.name]
        return _is_among(select(_other.c.id).where(value.is_not(None), _any(term, lambda word: _holds(value, word))))
    found = func.coalesce(row.c[term.name], sql("''"))
    if term.name == "date_time":
        return _any(term, lambda word: found.startswith(word.replace("-", ":"), autoescape=True))
    return _any(term, lambda word: _holds(found, word))


_CONDITIONS: Mapping[Kind, Callable[[Term], ColumnElement[bool]]] = {
    Kind.WORDS: _in_text,
    Kind.TEXT: _in_text,
    Kind.BAND: lambda term: row.c.band.in_(term.values),
    Kind.SET: _set,
    Kind.PART: _part,
    Kind.NUMBER: _number,
    Kind.LENGTH: _length,
    Kind.MISSING: _missing,
    Kind.SOURCE: _source,
    Kind.ISSUE: _issue,
    Kind.FLAG: lambda term: or_(*(_FLAGS[value] for value in term.values)),
}
