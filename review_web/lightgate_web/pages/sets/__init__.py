"""Sets: the start page, one set, its texts at a glance, its subject."""

from lightgate_web.pages.sets import prefill, sets, subjects

__all__ = ["prefill", "sets", "subjects"]
