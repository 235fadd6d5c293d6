"""The ``caption`` stage: texts in every language of the set, from the model, or a draft that says no model wrote it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.photo import CaptionFacts, Claim, Issue, Photo, Text
from lightgate.domain.proof.proof import WARN, field_scores, score
from lightgate.domain.route.pipeline import CAPTION, QUALITY, Route, Status, Step
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.engine.stage import Finding, Hook, Stage, Work
from lightgate.engine.stage_notes import StageNotes
from lightgate.errors import InputInvalid, LightgateError, ModelAnswerBad, UnreadableImage
from lightgate.files.data_folder import DataFolder
from lightgate.files.picture_proof import Fault, read_proven
from lightgate.ports.captions import Captioner
from lightgate.ports.machine import Exclusive
from lightgate.settings import Settings
from lightgate.store import Store, TextRequest
from lightgate.texts.prefill_report import write_due_reports
from lightgate.texts.proofreader import Proofreader
from lightgate.texts.writer import Writer, Written, open_fields

log = logging.getLogger(__name__)

#: why captions wait, for the review site; absent while they do not
STATUS_NOTE = "caption.status"
#: what the model runs on
RUNTIME_NOTE = "caption.runtime"
#: the server whose model answered once since this installation was made: from then on photos wait for it
SEEN_NOTE = "ollama.seen"
#: how installations older than that noted it
_SOME_SERVER = "yes"

#: no further language is begun after this long with one photo; the next may take ``ollama.hard_timeout_s``
LAST_START_S = 900
JPEG_QUALITY = 85
#: other words are asked for with other seeds; this leaves room for the rewrites of each request
VARIATIONS = 5


def _build(settings: Settings, store: Store) -> Work:
    # libvips, httpx and the ollama client, which only this stage's workers need
    from lightgate.adapters.captions.draft import DraftWriter
    from lightgate.adapters.captions.ollama import OllamaCaptioner
    from lightgate.adapters.host.gpu_lock import GpuLock, gpu_lock_file
    from lightgate.adapters.pixels.darkroom import upright_jpeg

    folder = DataFolder(settings.home)
    model = OllamaCaptioner(settings.ollama, folder.prompts)
    return CaptionWork(
        store,
        ModelAtWork(
            model,
            GpuLock(gpu_lock_file(folder.locks, str(settings.ollama.host))),
            model.runtime_line,
            str(settings.ollama.host),
            load=model.load,
            unload=model.unload if settings.ollama.close_when_idle else None,
        ),
        DraftWriter(partial(word_lists, folder.words)),
        Pictures(folder, settings.ollama.max_edge_px, upright_jpeg).of,
        settings.captioner,
        Proofing(
            Proofreader(partial(word_lists, folder.words), settings.texts.keywords),
            settings.texts.rewrites,
            keeps_unknown=settings.texts.unknown_keywords == "keep",
        ),
    )


def _hooks(settings: Settings, store: Store, route: Route) -> Sequence[Hook]:
    folder = DataFolder(settings.home)
    return (partial(write_due_reports, store, folder, partial(word_lists, folder.words)),)


STAGE = Stage(
    Step(CAPTION, max_attempts=5, can_be_skipped=True),
    _build,
    _hooks,
    # above LAST_START_S and the longest hard_timeout_s together, so that the photo's own limits come first
    soft_limit_s=1860,
    hard_limit_s=1890,
    start_method="spawn",
    is_exclusive=True,
    can_limit_memory=False,
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The picture the model is shown: the proxy that was made for it, or the original where there is none."""

    folder: DataFolder
    max_edge_px: int
    #: file, longest edge in pixels, JPEG quality, quarter turns clockwise
    upright_jpeg: Callable[[Path, int, int, int], bytes]

    def of(self, photo: Photo) -> bytes:
        """Give an upright sRGB JPEG.

        Raises:
            UnreadableImage, OriginalMissing: there is no picture to show.
        """
        proxy = self.folder.proxy_files(photo.content_hash).proxy
        found = read_proven(proxy, photo.pictures.get("proxy"))
        # a proxy from before the photo was turned shows it lying on its side
        if isinstance(found, bytes) and not photo.is_turning:
            try:
                return self.upright_jpeg(proxy, self.max_edge_px, JPEG_QUALITY, 0)
            except UnreadableImage:
                log.warning("photo %s: its proxy is damaged", photo.id)
        elif found in {Fault.SWAPPED, Fault.UNKNOWN}:
            log.warning("photo %s: its proxy is not described. %s", photo.id, found)
        original = self.folder.original(photo.content_hash, photo.suffix)
        return self.upright_jpeg(original, self.max_edge_px, JPEG_QUALITY, photo.turn)


