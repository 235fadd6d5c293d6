"""The rating: its parts, its words, and what happens where a part is missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.photo import Scores
from lightgate.domain.rating.quality import BandLimits, Measurements, band, rate

GOOD = Measurements(
    sharpness=5.0,
    noise=1.0,
    burnt=0.0,
    blocked=0.01,
    exposure=0.8,
    contrast=0.7,
    brightest=0.8,
    colourfulness=40.0,
    in_colour=1.0,
    perceptual_hash="0" * 16,
    difference_hash="0" * 16,
    sharpest=(0.5, 0.5),
    version="1",
)
shares = st.floats(0, 1)
measurements = st.builds(
    Measurements,
    sharpness=st.none() | st.floats(1, 12),
    noise=st.none() | st.floats(0, 80),
    burnt=shares,
    blocked=shares,
    exposure=shares,
    contrast=shares,
    brightest=shares,
    colourfulness=st.floats(0, 150),
    in_colour=st.floats(0, 1),
    perceptual_hash=st.just("0" * 16),
    difference_hash=st.just("0" * 16),
    sharpest=st.just((0.5, 0.5)),
    version=st.just("1"),
)
aesthetics = st.none() | st.floats(0, 10)


def rated(measured: Measurements, aesthetic: float | None = None) -> Scores:
    return rate(measured, aesthetic, "No model.", BandLimits())


def qr(measured: Measurements, aesthetic: float | None = None) -> float:
    found = rated(measured, aesthetic).qr
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (10.0, "Top"),
        (7.5, "Top"),
        (7.49, "Good"),
        (6.5, "Good"),
        (6.49, "Average"),
        (5.5, "Average"),
        (5.49, "Low"),
        (4.5, "Low"),
        (4.49, "Very Low"),
        (0.0, "Very Low"),
        (None, "NA"),
    ],
)
def test_the_bands_are_the_websites(value: float | None, name: str) -> None:
    assert band(value, BandLimits()) == name


@given(measurements, aesthetics)
def test_every_rating_lies_between_zero_and_ten_with_two_decimals(
    measured: Measurements, aesthetic: float | None
) -> None:
    scores = rated(measured, aesthetic)
    assert scores.qr is not None
    assert 0 <= scores.qr <= 10
    assert scores.qr == round(scores.qr, 2)
    assert all(component.text for component in scores.components)


@given(measurements, aesthetics)
def test_the_shares_of_the_parts_add_up(measured: Measurements, aesthetic: float | None) -> None:
    assert sum(component.weight for component in rated(measured, aesthetic).components) == pytest.approx(1, abs=0.01)


@given(measurements, st.floats(0, 10), st.floats(0, 10))
def test_a_better_aesthetic_score_never_lowers_the_rating(measured: Measurements, one: float, other: float) -> None:
    assert qr(measured, min(one, other)) <= qr(measured, max(one, other))


@given(measurements, shares, shares)
def test_a_larger_burnt_area_never_raises_the_rating(measured: Measurements, one: float, other: float) -> None:
    more, less = replace(measured, burnt=max(one, other)), replace(measured, burnt=min(one, other))
    assert qr(more) <= qr(less)


def test_without_a_model_the_rating_is_the_technical_one_and_says_so() -> None:
    scores = rated(GOOD)
    assert scores.qr_mode == "technical"
    assert scores.clip_aesthetic_score is None
    assert [(part.score, part.text) for part in scores.components if part.name == "aesthetic"] == [(None, "No model.")]


def test_with_a_model_one_bad_side_cannot_be_bought_off() -> None:
    assert rated(GOOD, 9.0).qr_mode == "full"
    assert qr(GOOD, 1.0) < 4


def test_scores_that_no_model_made_stay_empty() -> None:
    assert (rated(GOOD).nima_score, rated(GOOD).brisque_score) == (None, None)


def test_the_old_columns_are_the_marks_on_the_old_scale() -> None:
    scores = rated(GOOD)
    marks = {part.name: part.score for part in scores.components}
    for column, name in (("blur_score", "sharpness"), ("brightness_score", "exposure"), ("contrast_score", "contrast")):
        mark = marks[name]
        assert mark is not None
        assert getattr(scores, column) == pytest.approx(mark / 10, abs=0.01)


def test_a_blurred_picture_is_very_low_however_good_the_rest() -> None:
    assert qr(replace(GOOD, sharpness=1.2)) < 4.5


def test_colour_does_not_count_for_black_and_white() -> None:
    colour = next(part for part in rated(replace(GOOD, in_colour=0.0)).components if part.name == "colour")
    assert (colour.score, colour.weight) == (None, 0)
    assert "Black and white" in colour.text


def test_fading_to_black_and_white_makes_no_jump() -> None:
    faded = [replace(GOOD, in_colour=share / 50, colourfulness=4 + share / 10) for share in range(51)]
    ratings = [qr(measured) for measured in faded]
    assert max(abs(after - before) for before, after in pairwise(ratings)) < 0.05
    assert ratings[0] - ratings[-1] > 0.5
    assert {part.text for part in rated(faded[25]).components if part.name == "colour"} == {
        "Hardly any colour: it counts in part."
    }


def test_a_picture_too_small_to_judge_says_so() -> None:
    scores = rated(replace(GOOD, sharpness=None, noise=None))
    assert scores.blur_score is None
    assert "Too small" in next(part.text for part in scores.components if part.name == "sharpness")


def test_lost_areas_are_said_in_words() -> None:
    text = next(part.text for part in rated(replace(GOOD, burnt=0.12)).components if part.name == "exposure")
    assert "12% of it is burnt out" in text
