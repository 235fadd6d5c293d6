"""What a captioner promises, whichever writes: the model over Ollama's protocol, the draft writer, the fake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lightgate.adapters.captions.draft import DraftWriter
from lightgate.adapters.captions.ollama import OllamaCaptioner
from lightgate.demo.fake_ollama.server import FakeOllama
from lightgate.domain.language.tokens import MAX_KEYWORDS
from lightgate.domain.photo import Exif, Field, Source, Text
from lightgate.domain.proof.proof import blocking, proof
from lightgate.ports.captions import Captioner, CaptionRequest
from lightgate.settings import Ollama
from lightgate.testing.fakes import FakeCaptioner
from support.pictures import jpeg_bytes


@pytest.fixture(params=["ollama", "draft", "fake"])
def captioner(request: pytest.FixtureRequest) -> Iterator[Captioner]:
    if request.param == "ollama":
        with FakeOllama() as server:
            yield OllamaCaptioner(Ollama(host=server.url))
    else:
        yield DraftWriter() if request.param == "draft" else FakeCaptioner()


def asked(brief: str = "Boats come in at high tide.") -> CaptionRequest:
    return CaptionRequest("en", "Harbour", "Hoorn", "Ships", brief, Exif(date_time="2024:03:05 14:30:12"))


def test_it_is_ready(captioner: Captioner) -> None:
    assert captioner.why_not_ready() is None


def test_it_writes_texts_that_nothing_blocks(captioner: Captioner) -> None:
    draft = captioner.describe(jpeg_bytes(), asked())
    texts = [
        Text("en", Field.CAPTION, draft.caption, draft.source),
        Text("en", Field.ALT_TEXT, draft.alt_text, draft.source),
        Text("en", Field.KEYWORDS, draft.keywords, draft.source),
    ]
    assert not blocking(proof(texts, "en"))
    assert draft.caption != draft.alt_text


def test_keywords_are_lower_case_and_each_there_once(captioner: Captioner) -> None:
    keywords = captioner.describe(jpeg_bytes(), asked()).keywords
    assert list(keywords) == list(dict.fromkeys(keyword.lower() for keyword in keywords))
    assert 0 < len(keywords) <= MAX_KEYWORDS


def test_it_says_who_wrote(captioner: Captioner) -> None:
    draft = captioner.describe(jpeg_bytes(), asked())
    assert (draft.source is Source.MODEL) == bool(draft.model) == bool(draft.prompt_hash)


def test_the_same_picture_gets_the_same_texts(captioner: Captioner) -> None:
    first, second = (captioner.describe(jpeg_bytes(), asked()) for _ in range(2))
    assert (first.caption, first.alt_text, first.keywords) == (second.caption, second.alt_text, second.keywords)


def test_a_hostile_brief_does_no_harm(captioner: Captioner) -> None:
    draft = captioner.describe(jpeg_bytes(), asked("\x00`${subject}` <script>\n{{'answer'}} \ud800 \u202e" * 50))
    for text in (draft.caption, draft.alt_text, *draft.keywords):
        text.encode()
        assert text.isprintable()
