"""What stages found, written a batch at a time: a few statements whatever the number of photos.

Only one process can write at once, so that every statement in here is time that all others wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, or_, select, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.facets.known_texts import KnownTexts
from lightgate.adapters.sqlite.rows import columns_of
from lightgate.adapters.sqlite.schema import metadata_quality, photo_text
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import HUMAN_SOURCES, CaptionFacts, ExifFacts, Field, Issue, Source, StageFacts, Text
from lightgate.domain.rating.risk import rank

#: what decides a photo's place among those to review
RISKY = frozenset({"is_blocked", "needs_work", "confidence", "band"})

# Statements are built once, since building one takes longer than SQLite takes to run it.
#: what a stage's facts are put together with
_KNOWN = select(row.c.id, row.c.facts, row.c.qr_by_person, *(row.c[name] for name in sorted(RISKY))).where(
    row.c.id.in_(bindparam("known_ids", expanding=True))
)
_KEPT = select(photo_text.c.photo_id, photo_text.c.language, photo_text.c.field).where(
    photo_text.c.photo_id.in_(bindparam("photo_ids", expanding=True)),
    or_(photo_text.c.locked, photo_text.c.source.in_([source.value for source in HUMAN_SOURCES])),
)
_TEXT_KEY = ("photo_id", "language", "field")
_TEXT_VALUES = ("value", "source", "locked", "model", "prompt_hash", "updated_at")
_PUTTING_TEXT = upsert(photo_text).values({name: bindparam(name) for name in (*_TEXT_KEY, *_TEXT_VALUES)})
_PUT_TEXT = _PUTTING_TEXT.on_conflict_do_update(
    index_elements=_TEXT_KEY, set_={name: _PUTTING_TEXT.excluded[name] for name in _TEXT_VALUES}
)


@cache
def _writing(names: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(row).where(row.c.id == bindparam("written_id")).values(values)


@cache
def _putting_quality(new: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    names = ("photo_id", "created_at", "updated_at", *new)
    statement = upsert(metadata_quality).values({name: bindparam(name) for name in names})
    replaced = {name: statement.excluded[name] for name in (*changed, "updated_at")}
    return statement.on_conflict_do_update(index_elements=["photo_id"], set_=replaced)


def write_columns(connection: Connection, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Write columns of photos, by id; those that get the same columns share a statement."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for photo_id, written in values.items():
        bound = {"written_id": photo_id, **{f"new_{name}": value for name, value in written.items()}}
        alike.setdefault(tuple(written), []).append(bound)
    for names, rows in alike.items():
        connection.execute(_writing(names), rows)


def write_facts(connection: Connection, found: Mapping[int, StageFacts], at: datetime) -> None:
    """Write what a stage found, by photo; texts that a person wrote or locked stay."""
    columns = {photo_id: _columns(facts) for photo_id, facts in found.items()}
    write_columns(connection, _merged(connection, columns, at))
    texts = [(photo_id, text) for photo_id, facts in found.items() for text in _texts_of(facts)]
    put_texts(connection, _unkept(connection, texts), at)
    put_quality(connection, {key: _quality(each) for key, each in found.items() if isinstance(each, CaptionFacts)}, at)


def _texts_of(facts: StageFacts) -> Sequence[Text]:
    return facts.texts if isinstance(facts, ExifFacts | CaptionFacts) else ()


def _columns(facts: StageFacts) -> dict[str, Any]:
    if isinstance(facts, CaptionFacts):
        return {"confidence": facts.confidence, **proof_columns(facts.issues)}
    return columns_of(facts)


def proof_columns(issues: Collection[Issue]) -> dict[str, bool]:
    """Give the columns that follow from a text proof."""
    return {
        "needs_work": any(issue.severity != "note" for issue in issues),
        "is_blocked": any(issue.severity == "block" for issue in issues),
    }


def proof_quality(issues: Sequence[Issue], score: float) -> dict[str, Any]:
    """Give the columns of ``metadata_quality`` that follow from a text proof."""
    return {
        "issues": [asdict(issue) for issue in issues],
        "score": score,
        "status": "NEEDS_WORK" if proof_columns(issues)["needs_work"] else "PASS",
    }


def _merged(
    connection: Connection, columns: Mapping[int, Mapping[str, Any]], at: datetime
) -> Mapping[int, Mapping[str, Any]]:
    """Keep what is known from elsewhere: other stages' facts, and the band of a reviewer's own rating."""
    merged = {}
    for known in connection.execute(_KNOWN, {"known_ids": list(columns)}).mappings():
        new = {**columns[known["id"]], "updated_at": at}
        if "facts" in new:
            new["facts"] = (known["facts"] or {}) | new["facts"]
        if known["qr_by_person"] is not None:
            new.pop("band", None)
        if not RISKY.isdisjoint(new):
            new["rank"] = rank(**{name: new.get(name, known[name]) for name in RISKY})
        merged[known["id"]] = new
    return merged


def weigh_again(connection: Connection, photo_id: int) -> None:
    """Find a photo's place among those to review anew."""
    known = connection.execute(_KNOWN, {"known_ids": [photo_id]}).mappings().first()
    if known is not None:
        write_columns(connection, {photo_id: {"rank": rank(**{name: known[name] for name in RISKY})}})


