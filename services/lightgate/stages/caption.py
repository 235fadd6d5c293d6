"""The ``caption`` stage: texts in every language of the set, from the model, or a draft that says no model wrote it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lightgate.domain.photo import HUMAN_SOURCES, CaptionFacts, Claim, Field, Issue, Photo, Text, TextValue
from lightgate.domain.pipeline import Step
from lightgate.domain.text import WARN, proof_all, score
from lightgate.errors import LightgateError, ModelAnswerBad, StorageFull, StoreBusy, UnreadableImage
from lightgate.folder import DataFolder
from lightgate.ports import CaptionDraft, Captioner, CaptionRequest, Exclusive
from lightgate.settings import Settings
from lightgate.stage import Finding, Stage, Work
from lightgate.store import PhotoFilter, Store

log = logging.getLogger(__name__)

#: why captions wait, for the review site; absent while they do not
STATUS_NOTE = "caption.status"
#: what the model runs on
RUNTIME_NOTE = "caption.runtime"
#: the model answered once since this installation was made: from then on photos wait for it
SEEN_NOTE = "ollama.seen"

#: no further language is begun after this long with one photo; the next may take ``ollama.hard_timeout_s``
LAST_START_S = 900
#: captions of the set that the model is asked not to repeat
AVOIDED = 10
#: photos before this one in which they are looked for; a set's ids are consecutive
LOOKED_AT = 40
JPEG_QUALITY = 85


def _build(settings: Settings, store: Store) -> Work:
    # libvips, httpx and the ollama client, which only this stage's workers need
    from lightgate.adapters.draft import DraftWriter
    from lightgate.adapters.gpu_lock import GpuLock, gpu_lock_file
    from lightgate.adapters.images import upright_jpeg
    from lightgate.adapters.ollama import OllamaCaptioner

    folder = DataFolder(settings.home)
    model = OllamaCaptioner(settings.ollama, folder.prompts)
    return CaptionWork(
        store,
        draft=DraftWriter(),
        model=model,
        mode=settings.captioner,
        lock=GpuLock(gpu_lock_file(folder.locks, settings.ollama.host)),
        picture=Pictures(folder, settings.ollama.max_edge_px, upright_jpeg).of,
        runtime_line=model.runtime_line,
    )


STAGE = Stage(
    Step("caption", max_attempts=5, can_be_skipped=True),
    _build,
    # above LAST_START_S and the longest hard_timeout_s together, so that the photo's own limits come first
    soft_limit_s=1860,
    hard_limit_s=1890,
    start_method="spawn",
    is_exclusive=True,
    can_limit_memory=False,
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The picture the model is shown: the proxy, or the original where there is none."""

    folder: DataFolder
    max_edge_px: int
    #: file, longest edge in pixels, JPEG quality
    upright_jpeg: Callable[[Path, int, int], bytes]

    def of(self, photo: Photo) -> bytes:
        """Give an upright sRGB JPEG.

        Raises:
            UnreadableImage, OriginalMissing: there is no picture to show.
        """
        proxy = self.folder.proxy_files(photo.content_hash).proxy
        if proxy.is_file():
            try:
                return self.upright_jpeg(proxy, self.max_edge_px, JPEG_QUALITY)
            except UnreadableImage:
                log.warning("photo %s: its proxy is damaged", photo.id)
        original = self.folder.original(photo.content_hash, photo.suffix)
        return self.upright_jpeg(original, self.max_edge_px, JPEG_QUALITY)


