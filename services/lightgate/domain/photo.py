"""A photo, its set, and the facts that stages find about it: frozen values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lightgate.domain.keywords.line import keywords_line
from lightgate.domain.language.alternatives import Alternatives
from lightgate.domain.route.pipeline import Position


class Field(StrEnum):
    """A text of a photo that every language has."""

    CAPTION = "caption"
    ALT_TEXT = "alt_text"
    #: a tuple of keywords rather than one string
    KEYWORDS = "keywords"


class Source(StrEnum):
    """Who wrote a value."""

    #: IPTC, XMP or EXIF of the original: counts as a person's
    FILE = "file"
    PERSON = "person"
    MODEL = "model"
    #: put together from brief and EXIF: no model wrote this
    DRAFT = "draft"


#: sources that a model must never overwrite
HUMAN_SOURCES = frozenset({Source.FILE, Source.PERSON})

TextValue = str | tuple[str, ...]


def one_line(value: TextValue) -> str:
    """Write a text's value as one string: keywords with commas between, see ``keywords.line``."""
    return value if isinstance(value, str) else keywords_line(value)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one photo in one language."""

    #: BCP 47 tag, e.g. ``en``
    language: str
    field: Field
    #: a tuple for keywords, a string for the others
    value: TextValue
    source: Source
    locked: bool = False
    #: name of the model, and a short hash of the prompt, where ``source`` is MODEL
    model: str | None = None
    prompt_hash: str | None = None

    @property
    def line(self) -> str:
        """Its value as one string."""
        return one_line(self.value)


@dataclass(frozen=True, slots=True)
class Exif:
    """What the header of the original says; None where it says nothing or nonsense."""

    #: as written and as far as it is known, ``YYYY:MM:DD HH:MM:SS`` or ``YYYY:MM:DD``: see ``domain.written_time``
    date_time: str | None = None
    #: digits after the second, as written
    sub_seconds: str | None = None
    #: ``+02:00``
    offset: str | None = None
    make: str | None = None
    model: str | None = None
    #: make and model without the repeated make, e.g. ``Canon EOS 5D Mark IV``
    camera: str | None = None
    lens_model: str | None = None
    #: upright pixels, after orientation
    width: int | None = None
    height: int | None = None
    #: ``1/250 sec`` or ``20 sec``
    exposure: str | None = None
    #: ``f/5.6``
    aperture: str | None = None
    iso: int | None = None
    #: a whole number as ``int``, so that 4 and 4.0 are one
    focal_length_mm: float | None = None
    focal_length_35mm_mm: int | None = None
    #: 1 to 8, EXIF 2.32 tag 0x0112; 1 where absent or nonsense
    orientation: int = 1
    has_gps: bool = False
    #: Pillow's name of the container, e.g. ``JPEG``; ``RAW`` for a camera's raw data
    format: str | None = None

    @property
    def is_preview(self) -> bool:
        """Is all that can be shown the preview that a camera put into its raw file?"""
        return self.format == "RAW"


@dataclass(frozen=True, slots=True)
class HeaderExtra:
    """What the header says besides, for our own use: never published."""

    #: exposure compensation in stops
    exposure_bias: float | None = None
    #: degrees north and east
    latitude: float | None = None
    longitude: float | None = None
    #: ``xmp:Rating``, 1 to 5; -1: rejected
    stars: int | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """Who made the picture, from the original's own metadata."""

    creator: str | None = None
    copyright: str | None = None


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a person wrote into a file beside the original: younger than what is in it, so it counts first."""

    caption: str | None = None
    alt_text: str | None = None
    keywords: tuple[str, ...] = ()
    creator: str | None = None
    copyright: str | None = None
    #: ``xmp:Rating``, 1 to 5; -1: rejected
    stars: int | None = None
    #: caption, alternative text and copyright in every language; empty in rows that are older than this
    captions: Alternatives = ()
    alt_texts: Alternatives = ()
    copyrights: Alternatives = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What a model believes a picture shows: a label of the user's list."""

    label: str
    #: share of the probability that all labels have together, 0 to 1
    share: float


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the quality rating."""

    #: ``sharpness``, ``exposure``, …
    name: str
    #: 0 to 100, None where nothing measured it
    score: float | None
    #: the measured quantity before it was mapped to 0-100
    raw: float | None = None
    #: share in the rating, 0 to 1
    weight: float = 0.0
    #: a sentence a photographer understands, or why the score is missing
    text: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """How good the picture is technically, on the website's 0-10 scale; None where no model measured it."""

    blur_score: float | None = None
    brightness_score: float | None = None
    contrast_score: float | None = None
    nima_score: float | None = None
    brisque_score: float | None = None
    clip_aesthetic_score: float | None = None
    #: the weighted rating, 0 to 10, two decimals
    qr: float | None = None
    #: ``technical`` without CLIP, ``full`` with it, ``calibrated`` where it is fitted to the photographer
    qr_mode: str | None = None
    #: Top, Good, Average, Low, Very Low; NA where there is no rating
    band: str = "NA"
    components: tuple[Component, ...] = ()
    metrics_version: str | None = None
    #: identifies CLIP weights, prompts and precision
    model: str | None = None


