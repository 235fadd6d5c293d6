"""Is there a person's word for exactly this? Asked at release, before rendering, and before anything can be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lightgate.domain.approval.seal import CONTENT_ALONE, SEAL_VERSION, Decision, is_sealed, seal, seal_release
from lightgate.domain.photo import Field, LedgerState, Photo
from lightgate.domain.route.pipeline import PUBLISH
from lightgate.errors import NotFound
from lightgate.store import Approval, ReleaseAct, Transaction


def is_approved(tx: Transaction, photo: Photo, key: bytes) -> bool:
    """Is the photo's approval there, its own, in force, and sealed over what the photo says now?"""
    approval = _approval(tx, photo.approval_id)
    if approval is None or photo.file_name is None or approval.withdrawn_at is not None:
        return False
    if approval.seal_version == CONTENT_ALONE and photo.position.step != PUBLISH:
        # it stands behind what is live, and behind sending that again; nothing new is released on it
        return False
    return _is_said(approval, photo, key)


def is_released(tx: Transaction, photo: Photo, key: bytes) -> bool:
    """Did a person release the photo under the approval that it has now?"""
    act = tx.releases.act(photo.id)
    if act is None or act.approval_id is None or act.approval_id != photo.approval_id or act.version is None:
        return False
    wanted = seal_release(act.number, photo.id, act.approval_id, act.version, act.by, act.at, key)
    return act.seal == wanted


def approve(
    tx: Transaction, photo: Photo, version: int, key: bytes, by: str, at: datetime, override_reason: str | None = None
) -> int:
    """Record and seal a person's word for what the photo says now; gives the record's id.

    Args:
        version: the photo's once it is approved.
    """
    said = with_keyword_paths(tx, photo)
    approval_id = tx.approvals.add(
        photo.id, version, "", SEAL_VERSION, by, at, override_reason, keyword_paths=said.keyword_paths
    )
    tx.approvals.put_seal(approval_id, seal(said, key, Decision(approval_id, version, by, at, override_reason)))
    return approval_id


def act_of(photo: Photo, number: int, key: bytes, by: str, at: datetime) -> ReleaseAct:
    """Seal a person's word that a photo, which is approved and was just moved, goes out."""
    if photo.approval_id is None:
        raise ValueError("only what is approved is released")
    sealed = seal_release(number, photo.id, photo.approval_id, photo.version, by, at, key)
    return ReleaseAct(number, photo.id, photo.approval_id, photo.version, by, at, sealed)


def withdraw(tx: Transaction, photo: Photo, key: bytes | None, at: datetime) -> None:
    """Take a person's word back: approval and release count no more, and what is half-sent becomes a debt.

    Call it after the photo has left the approved steps.

    Args:
        key: seals the approval anew as withdrawn, so that an undo can prove and give it back; None: it never can.
    """
    tx.releases.end(photo.id)
    owe(tx, photo.id, at)
    approval = _approval(tx, photo.approval_id)
    tx.photos.put_approval(photo.id, None)
    if approval is None or approval.withdrawn_at is not None:
        return
    sealed = ""
    if key is not None and _is_said(approval, photo, key):
        # also one that sealed the content alone: it was in force, and is proven anew by the present rule
        sealed = seal(_as_sealed(photo, approval), key, replace(_decision(approval), is_withdrawn=True))
    tx.approvals.put_seal(approval.id, sealed, at)


def give_back(tx: Transaction, photo: Photo, approval_id: int, key: bytes) -> bool:
    """Put a withdrawn approval in force again, if it was given to exactly what the photo says now; False: it was not.

    The caller moves the photo.
    """
    approval = _approval(tx, approval_id)
    if approval is None or approval.withdrawn_at is None or approval.photo_id != photo.id:
        return False
    said, decision = _as_sealed(photo, approval), _decision(approval)
    if not is_sealed(said, approval.seal, key, replace(decision, is_withdrawn=True)):
        return False
    tx.approvals.put_seal(approval_id, seal(said, key, decision))
    tx.photos.put_approval(photo.id, approval_id)
    return True


def owe(tx: Transaction, photo_id: int, at: datetime) -> None:
    """Make a debt of whatever is half-sent: the publish worker settles it without anyone asking."""
    for each in tx.publications.of_photo(photo_id):
        if each.state in {LedgerState.SENDING, LedgerState.FAILED}:
            has_earlier = each.earlier is not None and bool(each.earlier.publications)
            state = LedgerState.PUTTING_BACK if has_earlier else LedgerState.TAKING_OFF
            tx.publications.put(photo_id, replace(each, state=state), at)


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


def _approval(tx: Transaction, approval_id: int | None) -> Approval | None:
    if approval_id is None:
        return None
    try:
        return tx.approvals.get(approval_id)
    except NotFound:
        return None


def _is_said(approval: Approval, photo: Photo, key: bytes) -> bool:
    decision = None if approval.seal_version == CONTENT_ALONE else _decision(approval)
    said = _as_sealed(photo, approval)
    return approval.photo_id == photo.id and is_sealed(said, approval.seal, key, decision)


def _decision(approval: Approval) -> Decision:
    return Decision(approval.id, approval.version, approval.approved_by, approval.approved_at, approval.override_reason)


def _as_sealed(photo: Photo, approval: Approval) -> Photo:
    return replace(photo, keyword_paths=approval.keyword_paths)
