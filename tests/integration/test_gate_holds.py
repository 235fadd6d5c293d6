"""Nothing goes live, or stays live, against a person's word: workers that stand still, targets that die in between.

A real worker process publishes to a real FTP server that falls silent at a command; there the worker is stopped as if
its machine had gone to sleep, loses its claim, and wakes up later.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import pytest

from lightgate import intake
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.website.targets import ftp
from lightgate.adapters.website.targets.folder import FolderTarget
from lightgate.adapters.website.targets.remote import RemoteTarget
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Field, LedgerState, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.domain.route.status_words import why_not_live
from lightgate.errors import CatalogueUnreachable
from lightgate.ports.website import Catalogue, CatalogueRow, Permit, QualityRow
from lightgate.steps import release as release_step
from lightgate.steps import review
from lightgate.steps.review import Changes, Lock, TextChange
from lightgate.website.approval import is_approved, is_released
from lightgate.website.debts import make_good
from lightgate.website.rollback_copy import earlier_at
from support.file_servers import PASSWORD, USER, FtpSite, ftp_site
from support.pictures import jpeg_bytes
from support.site import House, house_in
from support.stores import NOON, ROUTE, Sent, write_row
from support.waiting import eventually

pytestmark = pytest.mark.integration

WORKER = f"""
import sys
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from lightgate.adapters.website.targets import ftp
from lightgate.adapters.website.targets.remote import RemoteTarget
from support.pictures import jpeg_bytes
from support.site import house_in
house = house_in(Path(sys.argv[2]))
account = ftp.FtpAccount('web', 'localhost', {USER!r}, {PASSWORD!r}, port=int(sys.argv[3]), timeout_s=1)
house.website = replace(house.website, targets=(RemoteTarget('web', ftp.connector(account)),))
house.publish(house.work())
"""
FIRST = ["2026/city/Harbour_001.JPG", "2026/thumbs/city/Harbour_001.JPG"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FtpSite]:
    with ftp_site(tmp_path) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, site: FtpSite) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    local = made.website
    account = ftp.FtpAccount("web", "localhost", USER, PASSWORD, port=site.port)
    target = RemoteTarget("web", ftp.connector(account), pause=lambda _: None)
    made.website = replace(local, targets=(target,))
    yield made
    target.close()
    made.website = local
    made.close()


def desk(house: House) -> review.ReviewDesk:
    return review.ReviewDesk(house.store, ROUTE, Sent(), house.folder, Rule(), house.clock, house.key)


def files(site: FtpSite) -> list[str]:
    return sorted(str(file.relative_to(site.root)) for file in site.root.rglob("*") if file.is_file())


def bytes_of(site: FtpSite) -> dict[str, bytes]:
    return {path: (site.root / path).read_bytes() for path in files(site)}


def release_another_version(house: House, photo_id: int) -> None:
    """Approve and release other words in another folder."""
    house.back_to_review(photo_id)
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "A better caption.", Source.PERSON), NOON)
        write_row(tx, photo_id, {"folder": "night"})
    house.approve(photo_id)
    house.release(photo_id)


Withdraw = Callable[[House, int], object]


def edit(house: House, photo_id: int) -> None:
    photo = house.photo(photo_id)
    changes = Changes(texts=(TextChange("en", Field.CAPTION, "Not to be seen yet."),))
    review.edit(desk(house), photo_id, photo.version, changes, "bea")


def reject(house: House, photo_id: int) -> None:
    review.reject(desk(house), photo_id, house.photo(photo_id).version, "bea", "No.")


def reopen(house: House, photo_id: int) -> None:
    review.reopen(desk(house), photo_id, house.photo(photo_id).version, "bea")


def unrelease(house: House, photo_id: int) -> None:
    house.undo()


def replace_the_original(house: House, photo_id: int) -> None:
    other = house.home / "retouched.jpg"
    other.write_bytes(jpeg_bytes() + b"retouched")
    headers = PillowHeaders(max_megapixels=200, max_file_mb=1024)
    handed_in = intake.IntakeDesk(house.store, house.folder, ROUTE, Rule(), headers, Sent(), house.clock)
    intake.replace_original(handed_in, photo_id, other, "bea")


WITHDRAWALS = [edit, reject, reopen, unrelease, replace_the_original]


def frozen_at(command: str, house: House, site: FtpSite) -> subprocess.Popen[bytes]:
    """Stop a worker while it waits for the answer to a command, and take its claim back."""
    process = stopped_at(command, house, site)
    house.bury_worker()
    site.go_right()
    return process


def stopped_at(command: str, house: House, site: FtpSite) -> subprocess.Popen[bytes]:
    site.forget()
    site.go_wrong(silent=command)
    tests = Path(__file__).parent.parent
    process = subprocess.Popen([sys.executable, "-c", WORKER, tests, house.home, str(site.port)])
    eventually(lambda: command in site.commands, within_s=60)
    process.send_signal(signal.SIGSTOP)
    return process


def wake(process: subprocess.Popen[bytes], site: FtpSite) -> None:
    process.send_signal(signal.SIGCONT)
    # what it waits for never comes, and it tries again over another line
    process.wait(timeout=60)


@pytest.mark.parametrize("command", ["STOR", "RNTO"])
@pytest.mark.parametrize("withdraw", WITHDRAWALS)
def test_a_worker_that_wakes_up_after_a_withdrawal_shows_nothing(
    house: House, site: FtpSite, withdraw: Withdraw, command: str
) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    process = frozen_at(command, house, site)
    try:
        withdraw(house, photo_id)
        house.publish()
        assert files(site) == []
        wake(process, site)
    finally:
        process.kill()
        process.wait(timeout=20)
    # not even for the moment until somebody takes it off
    assert files(site) == []
    house.publish()
    assert files(site) == []
    assert house.website.catalogue.file_names() == []
    assert house.photo(photo_id).publications == ()


@pytest.mark.parametrize("command", ["RNTO", "DELE"])
@pytest.mark.parametrize("withdraw", WITHDRAWALS)
def test_a_worker_that_wakes_up_leaves_the_earlier_version_as_it_was(
    house: House, site: FtpSite, withdraw: Withdraw, command: str
) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    before, row, ledger = bytes_of(site), house.row(photo_id), house.photo(photo_id).publications
    release_another_version(house, photo_id)
    process = frozen_at(command, house, site)
    try:
        withdraw(house, photo_id)
        house.publish()
        wake(process, site)
    finally:
        process.kill()
        process.wait(timeout=20)
    assert bytes_of(site) == before
    house.publish()
    assert bytes_of(site) == before
    assert row is not None
    assert house.website.catalogue.holds(row)
    (now,) = house.photo(photo_id).publications
    state = LedgerState.TO_REMOVE if withdraw is reject else LedgerState.LIVE
    assert now == replace(ledger[0], state=state)


def test_a_worker_that_wakes_up_beside_its_successor_leaves_what_that_sent(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    process = frozen_at("RNTO", house, site)
    try:
        assert house.publish().done == [photo_id]
        live = bytes_of(site)
        wake(process, site)
    finally:
        process.kill()
        process.wait(timeout=20)
    assert bytes_of(site) == live
    assert files(site) == FIRST


def half_sent(house: House, site: FtpSite, photo_id: int) -> None:
    """Leave a photo with its first file on the site and its ledger at ``sending``."""
    work = house.work(kill_at=None)
    target = house.website.targets[0]

    class DiesAfterOne:
        """The line is cut after the first file."""

        name = target.name

        def __init__(self) -> None:
            self.sent = 0

        def put(self, path: str, content: bytes, permit: object) -> None:
            self.sent += 1
            if self.sent > 1:
                site.go_wrong(deny="PASS", reply="421 Go away.", times=99)
                target.close()
            target.put(path, content, permit)  # type: ignore[arg-type]

        def __getattr__(self, name: str) -> object:
            return getattr(target, name)

    dying = replace(work, website=replace(house.website, targets=(DiesAfterOne(),)))
    assert house.publish(dying).done == []
    site.go_right()
    assert house.photo(photo_id).publications[0].state is LedgerState.SENDING
    # the breaker's patience is over
    account = ftp.FtpAccount("web", "localhost", USER, PASSWORD, port=site.port)
    fresh = RemoteTarget("web", ftp.connector(account), pause=lambda _: None)
    target.close()
    house.website = replace(house.website, targets=(fresh,))


@pytest.mark.parametrize("withdraw", WITHDRAWALS)
def test_what_is_half_sent_and_withdrawn_is_taken_off_without_anyone_asking(
    house: House, site: FtpSite, withdraw: Withdraw
) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    half_sent(house, site, photo_id)
    assert files(site) == FIRST[:1]
    withdraw(house, photo_id)
    house.publish()
    assert files(site) == []
    assert house.photo(photo_id).publications == ()
    house.website.targets[0].close()


@pytest.mark.parametrize("withdraw", WITHDRAWALS)
def test_of_what_is_half_sent_and_withdrawn_the_earlier_version_comes_back(
    house: House, site: FtpSite, withdraw: Withdraw
) -> None:
    photo_id, other = house.take_in(), house.take_in(label="b")
    house.bring_live(photo_id)
    before, row = bytes_of(site), house.row(photo_id)
    release_another_version(house, photo_id)
    half_sent(house, site, photo_id)
    assert bytes_of(site) != before
    # another set's release needs none of the copies that this debt needs
    house.approve(other)
    house.release(other)
    release_step.stop_release(house.desk, 3, "ann")
    withdraw(house, photo_id)
    if withdraw is unrelease:
        house.undo()
    house.publish()
    assert bytes_of(site) == before
    assert row is not None
    assert house.website.catalogue.holds(row)
    house.website.targets[0].close()


def test_a_debt_that_cannot_be_settled_now_is_settled_later(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    half_sent(house, site, photo_id)
    reopen(house, photo_id)
    there = house.website
    nobody = ftp.FtpAccount("web", "localhost", USER, PASSWORD, port=1)
    away = RemoteTarget("web", ftp.connector(nobody), pause=lambda _: None)
    house.website = replace(there, targets=(away,))
    house.publish()
    assert house.photo(photo_id).publications[0].state is LedgerState.TAKING_OFF
    house.website = there
    house.publish()
    assert files(site) == []
    assert house.photo(photo_id).publications == ()
    there.targets[0].close()


def test_a_target_that_is_gone_blocks_nothing(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    there = house.website
    local = house_in(house.home)
    house.website = local.website
    (outcome,) = house.unpublish(photo_id)
    assert "not in the settings any more" in outcome.message
    assert house.website.catalogue.file_names() == []
    assert list(release_step.ready_for_release(house.store)) == []
    house.approve(photo_id)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    states = {each.target: each.state for each in house.photo(photo_id).publications}
    assert states == {"web": LedgerState.TAKING_OFF, "folder": LedgerState.LIVE}
    # it comes back, and so does what is owed to it
    house.website = replace(there, catalogue=local.website.catalogue)
    house.clock.forward(7200)
    house.publish()
    assert files(site) == []
    local.close()


def test_a_release_can_be_stopped(house: House, site: FtpSite) -> None:
    first, second = house.take_in(), house.take_in(label="b")
    for photo_id in (first, second):
        house.approve(photo_id)
    house.release(first, second)
    assert [each.is_done for each in release_step.stop_release(house.desk, 1, "ann")] == [True, True]
    assert house.publish().done == []
    assert files(site) == []
    for photo_id in (first, second):
        photo = house.photo(photo_id)
        assert photo.position == Position("release", Status.WAITING)
        with house.store.reading() as tx:
            assert is_approved(tx, photo, house.key)
            assert not is_released(tx, photo, house.key)
    assert house.release(first, second).number == 2
    assert len(house.publish().done) == 2


@pytest.mark.parametrize("decide", [reject, reopen])
def test_a_live_photo_that_was_rejected_or_reopened_is_live_again_when_that_is_undone(
    house: House, site: FtpSite, decide: Withdraw
) -> None:
    photo_id = house.take_in()
    review.approve(desk(house), photo_id, house.photo(photo_id).version, "ann")
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    was = house.photo(photo_id)
    decide(house, photo_id)
    review.undo(desk(house), "bea")
    now = house.photo(photo_id)
    assert (now.position, now.approval_id, now.file_name) == (was.position, was.approval_id, was.file_name)
    assert now.publications == was.publications
    with house.store.reading() as tx:
        assert is_approved(tx, now, house.key)
        assert tx.approvals.get(now.approval_id or 0).approved_by == "ann"
    assert [each.is_done for each in release_step.renew(house.desk, [photo_id], "ann")] == [True]


def test_a_release_stops_only_its_own_photos(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    release_another_version(house, photo_id)
    assert release_step.stop_release(house.desk, 1, "ann") == []
    assert house.photo(photo_id).position.step == "publish"
    with house.store.reading() as tx:
        assert tx.releases.newest_number() == 2


def test_what_failed_in_a_stopped_release_is_not_sent_by_trying_again(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    original = house.folder.original(house.photo(photo_id).content_hash, ".jpg")
    away = original.rename(original.with_suffix(".away"))
    assert house.publish().failed
    assert [each.is_done for each in release_step.stop_release(house.desk, 1, "ann")] == [True]
    away.rename(original)
    assert house.photo(photo_id).position == Position("release", Status.WAITING)
    assert house.publish().done == []
    assert files(site) == []


def test_locking_a_text_meanwhile_disturbs_nothing(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    process = stopped_at("STOR", house, site)
    try:
        locks = Changes(locks=(Lock("en", Field.CAPTION, locked=True),))
        review.edit(desk(house), photo_id, house.photo(photo_id).version, locks, "bea")
        site.go_right()
        wake(process, site)
    finally:
        process.kill()
        process.wait(timeout=20)
    assert house.photo(photo_id).position.status is Status.PUBLISHED
    assert files(site) == FIRST


def test_a_debt_is_settled_though_the_photo_waits_for_a_target_that_is_away(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    half_sent(house, site, photo_id)
    edit(house, photo_id)
    house.approve(photo_id)
    house.release(photo_id)
    nobody = ftp.FtpAccount("other", "localhost", USER, PASSWORD, port=1)
    other = RemoteTarget("other", ftp.connector(nobody), pause=lambda _: None)
    house.website = replace(house.website, targets=(*house.website.targets, other))
    house.publish()
    assert files(site) == []
    house.website.targets[0].close()


def test_what_a_second_try_replaces_is_kept_too(house: House, site: FtpSite) -> None:
    """The first try found a file as it was; the second, under other settings, replaces it."""
    photo_id = house.take_in()
    house.bring_live(photo_id)
    before, row = bytes_of(site), house.row(photo_id)
    (live,) = house.photo(photo_id).publications
    with house.store.writing() as tx:
        kept = earlier_at(photo_id, "web", (live,), asdict(row) if row else None, house.key)
        tx.publications.put(photo_id, replace(live, state=LedgerState.SENDING, earlier=kept), NOON)
    release_another_version(house, photo_id)
    half_sent(house, site, photo_id)
    edit(house, photo_id)
    house.publish()
    assert bytes_of(site) == before
    house.website.targets[0].close()


class Second:
    """A folder beside the site, as one more target."""

    def __init__(self, house: House) -> None:
        root = house.home / "second"
        root.mkdir()
        self.target = FolderTarget(root, "second")
        self.root = root

    def paths(self) -> list[str]:
        return sorted(str(file.relative_to(self.root)) for file in self.root.rglob("*") if file.is_file())


class Away:
    """A catalogue that goes away after it took the row."""

    def __init__(self, inner: Catalogue) -> None:
        self._inner = inner

    def upsert(self, row: CatalogueRow, permit: Permit, quality: QualityRow | None = None) -> int | None:
        self._inner.upsert(row, permit, quality)
        raise CatalogueUnreachable(reason="gone away")

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


@pytest.mark.parametrize("withdraw", [edit, reject])
@pytest.mark.parametrize("is_new_there", [True, False], ids=["new at the second", "at both"])
def test_a_withdrawn_row_does_not_stay_because_a_target_is_gone(
    house: House, site: FtpSite, withdraw: Withdraw, is_new_there: bool
) -> None:
    photo_id, there = house.take_in(), house.website
    second = Second(house)
    if not is_new_there:
        house.website = replace(there, targets=(*there.targets, second.target))
    house.bring_live(photo_id)
    row = house.row(photo_id)
    # the first leaves the settings, and the second gets words that are withdrawn
    house.website = replace(there, targets=(second.target,))
    release_another_version(house, photo_id)
    dying = replace(house.website, catalogue=Away(house.website.catalogue))
    assert house.publish(replace(house.work(), website=dying)).done == []
    withdraw(house, photo_id)
    house.publish()
    assert row is not None
    assert house.website.catalogue.holds(row)
    assert second.paths() == ([] if is_new_there else FIRST)
    house.website = there


def test_a_target_that_comes_back_gets_no_older_version_than_the_others_show(house: House, site: FtpSite) -> None:
    photo_id, there = house.take_in(), house.website
    house.bring_live(photo_id)
    release_another_version(house, photo_id)
    half_sent(house, site, photo_id)
    edit(house, photo_id)
    second = Second(house)
    back = house.website
    house.website = replace(there, targets=(second.target,))
    house.approve(photo_id)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    house.website = replace(back, targets=(*back.targets, second.target))
    house.clock.forward(7200)
    house.publish()
    assert files(site) == []
    assert [each.target for each in house.photo(photo_id).publications] == ["second"]
    back.targets[0].close()
    house.website = there


def test_what_a_sleeper_removed_after_its_last_question_is_put_back(house: House, site: FtpSite) -> None:
    """It slept between the answer and a removal; meanwhile the earlier version was put back at that very place."""
    photo_id = house.take_in()
    house.bring_live(photo_id)
    before = bytes_of(site)
    for content in before.values():
        kept = house.folder.replaced / sha256(content).hexdigest()
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(content)
    (site.root / FIRST[0]).unlink()
    make_good(house.desk.books, photo_id)
    assert house.photo(photo_id).publications[0].state is LedgerState.PUTTING_BACK
    house.publish()
    assert bytes_of(site) == before
    assert house.photo(photo_id).publications[0].state is LedgerState.LIVE


def test_a_target_that_is_away_for_long_gathers_no_writers(house: House, site: FtpSite) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    release_another_version(house, photo_id)
    half_sent(house, site, photo_id)
    edit(house, photo_id)
    there = house.website
    nobody = ftp.FtpAccount("web", "localhost", USER, PASSWORD, port=1)
    house.website = replace(there, targets=(RemoteTarget("web", ftp.connector(nobody), pause=lambda _: None),))
    for _ in range(5):
        house.publish()
    assert len(house.photo(photo_id).publications[0].writers) == 1
    house.website = there
    house.publish()
    assert house.photo(photo_id).publications[0].state is LedgerState.LIVE
    there.targets[0].close()


def test_where_a_server_sets_no_permissions_the_photo_says_so(house: House, site: FtpSite) -> None:
    site.go_wrong(lacks=["SITE CHMOD"], umask=0o077)
    photo_id = house.take_in()
    house.bring_live(photo_id)
    said = why_not_live(house.photo(photo_id))
    assert "This photo is live." in said
    assert "permissions" in said
