"""What a person does to a photo: decide, edit, undo. The one gate to the website."""

from lightgate.review.bulk import Outcome, bulk, bulk_edit
from lightgate.review.decisions import approve, reject, reopen, retry, skip
from lightgate.review.desk import Desk, together
from lightgate.review.editing import Changes, Lock, TextChange, edit
from lightgate.review.files import settle_files
from lightgate.review.mending import Mending, mended, mendings
from lightgate.review.pictures import Made, make_pictures
from lightgate.review.regenerating import leave, regenerate, take
from lightgate.review.rewriting import KeywordEdit, Replacement, Rewritten, keyword_counts, previewed
from lightgate.review.undo import NothingToRedo, NothingToUndo, Undone, WebsiteNotUndone, redo, restore, undo

__all__ = [
    "Changes",
    "Desk",
    "KeywordEdit",
    "Lock",
    "Made",
    "Mending",
    "NothingToRedo",
    "NothingToUndo",
    "Outcome",
    "Replacement",
    "Rewritten",
    "TextChange",
    "Undone",
    "WebsiteNotUndone",
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
    "undo",
]
