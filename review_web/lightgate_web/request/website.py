"""What reaches the configured website, for pages and scripts alike; each time with a line for the audit."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote

from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.website.open import open_website, terms_of
from lightgate.domain.names.layout import FULL
from lightgate.domain.photo import WHOLE, Photo
from lightgate.ports.website import Website
from lightgate.steps import release as release_step
from lightgate.steps.release import PlannedPhoto, ReleaseReport, Remark
from lightgate_web.request import audit
from lightgate_web.request.context import house, person


def ready(slug: str) -> Sequence[int]:
    """List what a release would act on, in one set or, without a slug, in all.

    Raises:
        NotFound: no such set.
    """
    store = house().store
    if not slug:
        return release_step.ready_for_release(store)
    with store.reading() as tx:
        set_id = tx.sets.get(slug).id
    return release_step.ready_for_release(store, set_id)


def release(ids: Sequence[int]) -> ReleaseReport:
    """Send photos to the publish queue, in the name of the person who is signed in."""
    with _website() as website:
        report = release_step.release(house().release_desk(website), ids, person())
    sums = f"{len(report.released)} photos, {len(report.removed)} taken off, {len(report.refused)} refused"
    audit.note(person(), "released", sums)
    return report


def unpublish(ids: Sequence[int]) -> Sequence[release_step.Outcome]:
    """Take photos off the website, in the name of the person who is signed in."""
    with _website() as website:
        outcomes = release_step.unpublish(house().release_desk(website), ids, person())
    audit.note(person(), "unpublished", f"{_done(outcomes)} of {len(outcomes)} photos")
    return outcomes


def newest() -> tuple[int | None, Sequence[int]]:
    """Give the number and the photos of the release that can be taken back."""
    with house().store.reading() as tx:
        return tx.releases.newest_number(), list(tx.releases.last())


def take_back(number: int) -> Sequence[release_step.Outcome]:
    """Undo the newest release, in the name of the person who is signed in.

    Raises:
        NotTheNewest: this is another one.
    """
    with _website() as website:
        outcomes = release_step.undo_release(house().release_desk(website), person(), number=number)
    audit.note(person(), "took_release_back", f"release {number}: {_done(outcomes)} of {len(outcomes)} photos")
    return outcomes


def stop(number: int) -> Sequence[release_step.Outcome]:
    """Stop what a release has not sent yet, in the name of the person who is signed in.

    Raises:
        NotFound: no such release.
    """
    with _website() as website:
        outcomes = release_step.stop_release(house().release_desk(website), number, person())
    audit.note(person(), "stopped_release", f"release {number}: {_done(outcomes)} photos")
    return outcomes


def _done(outcomes: Sequence[release_step.Outcome]) -> int:
    return sum(outcome.is_done for outcome in outcomes)


def plan(photo_id: int) -> PlannedPhoto:
    """Work out what releasing one photo would upload and write; it is rendered for that."""
    here = house()
    renderer = renditions(here.settings.publish)
    with _website() as website:
        return next(iter(release_step.plan(here.store, here.key, here.folder, renderer, website, [photo_id])))


def destination() -> str:
    """Name where published files go."""
    publish = house().settings.publish
    return ", ".join(publish.targets) or str(publish.directory or house().folder.published)


def targets() -> Collection[str]:
    """Name the targets that the settings know."""
    return house().settings.publish.target_names


def has_address() -> bool:
    """Do the settings say where visitors find the website?"""
    publish = house().settings.publish
    return bool(publish.public_url or any(each.public_url for each in publish.targets.values()))


def remarks_on(photos: Sequence[Photo]) -> Sequence[Sequence[Remark]]:
    """List what a person should know of each photo before it goes out; the header of each original is read."""
    folder, terms = house().folder, terms_of(house().settings.publish)
    return [
        tuple(release_step.remarks(each, folder.original(each.content_hash, each.suffix), terms)) for each in photos
    ]


def is_small(photo: Photo) -> bool:
    """Has the photo fewer pixels than the website shows?"""
    return terms_of(house().settings.publish).is_small(photo)


def live_address(photo: Photo) -> str | None:
    """Give the address of a published photo, where the settings say what the website is called."""
    base = house().settings.publish.public_url.rstrip("/")
    path = next((each.paths.get(FULL) for each in photo.publications if each.state in WHOLE), None)
    return f"{base}/{quote(path)}" if path and base.startswith(("http://", "https://")) else None


def digest(ids: Sequence[int]) -> str:
    """Give a digest of a list of photos, so that what is confirmed is what was shown."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()[:16]


@contextmanager
def _website() -> Iterator[Website]:
    """Open the website for one request: lines to a server are not shared between threads."""
    here = house()
    website = open_website(here.settings.publish, here.folder, here.settings.mysql)
    try:
        yield website
    finally:
        for target in website.targets:
            target.close()
        website.catalogue.close()
