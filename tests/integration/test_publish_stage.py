"""The publish stage on a real store, real files and a real catalogue: approved or not at all, exactly once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.domain.keywords.vocabulary import Term
from lightgate.domain.photo import Claim, Field, Photo, Source, Text
from lightgate.domain.route.pipeline import Position, Result, Status, advance
from lightgate.engine.runner import drain
from lightgate.errors import CatalogueUnreachable, RowRefused, SealBroken
from lightgate.ports.website import CatalogueRow, Permit, QualityRow, Rendition
from lightgate.settings import Publish, Settings
from lightgate.steps import release as release_step
from lightgate.steps.publish import STAGE, build
from lightgate.website.approval import as_published
from lightgate.website.diff import Change
from support.permits import FREE
from support.pictures import jpeg_bytes
from support.site import WORKER, House, house_in
from support.stores import NOON, ROUTE, bring_to, write_row

FULL = "2026/city/Harbour_001.JPG"
THUMB = "2026/thumbs/city/Harbour_001.JPG"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def photo_id(house: House) -> int:
    return house.take_in()


def write_caption(house: House, photo_id: int, caption: str) -> None:
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.CAPTION, caption, Source.PERSON), NOON)


def run_sql(house: House, statement: str) -> None:
    """Write past every rule, as somebody with a database tool could."""
    connection = sqlite_library.connect(house.folder.database, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(statement)
    connection.close()


class Meddler:
    """Renders, and lets something happen right after."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.meddle = meddle
        self.inner = renditions(Publish())

    def render(self, original: Path, photo: Photo) -> Sequence[Rendition]:
        made = self.inner.render(original, photo)
        self.meddle()
        return made


def test_a_released_photo_goes_live_with_files_row_ledger_and_history(house: House, photo_id: int) -> None:
    house.bring_live(photo_id)
    photo, row = house.photo(photo_id), house.row(photo_id)
    assert photo.position == Position("publish", Status.PUBLISHED)
    assert set(house.published()) == {FULL, THUMB}
    assert row is not None
    assert (row.Path, row.Thumb_Path, row.Width, row.Height) == (FULL, THUMB, 60, 40)
    assert (row.Folder, row.QR, row.QC_Status, row.Keywords) == (
        "city",
        7.5,
        "Top",
        "crane, harbour, boat, quay, water",
    )
    (ledger,) = photo.publications
    assert (ledger.state, ledger.paths, ledger.published_at) == ("live", {"full": FULL, "thumb": THUMB}, house.clock())
    assert {ledger.hashes["full"], ledger.hashes["thumb"]} == {each[0] for each in house.published().values()}
    with house.store.reading() as tx:
        assert tx.names.is_frozen(photo_id)
        assert "published" in [event.kind for event in tx.events.of_photo(photo_id)]
    with Image.open(house.folder.published / FULL) as picture:
        assert picture.getxmp()["xmpmeta"]["RDF"]["Description"]["AltTextAccessibility"]


def refused(house: House, photo_id: int) -> str:
    """Run the worker and give why it refused; nothing may have become visible."""
    report = house.publish()
    assert report.done == []
    assert house.published() == {}
    assert house.website.catalogue.file_names() == []
    assert house.photo(photo_id).position.status is Status.FAILED
    return report.failed[0].code


def test_a_photo_without_an_approval_is_refused_even_when_the_database_lets_it_in(house: House, photo_id: int) -> None:
    run_sql(house, "UPDATE review_queue SET step = 'publish', status = 'running', approval_id = NULL")
    with pytest.raises(SealBroken):
        house.work().publish(Claim(house.photo(photo_id), token=0, owner=WORKER))
    assert house.published() == {}
    assert house.website.catalogue.file_names() == []


def test_an_approval_that_this_installation_did_not_seal_is_refused(house: House, photo_id: int) -> None:
    bring_to(house.store, photo_id, "publish")
    assert refused(house, photo_id) == "seal_broken"


