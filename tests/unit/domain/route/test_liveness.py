"""What is said of a photo on the website, for every place of the route and every state of the ledger."""

from __future__ import annotations

from itertools import product

import pytest

from lightgate.domain.photo import Failure, LedgerState, Photo, Publication
from lightgate.domain.route.liveness import Answer, Liveness, has_whole_version, liveness, seen_by_visitor
from lightgate.domain.route.pipeline import Position, Status
from lightgate.domain.route.status_words import why_not_live

IN_REVIEW = Position("review", Status.WAITING)
APPROVED = Position("release", Status.WAITING)
RATED_ANEW = Position("quality", Status.QUEUED)
QUEUED = Position("publish", Status.QUEUED)
RUNNING = Position("publish", Status.RUNNING, 1)
FAILED = Position("publish", Status.FAILED, 1)
PUBLISHED = Position("publish", Status.PUBLISHED)
REJECTED = Position("review", Status.REJECTED)
POSITIONS = (IN_REVIEW, APPROVED, RATED_ANEW, QUEUED, RUNNING, FAILED, PUBLISHED, REJECTED)

#: position by ledger; what holds at every other position stands under None
TABLE = {
    None: dict.fromkeys([None], Liveness.NOT_LIVE),
    LedgerState.LIVE: {None: Liveness.EARLIER, PUBLISHED: Liveness.LIVE, REJECTED: Liveness.TO_BE_REMOVED},
    LedgerState.SENDING: {None: Liveness.PARTLY_SENT, QUEUED: Liveness.BEING_SENT, RUNNING: Liveness.BEING_SENT},
    LedgerState.FAILED: {None: Liveness.PARTLY_SENT, QUEUED: Liveness.BEING_SENT, RUNNING: Liveness.BEING_SENT},
    LedgerState.TO_REMOVE: {None: Liveness.TO_BE_REMOVED},
    LedgerState.TAKING_OFF: {None: Liveness.TAKING_OFF},
    LedgerState.PUTTING_BACK: {None: Liveness.PUTTING_BACK},
}


