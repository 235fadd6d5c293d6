"""The rating follows the photographer only where it is clearly better on photos that the fit has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from lightgate.adapters.clip.calibrate import rank_correlation
from lightgate.adapters.clip.calibration_file import read_judge, write_judge
from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.photo import Component, Exif, ExifFacts, HeaderExtra, QualityFacts, Scores
from lightgate.domain.rating.calibrated import FittedRating
from lightgate.domain.rating.quality import BandLimits
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import InputInvalid, Misconfigured
from lightgate.files.data_folder import DataFolder
from lightgate.pictures.calibration import calibrate, rate_anew
from lightgate.steps import ROUTE
from support.stores import NOON, add_photos, make_store, write_row

WIDTH = 16
Stars = Callable[[np.ndarray, np.random.Generator], int | None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def rated_photos(store: SqliteStore, stars: Stars, count: int = 120) -> None:
    """Add photos whose rating is chance; what the photographer thinks follows from the embedding, or not."""
    random = np.random.default_rng(3)
    ids = add_photos(store, count)
    with store.writing() as tx:
        for photo_id in ids:
            vector = random.normal(0, 1, WIDTH)
            vector /= np.linalg.norm(vector)
            extra = HeaderExtra(stars=stars(vector, random))
            tx.photos.write_facts(photo_id, ExifFacts(Exif(), extra=extra), NOON)
            scores = Scores(
                qr=float(random.uniform(2, 9)),
                components=(Component("sharpness", 60.0),),
                metrics_version="1.1",
                model="m cpu-float32",
            )
            embedding = vector.astype("<f2").tobytes()
            tx.photos.write_facts(photo_id, QualityFacts(scores, 6, 4, embedding=embedding), NOON)
            tx.photos.move(tx.photos.get(photo_id), Position("review", Status.WAITING), NOON)


def liked(vector: np.ndarray, random: np.random.Generator) -> int:
    return int(np.clip(round(3 + 6 * vector[0] + random.normal(0, 0.3)), 1, 5))


def by_chance(vector: np.ndarray, random: np.random.Generator) -> int:
    return int(random.integers(1, 6))


def test_a_fit_that_is_clearly_better_is_adopted_and_rates_what_waits(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked)
    report = calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)
    assert (report.basis, report.is_adopted, report.rated) == ("stars", True, 120)
    assert report.fitted > 0.8 > report.default + 0.5
    with store.reading() as tx:
        photos = tx.photos.many(list(range(1, 121)))
        starred = {photo.id: photo.judgement for photo in tx.pictures.starred()}
    assert {photo.scores.qr_mode for photo in photos} == {"calibrated"}
    assert all(0 <= (photo.qr or 0) <= 10 for photo in photos)
    found = rank_correlation(
        np.array([photo.qr for photo in photos]), np.array([starred[photo.id] for photo in photos])
    )
    assert found > 0.8
    assert read_judge(DataFolder(tmp_path).calibration) is not None


def test_a_rating_given_anew_is_another_version_and_stands_in_the_history(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked)
    with store.writing() as tx:
        shown = tx.events.last_id()
        write_row(tx, 1, {"qr_by_person": 9.5, "band": "Top"})
        before = tx.photos.many([1, 2])
    calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)
    with store.reading() as tx:
        own, rated = tx.photos.many([1, 2])
        changed = tx.events.changed_since(shown)
        event = tx.events.of_photo(2)[-1]
    assert (own.version, rated.version) == (before[0].version, before[1].version + 1)
    assert (1 in changed, 2 in changed) == (False, True)
    assert (event.kind, event.actor, event.old, event.new) == (
        "rating",
        "calibrate",
        f"{before[1].qr:g}",
        f"{rated.qr:g}",
    )
    rate_anew(store, read_judge(DataFolder(tmp_path).calibration), BandLimits(), ROUTE, NOON)
    with store.reading() as tx:
        assert tx.photos.get(2) == rated


def test_a_second_run_compares_with_the_default_again(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked)
    first, second = (calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON) for _ in range(2))
    assert second.is_adopted
    assert (second.default, second.fitted) == (first.default, first.fitted)


def test_a_fit_that_is_given_up_takes_its_ratings_along(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked)
    calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)
    with store.writing() as tx:
        random = np.random.default_rng(9)
        for photo in tx.pictures.starred():
            header = HeaderExtra(stars=int(random.integers(1, 6)))
            tx.photos.write_facts(photo.id, ExifFacts(Exif(), extra=header), NOON)
    report = calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)
    assert (report.is_adopted, report.rated) == (False, 120)
    with store.reading() as tx:
        assert {photo.scores.qr_mode for photo in tx.photos.many(list(range(1, 121)))} == {"full"}
    assert read_judge(DataFolder(tmp_path).calibration) is None


def test_scores_of_two_precisions_are_never_mixed(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked)
    with store.writing() as tx:
        for photo_id in range(1, 41):
            write_row(tx, photo_id, {"score_model": "m cpu-int8"})
    report = calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)
    assert (report.photos, report.model, report.rated) == (80, "m cpu-float32", 80)


def test_stars_by_chance_change_nothing(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, by_chance)
    report = calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)
    assert (report.is_adopted, report.rated) == (False, 0)
    assert read_judge(DataFolder(tmp_path).calibration) is None


def test_a_persons_own_rating_stays(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked)
    with store.writing() as tx:
        write_row(tx, 1, {"qr_by_person": 9.5, "band": "Top"})
    assert calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON).rated == 119
    with store.reading() as tx:
        photo = tx.photos.get(1)
    assert (photo.qr, photo.scores.band, photo.scores.qr_mode) == (9.5, "Top", None)


def test_approvals_and_rejections_count_where_there_are_no_stars(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, lambda vector, random: None)
    with store.writing() as tx:
        for judged in tx.pictures.undecided(["caption", "review"]):
            if np.frombuffer(judged.embedding, dtype="<f2")[0] < 0:
                tx.photos.move(tx.photos.get(judged.id), Position("review", Status.REJECTED), NOON)
    with pytest.raises(InputInvalid, match="approved or rejected"):
        calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)


def test_too_few_judgements_are_one_sentence(store: SqliteStore, tmp_path: Path) -> None:
    rated_photos(store, liked, count=20)
    with pytest.raises(InputInvalid, match="Calibrating needs 50 photos"):
        calibrate(store, DataFolder(tmp_path), BandLimits(), ROUTE, NOON)


def test_a_judge_is_kept_and_judges_only_what_was_scored_alike(tmp_path: Path) -> None:
    judge = FittedRating("m", "1.1", (1.0, 0.0, *[0.0] * 5), 0.5, ((0.0, 2.0), (1.0, 6.0), (2.0, 8.0)))
    write_judge(tmp_path / "calibration.json", judge)
    assert read_judge(tmp_path / "calibration.json") == judge
    assert judge.fits("m", "1.1")
    assert not judge.fits("m", "1.2")
    right, left = (np.array(vector, dtype="<f2").tobytes() for vector in ([1, 0], [0, 1]))
    assert judge.rate(right, {}) == 7.0
    assert judge.rate(left, {}) == 4.0
    (tmp_path / "calibration.json").write_text("{}")
    with pytest.raises(Misconfigured, match="damaged"):
        read_judge(tmp_path / "calibration.json")


def test_the_rank_correlation_is_spearmans() -> None:
    random = np.random.default_rng(1)
    one, other = random.normal(0, 1, 200), random.integers(0, 5, 200).astype(float)
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert rank_correlation(one, np.zeros(200)) == 0
