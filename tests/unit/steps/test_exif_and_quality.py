"""What the ``exif`` and ``quality`` stages make of headers, pictures and scores; a photo's fault stays its own."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from lightgate.adapters.clip.plug_ins import GROUP, plugged_in
from lightgate.domain.photo import Claim, Exif, ExifFacts, Field, Photo, QualityFacts, Rights, Source, Text
from lightgate.domain.rating.calibrated import FittedRating
from lightgate.domain.rating.quality import QUALITY_VERSION, BandLimits, Measurements
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.stage_notes import StageNotes
from lightgate.errors import ClipUnavailable, Misconfigured, OriginalMissing, UnreadableImage
from lightgate.files.data_folder import DataFolder
from lightgate.ports.pictures import Header
from lightgate.steps import exif, quality
from lightgate.steps.exif import ExifWork
from lightgate.steps.quality import QualityWork
from lightgate.store import Store
from lightgate.testing.fakes import FakeDarkroom, FakeHeaders, FakeLock, FakeScorer
from support.stores import make_store

MEASURED = Measurements(
    sharpness=5.0,
    noise=1.0,
    burnt=0.0,
    blocked=0.0,
    exposure=0.8,
    brightest=0.8,
    contrast=0.7,
    colourfulness=40.0,
    in_colour=1.0,
    perceptual_hash="00ff00ff00ff00ff",
    difference_hash="ff00ff00ff00ff00",
    sharpest=(0.25, 0.75),
    version="1",
)
HEADER = Header(
    format="JPEG",
    width_px=60,
    height_px=40,
    exif=Exif(camera="Canon EOS R5", width=60, height=40),
    rights=Rights("Ann Marsh", "© Ann Marsh"),
    caption="Boats at the quay.",
    keywords=("boat", "quay"),
)


def claim(number: int, size_bytes: int = 4) -> Claim:
    photo = Photo(
        id=number,
        set_id=1,
        set_slug="s",
        position=Position("exif", Status.RUNNING, 1),
        version=1,
        original_file_name=f"{number}.jpg",
        relative_path=f"{number}.jpg",
        content_hash=f"{number:064x}",
        size_bytes=size_bytes,
        suffix=".jpg",
        subject="S",
        location="L",
        folder="F",
        languages=("nl", "en"),
    )
    return Claim(photo, 1, "worker")


def note_in(store: Store) -> str | None:
    with store.reading() as tx:
        return tx.notes.get(quality.STATUS_NOTE)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder with the working copies of three photos."""
    folder = DataFolder(tmp_path)
    for number in (1, 2, 3):
        original = folder.original(f"{number:064x}", ".jpg")
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(b"copy")
    return folder


class TestExif:
    def test_facts_and_rights_are_kept(self, folder: DataFolder) -> None:
        (found,) = ExifWork(FakeHeaders(header=HEADER), folder).do([claim(1)])
        assert isinstance(found, ExifFacts)
        assert (found.exif, found.rights) == (HEADER.exif, HEADER.rights)

    def test_texts_in_the_file_count_as_a_persons_in_the_sets_first_language(self, folder: DataFolder) -> None:
        (found,) = ExifWork(FakeHeaders(header=HEADER), folder).do([claim(1)])
        assert isinstance(found, ExifFacts)
        assert found.texts == (
            Text("nl", Field.CAPTION, "Boats at the quay.", Source.FILE),
            Text("nl", Field.KEYWORDS, ("boat", "quay"), Source.FILE),
        )

    def test_one_bad_file_does_not_touch_the_others(self, folder: DataFolder) -> None:
        headers = FakeHeaders(errors={f"{2:064x}.jpg": UnreadableImage(reason="it is not an image")})
        found = ExifWork(headers, folder).do([claim(1), claim(2), claim(3)])
        assert [type(each) for each in found] == [ExifFacts, UnreadableImage, ExifFacts]

    def test_a_working_copy_that_is_gone_or_changed_is_noticed(self, folder: DataFolder) -> None:
        found = ExifWork(FakeHeaders(), folder).do([claim(1, size_bytes=5), claim(9), claim(2)])
        assert [type(each) for each in found] == [OriginalMissing, OriginalMissing, ExifFacts]

    def test_it_is_always_ready(self, folder: DataFolder) -> None:
        assert ExifWork(FakeHeaders(), folder).why_not_ready() is None


