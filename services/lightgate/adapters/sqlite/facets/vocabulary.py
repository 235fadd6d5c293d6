"""The keyword vocabulary: terms with their place in a hierarchy, other words for them, and what nobody judged yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import keyword_synonym, keyword_term
from lightgate.domain.keywords.vocabulary import Known, Term, TermState, key_of
from lightgate.domain.language.tokens import primary
from lightgate.errors import NotFound
from lightgate.store import VocabularyEntry

_AT_ONCE = 500
#: deeper is a circle
_DEEPEST = 40


class _Level(NamedTuple):
    """A term as one above others."""

    name: str
    parent_id: int | None
    is_published: bool


class _Listing:
    """Terms that are being listed: what becomes new rows, what changes, and the other words for them."""

    def __init__(self, language: str, known: dict[tuple[str, int | None], int], next_id: int, at: datetime) -> None:
        self._language = language
        self._known = known
        self._next_id = next_id
        self._at = at
        self.inserted: dict[int, dict[str, Any]] = {}
        self.changed: dict[int, dict[str, Any]] = {}
        self.synonyms: list[dict[str, Any]] = []

    def put(self, term: Term) -> None:
        """List a term below those above it."""
        parent_id = None
        for name in term.path:
            parent_id = self._heading(name, parent_id)
        term_id = self._known.get((key_of(term.name), parent_id))
        if term_id is None:
            term_id = self._insert(term.name, parent_id)
        self._describe(term_id, term)
        self.synonyms += [{"key": key_of(each), "term_id": term_id, "name": each} for each in term.synonyms]

    def _heading(self, name: str, parent_id: int | None) -> int:
        # one that is only passed through keeps what was said of it
        found = self._known.get((key_of(name), parent_id))
        return self._insert(name, parent_id) if found is None else found

    def _insert(self, name: str, parent_id: int | None) -> int:
        term_id, self._next_id = self._next_id, self._next_id + 1
        self._known[key_of(name), parent_id] = term_id
        self.inserted[term_id] = {
            "id": term_id, "name": name, "key": key_of(name), "parent_id": parent_id, "state": TermState.LISTED.value,
            "is_published": True, "created_at": self._at, "updated_at": self._at, "language": self._language,
        }  # fmt: skip
        return term_id

    def _describe(self, term_id: int, term: Term) -> None:
        new = self.inserted.get(term_id)
        if new is not None:
            new.update(name=term.name, is_published=term.is_published)
            return
        self.changed[term_id] = {
            "term_id": term_id, "new_name": term.name, "published": term.is_published, "at": self._at,
        }  # fmt: skip


class Vocabulary:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, language: str, terms: Iterable[Term], at: datetime) -> int:
        listing = _Listing(primary(language), self._by_place(language), self._next_id(), at)
        for term in terms:
            listing.put(term)
        self._write(listing, language)
        return len(listing.inserted)

    def _by_place(self, language: str) -> dict[tuple[str, int | None], int]:
        query = select(keyword_term.c.key, keyword_term.c.parent_id, keyword_term.c.id).where(_is_in(language))
        return {(key, parent_id): term_id for key, parent_id, term_id in self._connection.execute(query)}

    def _next_id(self) -> int:
        return (self._connection.execute(select(func.max(keyword_term.c.id))).scalar() or 0) + 1

    def _write(self, listing: _Listing, language: str) -> None:
        run = self._connection.execute
        if listing.inserted:
            run(insert(keyword_term), list(listing.inserted.values()))
        if listing.changed:
            change = update(keyword_term).where(keyword_term.c.id == bindparam("term_id"))
            run(
                change.values(
                    name=bindparam("new_name"),
                    is_published=bindparam("published"),
                    state=TermState.LISTED.value,
                    updated_at=bindparam("at"),
                ),
                list(listing.changed.values()),
            )
        if listing.synonyms:
            run(upsert(keyword_synonym).on_conflict_do_nothing(), listing.synonyms)
        # what a model proposed before is listed now
        listed = select(keyword_term.c.key).where(keyword_term.c.state == TermState.LISTED.value, _is_in(language))
        proposed = (keyword_term.c.state == TermState.PROPOSED.value, keyword_term.c.key.in_(listed))
        run(delete(keyword_term).where(*proposed, _is_in(language)))

    def clear(self, language: str) -> None:
        is_listed = keyword_term.c.state == TermState.LISTED.value
        self._connection.execute(delete(keyword_term).where(is_listed, _is_in(language)))

    def count(self, state: TermState, language: str | None = None) -> int:
        query = select(func.count()).select_from(keyword_term).where(keyword_term.c.state == state.value)
        return self._connection.execute(query.where(*_within(language))).scalar_one()

    def find(self, language: str, keys: Sequence[str]) -> Mapping[str, Sequence[Known]]:
        found: dict[str, list[Known]] = {}
        term = keyword_term.c
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            own = select(term.key, term.id, term.name, term.state, term.is_published).where(
                term.key.in_(part), _is_in(language)
            )
            for key, term_id, name, state, is_published in self._connection.execute(own):
                known = Known(term_id, name, TermState(state), is_published=is_published)
                found.setdefault(key, []).append(known)
            other = (
                select(keyword_synonym.c.key, term.id, term.name, term.state, term.is_published)
                .join(keyword_term, term.id == keyword_synonym.c.term_id)
                .where(keyword_synonym.c.key.in_(part), _is_in(language))
            )
            for key, term_id, name, state, is_published in self._connection.execute(other):
                known = Known(term_id, name, TermState(state), is_synonym=True, is_published=is_published)
                found.setdefault(key, []).append(known)
        return found

    def propose(self, language: str, names: Iterable[str], at: datetime) -> None:
        for name in names:
            key = key_of(name)
            is_it = (keyword_term.c.key == key, keyword_term.c.parent_id.is_(None), _is_in(language))
            seen = update(keyword_term).where(*is_it)
            counted = self._connection.execute(seen.values(seen=keyword_term.c.seen + 1))
            if not counted.rowcount:
                values = {"name": name, "key": key, "state": TermState.PROPOSED.value, "seen": 1}
                values |= {"language": primary(language), "created_at": at, "updated_at": at}
                self._connection.execute(insert(keyword_term).values(**values))

    def entries(
        self, state: TermState, *, language: str | None = None, after: int = 0, limit: int = 200, search: str = ""
    ) -> Sequence[VocabularyEntry]:
        query = select(keyword_term).where(keyword_term.c.state == state.value, keyword_term.c.id > after)
        query = query.where(*_within(language))
        if search:
            query = query.where(keyword_term.c.key.contains(key_of(search), autoescape=True))
        rows = self._connection.execute(query.order_by(keyword_term.c.id).limit(limit)).mappings().all()
        synonyms = self._synonyms([row["id"] for row in rows])
        above = self._paths(row["parent_id"] for row in rows)
        return [
            VocabularyEntry(
                row["id"],
                row["name"],
                TermState(row["state"]),
                row["seen"],
                tuple(level.name for level in above.get(row["parent_id"], ())),
                tuple(synonyms.get(row["id"], ())),
                row["language"],
            )
            for row in rows
        ]

    def _synonyms(self, ids: Sequence[int]) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = {}
        query = select(keyword_synonym.c.term_id, keyword_synonym.c.name).where(keyword_synonym.c.term_id.in_(ids))
        for term_id, name in self._connection.execute(query):
            found.setdefault(term_id, []).append(name)
        return found

    def decide(self, term_id: int, state: TermState, at: datetime) -> None:
        change = update(keyword_term).where(keyword_term.c.id == term_id).values(state=state.value, updated_at=at)
        if not self._connection.execute(change).rowcount:
            raise NotFound(what="keyword", key=term_id)

    def path_of(self, language: str, keyword: str) -> tuple[str, ...]:
        return self.paths_of(language, [keyword]).get(keyword, ())

    def paths_of(self, language: str, keywords: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        keys = {keyword: key_of(keyword) for keyword in keywords}
        places = self._only_places(language, list(dict.fromkeys(keys.values())))
        above = self._paths([parent_id for _, parent_id in places.values()])
        published = {
            term_id: tuple(each.name for each in levels if each.is_published) for term_id, levels in above.items()
        }
        return {
            keyword: (*published.get(places[key][1], ()), places[key][0])
            for keyword, key in keys.items()
            if key in places
        }

    def _only_places(self, language: str, keys: Sequence[str]) -> Mapping[str, tuple[str, int | None]]:
        """Find name and parent of the keys that are listed once: a word in two branches has no one place."""
        term = keyword_term.c
        found: dict[str, list[tuple[str, int | None]]] = {}
        for start in range(0, len(keys), _AT_ONCE):
            is_listed = (term.state == TermState.LISTED.value, _is_in(language))
            is_it = (term.key.in_(keys[start : start + _AT_ONCE]), *is_listed)
            for key, name, parent_id in self._connection.execute(
                select(term.key, term.name, term.parent_id).where(*is_it)
            ):
                found.setdefault(key, []).append((name, parent_id))
        return {key: places[0] for key, places in found.items() if len(places) == 1}

    def _paths(self, term_ids: Iterable[int | None]) -> Mapping[int | None, tuple[_Level, ...]]:
        """Give what lies from the top down to each term, itself included; a level of the tree is one query."""
        known: dict[int, _Level] = {}
        asked = {term_id for term_id in term_ids if term_id is not None}
        level = set(asked)
        for _ in range(_DEEPEST):
            if not level:
                break
            known |= self._levels(sorted(level))
            level = {parent for term_id in level if (parent := known[term_id].parent_id) is not None} - known.keys()
        return {term_id: _upwards(term_id, known) for term_id in asked}

    def _levels(self, term_ids: Sequence[int]) -> Mapping[int, _Level]:
        term = keyword_term.c
        found: dict[int, _Level] = {}
        for start in range(0, len(term_ids), _AT_ONCE):
            is_it = term.id.in_(term_ids[start : start + _AT_ONCE])
            query = select(term.id, term.name, term.parent_id, term.is_published).where(is_it)
            found |= {term_id: _Level(*level) for term_id, *level in self._connection.execute(query)}
        return found


def _is_in(language: str) -> ColumnElement[bool]:
    return keyword_term.c.language == primary(language)


def _within(language: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if language is None else (_is_in(language),)


def _upwards(term_id: int | None, known: Mapping[int, _Level]) -> tuple[_Level, ...]:
    levels: list[_Level] = []
    while term_id is not None and term_id in known and len(levels) < _DEEPEST:
        levels.append(known[term_id])
        term_id = levels[-1].parent_id
    return tuple(reversed(levels))
