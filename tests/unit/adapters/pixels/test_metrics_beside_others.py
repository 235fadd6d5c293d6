"""Our measurements beside independent ones: ImageHash, scikit-image, NumPy's own definitions."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from PIL import Image
from skimage.measure import blur_effect
from skimage.restoration import estimate_sigma

from lightgate.adapters.pixels.measure.hashes import distance
from lightgate.adapters.pixels.measure.metrics import measure
from support.sample_photos import NAMES, blurred, noisy, photo, recompressed

#: bits of 64 in which two ways to shrink a picture may differ; to nine columns more than to 32
_RESAMPLING, _COARSE_RESAMPLING = 8, 11


@pytest.mark.parametrize("name", NAMES)
def test_the_hashes_are_those_of_imagehash(name: str) -> None:
    measured, picture = measure(photo(name)), Image.fromarray(photo(name))
    assert distance(measured.perceptual_hash, str(imagehash.phash(picture))) <= _RESAMPLING
    assert distance(measured.difference_hash, str(imagehash.dhash(picture))) <= _COARSE_RESAMPLING


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_as_far_apart_as_imagehash_finds_them(name: str) -> None:
    for other in (recompressed(photo(name), 40), np.roll(photo(name), 12, axis=1), photo("cat")):
        ours = distance(measure(photo(name)).perceptual_hash, measure(other).perceptual_hash)
        theirs = imagehash.phash(Image.fromarray(photo(name))) - imagehash.phash(Image.fromarray(other))
        assert abs(ours - theirs) <= _RESAMPLING


@pytest.mark.parametrize("name", NAMES)
def test_sharpness_falls_where_scikit_images_blur_rises(name: str) -> None:
    pictures = [photo(name), *(blurred(photo(name), sigma) for sigma in (1, 2, 4))]
    ours = [measure(pixels).sharpness or 0.0 for pixels in pictures]
    theirs = [float(blur_effect(pixels, channel_axis=2)) for pixels in pictures]
    assert np.argsort(ours).tolist() == np.argsort(theirs)[::-1].tolist()


@pytest.mark.parametrize("name", NAMES)
def test_strong_noise_is_as_strong_as_scikit_image_finds_it(name: str) -> None:
    pixels = noisy(photo(name), 15)
    grey = pixels @ np.array([0.299, 0.587, 0.114])
    assert measure(pixels).noise == pytest.approx(float(estimate_sigma(grey)), rel=0.4)