class TestQuality:
    def test_scores_hashes_and_sizes_are_kept(self, folder: DataFolder) -> None:
        (found,) = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), FakeScorer()).do([claim(1)])
        assert isinstance(found, QualityFacts)
        assert (found.width, found.height, found.sharpest) == (6000, 4000, (0.25, 0.75))
        assert (found.perceptual_hash, found.difference_hash) == ("00ff00ff00ff00ff", "ff00ff00ff00ff00")
        assert (found.embedding, found.scores.model) == (b"\0\x3c", "fake")
        assert (found.scores.clip_aesthetic_score, found.scores.qr_mode) == (6.0, "full")

    def test_the_model_sees_all_good_proxies_of_a_batch_at_once(self, folder: DataFolder) -> None:
        scorer = FakeScorer()
        darkroom = FakeDarkroom(MEASURED, errors={f"{2:064x}.jpg": UnreadableImage(reason="the file is cut off")})
        found = QualityWork(darkroom, folder, BandLimits(), scorer).do([claim(1), claim(2), claim(3)])
        assert [type(each) for each in found] == [QualityFacts, UnreadableImage, QualityFacts]
        assert scorer.asked == [tuple(f"{number:064x}.jpg".encode() for number in (1, 3))]

    def test_photos_developed_at_once_keep_their_order_and_their_scores(self, folder: DataFolder) -> None:
        darkroom = FakeDarkroom(MEASURED, errors={f"{2:064x}.jpg": UnreadableImage(reason="the file is cut off")})
        scorer = FakeScorer()
        found = QualityWork(darkroom, folder, BandLimits(), scorer, threads=2).do([claim(1), claim(2), claim(3)])
        assert [type(each) for each in found] == [QualityFacts, UnreadableImage, QualityFacts]
        assert [name for asked in scorer.asked for name in asked] == [b"%064x.jpg" % number for number in (1, 3)]

    @pytest.mark.parametrize(
        ("attempt", "format_", "width", "is_careful"),
        [(1, "JPEG", 6000, False), (2, "JPEG", 6000, True), (1, "PNG", 6000, True), (1, "JPEG", 20_000, True)],
    )
    def test_photos_that_failed_before_or_may_hurt_are_developed_with_care(
        self, folder: DataFolder, attempt: int, format_: str, width: int, is_careful: bool
    ) -> None:
        plain, careful = FakeDarkroom(MEASURED), FakeDarkroom(MEASURED)
        photo = replace(
            claim(1).photo,
            position=Position("quality", Status.RUNNING, attempt),
            exif=Exif(format=format_, width=width, height=4000),
        )
        QualityWork(plain, folder, BandLimits(), careful=careful).do([Claim(photo, 1, "worker")])
        assert (len(plain.developed), len(careful.developed)) == ((0, 1) if is_careful else (1, 0))

    def test_the_preview_of_a_raw_file_is_developed_with_care_and_the_rating_says_so(self, folder: DataFolder) -> None:
        careful = FakeDarkroom(MEASURED)
        photo = replace(claim(1).photo, exif=Exif(format="RAW", width=6000, height=4000))
        work = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), careful=careful)
        (found,) = work.do([Claim(photo, 1, "worker")])
        assert len(careful.developed) == 1
        assert isinstance(found, QualityFacts)
        assert found.scores.components[-1].text.startswith("Rated on the camera's preview of 6000")

    def test_a_fitted_rating_takes_the_place_of_the_computed_one(self, folder: DataFolder) -> None:
        judge = FittedRating("fake", f"1.{QUALITY_VERSION}", (0.0,) * 6, 1.0, ((0.0, 2.0), (1.0, 9.0), (2.0, 9.5)))
        (found,) = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), FakeScorer(), judge=judge).do([claim(1)])
        assert isinstance(found, QualityFacts)
        assert (found.scores.qr, found.scores.band, found.scores.qr_mode) == (9.0, "Top", "calibrated")

    def test_scores_of_other_packages_stand_in_their_columns_and_out_of_the_rating(self, folder: DataFolder) -> None:
        alone = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits()).do([claim(1)])[0]
        with_nima = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), others={"nima": lambda proxy: 7.25})
        (found,) = with_nima.do([claim(1)])
        assert isinstance(found, QualityFacts)
        assert isinstance(alone, QualityFacts)
        assert (found.scores.nima_score, found.scores.brisque_score) == (7.25, None)
        assert found.scores.qr == alone.scores.qr

    def test_a_scorer_that_does_not_load_is_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        points = [
            EntryPoint("nima", "support.plug_in:make", GROUP),
            EntryPoint("brisque", "support.plug_in:absent", GROUP),
            EntryPoint("beauty", "support.plug_in:make", GROUP),
        ]
        with caplog.at_level(logging.WARNING):
            found = plugged_in(points)
        assert list(found) == ["nima"]
        assert found["nima"](Path("proxy.jpg")) == 10.0
        assert "absent" in caplog.text
        assert "beauty" in caplog.text

    def test_as_many_are_claimed_as_suit_the_model(self, folder: DataFolder) -> None:
        assert QualityWork(FakeDarkroom(MEASURED), folder, BandLimits()).batch == quality.STAGE.batch
        assert QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), FakeScorer()).batch == 8

    def test_without_a_model_the_score_is_empty_with_its_reason_which_is_logged_once(
        self, folder: DataFolder, caplog: pytest.LogCaptureFixture
    ) -> None:
        scorer = FakeScorer(error=ClipUnavailable(reason="there is no file x.pt"))
        work = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), scorer)
        with caplog.at_level(logging.WARNING):
            findings = [*work.do([claim(1), claim(2)]), *work.do([claim(3)])]
        for found in findings:
            assert isinstance(found, QualityFacts)
            assert (found.scores.clip_aesthetic_score, found.embedding, found.scores.model) == (None, None, None)
            assert found.scores.qr_mode == "technical"
            assert "there is no file x.pt" in found.scores.components[-1].text
        assert caplog.text.count("x.pt") == 1

    def test_no_photo_is_claimed_while_the_model_is_being_prepared_and_the_site_says_so(
        self, folder: DataFolder, tmp_path: Path
    ) -> None:
        scorer = FakeScorer(preparing="Preparing CLIP.")
        with closing(make_store(tmp_path)) as store:
            work = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), scorer, notes=StageNotes(store))
            assert (work.why_not_ready(), note_in(store)) == ("Preparing CLIP.", "Preparing CLIP.")
            scorer.preparing = None
            assert (work.why_not_ready(), note_in(store)) == (None, None)

    def test_a_model_that_cannot_be_loaded_is_known_before_the_first_photo_and_holds_none_up(
        self, folder: DataFolder, caplog: pytest.LogCaptureFixture
    ) -> None:
        scorer = FakeScorer(error=ClipUnavailable(reason="there is no file x.pt"))
        work = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), scorer)
        with caplog.at_level(logging.WARNING):
            assert (work.why_not_ready(), work.why_not_ready()) == (None, None)
        assert scorer.asked == []
        assert caplog.text.count("x.pt") == 1

    def test_clip_that_is_switched_off_says_which_setting_did_it(self, folder: DataFolder) -> None:
        (found,) = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits()).do([claim(1)])
        assert isinstance(found, QualityFacts)
        assert "clip.enabled" in found.scores.components[-1].text

    def test_the_bands_follow_the_settings(self, folder: DataFolder) -> None:
        work = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(top=9.9, good=9.8, average=9.7, low=0.1))
        (found,) = work.do([claim(1)])
        assert isinstance(found, QualityFacts)
        assert found.scores.band == "Low"

    def test_a_folder_that_cannot_be_written_is_reported_as_such(self, folder: DataFolder) -> None:
        darkroom = FakeDarkroom(MEASURED, errors={f"{1:064x}.jpg": Misconfigured("The folder cannot be written.")})
        (found,) = QualityWork(darkroom, folder, BandLimits()).do([claim(1)])
        assert isinstance(found, Misconfigured)

    def test_it_waits_for_the_gpu_only_where_the_model_runs_there(self, folder: DataFolder) -> None:
        busy = FakeLock(others=True)
        on_gpu = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), FakeScorer(on_gpu=True), busy)
        assert "GPU" in (on_gpu.why_not_ready() or "")
        on_cpu = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), FakeScorer(), busy)
        assert on_cpu.why_not_ready() is None

    def test_the_gpu_is_let_go_when_the_queue_is_drained(self, folder: DataFolder) -> None:
        lock = FakeLock()
        work = QualityWork(FakeDarkroom(MEASURED), folder, BandLimits(), FakeScorer(on_gpu=True), lock)
        assert work.why_not_ready() is None
        assert lock.is_held
        work.close()
        assert not lock.is_held


def test_the_stages_are_as_patient_as_their_work_needs() -> None:
    assert (exif.STAGE.name, exif.STAGE.start_method, exif.STAGE.can_limit_memory) == ("exif", "fork", True)
    assert (quality.STAGE.name, quality.STAGE.start_method, quality.STAGE.can_limit_memory) == (
        "quality",
        "spawn",
        False,
    )
    assert quality.STAGE.step.can_be_skipped
