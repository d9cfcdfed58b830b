"""Sound without speech, and channels merged."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.transcripts.domain.channels import ChannelCue, merge_order
from app.transcripts.domain.gaps import RATE, SoundWalk
from app.transcripts.domain.speech import Span


def _noise(seconds: float, level: float) -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(0, level, int(seconds * RATE)).astype(np.float32)


def _song(seconds: float) -> NDArray[np.float32]:
    time = np.arange(int(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * k * 220 * time + 3 * np.sin(2 * np.pi * 5 * time)) / k for k in range(1, 6))
    return np.asarray(0.1 * wave, np.float32)


def _walk(sound: NDArray[np.float32], block: int = RATE * 7 + 13) -> SoundWalk:
    walk = SoundWalk()
    for first in range(0, len(sound), block):
        walk.add(sound[first : first + block])
    return walk


def test_a_song_between_silences_is_found() -> None:
    """Ten seconds of singing without a region of speech are a span, to a tenth of a second."""
    sound = np.concatenate([_noise(5, 0.0005), _song(10), _noise(5, 0.0005)])
    (span,) = _walk(sound).without([])
    assert abs(span.start_ms - 5_000) <= 100
    assert abs(span.end_ms - 15_000) <= 100


def test_a_song_through_the_whole_recording_is_found() -> None:
    """Even where nothing is quieter, sound with pitch is sound."""
    assert _walk(_song(20)).without([]) == [Span(0, 20_000)]


@pytest.mark.parametrize("sound", [np.zeros(RATE * 30, np.float32), _noise(30, 0.05), _noise(30, 0.0005)])
def test_silence_and_steady_hiss_are_no_sound(sound: NDArray[np.float32]) -> None:
    """Zeros, loud hiss and faint hiss leave no span."""
    assert _walk(sound).without([]) == []


def test_sound_inside_regions_is_speech() -> None:
    """What lies in a region is not named again, and short rests between regions are left alone."""
    walk = _walk(np.concatenate([_song(10), _noise(5, 0.0005)]))
    assert walk.without([Span(0, 10_000)]) == []
    assert walk.without([Span(2_000, 8_500)]) == []
    assert walk.without([Span(0, 4_000)]) == [Span(4_000, 10_000)]


def test_blocks_do_not_matter() -> None:
    """The spans are the same however the sound was cut."""
    sound = np.concatenate([_noise(5, 0.0005), _song(10), _noise(5, 0.0005)])
    assert _walk(sound, 999).without([]) == _walk(sound, len(sound)).without([])


def _cue(start_ms: int, channel: int, text: str, probability: float = 0.9) -> ChannelCue:
    return ChannelCue(start_ms, start_ms + 3_000, channel, text, probability)


def test_channels_are_merged_by_time() -> None:
    """Cues of two channels alternate as the two people spoke."""
    cues = [_cue(0, 0, "Where were you born?"), _cue(8_000, 0, "And then?"), _cue(4_000, 1, "In Manila.")]
    assert merge_order(cues) == [0, 2, 1]


def test_a_sentence_that_bled_is_kept_once_where_it_was_surer() -> None:
    """The same words at the same time on two channels are one sentence."""
    cues = [_cue(200, 0, "I was born in Manila", 0.5), _cue(0, 1, "I was born in Manila.", 0.9)]
    assert merge_order(cues) == [1]


def test_two_people_may_answer_at_once() -> None:
    """A short "yes" on both channels, other words, or the same words later are all kept."""
    assert merge_order([_cue(0, 0, "Yes."), _cue(0, 1, "Yes.")]) == [0, 1]
    assert merge_order([_cue(0, 0, "I was born in Manila"), _cue(0, 1, "He came from Canton then")]) == [0, 1]
    assert merge_order([_cue(0, 0, "I was born in Manila"), _cue(5_000, 1, "I was born in Manila")]) == [0, 1]
