"""What the state store must do: the port that ``adapters/sqlite`` fulfils.

A caller opens one short transaction and uses its facets; nothing is written unless the block ends without an
error. No network, disk or model work belongs inside. Every write of a position takes the position that
``domain.pipeline.advance`` gave.

    with store.writing() as tx:
        photo = tx.photos.get(photo_id)
        tx.photos.move(photo, advance(photo.position, Result.RETRIED, route), at=now)
        tx.events.add(...)
"""

from lightgate.store.figures import Figures, Notes
from lightgate.store.history import Actor, Event, Events
from lightgate.store.live import Holds, Publications, Redirects, Release, ReleaseAct, Releases
from lightgate.store.people import Audit, AuditLine, Failures, SavedView, User, Users, Views
from lightgate.store.photos import (
    MOST_COUNTED,
    Approval,
    Approvals,
    Around,
    Names,
    NewPhoto,
    NewSet,
    Order,
    PhotoFilter,
    Photos,
    Place,
    Reservation,
    Sets,
    TextQuality,
    Total,
)
from lightgate.store.pictures import Judged, Pictures
from lightgate.store.queue import LONGEST_HOLD, HeldBack, Queue
from lightgate.store.texts import (
    CatalogueText,
    KnownTexts,
    Likeness,
    RequestClaim,
    Requests,
    RequestStatus,
    TextRequest,
    Vocabulary,
    VocabularyEntry,
)
from lightgate.store.transaction import Store, Transaction

__all__ = [
    "LONGEST_HOLD",
    "MOST_COUNTED",
    "Actor",
    "Approval",
    "Approvals",
    "Around",
    "Audit",
    "AuditLine",
    "CatalogueText",
    "Event",
    "Events",
    "Failures",
    "Figures",
    "HeldBack",
    "Holds",
    "Judged",
    "KnownTexts",
    "Likeness",
    "Names",
    "NewPhoto",
    "NewSet",
    "Notes",
    "Order",
    "PhotoFilter",
    "Photos",
    "Pictures",
    "Place",
    "Publications",
    "Queue",
    "Redirects",
    "Release",
    "ReleaseAct",
    "Releases",
    "RequestClaim",
    "RequestStatus",
    "Requests",
    "Reservation",
    "SavedView",
    "Sets",
    "Store",
    "TextQuality",
    "TextRequest",
    "Total",
    "Transaction",
    "User",
    "Users",
    "Views",
    "Vocabulary",
    "VocabularyEntry",
]
