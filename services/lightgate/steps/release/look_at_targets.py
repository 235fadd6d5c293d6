"""Looking at live photos through the website's own addresses, and keeping in the ledger what came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from lightgate.domain.photo import LedgerState, Photo, Publication
from lightgate.ports.website import SiteCheck, Website
from lightgate.store import Store


def look_again(
    store: Store, website: Website, site_check: SiteCheck, photos: Iterable[Photo], at: datetime
) -> Iterator[Photo]:
    """Fetch every live file that has an address; yield each photo as the ledger has it afterwards."""
    for photo in photos:
        for publication in photo.publications:
            checks = _looked(website, site_check, publication) if publication.state is LedgerState.LIVE else {}
            if checks:
                _keep(store, photo.id, publication, checks, at)
        with store.reading() as tx:
            yield tx.photos.get(photo.id)


def _looked(
    website: Website, site_check: SiteCheck, publication: Publication
) -> dict[str, dict[str, str | int | bool | None]]:
    addresses = {kind: website.address_of(publication.target, path) for kind, path in publication.paths.items()}
    return {
        kind: site_check.look(address, publication.hashes[kind])
        for kind, address in addresses.items()
        if address is not None and kind in publication.hashes
    }


def _keep(
    store: Store,
    photo_id: int,
    publication: Publication,
    checks: dict[str, dict[str, str | int | bool | None]],
    at: datetime,
) -> None:
    """Write what came, unless the photo was published or taken off in the meantime."""
    with store.writing() as tx:
        if publication in tx.publications.of_photo(photo_id):
            tx.publications.put(photo_id, replace(publication, checks=checks), at)
