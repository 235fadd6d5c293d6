"""Taking sets of photographs in, and giving them back: ``submit`` and ``rollback``. Imports the engine and below."""

from lightgate.intake.blocked_sets import roll_back_blocked
from lightgate.intake.desk import IntakeDesk
from lightgate.intake.manifest import read_manifest
from lightgate.intake.move_sources import finish_moves
from lightgate.intake.orphans import sweep, sweep_when_due
from lightgate.intake.plan import plan
from lightgate.intake.replace import replace_original
from lightgate.intake.reports import RollbackReport, SetPlan, SetReport
from lightgate.intake.request import Request, read_brief
from lightgate.intake.rollback import rollback
from lightgate.intake.scan import Skipped
from lightgate.intake.submit import submit

__all__ = [
    "IntakeDesk",
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
