"""Having an Ollama server fetch a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import ollama

from lightgate.domain.addresses import shown_address
from lightgate.domain.language.tokens import printable
from lightgate.errors import ModelServerDown, SettingInvalid

#: a registry may be silent for so long
_SILENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class PullStep:
    """How far it is."""

    what: str
    done_bytes: int
    #: None while it is not known
    total_bytes: int | None


def pull_model(host: str, model: str, connect_s: float) -> Iterator[PullStep]:
    """Fetch a model, step by step.

    Raises:
        ModelServerDown: the server cannot be reached, or does not get the model.
    """
    try:
        client = ollama.Client(host, timeout=httpx.Timeout(_SILENCE_S, connect=connect_s), trust_env=False)
        for step in client.pull(model, stream=True):
            yield PullStep(printable(step.status or model), step.completed or 0, step.total)
    except ollama.ResponseError as error:
        raise ModelServerDown(
            f"Ollama at {shown_address(host)} did not get {model}: {printable(str(error.error))[:200]}"
        ) from error
    except (ValueError, httpx.InvalidURL) as error:
        raise SettingInvalid(name="ollama.host", reason=f"{shown_address(host)} is not an address") from error
    except (httpx.HTTPError, ConnectionError) as error:
        raise ModelServerDown(host=shown_address(host)) from error
