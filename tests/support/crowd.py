"""A queue as large as a working life: photos in every state, with texts, proofs, events, names and publications."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import Table, insert
from sqlalchemy import text as sql

from lightgate.adapters.sqlite import SqliteTransaction
from lightgate.adapters.sqlite import schema as tables
from lightgate.bootstrap import House
from lightgate.domain.rating.risk import rank
from support.stores import NOON, add_set

#: the largest set's address
BIG = "big"
#: in nearly every caption; in one of ten; in one of thousands
COMMON, USUAL, RARE = "harbour", "lantern", "zeppelin"

#: the first photo of a series of 30
LONG_SERIES = 960

_AT_ONCE = 5000
_VIEW_BYTES = 900_000
_RARELY = 9973
_SETS = 46
_BANDS = ("Top", "Good", "Good", "Average", "Average", "Low", "Very Low", "NA")
_CAMERAS = ("Canon EOS 5D Mark IV", "NIKON D850", "SONY ILCE-7M3", "FUJIFILM X-T5", "OLYMPUS E-M1", "Apple iPhone 15")
_WORDS = ("crane", "boat", "quay", "bridge", "gull", "sunrise", "ferry", "warehouse", "canal", "lantern", "rope")
#: where a photo stands by the last digit of its number
_PLACES = (
    ("release", "waiting"),
    ("review", "waiting"),
    ("review", "waiting"),
    ("publish", "published"),
    ("review", "waiting"),
    ("publish", "published"),
    ("review", "waiting"),
    ("quality", "failed"),
    ("review", "rejected"),
    ("caption", "queued"),
)
#: as heavy as what the rating leaves in a row
_COMPONENTS = [
    {"name": name, "score": 71.0, "raw": 0.02, "weight": 0.2, "text": "2 % of the picture is clipped white."}
    for name in ("sharpness", "exposure", "contrast", "noise", "colour", "aesthetics")
]
_HINTS = [{"label": word} for word in ("boat", "harbour", "crane", "gull", "bridge")]
_EMBEDDING = bytes(1536)
_STEPS = ("exif", "naming", "quality", "caption")


def fill(house: House, photos: int, in_big_set: int) -> None:
    """Put photos into an empty queue: the first ones into one set, the rest into 45."""
    add_set(house.store, BIG.title())
    for number in range(_SETS - 1):
        add_set(house.store, f"Set {number}")
    with house.store.writing() as tx:
        assert isinstance(tx, SqliteTransaction)
        triggers = _without_triggers(tx)
        for start in range(0, photos, _AT_ONCE):
            _insert(tx, range(start, min(photos, start + _AT_ONCE)), in_big_set)
        _index_words(tx, triggers)
        _count_photos(tx)
        for statement in triggers:
            tx.connection.exec_driver_sql(statement)


def show(house: House, ids: Sequence[int]) -> None:
    """Give photos a view on disk, as heavy as one, which they share."""
    content = b"\x5a" * _VIEW_BYTES
    one = house.folder.proxies / "one.jpg"
    one.parent.mkdir(parents=True, exist_ok=True)
    one.write_bytes(content)
    told = {"view": hashlib.sha256(content).hexdigest()}
    with house.store.writing() as tx:
        for photo in tx.photos.many(ids):
            view = house.folder.proxy_files(photo.content_hash).view
            view.parent.mkdir(exist_ok=True)
            view.hardlink_to(one)
            tx.photos.put_pictures(photo.id, photo.content_hash, told)


def _insert(tx: SqliteTransaction, numbers: range, in_big_set: int) -> None:
    def put(table: Table, made: Callable[[int], Iterator[dict[str, object]]]) -> None:
        rows = [row for number in numbers for row in made(number)]
        if rows:
            tx.connection.execute(insert(table), rows)

    put(tables.approval, _approval)
    put(tables.review_queue, lambda number: iter((_photo(number, _set_of(number, in_big_set)),)))
    put(tables.photo_text, _texts)
    put(tables.metadata_quality, _quality)
    put(tables.photo_event, lambda number: _events(number, _set_of(number, in_big_set)))
    put(tables.publication, _publication)
    put(tables.name_reservation, _name)
    put(tables.text_request, _request)


def _without_triggers(tx: SqliteTransaction) -> list[str]:
    """What triggers keep is made in one go afterwards; they would do the same, a photo at a time."""
    found = tx.connection.execute(sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in found:
        tx.connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [statement for _, statement in found]


def _index_words(tx: SqliteTransaction, triggers: Sequence[str]) -> None:
    """Let the migration's own statement make the index of all photos at once."""
    made = next(each for each in triggers if "words_photo_added" in each)
    insert_one = made[made.index("INSERT INTO photo_words") : made.rindex(";")]
    tx.connection.exec_driver_sql(insert_one.replace("NEW.id", "r.id"))


