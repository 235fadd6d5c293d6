"""The captioner over Ollama: what is asked, how often and how differently, until an answer is usable."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightgate.adapters.breaker import Breaker
from lightgate.adapters.captions.answer import SCHEMA, SIMPLE_SCHEMA, Written, read_answer
from lightgate.adapters.captions.fit import padded, shrunk
from lightgate.adapters.captions.prompts import CAPTION, CAPTION_SIMPLE, REWRITE, Prompt, read_prompt
from lightgate.adapters.captions.server import Loaded, OllamaServer, Question, is_same_model, not_installed
from lightgate.domain.photo import Source
from lightgate.errors import ModelAnswerBad, ModelServerDown
from lightgate.ports.captions import CaptionDraft, CaptionRequest
from lightgate.settings import Ollama

log = logging.getLogger(__name__)

#: a server that was well a moment ago is not asked again
_WELL_S = 3.0
#: one that was away: longer, since finding that out may itself take seconds
_AWAY_S = 8.0
#: no further try is begun with less than this share of the limit left
_LEAST_SHARE = 0.05
#: of the time that is left, for a try that others may follow
_OWN_SHARE = 0.7
#: of its width and height, after a crash
_SMALLER = 0.75
#: keeps small models from falling into a loop
_REPEAT_PENALTY = 1.1
#: temperature added for each further try
_WARMER = 0.3
#: and for other words about the same picture
_VARIED = 0.2
_HOTTEST = 2.0
#: seeds between two variations; one answer uses up to three
_SEEDS = 10
#: times a picture may break the connection without being charged for it
_FREE_BREAKS = 1


@dataclass(frozen=True, slots=True)
class _Try:
    """One way to ask."""

    model: str
    prompt: Prompt
    temperature: float
    seed: int
    schema: Mapping[str, Any] | None


class OllamaCaptioner:
    """``ports.captions.Captioner`` by a vision model behind Ollama."""

    def __init__(
        self,
        settings: Ollama,
        own_prompts: Path | None = None,
        *,
        breaker: Breaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._server = OllamaServer(
            settings.host.get_secret_value(), connect_s=settings.connect_timeout_s, idle_s=settings.idle_timeout_s
        )
        self._prompt = read_prompt(CAPTION, own_prompts)
        self._simple = read_prompt(CAPTION_SIMPLE, own_prompts)
        self._rewrite = read_prompt(REWRITE, own_prompts)
        self._breaker = breaker or Breaker()
        self._clock = clock
        self._trouble: str | None = None
        self._probe_again_at = 0.0
        self._seeing: set[str] = set()
        #: digests of pictures after which the server was gone, and how often
        self._breaks: dict[str, int] = {}

    def why_not_ready(self) -> str | None:
        """Say why no photo should be claimed: server away, model missing or blind, breaker open."""
        open_since = self._breaker.why_open()
        if open_since:
            return f"The caption model failed several times in a row ({open_since}); it is asked again after a pause."
        if self._clock() >= self._probe_again_at:
            self._trouble = self._probed()
            self._probe_again_at = self._clock() + (_AWAY_S if self._trouble else _WELL_S)
        return self._trouble

    def describe(self, picture: bytes, request: CaptionRequest) -> CaptionDraft:
        """Describe one upright sRGB JPEG, asking anew, simpler and at last another model where an answer is bad.

        Raises:
            ModelServerDown: not the photo's fault; the attempt is not charged.
            ModelAnswerBad: no usable answer after all tries.
        """
        digest = hashlib.sha256(picture).hexdigest()
        try:
            draft = self._described(picture, request)
        except (ModelServerDown, ModelAnswerBad) as error:
            self._remember(error)
            raise self._charged(digest, error) from error
        self._breaker.succeeded()
        self._breaks.pop(digest, None)
        return draft

    def runtime_line(self) -> str:
        """Load the model and say what it runs on, e.g. ``qwen2.5vl:3b, 100% GPU, context 4096, 3.2 GiB VRAM``.

        Raises:
            ModelServerDown: it cannot be loaded.
        """
        settings = self._settings
        try:
            self._loaded()
            loaded = self._server.loaded(settings.model)
        except (ModelServerDown, ModelAnswerBad) as error:
            self._remember(error)
            raise ModelServerDown(f"The model {settings.model} could not be loaded: {error}") from error
        return f"{settings.model}, {_runs_on(loaded, settings.num_ctx)}"

    def load(self) -> None:
        """Have the model ready before it is asked; where that fails, the first question finds out why."""
        try:
            self._loaded()
        except (ModelServerDown, ModelAnswerBad) as error:
            self._remember(error)
            log.info("the model was not loaded ahead: %s", error.message)

    def unload(self) -> None:
        """Take the model out of the server's memory; where that fails, its keep-alive does it later."""
        try:
            self._server.unload(self._settings.model)
        except (ModelServerDown, ModelAnswerBad) as error:
            log.info("the model stays in memory for now: %s", error.message)

    def _loaded(self) -> None:
        """Have the server load the model; it does nothing when it is loaded already."""
        settings = self._settings
        options = {"num_ctx": settings.num_ctx}
        self._server.load(settings.model, options, settings.keep_alive, settings.hard_timeout_s)

    def _remember(self, error: ModelServerDown | ModelAnswerBad) -> None:
        """Let the next claim wait where the server was the trouble."""
        if isinstance(error, ModelServerDown):
            self._trouble = str(error)
            self._probe_again_at = self._clock() + _AWAY_S
        if isinstance(error, ModelServerDown) or error.fields.get("is_server"):
            self._breaker.failed(str(error))

    def _probed(self) -> str | None:
        settings = self._settings
        try:
            installed = self._server.models()
            if not any(is_same_model(name, settings.model) for name in installed):
                return not_installed(settings.model, self._server.host)
            if settings.model not in self._seeing and not self._server.can_see(settings.model):
                return f"The model {settings.model} cannot see pictures; choose a vision model (ollama.model)."
        except ModelServerDown as down:
            return str(down)
        except ModelAnswerBad as bad:
            return f"The caption model's server at {self._server.host} is not well: {bad.fields['reason']}."
        self._seeing.add(settings.model)
        return None

    def _described(self, picture: bytes, request: CaptionRequest) -> CaptionDraft:
        limit_s = self._settings.hard_timeout_s
        ends = self._clock() + limit_s
        faults: list[ModelAnswerBad] = []
        tries = list(self._tries(request))
        for number, one in enumerate(tries, 1):
            left_s = ends - self._clock()
            if faults and left_s < _LEAST_SHARE * limit_s:
                break
            if _is_hopeless(one, faults, tries[-1]):
                continue
            # the first may not use up what the others need
            own_s = left_s if number == len(tries) else left_s * _OWN_SHARE
            try:
                written = self._asked(
                    one, self._for_try(picture, faults), request, own_s, is_longer=_was_cut_off(faults)
                )
            except ModelAnswerBad as bad:
                log.info("caption answer refused: model=%s try=%d reason=%s", one.model, number, bad.fields["reason"])
                faults.append(bad)
            except ModelServerDown as down:
                if faults and one.model != self._settings.model and down.fields.get("is_model"):
                    break
                raise _after_break(faults, down) from down
            else:
                return self._draft(written, one, number)
        raise _summed_up(faults)

    def _for_try(self, picture: bytes, faults: list[ModelAnswerBad]) -> bytes:
        """Give the picture with sides that the model takes, and smaller after the model crashed on it."""
        has_crashed = any(fault.fields.get("is_crash") for fault in faults)
        return padded(shrunk(picture, _SMALLER) if has_crashed else picture, self._settings.min_edge_px)

    def _tries(self, request: CaptionRequest) -> Iterator[_Try]:
        settings = self._settings
        first, schema = (self._rewrite, SIMPLE_SCHEMA) if request.faults else (self._prompt, SCHEMA)
        seed = settings.seed + _SEEDS * request.variation
        cool = min(_HOTTEST, settings.temperature + _VARIED * min(1, request.variation))
        warm, warmer = min(_HOTTEST, cool + _WARMER), min(_HOTTEST, cool + 2 * _WARMER)
        yield _Try(settings.model, first, cool, seed, schema)
        yield _Try(settings.model, self._simple, warm, seed + 1, SIMPLE_SCHEMA)
        if settings.fallback_model and not is_same_model(settings.fallback_model, settings.model):
            yield _Try(settings.fallback_model, first, cool, seed, schema)
        else:
            # a grammar is what drives some models into loops
            yield _Try(settings.model, self._simple, warmer, seed + 2, None)

    def _asked(self, one: _Try, picture: bytes, request: CaptionRequest, limit_s: float, *, is_longer: bool) -> Written:
        options = {
            "temperature": one.temperature,
            "seed": one.seed,
            # another value would make the server load the model anew
            "num_ctx": self._settings.num_ctx,
            "num_predict": self._settings.num_predict * (2 if is_longer else 1),
            "repeat_penalty": _REPEAT_PENALTY,
        }
        prompt = one.prompt.fill(request)
        question = Question(one.model, prompt, picture, options, one.schema, self._settings.keep_alive)
        return read_answer(self._server.ask(question, limit_s), request.language)

    def _draft(self, written: Written, one: _Try, attempts: int) -> CaptionDraft:
        return CaptionDraft(
            written.caption,
            written.alt_text,
            written.keywords,
            Source.MODEL,
            model=one.model,
            prompt_hash=one.prompt.hash,
            confidence=written.confidence,
            attempts=attempts,
            fallback_used=not is_same_model(one.model, self._settings.model),
        )

    def _charged(self, digest: str, error: ModelServerDown | ModelAnswerBad) -> ModelServerDown | ModelAnswerBad:
        """Charge a picture that took the server down with it more often than can be chance."""
        if isinstance(error, ModelAnswerBad) or not error.fields.get("is_broken_off"):
            return error
        self._breaks[digest] = self._breaks.get(digest, 0) + 1
        if self._breaks[digest] <= _FREE_BREAKS:
            return error
        return ModelAnswerBad(reason="the model's server went down on this photo more than once")


