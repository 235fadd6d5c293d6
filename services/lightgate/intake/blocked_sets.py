"""Sets submitted with ``--on-error rollback``: they go back by themselves when the caption model stays away.

The predecessor rolled the whole run back at once. By default a set waits, or gets drafts; see the decision notes.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import CAPTION, Status
from lightgate.errors import LightgateError
from lightgate.intake.desk import IntakeDesk
from lightgate.intake.rollback import rollback

log = logging.getLogger(__name__)

#: a photo that has waited so long for the model is blocked; one that gets a draft waits for milliseconds
PATIENCE = timedelta(minutes=1)
#: why captions wait, written by their stage
_STATUS_NOTE = "caption.status"


def roll_back_blocked(desk: IntakeDesk, at: datetime) -> int:
    """Roll back the sets that asked for it and are blocked by the model; give how many."""
    with desk.store.reading() as tx:
        if tx.notes.get(_STATUS_NOTE) is None:
            return 0
        wanted = [each for each in tx.sets.all() if each.on_error == "rollback"]
        blocked = [
            each
            for each in wanted
            if any(_is_blocked(photo, at) for photo in tx.photos.many(tx.sets.photo_ids(each.id)))
        ]
    done = 0
    for each in blocked:
        try:
            rollback(desk, each.id, "on-error rollback")
        except LightgateError as error:
            log.warning("set %s was not rolled back: %s", each.slug, error.message)
        else:
            log.warning("set %s was rolled back, as its submit asked: the caption model does not work", each.slug)
            done += 1
    return done


def _is_blocked(photo: Photo, at: datetime) -> bool:
    is_waiting = photo.position.step == CAPTION and photo.position.status is Status.QUEUED
    return is_waiting and photo.updated_at is not None and at - photo.updated_at >= PATIENCE