def _count_photos(tx: SqliteTransaction) -> None:
    key = "set_id, step, status, needs_work"
    tx.connection.exec_driver_sql(
        f"INSERT INTO photo_count ({key}, number) SELECT {key}, count(*) FROM review_queue GROUP BY {key}"
    )


def _set_of(number: int, in_big_set: int) -> int:
    return 1 if number < in_big_set else 2 + number % (_SETS - 1)


def _photo(number: int, set_id: int) -> dict[str, object]:
    band = _BANDS[number % len(_BANDS)]
    step, status = _PLACES[number % 10]
    is_blocked = number % 50 == 1
    needs_work = is_blocked or number % 5 == 1
    confidence = 40 + number % 60
    is_series, is_long = number % 12 < 4, LONG_SERIES <= number < LONG_SERIES + 30
    series = {"series": {"kind": "burst", "rank": 1, "reason": "sharpest of 4"}} if is_series or is_long else {}
    key = f"s{number // 12}" if is_series else None
    return {
        "set_id": set_id,
        "step": step,
        "status": status,
        "original_file_name": f"IMG_{number:06}.JPG",
        "relative_path": f"day {number % 3}/IMG_{number:06}.JPG",
        "source_path": f"/card/IMG_{number:06}.JPG",
        "content_hash": hashlib.sha256(str(number).encode()).hexdigest(),
        "size_bytes": 8_000_000 + number,
        "suffix": ".jpg",
        "subject": RARE.title() if number % _RARELY == 0 else COMMON.title(),
        "location": "Rotterdam",
        "folder": "city",
        "file_name": f"Harbour_{number:06}.JPG",
        "camera": _CAMERAS[number % len(_CAMERAS)],
        "lens_model": "EF 70-200mm f/2.8L IS III USM",
        "date_time": f"{2010 + number % 16}:05:04 11:32:07",
        "width": 6000,
        "height": 4000,
        "iso": 100 * 2 ** (number % 7),
        "focal_length_mm": 24 + number % 200,
        "has_gps": number % 4 == 0,
        "score_components": _COMPONENTS,
        "embedding": _EMBEDDING,
        "score_model": "ViT-L-14",
        "band": band,
        "qr": None if band == "NA" else 3.0 + number % 60 / 10,
        "needs_work": needs_work,
        "is_blocked": is_blocked,
        "confidence": confidence,
        "rank": rank(is_blocked=is_blocked, needs_work=needs_work, confidence=confidence, band=band),
        "error_code": "unreadable_image" if status == "failed" else None,
        "error_message": "The file ends in the middle of the picture." if status == "failed" else None,
        "reject_reason": "Out of focus" if status == "rejected" else None,
        "approval_id": number + 1 if step in {"release", "publish"} else None,
        "series_key": "long" if is_long else key,
        "series_position": number % 12 + 1 if is_series else 1,
        "series_count": 30 if is_long else 4 if is_series else 1,
        "facts": {**series, "hints": [{**_HINTS[(number + each) % 5], "share": 0.6 / (each + 1)} for each in range(5)]},
        "created_at": NOON - timedelta(days=number % 700),
        "updated_at": NOON,
    }


