"""Byte ranges and their conditions, by the examples and rules of RFC 9110."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.recordings.domain.ranges import RangeNotSatisfiableError, Span, is_known, wanted_span

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-499", (0, 500)),
        ("bytes=500-999", (500, 1000)),
        ("bytes=-500", (9500, 10_000)),
        ("bytes=9500-", (9500, 10_000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=9999-", (9999, 10_000)),
        ("bytes=0-99999", (0, 10_000)),
        ("bytes=-99999", (0, 10_000)),
        ("Bytes = 1 - 2", (1, 3)),
        ("bytes=0-" + "9" * 400, (0, 10_000)),
    ],
)
def test_one_range(header: str, span: tuple[int, int]) -> None:
    """A range that is understood gives its bytes, cut at the end of the file."""
    assert wanted_span(header, None, TAG, 10_000) == Span(*span, 10_000)


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,5-6", "items=0-5", "bytes=a-b", "0-5", "bytes=1-2-3"],
)
def test_what_is_not_one_range_gives_the_whole(header: str | None) -> None:
    """Nothing, nonsense, a backward range, several ranges: the whole file."""
    assert wanted_span(header, None, TAG, 10_000) is None


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=" + "9" * 400 + "-"])
def test_beyond_the_end(header: str) -> None:
    """A range that begins after the end cannot be satisfied."""
    with pytest.raises(RangeNotSatisfiableError):
        wanted_span(header, None, TAG, 10_000)


@pytest.mark.parametrize("if_range", ['"other"', 'W/"abc"', "abc", "Wed, 21 Oct 2015 07:28:00 GMT", ""])
def test_a_file_that_changed_is_sent_whole(if_range: str) -> None:
    """Only the strong tag of today's content lets a range continue."""
    assert wanted_span("bytes=1-2", if_range, TAG, 10) is None
    assert wanted_span("bytes=1-2", TAG, TAG, 10) == Span(1, 3, 10)


def test_what_the_reader_has_already() -> None:
    """One of several tags, a weak one, a star; not another one."""
    assert is_known('"x", W/"abc"', TAG)
    assert is_known("*", TAG)
    assert not is_known('"abcd"', TAG)
    assert not is_known(None, TAG)


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,6}-\d{0,6}", fullmatch=True), st.integers(1, 10**6))
def test_a_span_always_lies_inside(header: str, size: int) -> None:
    """Whatever is asked, what is answered lies inside the file and is not empty."""
    try:
        span = wanted_span(header, None, TAG, size)
    except RangeNotSatisfiableError:
        return
    if span is not None:
        assert 0 <= span.start < span.end <= size
        assert span.content_range == f"bytes {span.start}-{span.end - 1}/{size}"
