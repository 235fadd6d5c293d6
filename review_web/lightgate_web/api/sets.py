"""Sets, with their photos counted."""

from __future__ import annotations

from flask import Response, jsonify

from lightgate_web.api import api
from lightgate_web.request.context import house
from lightgate_web.show.json_shapes import set_json


@api.get("/sets")
def sets() -> Response:
    with house().store.reading() as tx:
        every = tx.sets.all()
        counts = tx.photos.count_by_set()
    return jsonify(sets=[set_json(each, counts.get(each.id, {})) for each in every])
