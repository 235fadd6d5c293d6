"""From a picture to texts that can be read: the model writes, repair mends, the proof reads, the model corrects."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from lightgate.domain.keywords.vocabulary import TermState, sort_keywords
from lightgate.domain.language.tokens import words
from lightgate.domain.photo import HUMAN_SOURCES, Field, Issue, Photo, Source, Text, TextValue
from lightgate.domain.proof.daylight import sun_of
from lightgate.domain.proof.proof import COST, WARN, Context, proof
from lightgate.domain.proof.repair import repair
from lightgate.errors import ModelAnswerBad, ModelServerDown, StorageFull, StoreBusy
from lightgate.ports.captions import CaptionDraft, Captioner, CaptionRequest
from lightgate.store import PhotoFilter, Store, Transaction
from lightgate.texts.proofreader import Proofreader

log = logging.getLogger(__name__)

#: captions of the set that the model is asked not to repeat
AVOIDED = 10
#: photos before this one in which they are looked for; a set's ids are consecutive
LOOKED_AT = 40
#: faults that another answer of the model does not mend
_BEYOND_THE_MODEL = frozenset({"draft", "model_failed"})


@dataclass(frozen=True, slots=True)
class Written:
    """Texts in one language, with how they came about."""

    texts: tuple[Text, ...]
    #: the same as they were first written
    before: tuple[Text, ...]
    #: what the repair did
    repairs: tuple[str, ...]
    #: how often the model was asked to write anew
    rewrites: int
    confidence: int | None = None
    attempts: int = 1
    fallback_used: bool = False


class Writer:
    """Has one captioner write texts for the fields that no person wrote or locked.

    Args:
        keeps_unknown: keywords of a model that the vocabulary does not list stay in the photo.
    """

    def __init__(
        self,
        store: Store,
        captioner: Captioner,
        proofreader: Proofreader,
        *,
        rewrites: int,
        has_time: Callable[[], bool],
        keeps_unknown: bool = False,
    ) -> None:
        self._store = store
        self._captioner = captioner
        self._proofreader = proofreader
        self._rewrites = rewrites
        self._has_time = has_time
        self._keeps_unknown = keeps_unknown

    def write(
        self, photo: Photo, language: str, picture: bytes, wanted: Sequence[Field], hint: str = "", variation: int = 0
    ) -> Written:
        """Write the wanted fields in one language.

        Args:
            variation: 0 for the first texts of a photo; other numbers ask for other words.

        Raises:
            ModelServerDown, ModelAnswerBad: see ``ports.captions.Captioner``.
        """
        request = replace(
            request_for(photo, language),
            avoid=self._used(photo, language, variation),
            hint=hint,
            keyword_limits=self._proofreader.keywords,
        )
        draft = self._captioner.describe(picture, replace(request, variation=variation))
        before = tuple(_texts(language, draft, wanted))
        best = self._mended(photo, before)
        rewrites = 0
        while rewrites < self._rewrites and best.faults and draft.source is Source.MODEL and self._has_time():
            rewrites += 1
            again = self._again(photo, picture, request, best, variation + rewrites, wanted)
            better = _better(best, again) if again else best
            if better.cost >= best.cost:
                break
            best = better
        self._propose(language, best.unknown)
        return Written(
            best.texts, before, best.repairs, rewrites, draft.confidence, draft.attempts + rewrites, draft.fallback_used
        )

    def _propose(self, language: str, unknown: Sequence[str]) -> None:
        """Put words that nobody listed before a person; that is worth a line, not the photo's texts."""
        if not unknown:
            return
        try:
            with self._store.writing() as tx:
                tx.vocabulary.propose(language, unknown, datetime.now(UTC))
        except (StoreBusy, StorageFull) as error:
            log.warning("unknown keywords were not proposed: %s", error.message)

    def _again(
        self,
        photo: Photo,
        picture: bytes,
        request: CaptionRequest,
        best: _Mended,
        variation: int,
        wanted: Sequence[Field],
    ) -> _Mended | None:
        refused = tuple((text.field, text.value) for text in best.texts)
        faults = tuple(dict.fromkeys(issue.message for issue in best.faults))
        asked = replace(request, faults=faults, refused=refused, variation=variation)
        try:
            draft = self._captioner.describe(picture, asked)
        except (ModelAnswerBad, ModelServerDown) as error:
            # what is there already is kept
            log.info("photo %s: not written anew: %s", photo.id, error.message)
            return None
        return self._mended(photo, tuple(_texts(request.language, draft, wanted)))

    def _mended(self, photo: Photo, texts: Sequence[Text]) -> _Mended:
        own = {(text.language, text.field) for text in texts}
        kept = [text for text in photo.texts if (text.language, text.field) not in own]
        if not texts:
            return _Mended((), (), ())
        language = texts[0].language
        with self._store.reading() as tx:
            context = self._proofreader.context(tx, photo, ())
            repaired, done = _repaired(texts, context)
            mended, unknown = self._listed(tx, repaired)
            context = self._proofreader.context(tx, photo, mended)
        issues = [issue for issue in proof([*kept, *mended], language, context) if (language, issue.field) in own]
        return _Mended(mended, tuple(issues), done, unknown)

    def _listed(self, tx: Transaction, texts: Sequence[Text]) -> tuple[tuple[Text, ...], tuple[str, ...]]:
        """Hold a model's keywords against their language's vocabulary; without one only what is banned goes."""
        listed: list[Text] = []
        unknown: tuple[str, ...] = ()
        for text in texts:
            is_models = text.field is Field.KEYWORDS and text.source is Source.MODEL
            if not is_models or isinstance(text.value, str):
                listed.append(text)
                continue
            has_list = tx.vocabulary.count(TermState.LISTED, text.language) > 0
            found = sort_keywords(text.value, text.language, partial(tx.vocabulary.find, text.language))
            unknown = found.unknown if has_list else ()
            stays = found.unknown if self._keeps_unknown or not has_list else ()
            listed.append(replace(text, value=(*found.kept, *stays)))
        return tuple(listed), unknown

    def _used(self, photo: Photo, language: str, variation: int) -> tuple[str, ...]:
        """Give captions of photos before this one, not those of its series, and for other words its own."""
        with self._store.reading() as tx:
            wanted = PhotoFilter(set_id=photo.set_id)
            earlier = tx.photos.page(wanted, after=photo.id - 1 - LOOKED_AT, limit=LOOKED_AT)
        shown = [each for each in earlier if each.id < photo.id and not _is_frame(each, photo)]
        shown += [photo] if variation else []
        captions = [each.text(language, Field.CAPTION) for each in shown]
        return tuple(str(text.value) for text in captions if text is not None and text.value)[-AVOIDED:]