class CaptionWork:
    """``stage.Work`` with one model, one draft writer, and the GPU's lock while a queue is drained."""

    def __init__(
        self,
        store: Store,
        *,
        draft: Captioner,
        model: Captioner,
        mode: str,
        lock: Exclusive,
        picture: Callable[[Photo], bytes],
        runtime_line: Callable[[], str],
        max_attempts: int = STAGE.step.max_attempts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._draft = draft
        self._model = model
        self._mode = mode
        self._lock = lock
        self._picture = picture
        self._runtime_line: Callable[[], str] | None = runtime_line
        self._max_attempts = max_attempts
        self._clock = clock
        self._has_model = False
        self._noted: dict[str, str | None] = {}

    def why_not_ready(self) -> str | None:
        """Say why photos wait for the model; draft mode, and a model never yet seen, let none wait."""
        self._has_model = False
        if self._mode == "draft":
            self._note(STATUS_NOTE, None)
            return None
        reason = self._model.why_not_ready()
        if reason is None:
            self._note(SEEN_NOTE, "yes")
            self._has_model = self._lock.acquire()
            reason = None if self._has_model else self._lock.why_not_free()
        elif self._mode == "auto" and not self._is_seen():
            self._note(STATUS_NOTE, f"{reason} Until a model answers, photos get a draft that says so.")
            return None
        self._note(STATUS_NOTE, reason)
        return reason

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """Write texts for photos, one after the other."""
        return [self._one(claim) for claim in claims]

    def close(self) -> None:
        """Free the GPU for another user of it until the next drain."""
        self._lock.release()

    def _one(self, claim: Claim) -> Finding:
        photo, began = claim.photo, self._clock()
        try:
            self._announce()
            return self._facts(photo, list(self._written(photo, began)))
        except ModelAnswerBad as bad:
            if photo.position.attempt < self._max_attempts:
                return bad
            return self._given_up(photo, bad)
        except LightgateError as error:
            return error

    def _written(self, photo: Photo, began: float) -> Iterator[tuple[str, CaptionDraft]]:
        """Have the open languages written by the model, or as drafts while there is none."""
        if not self._has_model:
            yield from self._drafted(photo)
            return
        languages = _open_languages(photo)
        picture = self._picture(photo) if languages else b""
        for language in languages:
            if self._clock() - began > LAST_START_S:
                raise ModelAnswerBad(reason="the model is too slow for this many languages")
            request = self._request(photo, language, avoid=self._used_captions(photo, language))
            yield language, self._model.describe(picture, request)

    def _drafted(self, photo: Photo) -> Iterator[tuple[str, CaptionDraft]]:
        for language in _open_languages(photo):
            yield language, self._draft.describe(b"", self._request(photo, language))

    def _facts(self, photo: Photo, written: Sequence[tuple[str, CaptionDraft]]) -> CaptionFacts:
        new = tuple(text for language, draft in written for text in _texts(photo, language, draft))
        fresh = {(text.language, text.field) for text in new}
        kept = [text for text in photo.texts if (text.language, text.field) not in fresh]
        issues = proof_all([*kept, *new], photo.languages)
        drafts = [draft for _, draft in written]
        return CaptionFacts(
            new,
            issues,
            score(issues),
            min((draft.confidence for draft in drafts if draft.confidence is not None), default=None),
            max((draft.attempts for draft in drafts), default=1),
            any(draft.fallback_used for draft in drafts),
        )

    def _given_up(self, photo: Photo, bad: ModelAnswerBad) -> CaptionFacts:
        """Bring a photo on which the model failed for good to review, with a draft and the reason."""
        facts = self._facts(photo, list(self._drafted(photo)))
        failed = Issue("model_failed", WARN, f"{bad.message} The texts are a draft.", photo.languages[0])
        issues = (*facts.issues, failed)
        return CaptionFacts(facts.texts, issues, score(issues), attempts=photo.position.attempt)

    def _request(self, photo: Photo, language: str, avoid: tuple[str, ...] = ()) -> CaptionRequest:
        written = tuple((text.field, text.value) for text in photo.texts if _is_kept(text) and text.value)
        return CaptionRequest(
            language=language,
            subject=photo.subject,
            location=photo.location,
            folder=photo.folder,
            brief=photo.brief,
            exif=photo.exif,
            written=written,
            avoid=avoid,
        )

    def _used_captions(self, photo: Photo, language: str) -> tuple[str, ...]:
        wanted = PhotoFilter(set_id=photo.set_id)
        with self._store.reading() as tx:
            earlier = tx.photos.page(wanted, after=photo.id - 1 - LOOKED_AT, limit=LOOKED_AT)
        captions = [each.text(language, Field.CAPTION) for each in earlier if each.id < photo.id]
        return tuple(str(text.value) for text in captions if text is not None and text.value)[-AVOIDED:]

    def _announce(self) -> None:
        """Say once a process what the model runs on, after loading it."""
        if self._has_model and self._runtime_line is not None:
            line = self._runtime_line()
            self._runtime_line = None
            log.info("caption model: %s", line)
            self._note(RUNTIME_NOTE, line)

    def _is_seen(self) -> bool:
        with self._store.reading() as tx:
            return tx.notes.get(SEEN_NOTE) is not None

    def _note(self, key: str, value: str | None) -> None:
        """Write a note when it changed; it is only information, so a busy or full disk may cost it."""
        if self._noted.get(key, "") == value:
            return
        try:
            with self._store.writing() as tx:
                if tx.notes.get(key) != value:
                    tx.notes.put(key, value, datetime.now(UTC))
        except (StoreBusy, StorageFull) as error:
            log.warning("note %s was not written: %s", key, error.message)
        else:
            self._noted[key] = value


def _is_kept(text: Text) -> bool:
    """Did a person write or lock this text?"""
    return text.locked or text.source in HUMAN_SOURCES


def _open_languages(photo: Photo) -> list[str]:
    """List the languages in which a person has not written everything."""
    return [language for language in photo.languages if _open_fields(photo, language)]


def _open_fields(photo: Photo, language: str) -> tuple[Field, ...]:
    texts = {field: photo.text(language, field) for field in Field}
    return tuple(field for field, text in texts.items() if text is None or not _is_kept(text))


def _texts(photo: Photo, language: str, draft: CaptionDraft) -> Iterator[Text]:
    values: dict[Field, TextValue] = {
        Field.CAPTION: draft.caption,
        Field.ALT_TEXT: draft.alt_text,
        Field.KEYWORDS: draft.keywords,
    }
    for field in _open_fields(photo, language):
        if values[field]:
            yield Text(language, field, values[field], draft.source, model=draft.model, prompt_hash=draft.prompt_hash)
