"""A set of real photographs for the demo, from the sample pictures that lie in scikit-image's package.

Nothing is fetched: only pictures that the wheel itself carries are used. EXIF is written as a few plausible cameras
would, so that names, times and facts have something to say.

Source: the functions of ``skimage.data`` name each origin: NASA and SpaceX (public domain), Stéfan van der Walt and
Rachel Michetti (CC0), Middlebury's stereo benchmark of 2014.
"""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

import piexif
from PIL import Image, ImageEnhance, ImageFilter

from lightgate.errors import ServiceMissing

PACKAGE = "skimage"
_REMEDY = "Install it with: pip install 'lightgate[demo]', or submit photographs of your own with: lightgate submit"


@dataclass(frozen=True, slots=True)
class Camera:
    make: str
    model: str
    lens: str
    focal_mm: int
    aperture: tuple[int, int]


FULL_FRAME = Camera("Canon", "Canon EOS 5D Mark IV", "EF24-105mm f/4L IS II USM", 85, (56, 10))
MIRRORLESS = Camera("FUJIFILM", "X-T4", "XF35mmF2 R WR", 35, (28, 10))
POCKET = Camera("SONY", "DSC-RX100M3", "24-70mm F1.8-2.8", 9, (40, 10))


@dataclass(frozen=True, slots=True)
class Sample:
    """One demo photograph: where it comes from, and what its camera says."""

    source: str
    name: str
    camera: Camera
    taken: str
    iso: int
    exposure: tuple[int, int]
    #: EXIF orientation; the pixels are turned so that it shows upright
    orientation: int = 1
    #: ``blurred`` or ``dark``
    flaw: str = ""

    @property
    def maker(self) -> str:
        """Who made the picture, as EXIF says it."""
        return _MAKERS[self.source]


#: none of them is anybody's property but the stereo pair, whose makers ask to be named
_MAKERS = {
    "chelsea.png": "Stéfan van der Walt",
    "coffee.png": "Rachel Michetti",
    "rocket.jpg": "SpaceX",
    "astronaut.png": "NASA",
    "hubble_deep_field.jpg": "NASA, ESA",
    "motorcycle_left.png": "D. Scharstein and others, Middlebury",
    "motorcycle_right.png": "D. Scharstein and others, Middlebury",
}
_FREE, _NAMED = "Free for every use", "Middlebury stereo benchmark 2014, named as its makers ask"

SAMPLES = (
    Sample("chelsea.png", "IMG_0412.JPG", FULL_FRAME, "2024:05:18 09:12:44", 400, (1, 250)),
    Sample("coffee.png", "IMG_0413.JPG", FULL_FRAME, "2024:05:18 09:40:02", 800, (1, 125)),
    Sample("rocket.jpg", "IMG_0420.JPG", FULL_FRAME, "2024:05:18 11:05:31", 100, (1, 1000)),
    Sample("astronaut.png", "DSCF2207.JPG", MIRRORLESS, "2024:05:18 13:20:10", 320, (1, 160)),
    Sample("hubble_deep_field.jpg", "DSCF2208.JPG", MIRRORLESS, "2024:05:18 22:41:57", 6400, (20, 1)),
    Sample("motorcycle_left.png", "DSC00731.JPG", POCKET, "2024:05:18 15:02:00", 125, (1, 500)),
    Sample("motorcycle_right.png", "DSC00732.JPG", POCKET, "2024:05:18 15:02:00", 125, (1, 500)),
    Sample("chelsea.png", "IMG_0414.JPG", FULL_FRAME, "2024:05:18 09:12:46", 400, (1, 15), flaw="blurred"),
    Sample("coffee.png", "IMG_0415.JPG", FULL_FRAME, "2024:05:18 09:41:20", 100, (1, 2000), flaw="dark"),
    Sample("rocket.jpg", "IMG_0421.JPG", FULL_FRAME, "2024:05:18 11:05:33", 100, (1, 1000), orientation=6),
)
#: the same bytes under another name
DUPLICATE = ("IMG_0412.JPG", "IMG_0412_copy.JPG")
CORRUPT = "IMG_0499.JPG"


def make_photos(folder: Path) -> bool:
    """Make the set in a new folder, whole or not at all; False when the folder is there already.

    Raises:
        ServiceMissing: scikit-image, or the pictures in it, are not there.
    """
    if folder.exists():
        return False
    pictures = _pictures()
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for sample in SAMPLES:
        _write(draft, sample, pictures)
    shutil.copyfile(draft / DUPLICATE[0], draft / DUPLICATE[1])
    whole = (draft / DUPLICATE[0]).read_bytes()
    (draft / CORRUPT).write_bytes(whole[: len(whole) // 3])
    draft.rename(folder)
    return True


def _pictures() -> Path:
    """Find the pictures without importing the package, which takes seconds."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServiceMissing(service="scikit-image, whose sample pictures the demo uses,", remedy=_REMEDY)
    pictures = Path(spec.origin).parent / "data"
    for sample in SAMPLES:
        if not (pictures / sample.source).is_file():
            raise ServiceMissing(service=f"scikit-image's sample picture {sample.source}", remedy=_REMEDY)
    return pictures


def _write(folder: Path, sample: Sample, pictures: Path) -> None:
    with Image.open(pictures / sample.source) as opened:
        picture = opened.convert("RGB")
    if sample.flaw == "blurred":
        picture = picture.filter(ImageFilter.GaussianBlur(5))
    if sample.flaw == "dark":
        picture = ImageEnhance.Brightness(picture).enhance(0.12)
    if sample.orientation == 6:
        # as a camera held upright stores it: a viewer turns it by 90 degrees clockwise
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    picture.save(folder / sample.name, "JPEG", quality=92, exif=_exif(sample, picture.size))


def _exif(sample: Sample, size: tuple[int, int]) -> bytes:
    camera = sample.camera
    image = {
        piexif.ImageIFD.Make: camera.make,
        piexif.ImageIFD.Model: camera.model,
        piexif.ImageIFD.Orientation: sample.orientation,
        piexif.ImageIFD.DateTime: sample.taken,
        piexif.ImageIFD.Artist: sample.maker.encode(),
        piexif.ImageIFD.Copyright: (_NAMED if "Middlebury" in sample.maker else _FREE).encode(),
    }
    photo = {
        piexif.ExifIFD.DateTimeOriginal: sample.taken,
        piexif.ExifIFD.OffsetTimeOriginal: "+02:00",
        piexif.ExifIFD.ExposureTime: sample.exposure,
        piexif.ExifIFD.FNumber: camera.aperture,
        piexif.ExifIFD.ISOSpeedRatings: sample.iso,
        piexif.ExifIFD.FocalLength: (camera.focal_mm, 1),
        piexif.ExifIFD.LensModel: camera.lens,
        piexif.ExifIFD.PixelXDimension: size[0],
        piexif.ExifIFD.PixelYDimension: size[1],
    }
    return bytes(piexif.dump({"0th": image, "Exif": photo}))
