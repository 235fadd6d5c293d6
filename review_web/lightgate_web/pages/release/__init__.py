"""Through the gate and back: releasing, what became of it, taking off again."""

from lightgate_web.pages.release import history, release, unpublish

__all__ = ["history", "release", "unpublish"]
