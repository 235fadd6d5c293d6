"""What a person does about the live site: release what is approved, see what that would do, take photos off again."""

from lightgate.publishing.dry_run import PlannedFile, PlannedPhoto, plan
from lightgate.publishing.record import Outcome
from lightgate.publishing.redirects import redirect_lines
from lightgate.publishing.release import ReleaseReport, ready_for_release, release
from lightgate.publishing.removal import unpublish
from lightgate.publishing.retention import tidy_originals
from lightgate.publishing.undoing import undo_release

__all__ = [
    "Outcome",
    "PlannedFile",
    "PlannedPhoto",
    "ReleaseReport",
    "plan",
    "ready_for_release",
    "redirect_lines",
    "release",
    "tidy_originals",
    "undo_release",
    "unpublish",
]
