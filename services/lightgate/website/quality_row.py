"""The row of the website's proof table: how the texts of a photo came about."""

from __future__ import annotations

from collections.abc import Mapping

from lightgate.domain.photo import Field, Photo, Source, TextValue, one_line
from lightgate.ports.website import QualityRow
from lightgate.store import Transaction

#: verdicts after which the texts are no longer what the model first wrote
_MENDED = frozenset({"repaired", "rewritten"})


def quality_row(tx: Transaction, photo: Photo) -> QualityRow:
    """Write it from the proof, in the set's first language."""
    language = photo.languages[0] if photo.languages else ""
    proof = tx.photos.quality(photo.id)
    is_by_person = any(text.source is Source.PERSON for text in photo.texts if text.language == language)
    mode = "manual_editor" if is_by_person else "original"
    told = QualityRow(
        overall_quality_issues=";".join(dict.fromkeys(each.code for each in tx.photos.issues(photo.id))),
        generation_mode=mode,
        part_of_serie=int(photo.series is not None),
        final_subject=photo.subject,
    )
    if proof is None:
        return told
    before = {wanted: _before(proof.before, wanted, language) for wanted in Field}
    return QualityRow(
        before[Field.CAPTION],
        before[Field.ALT_TEXT],
        before[Field.KEYWORDS],
        proof.score,
        told.overall_quality_issues,
        "proof_repair" if mode == "original" and proof.verdict in _MENDED else mode,
        len(proof.repairs) + proof.rewrites,
        int(proof.fallback_used),
        told.part_of_serie,
        told.final_subject,
    )


def _before(texts: Mapping[str, TextValue], wanted: Field, language: str) -> str | None:
    found = texts.get(f"{wanted}.{language}")
    return None if found is None else one_line(found)
