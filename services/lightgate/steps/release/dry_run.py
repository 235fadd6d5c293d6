"""What releasing would upload and write, file by file and row by row, without touching anything.

It asks the same questions as the publish stage and gives its answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import PUBLISH, RELEASE, Status
from lightgate.domain.route.status_words import why_not_live
from lightgate.errors import LightgateError, SealBroken
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import CatalogueRow, QualityRow, Renderer, Website
from lightgate.steps.release.unpublish import is_to_remove
from lightgate.steps.release.warnings import remarks
from lightgate.store import Store
from lightgate.website.approval import as_published, is_approved
from lightgate.website.debts import target_is_gone
from lightgate.website.diff import Change, compare, compare_row
from lightgate.website.package import pack
from lightgate.website.quality_row import quality_row

_ON_THE_WAY = frozenset({(RELEASE, Status.WAITING), (PUBLISH, Status.QUEUED), (PUBLISH, Status.RUNNING)})


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that would be put."""

    target: str
    path: str
    size_bytes: int
    change: Change


@dataclass(frozen=True, slots=True)
class PlannedPhoto:
    """What would happen to one photo."""

    photo_id: int
    file_name: str | None
    #: why nothing would happen, in words
    refused: str | None = None
    files: tuple[PlannedFile, ...] = ()
    #: target and path of files of an earlier version
    to_remove: tuple[tuple[str, str], ...] = ()
    row: CatalogueRow | None = None
    row_change: Change | None = None
    #: what a person should know besides, in words
    notes: tuple[str, ...] = ()


def plan(
    store: Store, key: bytes, folder: DataFolder, renderer: Renderer, website: Website, ids: Sequence[int]
) -> Iterator[PlannedPhoto]:
    """Work out what releasing these photos would do, one at a time, since each is rendered to know its bytes."""
    for photo_id in dict.fromkeys(ids):
        with store.reading() as tx:
            photo = next(iter(tx.photos.many([photo_id])), None)
            reason = _why_not(photo, website, is_sealed=photo is not None and is_approved(tx, photo, key))
            photo = as_published(tx, photo) if photo else None
            quality = quality_row(tx, photo) if photo else None
        is_going = photo is not None and is_to_remove(photo)
        if photo is None or quality is None or (reason and not is_going):
            yield PlannedPhoto(photo_id, photo.file_name if photo else None, reason)
            continue
        try:
            yield (_taken_off(photo, website) if is_going else _planned(photo, quality, folder, renderer, website))
        except LightgateError as error:
            yield PlannedPhoto(photo_id, photo.file_name, error.message)


def _why_not(photo: Photo | None, website: Website, *, is_sealed: bool) -> str | None:
    if photo is None:
        return "There is no such photo."
    if (photo.position.step, photo.position.status) not in _ON_THE_WAY:
        return why_not_live(photo)
    return website.why_not(photo) if is_sealed else SealBroken().message


def _taken_off(photo: Photo, website: Website) -> PlannedPhoto:
    """Work out what goes with a rejected photo that is live."""
    known = {target.name for target in website.targets}
    lost = sorted({each.target for each in photo.publications} - known)
    rows = (website.catalogue.find(each.file_name) for each in photo.publications)
    row = next((each for each in rows if each is not None), None)
    return PlannedPhoto(
        photo.id,
        photo.publications[0].file_name,
        to_remove=tuple(
            (each.target, path) for each in photo.publications if each.target in known for path in each.paths.values()
        ),
        row=row,
        row_change=Change.REMOVED if row else None,
        notes=tuple(target_is_gone(name) for name in lost),
    )


def _planned(
    photo: Photo, quality: QualityRow, folder: DataFolder, renderer: Renderer, website: Website
) -> PlannedPhoto:
    original = folder.original(photo.content_hash, photo.suffix)
    package = pack(photo, original, renderer, website, quality)
    ledger = {publication.target: publication for publication in photo.publications}
    deliveries = [compare(package, target, ledger.get(target.name)) for target in website.targets]
    files = (
        PlannedFile(delivery.target.name, file.path, len(file.rendition.content), change)
        for delivery in deliveries
        for file, change in delivery.changes
    )
    return PlannedPhoto(
        photo.id,
        photo.file_name,
        files=tuple(files),
        to_remove=tuple((delivery.target.name, path) for delivery in deliveries for path in delivery.to_remove),
        row=package.row,
        row_change=compare_row(package, website.catalogue, is_ours=bool(ledger)),
        notes=tuple(each.message for each in remarks(photo, original, website.terms)),
    )