def _unkept(connection: Connection, texts: Sequence[tuple[int, Text]]) -> Sequence[tuple[int, Text]]:
    """Leave out what a person wrote, or locked: no stage overwrites it."""
    if not texts:
        return ()
    ids = list(dict.fromkeys(photo_id for photo_id, _ in texts))
    kept = {tuple(each) for each in connection.execute(_KEPT, {"photo_ids": ids})}
    return [(key, text) for key, text in texts if (key, text.language, text.field.value) not in kept]


def put_texts(connection: Connection, texts: Sequence[tuple[int, Text]], at: datetime) -> None:
    """Write texts of photos, whoever wrote the old ones."""
    if not texts:
        return
    connection.execute(_PUT_TEXT, [_text_row(photo_id, text, at) for photo_id, text in texts])
    known = KnownTexts(connection)
    for photo_id, text in texts:
        known.put(photo_id, text)


def _text_row(photo_id: int, text: Text, at: datetime) -> dict[str, Any]:
    return {
        "photo_id": photo_id,
        "language": text.language,
        "field": text.field.value,
        "value": list(text.value) if text.field is Field.KEYWORDS else text.value,
        "source": text.source.value,
        "locked": text.locked,
        "model": text.model,
        "prompt_hash": text.prompt_hash,
        "updated_at": at,
    }


def put_quality(connection: Connection, values: Mapping[int, Mapping[str, Any]], at: datetime) -> None:
    """Write how texts came about and were graded, by photo; each with the same columns."""
    if not values:
        return
    rows = [{"photo_id": key, "created_at": at, "updated_at": at, **_UNGRADED, **each} for key, each in values.items()]
    given = next(iter(values.values()))
    connection.execute(_putting_quality(tuple({**_UNGRADED, **given}), tuple(given)), rows)


_UNGRADED: Mapping[str, Any] = {"status": "NEEDS_WORK", "issues": []}


def _quality(facts: CaptionFacts) -> dict[str, Any]:
    return {
        **proof_quality(facts.issues, facts.score),
        "generation_mode": next((text.source.value for text in facts.texts), None),
        "attempts": facts.attempts,
        "fallback_used": facts.fallback_used,
        "confidence": facts.confidence,
        "model": next((text.model for text in facts.texts if text.model), None),
        "prompt_hash": next((text.prompt_hash for text in facts.texts if text.prompt_hash), None),
        "rewrites": facts.rewrites,
        "repairs": list(facts.repairs),
        "before": _by_name(facts.before),
        "after": _by_name(facts.texts),
        "verdict": _verdict(facts),
        "field_scores": dict(facts.field_scores),
    }


def _by_name(texts: Sequence[Text]) -> dict[str, Any]:
    return {f"{text.field}.{text.language}": text.value for text in texts}


def _verdict(facts: CaptionFacts) -> str:
    if any(text.source is Source.DRAFT for text in facts.texts):
        return "drafted"
    return "rewritten" if facts.rewrites else "repaired" if facts.repairs else "written"
