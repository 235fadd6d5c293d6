"""What a person does to a photo: decide, edit, undo. The one gate to the website."""

from lightgate.review.bulk import Outcome, bulk
from lightgate.review.decisions import approve, reject, reopen, retry, skip
from lightgate.review.desk import Desk
from lightgate.review.editing import Changes, Lock, TextChange, edit
from lightgate.review.files import settle_files
from lightgate.review.undo import NothingToUndo, undo

__all__ = [
    "Changes",
    "Desk",
    "Lock",
    "NothingToUndo",
    "Outcome",
    "TextChange",
    "approve",
    "bulk",
    "edit",
    "reject",
    "reopen",
    "retry",
    "settle_files",
    "skip",
    "undo",
]
