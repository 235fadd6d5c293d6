"""The reviewer's query language as SQL: each term one condition on a row of ``review_queue``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, column, exists, func, literal, not_, or_, select, table, true
from sqlalchemy import text as sql

from lightgate.adapters.sqlite.schema import WORDS, metadata_quality, photo_set, photo_text, publication
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.pipeline import PUBLISH, Status
from lightgate.domain.query import Kind, Query, Term

#: the index knows pieces of three letters; what is shorter is looked for in the rows that the rest leaves
_SHORTEST = 3
#: columns whose words the index holds too
_INDEXED = frozenset({"file_name", "original_file_name", "subject", "location"})

#: the column of a table's own name is how FTS5 is asked
_words = table(WORDS, column("rowid"), column(WORDS))


def condition(term: Term) -> ColumnElement[bool]:
    """Translate one term."""
    found = _CONDITIONS[term.kind](term)
    return not_(found) if term.is_denied else found


def mentions(word: str) -> ColumnElement[bool]:
    """Does a name or a text hold these words, in either case?"""
    if len(word) < _SHORTEST:
        return _holds(word)
    match = '"' + word.replace('"', '""') + '"'
    # one list for the whole query, not one look for each row
    return row.c.id.in_(select(_words.c.rowid).where(_words.c[WORDS].op("MATCH")(match)))


def _indexed(word: str) -> ColumnElement[bool]:
    """Narrow by the index first, where it can: what holds a word in one place holds it somewhere."""
    return mentions(word) if len(word) >= _SHORTEST else true()


def all_mentioned(words: Sequence[str]) -> ColumnElement[bool]:
    """Do names and texts hold all of these words? One question to the index for all."""
    match = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    return row.c.id.in_(select(_words.c.rowid).where(_words.c[WORDS].op("MATCH")(match)))


def conditions(query: Query) -> list[ColumnElement[bool]]:
    """Translate a query; all must hold."""
    plain = [term for term in query if _is_plain(term)]
    found = [condition(term) for term in query if not _is_plain(term)]
    return [*found, all_mentioned([term.values[0] for term in plain])] if plain else found


def _is_plain(term: Term) -> bool:
    return term.kind is Kind.WORDS and not term.is_denied and len(term.values[0]) >= _SHORTEST


def _holds(word: str) -> ColumnElement[bool]:
    columns = (row.c.original_file_name, row.c.file_name, row.c.subject, row.c.location)
    return or_(*(each.icontains(word, autoescape=True) for each in columns), _text_with(word))


def _text_with(word: str, field: str | None = None) -> ColumnElement[bool]:
    is_meant = photo_text.c.field == field if field else true()
    return exists().where(
        photo_text.c.photo_id == row.c.id,
        is_meant,
        photo_text.c.value.cast(row.c.subject.type).icontains(word, autoescape=True),
    )


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
    value = (
        func.json_array_length(photo_text.c.value)
        if term.name == "keywords"
        else func.length(func.json_extract(photo_text.c.value, "$"))
    )
    return exists().where(photo_text.c.photo_id == row.c.id, photo_text.c.field == term.name, _between(value, term))


def _missing(term: Term) -> ColumnElement[bool]:
    is_there = func.length(func.json_extract(photo_text.c.value, "$")) > (2 if term.name == "keywords" else 0)
    return ~exists().where(photo_text.c.photo_id == row.c.id, photo_text.c.field == term.name, is_there)


def _keyword(term: Term) -> ColumnElement[bool]:
    values = func.json_each(photo_text.c.value).table_valued("value", joins_implicitly=True)
    wanted = [value.lower() for value in term.values]
    # what is denied is not narrowed by it: nearly every row would be asked about twice
    narrowed = true() if term.is_denied else _any(term, _indexed)
    return narrowed & exists().where(
        photo_text.c.photo_id == row.c.id,
        photo_text.c.field == "keywords",
        exists(select(literal(1)).select_from(values).where(func.lower(values.c.value).in_(wanted))),
    )


def _issue(term: Term) -> ColumnElement[bool]:
    issues = func.json_each(metadata_quality.c.issues).table_valued("value", joins_implicitly=True)
    code = func.json_extract(issues.c.value, "$.code")
    is_found = exists(select(literal(1)).select_from(issues).where(code.in_(term.values)))
    return exists().where(metadata_quality.c.photo_id == row.c.id, is_found)


def _source(term: Term) -> ColumnElement[bool]:
    return exists().where(photo_text.c.photo_id == row.c.id, photo_text.c.source.in_(term.values))


_is_live = exists().where(publication.c.photo_id == row.c.id, publication.c.state == "live")

_FLAGS: Mapping[str, ColumnElement[bool]] = {
    "blocked": row.c.is_blocked,
    "warned": row.c.needs_work,
    "rated": row.c.qr.is_not(None),
    "gps": row.c.has_gps,
    "live": _is_live,
    "changed": and_(_is_live, row.c.step != PUBLISH, row.c.status != Status.REJECTED.value),
    "series": row.c.series_count > 1,
    "locked": exists().where(photo_text.c.photo_id == row.c.id, photo_text.c.locked),
}


def _set(term: Term) -> ColumnElement[bool]:
    return row.c.set_id.in_(select(photo_set.c.id).where(photo_set.c.slug.in_(term.values)))


def _part(term: Term) -> ColumnElement[bool]:
    value = func.coalesce(row.c[term.name], sql("''"))
    if term.name == "date_time":
        return _any(term, lambda word: value.startswith(word.replace("-", ":"), autoescape=True))
    if term.name in _INDEXED:
        return _any(term, lambda word: and_(_indexed(word), value.icontains(word, autoescape=True)))
    return _any(term, lambda word: value.icontains(word, autoescape=True))


_CONDITIONS: Mapping[Kind, Callable[[Term], ColumnElement[bool]]] = {
    Kind.WORDS: lambda term: _any(term, mentions),
    Kind.BAND: lambda term: row.c.band.in_(term.values),
    Kind.SET: _set,
    Kind.PART: _part,
    Kind.NUMBER: _number,
    Kind.LENGTH: _length,
    Kind.TEXT: lambda term: _any(term, lambda word: and_(_indexed(word), _text_with(word, term.name))),
    Kind.MISSING: _missing,
    Kind.KEYWORD: _keyword,
    Kind.SOURCE: _source,
    Kind.ISSUE: _issue,
    Kind.FLAG: lambda term: or_(*(_FLAGS[value] for value in term.values)),
}
