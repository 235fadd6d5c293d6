"""Everything of one photo that leaves the house: its files, and the row that describes them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lightgate.domain.names.layout import FULL, MANIFEST, THUMB, Layout
from lightgate.domain.photo import Field, Photo
from lightgate.errors import AltTextMissing, OriginalMissing, SealBroken
from lightgate.ports.website import CatalogueRow, QualityRow, Renderer, Rendition, Website, first_text

#: file name endings by format, where they differ
ENDINGS = {"jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class File:
    """One rendition and its place below a target's root."""

    path: str
    rendition: Rendition


@dataclass(frozen=True, slots=True)
class PublishPackage:
    """Everything of one photo that leaves the house."""

    file_name: str
    #: for the first target, and every other that wants the same
    files: tuple[File, ...]
    row: CatalogueRow
    #: what the website's proof table says of the texts
    quality: QualityRow | None = None
    #: files of targets that want others, by target name
    others: Mapping[str, tuple[File, ...]] = field(default_factory=dict)

    @property
    def paths(self) -> dict[str, str]:
        """Paths by rendition kind."""
        return by_kind(self.files)

    def files_for(self, target: str) -> tuple[File, ...]:
        """Give what goes to a target."""
        return self.others.get(target, self.files)


def pack(
    photo: Photo, original: Path, renderer: Renderer, website: Website, quality: QualityRow | None = None
) -> PublishPackage:
    """Render a photo from its verified original and write its row.

    Raises:
        OriginalMissing: the working copy is gone, or not the file that was approved.
        SealBroken: the photo has no name.
        AltTextMissing: the photo has no alt text.
    """
    if photo.file_name is None:
        raise SealBroken
    if not first_text(photo, Field.ALT_TEXT).strip():
        raise AltTextMissing
    _verify(original, photo.content_hash)
    wanted = {each.name: website.renderers.get(each.name, renderer) for each in website.targets}
    renderers = {id(each): each for each in wanted.values()}
    made = {key: _files(original, photo, website.layout, each) for key, each in renderers.items()}
    packages = {name: made[id(each)] for name, each in wanted.items()}
    files = next(iter(packages.values()))
    others = {name: each for name, each in packages.items() if each is not files}
    full = next(file.rendition for file in files if file.rendition.kind == FULL)
    addresses = {kind: _address(website.public_url, path) for kind, path in by_kind(files).items()}
    row = row_of(photo, addresses, full.width_px, full.height_px)
    return PublishPackage(photo.file_name, files, row, quality, others)


def _files(original: Path, photo: Photo, layout: Layout, renderer: Renderer) -> tuple[File, ...]:
    """Render for one profile; a responsive set gets its list."""
    name = photo.file_name or ""
    files = [
        File(layout.path(photo, name, each.kind, ENDINGS.get(each.format, each.format)), each)
        for each in renderer.render(original, photo)
    ]
    responsive = [file for file in files if file.rendition.kind not in layout.templates]
    if responsive:
        listed = _manifest(photo, responsive)
        files.append(File(layout.path(photo, name, MANIFEST, "json"), listed))
    return tuple(files)


def _manifest(photo: Photo, files: Sequence[File]) -> Rendition:
    """List a responsive set for the website's templates, largest last."""
    made = [
        {
            "path": file.path,
            "format": file.rendition.format,
            "width": file.rendition.width_px,
            "height": file.rendition.height_px,
            "bytes": len(file.rendition.content),
            "sha256": file.rendition.hash,
        }
        for file in sorted(files, key=lambda file: (file.rendition.format, file.rendition.width_px, file.path))
    ]
    told = {"file_name": photo.file_name, "alt": first_text(photo, Field.ALT_TEXT), "files": made}
    content = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    profile = files[0].rendition.profile
    return Rendition(MANIFEST, content, 0, 0, digest, pixels="", profile=profile, format="json")


def row_of(photo: Photo, addresses: dict[str, str], width_px: int, height_px: int) -> CatalogueRow:
    """Write the website's row; its size is that of the published file, its texts are the first language's."""
    exif, scores = photo.exif, photo.scores
    return CatalogueRow(
        File_Name=photo.file_name or "",
        Folder=photo.folder,
        Path=addresses[FULL],
        Thumb_Path=addresses[THUMB],
        DateTime=exif.date_time,
        Camera=exif.camera,
        Lens_model=exif.lens_model,
        Width=width_px,
        Height=height_px,
        Exposure=exif.exposure,
        Aperture=exif.aperture,
        ISO=exif.iso,
        # the website's column holds whole numbers; with a fraction no row would ever be the one that is there
        Focal_length=None if exif.focal_length_mm is None else math.floor(exif.focal_length_mm + 0.5),
        Keywords=first_text(photo, Field.KEYWORDS),
        Caption=first_text(photo, Field.CAPTION),
        alt_text=first_text(photo, Field.ALT_TEXT),
        Location=photo.location,
        QR=photo.qr,
        QC_Status=scores.band,
        Original_File_Name=photo.original_file_name,
        nima_score=scores.nima_score,
        blur_score=scores.blur_score,
        brightness_score=scores.brightness_score,
        contrast_score=scores.contrast_score,
        brisque_score=scores.brisque_score,
        clip_aesthetic_score=scores.clip_aesthetic_score,
    )


def _verify(original: Path, content_hash: str) -> None:
    try:
        with original.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise OriginalMissing from error
    if found != content_hash:
        raise OriginalMissing


def _address(public_url: str, path: str) -> str:
    return f"{public_url.rstrip('/')}/{path}" if public_url else path


def by_kind(files: Iterable[File]) -> dict[str, str]:
    """Give paths by rendition kind."""
    return {file.rendition.kind: file.path for file in files}
