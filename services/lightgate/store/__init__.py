"""What the state store must do: the port that ``adapters/sqlite`` fulfils.

A caller opens one short transaction and uses its facets; nothing is written unless the block ends without an
error. No network, disk or model work belongs inside. Every write of a position takes the position that
``domain.route.pipeline.advance`` gave.

    with store.writing() as tx:
        photo = tx.photos.get(photo_id)
        tx.photos.move(photo, advance(photo.position, Result.RETRIED, route), at=now)
        tx.events.add(...)
"""

from lightgate.store.figures import Figures, Notes
from lightgate.store.history import MARKS, Actor, Approval, Approvals, Arrival, Event, EventKind, Events, Mark
from lightgate.store.holds import Holds
from lightgate.store.known_texts import CatalogueText, KnownTexts, Likeness
from lightgate.store.ledger import Publications
from lightgate.store.names import Names, Reservation
from lightgate.store.people import Failures, User, Users
from lightgate.store.photos import (
    MOST_COUNTED,
    Around,
    Identity,
    NewPhoto,
    Order,
    Original,
    PhotoFilter,
    Photos,
    Place,
    TextQuality,
    Total,
)
from lightgate.store.pictures import Judged, Pictures
from lightgate.store.queue import LONGEST_HOLD, HeldBack, Queue
from lightgate.store.releases import Redirects, Release, ReleaseAct, Releases
from lightgate.store.requests import RequestClaim, Requests, RequestStatus, TextRequest
from lightgate.store.review_site import Audit, AuditLine, SavedView, Views
from lightgate.store.sets import NewSet, Sets
from lightgate.store.transaction import Store, Transaction
from lightgate.store.vocabulary import Vocabulary, VocabularyEntry

__all__ = [
    "LONGEST_HOLD",
    "MARKS",
    "MOST_COUNTED",
    "Actor",
    "Approval",
    "Approvals",
    "Around",
    "Arrival",
    "Audit",
    "AuditLine",
    "CatalogueText",
    "Event",
    "EventKind",
    "Events",
    "Failures",
    "Figures",
    "HeldBack",
    "Holds",
    "Identity",
    "Judged",
    "KnownTexts",
    "Likeness",
    "Mark",
    "Names",
    "NewPhoto",
    "NewSet",
    "Notes",
    "Order",
    "Original",
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
