"""A believable review site: real photographs in every state a reviewer meets, and persons who may sign in."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path

from argon2 import PasswordHasher
from PIL import Image

from lightgate.adapters.keys.installation_keys import seal_key
from lightgate.adapters.keys.passwords import Passwords
from lightgate.bootstrap import House
from lightgate.domain.photo import (
    Component,
    Exif,
    ExifFacts,
    Field,
    Photo,
    QualityFacts,
    Rights,
    Scores,
    Source,
    Text,
    TextValue,
)
from lightgate.domain.proof import proof as proofs
from lightgate.domain.route.pipeline import start
from lightgate.files.data_folder import DataFolder
from lightgate.files.picture_proof import hashes_of
from lightgate.settings import Intake, Review, Settings
from lightgate.steps import PIPELINE, review
from lightgate.store import NewPhoto, NewSet, Store, User
from support.stores import ROUTE, Clock, Sent, bring_to, failed, make_store, write_row

NAME = "ann"
PASSWORD = "a password of ann"

_EDGES_PX = {"view": 2560, "proxy": 1280, "thumb": 500}
_CROP_PX = (900, 600)


@dataclass(frozen=True)
class Shown:
    """One photograph of the gallery."""

    source: str
    name: str
    caption: str
    alt: str
    keywords: tuple[str, ...]
    qr: float | None
    band: str
    camera: str | None = "Canon EOS 5D Mark IV"


GALLERY = (
    Shown(
        "chelsea.png",
        "IMG_2041.JPG",
        "Chelsea the tabby cat looks past the camera with amber eyes.",
        "Close view of a tabby cat with amber eyes and long white whiskers.",
        ("cat", "tabby", "portrait", "whiskers", "animal"),
        7.81,
        "Top",
    ),
    Shown(
        "coffee.png",
        "IMG_2042.JPG",
        "A cup of espresso stands on a wooden table beside a steel spoon.",
        "White cup of black coffee on a saucer, seen from above on dark wood.",
        ("coffee", "cup", "espresso", "table", "spoon"),
        6.92,
        "Good",
    ),
    Shown(
        "rocket.jpg",
        "IMG_2043.JPG",
        "This image shows a rocket lifting off from its pad at night",
        "Rocket with a bright flame rises between two towers into a dark sky.",
        ("rocket", "launch", "night", "flame", "sky"),
        5.61,
        "Average",
        "NIKON D850",
    ),
    Shown(
        "astronaut.png",
        "IMG_2044.JPG",
        "Astronaut Eileen Collins smiles in an orange launch suit before a flag.",
        "Woman in an orange space suit with a shuttle model behind her shoulder.",
        ("astronaut", "portrait", "space", "orange", "flag"),
        8.02,
        "Top",
    ),
    Shown(
        "hubble_deep_field.jpg",
        "IMG_2045.JPG",
        "Hundreds of faint galaxies fill a small patch of dark sky.",
        "Field of small spiral and round galaxies in many colours on black.",
        ("galaxies", "hubble", "space", "stars", "night"),
        None,
        "NA",
        None,
    ),
    Shown(
        "motorcycle_left.png",
        "IMG_2046.JPG",
        "An old motorcycle leans in a crowded garage full of shelves.",
        "Motorcycle with a round lamp parked between shelves and boxes.",
        ("motorcycle", "garage", "vintage", "lamp", "shelves"),
        4.71,
        "Low",
    ),
    Shown(
        "retina.jpg",
        "IMG_2047.JPG",
        "Fine vessels branch across a round orange retina.",
        "Round orange retina with branching dark vessels around a bright spot.",
        ("retina", "eye", "vessels", "medicine", "orange"),
        6.1,
        "Average",
    ),
)


def site_house(
    home: Path,
    clock: Callable[[], datetime] | None = None,
    *,
    languages: tuple[str, ...] = ("en",),
    **settings: object,
) -> House:
    """Build a house on a migrated store, with a dispatch that only remembers; ``settings`` are the review site's."""
    review_settings = Review.model_validate(settings)
    folder = DataFolder(home)
    return House(
        settings=Settings(home=home, review=review_settings, intake=Intake(languages=languages)),
        folder=folder,
        store=make_store(home),
        dispatch=Sent(),
        pipeline=PIPELINE,
        now=clock or Clock(),
        key=seal_key(folder.secrets),
    )


