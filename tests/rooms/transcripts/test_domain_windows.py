"""Windows and batches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transcripts.domain.windows import (
    LONGEST_GAP_MS,
    LONGEST_JOINED_MS,
    SHORTEST_MS,
    SpokenRegion,
    cut_batches,
    join_windows,
    plan_hash,
)


@st.composite
def _spoken(draw: st.DrawFn) -> list[SpokenRegion]:
    at, regions = 0, []
    for _ in range(draw(st.integers(0, 60))):
        at += draw(st.sampled_from([0, 200, 900, 1_100, 20_000]))
        length = draw(st.integers(432, 28_000))
        regions.append(SpokenRegion(at, at + length, draw(st.sampled_from(["en", "ja"]))))
        at += length
    return regions


def test_neighbours_of_one_language_join() -> None:
    """Regions of one language with short gaps make one window that keeps its regions."""
    regions = [SpokenRegion(0, 4_000, "en"), SpokenRegion(4_800, 9_000, "en")]
    (window,) = join_windows(regions, 60_000)
    assert (window.start_ms, window.end_ms, len(window.regions)) == (0, 9_000, 2)


@pytest.mark.parametrize(
    "second",
    [
        SpokenRegion(4_800, 9_000, "ja"),
        SpokenRegion(5_100, 9_000, "en"),
        SpokenRegion(4_800, 20_500, "en"),
        SpokenRegion(4_800, 9_000, "en", channel=1),
    ],
    ids=["another language", "a gap over 1 s", "longer than 20 s", "another channel"],
)
def test_what_does_not_belong_together_stays_apart(second: SpokenRegion) -> None:
    """A window never crosses languages, channels, a gap over 1 s, or 20 s."""
    assert len(join_windows([SpokenRegion(0, 4_000, "en"), second], 60_000)) == 2


def test_a_short_window_is_widened_into_silence_only() -> None:
    """A window under 1 s grows to 1 s, where the sound begins or a neighbour speaks on one side only."""
    short = SpokenRegion(50, 550, "en")
    window = join_windows([short, SpokenRegion(2_000, 4_000, "ja")], 60_000)[0]
    assert (window.start_ms, window.end_ms) == (0, SHORTEST_MS)
    tight = join_windows([SpokenRegion(0, 4_000, "ja"), SpokenRegion(4_010, 4_500, "en")], 60_000)[1]
    assert (tight.start_ms, tight.end_ms) == (4_000, 5_000)


def test_a_widened_window_never_takes_a_neighbours_speech() -> None:
    """Between two speakers of other languages a short window takes the free sound and no more."""
    regions = [SpokenRegion(0, 4_000, "ja"), SpokenRegion(4_100, 4_600, "en"), SpokenRegion(4_700, 9_000, "ja")]
    window = join_windows(regions, 60_000)[1]
    assert (window.start_ms, window.end_ms) == (4_000, 4_700)


@given(_spoken(), st.integers(1, 16))
def test_every_region_is_planned_once_and_within_the_limits(regions: list[SpokenRegion], batch: int) -> None:
    """Whatever the regions, each lies in exactly one window of its language, and no window is too long."""
    total = max((region.end_ms for region in regions), default=0)
    windows = join_windows(regions, total)
    planned = [(span.start_ms, span.end_ms, window.language) for window in windows for span in window.regions]
    assert planned == [(region.start_ms, region.end_ms, region.language) for region in regions]
    for window in windows:
        assert 0 <= window.start_ms < window.end_ms <= total
        assert window.length_ms <= max(LONGEST_JOINED_MS, 28_000)
        gaps = [b.start_ms - a.end_ms for a, b in zip(window.regions, window.regions[1:], strict=False)]
        assert all(gap <= LONGEST_GAP_MS for gap in gaps)
    batches = cut_batches(windows, batch)
    assert sorted((w.start_ms, w.channel) for b in batches for w in b) == [(w.start_ms, w.channel) for w in windows]
    assert all(1 <= len(one) <= batch for one in batches)


def test_batches_hold_windows_of_like_length_near_each_other() -> None:
    """Sixteen adjacent windows are sorted by length; the seventeenth waits for the next sixteen."""
    regions = [SpokenRegion(n * 30_000, n * 30_000 + 1_000 + (n * 7 % 17) * 900, "en") for n in range(20)]
    batches = cut_batches(join_windows(regions, 1_000_000), 4)
    flat = [window for batch in batches for window in batch]
    first = [window.length_ms for window in flat[:16]]
    assert first == sorted(first)
    assert {window.start_ms for window in flat[:16]} == {n * 30_000 for n in range(16)}


def test_a_batch_is_cut_where_the_lengths_jump() -> None:
    """Three short and five long windows are not mixed: no short one is encoded at a long one's length."""
    lengths = [2_000, 19_000, 2_500, 19_500, 19_200, 2_200, 19_100, 19_400]
    regions = [SpokenRegion(n * 30_000, n * 30_000 + length, "en") for n, length in enumerate(lengths)]
    batches = cut_batches(join_windows(regions, 1_000_000), 4)
    sizes = [[window.length_ms for window in batch] for batch in batches]
    assert sizes[0] == [2_000, 2_200, 2_500]
    assert len(batches) == 3


def test_equal_windows_fill_their_batches() -> None:
    """Where nothing is saved by cutting, batches are as full as they may be."""
    regions = [SpokenRegion(n * 30_000, n * 30_000 + 10_000, "en") for n in range(16)]
    assert [len(batch) for batch in cut_batches(join_windows(regions, 1_000_000), 4)] == [4, 4, 4, 4]


def test_a_batch_of_none_is_refused() -> None:
    """A batch size below one is an error, not an endless plan."""
    with pytest.raises(ValueError, match="at least one"):
        cut_batches([], 0)


def test_the_plan_hash_changes_with_everything_that_changes_the_text() -> None:
    """Model, options, windows and grouping each change the hash; the order of the facts does not."""
    windows = join_windows([SpokenRegion(0, 4_000, "en"), SpokenRegion(9_000, 12_000, "en")], 60_000)
    facts = {"model": "base", "beam": 2}
    plain = plan_hash(facts, cut_batches(windows, 4))
    assert plain == plan_hash({"beam": 2, "model": "base"}, cut_batches(windows, 4))
    others = {
        plan_hash({**facts, "beam": 1}, cut_batches(windows, 4)),
        plan_hash(facts, cut_batches(windows, 1)),
        plan_hash(facts, [[replace(windows[0], language="ja"), windows[1]]]),
    }
    assert len(others) == 3
    assert plain not in others
