"""What every transcriber promises, whatever engine is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.ports.transcriber import SAMPLE_RATE, Options, Region, Sound, Transcriber, Window
from bench.splice import sound_of
from tests.shared_data import SHARED, requires_shared

if TYPE_CHECKING:
    from collections.abc import Sequence

PER_MS = SAMPLE_RATE // 1000
OFFSET_MS = 5_000
"""Windows do not begin at zero: times are on the media clock."""


def jfk() -> Sound:
    """Eleven seconds of a known speech."""
    return sound_of(SHARED, "en/jfk.flac")


def regions_of(engine: Transcriber, sound: Sound) -> list[Region]:
    """Regions of a short sound."""
    return engine.speech(sound, None, last=True)[0]


def window_of(engine: Transcriber, sound: Sound, language: str = "en", offset_ms: int = OFFSET_MS) -> Window:
    """The whole sound as one window that begins at ``offset_ms``."""
    regions = tuple(Region(one.start_ms + offset_ms, one.end_ms + offset_ms) for one in regions_of(engine, sound))
    return Window(offset_ms, offset_ms + len(sound) // PER_MS, language, regions)


@requires_shared
class TranscriberContract:
    """Subclasses give the fixture ``engine``."""

    def test_it_says_who_it_is(self, engine: Transcriber) -> None:
        """Name and model are told for the provenance, the same each time."""
        assert engine.info().name
        assert engine.info().model
        assert engine.info() == engine.info()

    def test_regions_cover_the_speech(self, engine: Transcriber) -> None:
        """Regions lie in the sound, in order, and cover most of a speech."""
        regions = regions_of(engine, jfk())
        assert all(0 <= one.start_ms < one.end_ms <= 11_000 for one in regions)
        assert sum(one.end_ms - one.start_ms for one in regions) > 7_000

    def test_blocks_give_the_regions_of_the_whole(self, engine: Transcriber) -> None:
        """The state carries everything from block to block."""
        sound, state, found = jfk(), None, []
        for first in range(0, len(sound), 33_333):
            some, state = engine.speech(sound[first : first + 33_333], state, last=first + 33_333 >= len(sound))
            found += some
        assert found == regions_of(engine, sound)

    def test_silence_and_noise_have_no_region(self, engine: Transcriber) -> None:
        """Zeros, hiss and recorded noise are no speech."""
        hiss = np.random.default_rng(2).normal(0, 0.05, 10 * SAMPLE_RATE).astype(np.float32)
        for sound in (np.zeros(10 * SAMPLE_RATE, np.float32), hiss, sound_of(SHARED, "noise/noise1.wav")):
            assert regions_of(engine, sound) == []

    def test_words_lie_on_the_media_clock(self, engine: Transcriber) -> None:
        """Cues and words are in order, inside their window, and the words make the cue's text."""
        sound = jfk()
        window = window_of(engine, sound)
        (result,) = engine.transcribe([sound], [window], Options())
        assert "ask not what your country can do for you" in _plain(" ".join(cue.text for cue in result.cues))
        at = window.start_ms
        for cue in result.cues:
            assert "".join(word.text for word in cue.words).strip() == cue.text
            assert cue.language == "en"
            for word in cue.words:
                assert at <= word.start_ms <= word.end_ms <= window.end_ms
                assert 0 <= word.probability <= 1
                at = word.start_ms
            assert (cue.start_ms, cue.end_ms) == (cue.words[0].start_ms, cue.words[-1].end_ms)

    def test_the_same_batch_gives_the_same_words(self, engine: Transcriber) -> None:
        """A resumed run equals an undisturbed one."""
        sounds = [jfk(), jfk()[: 6 * SAMPLE_RATE]]
        windows = [window_of(engine, sound) for sound in sounds]
        assert engine.transcribe(sounds, windows, Options()) == engine.transcribe(sounds, windows, Options())

    def test_results_come_in_the_order_of_the_windows(self, engine: Transcriber) -> None:
        """One result a window, each with its own words."""
        short = sound_of(SHARED, "en/sb_spk1_snt5.wav")
        windows = [window_of(engine, short), window_of(engine, jfk(), offset_ms=60_000)]
        first, second = engine.transcribe([short, jfk()], windows, Options())
        assert "sunday" in _plain(_text(first.cues)).replace("sun day", "sunday")
        assert "country" in _plain(_text(second.cues))

    def test_an_empty_batch_is_no_work(self, engine: Transcriber) -> None:
        """No window, no result, no error."""
        assert engine.transcribe([], [], Options()) == []

    def test_an_open_language_is_told(self, engine: Transcriber) -> None:
        """A window without a language comes back with one."""
        (result,) = engine.transcribe([jfk()], [window_of(engine, jfk(), "")], Options())
        assert result.language == "en"
        assert {cue.language for cue in result.cues} == {"en"}

    def test_languages_are_ranked_over_the_allowed_ones_or_left_open(self, engine: Transcriber) -> None:
        """Each sound gets the allowed languages, best first and summing to one, or nothing at all."""
        (row,) = engine.languages([jfk()], ["ja", "en"])
        if row:
            assert row[0][0] == "en"
            assert {code for code, _ in row} == {"en", "ja"}
            assert abs(sum(chance for _, chance in row) - 1) < 1e-6


def _text(cues: Sequence[object]) -> str:
    return " ".join(str(getattr(cue, "text", "")) for cue in cues)


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())
