"""Every address of the site that a person or a script may look at, with the parameters that make it work hardest.

A view without an entry is refused here, so that a new page is walked from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from flask import Flask

from lightgate.domain.query import BANDS, FLAGS
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.store import Order
from lightgate_web.pages.review.photo_list import CHIPS
from support.crowd import BIG, COMMON, LONG_SERIES, RARE, USUAL

#: what a reviewer may type: words everywhere and nowhere, each kind of term, what is denied, several together
QUERIES = (
    *(term for _, term in CHIPS),
    *(f"is:{flag}" for flag in FLAGS),
    *(f"-is:{flag}" for flag in FLAGS),
    COMMON,
    USUAL,
    RARE,
    f"{COMMON} {USUAL}",
    f"{COMMON} -{USUAL}",
    f"-{COMMON}",
    f"-{RARE}",
    "of",
    "-of",
    "xq",
    "nowhere",
    '"old harbour in"',
    "band:low,very-low -keyword:boat alt:>40",
    "keyword:boat",
    "-keyword:boat",
    "keyword:boat,crane,nowhere",
    "keyword:nowhere",
    "-keyword:nowhere",
    "alt:none",
    "alt:>125",
    "-alt:<20",
    "caption:<5",
    "caption:lantern",
    "-caption:lantern",
    "alt:nowhere",
    "keywords:<5",
    "keywords:5",
    "keywords:>40",
    "keywords:none",
    "qr:<3.1",
    "qr:4..5",
    "-qr:>3",
    "iso:>100000",
    "mm:24..30",
    "width:<3000",
    "confidence:<42",
    f"set:{BIG}",
    "-set:big",
    "set:set-3,set-4",
    "set:nowhere",
    "name:harbour_049",
    "original:img_0499",
    "name:nowhere",
    "-name:harbour",
    f"subject:{RARE}",
    "subject:ha",
    "location:rotterdam",
    "folder:nowhere",
    "folder:city",
    "camera:iphone",
    "camera:nowhere",
    "lens:nowhere",
    "taken:2012",
    "taken:1999",
    "reason:focus",
    "error:unreadable",
    "error:nowhere",
    "issue:too_long",
    "issue:nowhere",
    "source:person",
    "source:file",
    "-source:model",
    "is:series band:low confidence:<50 -keyword:ferry",
    f"{COMMON} is:warned alt:none",
    f"{USUAL} -is:live camera:nikon taken:2012",
    "qr:>8 -is:series caption:zeppelin",
)
_STATES = ("undecided", "all", *ReviewStatus)
_PLACES = ("", "after=-150.26000", "after=99999.99999", "before=-10000.1", "before=-190.30000")
_PLACES_BY_ID = ("after=48000", "after=99999999", "before=2", "before=25000")

Addresses = Mapping[str, Sequence[str]]


def _lists(path: str) -> Iterator[str]:
    for state in _STATES:
        yield f"{path}?state={state}"
        yield f"{path}?state={state}&set={BIG}"
    for place in _PLACES:
        yield f"{path}?state=undecided&{place}"
        yield f"{path}?state=undecided&set={BIG}&{place}"
    for place in _PLACES_BY_ID:
        yield f"{path}?state=all&{place}"
        yield f"{path}?state=Rejected&{place}"
        yield f"{path}?state=undecided&set={BIG}&order=id&{place}"
    for order in Order:
        yield f"{path}?state=undecided&order={order}"
        yield f"{path}?state=all&order={order}"
    for band in BANDS:
        yield f"{path}?{urlencode({'state': 'undecided', 'band': band})}"
    yield f"{path}?state=Published&band=Top&set=set-7"


def _searches(path: str) -> Iterator[str]:
    for query in QUERIES:
        for given in ({"state": "undecided"}, {"state": "all"}, {"state": "undecided", "set": BIG}):
            yield f"{path}?{urlencode({**given, 'q': query})}"


def _photos(path: str, photos: int) -> Iterator[str]:
    here = path.format
    middle = photos // 20 * 10 + 2
    # in the middle, the last by risk, the last by number, one that is decided, one that failed
    yield here(middle) + "?state=undecided&at=-150"
    yield here(photos - 3) + "?state=undecided&at=0"
    yield here(photos) + "?state=all"
    yield here(4) + "?state=Published"
    yield here(8) + "?state=Error"
    yield here(middle) + f"?state=undecided&set={BIG}&at=-150"
    for query in (COMMON, RARE, "nowhere", "band:low,very-low -keyword:boat alt:>40", "-of", "alt:none", "is:blocked"):
        yield f"{here(middle)}?{urlencode({'state': 'undecided', 'at': -150, 'q': query})}"


def addresses(app: Flask, photos: int) -> Addresses:
    """Give every address to look at, by view.

    Raises:
        AssertionError: a view has none here.
    """
    found: dict[str, Sequence[str]] = {
        "static": ["/static/base.css", "/static/site.js"],
        "account.sign_in": ["/login"],
        "account.own": ["/account"],
        "pages.sets": ["/", "/?start=30", "/?start=9000"],
        "pages.set_page": [f"/sets/{BIG}", "/sets/set-3"],
        "pages.texts_of_set": ["/sets/set-3/texts", f"/sets/{BIG}/texts"],
        "pages.photos": [*_lists("/photos"), *_searches("/photos")],
        "pages.photo": list(_photos("/photos/{}", photos)),
        "pages.start": ["/review", f"/review?set={BIG}", "/review?q=nowhere", f"/review?q={COMMON}&order=id"],
        "pages.compare": ["/compare?" + "&".join(f"id={each}" for each in range(13, 25))],
        "pages.compare_series": ["/photos/13/series", "/photos/12/series", f"/photos/{LONG_SERIES + 3}/series"],
        "pages.dashboard": ["/dashboard"],
        "pages.people": ["/people"],
        "pages.audit": ["/audit", "/audit?before=1", "/audit?before=2500"],
        "pages.vocabulary": [
            "/vocabulary",
            *(f"/vocabulary?state=listed{more}" for more in ("", "&q=nowhere", "&q=77", "&after=4000")),
        ],
        "pages.release": ["/release", f"/release?set={BIG}", "/release?after=40000", "/release?before=40000"],
        "pages.unpublished": ["/unpublished"],
        "pages.releases": ["/releases", "/releases?before=20"],
        # the largest and a usual one, see ``support.crowd_around``
        "pages.released": ["/releases/40", "/releases/7"],
        "api.photos": [*_lists_of_api(), *_searches("/api/v1/photos")],
        "api.photo": [f"/api/v1/photos/{photos // 2}", f"/api/v1/photos/{photos}"],
        "api.foreseen_name": [f"/api/v1/photos/{photos // 2}/name?subject=Zeppelin"],
        "api.csrf": ["/api/v1/csrf"],
        "api.sets": ["/api/v1/sets"],
        "api.vocabulary": ["/api/v1/vocabulary", "/api/v1/vocabulary?state=listed&cursor=4000"],
        "pictures.picture": [f"/pictures/{photos // 2}/thumb.jpg"],
        "health.healthz": ["/healthz"],
        # a stream does not end by itself; it is tested apart
        "api.events": [],
        # needs the original on disk, and renders it
        "pages.release_plan": [],
        "pages.restored": ["/restored"],
    }
    asked = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    missing = {rule.endpoint for rule in asked if rule.arguments} - found.keys()
    assert not missing, f"tests/support/site_walk.py has no address for {', '.join(sorted(missing))}"
    # a view that needs nothing in its address is one
    return {rule.endpoint: [rule.rule] for rule in asked if not rule.arguments} | found


def _lists_of_api() -> Iterator[str]:
    for state in _STATES:
        yield f"/api/v1/photos?state={state}&limit=200"
    for cursor in ("48000", "99999999"):
        yield f"/api/v1/photos?state=all&cursor={cursor}"
        yield f"/api/v1/photos?set={BIG}&cursor={cursor}"
    yield "/api/v1/photos?state=undecided&order=risk&cursor=-150.26000"
