"""Regions of speech from the probabilities of frames."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.silero import SileroVoices
from app.transcripts.domain.speech import (
    FRAME_MS,
    MAX_SPEECH_MS,
    Span,
    SpeechWalk,
    end_walk,
    walk_frames,
)
from tests.shared_data import SHARED, requires_shared


def _regions(chances: list[float], sizes: list[int]) -> list[Span]:
    walk, found, at = SpeechWalk(), [], 0
    for size in [*sizes, len(chances)]:
        some, walk = walk_frames(chances[at : at + size], walk)
        found += some
        at += size
    return found + end_walk(walk, len(chances) * FRAME_MS)


def test_a_stretch_of_speech_is_padded_on_both_sides() -> None:
    """A stretch among silence gets 200 ms of padding on both sides."""
    chances = [0.0] * 20 + [0.9] * 30 + [0.0] * 40
    assert _regions(chances, []) == [Span(20 * 32 - 200, 50 * 32 + 200)]


def test_near_stretches_share_the_silence_between_them() -> None:
    """Padding never makes two regions overlap: they meet in the middle of a short silence."""
    chances = [0.9] * 30 + [0.0] * 11 + [0.9] * 30 + [0.0] * 30
    first, second = _regions(chances, [])
    assert first.end_ms == second.start_ms == 30 * 32 + 11 * 16


def test_the_end_of_the_sound_closes_what_is_open() -> None:
    """Speech up to the last frame ends with the sound, never past it."""
    assert _regions([0.0] * 10 + [0.9] * 40, []) == [Span(320 - 200, 50 * 32)]


def test_endless_speech_is_cut_before_the_longest_window() -> None:
    """Speech without a pause is cut so that no padded region exceeds 28 s."""
    regions = _regions([0.9] * 3000, [])
    assert len(regions) > 3
    assert max(region.length_ms for region in regions) <= MAX_SPEECH_MS
    assert regions[-1].end_ms == 3000 * FRAME_MS


@given(
    st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.95]), max_size=400).map(
        lambda rows: [chance for chance in rows for _ in range(7)]
    ),
    st.lists(st.integers(0, 500), max_size=8),
)
def test_blocks_give_the_regions_of_the_whole(chances: list[float], sizes: list[int]) -> None:
    """However the frames are cut into blocks, the regions are those of the whole, in order, apart."""
    whole = _regions(chances, [])
    assert _regions(chances, sizes) == whole
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(whole))
    assert all(0 <= region.start_ms < region.end_ms <= len(chances) * FRAME_MS for region in whole)


@requires_shared
@pytest.mark.parametrize("block", [160_000, 7_777])
def test_the_network_carries_over_from_block_to_block(block: int) -> None:
    """Real speech in blocks of any length gives the regions of the whole at once, as the library finds them."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415  the peer of this test only

    from bench.splice import sound_of  # noqa: PLC0415  decodes with the same library

    sound = np.concatenate([sound_of(SHARED, "en/jfk.flac"), sound_of(SHARED, "conversation/ami_dev00.wav")])
    voices, state, found = SileroVoices(), None, []
    for first in range(0, len(sound), block):
        some, state = voices.speech(sound[first : first + block], state, last=first + block >= len(sound))
        found += [(one.start_ms, one.end_ms) for one in some]
    options = VadOptions(min_silence_duration_ms=300, speech_pad_ms=200, max_speech_duration_s=28)
    wanted = get_speech_timestamps(sound, options)
    assert found == [(one["start"] // 16, one["end"] // 16) for one in wanted]
    assert len(found) > 10
