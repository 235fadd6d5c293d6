"""On real photographs the measurements keep their order: blurred, noised, relit, turned, compressed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lightgate.adapters.pixels.measure.hashes import distance
from lightgate.adapters.pixels.measure.metrics import measure
from lightgate.domain.photo import Scores
from lightgate.domain.rating.quality import BandLimits, rate
from support.sample_photos import NAMES, WELL_EXPOSED, Bytes, blurred, exposed, noisy, photo, recompressed

names = st.sampled_from(NAMES)
some = settings(max_examples=25, deadline=None)


def rated(pixels: Bytes) -> Scores:
    return rate(measure(pixels), None, "no model", BandLimits())


def qr(pixels: Bytes) -> float:
    found = rated(pixels).qr
    assert found is not None
    return found


class TestSharpness:
    @some
    @given(names, st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0]), min_size=2, max_size=2))
    def test_more_blur_never_raises_it(self, name: str, blurs: list[float]) -> None:
        less, more = (measure(blurred(photo(name), blur)).sharpness for blur in sorted(blurs))
        assert less is not None
        assert more is not None
        assert more <= less

    @pytest.mark.parametrize("name", NAMES)
    def test_noise_does_not_make_a_blurred_picture_sharp(self, name: str) -> None:
        sharp = measure(photo(name)).sharpness
        blurred_and_noisy = measure(noisy(blurred(photo(name), 4), 8)).sharpness
        assert sharp is not None
        assert blurred_and_noisy is not None
        assert blurred_and_noisy < 0.5 * sharp

    @pytest.mark.parametrize("name", NAMES)
    def test_it_does_not_depend_on_brightness(self, name: str) -> None:
        darker = (photo(name) // 2).astype(np.uint8)
        assert measure(darker).sharpness == pytest.approx(measure(photo(name)).sharpness, rel=0.1)

    @pytest.mark.parametrize("name", NAMES)
    def test_a_sharp_subject_before_a_blurred_ground_is_sharp(self, name: str) -> None:
        pixels = blurred(photo(name), 6).copy()
        height, width = pixels.shape[:2]
        middle = np.s_[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
        pixels[middle] = photo(name)[middle]
        shallow, soft = measure(pixels).sharpness, measure(blurred(photo(name), 6)).sharpness
        assert shallow is not None
        assert soft is not None
        assert shallow > 2 * soft

    def test_a_place_whose_structure_appears_by_degrees_changes_it_by_degrees(self) -> None:
        dice = np.random.default_rng(2)
        pixels = np.full((240, 320, 3), 128.0)
        pixels[120:] = blurred(dice.integers(0, 256, (120, 320, 3), dtype=np.uint8), 2)
        fine = np.zeros((240, 320, 1))
        fine[20:60, 60:160, 0] = dice.choice([-1.0, 1.0], (40, 100))
        found = [measure(np.clip(pixels + level * fine, 0, 255).astype(np.uint8)).sharpness for level in range(10, 34)]
        steps = [after - before for before, after in pairwise(found) if before is not None and after is not None]
        assert len(steps) == len(found) - 1
        assert max(map(abs, steps)) < 2.5
        assert sum(steps) > 10

    def test_a_picture_of_nothing_has_no_sharp_place(self) -> None:
        assert measure(np.full((400, 600, 3), 128, dtype=np.uint8)).sharpness == 1.0


class TestNoise:
    @pytest.mark.parametrize("name", NAMES)
    def test_it_is_found_again_where_it_was_put(self, name: str) -> None:
        for sigma in (4.0, 8.0, 15.0):
            # the noise of luma, from equal noise in three channels
            wanted = sigma * float(np.sqrt(0.299**2 + 0.587**2 + 0.114**2))
            assert measure(noisy(photo(name), sigma)).noise == pytest.approx(wanted, rel=0.35, abs=0.8)

    def test_texture_is_not_taken_for_noise(self) -> None:
        found = measure(photo("china")).noise
        assert found is not None
        assert found < 1

    @some
    @given(names, st.lists(st.sampled_from([0.0, 2.0, 4.0, 8.0, 12.0, 20.0, 30.0]), min_size=2, max_size=2))
    def test_more_of_it_never_raises_the_rating(self, name: str, sigmas: list[float]) -> None:
        less, more = (qr(noisy(photo(name), sigma)) for sigma in sorted(sigmas))
        assert more <= less


class TestLight:
    @pytest.mark.parametrize("stops", [-1, 1])
    @pytest.mark.parametrize("name", WELL_EXPOSED)
    def test_a_stop_more_or_less_lowers_the_exposure_of_a_good_picture(self, name: str, stops: float) -> None:
        before, after = rated(photo(name)).brightness_score, rated(exposed(photo(name), stops)).brightness_score
        assert before is not None
        assert after is not None
        assert after < before

    @pytest.mark.parametrize("name", NAMES)
    def test_darkening_by_steps_lowers_the_rating_by_steps(self, name: str) -> None:
        steps = [qr((photo(name) * share).astype(np.uint8)) for share in (1.0, 0.7, 0.5, 0.35, 0.25)]
        assert all(darker < lighter for lighter, darker in pairwise(steps))

    def test_burnt_and_blocked_areas_are_counted(self) -> None:
        pixels = np.full((300, 400, 3), 120, dtype=np.uint8)
        pixels[:60], pixels[270:] = 255, 0
        measured = measure(pixels)
        assert measured.burnt == pytest.approx(0.2, abs=0.02)
        assert measured.blocked == pytest.approx(0.1, abs=0.02)

    @pytest.mark.parametrize("sigma", [2, 4, 8, 16])
    def test_noise_does_not_hide_what_is_burnt(self, sigma: float) -> None:
        pixels = np.repeat(photo("coffee")[..., 1:2] // 2, 3, axis=2)
        pixels[:160] = 255
        assert measure(noisy(pixels, sigma)).burnt == pytest.approx(0.4, abs=0.04)


class TestColour:
    def test_black_and_white_stays_so_under_coloured_noise(self) -> None:
        assert measure(photo("camera")).in_colour == 0
        assert measure(noisy(photo("camera"), 12)).in_colour == 0

    @pytest.mark.parametrize("name", [name for name in NAMES if name != "camera"])
    def test_taking_colour_away_by_degrees_makes_no_jump(self, name: str) -> None:
        whole = photo(name).astype(np.float64)
        grey = whole.mean(axis=2, keepdims=True)
        shares = np.linspace(0, 0.4, 61)
        found = [qr(np.round(grey + share * (whole - grey)).astype(np.uint8)) for share in shares]
        assert max(abs(after - before) for before, after in pairwise(found)) < 0.2
        assert measure(np.repeat(grey, 3, axis=2).astype(np.uint8)).in_colour == 0

    @pytest.mark.parametrize("name", [name for name in NAMES if name != "camera"])
    def test_noise_adds_little_colour(self, name: str) -> None:
        clean, dirty = measure(photo(name)).colourfulness, measure(noisy(photo(name), 15)).colourfulness
        assert dirty == pytest.approx(clean, rel=0.15)


class TestStability:
    @pytest.mark.parametrize("name", NAMES)
    def test_turning_and_compressing_again_hardly_change_the_rating(self, name: str) -> None:
        before = qr(photo(name))
        for turned in (np.rot90(photo(name)), photo(name)[:, ::-1], np.rot90(photo(name), 2)):
            assert qr(np.ascontiguousarray(turned)) == pytest.approx(before, abs=0.2)
        assert qr(recompressed(photo(name), 90)) == pytest.approx(before, abs=0.2)

    @some
    @given(st.integers(1, 120), st.integers(1, 120), st.integers(0, 2**32 - 1))
    def test_no_size_and_no_content_breaks_it(self, width: int, height: int, seed: int) -> None:
        pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
        measured = measure(pixels)
        assert 0 <= measured.exposure <= 1
        assert len(measured.perceptual_hash) == len(measured.difference_hash) == 16
        assert rated(pixels).qr is not None


class TestHashes:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_picture_compressed_or_resized_again_is_the_same(self, name: str) -> None:
        before = measure(photo(name))
        small = Image.fromarray(photo(name))
        small.thumbnail((300, 300))
        for again in (measure(recompressed(photo(name), 50)), measure(np.asarray(small))):
            assert distance(before.perceptual_hash, again.perceptual_hash) <= 6
            assert distance(before.difference_hash, again.difference_hash) <= 8

    def test_different_pictures_are_far_apart(self) -> None:
        found = [measure(photo(name)) for name in NAMES]
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                assert distance(one.perceptual_hash, other.perceptual_hash) > 12
                assert distance(one.difference_hash, other.difference_hash) > 12
