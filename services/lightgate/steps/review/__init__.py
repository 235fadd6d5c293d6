"""What a person does to a photo: decide, edit, undo. The one gate to the website. Imports the engine and below."""

from lightgate.domain.route.pipeline import REVIEW, Result, Step
from lightgate.engine.stage import Gate
from lightgate.steps.review.bulk import Outcome, bulk, bulk_edit
from lightgate.steps.review.decisions import approve, reject, reopen, retry, skip
from lightgate.steps.review.desk import ReviewDesk, together
from lightgate.steps.review.editing import Changes, Lock, TextChange, edit
from lightgate.steps.review.find_and_replace import KeywordEdit, Replacement, Rewritten, keyword_counts, previewed
from lightgate.steps.review.make_pictures import Made, make_pictures
from lightgate.steps.review.regenerate import leave, regenerate, take
from lightgate.steps.review.repairs import Mending, mended, mendings
from lightgate.steps.review.set_aside import settle_files
from lightgate.steps.review.turning import turn, why_not_turned
from lightgate.steps.review.undo import Undone, redo, restore, undo

#: opened by a person alone
GATE = Gate(Step(REVIEW, opened_by=Result.APPROVED))

__all__ = [
    "GATE",
    "Changes",
    "KeywordEdit",
    "Lock",
    "Made",
    "Mending",
    "Outcome",
    "Replacement",
    "ReviewDesk",
    "Rewritten",
    "TextChange",
    "Undone",
    "approve",
    "bulk",
    "bulk_edit",
    "edit",
    "keyword_counts",
    "leave",
    "make_pictures",
    "mended",
    "mendings",
    "previewed",
    "redo",
    "regenerate",
    "reject",
    "reopen",
    "restore",
    "retry",
    "settle_files",
    "skip",
    "take",
    "together",
    "turn",
    "undo",
    "why_not_turned",
]
