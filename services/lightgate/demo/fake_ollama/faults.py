"""How the fake Ollama misbehaves: each fault as it was seen with real servers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Protocol

from lightgate.demo.fake_ollama.eyes import describe


class Fault(StrEnum):
    #: not a byte
    STALL = "stall"
    #: a few tokens, then nothing
    STALL_MIDWAY = "stall_midway"
    #: a byte now and then, never a line
    TRICKLE = "trickle"
    #: one token over and over, then the end without ``done``
    LOOP = "loop"
    #: ``done_reason`` is ``length``
    CUT_OFF = "cut_off"
    #: a proxy's page with status 200
    HTML = "html"
    #: the connection ends before the status line
    CLOSE = "close"
    CLOSE_MIDWAY = "close_midway"
    #: the connection ends and nobody listens any more
    DIE = "die"
    #: the runner crashed
    ERROR_500 = "error_500"
    OUT_OF_MEMORY = "out_of_memory"
    #: the queue is full
    BUSY = "busy"
    #: everything but the last line
    NO_DONE = "no_done"
    THINKING_ONLY = "thinking_only"
    EMPTY = "empty"
    WHITESPACE = "whitespace"
    REPETITION = "repetition"
    TRUNCATED_JSON = "truncated_json"
    #: raw line breaks and tabs inside JSON strings; the answer can be used
    CONTROL_CHARACTERS = "control_characters"
    #: ``{"error": …}`` after some tokens, status 200
    ERROR_LINE = "error_line"
    WRONG_LANGUAGE = "wrong_language"
    REFUSAL = "refusal"
    PROSE = "prose"
    #: lines and characters torn over packets; the answer can be used
    TORN = "torn"
    #: each token takes longer than the one before
    GROWS_SLOW = "grows_slow"
    #: the model was taken out of memory meanwhile; ``done_reason`` is ``load``
    ONLY_LOADED = "only_loaded"
    #: somebody removed the model
    MODEL_GONE = "model_gone"
    #: numbers and null where texts belong
    WRONG_TYPES = "wrong_types"
    #: lists around texts, one text for the keywords; the answer can be used
    WRAPPED = "wrapped"
    NO_KEYWORDS = "no_keywords"
    #: the object as a JSON string
    NESTED = "nested"
    #: thoughts in the answer itself; it can be used
    THINK_TAGS = "think_tags"
    #: an answer of megabytes in one line
    HUGE = "huge"
    #: an array where an object belongs, as the whole line
    NO_OBJECT = "no_object"


class Reply(Protocol):
    """What a fault may do to an exchange; ``server`` implements it."""

    #: the answer that would have been given, and what was looked at
    content: str
    language: str

    def begin(self, content_type: str = "application/x-ndjson") -> None: ...
    def raw(self, part: bytes) -> None: ...
    def token(self, content: str, thinking: str = "") -> None: ...
    def done(self, reason: str = "stop") -> None: ...
    def whole(self, content: str) -> None: ...
    def end(self) -> None: ...
    def error(self, status: int, message: str) -> None: ...
    def cut(self) -> None: ...
    def die(self) -> None: ...
    def hold(self) -> None: ...
    def pause(self) -> bool: ...
    def torn(self) -> None: ...
    def told(self) -> dict[str, Any]: ...
    def sight(self) -> Any: ...


def play(fault: Fault, reply: Reply) -> None:
    """Misbehave."""
    _PLAYS[fault](reply)


def _few_tokens(reply: Reply) -> None:
    reply.begin()
    for token in tokens(reply.content)[:3]:
        reply.token(token)


def _stall_midway(reply: Reply) -> None:
    _few_tokens(reply)
    reply.hold()


def _trickle(reply: Reply) -> None:
    reply.begin()
    while reply.pause():
        reply.raw(b" ")


def _loop(reply: Reply) -> None:
    reply.begin()
    for token in ("{", *["\n"] * 31):
        reply.token(token)
    reply.end()


def _cut_off(reply: Reply) -> None:
    reply.begin()
    for token in tokens(reply.content[: len(reply.content) // 2]):
        reply.token(token)
    reply.done("length")


def _html(reply: Reply) -> None:
    reply.begin("text/html")
    reply.raw(b"<!DOCTYPE html>\n<html><body><h1>Welcome to nginx!</h1></body></html>\n")
    reply.end()


def _close_midway(reply: Reply) -> None:
    _few_tokens(reply)
    reply.cut()


def _no_done(reply: Reply) -> None:
    reply.begin()
    for token in tokens(reply.content):
        reply.token(token)
    reply.end()


def _thinking_only(reply: Reply) -> None:
    reply.begin()
    for token in ("Let", " me", " look", " closely."):
        reply.token("", thinking=token)
    reply.done()


def _flood(piece: str) -> Callable[[Reply], None]:
    def flood(reply: Reply) -> None:
        reply.begin()
        for token in _without_end(piece):
            reply.token(token)

    return flood


def _without_end(piece: str) -> Iterator[str]:
    """Repeat for as long as the client bears it; a socket error ends it."""
    yield '{"caption": "'
    while True:
        yield piece


def _error_line(reply: Reply) -> None:
    _few_tokens(reply)
    reply.raw(
        b'{"error":"an error was encountered while running the model: GGML_ASSERT(a->ne[2] == b->ne[0]) failed"}\n'
    )
    reply.end()


def _control_characters(reply: Reply) -> None:
    reply.whole(re.sub(r"(?<=\w) (?=\w)", "\n\t", reply.content, count=4).replace("light", "li\x01ght"))


def _wrong_language(reply: Reply) -> None:
    other = "de" if reply.language == "es" else "es"
    told = describe(reply.sight(), other)
    caption, alt, keywords = told["caption"], told["alt_text"], '", "'.join(told["keywords"])
    reply.whole(f'{{"caption": "{caption}", "alt_text": "{alt}", "keywords": ["{keywords}"]}}')


def _refusal(reply: Reply) -> None:
    sorry = "I'm sorry, but I can't see an image in your message."
    reply.whole(f'{{"caption": "{sorry}", "alt_text": "{sorry}", "keywords": ["sorry"]}}')


def _grows_slow(reply: Reply) -> None:
    reply.begin()
    for count, token in enumerate(tokens(reply.content)):
        for _ in range(count):
            if not reply.pause():
                return
        reply.token(token)
    reply.done()


def _told_as(change: Callable[[dict[str, Any]], object]) -> Callable[[Reply], None]:
    return lambda reply: reply.whole(json.dumps(change(reply.told()), ensure_ascii=False))


def _huge(reply: Reply) -> None:
    reply.begin()
    reply.token('{"caption": "' + "A long red boat lies on the sand. " * 100_000)
    reply.done()


def _only_loaded(reply: Reply) -> None:
    reply.begin()
    reply.done("load")


def _no_object(reply: Reply) -> None:
    reply.begin()
    reply.raw(b'["what", "is", "this"]\n')
    reply.end()


_PLAYS: dict[Fault, Callable[[Reply], None]] = {
    Fault.STALL: lambda reply: reply.hold(),
    Fault.STALL_MIDWAY: _stall_midway,
    Fault.TRICKLE: _trickle,
    Fault.LOOP: _loop,
    Fault.CUT_OFF: _cut_off,
    Fault.HTML: _html,
    Fault.CLOSE: lambda reply: reply.cut(),
    Fault.CLOSE_MIDWAY: _close_midway,
    Fault.DIE: lambda reply: reply.die(),
    Fault.ERROR_500: lambda reply: reply.error(
        500, "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error"
    ),
    Fault.OUT_OF_MEMORY: lambda reply: reply.error(
        500, "model requires more system memory (19.3 GiB) than is available (14.8 GiB)"
    ),
    Fault.BUSY: lambda reply: reply.error(503, "server busy, please try again.  maximum pending requests exceeded"),
    Fault.NO_DONE: _no_done,
    Fault.THINKING_ONLY: _thinking_only,
    Fault.EMPTY: lambda reply: reply.whole(""),
    Fault.WHITESPACE: _flood("\n"),
    Fault.REPETITION: _flood("a red boat and "),
    Fault.TRUNCATED_JSON: lambda reply: reply.whole(reply.content[: len(reply.content) // 2]),
    Fault.CONTROL_CHARACTERS: _control_characters,
    Fault.ERROR_LINE: _error_line,
    Fault.WRONG_LANGUAGE: _wrong_language,
    Fault.REFUSAL: _refusal,
    Fault.PROSE: lambda reply: reply.whole("Sure! Here is a lovely caption for your picture."),
    Fault.TORN: lambda reply: reply.torn(),
    Fault.GROWS_SLOW: _grows_slow,
    Fault.ONLY_LOADED: _only_loaded,
    Fault.MODEL_GONE: lambda reply: reply.error(404, 'model "qwen2.5vl:3b" not found, try pulling it first'),
    Fault.WRONG_TYPES: _told_as(lambda told: {**told, "caption": 7, "alt_text": None, "keywords": [1, 2]}),
    Fault.WRAPPED: _told_as(
        lambda told: {
            "caption": [told["caption"]],
            "alt_text": {"text": told["alt_text"]},
            "keywords": ", ".join(told["keywords"]),
        }
    ),
    Fault.NO_KEYWORDS: _told_as(lambda told: {**told, "keywords": []}),
    Fault.NESTED: _told_as(lambda told: json.dumps(told, ensure_ascii=False)),
    Fault.THINK_TAGS: lambda reply: reply.whole(f'<think>A boat? {{"caption": "no"}}</think>{reply.content}'),
    Fault.HUGE: _huge,
    Fault.NO_OBJECT: _no_object,
}


def tokens(content: str) -> list[str]:
    """Cut a text into what a model would say at a time."""
    return re.findall(r"\s*\S{1,6}|\s+", content)