def _approval(number: int) -> Iterator[dict[str, object]]:
    if _PLACES[number % 10][0] in {"release", "publish"}:
        yield {
            "id": number + 1,
            "photo_id": number + 1,
            "version": 1,
            "seal": "0" * 64,
            "seal_version": 1,
            "approved_by": "ann",
            "approved_at": NOON,
        }


def _texts(number: int) -> Iterator[dict[str, object]]:
    first, second, third = (_WORDS[(number * step + step) % len(_WORDS)] for step in (1, 3, 7))
    caption = f"A {first} lies beside the {second} of the old {COMMON} in the early light of number {number}."
    values: list[tuple[str, object]] = [("caption", caption)]
    if number % 40:
        values.append(("alt_text", f"A {first} and a {second} under a wide sky, with a {third} in front of it."))
    values.append(("keywords", [first, second, third, "water", "city"]))
    for field, value in values:
        yield {
            "photo_id": number + 1,
            "language": "en",
            "field": field,
            "value": value,
            "source": "person" if number % 7 == 0 else "model",
            "locked": number % 90 == 0,
            "model": "m",
            "updated_at": NOON,
        }


def _quality(number: int) -> Iterator[dict[str, object]]:
    issue = {"code": "too_long", "severity": "warn", "message": "Too long.", "language": "en", "field": "caption"}
    yield {
        "photo_id": number + 1,
        "status": "PASS",
        "issues": [issue] if number % 5 == 1 else [],
        "created_at": NOON,
        "updated_at": NOON,
    }


def _events(number: int, set_id: int) -> Iterator[dict[str, object]]:
    for place, step in enumerate(_STEPS):
        for status in ("queued", "running"):
            yield {
                "photo_id": number + 1,
                "set_id": set_id,
                "at": NOON - timedelta(minutes=number // 20, seconds=-place),
                "actor_kind": "worker",
                "actor": "exif@host",
                "kind": "position",
                "name": step,
                "old": f"{step}:queued" if status == "queued" else f"{step}:running",
                "new": f"{step}:{status}",
            }
    if _PLACES[number % 10][0] in {"release", "publish"} or _PLACES[number % 10][1] == "rejected":
        yield {
            "photo_id": number + 1,
            "set_id": set_id,
            "at": NOON - timedelta(minutes=number // 20, seconds=number % 20),
            "actor_kind": "person",
            "actor": "ann",
            "kind": "decision",
            "name": "reject" if _PLACES[number % 10][1] == "rejected" else "approve",
            "old": "review:waiting",
            "new": "release:waiting",
        }


def _publication(number: int) -> Iterator[dict[str, object]]:
    # of what is rejected, a part is still on the website
    if _PLACES[number % 10][1] == "published" or number % 100 == 8:
        yield {
            "photo_id": number + 1,
            "target": "folder",
            "state": "live",
            "file_name": f"Harbour_{number:06}.JPG",
            "paths": {"picture": f"city/Harbour_{number:06}.JPG"},
            "hashes": {"picture": "0" * 64},
            "published_at": NOON - timedelta(days=number % 500),
            "updated_at": NOON,
        }


def _name(number: int) -> Iterator[dict[str, object]]:
    yield {
        "key": f"harbour_{number:06}",
        "file_name": f"Harbour_{number:06}.JPG",
        "stem_key": "harbour",
        "counter": number,
        "photo_id": number + 1,
        "state": "published" if _PLACES[number % 10][1] == "published" else "reserved",
        "created_at": NOON,
        "updated_at": NOON,
    }


def _request(number: int) -> Iterator[dict[str, object]]:
    if number % 25 == 4:
        yield {
            "photo_id": number + 1,
            "language": "en",
            "fields": ["caption"],
            "status": "done",
            "result": {"texts": []},
            "requested_by": "ann",
            "requested_at": NOON,
        }
