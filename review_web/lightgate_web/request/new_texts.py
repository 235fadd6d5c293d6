"""What a person must know before asking for new texts."""

from __future__ import annotations

from lightgate.errors import InputInvalid
from lightgate_web.request.context import house


def refuse_without_model() -> None:
    """Say at once that nobody would answer.

    Raises:
        InputInvalid: the settings allow drafts only.
    """
    if house().settings.captioner == "draft":
        raise InputInvalid(reason="The setting captioner is “draft”: no model is asked. Set it to auto or ollama.")
