"""One Ollama server over its own client: exchanges with limits, and its many failures in two words, down or bad."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx
import ollama

from lightgate.adapters.captions.answer import Answer, runaway
from lightgate.adapters.captions.watchdog import WatchedTransport
from lightgate.domain.addresses import shown_address
from lightgate.domain.language.tokens import printable
from lightgate.errors import ModelAnswerBad, ModelServerDown, SettingInvalid

#: a small question is answered at once, or the server is not well
_PROBE_S = 5.0
_WRITE_S = 30.0
#: statuses that say nothing of the photo: no access, too many requests, a gateway or a full queue
_NOT_THE_PHOTO = {401, 403, 429, 502, 503, 504}
_REDIRECTS = range(300, 400)
_NOT_FOUND = 404
#: the process that runs the model ended, often on one picture's size
_CRASHED = 500
_LACKS_MEMORY = ("system memory", "out of memory", "out-of-memory", "cudamalloc failed", "not enough memory")
_REASON_CHARACTERS = 200
#: characters of an answer between two looks for a flood
_LOOK_EVERY = 64
#: httpx and pydantic on a body that is not the API's; the client also calls ``.get`` on whatever the JSON was
_NOT_OLLAMA = (ValueError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True)
class Question:
    """One exchange with the model."""

    model: str
    prompt: str
    #: JPEG
    picture: bytes
    options: Mapping[str, Any]
    #: JSON schema, or None for free text
    schema: Mapping[str, Any] | None
    keep_alive: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in the server's memory."""

    size_bytes: int
    vram_bytes: int
    context: int | None


class OllamaServer:
    """The server at one address. Nothing of ``httpx`` or ``ollama`` leaves it."""

    def __init__(self, host: str, *, connect_s: float, idle_s: float) -> None:
        #: as it may be shown: without a name and password that somebody put into it
        self.host = shown_address(host)
        self._transport = WatchedTransport()
        timeout = httpx.Timeout(idle_s, connect=connect_s, write=_WRITE_S)
        try:
            # no redirects and no proxies: pictures go to the named address and nowhere else
            self._client = ollama.Client(
                host, timeout=timeout, transport=self._transport, follow_redirects=False, trust_env=False
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise SettingInvalid(name="ollama.host", reason=f"{self.host} is not an address") from error

    def ask(self, question: Question, limit_s: float) -> Answer:
        """Put one question and gather the streamed answer.

        Raises:
            ModelServerDown: the server, not the photo, is the trouble.
            ModelAnswerBad: there was an answer, or a hang, worth another try.
        """
        with self._exchange(question.model, limit_s), contextlib.closing(self._stream(question)) as stream:
            return _gathered(stream)

    def load(self, model: str, options: Mapping[str, Any], keep_alive: str, limit_s: float) -> None:
        """Have the server load a model, without a question; raises as ``ask`` does."""
        with self._exchange(model, limit_s):
            self._client.chat(model, messages=[], options=dict(options), keep_alive=keep_alive)

    def unload(self, model: str) -> None:
        """Have the server take a model out of memory; raises as ``ask`` does."""
        with self._exchange(model):
            self._client.chat(model, messages=[], keep_alive=0)

    def models(self) -> tuple[str, ...]:
        """List the installed models, with their tags."""
        with self._exchange():
            return tuple(found.model for found in self._client.list().models if found.model)

    def can_see(self, model: str) -> bool:
        """Can this model be shown pictures? True where the server does not tell."""
        with self._exchange(model):
            capabilities = self._client.show(model).capabilities
        return not capabilities or "vision" in capabilities

    def loaded(self, model: str) -> Loaded | None:
        """Find a model in the server's memory."""
        with self._exchange(model):
            running = self._client.ps().models
        found = next((each for each in running if is_same_model(each.model or each.name or "", model)), None)
        if found is None:
            return None
        return Loaded(int(found.size or 0), int(found.size_vram or 0), found.context_length)

    def _stream(self, question: Question) -> Generator[ollama.ChatResponse, None, None]:
        stream = self._client.chat(
            question.model,
            messages=[{"role": "user", "content": question.prompt, "images": [question.picture]}],
            stream=True,
            think=False,
            format=dict(question.schema) if question.schema else None,
            options=dict(question.options),
            keep_alive=question.keep_alive,
        )
        return cast("Generator[ollama.ChatResponse, None, None]", stream)

    @contextlib.contextmanager
    def _exchange(self, model: str = "", limit_s: float = _PROBE_S) -> Iterator[None]:
        with self._transport.limit(limit_s) as watch:
            try:
                yield
            except ollama.ResponseError as error:
                raise _refusal(self.host, model, error) from error
            except (httpx.ConnectError, httpx.ConnectTimeout, ConnectionError) as error:
                raise ModelServerDown(host=self.host) from error
            except httpx.HTTPError as error:
                raise _wire_trouble(error, has_bitten=watch.has_bitten) from error
            except _NOT_OLLAMA as error:
                raise ModelAnswerBad(reason="what answered is not Ollama", is_server=True) from error


def is_same_model(one: str, other: str) -> bool:
    """Are these names of one model? ``gemma3`` is ``gemma3:latest``."""
    return _tagged(one) == _tagged(other)


def _tagged(name: str) -> str:
    name = name.strip().lower()
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def _gathered(stream: Iterable[ollama.ChatResponse]) -> Answer:
    content, thinking, last, looked_at = "", "", None, 0
    for last in stream:
        content += last.message.content or ""
        thinking += last.message.thinking or ""
        if len(content) + len(thinking) < looked_at + _LOOK_EVERY:
            continue
        looked_at = len(content) + len(thinking)
        fault = runaway(content) or runaway(thinking)
        if fault:
            # leaving closes the connection, and with it the server's work
            raise ModelAnswerBad(reason=fault)
    is_done = bool(last and last.done)
    return Answer(content, thinking, is_done, last.done_reason if last else None)


def _refusal(host: str, model: str, error: ollama.ResponseError) -> ModelServerDown | ModelAnswerBad:
    said = printable(str(error.error))[:_REASON_CHARACTERS]
    if any(sign in said.lower() for sign in _LACKS_MEMORY):
        return ModelServerDown(
            f"The model {model} does not fit into memory ({said}); choose a smaller one.", is_model=True
        )
    if error.status_code == _NOT_FOUND and "not found" in said and model:
        return ModelServerDown(not_installed(model, host), is_model=True)
    if error.status_code in _REDIRECTS or error.status_code == _NOT_FOUND:
        return ModelServerDown(f"What answers at {host} is not Ollama (status {error.status_code}).")
    if error.status_code in _NOT_THE_PHOTO:
        return ModelServerDown(f"Ollama at {host} takes no work now (status {error.status_code}: {said}).")
    is_crash = error.status_code == _CRASHED
    return ModelAnswerBad(reason=f"the server reported an error: {said}", is_server=True, is_crash=is_crash)


def not_installed(model: str, host: str) -> str:
    """Say how to get a model."""
    return f"The model {model} is not installed in Ollama at {host}: run `ollama pull {model}`."


def _wire_trouble(error: httpx.HTTPError, *, has_bitten: bool) -> ModelAnswerBad:
    if has_bitten:
        return ModelAnswerBad(reason="it took too long", is_server=True)
    if isinstance(error, httpx.TimeoutException):
        return ModelAnswerBad(reason="it fell silent", is_server=True, is_silent=True)
    return ModelAnswerBad(reason="the connection broke off", is_server=True, is_broken_off=True)
