"""The reviewer's query language as SQL: each term one condition on a row of ``review_queue``.

It is asked in one of two ways. Of all photos: what texts hold is then a list of ids, from an index of its own, so that
fifty thousand photos are never looked up one by one. Or of a few candidates, each looked up by itself: where most
photos fit, a page is full after some dozens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
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

from lightgate.adapters.sqlite.listing.liveness import conditions_of, in_states
from lightgate.adapters.sqlite.schema import WORDS, metadata_quality, photo_set, photo_text, publication
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import DEBTS, WHOLE, LedgerState
from lightgate.domain.query import Kind, Query, Term
from lightgate.domain.route.liveness import Liveness
from lightgate.domain.route.pipeline import PUBLISH, Status

#: the index knows pieces of three letters; what is shorter is looked for in the texts themselves
_SHORTEST = 3
#: letters beyond ASCII that are tried in both cases; more are compared by Python, letter by letter
_MOST_VARIED = 3

#: the column of a table's own name is how FTS5 is asked
_words = table(WORDS, column("rowid"), column(WORDS))
#: where FTS5 keeps the texts. Source: https://www.sqlite.org/fts5.html#fts5_data_structures
_contents = table(f"{WORDS}_content", column("id"), *(column(f"c{number}") for number in range(4)))
_FIELDS = {"names": _contents.c.c0, "caption": _contents.c.c1, "alt_text": _contents.c.c2, "keywords": _contents.c.c3}

_other = row.alias("other")


@dataclass(frozen=True, slots=True)
class Asked:
    """The photos that a query is asked of."""

    #: ``review_queue``, or a part of it under its column names
    of: FromClause
    id: ColumnElement[int]
    are_few: bool = False

    def among(self, ids: Select[int]) -> ColumnElement[bool]:
        """Is a photo one of these?"""
        if not self.are_few:
            return self.id.in_(ids)
        # not EXISTS, which SQLite may turn into a join that begins with the texts of all photos
        return ids.where(next(iter(ids.selected_columns)) == self.id).limit(1).scalar_subquery().is_not(None)


#: the sign keeps SQLite from walking a list that may hold nearly every photo, one row of the table at a time
ALL = Asked(row, literal_column(f"+{row.name}.id"))


def conditions(query: Query, asked: Asked = ALL) -> list[ColumnElement[bool]]:
    """Translate a query; all must hold."""
    if asked.are_few:
        return [condition(term, asked) for term in query]
    question, rest = _question(query)
    found = [asked.among(_matching(question))] if question else []
    return [*found, *(condition(term, asked) for term in rest)]


def words_alone(query: Query) -> FromClause | None:
    """Give the ids that fit, if the full-text index answers the whole query by itself."""
    question, rest = _question(query)
    if not question or rest:
        return None
    return select(_words.c.rowid.label("id")).where(_asks(question)).subquery("found")


def _question(query: Query) -> tuple[str, Query]:
    """Ask the full-text index once for all of its terms, and give those that are left."""
    wanted = [match for term in query if not term.is_denied and (match := _match(term))]
    if not wanted:
        return "", query
    unwanted = [match for term in query if term.is_denied and (match := _match(term))]
    # NOT stands between two questions and binds closer than AND
    question = f"({' AND '.join(wanted)})" + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")
    return question, tuple(term for term in query if not _match(term))


def condition(term: Term, asked: Asked = ALL) -> ColumnElement[bool]:
    """Translate one term."""
    match = "" if asked.are_few else _match(term)
    found = asked.among(_matching(match)) if match else _CONDITIONS[term.kind](term, asked)
    return denied(found) if term.is_denied else found


def mentions(word: str, asked: Asked = ALL) -> ColumnElement[bool]:
    """Does a name or a text hold these words, in either case?"""
    return condition(Term(Kind.WORDS, values=(word,)), asked)


def _matching(match: str) -> Select[int]:
    return select(_words.c.rowid).where(_asks(match))


def _asks(match: str) -> ColumnElement[bool]:
    return _words.c[WORDS].op("MATCH", is_comparison=True)(match)


def _match(term: Term) -> str:
    """Say a term in the full-text index's own language; empty where it can't answer."""
    if term.kind is Kind.KEYWORD:
        return _either("keywords : ", _whole(term))
    if term.kind not in {Kind.WORDS, Kind.TEXT} or min(map(len, term.values)) < _SHORTEST:
        return ""
    return _either(f"{term.name} : " if term.kind is Kind.TEXT else "", term.values)


def _either(where: str, phrases: Sequence[str]) -> str:
    # FTS5 reads a question up to the first NUL
    quoted = (phrase.replace('"', '""').replace("\0", " ") for phrase in phrases)
    return "(" + " OR ".join(f'{where}"{phrase}"' for phrase in quoted) + ")"


def _whole(term: Term) -> list[str]:
    """Say keywords as they stand in the index: each between line breaks."""
    return [f"\n{value}\n" for value in term.values]


def _in_text(term: Term, asked: Asked) -> ColumnElement[bool]:
    columns = [_FIELDS[term.name]] if term.kind is Kind.TEXT else list(_FIELDS.values())
    found = or_(*(_holds(each, value) for value in term.values for each in columns))
    return asked.among(select(_contents.c.id).where(found))


def _keyword(term: Term, asked: Asked) -> ColumnElement[bool]:
    found = or_(*(_holds(_FIELDS["keywords"], value) for value in _whole(term)))
    return asked.among(select(_contents.c.id).where(found))


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


def _number(term: Term, asked: Asked) -> ColumnElement[bool]:
    of = asked.of.c
    value = func.coalesce(of.qr_by_person, of.qr) if term.name == "rating" else of[term.name]
    # a denied comparison keeps rows without a value, as a reader of "-qr:<5" expects
    return and_(value.is_not(None), _between(value, term))


def _texts(asked: Asked) -> Select[int]:
    ids = select(photo_text.c.photo_id)
    return _by_key(ids, photo_text) if asked.are_few else ids


def _by_key(ids: Select[int], of: Table) -> Select[int]:
    """Ask one photo's rows: SQLite, which has no statistics, would rather ask all rows for what they hold."""
    return ids.with_hint(of, f"INDEXED BY sqlite_autoindex_{of.name}_1", "sqlite")


