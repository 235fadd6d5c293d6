"""Is there a person's word for exactly this content? Asked at release, before rendering, and before the first byte."""

from __future__ import annotations

from dataclasses import replace

from lightgate.domain.photo import Field, Photo
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


def as_published(tx: Transaction, photo: Photo) -> Photo:
    """Add what published files say besides: who approved them, and where their keywords stand in the vocabulary."""
    by = tx.approvals.get(photo.approval_id).approved_by if photo.approval_id is not None else ""
    said = photo.text(photo.languages[0], Field.KEYWORDS) if photo.languages else None
    keywords = said.value if said and not isinstance(said.value, str) else ()
    paths = tx.vocabulary.paths_of(keywords)
    return replace(photo, approved_by=by, keyword_paths=tuple(paths[each] for each in keywords if each in paths))