def test_the_approval_of_another_photo_is_refused(house: House, photo_id: int) -> None:
    other = house.take_in(label="b")
    house.approve(other)
    run_sql(
        house, f"UPDATE review_queue SET step = 'publish', status = 'queued', approval_id = 1 WHERE id = {photo_id}"
    )
    assert refused(house, photo_id) == "seal_broken"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE photo_text SET value = '\"Something else\"' WHERE field = 'caption'",
        "UPDATE photo_text SET value = '[\"spam\"]' WHERE field = 'keywords'",
        "DELETE FROM photo_text WHERE field = 'alt_text'",
        "UPDATE review_queue SET location = 'Elsewhere'",
        "UPDATE review_queue SET qr_by_person = 9.9",
        "UPDATE review_queue SET blur_score = 9.9",
        "UPDATE review_queue SET file_name = 'Other_001.JPG'",
        "UPDATE review_queue SET creator = 'Somebody'",
        "UPDATE approval SET seal = '" + "a" * 64 + "'",
    ],
)
def test_what_changed_after_the_approval_is_refused(house: House, photo_id: int, change: str) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    run_sql(house, change)
    assert refused(house, photo_id) == "seal_broken"


def test_a_change_while_rendering_is_caught_before_the_first_byte(house: House, photo_id: int) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    meddler = Meddler(lambda: write_caption(house, photo_id, "Sneaked in."))
    report = house.publish(house.work(meddler))
    assert report.failed[0].code == "seal_broken"
    assert house.published() == {}
    assert house.photo(photo_id).publications == ()


def test_keywords_are_published_under_the_levels_that_they_had_when_they_were_approved(
    house: House, photo_id: int
) -> None:
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.KEYWORDS, ("boat",), Source.PERSON), NOON)
        tx.vocabulary.add("en", [Term("boat", ("vehicle",))], NOON)
    house.approve(photo_id)
    with house.store.writing() as tx:
        tx.vocabulary.clear("en")
        tx.vocabulary.add("en", [Term("boat", ("toy",))], NOON)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    (full,) = house.folder.published.glob("2026/city/*")
    assert b"vehicle|boat" in full.read_bytes()
    assert b"toy" not in full.read_bytes()


def test_levels_put_into_an_approval_afterwards_break_its_seal(house: House, photo_id: int) -> None:
    house.approve(photo_id)
    run_sql(house, """UPDATE approval SET keyword_paths = '[["sneaked", "in"]]'""")
    assert [each.message for each in house.release(photo_id).refused] == [SealBroken().message]


def test_a_worker_that_lost_its_claim_publishes_nothing(house: House, photo_id: int) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    report = house.publish(house.work(Meddler(house.bury_worker)))
    assert report.fenced == [photo_id]
    assert house.published() == {}
    assert house.photo(photo_id).position.status is Status.QUEUED


def test_publishing_twice_changes_nothing(house: House, photo_id: int) -> None:
    house.bring_live(photo_id)
    files, ledger = house.published(), house.photo(photo_id).publications
    house.back_to_review(photo_id)
    assert house.published() == files
    house.bring_live(photo_id)
    assert house.published() == files
    assert house.photo(photo_id).publications == ledger
    assert house.website.catalogue.file_names() == ["Harbour_001.JPG"]


def test_an_edited_photo_replaces_its_files_and_keeps_its_row(house: House, photo_id: int) -> None:
    house.bring_live(photo_id)
    before, (first,) = house.published(), house.photo(photo_id).publications
    house.back_to_review(photo_id)
    write_caption(house, photo_id, "A better caption.")
    house.bring_live(photo_id)
    (second,) = house.photo(photo_id).publications
    assert house.published().keys() == before.keys()
    assert house.published()[FULL][0] != before[FULL][0]
    assert second.remote_id == first.remote_id
    row = house.row(photo_id)
    assert row is not None
    assert row.Caption == "A better caption."


def test_a_photo_whose_folder_changed_moves_on_the_site(house: House, photo_id: int) -> None:
    house.bring_live(photo_id)
    house.back_to_review(photo_id)
    with house.store.writing() as tx:
        write_row(tx, photo_id, {"folder": "night"})
    house.bring_live(photo_id)
    assert set(house.published()) == {FULL.replace("city", "night"), THUMB.replace("city", "night")}
    assert house.photo(photo_id).publications[0].paths["full"] == FULL.replace("city", "night")


_WORKER_PROCESS = """
import sys
from pathlib import Path
from support.site import house_in
house = house_in(Path(sys.argv[1]))
house.publish(house.work(kill_at=sys.argv[2]))
"""