@dataclass(frozen=True, slots=True)
class ModelAtWork:
    """The caption model, with what it needs of its machine."""

    captioner: Captioner
    #: the GPU's, held while a queue is drained
    lock: Exclusive
    #: says what it runs on, once it is loaded
    runtime_line: Callable[[], str]
    #: its server: once it has answered, photos wait for it
    server: str = "yes"
    #: takes it into memory before photos come; None: the first photo does
    load: Callable[[], None] | None = None
    #: takes it out of memory when nothing is left; None: its server does
    unload: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Proofing:
    """How texts are read over before a person sees them."""

    reader: Proofreader = field(default_factory=Proofreader)
    #: the model is asked so often to correct what the proof found
    rewrites: int = 0
    #: keywords that no vocabulary lists stay
    keeps_unknown: bool = False


@dataclass(slots=True)
class CaptionWork:
    """``engine.stage.Work`` with one model, one draft writer, and the GPU's lock while a queue is drained."""

    store: Store
    model: ModelAtWork
    draft: Captioner
    picture: Callable[[Photo], bytes]
    #: ``auto``, ``ollama`` or ``draft``
    mode: str
    proofing: Proofing = field(default_factory=Proofing)
    max_attempts: int = STAGE.step.max_attempts
    clock: Callable[[], float] = time.monotonic
    _has_model: bool = field(default=False, init=False)
    _is_announced: bool = field(default=False, init=False)
    _notes: StageNotes = field(init=False)

    def __post_init__(self) -> None:
        self._notes = StageNotes(self.store)

    def why_not_ready(self) -> str | None:
        """Say why photos wait for the model; draft mode, and a model never yet seen, let none wait."""
        self._has_model = False
        if self.mode == "draft":
            self._notes.put(STATUS_NOTE, None)
            return None
        reason = self.model.captioner.why_not_ready()
        if reason is None:
            self._notes.put(SEEN_NOTE, self.model.server)
            self._has_model = self.model.lock.acquire()
            reason = None if self._has_model else self.model.lock.why_not_free()
        elif self.mode == "auto" and not self._is_seen():
            self._notes.put(STATUS_NOTE, f"{reason} Until a model answers, photos get a draft that says so.")
            return None
        self._notes.put(STATUS_NOTE, reason)
        return reason

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """Write texts for photos, one after the other."""
        return [self._one(claim) for claim in claims]

    def can_write(self) -> bool:
        """Ask anew whether the model answers and the GPU is ours."""
        return self.mode != "draft" and self.why_not_ready() is None and self._has_model

    def propose(self, photo: Photo, request: TextRequest) -> Sequence[Text] | LightgateError:
        """Write the wanted fields anew, as a proposal; what a person wrote or locked by now is left out."""
        wanted = [field for field in open_fields(photo, request.language) if field in request.fields]
        if not wanted:
            return InputInvalid(reason="A person has written these texts in the meantime; they stay.")
        try:
            self._announce()
            writer = self._writer(self.model.captioner, self.clock())
            variation = VARIATIONS * request.id
            written = writer.write(photo, request.language, self.picture(photo), wanted, request.hint, variation)
        except LightgateError as error:
            return error
        return written.texts

    def close(self) -> None:
        """Free the GPU until the next drain, with the model in its memory only while photos are on their way."""
        try:
            if self.model.load is not None and self._has_model and self._are_photos_coming():
                self.model.load()
            elif self.model.unload is not None and self._has_model and self._is_all_done():
                self.model.unload()
        finally:
            self.model.lock.release()

    def _are_photos_coming(self) -> bool:
        with self.store.reading() as tx:
            standing = tx.photos.count_by_position()
        return any(standing.get((QUALITY, status.value)) for status in (Status.QUEUED, Status.RUNNING))

    def _is_all_done(self) -> bool:
        with self.store.reading() as tx:
            on_the_way = tx.photos.count_by_status().get(ReviewStatus.QUEUED, 0)
            return not on_the_way and not tx.requests.count_ready(datetime.now(UTC))

    def _one(self, claim: Claim) -> Finding:
        photo, began = claim.photo, self.clock()
        try:
            self._announce()
            return self._facts(photo, list(self._written(photo, began)))
        except ModelAnswerBad as bad:
            if photo.position.attempt < self.max_attempts:
                return bad
            return self._given_up(photo, bad)
        except LightgateError as error:
            return error

    def _written(self, photo: Photo, began: float) -> Iterator[Written]:
        """Have the open languages written by the model, or as drafts while there is none."""
        if not self._has_model:
            yield from self._drafted(photo)
            return
        languages = _open_languages(photo)
        picture = self.picture(photo) if languages else b""
        writer = self._writer(self.model.captioner, began)
        for language in languages:
            if self.clock() - began > LAST_START_S:
                raise ModelAnswerBad(reason="the model is too slow for this many languages")
            yield writer.write(photo, language, picture, open_fields(photo, language))

    def _drafted(self, photo: Photo) -> Iterator[Written]:
        writer = self._writer(self.draft, self.clock())
        for language in _open_languages(photo):
            yield writer.write(photo, language, b"", open_fields(photo, language))

    def _writer(self, captioner: Captioner, began: float) -> Writer:
        return Writer(
            self.store,
            captioner,
            self.proofing.reader,
            rewrites=self.proofing.rewrites,
            has_time=lambda: self.clock() - began <= LAST_START_S,
            keeps_unknown=self.proofing.keeps_unknown,
        )

    def _facts(self, photo: Photo, written: Sequence[Written]) -> CaptionFacts:
        new = tuple(text for each in written for text in each.texts)
        fresh = {(text.language, text.field) for text in new}
        kept = [text for text in photo.texts if (text.language, text.field) not in fresh]
        with self.store.reading() as tx:
            issues = self.proofing.reader.issues(tx, photo, [*kept, *new])
        return CaptionFacts(
            new,
            issues,
            score(issues),
            min((each.confidence for each in written if each.confidence is not None), default=None),
            max((each.attempts for each in written), default=1),
            any(each.fallback_used for each in written),
            tuple(text for each in written for text in each.before),
            tuple(dict.fromkeys(step for each in written for step in each.repairs)),
            sum(each.rewrites for each in written),
            tuple(field_scores(issues, photo.languages).items()),
        )

    def _given_up(self, photo: Photo, bad: ModelAnswerBad) -> CaptionFacts:
        """Bring a photo on which the model failed for good to review, with a draft and the reason."""
        facts = self._facts(photo, list(self._drafted(photo)))
        failed = Issue("model_failed", WARN, f"{bad.message} The texts are a draft.", photo.languages[0])
        issues = (*facts.issues, failed)
        return replace(facts, issues=issues, score=score(issues), attempts=photo.position.attempt)

    def _announce(self) -> None:
        """Say once a process what the model runs on, after loading it."""
        if self._has_model and not self._is_announced:
            line = self.model.runtime_line()
            self._is_announced = True
            log.info("caption model: %s", line)
            self._notes.put(RUNTIME_NOTE, line)

    def _is_seen(self) -> bool:
        with self.store.reading() as tx:
            return tx.notes.get(SEEN_NOTE) in {self.model.server, _SOME_SERVER}


def _open_languages(photo: Photo) -> list[str]:
    """List the languages in which a person has not written everything."""
    return [language for language in photo.languages if open_fields(photo, language)]
