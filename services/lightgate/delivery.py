"""What it takes to have one photo live as approved: files to put, a row to write, old files to remove.

The publish stage carries it out and the dry run prints it, so that both are the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lightgate.domain.layout import FULL, MANIFEST, THUMB, Layout
from lightgate.domain.photo import Field, Photo, Publication
from lightgate.errors import NameTaken, OriginalMissing, SealBroken
from lightgate.ports import Catalogue, CatalogueRow, Found, Renderer, Rendition, Target

#: file name endings by format, where they differ
ENDINGS = {"jpeg": "jpg"}
#: ledger state of a publication whose files and row are in place
LIVE = "live"


@dataclass(frozen=True, slots=True)
class Website:
    """Where published photographs go."""

    targets: Sequence[Target]
    catalogue: Catalogue
    layout: Layout
    #: in front of the paths in the catalogue; empty: the path itself
    public_url: str = ""
    #: what makes the files of targets that want others than the first, by target name
    renderers: Mapping[str, Renderer] = field(default_factory=dict)


class Change(StrEnum):
    """What happens to a file or row that has the photo's name."""

    NEW = "new"
    SAME = "same"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class File:
    """One rendition and its place below a target's root."""

    path: str
    rendition: Rendition


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything of one photo that leaves the house."""

    file_name: str
    #: for the first target, and every other that wants the same
    files: tuple[File, ...]
    row: CatalogueRow
    #: files of targets that want others, by target name
    others: Mapping[str, tuple[File, ...]] = field(default_factory=dict)

    @property
    def paths(self) -> dict[str, str]:
        """Paths by rendition kind."""
        return _by_kind(self.files)

    def files_for(self, target: str) -> tuple[File, ...]:
        """Give what goes to a target."""
        return self.others.get(target, self.files)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one target needs."""

    target: Target
    changes: tuple[tuple[File, Change], ...]
    #: files of an earlier version at other paths: rendition kind and path
    stale: tuple[tuple[str, str], ...] = ()

    @property
    def to_remove(self) -> tuple[str, ...]:
        """Paths of files of an earlier version."""
        return tuple(path for _, path in self.stale)

    @property
    def paths(self) -> dict[str, str]:
        """Paths by rendition kind."""
        return _by_kind(file for file, _ in self.changes)

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 by rendition kind."""
        return {file.rendition.kind: file.rendition.hash for file, _ in self.changes}

    @property
    def to_put(self) -> tuple[File, ...]:
        """Files that are not there yet as they should be."""
        return tuple(file for file, change in self.changes if change is not Change.SAME)


def pack(photo: Photo, original: Path, renderer: Renderer, website: Website) -> Parcel:
    """Render a photo from its verified original and write its row.

    Raises:
        OriginalMissing: the working copy is gone, or not the file that was approved.
        SealBroken: the photo has no name.
    """
    if photo.file_name is None:
        raise SealBroken
    _verify(original, photo.content_hash)
    wanted = {each.name: website.renderers.get(each.name, renderer) for each in website.targets}
    renderers = {id(each): each for each in wanted.values()}
    made = {key: _files(original, photo, website.layout, each) for key, each in renderers.items()}
    parcels = {name: made[id(each)] for name, each in wanted.items()}
    files = next(iter(parcels.values()))
    others = {name: each for name, each in parcels.items() if each is not files}
    full = next(file.rendition for file in files if file.rendition.kind == FULL)
    addresses = {kind: _address(website.public_url, path) for kind, path in _by_kind(files).items()}
    return Parcel(photo.file_name, files, row_of(photo, addresses, full.width_px, full.height_px), others)


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
    told = {"file_name": photo.file_name, "alt": _first(photo, Field.ALT_TEXT), "files": made}
    content = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    profile = files[0].rendition.profile
    return Rendition(MANIFEST, content, 0, 0, digest, pixels="", profile=profile, format="json")


def _by_kind(files: Iterable[File]) -> dict[str, str]:
    return {file.rendition.kind: file.path for file in files}


def compare(parcel: Parcel, target: Target, ledger: Publication | None) -> Delivery:
    """Compare with what the target holds.

    Raises:
        NameTaken: a file is in the way that we never put there.
    """
    files = parcel.files_for(target.name)
    changes = tuple((file, _change(file, target, ledger)) for file in files)
    kept = {file.path for file in files}
    # a key may say "old 0 full": what a try that did not end still has to remove
    stale = tuple((key.rpartition(" ")[2], path) for key, path in _paths(ledger) if path not in kept)
    return Delivery(target, changes, stale)


def _paths(ledger: Publication | None) -> Iterable[tuple[str, str]]:
    return ledger.paths.items() if ledger else ()


def compare_row(parcel: Parcel, catalogue: Catalogue, *, is_ours: bool) -> Change:
    """Compare with what the catalogue holds under that name.

    Raises:
        NameTaken: somebody else's row has the name.
    """
    found = catalogue.find(parcel.file_name)
    if found is None:
        return Change.NEW
    if found == parcel.row:
        return Change.SAME
    if not is_ours:
        raise NameTaken(name=parcel.file_name, where="a row in the website's catalogue")
    return Change.REPLACED


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
        Focal_length=exif.focal_length_mm,
        Keywords=_first(photo, Field.KEYWORDS),
        Caption=_first(photo, Field.CAPTION),
        alt_text=_first(photo, Field.ALT_TEXT),
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


def _change(file: File, target: Target, ledger: Publication | None) -> Change:
    found = target.look(file.path)
    if found is None:
        return Change.NEW
    if _is_same(file, target, found, ledger):
        return Change.SAME
    if ledger is None:
        raise NameTaken(name=file.path.rpartition("/")[2], where=f"the file {file.path} on {target.name}")
    return Change.REPLACED


def _is_same(file: File, target: Target, found: Found, ledger: Publication | None) -> bool:
    """Is this file there already? Where the target tells no hash, our own record and the size decide."""
    if found.size_bytes != len(file.rendition.content):
        return False
    if found.hash is not None:
        return found.hash == file.rendition.hash
    if ledger is None:
        return target.digest(file.path) == file.rendition.hash
    kind = file.rendition.kind
    is_ours = ledger.state == LIVE and ledger.paths.get(kind) == file.path
    return is_ours and ledger.hashes.get(kind) == file.rendition.hash


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


def _first(photo: Photo, wanted: Field) -> str:
    text = photo.text(photo.languages[0], wanted) if photo.languages else None
    if text is None:
        return ""
    return text.value if isinstance(text.value, str) else ", ".join(text.value)
