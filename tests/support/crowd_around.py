"""What stands around a large queue: keywords, releases, an audit, people, the website's catalogue, originals."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from PIL import Image
from sqlalchemy import insert, select

from lightgate.adapters.sqlite import SqliteTransaction
from lightgate.adapters.sqlite import schema as tables
from lightgate.adapters.sqlite.engine import make_engine
from lightgate.adapters.website.catalogue.sql import SqlCatalogue, table
from lightgate.bootstrap import House
from support.catalogue_rows import ROW
from support.gallery import add_person
from support.stores import NOON

TERMS, PROPOSED, RELEASES, AUDITED, PEOPLE = 5_000, 1_000, 40, 5_000, 20
#: photos of the newest release, and of each other one
LARGEST_RELEASE, USUAL_RELEASE = 5_000, 100
#: photos that wait for their release and whose original lies on disk
ORIGINALS = 200

_CAMERAS = ("Canon EOS R5", "NIKON D850", "SONY ILCE-7M3", "Apple iPhone 15", "FUJIFILM X-T5", "LEICA Q2", None)
_BANDS = ("Top", "Good", "Good", "Average", "Low", "NA")


def surround(house: House, catalogue_rows: int) -> None:
    """Put all of it beside a queue that ``crowd.fill`` made."""
    with house.store.writing() as tx:
        assert isinstance(tx, SqliteTransaction)
        run = tx.connection.execute
        run(insert(tables.keyword_term), [_term(number) for number in range(TERMS + PROPOSED)])
        run(insert(tables.audit), [_audited(number) for number in range(AUDITED)])
        live = list(run(select(tables.review_queue.c.id).where(tables.review_queue.c.status == "published")).scalars())
        run(insert(tables.release_item), _released(live))
    for number in range(PEOPLE):
        add_person(house, f"person {number}")
    _fill_catalogue(house.folder.catalogue, catalogue_rows)
    _put_originals(house)


def _term(number: int) -> dict[str, object]:
    is_listed = number < TERMS
    return {
        "name": f"keyword {number}",
        "key": f"keyword {number}",
        "parent_id": number // 10 + 1 if is_listed and number >= TERMS // 10 else None,
        "state": "listed" if is_listed else "proposed",
        "seen": 0 if is_listed else number % 90,
        "created_at": NOON,
        "updated_at": NOON,
    }


def _audited(number: int) -> dict[str, object]:
    return {"at": NOON - timedelta(minutes=number), "actor": "ann", "action": "signed_in", "address": "127.0.0.1"}


def _released(live: list[int]) -> list[dict[str, object]]:
    sizes = [USUAL_RELEASE] * (RELEASES - 1) + [LARGEST_RELEASE]
    found: list[dict[str, object]] = []
    for number, size in enumerate(sizes, start=1):
        ids = live[len(found) : len(found) + size]
        found += [{"release_id": number, "photo_id": each, "at": NOON, "released_by": "ann"} for each in ids]
    return found


def _fill_catalogue(file: Path, rows: int) -> None:
    SqlCatalogue.in_file(file).close()
    engine = make_engine(file, can_use_wal=False)
    with engine.begin() as connection:
        connection.execute(insert(table), [asdict(_row(number)) for number in range(rows)])
    engine.dispose()


def _row(number: int) -> object:
    return replace(
        ROW,
        File_Name=f"Quay_{number:06}.JPG",
        DateTime=f"{2005 + number % 21}:05:04 12:00:00",
        Camera=_CAMERAS[number % len(_CAMERAS)],
        QC_Status=_BANDS[number % len(_BANDS)],
    )


def _put_originals(house: House) -> None:
    first = _original(house.folder.home / "original.jpg")
    of = tables.review_queue.c
    waiting = select(of.content_hash, of.suffix).where(of.step == "release", of.status == "waiting")
    with house.store.reading() as tx:
        assert isinstance(tx, SqliteTransaction)
        found = tx.connection.execute(waiting.order_by(of.id).limit(ORIGINALS)).all()
    for content_hash, suffix in found:
        file = house.folder.original(content_hash, suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        os.link(first, file)


def _original(file: Path) -> Path:
    exif = Image.Exif()
    exif[0x0110], exif[0x8298] = "Canon EOS R5", "© 2026 Ann Marsh"
    Image.effect_noise((1500, 1000), 60).convert("RGB").save(file, quality=90, exif=exif)
    return file
