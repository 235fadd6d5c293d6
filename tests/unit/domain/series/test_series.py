"""Which photos belong together: copies, bursts, scenes; brackets and panoramas, which are never ranked."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lightgate.adapters.pixels.overlap import overlap
from lightgate.domain.photo import Series, SeriesKind
from lightgate.domain.series.find import find_series
from lightgate.domain.series.shot import Shift, Shot, exposure_seconds, f_number, seconds
from support.sample_photos import blurred, photo


def scene(number: int, angle: float = 0.0) -> bytes:
    """Give a unit vector: one direction a scene, turned a little."""
    vector = np.zeros(64)
    vector[number % 60] = np.cos(angle)
    vector[number % 60 + 1] = np.sin(angle)
    return struct.pack("<64e", *vector)


def shot(number: int, **given: object) -> Shot:
    """Give a photo like no other, a minute after the one before."""
    plain = Shot(
        id=number,
        content_hash=f"{number:064x}",
        path=f"{number:05}.jpg",
        file_name=f"{number}.jpg",
        camera="Canon EOS R5",
        taken_s=60.0 * number,
        width=6000,
        height=4000,
        exposure_s=1 / 250,
        f_number=8.0,
        iso=100,
        focal_length_mm=35,
        perceptual_hash=(number * 0x9E3779B97F4A7C15) % 2**64,
        difference_hash=(number * 0xC2B2AE3D27D4EB4F) % 2**64,
        embedding=scene(number),
        model="m",
        qr=5.0,
    )
    return replace(plain, **given)


def kinds(found: Mapping[int, Series]) -> dict[int, str]:
    return {photo_id: place.kind.value for photo_id, place in found.items()}


class TestCopies:
    def test_photos_like_no_other_stand_alone(self) -> None:
        assert find_series([shot(1), shot(5), shot(9)]) == {}

    def test_the_same_picture_saved_again_is_a_copy_whatever_its_time_and_place_in_the_set(self) -> None:
        one = shot(1)
        again = shot(70, perceptual_hash=(one.perceptual_hash or 0) ^ 0b1011, difference_hash=one.difference_hash)
        smaller = replace(again, width=1500, height=1000)
        assert kinds(find_series([one, *map(shot, range(2, 40)), smaller])) == {1: "copy", 70: "copy"}

    def test_a_crop_is_no_copy(self) -> None:
        one = shot(1)
        crop = shot(70, perceptual_hash=one.perceptual_hash, difference_hash=one.difference_hash, width=5000)
        assert find_series([one, crop]) == {}

    def test_the_same_content_is_exact(self) -> None:
        assert kinds(find_series([shot(1), shot(70, content_hash=f"{1:064x}")])) == {1: "exact", 70: "exact"}


def copy_of(one: Shot, number: int, width: int, **given: object) -> Shot:
    hashes = {"perceptual_hash": one.perceptual_hash, "difference_hash": one.difference_hash}
    return shot(number, **{"width": width, "height": round(width * 2 / 3), **hashes, **given})


class TestSizesOfCopies:
    def test_more_pixels_go_first_whatever_the_metrics_say(self) -> None:
        one = shot(1, qr=4.0)
        small = copy_of(one, 70, 1200, qr=9.0, marks={"sharpness": 99.0})
        found = find_series([one, small])
        assert [found[each].rank for each in (1, 70)] == [1, 2]
        assert found[1].reason == "The best of 2: 6000 \u00d7 4000 pixels, more than its copy 70.jpg."
        assert found[70].reason == "A smaller copy of 1.jpg: 1200 \u00d7 800 pixels of 6000 \u00d7 4000."
        assert found[70].rejection == (
            "A smaller copy of 1.jpg: 1200 \u00d7 800 pixels of 6000 \u00d7 4000, less than half its size."
        )
        assert found[1].rejection == ""

    def test_of_three_sizes_each_stands_behind_the_larger_ones(self) -> None:
        small = copy_of(shot(1), 2, 300, qr=9.0, taken_s=None)
        middle = copy_of(shot(1), 3, 3600, qr=4.0, taken_s=None)
        large = shot(1, qr=5.0)
        found = find_series([small, middle, large])
        assert [found[each].rank for each in (1, 3, 2)] == [1, 2, 3]
        assert (found[3].rejection, bool(found[2].rejection)) == ("", True)

    def test_a_thumbnail_whose_short_side_was_rounded_is_a_copy(self) -> None:
        found = find_series([shot(1), copy_of(shot(1), 70, 40, height=27)])
        assert found[70].kind is SeriesKind.COPY
        assert found[70].rejection

    def test_half_the_size_is_not_below_half(self) -> None:
        found = find_series([shot(1), copy_of(shot(1), 70, 3000)])
        assert (found[70].rank, found[70].rejection) == (2, "")

    def test_a_copy_among_other_frames_of_a_burst_comes_after_what_it_was_made_from(self) -> None:
        first, second = (shot(n, taken_s=100 + 0.3 * n, perceptual_hash=0xFF << n, qr=4.0 + n) for n in (1, 2))
        small = copy_of(first, 70, 800, taken_s=100.3, qr=9.0)
        found = find_series([first, second, small])
        assert [found[each].rank for each in (2, 1, 70)] == [1, 2, 3]

    def test_copies_of_one_size_are_ranked_by_their_rating(self) -> None:
        found = find_series([shot(1, qr=4.0), copy_of(shot(1), 70, 6000, qr=5.0)])
        assert (found[70].rank, found[1].rejection) == (1, "")

    def test_what_a_person_rated_counts_as_rated(self) -> None:
        found = find_series([shot(1, qr=4.0), copy_of(shot(1), 70, 1200, qr=9.0, is_rated_by_person=True)])
        assert (found[70].rank, found[70].rejection) == (1, "")

    def test_the_preview_of_a_raw_file_is_not_proposed_for_rejection(self) -> None:
        found = find_series([shot(1), copy_of(shot(1), 70, 1600, is_preview=True)])
        assert (found[70].rank, found[70].rejection) == (2, "")

    def test_a_small_frame_that_is_no_copy_keeps_its_rating(self) -> None:
        burst = [shot(n, taken_s=100 + 0.3 * n, perceptual_hash=0x7FF << n, qr=4.0 + n) for n in (1, 2)]
        found = find_series([burst[0], replace(burst[1], width=2400, height=2000)])
        assert (found[2].rank, found[2].rejection) == (1, "")


class TestBursts:
    def test_photos_of_one_camera_within_two_seconds_that_look_alike_are_a_burst(self) -> None:
        burst = [shot(n, taken_s=100 + 0.3 * n, perceptual_hash=0xFF << n, embedding=None) for n in range(1, 5)]
        found = find_series([*burst, shot(20)])
        assert kinds(found) == dict.fromkeys((1, 2, 3, 4), "burst")
        assert [found[n].position for n in (1, 2, 3, 4)] == [1, 2, 3, 4]
        assert {place.count for place in found.values()} == {4}
        assert len({place.key for place in found.values()}) == 1

    def test_the_same_moment_saved_in_two_sizes_is_a_copy_and_no_burst(self) -> None:
        one = shot(1)
        again = replace(one, id=2, content_hash=f"{2:064x}", width=3000, height=2000)
        assert kinds(find_series([one, again])) == {1: "copy", 2: "copy"}

    def test_two_cameras_make_no_burst(self) -> None:
        assert find_series([shot(1, taken_s=0.0), shot(2, taken_s=0.5, camera="NIKON Z 6", perceptual_hash=1)]) == {}

    def test_a_burst_without_a_clock_is_not_guessed(self) -> None:
        assert find_series([shot(1, taken_s=None), shot(2, taken_s=None)]) == {}


class TestScenes:
    def test_what_the_model_sees_as_the_same_scene_within_one_shoot_belongs_together(self) -> None:
        found = find_series([shot(1), shot(2, embedding=scene(1, 0.3)), shot(3)])
        assert kinds(found) == {1: "scene", 2: "scene"}

    def test_the_same_scene_of_another_shoot_is_another_series(self) -> None:
        assert find_series([shot(1), shot(200, embedding=scene(1))]) == {}

    def test_a_scene_does_not_drift_away_from_its_first_photo(self) -> None:
        turned = [shot(n, embedding=scene(1, 0.2 * (n - 1))) for n in range(1, 8)]
        assert len({place.key for place in find_series(turned).values()}) > 1

    def test_embeddings_of_two_models_are_not_compared(self) -> None:
        assert find_series([shot(1), shot(2, embedding=scene(1), model="other")]) == {}


class TestBrackets:
    @pytest.mark.parametrize("biases", [(0.0, -2.0, 2.0), (-1.0, 0.0, 1.0), (0.0, -0.7, 0.7, -1.3, 1.3)])
    def test_steps_of_the_bias_make_a_bracket_which_is_not_ranked(self, biases: tuple[float, ...]) -> None:
        frames = [shot(n, taken_s=10 + 0.5 * n, bias=bias, qr=float(n)) for n, bias in enumerate(biases, 1)]
        found = find_series(frames)
        assert set(kinds(found).values()) == {"bracket"}
        assert {place.rank for place in found.values()} == {None}
        assert all("bracket" in place.reason for place in found.values())

    def test_two_brackets_one_after_the_other_are_two(self) -> None:
        frames = [shot(n, taken_s=10 + 0.5 * n, bias=(0.0, -2.0, 2.0)[n % 3]) for n in range(6)]
        assert sorted(place.count for place in find_series(frames).values()) == [3] * 6

    def test_where_no_bias_is_written_even_steps_of_the_exposure_tell(self) -> None:
        frames = [shot(n, taken_s=10 + 0.5 * n, exposure_s=2.0 ** (-6 - 2 * n)) for n in range(3)]
        assert set(kinds(find_series(frames)).values()) == {"bracket"}

    def test_a_burst_with_one_bias_is_no_bracket(self) -> None:
        frames = [shot(n, taken_s=10 + 0.3 * n, bias=-0.7, perceptual_hash=0xFF) for n in range(3)]
        assert set(kinds(find_series(frames)).values()) == {"burst"}


class TestPanoramas:
    def test_frames_that_move_one_way_are_one_picture_in_parts(self) -> None:
        frames = [shot(n, taken_s=5.0 * n) for n in range(1, 5)]
        found = find_series(frames, {(n, n + 1): Shift(0.6, 0.02) for n in range(1, 4)})
        assert kinds(found) == dict.fromkeys((1, 2, 3, 4), "panorama")
        assert {place.rank for place in found.values()} == {None}

    def test_frames_that_move_to_and_fro_are_not(self) -> None:
        frames = [shot(n, taken_s=5.0 * n) for n in range(1, 4)]
        assert find_series(frames, {(1, 2): Shift(0.5, 0), (2, 3): Shift(-0.5, 0)}) == {}

    @pytest.mark.parametrize(("across", "down"), [(120, 0), (0, 100), (-90, 6)])
    def test_the_move_of_a_view_is_measured(self, tmp_path: Path, across: int, down: int) -> None:
        whole = photo("china")
        for name, left, top in (("a", 150, 120), ("b", 150 + across, 120 + down)):
            Image.fromarray(whole[top : top + 200, left : left + 300]).save(tmp_path / f"{name}.jpg", quality=85)
        found = overlap(tmp_path / "a.jpg", tmp_path / "b.jpg")
        assert found is not None
        assert found.across == pytest.approx(across / 300, abs=0.03)
        assert found.down == pytest.approx(down / 200, abs=0.03)

    def test_two_different_pictures_have_no_part_in_common(self, tmp_path: Path) -> None:
        for name in ("coffee", "cat"):
            Image.fromarray(photo(name)).resize((300, 200)).save(tmp_path / f"{name}.jpg")
        assert overlap(tmp_path / "coffee.jpg", tmp_path / "cat.jpg") is None
        assert overlap(tmp_path / "coffee.jpg", tmp_path / "absent.jpg") is None


class TestRank:
    def test_the_rating_decides_and_the_reason_names_what_is_better(self) -> None:
        sharp = shot(1, taken_s=0.1, perceptual_hash=1, qr=7.0, marks={"sharpness": 80.0, "noise": 70.0})
        soft = shot(2, taken_s=0.2, perceptual_hash=1, qr=5.0, marks={"sharpness": 40.0, "noise": 71.0})
        found = find_series([sharp, soft])
        assert (found[1].rank, found[1].reason) == (1, "The best of 2: sharper than the next.")
        assert (found[2].rank, found[2].reason) == (2, "Less sharp than 1.jpg.")

    def test_equal_photos_are_ranked_as_they_were_taken(self) -> None:
        found = find_series([shot(n, taken_s=0.1 * n, perceptual_hash=1) for n in (2, 1)])
        assert [found[n].rank for n in (1, 2)] == [1, 2]


def test_the_order_in_which_photos_are_given_does_not_matter() -> None:
    shots = [shot(n, taken_s=100 + 0.9 * n, perceptual_hash=0xFF << (n % 5)) for n in range(30)]
    assert find_series(shots) == find_series(shots[::-1])


def test_the_cost_grows_with_the_set_and_not_with_its_square() -> None:
    def calls(count: int) -> int:
        """Count the functions that are called: the same on every machine, unlike a time."""
        shots = [shot(n, taken_s=float(n), perceptual_hash=n % 7, difference_hash=0) for n in range(1, count)]
        called = 0

        def note(_frame: object, kind: str, _argument: object) -> None:
            nonlocal called
            called += kind == "call"

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            find_series(shots)
        finally:
            sys.setprofile(before)
        return called

    # eight times the photos: with the square it would be 64 times the calls
    assert calls(1600) < 16 * calls(200)


def test_what_the_header_says_is_read_back_for_comparing() -> None:
    assert (exposure_seconds("1/250 sec"), exposure_seconds("0.6 sec"), exposure_seconds("x")) == (1 / 250, 0.6, None)
    assert (f_number("f/5.6"), f_number(None)) == (5.6, None)
    one, two = seconds("2024:05:01 12:00:00", "25"), seconds("2024:05:01 12:00:01", None)
    assert one is not None
    assert two is not None
    assert two - one == pytest.approx(0.75)


def test_blur_does_not_hide_a_common_part(tmp_path: Path) -> None:
    whole = photo("china")
    Image.fromarray(whole[100:300, 100:400]).save(tmp_path / "a.jpg")
    Image.fromarray(blurred(whole, 1.0)[100:300, 200:500]).save(tmp_path / "b.jpg")
    assert overlap(tmp_path / "a.jpg", tmp_path / "b.jpg") is not None


def test_every_kind_is_named() -> None:
    assert {kind.value for kind in SeriesKind} == {"exact", "copy", "burst", "scene", "bracket", "panorama"}