class SeriesKind(StrEnum):
    """Why photos belong together."""

    #: the same file
    EXACT = "exact"
    #: the same picture, saved again
    COPY = "copy"
    BURST = "burst"
    SCENE = "scene"
    #: one picture in several exposures: never ranked
    BRACKET = "bracket"
    #: one picture in several parts: never ranked
    PANORAMA = "panorama"


@dataclass(frozen=True, slots=True)
class Series:
    """A photo's place among photos of the same moment."""

    key: str
    kind: SeriesKind
    #: in the order of capture, from 1
    position: int
    count: int
    #: to the first photo, 0 to 1
    similarity: float
    #: 1 is the best; None where parts of one picture are not ranked
    rank: int | None = None
    #: a sentence why it stands there
    reason: str = ""
    #: why it is proposed for rejection, a sentence; empty where it is not
    rejection: str = ""

    @property
    def is_one_picture(self) -> bool:
        """Are these parts of one picture, so that none of them is better than another?"""
        return self.kind in {SeriesKind.BRACKET, SeriesKind.PANORAMA}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a photo stands still."""

    #: ``errors`` code
    code: str
    #: a sentence a photographer understands
    message: str


class LedgerState(StrEnum):
    """What is known of a photo's files at one target."""

    #: files and row are in place
    LIVE = "live"
    #: from the first byte on: whole or not, nobody knows
    SENDING = "sending"
    #: refused half way: a person decides
    FAILED = "failed"
    #: whole, and rejected: goes at the next release, or when a person takes it off now
    TO_REMOVE = "to_remove"
    #: a debt: nothing of it may stay; carried out without anyone asking
    TAKING_OFF = "taking_off"
    #: a debt: what was live before it was touched comes back; carried out without anyone asking
    PUTTING_BACK = "putting_back"


#: what the publish worker owes the website, whoever was the last to be at it
DEBTS = frozenset({LedgerState.TAKING_OFF, LedgerState.PUTTING_BACK})
#: the files of a whole version, though perhaps not the newest, are in place
WHOLE = frozenset({LedgerState.LIVE, LedgerState.TO_REMOVE})


@dataclass(frozen=True, slots=True)
class Publication:
    """What one target holds of a photo."""

    target: str
    state: LedgerState
    file_name: str
    #: where the files lie on the target, by rendition name (``full``, ``thumb``)
    paths: dict[str, str]
    #: SHA-256 of those files, hex, by rendition name
    hashes: dict[str, str] = field(default_factory=dict)
    published_at: datetime | None = None
    #: id of the row in the website's catalogue
    remote_id: int | None = None
    #: hash of the rendition settings they were made with
    profile: str | None = None
    #: SHA-256 of the pixels alone, hex, by rendition name: equal where only the metadata changed
    pixels: dict[str, str] = field(default_factory=dict)
    #: what the website's own address answered, by rendition name: status, size_bytes, is_same, reason
    checks: dict[str, dict[str, str | int | bool | None]] = field(default_factory=dict)
    #: what was live here before the first byte of what is not whole now; None: nothing was
    earlier: Before | None = None
    #: those who began to write here and may have left temporary files, see ``ports.website.Permit``
    writers: tuple[str, ...] = ()

    @property
    def touched(self) -> dict[str, str]:
        """Every path at which something of it may lie, by kind: those of what was live before belong to it, too.

        A kind may say ``old 0 full``.
        """
        found = dict(self.paths)
        for each in self.earlier.publications if self.earlier else ():
            for kind, path in each.paths.items():
                if path not in found.values():
                    found[f"old {len(found)} {kind}"] = path
        return found