def photo_at(position: Position, *states: LedgerState | None, **changes: object) -> Photo:
    publications = (Publication(f"site{n}", state, "a.jpg", {}) for n, state in enumerate(states) if state is not None)
    is_failed = position.status is Status.FAILED
    told: dict[str, object] = {
        "id": 1,
        "set_id": 1,
        "set_slug": "s",
        "version": 1,
        "original_file_name": "a.jpg",
        "relative_path": "a.jpg",
        "content_hash": "ab" * 32,
        "size_bytes": 1,
        "suffix": ".jpg",
        "subject": "S",
        "location": "L",
        "folder": "F",
        "error": Failure("row_refused", "The website's table is full.") if is_failed else None,
        "reject_reason": "Blurred" if position.status is Status.REJECTED else None,
    }
    told["publications"] = tuple(publications)
    return Photo(position=position, **{**told, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("state", [None, *LedgerState])
def test_one_word_says_what_the_website_has(state: LedgerState | None, position: Position) -> None:
    row = TABLE[state]
    assert liveness(photo_at(position, state)) is row.get(position, row[None])


@pytest.mark.parametrize(("one", "other"), list(product(LedgerState, repeat=2)))
def test_of_several_targets_the_worst_counts(one: LedgerState, other: LedgerState) -> None:
    order = list(Liveness)
    for position in POSITIONS:
        alone = [liveness(photo_at(position, each)) for each in (one, other)]
        assert liveness(photo_at(position, one, other)) is min(alone, key=order.index)


def test_a_whole_version_is_there_also_where_it_is_to_go_or_another_target_has_half() -> None:
    assert has_whole_version(photo_at(REJECTED, LedgerState.TO_REMOVE))
    assert has_whole_version(photo_at(FAILED, LedgerState.LIVE, LedgerState.FAILED))
    assert not has_whole_version(photo_at(QUEUED, LedgerState.SENDING, LedgerState.PUTTING_BACK))


_SENTENCES = [
    (None, IN_REVIEW, "Not live because it waits for a person to approve it."),
    (None, REJECTED, "Not live because it was rejected: Blurred."),
    (None, FAILED, "Not live because it could not be published: The website's table is full."),
    (None, QUEUED, "Not live yet: it is in the queue to be published."),
    (None, RUNNING, "Not live yet: it is being published."),
    (None, PUBLISHED, "Not live: it was published once, and the ledger knows of nothing that is left of it."),
    (LedgerState.LIVE, PUBLISHED, "This photo is live."),
    (LedgerState.LIVE, IN_REVIEW, "An earlier version is live; this one waits for a person to approve it."),
    (LedgerState.LIVE, APPROVED, "An earlier version is live; this one is approved and waits to be released."),
    (LedgerState.LIVE, RATED_ANEW, "An earlier version is live; this one is in the queue to be rated."),
    (LedgerState.LIVE, QUEUED, "An earlier version is live; this one is in the queue to be published."),
    (
        LedgerState.LIVE,
        FAILED,
        "An earlier version is live; this one could not be published: The website's table is full.",
    ),
    (
        LedgerState.TO_REMOVE,
        REJECTED,
        "Still live: it was rejected (Blurred) and goes at the next release of its set, or when you take it off now.",
    ),
    (
        LedgerState.TO_REMOVE,
        IN_REVIEW,
        "Still live: it was to be taken off, and not every place could be reached. Take it off again."
        " It waits for a person to approve it.",
    ),
    (LedgerState.SENDING, RUNNING, "Being sent, and perhaps on the website in part: it is being published."),
    (
        LedgerState.SENDING,
        QUEUED,
        "Being sent, and perhaps on the website in part: it is in the queue to be published.",
    ),
    (
        LedgerState.FAILED,
        FAILED,
        "On the website in part: it could not be published: The website's table is full. Try it again, or reject it.",
    ),
    (
        LedgerState.TAKING_OFF,
        IN_REVIEW,
        "Perhaps still on the website: what is there of it is being taken off without anyone's doing. It waits for a "
        "person to approve it.",
    ),
    (
        LedgerState.PUTTING_BACK,
        REJECTED,
        "On the website in part: the earlier version is being put back without anyone's doing."
        " It was rejected: Blurred.",
    ),
]


@pytest.mark.parametrize(("state", "position", "sentence"), _SENTENCES)
def test_the_sentence_about_the_website_comes_from_the_ledger(
    state: LedgerState | None, position: Position, sentence: str
) -> None:
    assert why_not_live(photo_at(position, state)) == sentence


@pytest.mark.parametrize(("state", "position"), list(product([None, *LedgerState], POSITIONS)))
def test_no_place_is_without_a_sentence_that_agrees_with_the_word(
    state: LedgerState | None, position: Position
) -> None:
    photo = photo_at(position, state)
    said = why_not_live(photo, "The site is away.")
    assert said.startswith("Not live") is (liveness(photo) is Liveness.NOT_LIVE)
    assert said.endswith(".")


def test_the_note_of_the_stage_stands_behind_what_waits_for_it() -> None:
    assert why_not_live(photo_at(QUEUED, LedgerState.LIVE), "The site is away.").endswith(
        "in the queue to be published. The site is away."
    )


_SAME = {"status": 200, "size_bytes": 9, "is_same": True}


@pytest.mark.parametrize(
    ("checks", "state", "answer", "why"),
    [
        ({}, LedgerState.LIVE, Answer.NOT_ASKED, ""),
        ({"full": _SAME}, LedgerState.LIVE, Answer.YES, ""),
        ({"full": _SAME, "thumb": {"reason": "not reached"}}, LedgerState.LIVE, Answer.NO, "not reached"),
        ({"full": {"status": 404, "is_same": False}}, LedgerState.TO_REMOVE, Answer.NO, "the website answers 404"),
        ({"full": {"status": 200, "is_same": False}}, LedgerState.LIVE, Answer.NO, "another file"),
        ({"full": {"remark": "may be closed"}}, LedgerState.LIVE, Answer.NOT_ASKED, "may be closed"),
        (
            {"full": {"status": 403, "is_same": False, "remark": "may be closed"}},
            LedgerState.LIVE,
            Answer.NO,
            "the website answers 403; may be closed",
        ),
        # what was seen of the version before says nothing of what is half sent now
        ({"full": _SAME}, LedgerState.SENDING, Answer.NOT_ASKED, ""),
    ],
)
def test_what_a_visitor_sees_is_told_from_the_last_look(
    checks: dict[str, dict[str, str | int | bool | None]], state: LedgerState, answer: Answer, why: str
) -> None:
    seen = seen_by_visitor(photo_at(PUBLISHED, publications=(Publication("w", state, "a", {}, checks=checks),)))
    assert seen.answer is answer
    assert why in seen.why


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ({}, "This photo is live."),
        ({"full": _SAME}, "This photo is live."),
        ({"full": {"remark": "may be closed"}}, "This photo is live. Nobody looked: may be closed."),
        (
            {"full": {"status": 403, "is_same": False}},
            "This photo is live. The website did not show it when it was last asked: "
            "full of w: the website answers 403.",
        ),
    ],
)
def test_of_a_live_photo_it_is_said_what_may_keep_visitors_from_it(
    checks: dict[str, dict[str, str | int | bool | None]], words: str
) -> None:
    live = Publication("w", LedgerState.LIVE, "a", {}, checks=checks)
    assert why_not_live(photo_at(PUBLISHED, publications=(live,))) == words