def killed_at(house: House, point: str) -> None:
    """Let a worker process die at a point, and take back what it held."""
    tests = str(Path(__file__).parent.parent)
    died = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {tests!r})\n{_WORKER_PROCESS}", house.home, point],
        check=False,
    )
    assert died.returncode == 9
    house.bury_worker()


@pytest.mark.parametrize("point", ["after_render", "after_files", "after_row"])
def test_after_a_crash_at_any_point_the_next_run_finishes_with_one_copy(
    house: House, photo_id: int, point: str
) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    killed_at(house, point)
    assert house.publish().done == [photo_id]
    assert set(house.published()) == {FULL, THUMB}
    assert house.website.catalogue.file_names() == ["Harbour_001.JPG"]
    assert house.photo(photo_id).publications[0].state == "live"
    assert house.photo(photo_id).publications[0].remote_id == 1


@pytest.mark.parametrize("point", ["after_files", "after_row"])
def test_after_a_crash_an_edit_and_a_move_still_leave_one_copy(house: House, photo_id: int, point: str) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    killed_at(house, point)
    house.back_to_review(photo_id)
    with house.store.writing() as tx:
        write_row(tx, photo_id, {"folder": "night"})
    house.bring_live(photo_id)
    assert set(house.published()) == {FULL.replace("city", "night"), THUMB.replace("city", "night")}
    assert house.website.catalogue.file_names() == ["Harbour_001.JPG"]


def test_a_name_is_spent_before_the_first_byte_is_visible(house: House, photo_id: int) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    killed_at(house, "after_files")
    with house.store.reading() as tx:
        assert tx.names.is_frozen(photo_id)


def test_a_file_that_is_not_ours_is_never_overwritten(house: House, photo_id: int) -> None:
    foreign = house.folder.published / THUMB
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"somebody else's")
    house.approve(photo_id)
    house.release(photo_id)
    report = house.publish()
    assert report.failed[0].code == "name_taken"
    assert set(house.published()) == {THUMB}
    assert foreign.read_bytes() == b"somebody else's"
    assert house.row(photo_id) is None


def test_a_row_that_is_not_ours_is_never_overwritten(house: House, photo_id: int) -> None:
    house.bring_live(photo_id)
    row = house.row(photo_id)
    assert row is not None
    house.unpublish(photo_id)
    foreign = replace(row, Caption="somebody else's")
    house.website.catalogue.upsert(foreign, FREE)
    house.approve(photo_id)
    house.release(photo_id)
    assert house.publish().failed[0].code == "name_taken"
    assert house.published() == {}
    assert house.row(photo_id) == foreign


@pytest.mark.parametrize("content", [None, b"", jpeg_bytes((1, 2, 3))])
def test_an_original_that_is_gone_or_changed_is_not_published(
    house: House, photo_id: int, content: bytes | None
) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    original = house.folder.original(house.photo(photo_id).content_hash, ".jpg")
    if content is None:
        original.unlink()
    else:
        original.write_bytes(content)
    assert refused(house, photo_id) == "original_missing"


class Flaky:
    """A catalogue that is away for its first calls."""

    def __init__(self, inner: object, failures: int) -> None:
        self._inner, self._failures = inner, failures

    def upsert(self, row: CatalogueRow, permit: Permit, quality: QualityRow | None = None) -> int:
        self._failures -= 1
        if self._failures >= 0:
            raise CatalogueUnreachable(reason="gone away")
        return self._inner.upsert(row, permit, quality)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_a_catalogue_that_goes_away_after_the_files_is_tried_again(house: House, photo_id: int) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    work = replace(house.work(), website=replace(house.website, catalogue=Flaky(house.website.catalogue, 1)))
    assert house.publish(work).failed[0].code == "catalogue_unreachable"
    files = house.published()
    assert house.publish(work).done == [photo_id]
    assert house.published() == files


def test_nothing_is_claimed_while_the_site_s_folder_is_away(tmp_path: Path, house: House, photo_id: int) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    away = tmp_path / "unmounted"
    settings = Settings(home=house.home, publish=Publish(directory=away))
    work = build(settings, house.store)
    report = drain(house.context, STAGE, work, WORKER)
    assert str(away) in (report.why_not_ready or "")
    assert house.photo(photo_id).position == Position("publish", Status.QUEUED, 0)
    away.mkdir()
    assert drain(house.context, STAGE, work, WORKER).done == [photo_id]
    assert (away / FULL).is_file()
    work.website.catalogue.close()


