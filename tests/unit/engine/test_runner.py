"""Claim, work, record, pass on: with a real store and a work made for the test."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.photo import (
    CaptionFacts,
    Claim,
    Exif,
    ExifFacts,
    Field,
    LedgerState,
    Photo,
    Publication,
    PublishFacts,
    Text,
)
from lightgate.domain.route.pipeline import Position, Result, Status
from lightgate.engine.claims import HAND_BACK_FOR_S, give_back, lapse, lapse_predecessors
from lightgate.engine.context import GIVEN_BACK_S, MAX_BACKOFF_S, Rarely, RunnerContext, not_before, wake_waiting
from lightgate.engine.reconcile import reconcile
from lightgate.engine.runner import Pool, drain
from lightgate.engine.stage import Finding, Stage
from lightgate.errors import ModelAnswerBad, ModelServerDown, ServiceMissing, StorageFull, UnreadableImage
from lightgate.intake.rollback import HOLD
from lightgate.store import LONGEST_HOLD, PhotoFilter, RequestStatus, TextRequest
from lightgate.store.lease import Heartbeat
from support.stores import NOON, ROUTE, Clock, FullDisk, Sent, add_photos, bring_to, good_texts, make_store

FACTS = ExifFacts(Exif(camera="Canon EOS R5"))


class Doing:
    """A work that does to each photo what the test says."""

    def __init__(self, act: Callable[[Claim], Finding]) -> None:
        self.act = act
        self.batches: list[list[int]] = []
        self.not_ready: str | None = None
        self.is_closed = False

    def why_not_ready(self) -> str | None:
        return self.not_ready

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        self.batches.append([claim.photo.id for claim in claims])
        return [self.act(claim) for claim in claims]

    def close(self) -> None:
        self.is_closed = True


def stage(name: str = "exif", batch: int = 4, drain_s: float = 10) -> Stage:
    step = next(each for each in ROUTE if each.name == name)
    return Stage(step, build=lambda settings, store: Doing(lambda claim: FACTS), batch=batch, drain_s=drain_s)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def context(store: SqliteStore, clock: Clock, sent: Sent) -> RunnerContext:
    return RunnerContext(store, ROUTE, sent, clock, lease_s=60, slots={"exif": 2})


def positions(store: SqliteStore) -> list[Position]:
    with store.reading() as tx:
        return [photo.position for photo in tx.photos.page(PhotoFilter())]


def test_all_ready_photos_are_done_and_passed_on(context: RunnerContext, store: SqliteStore) -> None:
    ids = add_photos(store, 6)
    work = Doing(lambda claim: FACTS)
    report = drain(context, stage(), work, "me")
    assert report.done == list(ids)
    assert positions(store) == [Position("naming", Status.WAITING)] * 6
    assert work.batches == [list(ids[:4]), list(ids[4:])]
    assert work.is_closed
    with store.reading() as tx:
        assert tx.photos.get(ids[0]).exif.camera == "Canon EOS R5"


def test_a_second_message_finds_nothing_to_do(context: RunnerContext, store: SqliteStore) -> None:
    add_photos(store, 2)
    drain(context, stage(), Doing(lambda claim: FACTS), "me")
    again = Doing(lambda claim: FACTS)
    assert drain(context, stage(), again, "me").done == []
    assert again.batches == []


def test_one_bad_photo_fails_alone(context: RunnerContext, store: SqliteStore) -> None:
    ids = add_photos(store, 4)
    bad = ids[2]
    work = Doing(lambda claim: UnreadableImage(reason="it is empty") if claim.photo.id == bad else FACTS)
    report = drain(context, stage(), work, "me")
    assert [each.id for each in report.failed] == [bad]
    assert len(report.done) == 3
    with store.reading() as tx:
        photo = tx.photos.get(bad)
    assert photo.position.status is Status.FAILED
    assert photo.error is not None
    assert photo.error.message == "The picture cannot be read: it is empty."


@pytest.mark.parametrize(
    "fault", [ValueError("boom"), MemoryError(), RecursionError(), SystemExit(1), KeyboardInterrupt(), CancelledError()]
)
def test_a_photo_that_breaks_its_batch_is_found_and_the_others_finish(
    context: RunnerContext, store: SqliteStore, fault: BaseException
) -> None:
    ids = add_photos(store, 4)

    def act(claim: Claim) -> Finding:
        if claim.photo.id == ids[1]:
            raise fault
        return FACTS

    report = drain(context, stage(), Doing(act), "me")
    assert sorted(report.done) == sorted(set(ids) - {ids[1]})
    with store.reading() as tx:
        assert tx.photos.get(ids[1]).position == Position("exif", Status.QUEUED, 1)
        assert tx.photos.get(ids[1]).error is not None


def test_a_photo_that_never_works_is_quarantined_after_its_attempts(
    context: RunnerContext, store: SqliteStore, clock: Clock
) -> None:
    [photo_id] = add_photos(store, 1)
    work = Doing(lambda claim: ModelAnswerBad(reason="refused"))
    for _ in range(5):
        drain(context, stage(), work, "me")
        clock.forward(100)
    assert len(work.batches) == ROUTE[0].max_attempts
    with store.reading() as tx:
        assert tx.photos.get(photo_id).position == Position("exif", Status.FAILED, 3)


def test_a_stage_that_exits_by_itself_is_charged_until_its_photo_is_quarantined(
    context: RunnerContext, store: SqliteStore, clock: Clock
) -> None:
    [photo_id] = add_photos(store, 1)

    def act(claim: Claim) -> Finding:
        raise SystemExit(0)

    for _ in range(5):
        drain(context, stage(), Doing(act), "me")
        clock.forward(100)
    with store.reading() as tx:
        photo = tx.photos.get(photo_id)
    assert photo.position == Position("exif", Status.FAILED, 3)
    assert photo.error is not None
    assert photo.error.code == "unexpected"
    assert "SystemExit" in photo.error.message


def test_facts_that_the_database_cannot_hold_cost_only_their_photo(context: RunnerContext, store: SqliteStore) -> None:
    ids = add_photos(store, 4)
    half_a_letter = ExifFacts(Exif(camera="\udcff"))
    report = drain(context, stage(), Doing(lambda claim: half_a_letter if claim.photo.id == ids[1] else FACTS), "me")
    assert sorted(report.done) == sorted(set(ids) - {ids[1]})
    assert [each.id for each in report.failed] == [ids[1]]
    with store.reading() as tx:
        assert tx.photos.get(ids[1]).position == Position("exif", Status.QUEUED, 1)


def test_a_stage_that_forgets_a_photo_of_its_batch_is_asked_for_each_alone(
    context: RunnerContext, store: SqliteStore
) -> None:
    class Forgetful(Doing):
        def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
            return super().do(claims)[:1]

    ids = add_photos(store, 3)
    assert sorted(drain(context, stage(), Forgetful(lambda claim: FACTS), "me").done) == sorted(ids)


def test_a_repeated_attempt_waits(context: RunnerContext, store: SqliteStore, clock: Clock) -> None:
    add_photos(store, 1)
    work = Doing(lambda claim: ModelAnswerBad(reason="refused"))
    drain(context, stage(), work, "me")
    drain(context, stage(), work, "me")
    assert len(work.batches) == 1


def test_a_server_that_is_down_costs_no_attempt(context: RunnerContext, store: SqliteStore, clock: Clock) -> None:
    add_photos(store, 1)
    work = Doing(lambda claim: ModelServerDown(host="gpu"))
    for _ in range(8):
        drain(context, stage(), work, "me")
        clock.forward(GIVEN_BACK_S + 1)
    assert positions(store) == [Position("exif", Status.QUEUED, 0)]


def test_nothing_is_claimed_while_the_stage_is_not_ready(context: RunnerContext, store: SqliteStore) -> None:
    add_photos(store, 1)
    work = Doing(lambda claim: FACTS)
    work.not_ready = "The model is away."
    assert drain(context, stage(), work, "me").why_not_ready == "The model is away."
    assert positions(store) == [Position("exif", Status.QUEUED, 0)]


def test_a_misconfigured_stage_stops_and_hands_its_photos_back(context: RunnerContext, store: SqliteStore) -> None:
    add_photos(store, 2)
    with pytest.raises(ServiceMissing):
        drain(context, stage(), Doing(lambda claim: ServiceMissing(service="x", remedy="y")), "me")
    assert positions(store) == [Position("exif", Status.QUEUED, 0)] * 2


def test_what_was_taken_away_while_working_is_not_written(
    context: RunnerContext, store: SqliteStore, clock: Clock
) -> None:
    [photo_id] = add_photos(store, 1)

    def act(claim: Claim) -> Finding:
        clock.forward(61)
        reconcile(context)
        return FACTS

    report = drain(context, stage(), Doing(act), "me")
    assert report.fenced == [photo_id]
    with store.reading() as tx:
        photo = tx.photos.get(photo_id)
    assert photo.position == Position("exif", Status.QUEUED, 1)
    assert photo.exif == Exif()
    assert photo.crashes == 1


def test_a_stop_in_good_order_hands_back_uncharged(context: RunnerContext, store: SqliteStore) -> None:
    add_photos(store, 2)
    told = Event()

    def act(claim: Claim) -> Finding:
        told.set()
        raise SystemExit

    with pytest.raises(SystemExit):
        drain(context, stage(), Doing(act), "me", Pool(is_stopping=told.is_set))
    assert positions(store) == [Position("exif", Status.QUEUED, 0)] * 2


def test_a_worker_that_was_told_to_stop_claims_nothing_more(context: RunnerContext, store: SqliteStore) -> None:
    ids = add_photos(store, 2)
    told = Event()

    def act(claim: Claim) -> Finding:
        told.set()
        return FACTS

    assert drain(context, stage(batch=1), Doing(act), "me", Pool(is_stopping=told.is_set)).done == ids[:1]


@pytest.fixture
def disk(store: SqliteStore) -> FullDisk:
    return FullDisk(store)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def cramped(context: RunnerContext, disk: FullDisk, pauses: list[float], clock: Clock) -> RunnerContext:
    """A runner whose disk fills up; it waits by the clock of the test."""

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        clock.forward(seconds)

    return replace(context, store=disk, pause=pause)


def filling(disk: FullDisk, writes: int) -> Doing:
    """A work during which the disk fills up."""

    def act(claim: Claim) -> Finding:
        disk.fails = writes
        return FACTS

    return Doing(act)


@pytest.mark.parametrize("writes", [1, 2, 5])
def test_a_disk_that_is_full_for_a_while_costs_no_attempt(
    cramped: RunnerContext, store: SqliteStore, disk: FullDisk, pauses: list[float], writes: int
) -> None:
    add_photos(store, 2)
    with pytest.raises(StorageFull):
        drain(cramped, stage(), filling(disk, writes), "me")
    assert positions(store) == [Position("exif", Status.QUEUED)] * 2
    assert (len(pauses), cramped.outage.owing) == (writes - 1, set())


def test_what_could_not_be_handed_back_is_before_the_next_run_of_the_process(
    cramped: RunnerContext, store: SqliteStore, disk: FullDisk, pauses: list[float]
) -> None:
    ids = add_photos(store, 2)
    with pytest.raises(StorageFull):
        drain(cramped, stage(), filling(disk, 10_000), "me")
    assert sum(pauses) == HAND_BACK_FOR_S
    assert {each.status for each in positions(store)} == {Status.RUNNING}
    disk.fails = 0
    assert drain(cramped, stage(), Doing(lambda claim: FACTS), "me again").done == list(ids)
    assert cramped.outage.owing == set()


def test_a_run_whose_time_is_up_owes_what_it_could_not_hand_back(
    cramped: RunnerContext, store: SqliteStore, disk: FullDisk
) -> None:
    add_photos(store, 1)

    class TimeUpError(Exception):
        pass

    def pause(_: float) -> None:
        raise TimeUpError

    with pytest.raises(TimeUpError):
        drain(replace(cramped, pause=pause), stage(), filling(disk, 100), "me", Pool((TimeUpError,)))
    assert cramped.outage.owing == {"me"}


def test_a_worker_that_is_to_stop_does_not_wait_for_the_disk(
    cramped: RunnerContext, store: SqliteStore, disk: FullDisk, pauses: list[float]
) -> None:
    add_photos(store, 1)
    told: list[bool] = []
    work = filling(disk, 100)
    with pytest.raises(StorageFull):
        drain(cramped, stage(), work, "me", Pool(is_stopping=lambda: bool(work.batches) and not told.append(True)))
    assert len(pauses) == 1


def test_a_lease_that_nobody_could_renew_is_no_crash(
    cramped: RunnerContext, store: SqliteStore, disk: FullDisk, clock: Clock
) -> None:
    first, second = add_photos(store, 2)
    with store.writing() as tx:
        tx.queue.claim(stage().step, "one", 1, clock(), clock() + timedelta(seconds=60))
    disk.fails = 2
    clock.forward(61)
    for _ in range(2):
        with pytest.raises(StorageFull):
            reconcile(cramped)
    assert reconcile(cramped).lapsed == 1
    with store.reading() as tx:
        photo = tx.photos.get(first)
        assert (photo.position, photo.error, photo.crashes) == (Position("exif", Status.QUEUED), None, 0)
    # it ran out after the outage, and was to be renewed during it
    with store.writing() as tx:
        tx.queue.claim(stage().step, "two", 1, clock(), clock() + timedelta(seconds=30))
    clock.forward(31)
    reconcile(cramped)
    with store.writing() as tx:
        assert tx.photos.get(first).position.attempt == 0
        tx.queue.claim(stage().step, "three", 1, clock(), clock() + timedelta(seconds=60))
    clock.forward(61)
    reconcile(cramped)
    with store.reading() as tx:
        assert (tx.photos.get(first).position.attempt, tx.photos.get(first).crashes) == (1, 1)
        assert tx.photos.get(second).position.attempt == 0


class Writing(Doing):
    """A work that writes texts on request, and fills the disk with it."""

    def __init__(self, disk: FullDisk, writes: int) -> None:
        super().__init__(lambda claim: FACTS)
        self.disk, self.writes = disk, writes

    def can_write(self) -> bool:
        return True

    def propose(self, photo: Photo, request: TextRequest) -> Sequence[Text]:
        self.disk.fails = self.writes
        return good_texts()


@pytest.mark.parametrize("writes", [1, 4, 10_000])
def test_a_disk_that_is_full_costs_a_request_for_texts_no_attempt(
    cramped: RunnerContext, store: SqliteStore, disk: FullDisk, writes: int
) -> None:
    [photo_id] = add_photos(store, 1)
    with store.writing() as tx:
        asked = tx.requests.add(photo_id, "en", list(Field), "ann", cramped.now())
    with pytest.raises(StorageFull):
        drain(cramped, stage("caption"), Writing(disk, writes), "me")
    if writes > 100:
        disk.fails = 1
        with pytest.raises(StorageFull):
            reconcile(cramped)
        disk.fails = 0
        reconcile(cramped)
    with store.reading() as tx:
        request = tx.requests.get(asked.id)
    assert (request.status, request.attempt, request.error_message) == (RequestStatus.QUEUED, 0, None)


def test_no_wait_is_longer_than_what_counts_as_a_clock_set_back() -> None:
    longest_s = LONGEST_HOLD.total_seconds()
    assert max(MAX_BACKOFF_S * 1.5, GIVEN_BACK_S, HOLD.total_seconds()) == longest_s
    for result in Result:
        due = not_before(result, 50, NOON)
        assert due is None or due <= NOON + LONGEST_HOLD


def test_a_request_whose_wait_a_clock_set_back_made_longer_than_any_is_due(store: SqliteStore) -> None:
    [photo_id] = add_photos(store, 1)
    with store.writing() as tx:
        tx.requests.add(photo_id, "en", list(Field), "ann", NOON)
        claim = tx.requests.claim("me", NOON, NOON + timedelta(seconds=60))
        assert claim is not None
        tx.requests.fail(claim, "It did not answer.", NOON, again_at=NOON + LONGEST_HOLD)
        assert tx.requests.count_ready(NOON) == 0
        assert tx.requests.count_ready(NOON - timedelta(seconds=1)) == 1
        assert tx.requests.claim("me", NOON - timedelta(seconds=1), NOON) is not None


def test_the_next_step_is_woken_after_the_commit(context: RunnerContext, store: SqliteStore, sent: Sent) -> None:
    [photo_id] = add_photos(store, 1)
    bring_to(store, photo_id, "quality")
    drain(context, stage("quality"), Doing(lambda claim: ExifFacts(Exif())), "me")
    assert sent.steps == ["caption"]


def test_a_message_that_runs_out_of_time_asks_for_another(
    context: RunnerContext, store: SqliteStore, sent: Sent
) -> None:
    add_photos(store, 3)
    report = drain(context, stage(batch=1, drain_s=0), Doing(lambda claim: FACTS), "me")
    assert report.left
    assert len(report.done) == 1
    assert "exif" in sent.steps


def test_a_dead_workers_photos_come_back_charged(context: RunnerContext, store: SqliteStore, clock: Clock) -> None:
    add_photos(store, 2)
    with store.writing() as tx:
        tx.queue.claim(ROUTE[0], "dead", 2, clock(), clock())
    assert lapse(context, "dead") == 2
    assert positions(store) == [Position("exif", Status.QUEUED, 1)] * 2
    assert give_back(context, "dead") == 0


def test_a_worker_that_is_started_anew_takes_back_what_its_own_name_held(
    context: RunnerContext, store: SqliteStore, clock: Clock
) -> None:
    add_photos(store, 3)
    with store.writing() as tx:
        for owner in ("exif@here:1", "exif@here:2", "exif@here.other:3"):
            tx.queue.claim(ROUTE[0], owner, 1, clock(), clock())
    assert lapse_predecessors(context, "exif@here") == 2
    assert [each.status for each in positions(store)].count(Status.RUNNING) == 1
    assert lapse_predecessors(context, "exif@here") == 0


def test_the_models_worker_is_woken_while_photos_are_looked_at(
    context: RunnerContext, store: SqliteStore, sent: Sent
) -> None:
    bring_to(store, add_photos(store, 1)[0], "quality")
    wake_waiting(context)
    assert sorted(sent.steps) == ["caption", "quality"]


def test_reconcile_wakes_every_worker_of_a_step_without_messages(
    context: RunnerContext, store: SqliteStore, sent: Sent
) -> None:
    add_photos(store, 5)
    reconcile(context)
    assert sent.steps == ["exif", "exif"]
    reconcile(context)
    assert sent.steps == ["exif", "exif"]


def test_reconcile_runs_hooks_and_chores(context: RunnerContext) -> None:
    ran: list[str] = []
    hooks = {"exif": (lambda at: ran.append("hook"),)}
    reconcile(replace(context, hooks=hooks, chores=(lambda at: ran.append("chore"),)))
    assert ran == ["hook", "chore"]


def test_a_rare_chore_is_not_run_at_every_look(clock: Clock) -> None:
    ran: list[object] = []
    chore = Rarely(timedelta(minutes=10), ran.append)
    for _ in range(5):
        chore(clock())
        clock.forward(240)
    assert len(ran) == 2


def test_the_hook_of_a_stage_runs_after_its_photos_are_recorded(context: RunnerContext, store: SqliteStore) -> None:
    add_photos(store, 1)
    seen: list[Position] = []
    hooked = replace(context, hooks={"exif": (lambda at: seen.extend(positions(store)),)})
    drain(hooked, stage(), Doing(lambda claim: FACTS), "me")
    assert seen == [Position("naming", Status.WAITING)]


def test_what_was_recorded_goes_on_where_a_hook_fails(context: RunnerContext, store: SqliteStore, sent: Sent) -> None:
    bring_to(store, add_photos(store, 1)[0], "quality")

    def fail(at: object) -> None:
        raise ValueError("the hook's own mistake")

    with pytest.raises(ValueError, match="own mistake"):
        drain(replace(context, hooks={"quality": (fail,)}), stage("quality"), Doing(lambda claim: FACTS), "me")
    assert sent.steps == ["caption"]


def test_a_heartbeat_renews_the_lease(store: SqliteStore, clock: Clock, sent: Sent) -> None:
    add_photos(store, 1)
    context = RunnerContext(store, ROUTE, sent, clock, lease_s=0.02)
    with store.writing() as tx:
        claims = tx.queue.claim(ROUTE[0], "me", 1, clock(), clock())
    clock.forward(1)
    with Heartbeat(
        context.store, context.now, context.lease_s, lambda tx, lease_until: tx.queue.renew(claims, lease_until)
    ):
        while not _is_renewed(store, clock):
            pass


def _is_renewed(store: SqliteStore, clock: Clock) -> bool:
    with store.reading() as tx:
        return not tx.queue.expired(clock(), 60)


def test_captions_bring_their_proof_and_their_history(context: RunnerContext, store: SqliteStore) -> None:
    [photo_id] = add_photos(store, 1)
    bring_to(store, photo_id, "caption")
    drain(context, stage("caption"), Doing(lambda claim: CaptionFacts(tuple(good_texts()), score=100.0)), "worker-1")
    with store.reading() as tx:
        photo, events = tx.photos.get(photo_id), tx.events.of_photo(photo_id)
    assert photo.position == Position("review", Status.WAITING)
    assert not photo.needs_work
    assert {event.name for event in events if event.kind == "field"} == {"caption.en", "alt_text.en", "keywords.en"}


def test_a_published_name_is_frozen_with_the_record(context: RunnerContext, store: SqliteStore) -> None:
    [photo_id] = add_photos(store, 1)
    photo = bring_to(store, photo_id, "publish")
    live = Publication(
        "folder", LedgerState.LIVE, photo.file_name or "", {"full": "2024/city/a.JPG"}, {"full": "0" * 64}
    )
    drain(context, stage("publish"), Doing(lambda claim: PublishFacts((live,))), "me")
    with store.reading() as tx:
        published = tx.photos.get(photo_id)
        assert tx.names.is_frozen(photo_id)
    assert published.position == Position("publish", Status.PUBLISHED)
    assert published.publications == (live,)


def test_every_move_is_in_the_history(context: RunnerContext, store: SqliteStore) -> None:
    [photo_id] = add_photos(store, 1)
    drain(context, stage(), Doing(lambda claim: FACTS), "me")
    with store.reading() as tx:
        moves = [(event.old, event.new) for event in tx.events.of_photo(photo_id)]
    assert moves == [("exif:queued", "exif:running"), ("exif:running", "naming:waiting")]
