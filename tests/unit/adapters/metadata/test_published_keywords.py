"""A keyword that holds a separator goes into a published file whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightgate.adapters.metadata.containers.photoshop import SEGMENT_MARK, iptc_in
from lightgate.adapters.metadata.published.write_iptc import iim_block
from lightgate.adapters.metadata.published.write_xmp import hierarchy, xmp_packet
from lightgate.adapters.metadata.texts import words_from_iptc, words_from_xmp
from lightgate.adapters.metadata.xmp import tree_of
from lightgate.domain.approval.rights import RightsStatement
from lightgate.domain.photo import Field, Photo, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.website.package import row_of


def photo_with(*keywords: str) -> Photo:
    position = Position("publish", Status.QUEUED)
    made = Photo(1, 1, "s", position, 1, "a.jpg", "a.jpg", "00", 1, ".jpg", "Lake", "Bled", "Landscapes")
    return replace(made, texts=(Text("en", Field.KEYWORDS, keywords, Source.PERSON),))


@pytest.mark.parametrize("keyword", ["Paris, France", "quay; pier", "Smith | Sons", "|", "a|", "|b", '"so" called, it'])
def test_a_keyword_goes_out_as_one_entry(keyword: str) -> None:
    photo = photo_with(keyword, "lake")
    assert words_from_xmp(tree_of(xmp_packet(photo, RightsStatement()))).keywords == (keyword, "lake")
    block = iim_block(photo, RightsStatement()).removeprefix(SEGMENT_MARK)
    assert words_from_iptc(iptc_in(block)).keywords == (keyword, "lake")
    assert hierarchy(photo) == []


def test_levels_without_blanks_are_levels() -> None:
    photo = photo_with("animal|grey bird|heron")
    assert words_from_xmp(tree_of(xmp_packet(photo, RightsStatement()))).keywords == ("heron",)
    assert hierarchy(photo) == ["animal|grey bird|heron"]


def test_the_websites_column_quotes_a_keyword_with_a_comma() -> None:
    row = row_of(photo_with("Paris, France", "quay; pier", "lake"), {"full": "f", "thumb": "t"}, 1, 1)
    assert row.Keywords == '"Paris, France", quay; pier, lake'