def quick_passwords() -> Passwords:
    """Hash passwords in no time, and worthless anywhere but in a test."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def add_person(house: House, name: str = NAME, password: str = PASSWORD) -> User:
    """Let somebody sign in."""
    with house.store.writing() as tx:
        return tx.users.put(name, quick_passwords().hash(password), house.now())


def hang(house: House, title: str = "Harbour festival", shown: Sequence[Shown] = GALLERY) -> list[int]:
    """Take a set in and bring its photographs before the reviewer; with their pictures on disk."""
    new = NewSet(
        title,
        "Harbour festival",
        "Rotterdam",
        "events",
        "The yearly festival in the old harbour. Guests: the shuttle crew.",
        "/card",
        ("en",),
    )
    with house.store.writing() as tx:
        set_id = tx.sets.add(new, house.now()).id
    return [_hang_one(house, set_id, each, title) for each in shown]


def step_after(step: str) -> str:
    """Name the step that comes behind another."""
    names = [each.name for each in PIPELINE.route]
    return names[names.index(step) + 1]


def fail(house: House, photo_id: int, step: str, message: str) -> None:
    """Let a step give up on a photo."""
    with house.store.writing() as tx:
        photo = tx.photos.get(photo_id)
        tx.photos.move(photo, failed(step), house.now())
        write_row(tx, photo_id, {"error_code": "unreadable_image", "error_message": message})


def photo_of(house: House, photo_id: int) -> Photo:
    """Read a photo."""
    with house.store.reading() as tx:
        return tx.photos.get(photo_id)


def approve(house: House, photo_id: int, by: str = NAME) -> Photo:
    """Approve what stands there now."""
    return review.approve(house.review_desk(), photo_id, photo_of(house, photo_id).version, by, "seen by a person")


def _hang_one(house: House, set_id: int, shown: Shown, label: str) -> int:
    picture = _picture(shown.source)
    content_hash = hashlib.sha256(f"{label}/{shown.name}".encode()).hexdigest()
    hashes = _make_proxies(house.folder, content_hash, shown.source)
    new = NewPhoto(shown.name, f"day 1/{shown.name}", f"/card/{shown.name}", content_hash, 8_412_345, ".jpg")
    with house.store.writing() as tx:
        photo_id = tx.photos.add(set_id, new, start(ROUTE), house.now())
        tx.photos.write_facts(
            photo_id, ExifFacts(_exif(shown, picture), Rights("Ann Marsh", "© 2026 Ann Marsh")), house.now()
        )
        tx.photos.write_facts(photo_id, replace(_quality(shown, picture), pictures=hashes), house.now())
    bring_to(house.store, photo_id, "review")
    _write_texts(house.store, photo_id, shown, house.now())
    return photo_id


@cache
def _picture(source: str) -> Image.Image:
    with resources.as_file(resources.files("skimage") / "data" / source) as file:
        return Image.open(file).convert("RGB")


def _make_proxies(folder: DataFolder, content_hash: str, source: str) -> dict[str, str]:
    files = folder.proxy_files(content_hash)
    files.view.parent.mkdir(parents=True, exist_ok=True)
    for kind, content in _proxies(source).items():
        getattr(files, kind).write_bytes(content)
    return hashes_of(files)


@cache
def _proxies(source: str) -> dict[str, bytes]:
    """Make the pictures of an original, once for all sites that show it."""
    picture, made = _picture(source), {}
    for kind, edge_px in _EDGES_PX.items():
        copy = picture.copy()
        copy.thumbnail((edge_px, edge_px))
        made[kind] = _jpeg(copy, 88)
    left, top = (picture.width - _CROP_PX[0]) // 2, (picture.height - _CROP_PX[1]) // 2
    box = (max(0, left), max(0, top), min(picture.width, left + _CROP_PX[0]), min(picture.height, top + _CROP_PX[1]))
    return {**made, "crop": _jpeg(picture.crop(box), 92)}


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _exif(shown: Shown, picture: Image.Image) -> Exif:
    if shown.camera is None:
        return Exif(width=picture.width, height=picture.height, format="JPEG")
    return Exif(
        date_time="2026:05:04 11:32:07",
        offset="+02:00",
        camera=shown.camera,
        lens_model="EF 70-200mm f/2.8L IS III USM",
        width=picture.width,
        height=picture.height,
        exposure="1/250 sec",
        aperture="f/5.6",
        iso=400,
        focal_length_mm=135,
        has_gps=True,
        format="JPEG",
    )


def _quality(shown: Shown, picture: Image.Image) -> QualityFacts:
    components = (
        Component("sharpness", 82.0, 812.5, 0.4, "Sharp at the sharpest place."),
        Component("exposure", 71.0, 0.02, 0.3, "2 % of the picture is clipped white."),
        Component("contrast", 64.0, 51.2, 0.3, "Normal contrast."),
        Component("aesthetics", None, None, 0.0, "No CLIP weights are there: lightgate models pull clip."),
    )
    rated = Scores(
        blur_score=8.2,
        brightness_score=7.1,
        contrast_score=6.4,
        qr=shown.qr,
        qr_mode="technical",
        band=shown.band,
        components=components,
    )
    return QualityFacts(rated if shown.qr else replace(Scores(), band="NA"), picture.width, picture.height)


def _write_texts(store: Store, photo_id: int, shown: Shown, at: datetime) -> None:
    values: dict[Field, TextValue] = {
        Field.CAPTION: shown.caption,
        Field.ALT_TEXT: shown.alt,
        Field.KEYWORDS: shown.keywords,
    }
    is_draft = shown.camera is None
    with store.writing() as tx:
        for field, value in values.items():
            source = Source.DRAFT if is_draft else Source.MODEL
            model = None if is_draft else "qwen2.5vl:3b"
            tx.photos.put_text(photo_id, Text("en", field, value, source, model=model, prompt_hash="a1b2c3d4e5f6"), at)
        photo = tx.photos.get(photo_id)
        issues = proofs.proof_all(photo.texts, photo.languages)
        tx.photos.put_proof(photo_id, issues, proofs.score(issues), at)
