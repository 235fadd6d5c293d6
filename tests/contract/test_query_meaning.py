"""The query language means the same in SQL as in plain Python over every photo, one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.listing import lists, near
from lightgate.domain.photo import Field, Issue, LedgerState, Photo, Publication, Source, Text
from lightgate.domain.query import BANDS, FLAGS, MAX_VALUES, Kind, Term, parse
from lightgate.domain.route.liveness import Liveness, has_whole_version, liveness
from lightgate.domain.route.pipeline import PUBLISH, Position, Status
from lightgate.store import Order, PhotoFilter, Place, Total
from support.stores import NOON, add_photos, add_set, make_store, write_row

PHOTOS = 60
WORDS = ("harbour", "Hafen", "crâne", "CRÂNE", "ab", "a%b_c", "Ünïcödé", 'said "so"', "портовый", "港町の朝", "x")
POSITIONS = (
    Position("review", Status.WAITING),
    Position("review", Status.WAITING),
    Position("review", Status.REJECTED),
    Position("quality", Status.FAILED),
    Position("caption", Status.QUEUED),
    Position("publish", Status.QUEUED),
    Position("publish", Status.FAILED),
    Position("publish", Status.PUBLISHED),
)
CAMERAS = ("NIKON D850", "Caméra É", None)
ISSUES = (
    Issue("too_long", "block", "Too long.", "en", Field.CAPTION),
    Issue("too_long_alt", "warn", "Too long.", "en", Field.ALT_TEXT),
)


@dataclass(frozen=True)
class Row:
    """A photo with what its row holds beside it."""

    photo: Photo
    issues: tuple[Issue, ...]
    columns: Mapping[str, object]

    @property
    def names(self) -> list[str]:
        photo = self.photo
        return [photo.file_name or "", photo.original_file_name, photo.subject, photo.location]

    def values(self, field: str | None = None) -> list[str]:
        found = [text.value for text in self.photo.texts if field is None or text.field == field]
        return [part for value in found for part in ([value] if isinstance(value, str) else value)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    made = make_store(tmp_path_factory.mktemp("query"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def rows(store: SqliteStore) -> list[Row]:
    chance = random.Random(6)
    sets = [add_set(store, title) for title in ("Harbour", "Winter")]
    ids = [each for at, made in enumerate(sets) for each in add_photos(store, PHOTOS // 2, made, f"{at}")]
    return [_filled(store, each, chance) for each in ids]


def _filled(store: SqliteStore, photo_id: int, chance: random.Random) -> Row:
    columns = {
        "file_name": chance.choice((None, f"{chance.choice(WORDS)}_{photo_id}.JPG")),
        "subject": chance.choice(WORDS),
        "location": chance.choice(WORDS),
        "folder": chance.choice(("city", "Küste")),
        "band": chance.choice(BANDS),
        "qr": chance.choice((None, 3.5, 5.25, 8.0)),
        "qr_by_person": chance.choice((None, None, 4.0)),
        "iso": chance.choice((None, 100, 3200)),
        "width": chance.choice((None, 3000)),
        "focal_length_mm": chance.choice((None, 35, 200)),
        "confidence": chance.choice((None, 40, 90)),
        "has_gps": chance.random() < 0.5,
        "series_count": chance.choice((None, 1, 4)),
        "camera": chance.choice(CAMERAS),
        "lens_model": chance.choice(CAMERAS),
        "date_time": chance.choice((None, "2012:05:04 11:32:07", "2026:01:01 00:00:00")),
        "reject_reason": chance.choice((None, "Out of focus", "Flou É")),
        "error_code": chance.choice((None, "unreadable_image")),
    }
    issues = tuple(issue for issue in ISSUES if chance.random() < 0.3)
    with store.writing() as tx:
        for field in Field:
            for language in ("en", "fr"):
                if chance.random() < 0.6:
                    words = [chance.choice(WORDS) for _ in range(chance.randrange(4))]
                    value = tuple(words) if field is Field.KEYWORDS else " ".join(words)
                    source = chance.choice(list(Source))
                    text = Text(language, field, value, source, locked=chance.random() < 0.2)
                    tx.photos.put_text(photo_id, text, NOON)
        tx.photos.put_proof(photo_id, issues, 50.0, NOON)
        approval = tx.approvals.add(photo_id, 1, "0" * 64, 1, "ann", NOON)
        write_row(tx, photo_id, {"approval_id": approval})
        tx.photos.move(tx.photos.get(photo_id), chance.choice(POSITIONS), NOON)
        # behind the move, which clears an error
        write_row(tx, photo_id, columns)
        for target in ("folder", "sftp"):
            if chance.random() < 0.5:
                # whole ones are the most, so that the others do not hide them
                state = chance.choice([*LedgerState, *[LedgerState.LIVE] * 6])
                tx.publications.put(photo_id, Publication(target, state, "a.jpg", {}, {}), NOON)
        return Row(tx.photos.get(photo_id), issues, columns)


def _has(word: str, texts: list[str]) -> bool:
    return any(word.lower() in text.lower() for text in texts)


def _within(number: object, term: Term) -> bool:
    return (
        isinstance(number, (int, float))
        and (term.low is None or number >= term.low)
        and (term.high is None or number <= term.high)
    )


def _part(term: Term, row: Row) -> bool:
    named = {"original_file_name": row.photo.original_file_name}
    value = str(named.get(term.name) or row.columns.get(term.name) or "")
    if term.name == "date_time":
        return any(value.startswith(word.replace("-", ":")) for word in term.values)
    return any(_has(word, [value]) for word in term.values)


def _number(term: Term, row: Row) -> bool:
    own = row.columns["qr_by_person"]
    rating = row.columns["qr"] if own is None else own
    return _within(rating if term.name == "rating" else row.columns[term.name], term)


def _flag(name: str, row: Row) -> bool:
    photo = row.photo
    is_live = any(each.state is LedgerState.LIVE for each in photo.publications)
    word = liveness(photo)
    return {
        "blocked": any(issue.severity == "block" for issue in row.issues),
        "warned": photo.needs_work,
        "rated": row.columns["qr"] is not None,
        "gps": bool(row.columns["has_gps"]),
        "live": has_whole_version(photo),
        "earlier": word is Liveness.EARLIER,
        "sending": word is Liveness.BEING_SENT,
        "partly": word is Liveness.PARTLY_SENT,
        "debt": word in {Liveness.TAKING_OFF, Liveness.PUTTING_BACK},
        "to-remove": word is Liveness.TO_BE_REMOVED,
        "changed": is_live and photo.position.step != PUBLISH and photo.position.status is not Status.REJECTED,
        "series": row.columns["series_count"] == 4,
        "locked": any(text.locked for text in photo.texts),
    }[name]


_MEANS: Mapping[Kind, Callable[[Term, Row], bool]] = {
    Kind.WORDS: lambda term, row: any(_has(word, [*row.names, *row.values()]) for word in term.values),
    Kind.TEXT: lambda term, row: any(_has(word, row.values(term.name)) for word in term.values),
    Kind.BAND: lambda term, row: row.columns["band"] in term.values,
    Kind.SET: lambda term, row: row.photo.set_slug in term.values,
    Kind.PART: _part,
    Kind.NUMBER: _number,
    Kind.LENGTH: lambda term, row: any(
        _within(len(text.value), term) for text in row.photo.texts if text.field == term.name
    ),
    Kind.MISSING: lambda term, row: not any(row.values(term.name)),
    Kind.KEYWORD: lambda term, row: (
        {value.lower() for value in term.values} & {word.lower() for word in row.values("keywords")} != set()
    ),
    Kind.SOURCE: lambda term, row: any(text.source.value in term.values for text in row.photo.texts),
    Kind.ISSUE: lambda term, row: any(issue.code in term.values for issue in row.issues),
    Kind.FLAG: lambda term, row: any(_flag(value, row) for value in term.values),
}


def meant(query: str, rows: list[Row]) -> list[int]:
    """Ask each photo whether each term holds."""
    terms = parse(query)
    return [row.photo.id for row in rows if all(_MEANS[term.kind](term, row) is not term.is_denied for term in terms)]


_plain = [word.replace('"', "") for word in WORDS]
_word = st.sampled_from([*_plain, *(word.swapcase() for word in _plain), "nowhere", "arb", "%", "_", "é", "Â"])
_quoted = _word.map(lambda word: f'"{word}"')
_bound = st.sampled_from(["<5", ">5", "0", "=4", ">=3", "<=8", "3..6", "40..200", ">3000", "<101", ">0"])
_term = st.one_of(
    _quoted,
    st.sampled_from([f"is:{flag}" for flag in FLAGS]),
    st.builds("band:{}".format, st.sampled_from(["low", "top,na", "very-low", "good,average"])),
    st.builds("set:{}".format, st.sampled_from(["harbour", "winter,nowhere", "nowhere"])),
    st.builds("source:{}".format, st.sampled_from(["person", "file", "model,draft"])),
    st.builds("issue:{}".format, st.sampled_from(["too_long", "too_long_alt", "nowhere"])),
    st.builds("taken:{}".format, st.sampled_from(["2012", "2026-01", "1999"])),
    st.builds("{}:none".format, st.sampled_from(["caption", "alt", "keywords"])),
    st.builds("{}:{}".format, st.sampled_from(["qr", "iso", "confidence", "mm", "width"]), _bound),
    st.builds("{}:{}".format, st.sampled_from(["caption", "alt", "keywords"]), _bound),
    st.builds("{}:{}".format, st.sampled_from(["caption", "alt", "keyword"]), _quoted),
    st.builds("keyword:{},{}".format, _quoted, _quoted),
    st.builds(
        "{}:{}".format,
        st.sampled_from(["name", "original", "subject", "location", "folder", "camera", "lens", "reason", "error"]),
        _quoted,
    ),
)
_query = st.lists(st.builds("{}{}".format, st.sampled_from(["", "-"]), _term), min_size=1, max_size=4).map(" ".join)


@pytest.fixture(params=[near.LOOKED_AT, 7], ids=["looked at one by one", "found among all"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of answering a query, which must mean the same."""
    monkeypatch.setattr(near, "LOOKED_AT", request.param)


_quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(_quick, max_examples=300)
@pytest.mark.usefixtures("way")
@given(query=_query)
def test_a_query_finds_what_it_means(store: SqliteStore, rows: list[Row], query: str) -> None:
    wanted = PhotoFilter(query=parse(query))
    with store.reading() as tx:
        found, total = tx.photos.counted_page(wanted, limit=PHOTOS)
        assert [photo.id for photo in found] == meant(query, rows)
        assert total.number == tx.photos.count(wanted) == len(found)


@pytest.mark.parametrize("field", ["caption", "subject", "-alt", "reason", "keyword"])
def test_as_many_alternatives_as_a_query_may_have_are_one_statement(store: SqliteStore, field: str) -> None:
    wanted = PhotoFilter(query=parse(f"{field}:{','.join(['éñü'] * MAX_VALUES)}"))
    with store.reading() as tx:
        assert len(tx.photos.ids(wanted)) in {0, PHOTOS}


@pytest.mark.parametrize("query", ["", "-is:locked", "caption:<4000", "x", "-zzz"])
@pytest.mark.usefixtures("way")
def test_counting_what_a_query_fits_stops_where_nobody_reads_on(
    store: SqliteStore, rows: list[Row], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_COUNTED", 12)
    fit = meant(query, rows)
    for place in (None, Place(20)):
        wanted = PhotoFilter(query=parse(query))
        with store.reading() as tx:
            found, total = tx.photos.counted_page(wanted, after=place, limit=10)
            around = tx.photos.around(wanted, place or Place(1))
        assert [photo.id for photo in found] == [each for each in fit if each > (place.id if place else 0)][:10]
        told = Total(12, is_more=True) if query and len(fit) > 12 else Total(len(fit))
        assert total == told
        assert around.total == told


@settings(_quick, max_examples=60)
@pytest.mark.usefixtures("way")
@given(query=_query, order=st.sampled_from(Order), at=st.integers(1, PHOTOS))
def test_what_lies_around_a_place_is_what_the_list_shows_there(
    store: SqliteStore, rows: list[Row], query: str, order: Order, at: int
) -> None:
    wanted = PhotoFilter(query=parse(query), order=order, undecided=True)
    place = Place(at, next(row.photo.rank for row in rows if row.photo.id == at))
    key = {row.photo.id: (row.photo.rank, row.photo.id) if order is Order.RISK else row.photo.id for row in rows}
    with store.reading() as tx:
        listed = tx.photos.ids(wanted)
        around = tx.photos.around(wanted, place)
    others = [each for each in listed if each != at]
    assert around.before == next((each for each in reversed(others) if key[each] < key[at]), None)
    assert around.after == next((each for each in others if key[each] > key[at]), None)
    assert around.first == (others[0] if others else None)
    assert around.total.number == len(listed)


@pytest.mark.parametrize("flag", ["live", "earlier", "sending", "partly", "debt", "to-remove", "changed"])
@pytest.mark.usefixtures("way")
def test_what_the_website_has_is_the_same_word_in_a_query(store: SqliteStore, rows: list[Row], flag: str) -> None:
    fit = meant(f"is:{flag}", rows)
    assert 0 < len(fit) < PHOTOS
    with store.reading() as tx:
        assert tx.photos.ids(PhotoFilter(query=parse(f"is:{flag}"))) == fit
        assert tx.photos.ids(PhotoFilter(query=parse(f"-is:{flag}"))) == meant(f"-is:{flag}", rows)


def test_the_sums_count_what_each_photo_says_of_itself(store: SqliteStore, rows: list[Row]) -> None:
    counted = Counter((row.photo.set_id, liveness(row.photo)) for row in rows if row.photo.publications)
    whole = sum(has_whole_version(row.photo) for row in rows)
    with store.reading() as tx:
        found = tx.figures.by_liveness()
        for set_id, of_set in found.items():
            assert tx.figures.by_liveness(set_id) == {set_id: of_set}
        assert tx.figures.whole() == whole
    assert {(set_id, word): number for set_id, of_set in found.items() for word, number in of_set.items()} == counted
    assert {word for _, word in counted} == set(Liveness) - {Liveness.NOT_LIVE}
