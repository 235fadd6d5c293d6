"""The proof of a photo's texts with what is known around it: told facts, word lists, the texts of other photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.photo import Field, Issue, Photo, Text
from lightgate.domain.proof.evidence import evidence_of
from lightgate.domain.proof.keywords import KEYWORDS
from lightgate.domain.proof.proof import Context, Twin, field_scores, proof_all, score
from lightgate.store import CatalogueText, Likeness, Store, Transaction

#: texts that are made known in one transaction
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Proofreader:
    """Proves texts for whoever writes them: model, person, draft."""

    #: read anew when a person changes a list
    lists: Callable[[], WordLists] = WordLists
    keywords: tuple[int, int] = KEYWORDS

    def context(self, tx: Transaction, photo: Photo, texts: Sequence[Text]) -> Context:
        """Gather what the texts are proved against."""
        return Context(self.lists(), evidence_of(photo), tuple(_twins(tx, photo, texts)), self.keywords)

    def issues(self, tx: Transaction, photo: Photo, texts: Sequence[Text] | None = None) -> tuple[Issue, ...]:
        """Prove a photo's texts, or others in their place."""
        texts = photo.texts if texts is None else texts
        return proof_all(texts, photo.languages, self.context(tx, photo, texts))

    def prove(self, tx: Transaction, photo: Photo, at: datetime) -> None:
        """Write the proof of what stands there now."""
        issues = self.issues(tx, photo)
        tx.photos.put_proof(photo.id, issues, score(issues), at, field_scores(issues, photo.languages))


def _twins(tx: Transaction, photo: Photo, texts: Sequence[Text]) -> Iterator[Twin]:
    for text in texts:
        if text.field is not Field.KEYWORDS and text.language in photo.languages:
            for alike in tx.known_texts.alike(text, before=photo.id, file_name=photo.file_name, limit=1):
                is_frame = photo.series is not None and alike.series == photo.series.key
                yield Twin(text.language, text.field, _where(alike), alike.likeness, is_frame=is_frame)


def _where(alike: Likeness) -> str:
    return f"Photo {alike.photo_id} ({alike.name})" if alike.photo_id is not None else f"{alike.name} on the website"


def learn(store: Store, catalogue: Callable[[], Sequence[CatalogueText]]) -> int:
    """Make known what is not yet: texts of photos from before the index, and the website's own; give how many.

    Args:
        catalogue: reads the website's texts; those of the queue's photos are passed over.
    """
    count = 0
    while done := _learn_missing(store):
        count += done
    return count + _learn_catalogue(store, catalogue())


def _learn_missing(store: Store) -> int:
    with store.writing() as tx:
        return tx.known_texts.put_missing(_BATCH)


def _learn_catalogue(store: Store, texts: Sequence[CatalogueText]) -> int:
    with store.reading() as tx:
        known, ours = tx.known_texts.catalogue_names(), tx.photos.file_names()
    listed = {text.file_name for text in texts}
    new = [text for text in texts if text.file_name not in known and text.file_name not in ours]
    gone = sorted(name for name in known if name not in listed or name in ours)
    for start in range(0, len(new), _BATCH):
        with store.writing() as tx:
            tx.known_texts.put_catalogue(new[start : start + _BATCH])
    if gone:
        with store.writing() as tx:
            tx.known_texts.forget_catalogue(gone)
    return len(new)
