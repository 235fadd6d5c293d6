"""Names: what they look like, when two are the same, and that workers cannot change them."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.language.characters import is_letter
from lightgate.domain.names import naming
from lightgate.domain.names.naming import Rule, Wanted, allocate, fold, slug
from lightgate.errors import NameTooLong, SettingInvalid

RULE = Rule()
WIDE = Rule(max_length=100_000)


def wanted(photo_id: int = 1, **changes: object) -> Wanted:
    plain = Wanted(
        photo_id, "Night offices", "amsterdam netherlands", "street", "Canon EOS R5", "2024:05:01 20:00:00", None,
        f"IMG_{photo_id:04d}.JPG", f"{photo_id:064x}",
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("  Booking.com campus ", "Booking_com_campus"),
        ("Cats & dogs", "Cats_and_dogs"),
        ("R&B", "R_and_B"),
        ("black-headed gull", "black_headed_gull"),
        ("KLM ATR 72-600 PH-BXA", "KLM_ATR_72-600_PH-BXA"),
        ("Boeing 737-800 landing", "Boeing_737-800_landing"),
        ("MiG-29 and A320-200", "MiG-29_and_A320-200"),
        ("2024-05-01", "2024_05_01"),
        ("King's “Day”, (2024)!", "King_s_Day_2024"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("हिन्दी", "हिन्दी"),
        ("写真 ☔ 東京", "写真_東京"),
        ("1️⃣ heart ❤️", "1_heart"),
        ("a\u202egpj.exe", "agpj_exe"),
        ("../../etc/passwd\0\n", "etc_passwd"),
        ("__a___b__", "a_b"),
        ("🎉", ""),
        ("\udcff\udcfe", ""),
    ],
)
def test_words_become_one_token(text: str, token: str) -> None:
    assert slug(text) == token


def test_the_default_name_is_the_predecessors() -> None:
    given = naming.name(wanted(), RULE, 7)
    assert given.file_name == "Night_offices_Amsterdam_Netherlands_Street_Photography_Canon_EOS_R5_2024_007.JPG"


@pytest.mark.parametrize("folder", ["Street Photography", "street photography", "street_PHOTOGRAPHY"])
def test_photography_does_not_double(folder: str) -> None:
    name = naming.name(wanted(folder=folder), RULE, 1).file_name
    assert name.casefold().count("photography") == 1


def test_a_missing_camera_and_year_drop_out_with_one_separator_each() -> None:
    name = naming.name(wanted(camera=None, date_time=None), RULE, 1).file_name
    assert name == "Night_offices_Amsterdam_Netherlands_Street_Photography_001.JPG"


@pytest.mark.parametrize("template", ["{camera}_{subject}_{counter}", "{subject}{camera}_{counter}"])
def test_a_missing_camera_takes_no_other_separator_along(template: str) -> None:
    assert naming.name(wanted(camera=None), Rule(template), 1).file_name == "Night_offices_001.JPG"


def test_a_template_may_end_with_a_part_that_is_missing() -> None:
    assert (
        naming.name(wanted(date_time=None), Rule("{subject}_{counter}_{year}"), 1).file_name == "Night_offices_001.JPG"
    )


def test_a_year_of_zeros_is_no_year() -> None:
    assert "0000" not in naming.name(wanted(date_time="0000:00:00 00:00:00"), RULE, 1).file_name


def test_upper_case_places_stay() -> None:
    assert "_New_York_USA_" in naming.name(wanted(location="new york USA"), RULE, 1).file_name


def test_the_counter_grows_beyond_three_digits() -> None:
    highest = {naming.stem_key(wanted(), RULE): 999}
    assert allocate([wanted()], highest, RULE).given[0].file_name.endswith("_1000.JPG")


def test_numbers_continue_where_only_case_and_accents_differ() -> None:
    before = naming.stem_key(wanted(subject="CAFÉ ØRSTED"), RULE)
    assert allocate([wanted(subject="cafe orsted")], {before: 4}, RULE).given[0].counter == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [("é", "E\u0301"), ("Straße", "STRASSE"), ("Œuvre", "oeuvre"), ("Łódź", "lodz"), ("ﬁn", "FIN"), ("𠀀", "𠀁")],
)
def test_names_that_the_websites_database_equates_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_hangul_and_different_words_do_not_fold_together() -> None:
    assert len({fold(word) for word in ("한글", "한굴", "a", "b", "が")}) == 5


def test_a_name_over_the_limit_is_refused_in_words() -> None:
    with pytest.raises(NameTooLong, match="limit is 150") as caught:
        naming.name(wanted(subject="word " * 2000), RULE, 1)
    assert len(str(caught.value)) < 250


def test_a_name_that_no_file_system_takes_is_refused() -> None:
    with pytest.raises(NameTooLong, match="bytes on disk"):
        naming.name(wanted(subject="写" * 80, location="x", folder="y", camera=None), RULE, 1)


def test_a_photo_without_a_possible_name_takes_no_number() -> None:
    result = allocate([wanted(1, camera="x" * 200), wanted(2)], {}, RULE)
    assert [photo_id for photo_id, _ in result.refused] == [1]
    assert [(each.photo_id, each.counter) for each in result.given] == [(2, 1)]


def test_a_name_of_another_pattern_is_stepped_over() -> None:
    first = naming.name(wanted(), RULE, 1).key
    assert allocate([wanted()], {}, RULE, lambda key: key == first).given[0].counter == 2


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{subject}", "{counter}"),
        ("{subject}_{counter}_{counter}", "exactly once"),
        ("{subjekt}_{counter}", "{subjekt} is not one of"),
        ("{subject!r}_{counter}", "{subject} is not one of"),
        ("{counter:03d}", "is not one of"),
        ("{}_{counter}", "{} is not one of"),
        ("{subject.x}_{counter}", "is not one of"),
        ("../{counter}", "../"),
        ("a b{counter}", "a b"),
        ("{subject", "expected"),
    ],
)
def test_a_template_that_cannot_name_files_is_an_error_of_the_settings(template: str, says: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        Rule(template)
    assert says in str(caught.value)
    assert "naming.template" in str(caught.value)


@pytest.mark.parametrize("extension", ["JPG", ".", "./x", ".j pg", ".abcdef", ""])
def test_an_extension_that_is_none_is_an_error_of_the_settings(extension: str) -> None:
    with pytest.raises(SettingInvalid, match=r"naming\.extension"):
        Rule(extension=extension)


@pytest.mark.parametrize(
    ("file_name", "stem", "counter"),
    [
        ("Canal_Amsterdam_Street_Photography_Canon_2024_017.JPG", "canal_amsterdam_street_photography_canon_2024", 17),
        ("Canal_1000.jpg", "canal", 1000),
        ("CANAL.JPG", "canal", 0),
        ("no_suffix_003", "no_suffix", 3),
        (".hidden", ".hidden", 0),
    ],
)
def test_an_older_ledgers_name_is_taken_apart(file_name: str, stem: str, counter: int) -> None:
    assert naming.split(file_name, RULE)[1:] == (stem, counter)


@pytest.mark.parametrize("template", [RULE.template, "{counter}_{subject}", "{subject}{counter}"])
def test_a_name_taken_apart_continues_its_own_numbering(template: str) -> None:
    rule = Rule(template)
    given = naming.name(wanted(), rule, 12)
    assert naming.split(given.file_name, rule) == (given.key, given.stem_key, 12)


def test_photos_are_numbered_by_capture_time_with_its_fraction() -> None:
    times = [("2024:05:01 20:00:01", None), ("2024:05:01 20:00:00", "5"), ("2024:05:01 20:00:00", "07"), (None, None)]
    photos = [wanted(n, date_time=time, sub_seconds=sub, camera="x") for n, (time, sub) in enumerate(times)]
    assert [each.photo_id for each in allocate(photos, {}, RULE).given] == [2, 1, 0, 3]


def test_photos_of_one_moment_are_numbered_by_path() -> None:
    paths = ["b/2.JPG", "B/1.jpg", "a/9.jpg", unicodedata.normalize("NFD", "é.jpg")]
    photos = [wanted(n, relative_path=path) for n, path in enumerate(paths)]
    assert [each.photo_id for each in allocate(photos, {}, RULE).given] == [2, 1, 0, 3]


hostile = st.text(st.characters() | st.sampled_from("/\\\0\n&_-. 🎉\u202e\u0301éß"), max_size=60)
times = st.none() | st.sampled_from(["2023:01:01 00:00:00", "2024:01:01 00:00:00", "garbage"])
photos = st.builds(
    Wanted, st.integers(), hostile, hostile, st.sampled_from(["street", "Street Photography", ""]),
    st.none() | hostile, times, st.none() | st.text("0123456789 ", max_size=4), hostile, st.uuids().map(str),
)  # fmt: skip
templates = st.sampled_from(
    [RULE.template, "{subject}{counter}", "{counter}", "{counter}-{camera}", "x_{year}_{counter}_{folder}_Photography"]
)


@given(hostile)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(hostile)
def test_a_slug_of_a_slug_is_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@given(photos, templates, st.integers(1, 10**6))
def test_any_input_gives_one_safe_path_component(photo: Wanted, template: str, counter: int) -> None:
    try:
        name = naming.name(photo, Rule(template, max_length=100_000), counter).file_name
    except NameTooLong:
        return
    stem = name.removesuffix(".JPG")
    assert stem
    assert stem[0] not in "-_."
    assert all(char in "_-" or unicodedata.category(char)[0] in "LNM" or is_letter(char) for char in stem)
    assert len(name.encode()) <= naming.MAX_BYTES
    assert unicodedata.is_normalized("NFC", name)


@given(st.lists(photos, max_size=8, unique_by=lambda each: each.content_hash), templates, st.randoms())
def test_names_are_unique_and_do_not_depend_on_the_order_of_arrival(
    batch: list[Wanted], template: str, random: object
) -> None:
    rule = Rule(template, max_length=100_000)
    shuffled = list(batch)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    names = {each.content_hash: each.photo_id for each in batch}
    result = allocate([dataclasses.replace(each, photo_id=n) for n, each in enumerate(batch)], {}, rule)
    again = allocate([dataclasses.replace(each, photo_id=n) for n, each in enumerate(shuffled)], {}, rule)
    assert {batch[g.photo_id].content_hash: g.file_name for g in result.given} == {
        shuffled[g.photo_id].content_hash: g.file_name for g in again.given
    }
    assert len({each.key for each in result.given}) == len(result.given)
    assert len(result.given) + len(result.refused) == len(names)


@given(st.lists(photos, max_size=6, unique_by=lambda each: each.content_hash), st.integers(0, 5))
def test_numbers_lie_above_the_highest(batch: list[Wanted], highest: int) -> None:
    held = {naming.stem_key(each, WIDE): highest for each in batch}
    assert all(each.counter > highest for each in allocate(batch, held, WIDE).given)


def test_a_day_without_a_time_comes_first_in_its_day() -> None:
    times = ["1965:07:04 00:00:00", "1965:07:05", "1965:07:04 00:00", "1965:07:04", "1965:07", "1965", None]
    photos = [wanted(n, date_time=time, camera="x") for n, time in enumerate(times)]
    assert [each.photo_id for each in allocate(photos, {}, RULE).given] == [5, 4, 3, 2, 0, 1, 6]


def test_numbers_in_a_path_count_by_their_value() -> None:
    paths = [
        "scan.jpg", "scan 1.jpg", "scan 2.jpg", "scan 02.jpg", "scan 10.jpg", "scan 11.jpg", "scan 00100.jpg",
        "scan 101.jpg", "roll 2/1.jpg", "roll 2/12.jpg", "roll 10/2.jpg", "a-1.jpg", "a.jpg", "a1.jpg", "a1b2.jpg",
        "a1b10.jpg", "ab.jpg", "a0.jpg", "9" * 5000, "1" + "0" * 5000,
    ]  # fmt: skip
    given = allocate([wanted(n, date_time=None, relative_path=path) for n, path in enumerate(paths)], {}, RULE).given
    assert [paths[each.photo_id][:16] for each in given] == [
        "9" * 16, "1" + "0" * 15, "a-1.jpg", "a.jpg", "a0.jpg", "a1.jpg", "a1b2.jpg", "a1b10.jpg", "ab.jpg",
        "roll 2/1.jpg", "roll 2/12.jpg", "roll 10/2.jpg", "scan 1.jpg", "scan 02.jpg", "scan 2.jpg", "scan 10.jpg",
        "scan 11.jpg", "scan 00100.jpg", "scan 101.jpg", "scan.jpg",
    ]  # fmt: skip
