"""One photo and its decision, and many at once."""

from lightgate_web.pages.review import (
    best,
    compare,
    decisions,
    late,
    photo,
    photo_list,
    proposals,
    repairs,
    several,
    undo,
)

__all__ = ["best", "compare", "decisions", "late", "photo", "photo_list", "proposals", "repairs", "several", "undo"]
