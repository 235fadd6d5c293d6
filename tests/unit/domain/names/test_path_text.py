"""Any path can be stored, shown on one line, and found again."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.names.path_text import from_text, to_text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (b"/card/IMG_1.JPG", "/card/IMG_1.JPG"),
        ("é & 'quotes' \"🎉\" 写真.jpg".encode(), "é & 'quotes' \"🎉\" 写真.jpg"),
        (b"a\nb.jpg", r"a\u000ab.jpg"),
        (b"\xff\xfe.jpg", r"\xff\xfe.jpg"),
        (rb"back\x41slash.jpg", r"back\\x41slash.jpg"),
        ("\u202egpj.exe".encode(), r"\u202egpj.exe"),
        (b"\xc2\x85next line", r"\u0085next line"),
    ],
)
def test_a_path_is_written_as_one_line(path: bytes, text: str) -> None:
    assert to_text(os.fsdecode(path)) == text
    assert os.fsencode(from_text(text)) == path


@given(st.binary(max_size=80))
def test_any_bytes_come_back(path: bytes) -> None:
    text = to_text(os.fsdecode(path))
    assert os.fsencode(from_text(text)) == path
    assert text.isascii() or text.encode()
    assert len(text.splitlines()) <= 1
