"""What a person does about the live site: release what is approved, see what that would do, take photos off again."""

from lightgate.publishing.dry_run import PlannedFile, PlannedPhoto, plan
from lightgate.publishing.record import Outcome
from lightgate.publishing.release import ReleaseReport, ready_for_release, release
from lightgate.publishing.removal import unpublish

__all__ = [
    "Outcome",
    "PlannedFile",
    "PlannedPhoto",
    "ReleaseReport",
    "plan",
    "ready_for_release",
    "release",
    "unpublish",
]