class OutOfReach:
    """A target on a server that does not answer while ``reason`` says so."""

    def __init__(self, inner: object) -> None:
        self._inner, self.reason = inner, "The publishing target web does not work: nothing answers there."

    def why_not_ready(self) -> str | None:
        return self.reason

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_a_site_that_is_away_costs_no_attempt_and_the_reviewer_hears_why(house: House, photo_id: int) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    away = OutOfReach(house.website.targets[0])
    work = replace(house.work(), website=replace(house.website, targets=(away,)))
    for _ in range(5):
        assert house.publish(work).why_not_ready == away.reason
    assert house.photo(photo_id).position == Position("publish", Status.QUEUED, 0)
    with house.store.reading() as tx:
        assert tx.notes.get("publish.status") == away.reason
    away.reason = None
    assert house.publish(work).done == [photo_id]
    with house.store.reading() as tx:
        assert tx.notes.get("publish.status") is None


def test_a_file_lost_on_the_way_after_the_row_of_an_edit_is_put_again(house: House, photo_id: int) -> None:
    house.bring_live(photo_id)
    house.back_to_review(photo_id)
    write_caption(house, photo_id, "A better caption.")
    house.approve(photo_id)
    house.release(photo_id)
    killed_at(house, "after_files")
    assert house.photo(photo_id).publications[0].state == "sending"
    assert house.publish().done == [photo_id]
    assert house.photo(photo_id).publications[0].state == "live"


def test_a_new_worker_clears_away_what_a_killed_one_left_half_written(house: House) -> None:
    draft = house.folder.published / "2026" / ".lightgate-0123.part"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    work = build(Settings(home=house.home), house.store)
    assert not draft.exists()
    work.website.catalogue.close()


def test_the_key_is_never_shown(house: House) -> None:
    assert repr(house.key) not in repr(house.work())
    assert house.key.hex() not in repr(house.work())


def test_the_dry_run_says_what_the_real_run_does(house: House, photo_id: int) -> None:
    house.approve(photo_id)

    def planned() -> release_step.PlannedPhoto:
        (found,) = release_step.plan(
            house.store, house.key, house.folder, renditions(Publish()), house.website, [photo_id]
        )
        return found

    first = planned()
    assert house.published() == {}
    assert house.photo(photo_id).publications == ()
    house.release(photo_id)
    house.publish()
    sizes = {path: (house.folder.published / path).stat().st_size for path in house.published()}
    assert {file.path: file.size_bytes for file in first.files} == sizes
    assert [file.change for file in first.files] == [Change.NEW, Change.NEW]
    assert (first.row, first.row_change) == (house.row(photo_id), Change.NEW)

    house.back_to_review(photo_id)
    house.approve(photo_id)
    again = planned()
    assert [file.change for file in again.files] == [Change.SAME, Change.SAME]
    assert again.row_change is Change.SAME

    house.back_to_review(photo_id)
    write_caption(house, photo_id, "A better caption.")
    with house.store.writing() as tx:
        write_row(tx, photo_id, {"folder": "night"})
    assert "approve" in (planned().refused or "")
    house.approve(photo_id)
    moved = planned()
    assert moved.to_remove == (("folder", FULL), ("folder", THUMB))
    assert moved.row_change is Change.REPLACED


