"""Rows that somebody changed behind the product's back: nothing of them goes out."""

from __future__ import annotations

import signal

from faults.acts import submit_with
from faults.product import send
from faults.scene import Scene, names

_PHOTO = {
    "file_name": "'Forged_001.JPG'",
    "original_file_name": "'forged.jpg'",
    "subject": "'Forged'",
    "location": "'Forged'",
    "folder": "'forged'",
    "creator": "'Somebody Else'",
    "copyright": "'Forged'",
    "date_time": "'1999:01:01 00:00:00'",
    "sub_seconds": "'77'",
    "offset": "'+05:00'",
    "make": "'Forged'",
    "model": "'Forged'",
    "camera": "'Forged'",
    "lens_model": "'Forged'",
    "exposure": "'1/7 sec'",
    "aperture": "'f/7.7'",
    "iso": "77",
    "focal_length_mm": "77",
    "focal_length_35mm_mm": "77",
    "nima_score": "7.7",
    "blur_score": "7.7",
    "brightness_score": "7.7",
    "contrast_score": "7.7",
    "brisque_score": "7.7",
    "clip_aesthetic_score": "7.7",
    "qr_by_person": "9.9",
    "qr": "9.9",
    "band": "'Forged'",
}
_TEXT = {"caption": '"A forged caption."', "alt_text": '"A forged text."', "keywords": '["forged"]'}
_APPROVAL = {
    "approved_by": "'somebody'",
    "approved_at": "'2020-01-01T00:00:00.000000Z'",
    "override_reason": "'Forged.'",
    "version": "version + 1",
    "keyword_paths": "'[[\"forged\"]]'",
    "withdrawn_at": "'2020-01-01T00:00:00.000000Z'",
    "seal": "'" + "0" * 64 + "'",
}
_RELEASE = {
    "released_by": "'somebody'",
    "at": "'2020-01-01T00:00:00.000000Z'",
    "approval_id": "approval_id + 1000",
    "version": "version + 1",
    "seal": "'" + "0" * 64 + "'",
    "taken_back_at": "'2020-01-01T00:00:00.000000Z'",
}
#: what is changed, a photograph each: table, column and value
FORGERIES = (
    *(("review_queue", *each) for each in _PHOTO.items()),
    *(("photo_text", *each) for each in _TEXT.items()),
    *(("approval", *each) for each in _APPROVAL.items()),
    *(("release_item", *each) for each in _RELEASE.items()),
    ("content", "content_hash", ""),
    ("leap", "step", ""),
)
#: and two of which nothing is changed
PHOTOS = len(FORGERIES) + 2


def forged(scene: Scene) -> None:
    """Release a set, change one thing of each photograph before it is sent, and let the publisher go on."""
    scene.start()
    submit_with(scene)
    everyone = names(scene, *range(PHOTOS))
    chosen = [name for name, (table, *_) in zip(everyone, FORGERIES, strict=False) if table != "leap"] + list(
        everyone[-2:]
    )
    scene.approve(*chosen)
    publishers = [scene.product.pid("publish"), *scene.product.children("publish")]
    for pid in publishers:
        send(pid, signal.SIGSTOP)
    scene.release(*chosen)
    before = {each["id"]: each for each in scene.photos()}
    ids = scene.ids()
    for name, (table, column, value) in zip(everyone, FORGERIES, strict=False):
        scene.product.write(*_statements(scene, ids[name], table, column, value))
        scene.truth.may_fail.add(name)
        scene.truth.live.discard(name)
    for pid in publishers:
        send(pid, signal.SIGCONT)
    scene.rest()
    scene.truth.is_history_whole = False
    passed = [
        f"{table}.{column}"
        for name, (table, column, _) in zip(everyone, FORGERIES, strict=False)
        if _is_out(scene, ids[name])
    ]
    assert not passed, f"published though they were changed after the approval: {passed}"
    for photo in before.values():
        # so that the look finds the photographs by their names
        told = f"original_file_name = '{photo['original_file_name']}', content_hash = '{photo['content_hash']}'"
        scene.product.write(f"UPDATE review_queue SET {told} WHERE id = {photo['id']}")


def _is_out(scene: Scene, photo_id: int) -> bool:
    [row] = scene.photos(f"id = {photo_id}")
    return row["status"] == "published" or bool(
        scene.product.rows("SELECT 1 FROM publication WHERE photo_id = ?", photo_id)
    )


def _statements(scene: Scene, photo_id: int, table: str, column: str, value: str) -> list[str]:
    if table == "review_queue":
        return [f'UPDATE review_queue SET "{column}" = {value} WHERE id = {photo_id}']
    if table == "photo_text":
        return [f"UPDATE photo_text SET value = '{value}' WHERE photo_id = {photo_id} AND field = '{column}'"]
    if table == "content":
        # another original, which is there, under this approval
        [other] = scene.photos(f"id = {photo_id + 1}")
        return [
            f"UPDATE review_queue SET content_hash = 'x' WHERE id = {other['id']}",
            f"UPDATE review_queue SET content_hash = '{other['content_hash']}' WHERE id = {photo_id}",
        ]
    if table == "leap":
        made = "'2020-01-01T00:00:00.000000Z'"
        number = 900_000 + photo_id
        return [
            "INSERT INTO approval (id, photo_id, version, seal, seal_version, approved_by, approved_at)"
            f" VALUES ({number}, {photo_id}, 1, '{'a' * 64}', 2, 'reviewer', {made})",
            "INSERT INTO release_item (release_id, photo_id, at, released_by, approval_id, version, seal)"
            f" VALUES (900, {photo_id}, {made}, 'reviewer', {number}, 1, '{'b' * 64}')",
            f"UPDATE review_queue SET approval_id = {number}, step = 'publish', status = 'queued'"
            f" WHERE id = {photo_id}",
        ]
    return [f'UPDATE {table} SET "{column}" = {value} WHERE photo_id = {photo_id}']
