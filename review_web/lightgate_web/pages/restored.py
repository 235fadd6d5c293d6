"""What an older database, put in place, says otherwise than the website, until an admin has looked at it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lightgate.domain.query import parse
from lightgate.errors import InputInvalid
from lightgate.store import PhotoFilter
from lightgate.website import restored as restores
from lightgate.website.restored import Restored
from lightgate_web.pages import pages
from lightgate_web.request import audit
from lightgate_web.request.context import house, person

#: photos that an upgrade sent back to review
APPROVE_AGAIN = parse("error:approve_again")


def restore() -> Restored | None:
    """Read once a request what is known of a restore."""
    if "restore" not in g:
        with house().store.reading() as tx:
            g.restore = restores.state_of(tx)
    found: Restored | None = g.restore
    return found


def to_approve_again() -> int:
    """Count the photos that were approved before the rule for what may go live became stricter."""
    with house().store.reading() as tx:
        return tx.photos.count(PhotoFilter(undecided=True, query=APPROVE_AGAIN))


@pages.app_context_processor
def _notice() -> dict[str, object]:
    return {"restore": restore, "to_approve_again": to_approve_again}


@pages.get("/restored")
def restored() -> str:
    """List the differences."""
    return render_template("restored.html", found=restore())


@pages.post("/restored/seen")
def restored_seen() -> Response:
    """An admin has looked: the notice goes."""
    here = house()
    with here.store.writing() as tx:
        found = restores.state_of(tx)
        if not restores.looked_at(tx, here.now()):
            raise InputInvalid(reason="There is nothing to confirm: the comparison is not complete, or it was seen.")
    audit.note(person(), "looked_at_restore", f"{found.differing if found else 0} differences")
    g.pop("restore", None)
    flash("The notice about the restored database is gone.", "done")
    return redirect(url_for("pages.sets"), 303)
