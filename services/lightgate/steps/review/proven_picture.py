"""The picture that an approval rests on: hashed before the transaction, compared with the row inside it."""

from __future__ import annotations

from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import REVIEW
from lightgate.errors import Conflict, PictureTurning, PictureUnproven
from lightgate.files.picture_proof import Fault, read_proven
from lightgate.steps.review.desk import ReviewDesk
from lightgate.steps.review.turning import why_not_turned


@dataclass(frozen=True, slots=True)
class Looked:
    """What lay there as a photo's view, compared with what its row said then."""

    content_hash: str
    view: str | None
    fault: Fault | None

    def require(self, photo: Photo) -> None:
        """Make sure that a photo at review is shown by a picture that was made from its own original.

        Raises:
            PictureUnproven: it is not, or its pictures could not be turned as it is.
            PictureTurning: they are still to be turned.
            Conflict: the row says something else by now.
        """
        if photo.position.step != REVIEW:
            return
        if (self.content_hash, self.view) != (photo.content_hash, photo.pictures.get("view")):
            raise Conflict
        if photo.is_turning and photo.turn_error is None:
            raise PictureTurning
        if photo.is_turning or self.fault is not None:
            raise PictureUnproven(reason=self.fault or why_not_turned(photo), photo_id=photo.id)


def look(desk: ReviewDesk, photo_id: int) -> Looked:
    """Hash the view that lies on the disk now."""
    with desk.store.reading() as tx:
        content_hash, hashes = tx.photos.pictures(photo_id)
    view = hashes.get("view")
    found = read_proven(desk.folder.proxy_files(content_hash).view, view)
    return Looked(content_hash, view, found if isinstance(found, Fault) else None)
