"""Server-sent events: a page hears that something changed, and asks for what it shows."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import cast

from flask import Response, current_app, request
from werkzeug.exceptions import ServiceUnavailable

from lightgate.bootstrap import House
from lightgate.errors import StoreBusy
from lightgate_web.api import api
from lightgate_web.api.places import Places
from lightgate_web.request.context import house, person

#: a stream ends after this long and the browser asks again: no thread, and no check of a sign-in, is held longer
LIFETIME_S = 50.0
LOOK_EVERY_S = 1.0
#: a comment that tells a dead connection from a quiet one
HEARTBEAT_S = 2.0
RECONNECT_MS = 1000

_STREAMS = "lightgate.streams"


@api.get("/events")
def events() -> Response:
    """Tell, while the stream lives, when anything changed: in one set, or at all."""
    here = house()
    set_id = _set_id(here, request.args.get("set", ""))
    places, name = _places(here), person()
    if not places.take(name):
        raise ServiceUnavailable("Too many pages are listening; ask again for the page itself.")
    response = Response(_stream(here, set_id), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    # nginx would keep the stream back
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: places.leave(name))
    return response


def _set_id(here: House, slug: str) -> int | None:
    if not slug:
        return None
    with here.store.reading() as tx:
        return tx.sets.get(slug).id


def _places(here: House) -> Places:
    """Keep half of the server's threads for everything else."""
    made = Places(max(1, here.settings.review.threads // 2))
    return cast("Places", current_app.extensions.setdefault(_STREAMS, made))


def _stream(here: House, set_id: int | None) -> Iterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    ends_at = time.monotonic() + LIFETIME_S
    beats_at = time.monotonic() + HEARTBEAT_S
    seen = None
    while time.monotonic() < ends_at:
        state = _state(here, set_id)
        if state is not None and state != seen:
            seen = state
            yield f"event: change\ndata: {state}\n\n"
        elif time.monotonic() >= beats_at:
            beats_at = time.monotonic() + HEARTBEAT_S
            yield ": still here\n\n"
        time.sleep(LOOK_EVERY_S)


def _state(here: House, set_id: int | None) -> str | None:
    try:
        with here.store.reading() as tx:
            counts = tx.photos.count_by_status(set_id)
            return json.dumps({"last_event": tx.events.last_id(), "counts": dict(counts)}, sort_keys=True)
    except StoreBusy:
        return None
