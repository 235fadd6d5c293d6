"""What persons do to the installation rather than to a photo, written down for the audit page."""

from __future__ import annotations

from flask import request

from lightgate_web.request.context import house

#: what the audit page says for an action
WORDS = {
    "signed_in": "signed in",
    "sign_in_failed": "failed to sign in",
    "signed_out": "signed out",
    "signed_out_everywhere": "signed out everywhere",
    "signed_somebody_out": "signed out everywhere",
    "added_person": "added the person",
    "changed_person": "changed the rights of",
    "released": "released",
    "unpublished": "took off the website",
    "took_release_back": "took back the release",
    "stopped_release": "stopped",
    "looked_at_restore": "looked at the restored database",
    "saved_view": "saved the view",
    "removed_view": "removed the view",
}
_LONGEST = 300


def note(actor: str, action: str, about: str = "") -> None:
    """Write one line."""
    here = house()
    with here.store.writing() as tx:
        tx.audit.add(
            actor[:_LONGEST], action, here.now(), about=about[:_LONGEST], address=(request.remote_addr or "")[:_LONGEST]
        )
