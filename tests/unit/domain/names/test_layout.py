"""Published paths follow the templates and never lead out of the site."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.names.layout import Layout, part, year_of
from lightgate.domain.photo import Exif
from lightgate.errors import SettingInvalid
from support.published import BARE

LAYOUT = Layout({"full": "{year}/{folder}/{name}", "thumb": "{year}/thumbs/{folder}/{name}"})
PHOTO = replace(BARE, folder="Old harbour & quay", exif=Exif(date_time="2024:05:01 10:00:00"))


def test_a_photo_lies_under_its_year_and_folder() -> None:
    assert LAYOUT.paths(PHOTO, "a_001.JPG") == {
        "full": "2024/Old_harbour_and_quay/a_001.JPG",
        "thumb": "2024/thumbs/Old_harbour_and_quay/a_001.JPG",
    }


@pytest.mark.parametrize(
    "date_time", [None, "", "0000:00:00 00:00:00", "    :  :     :  :  ", "May 2024", "٢٠٢٤:05:01"]
)
def test_a_photo_without_a_believable_date_has_no_year(date_time: str | None) -> None:
    photo = replace(PHOTO, exif=Exif(date_time=date_time))
    assert year_of(photo) is None
    assert LAYOUT.paths(photo, "a.JPG")["full"].startswith("undated/")


@pytest.mark.parametrize("date_time", ["1965", "1965:07", "1965:07:04", "1965:07:04 10:30"])
def test_a_date_in_part_has_its_year(date_time: str) -> None:
    assert LAYOUT.paths(replace(PHOTO, exif=Exif(date_time=date_time)), "a.JPG")["full"].startswith("1965/")


@given(st.text(max_size=300))
def test_any_text_makes_one_safe_part_of_a_path(text: str) -> None:
    made = part(text)
    assert made
    assert made not in {".", ".."}
    assert "/" not in made
    assert "\0" not in made
    assert len(made.encode()) <= 255


@pytest.mark.parametrize(
    "template",
    [
        "/{name}",
        "../{name}",
        "{year}/../{name}",
        "{folder}",
        "{name}/x",
        "",
        "{year}//{name}",
        "{x}/{name}",
        "{name",
        "{}",
    ],
)
def test_a_template_that_cannot_be_is_refused_by_its_setting(template: str) -> None:
    with pytest.raises(SettingInvalid, match=r"publish\.full_path"):
        Layout({"full": template})


def test_a_template_cannot_reach_into_values() -> None:
    with pytest.raises(SettingInvalid):
        Layout({"full": "{name.__class__}"})


def test_two_renditions_cannot_share_a_path() -> None:
    with pytest.raises(SettingInvalid):
        Layout({"full": "{name}", "thumb": "{name}"})
