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
    said = replace(photo, keyword_paths=approval.keyword_paths)
    return approval.photo_id == photo.id and is_sealed(said, approval.seal, key)


def with_keyword_paths(tx: Transaction, photo: Photo) -> Photo:
    """Add where the photo's keywords stand in the vocabulary now; an approval keeps and seals it."""
    language = photo.languages[0] if photo.languages else ""
    said = photo.text(language, Field.KEYWORDS) if language else None
    keywords = said.value if said and not isinstance(said.value, str) else ()
    paths = tx.vocabulary.paths_of(language, keywords)
    return replace(photo, keyword_paths=tuple(paths[each] for each in keywords if each in paths))


def as_published(tx: Transaction, photo: Photo) -> Photo:
    """Add what published files say besides: who approved them, and where their keywords stood when they were."""
    approval = tx.approvals.get(photo.approval_id) if photo.approval_id is not None else None
    if approval is None or approval.keyword_paths is None:
        photo = with_keyword_paths(tx, photo)
    else:
        photo = replace(photo, keyword_paths=approval.keyword_paths)
    return replace(photo, approved_by=approval.approved_by if approval else "")