def test_the_dry_run_of_a_mixed_release_is_the_release(house: House) -> None:
    new, changed, same, moved, rejected = (house.take_in(label=each) for each in "abcde")
    for each in (changed, same, moved, rejected):
        house.bring_live(each)
        house.back_to_review(each)
    write_caption(house, changed, "A better caption.")
    with house.store.writing() as tx:
        write_row(tx, moved, {"folder": "night"})
    for each in (new, changed, same, moved):
        house.approve(each)
    house.reject(rejected)
    ids = release_step.ready_for_release(house.store)
    plans = list(release_step.plan(house.store, house.key, house.folder, renditions(Publish()), house.website, ids))
    before, rows = house.published(), set(house.website.catalogue.file_names())

    wanted = {path: (house.folder.published / path).stat().st_size for path in before}
    for plan in plans:
        assert plan.refused is None
        wanted.update({file.path: file.size_bytes for file in plan.files})
        for _, path in plan.to_remove:
            del wanted[path]
        assert plan.row is not None
        rows = rows - {plan.row.File_Name} if plan.row_change is Change.REMOVED else rows | {plan.row.File_Name}
    sent = {file.path for plan in plans for file in plan.files if file.change is not Change.SAME}
    house.release(*ids)
    house.publish()
    after = house.published()
    assert {path: (house.folder.published / path).stat().st_size for path in after} == wanted
    assert {path for path, state in after.items() if before.get(path) != state} == sent
    assert set(house.website.catalogue.file_names()) == rows
    kept = [plan.row for plan in plans if plan.row_change is not Change.REMOVED]
    assert all(house.website.catalogue.holds(row) for row in kept if row)


class Sulky:
    """A catalogue that takes a row in the rehearsal and not when it counts."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def upsert(self, row: CatalogueRow, permit: Permit, quality: QualityRow | None = None) -> int:
        raise RowRefused(reason="a trigger says no")

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_a_row_refused_after_the_files_is_told_by_the_ledger_and_finished_by_a_retry(
    house: House, photo_id: int
) -> None:
    house.approve(photo_id)
    house.release(photo_id)
    website = house.website
    house.website = replace(website, catalogue=Sulky(website.catalogue))
    (failure,) = house.publish().failed
    assert failure.code == "row_refused"
    assert [each.state for each in house.photo(photo_id).publications] == ["failed"]
    house.website = website
    with house.store.writing() as tx:
        photo = tx.photos.get(photo_id)
        tx.photos.move(photo, advance(photo.position, Result.RETRIED, ROUTE), NOON)
    assert house.publish().done == [photo_id]
    assert [each.state for each in house.photo(photo_id).publications] == ["live"]


class Counting:
    """Renders, and remembers what."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []
        self.inner = renditions(Publish())

    def render(self, original: Path, photo: Photo) -> Sequence[Rendition]:
        self.seen.append((photo.id, threading.current_thread().name))
        return self.inner.render(original, photo)


def test_the_next_photo_is_rendered_once_while_this_one_is_sent(house: House) -> None:
    ids = [house.take_in(label=each) for each in "abc"]
    for each in ids:
        house.approve(each)
    house.release(*ids)
    renderer = Counting()
    assert house.publish(house.work(renderer)).done == ids
    assert [photo_id for photo_id, _ in renderer.seen] == ids
    assert [name == "MainThread" for _, name in renderer.seen] == [True, False, False]
    for each in ids:
        (ledger,) = house.photo(each).publications
        made = {
            file.kind: file.hash for file in renditions(Publish()).render(original_of(house, each), said(house, each))
        }
        assert ledger.hashes == made


def test_a_photo_that_changes_after_it_was_rendered_ahead_is_refused(house: House) -> None:
    first, second = house.take_in(label="a"), house.take_in(label="b")
    for each in (first, second):
        house.approve(each)
    house.release(first, second)

    class Late(Counting):
        def render(self, original: Path, photo: Photo) -> Sequence[Rendition]:
            made = super().render(original, photo)
            if photo.id == second:
                write_caption(house, second, "Sneaked in.")
            return made

    report = house.publish(house.work(Late()))
    assert report.done == [first]
    assert [each.code for each in report.failed] == ["seal_broken"]
    assert house.photo(second).publications == ()


def original_of(house: House, photo_id: int) -> Path:
    return house.folder.original(house.photo(photo_id).content_hash, ".jpg")


def said(house: House, photo_id: int) -> Photo:
    with house.store.reading() as tx:
        return as_published(tx, tx.photos.get(photo_id))


def test_a_photo_without_alt_text_is_not_published(house: House, photo_id: int) -> None:
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.ALT_TEXT, "", Source.PERSON), NOON)
    house.approve(photo_id)
    (refusal,) = house.release(photo_id).refused
    assert "alt text" in refusal.message
    bring_to(house.store, photo_id, "publish")
    assert house.publish().done == []
    assert house.published() == {}