def _is_frame(one: Photo, other: Photo) -> bool:
    """Do both show the same, so that they may say the same?"""
    return one.series is not None and other.series is not None and one.series.key == other.series.key


@dataclass(frozen=True, slots=True)
class _Mended:
    texts: tuple[Text, ...]
    issues: tuple[Issue, ...]
    repairs: tuple[str, ...]
    #: keywords that nobody listed
    unknown: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[Issue, ...]:
        """What the model may do better."""
        return tuple(i for i in self.issues if COST[i.severity] >= COST[WARN] and i.code not in _BEYOND_THE_MODEL)

    @property
    def cost(self) -> int:
        return sum(COST[issue.severity] for issue in self.issues)

    def cost_of(self, field: Field) -> int:
        return sum(COST[issue.severity] for issue in self.issues if issue.field is field)


def request_for(photo: Photo, language: str) -> CaptionRequest:
    """Tell a captioner what is known of a photo."""
    written = tuple((text.field, text.value) for text in photo.texts if is_kept(text) and text.value)
    return CaptionRequest(
        language=language,
        subject=photo.subject,
        location=photo.location,
        folder=photo.folder,
        brief=photo.brief,
        exif=photo.exif,
        light=str(sun_of(photo) or ""),
        written=written,
        hints=photo.hints,
    )


def is_kept(text: Text) -> bool:
    """Did a person write or lock this text?"""
    return text.locked or text.source in HUMAN_SOURCES


def open_fields(photo: Photo, language: str) -> tuple[Field, ...]:
    """List the fields that no person wrote or locked."""
    texts = {field: photo.text(language, field) for field in Field}
    return tuple(field for field, text in texts.items() if text is None or not is_kept(text))


def _texts(language: str, draft: CaptionDraft, wanted: Sequence[Field]) -> Iterator[Text]:
    values: dict[Field, TextValue] = {
        Field.CAPTION: draft.caption,
        Field.ALT_TEXT: draft.alt_text,
        Field.KEYWORDS: draft.keywords,
    }
    for field in wanted:
        if values[field]:
            yield Text(language, field, values[field], draft.source, model=draft.model, prompt_hash=draft.prompt_hash)


def _repaired(texts: Sequence[Text], context: Context) -> tuple[tuple[Text, ...], tuple[str, ...]]:
    """Mend what a model wrote; a draft is made of the photographer's own words and stays."""
    found = [repair(text, context) if text.source is Source.MODEL and _has_words(text) else None for text in texts]
    mended = tuple(each.text if each else text for each, text in zip(found, texts, strict=True))
    return mended, tuple(dict.fromkeys(step for each in found if each for step in each.done))


def _has_words(text: Text) -> bool:
    return bool(words(text.value if isinstance(text.value, str) else " ".join(text.value)))


def _better(one: _Mended, other: _Mended) -> _Mended:
    """Take of each field the better text, where both have one; a field that was lost stays."""
    chosen = {text.field: text for text in one.texts}
    for text in other.texts:
        if text.field not in chosen or other.cost_of(text.field) < one.cost_of(text.field):
            chosen[text.field] = text
    taken_from_other = {field for field, text in chosen.items() if text in other.texts}
    issues = [
        *(issue for issue in one.issues if issue.field not in taken_from_other),
        *(issue for issue in other.issues if issue.field in taken_from_other),
    ]
    repairs = tuple(dict.fromkeys((*one.repairs, *other.repairs)))
    unknown = other.unknown if Field.KEYWORDS in taken_from_other else one.unknown
    return _Mended(tuple(chosen.values()), tuple(issues), repairs, unknown)
