"""Word times, cues and coverage."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from app.transcripts.domain.coverage import bare_stretches, lost, missing, untranscribed
from app.transcripts.domain.cues import LONGEST_MS, LONGEST_WIDTH, joined, split_words, width
from app.transcripts.domain.speech import Span
from app.transcripts.domain.words import EARLY_MS, settle_times


@dataclass(frozen=True)
class _Word:
    text: str
    start_ms: int
    end_ms: int


def _said(text: str, each_ms: int = 300, gap_ms: int = 0) -> list[_Word]:
    words = text.split(" ")
    return [_Word(f" {word}", n * (each_ms + gap_ms), n * (each_ms + gap_ms) + each_ms) for n, word in enumerate(words)]


def test_words_move_by_the_early_bias_and_stay_together() -> None:
    """Inner boundaries move by the measured bias, and neighbours that touched still touch."""
    times = settle_times([Span(500, 900), Span(900, 1_300)], [Span(0, 3_000)], 3_000)
    assert times[0].end_ms == times[1].start_ms == 900 + EARLY_MS


def test_a_pause_is_taken_off_the_word_behind_it() -> None:
    """A word that the alignment began in the pause before it begins with its speech."""
    regions = [Span(0, 2_000), Span(3_500, 6_000)]
    before, after = settle_times([Span(1_000, 1_500), Span(1_900, 4_200)], regions, 6_000)
    assert after.start_ms >= 3_500
    assert before.end_ms <= 2_000


@given(
    st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 3_000)), max_size=30),
    st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 3_000)), max_size=5),
)
def test_settled_times_are_in_order_and_inside(words: list[tuple[int, int]], regions: list[tuple[int, int]]) -> None:
    """Whatever the alignment gave, words come out in order, inside the window, none backwards."""
    times = [Span(start, start + length) for start, length in sorted(words)]
    spans = [Span(start, start + length) for start, length in regions]
    settled = settle_times(times, spans, 10_000)
    assert len(settled) == len(times)
    assert all(0 <= one.start_ms <= one.end_ms <= 10_000 for one in settled)
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(settled))


def test_a_cue_ends_with_its_sentence() -> None:
    """Two sentences make two cues, each ending with its own full stop."""
    words = _said("My mother came from Hanoi. She sold cloth there.")
    assert [joined(words[p.first : p.after]) for p in split_words(words)] == [
        "My mother came from Hanoi.",
        "She sold cloth there.",
    ]


def test_a_pause_ends_a_cue() -> None:
    """A pause of more than 0.7 s ends a cue within a sentence."""
    words = [_Word(" And", 0, 300), _Word(" then", 300, 600), _Word(" nothing", 1_500, 2_000)]
    assert [(p.first, p.after) for p in split_words(words)] == [(0, 2), (2, 3)]


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    """Where a sentence is too long for one cue, it is cut behind a comma of the second half."""
    words = _said("When the boat arrived we saw the lights of the harbour before us, and my sister began to cry a bit")
    first = split_words(words)[0]
    assert words[first.after - 1].text == " us,"


def test_chinese_is_cut_by_its_width() -> None:
    """Text without spaces is cut too, and wide letters count twice."""
    words = [_Word(letter, n * 200, n * 200 + 200) for n, letter in enumerate("我的母亲从河内来到这里" * 10)]
    pieces = split_words(words)
    assert len(pieces) > 2
    assert all(width(joined(words[p.first : p.after])) <= LONGEST_WIDTH for p in pieces)


@given(st.lists(st.tuples(st.sampled_from([" a", " word,", " end.", "字", "。"]), st.integers(0, 1_500)), max_size=80))
def test_every_word_is_in_exactly_one_cue(rows: list[tuple[str, int]]) -> None:
    """No word is lost, doubled or moved by the cutting, and no cue of several words is too long."""
    words, at = [], 0
    for text, gap in rows:
        words.append(_Word(text, at + gap, at + gap + 250))
        at += gap + 250
    pieces = split_words(words)
    assert [n for p in pieces for n in range(p.first, p.after)] == list(range(len(words)))
    assert all(p.after > p.first for p in pieces)
    for p in pieces:
        if p.after - p.first > 1:
            assert words[p.after - 1].end_ms - words[p.first].start_ms <= LONGEST_MS


def test_a_region_without_words_is_lost() -> None:
    """A region of 2 s is lost when only a fraction of it lies under words."""
    region = Span(10_000, 12_000)
    assert lost(region, [])
    assert lost(region, [Span(9_000, 10_500)])
    assert not lost(region, [Span(10_100, 11_200), Span(11_200, 11_800)])


def test_one_stretched_word_does_not_hide_a_loss() -> None:
    """A word counts for 0.9 s at most, however far the alignment stretched it."""
    assert lost(Span(0, 10_000), [Span(0, 10_000)])


def test_a_very_short_region_is_never_called_lost() -> None:
    """A region under 0.7 s is a breath or a click as often as a word."""
    assert not lost(Span(0, 600), [])


def test_the_stretches_without_words_are_named() -> None:
    """The untranscribed stretches are those between and around the words, long ones only."""
    stretches = bare_stretches(Span(0, 10_000), [Span(3_000, 3_500), Span(3_900, 4_400)], 700)
    assert stretches == [Span(200, 3_000), Span(4_400, 9_800)]


def test_a_sentence_lost_behind_a_loud_one_is_heard_again() -> None:
    """A region half under words hides a lost sentence: its long bare stretch is asked for alone."""
    region = Span(0, 6_200)
    words = [Span(n * 300 + 140, n * 300 + 440) for n in range(9)]
    assert not lost(region, words)
    assert missing(region, words) == [Span(2_640, 6_200)]
    assert untranscribed(region, words) == [Span(2_840, 6_000)]
    assert missing(region, [*words, Span(3_500, 4_300), Span(5_000, 5_800)]) == []
