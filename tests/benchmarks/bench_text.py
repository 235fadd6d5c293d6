"""The text proof beside a growing catalogue, and our own time around one answer of the caption model."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from lightgate.adapters.captions.ollama import OllamaCaptioner
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.adapters.sqlite import SqliteStore
from lightgate.demo.fake_ollama.server import FakeOllama
from lightgate.domain.photo import Field, Photo, Source, Text
from lightgate.ports.captions import CaptionRequest
from lightgate.settings import Ollama
from lightgate.store import CatalogueText
from lightgate.texts.proofreader import Proofreader
from support.stores import add_photos, bring_to, make_store

SIZES = (1_000, 10_000, 50_000)
LIMIT_MS = 2.0
AROUND_LIMIT_MS = 50.0
ROWS = 200
CALLS = 20

_SUBJECTS = ("Three fishing boats", "A yellow tram", "Two cyclists", "An old man", "A flock of gulls", "A brown horse")
_ACTIONS = ("rest", "wait", "stand", "turn", "move slowly", "lie")
_PLACES = ("on wet sand", "beside the quay", "under bare trees", "along a canal", "in front of a church", "by a gate")
_NOUNS = [
    "rope",
    "net",
    "crate",
    "lamp",
    "bridge",
    "door",
    "wall",
    "roof",
    "window",
    "basket",
    "ladder",
    "chimney",
    "bench",
    "sign",
    "flag",
    "mast",
    "anchor",
    "barrel",
    "wheel",
    "fence",
    "gate",
    "step",
    "arch",
    "tower",
    "bell",
    "clock",
    "bicycle",
    "umbrella",
    "scarf",
    "coat",
    "kettle",
    "stall",
    "bread",
    "cheese",
    "apple",
    "leaf",
    "branch",
]


def caption(chance: random.Random) -> str:
    """Write a caption as a catalogue has them: from the same few patterns."""
    nouns = chance.sample(_NOUNS, 3)
    start = f"{chance.choice(_SUBJECTS)} {chance.choice(_ACTIONS)} {chance.choice(_PLACES)}"
    return f"{start} with a {nouns[0]}, a {nouns[1]} and a {nouns[2]} behind them."


def texts(chance: random.Random) -> tuple[Text, ...]:
    """Write the texts of one photo."""
    return (
        Text("en", Field.CAPTION, caption(chance), Source.MODEL),
        Text("en", Field.ALT_TEXT, caption(chance).replace("with", "near"), Source.MODEL),
        Text("en", Field.KEYWORDS, tuple(chance.sample(_NOUNS, 8)), Source.MODEL),
    )


def run() -> list[dict[str, Any]]:
    """Measure; times are of one row or one call."""
    return [*_proofs(), _around_a_call()]


def _proofs() -> Iterator[dict[str, Any]]:
    first_ms = None
    for size in SIZES:
        with _catalogue(size) as (store, photo):
            reader, chance = Proofreader(word_lists), random.Random(7)

            def one(store: SqliteStore = store, photo: Photo = photo) -> None:
                with store.reading() as tx:
                    reader.issues(tx, photo, texts(chance))  # noqa: B023 - called at once

            took_ms = _median_ms(one, ROWS)
        first_ms = first_ms or took_ms
        name = f"text proof of one row beside {size:,} catalogue rows"
        yield {
            "name": name, "value": round(took_ms, 3), "unit": "ms CPU",
            "ratio": round(took_ms / LIMIT_MS, 3), "against": f"limit {LIMIT_MS:g} ms",
        }  # fmt: skip
        if size == SIZES[-1]:
            yield {
                "name": "text proof, growth of time for 50 times the rows", "value": round(took_ms / first_ms, 2),
                "unit": "times", "ratio": round(took_ms / first_ms / (size / SIZES[0]), 4), "against": "linear growth",
            }  # fmt: skip


@contextmanager
def _catalogue(size: int) -> Iterator[tuple[SqliteStore, Photo]]:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        store = make_store(Path(folder))
        rows = [CatalogueText(f"old_{n:06}.JPG", "en", caption(chance), caption(chance)) for n in range(size)]
        with store.writing() as tx:
            tx.known_texts.put_catalogue(rows)
        yield store, bring_to(store, add_photos(store, 1)[0], "review")
        store.close()


def _around_a_call() -> dict[str, Any]:
    """Our own time, and, since the fake server runs in this process, the server's too."""
    with FakeOllama() as server, tempfile.TemporaryDirectory() as folder:
        photo_file = Path(folder) / "picture.jpg"
        Image.new("RGB", (1024, 683), (60, 60, 230)).save(photo_file, "JPEG", quality=85)
        picture = photo_file.read_bytes()
        captioner = OllamaCaptioner(Ollama(host=server.url))
        store = make_store(Path(folder))
        photo = bring_to(store, add_photos(store, 1)[0], "review")
        reader = Proofreader(word_lists)
        request = CaptionRequest("en", photo.subject, photo.location, photo.folder, photo.brief, photo.exif)

        def call() -> None:
            draft = captioner.describe(picture, request)
            with store.reading() as tx:
                reader.issues(tx, photo, [Text("en", Field.CAPTION, draft.caption, Source.MODEL)])

        took_ms = _median_ms(call, CALLS)
        store.close()
    return {
        "name": "one caption call to a model that answers at once", "value": round(took_ms, 2), "unit": "ms CPU",
        "ratio": round(took_ms / AROUND_LIMIT_MS, 3), "against": f"limit {AROUND_LIMIT_MS:g} ms",
    }  # fmt: skip


def _median_ms(work: Callable[[], None], times: int) -> float:
    """Give the median of our own CPU time: what others do on the machine is none of it."""
    work()
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return sorted(taken)[len(taken) // 2]
