"""What a person does about the live site: release, look first, take off again. Imports the engine and below."""

from lightgate.domain.route.pipeline import RELEASE, Result, Step
from lightgate.engine.stage import Gate
from lightgate.steps.release.desk import ReleaseDesk
from lightgate.steps.release.dry_run import PlannedFile, PlannedPhoto, plan
from lightgate.steps.release.live_status import Standing, State, is_outdated, published_photos, standings
from lightgate.steps.release.look_at_targets import look_again
from lightgate.steps.release.originals import tidy_originals
from lightgate.steps.release.outcome import Outcome
from lightgate.steps.release.redirects import redirect_lines
from lightgate.steps.release.release import ReleaseReport, ready_for_release, release
from lightgate.steps.release.renew import renew
from lightgate.steps.release.undo import stop_release, undo_release
from lightgate.steps.release.unpublish import unpublish
from lightgate.steps.release.warnings import Remark, remarks

#: opened by a person alone
GATE = Gate(Step(RELEASE, opened_by=Result.RELEASED))

__all__ = [
    "GATE",
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
