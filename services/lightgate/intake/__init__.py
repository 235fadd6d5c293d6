"""Taking sets of photographs in, and giving them back: what ``submit`` and ``rollback`` do."""

from lightgate.intake.asked import Request, read_brief
from lightgate.intake.blocked import roll_back_blocked
from lightgate.intake.desk import Desk
from lightgate.intake.manifest import read_manifest
from lightgate.intake.moves import finish_moves
from lightgate.intake.orphans import sweep, sweep_when_due
from lightgate.intake.planning import plan
from lightgate.intake.replacing import replace_original
from lightgate.intake.reports import RollbackReport, SetPlan, SetReport
from lightgate.intake.scan import Skipped
from lightgate.intake.submission import submit
from lightgate.intake.undoing import rollback

__all__ = [
    "Desk",
    "Request",
    "RollbackReport",
    "SetPlan",
    "SetReport",
    "Skipped",
    "finish_moves",
    "plan",
    "read_brief",
    "read_manifest",
    "replace_original",
    "roll_back_blocked",
    "rollback",
    "submit",
    "sweep",
    "sweep_when_due",
]
