"""What the website has of a photo: told from the ledger and the photo's place, here and nowhere else.

``adapters/sqlite/liveness.py`` says the same as SQL; a test holds both equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lightgate.domain.photo import WHOLE, LedgerState, Photo, Publication
from lightgate.domain.route.pipeline import PUBLISH, Position, Status


class Liveness(StrEnum):
    """What visitors of the website may find of a photo; with several targets the worst, which stands first."""

    #: half sent and withdrawn: nothing of it stays, without anyone's doing
    TAKING_OFF = "partly_sent_being_taken_off"
    #: half sent and withdrawn: what was live before comes back, without anyone's doing
    PUTTING_BACK = "partly_sent_earlier_version_being_put_back"
    #: publishing stopped on the way, and waits for a person
    PARTLY_SENT = "partly_sent"
    #: on its way, and perhaps there in part
    BEING_SENT = "being_sent"
    #: whole, and to go: at the next release, or when a person takes it off now
    TO_BE_REMOVED = "to_be_removed"
    #: whole, while the photo goes its way again: changed, reopened, approved or sent anew
    EARLIER = "live_as_earlier_version"
    LIVE = "live"
    NOT_LIVE = "not_live"


#: nothing on any target is less than whole
IS_WHOLE = frozenset({Liveness.TO_BE_REMOVED, Liveness.EARLIER, Liveness.LIVE})
_WORST_FIRST = tuple(Liveness)
_DEBTS = {LedgerState.TAKING_OFF: Liveness.TAKING_OFF, LedgerState.PUTTING_BACK: Liveness.PUTTING_BACK}
_ON_THE_WAY = frozenset({Status.QUEUED, Status.RUNNING})


def liveness(photo: Photo) -> Liveness:
    """Give the one word for what the website has of a photo."""
    found = (at_target(each.state, photo.position) for each in photo.publications)
    return min(found, key=_WORST_FIRST.index, default=Liveness.NOT_LIVE)


def at_target(state: LedgerState, position: Position) -> Liveness:
    """Say the same of one target."""
    if state in _DEBTS:
        return _DEBTS[state]
    if state not in WHOLE:
        is_moving = position.step == PUBLISH and position.status in _ON_THE_WAY
        return Liveness.BEING_SENT if is_moving else Liveness.PARTLY_SENT
    if state is LedgerState.TO_REMOVE or position.status is Status.REJECTED:
        return Liveness.TO_BE_REMOVED
    return Liveness.LIVE if position.status is Status.PUBLISHED else Liveness.EARLIER


def has_whole_version(photo: Photo) -> bool:
    """Is a whole version on the website, also an earlier one, or one that is to go?"""
    return any(each.state in WHOLE for each in photo.publications)


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Seen:
    """Did the website's own address show what was published, when it was last asked?"""

    answer: Answer
    #: in words, where it is no, or where nobody asked and the target told of something in the way; else empty
    why: str = ""


def seen_by_visitor(photo: Photo) -> Seen:
    """Sum up the looks at a photo's whole versions; whatever they found blocks nothing."""
    looks = [look for each in photo.publications if each.state in WHOLE for look in _looks(each)]
    for answer in (Answer.NO, Answer.NOT_ASKED):
        if found := next((look for look in looks if look.answer is answer), None):
            return found
    return Seen(Answer.YES if looks else Answer.NOT_ASKED)


def is_look(told: Mapping[str, object]) -> bool:
    """Did anybody ask the website, or is this only what the target told of itself?"""
    return told.keys() != {"remark"}


def _looks(publication: Publication) -> Iterator[Seen]:
    """Yield what each look found, and where nobody looked what the target told of."""
    for kind, look in publication.checks.items():
        remark = str(look.get("remark") or "")
        if look.get("is_same"):
            yield Seen(Answer.YES)
        elif not is_look(look):
            yield Seen(Answer.NOT_ASKED, remark)
        else:
            came = f"{kind} of {publication.target}: {_what_came(look)}"
            yield Seen(Answer.NO, f"{came}; {remark}" if remark else came)


def _what_came(look: Mapping[str, str | int | bool | None]) -> str:
    if look.get("reason"):
        return str(look["reason"])
    if look.get("status") not in {None, 200}:
        return f"the website answers {look['status']}"
    return "the website shows another file than was published"
