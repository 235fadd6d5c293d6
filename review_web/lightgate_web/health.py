"""Is the site, and what it stands on, well? Answers without a sign-in, so it names no photo and no secret.

503 means that the site cannot do its work (the database cannot be read); ``degraded`` with 200, that others cannot.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from lightgate.bootstrap import House
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.errors import LightgateError
from lightgate_web.request.context import house

health = Blueprint("health", __name__)

#: ``reconcile`` is late when it has not looked for this many of its own intervals, and this many seconds at least
_PATIENCE = 6
_LEAST_S = 60.0
RECONCILE_NOTE = "reconcile.at"


@health.get("/healthz")
def healthz() -> tuple[Response, int]:
    here = house()
    try:
        found = _look(here)
    except LightgateError as error:
        return jsonify(status="down", store={"ok": False, "code": error.code}), 503
    is_well = found["broker"]["ok"] and not found["reconcile"]["late"]
    return jsonify(status="ok" if is_well else "degraded", **found), 200


def _look(here: House) -> dict[str, Any]:
    now = here.now()
    with here.store.reading() as tx:
        ready = tx.queue.count_ready(now)
        oldest = tx.queue.ready_since(now)
        by_status = tx.photos.count_by_status()
        reconciled = tx.notes.get(RECONCILE_NOTE)
    backlog = {step: here.dispatch.backlog(step) for step in here.pipeline.stages}
    return {
        "store": {"ok": True},
        "broker": {"ok": all(count is not None for count in backlog.values()), "backlog": backlog},
        "ready": dict(ready),
        "oldest_ready_s": _age_s(oldest, now),
        "failed": by_status.get(ReviewStatus.ERROR, 0),
        "reconcile": _reconcile(here, reconciled, now),
    }


def _reconcile(here: House, at: str | None, now: datetime) -> dict[str, Any]:
    """``reconcile`` that never ran is not late: the site may stand alone."""
    age_s = _age_s(datetime.fromisoformat(at), now) if at else None
    limit_s = max(_LEAST_S, _PATIENCE * here.settings.workers.reconcile_s)
    return {"age_s": age_s, "late": age_s is not None and age_s > limit_s}


def _age_s(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else round((now - at).total_seconds(), 1)
