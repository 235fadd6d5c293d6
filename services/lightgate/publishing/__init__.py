"""What a person does about the live site: release what is approved, see what that would do, take photos off again."""

from lightgate.publishing.desk import ReleaseDesk
from lightgate.publishing.dry_run import PlannedFile, PlannedPhoto, plan
from lightgate.publishing.looking import look_again
from lightgate.publishing.record import Outcome
from lightgate.publishing.redirects import redirect_lines
from lightgate.publishing.release import ReleaseReport, ready_for_release, release
from lightgate.publishing.remarks import Remark, remarks
from lightgate.publishing.removal import unpublish
from lightgate.publishing.renewal import renew
from lightgate.publishing.retention import tidy_originals
from lightgate.publishing.standing import Standing, State, is_outdated, published_photos, standings
from lightgate.publishing.undoing import stop_release, undo_release

__all__ = [
    "Outcome",
    "PlannedFile",
    "PlannedPhoto",
    "ReleaseDesk",
    "ReleaseReport",
    "Remark",
    "Standing",
    "State",
    "is_outdated",
    "look_again",
    "plan",
    "published_photos",
    "ready_for_release",
    "redirect_lines",
    "release",
    "remarks",
    "renew",
    "standings",
    "stop_release",
    "tidy_originals",
    "undo_release",
    "unpublish",
]