def _is_hopeless(one: _Try, faults: list[ModelAnswerBad], last: _Try) -> bool:
    """Is this a model that just fell silent, while another can be asked?"""
    is_silent = any(fault.fields.get("is_silent") for fault in faults)
    return is_silent and one is not last and not is_same_model(one.model, last.model)


def _was_cut_off(faults: list[ModelAnswerBad]) -> bool:
    return any(fault.fields.get("is_cut_off") for fault in faults)


def _after_break(faults: list[ModelAnswerBad], down: ModelServerDown) -> ModelServerDown:
    if any(fault.fields.get("is_broken_off") for fault in faults):
        return ModelServerDown(down.message, is_broken_off=True)
    return down


def _summed_up(faults: list[ModelAnswerBad]) -> ModelAnswerBad:
    reasons = dict.fromkeys(str(fault.fields["reason"]) for fault in faults)
    return ModelAnswerBad(reason="; then ".join(reasons), is_server=all(f.fields.get("is_server") for f in faults))


def _runs_on(loaded: Loaded | None, asked_context: int) -> str:
    if loaded is None:
        return f"not in memory, context {asked_context}"
    vram_gib = loaded.vram_bytes / 2**30
    return f"{processor(loaded)}, context {loaded.context or asked_context}, {vram_gib:.1f} GiB VRAM"


def processor(loaded: Loaded) -> str:
    """Say where a model runs, in the words of ``ollama ps``."""
    size, vram = loaded.size_bytes, loaded.vram_bytes
    if vram == 0:
        return "100% CPU"
    if size == 0 or vram > size:
        return "processor unknown"
    if vram == size:
        return "100% GPU"
    cpu = round((size - vram) / size * 100)
    return f"{cpu}%/{100 - cpu}% CPU/GPU"