def _length(term: Term, asked: Asked) -> ColumnElement[bool]:
    size = photo_text.c.size
    return asked.among(_texts(asked).where(photo_text.c.field == term.name, _between(size, term)))


def _missing(term: Term, asked: Asked) -> ColumnElement[bool]:
    return asked.among(select(_contents.c.id).where(_FIELDS[term.name] == sql("''")))


def _issue(term: Term, asked: Asked) -> ColumnElement[bool]:
    issues = func.json_each(metadata_quality.c.issues).table_valued("value", joins_implicitly=True)
    code = func.json_extract(issues.c.value, "$.code")
    is_found = exists(select(literal(1)).select_from(issues).where(code.in_(term.values)))
    # as the partial index says it
    return asked.among(select(metadata_quality.c.photo_id).where(sql("issues <> '[]'"), is_found))


def _source(term: Term, asked: Asked) -> ColumnElement[bool]:
    return asked.among(_texts(asked).where(photo_text.c.source.in_(term.values)))


def _in_ledger(asked: Asked, states: Iterable[LedgerState]) -> ColumnElement[bool]:
    ids = select(publication.c.photo_id).where(in_states(states))
    return asked.among(_by_key(ids, publication) if asked.are_few else ids)


def _liveness(word: Liveness) -> Callable[[Asked], ColumnElement[bool]]:
    return lambda asked: conditions_of(partial(_in_ledger, asked), asked.of.c.step, asked.of.c.status)[word]


def _is_changed(asked: Asked) -> ColumnElement[bool]:
    is_live = _in_ledger(asked, [LedgerState.LIVE])
    return and_(is_live, asked.of.c.step != PUBLISH, asked.of.c.status != Status.REJECTED.value)


_FLAGS: Mapping[str, Callable[[Asked], ColumnElement[bool]]] = {
    "blocked": lambda asked: asked.of.c.is_blocked,
    "warned": lambda asked: asked.of.c.needs_work,
    "rated": lambda asked: asked.of.c.qr.is_not(None),
    "gps": lambda asked: asked.of.c.has_gps,
    "live": lambda asked: _in_ledger(asked, WHOLE),
    "earlier": _liveness(Liveness.EARLIER),
    "changed": _is_changed,
    "sending": _liveness(Liveness.BEING_SENT),
    "partly": _liveness(Liveness.PARTLY_SENT),
    "debt": lambda asked: _in_ledger(asked, DEBTS),
    "to-remove": _liveness(Liveness.TO_BE_REMOVED),
    "series": lambda asked: func.coalesce(asked.of.c.series_count, 1) > 1,
    # as the partial index says it
    "locked": lambda asked: asked.among(_texts(asked).where(sql("locked"))),
}


def _flag(term: Term, asked: Asked) -> ColumnElement[bool]:
    return or_(*(_FLAGS[value](asked) for value in term.values))


def _set(term: Term, asked: Asked) -> ColumnElement[bool]:
    return asked.of.c.set_id.in_(select(photo_set.c.id).where(photo_set.c.slug.in_(term.values)))


#: columns that few rows fill, each with an index of those rows
_SPARSE = frozenset({"reject_reason", "error_code"})


def _part(term: Term, asked: Asked) -> ColumnElement[bool]:
    if term.name in _SPARSE:
        value = _other.c[term.name]
        return asked.among(select(_other.c.id).where(value.is_not(None), _any(term, lambda word: _holds(value, word))))
    found = func.coalesce(asked.of.c[term.name], sql("''"))
    if term.name == "date_time":
        return _any(term, lambda word: found.startswith(word.replace("-", ":"), autoescape=True))
    return _any(term, lambda word: _holds(found, word))


_CONDITIONS: Mapping[Kind, Callable[[Term, Asked], ColumnElement[bool]]] = {
    Kind.WORDS: _in_text,
    Kind.TEXT: _in_text,
    Kind.KEYWORD: _keyword,
    Kind.BAND: lambda term, asked: asked.of.c.band.in_(term.values),
    Kind.SET: _set,
    Kind.PART: _part,
    Kind.NUMBER: _number,
    Kind.LENGTH: _length,
    Kind.MISSING: _missing,
    Kind.SOURCE: _source,
    Kind.ISSUE: _issue,
    Kind.FLAG: _flag,
}
