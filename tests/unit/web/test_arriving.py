"""A request is gathered until it is whole, and given up where it takes longer than an honest line needs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lightgate_web.serving.arriving import (
    GRACE_S,
    HEAD_S,
    LEAST_BYTES_S,
    MOST_BODY_BYTES,
    MOST_HEAD_BYTES,
    Arriving,
    TooLarge,
)

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabcde"
CHUNKED = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2;x=y\r\n\r\n\r\n0\r\nA: b\r\n\r\n"
)


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED, CHUNKED.replace(b"A: b\r\n", b"")])
@pytest.mark.parametrize("following", [b"", GET])
def test_a_request_is_whole_with_its_last_byte_and_not_before(request_bytes: bytes, following: bytes) -> None:
    one = Arriving(0)
    for at in range(len(request_bytes) - 1):
        assert not one.take(request_bytes[at : at + 1], 0)
    assert one.take(request_bytes[-1:] + following, 0)
    assert bytes(one.content) == request_bytes + following


@given(some.binary(max_size=300), some.integers(1, 50))
def test_whatever_comes_is_taken_or_refused(rest: bytes, size: int) -> None:
    one = Arriving(0)
    content = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + rest
    with suppress(TooLarge):
        for at in range(0, len(content), size):
            if one.take(content[at : at + size], 0):
                break


@pytest.mark.parametrize("wrong", [b"Content-Length: -5", b"Content-Length: five", b"Transfer-Encoding: gzip"])
def test_wrong_framing_is_the_parsers_to_refuse(wrong: bytes) -> None:
    assert Arriving(0).take(b"POST / HTTP/1.1\r\n" + wrong + b"\r\n\r\nzz\r\n", 0)


def test_headers_without_end_are_refused() -> None:
    with pytest.raises(TooLarge, match="431"):
        Arriving(0).take(b"GET / HTTP/1.1\r\nA: " + b"a" * MOST_HEAD_BYTES, 0)


def test_a_body_beyond_the_limit_is_not_gathered() -> None:
    one = Arriving(0)
    assert one.take(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1), 0)
    assert one.is_cut
    with pytest.raises(TooLarge, match="413"):
        Arriving(0).take(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n", 0)


def test_headers_have_a_time_limit_as_a_whole_however_steadily_they_come() -> None:
    one = Arriving(0)
    for second in range(int(HEAD_S) + 1):
        assert not one.is_late(second)
        one.take(b"G", second)
    assert one.is_late(HEAD_S + 0.1)


def test_a_body_may_be_slow_and_not_stand_still() -> None:
    slow, dripping = Arriving(0), Arriving(0)
    head = b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"
    slow.take(head, 0)
    dripping.take(head, 0)
    for second in range(1, 300):
        slow.take(b"a" * 2 * LEAST_BYTES_S, second)
        dripping.take(b"a", second)
        assert not slow.is_late(second)
    assert dripping.is_late(HEAD_S + GRACE_S + 2)


def test_who_waits_for_a_word_gets_it_once() -> None:
    one = Arriving(0)
    one.take(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", 0)
    assert one.wants_word()
    assert not one.wants_word()


def test_between_requests_the_patience_is_another() -> None:
    one = Arriving(0, patience_s=2)
    assert one.is_late(2.1)
    one.take(b"G", 1.9)
    assert not one.is_late(HEAD_S)