@dataclass(frozen=True, slots=True)
class Before:
    """What was live of a photo before it was changed on the website."""

    publications: tuple[Publication, ...] = ()
    #: the catalogue's row by column, None where there was none
    row: dict[str, str | int | float | None] | None = None
    #: proves that this installation wrote it down, see ``domain/approval/seal.py``
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """One row of the review queue, as every stage and page reads it."""

    id: int
    set_id: int
    set_slug: str
    position: Position
    #: raised by content and decisions only
    version: int
    original_file_name: str
    #: below the submitted folder, ``/`` between parts
    relative_path: str
    #: SHA-256 of the original, hex
    content_hash: str
    size_bytes: int
    #: of the working copy, lower case with dot, e.g. ``.jpg``
    suffix: str
    subject: str
    location: str
    folder: str
    brief: str = ""
    #: BCP 47, the set's first is the one shown first
    languages: tuple[str, ...] = ("en",)
    file_name: str | None = None
    exif: Exif = Exif()
    extra: HeaderExtra = HeaderExtra()
    rights: Rights = Rights()
    #: None where there was none at submit, or it said nothing
    sidecar: Sidecar | None = None
    scores: Scores = Scores()
    #: what a model believes it shows, likeliest first
    hints: tuple[Hint, ...] = ()
    #: None where it stands alone
    series: Series | None = None
    #: the reviewer's own rating wins over the computed one
    qr_by_person: float | None = None
    texts: tuple[Text, ...] = ()
    #: the text proof asks a person to look
    needs_work: bool = False
    #: place in the reviewer's order, see ``domain/rating/risk.py``
    rank: int = 0
    error: Failure | None = None
    crashes: int = 0
    #: SHA-256, hex, of the pictures made from the original, by kind (``view``, ``crop``, ``proxy``, ``thumb``)
    pictures: dict[str, str] = field(default_factory=dict)
    #: quarter turns clockwise that a person gave the upright picture, 0 to 3; ``exif.width`` and ``height`` follow it
    turn: int = 0
    #: the turns that its pictures were made with, and why they could not be made with those of now
    pictures_turn: int = 0
    turn_error: str | None = None
    #: what stages without columns of their own found, by stage
    facts: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    approval_id: int | None = None
    reject_reason: str | None = None
    publications: tuple[Publication, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    #: who approved it, and where its keywords stand in the vocabulary, from the top down; told to the publisher alone
    approved_by: str = ""
    keyword_paths: tuple[tuple[str, ...], ...] | None = None

    def text(self, language: str, wanted: Field) -> Text | None:
        """Find one text."""
        return next((t for t in self.texts if t.language == language and t.field is wanted), None)

    @property
    def is_turning(self) -> bool:
        """Are its pictures still those of before it was turned?"""
        return bool(self.pictures) and self.turn != self.pictures_turn

    @property
    def qr(self) -> float | None:
        """The rating that counts: the reviewer's, else the computed one."""
        return self.scores.qr if self.qr_by_person is None else self.qr_by_person


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """A set: photographs that share subject, location, folder and brief."""

    id: int
    slug: str
    title: str
    subject: str
    location: str
    folder: str
    brief: str = ""
    #: the folder it was submitted from
    source: str = ""
    languages: tuple[str, ...] = ("en",)
    #: ``wait`` or ``rollback``: what a blocking model error does to the set
    on_error: str = "wait"
    created_at: datetime | None = None
    rolled_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """What the ``exif`` stage finds."""

    exif: Exif
    rights: Rights = Rights()
    #: a person's own words in the file, in the set's languages
    texts: tuple[Text, ...] = ()
    extra: HeaderExtra = HeaderExtra()
    #: what was written beside the file; None: what is kept of it stays
    sidecar: Sidecar | None = None


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """What the ``quality`` stage finds."""

    scores: Scores
    #: upright size of the original in pixels, as decoded and turned
    width: int
    height: int
    #: 64-bit hashes of the proxy, 16 hex digits
    perceptual_hash: str | None = None
    difference_hash: str | None = None
    #: unit-length float16, little endian, ``(d,)``; None without a model
    embedding: bytes | None = None
    #: centre of the sharpest place, 0 to 1 of width and height
    sharpest: tuple[float, float] | None = None
    hints: tuple[Hint, ...] = ()
    #: SHA-256, hex, of the pictures that were made, by kind
    pictures: dict[str, str] = field(default_factory=dict)
    #: quarter turns that size, sharpest place and pictures were made with
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding of the text proof."""

    #: snake_case, stable
    code: str
    #: ``block``, ``warn`` or ``note``
    severity: str
    #: a sentence that says what to do
    message: str
    language: str
    field: Field | None = None
    #: where in the text, in characters; of keywords as ``keywords.line`` writes them; both 0: nowhere in particular
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CaptionFacts:
    """What the ``caption`` stage finds: texts for the fields that no person wrote, and their proof."""

    texts: tuple[Text, ...]
    issues: tuple[Issue, ...] = ()
    #: 0 to 100, of the text proof
    score: float = 0.0
    #: 0 to 100 as the model claims, None for a draft
    confidence: int | None = None
    attempts: int = 1
    fallback_used: bool = False
    #: the texts as they were first written, before repair and rewriting
    before: tuple[Text, ...] = ()
    #: what the repair did, and how often the model was asked to write anew
    repairs: tuple[str, ...] = ()
    rewrites: int = 0
    #: 0 to 100 by ``caption.en``
    field_scores: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """What the ``publish`` stage did."""

    publications: tuple[Publication, ...] = field(default=())
    #: old and new path of files that moved on the website
    moved: tuple[tuple[str, str], ...] = ()


#: what JSON can hold without more structure
Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class OtherFacts:
    """What a stage finds that has no columns of its own: kept, and shown, under the stage's name."""

    stage: str
    values: Mapping[str, Fact]


#: facts about the picture and its texts
StageFacts = ExifFacts | QualityFacts | CaptionFacts | OtherFacts
Facts = StageFacts | PublishFacts


@dataclass(frozen=True, slots=True)
class Claim:
    """A photo in a worker's hands, with the fence that proves it."""

    photo: Photo
    #: rises with every claim of the row; a record with an older token is refused
    token: int
    owner: str
