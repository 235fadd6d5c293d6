"""The keyword vocabulary: terms with their place in a hierarchy, other words for them, and what nobody judged yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import keyword_synonym, keyword_term
from lightgate.domain.vocabulary import Known, Term, TermState, key_of
from lightgate.errors import NotFound
from lightgate.store import VocabularyEntry

_AT_ONCE = 500
#: deeper is a circle
_DEEPEST = 40


class Vocabulary:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, terms: Iterable[Term], at: datetime) -> int:
        known = self._by_place()
        count = 0
        for term in terms:
            parent_id = None
            for name in term.path:
                parent_id, _ = self._ensure(known, name, parent_id, at, is_published=None)
            term_id, is_new = self._ensure(known, term.name, parent_id, at, is_published=term.is_published)
            count += is_new
            for synonym in dict.fromkeys(term.synonyms):
                values = {"key": key_of(synonym), "term_id": term_id, "name": synonym}
                self._connection.execute(upsert(keyword_synonym).values(**values).on_conflict_do_nothing())
        return count

    def _by_place(self) -> dict[tuple[str, int | None], int]:
        query = select(keyword_term.c.key, keyword_term.c.parent_id, keyword_term.c.id)
        return {(key, parent_id): term_id for key, parent_id, term_id in self._connection.execute(query)}

    def _ensure(
        self,
        known: dict[tuple[str, int | None], int],
        name: str,
        parent_id: int | None,
        at: datetime,
        *,
        is_published: bool | None,
    ) -> tuple[int, bool]:
        key = key_of(name)
        place = (key, parent_id)
        values = {"name": name, "state": TermState.LISTED.value, "updated_at": at}
        if is_published is not None:
            values["is_published"] = is_published
        if place in known:
            # a heading that was only passed through keeps what was said of it
            if is_published is not None:
                change = update(keyword_term).where(keyword_term.c.id == known[place]).values(**values)
                self._connection.execute(change)
            return known[place], False
        inserted = insert(keyword_term).values(**values, key=key, parent_id=parent_id, created_at=at)
        term_id: int = self._connection.execute(inserted.returning(keyword_term.c.id)).scalar_one()
        known[place] = term_id
        # what a model proposed before is listed now
        proposed = (keyword_term.c.key == key, keyword_term.c.state == TermState.PROPOSED.value)
        self._connection.execute(delete(keyword_term).where(*proposed, keyword_term.c.id != term_id))
        return term_id, True

    def clear(self) -> None:
        self._connection.execute(delete(keyword_term).where(keyword_term.c.state == TermState.LISTED.value))

    def count(self, state: TermState) -> int:
        query = select(func.count()).select_from(keyword_term).where(keyword_term.c.state == state.value)
        return self._connection.execute(query).scalar_one()

    def find(self, keys: Sequence[str]) -> Mapping[str, Sequence[Known]]:
        found: dict[str, list[Known]] = {}
        term = keyword_term.c
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            own = select(term.key, term.id, term.name, term.state, term.is_published).where(term.key.in_(part))
            for key, term_id, name, state, is_published in self._connection.execute(own):
                known = Known(term_id, name, TermState(state), is_published=is_published)
                found.setdefault(key, []).append(known)
            other = (
                select(keyword_synonym.c.key, term.id, term.name, term.state, term.is_published)
                .join(keyword_term, term.id == keyword_synonym.c.term_id)
                .where(keyword_synonym.c.key.in_(part))
            )
            for key, term_id, name, state, is_published in self._connection.execute(other):
                known = Known(term_id, name, TermState(state), is_synonym=True, is_published=is_published)
                found.setdefault(key, []).append(known)
        return found

    def propose(self, names: Iterable[str], at: datetime) -> None:
        for name in names:
            key = key_of(name)
            seen = update(keyword_term).where(keyword_term.c.key == key, keyword_term.c.parent_id.is_(None))
            counted = self._connection.execute(seen.values(seen=keyword_term.c.seen + 1))
            if not counted.rowcount:
                values = {"name": name, "key": key, "state": TermState.PROPOSED.value, "seen": 1}
                self._connection.execute(insert(keyword_term).values(**values, created_at=at, updated_at=at))

    def entries(
        self, state: TermState, *, after: int = 0, limit: int = 200, search: str = ""
    ) -> Sequence[VocabularyEntry]:
        query = select(keyword_term).where(keyword_term.c.state == state.value, keyword_term.c.id > after)
        if search:
            query = query.where(keyword_term.c.key.contains(key_of(search), autoescape=True))
        rows = self._connection.execute(query.order_by(keyword_term.c.id).limit(limit)).mappings().all()
        synonyms = self._synonyms([row["id"] for row in rows])
        return [
            VocabularyEntry(
                row["id"],
                row["name"],
                TermState(row["state"]),
                row["seen"],
                self._path(row["parent_id"]),
                tuple(synonyms.get(row["id"], ())),
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

    def path_of(self, keyword: str) -> tuple[str, ...]:
        term = keyword_term.c
        is_it = (term.key == key_of(keyword), term.state == TermState.LISTED.value)
        rows = self._connection.execute(select(term.name, term.parent_id).where(*is_it).limit(2)).all()
        # a word in two branches has no one place
        return (*self._path(rows[0].parent_id), rows[0].name) if len(rows) == 1 else ()

    def _path(self, parent_id: int | None) -> tuple[str, ...]:
        names: list[str] = []
        while parent_id is not None and len(names) < _DEEPEST:
            query = select(keyword_term.c.name, keyword_term.c.parent_id).where(keyword_term.c.id == parent_id)
            row = self._connection.execute(query).one()
            names.append(row.name)
            parent_id = row.parent_id
        return tuple(reversed(names))
