"""Is there a person's word for exactly this content? Asked at release, before rendering, and before the first byte."""

from __future__ import annotations

from lightgate.domain.photo import Photo
from lightgate.domain.seal import is_sealed
from lightgate.errors import NotFound
from lightgate.store import Transaction


def is_approved(tx: Transaction, photo: Photo, key: bytes) -> bool:
    """Is the photo's approval there, its own, and sealed over what the photo says now?"""
    if photo.approval_id is None or photo.file_name is None:
        return False
    try:
        approval = tx.approvals.get(photo.approval_id)
    except NotFound:
        return False
    return approval.photo_id == photo.id and is_sealed(photo, approval.seal, key)
