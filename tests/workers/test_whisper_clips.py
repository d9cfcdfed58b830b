"""Real Whisper (base) on real clips: nothing lost, nothing invented, every language named."""

from __future__ import annotations

import re
import unicodedata
import wave
from typing import TYPE_CHECKING

import jiwer
import numpy as np
import opencc
import pytest
from numpy.typing import NDArray

from app.ports.transcriber import SAMPLE_RATE, HeardCue, Options, Region, Sound, Window
from app.transcripts.domain.languages import display_tag
from bench.splice import Clip, known_clips, sound_of, splice
from bench.transcription import errors, normal
from bench.whole import PER_MS, spoken_regions, transcribe_whole
from tests.engines import base_model, whisper
from tests.shared_data import SHARED, requires_shared
from workers.whisper import WhisperTranscriber

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.whisper, requires_shared]


def _heard(sound: Sound, declared: Sequence[str], options: Options | None = None) -> list[HeardCue]:
    results = transcribe_whole(whisper(), sound, declared, options or Options())
    return [cue for result in results for cue in result.cues]


def _text(cues: Sequence[HeardCue]) -> str:
    return " ".join(cue.text for cue in cues)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFKC", text).lower()).split())


def _pause(seconds: float) -> Sound:
    return np.random.default_rng(4).normal(0, 0.0005, int(seconds * SAMPLE_RATE)).astype(np.float32)


def _melody(seconds: int) -> NDArray[np.float32]:
    half = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    notes = [262, 294, 330, 349, 392, 440, 392, 330] * seconds
    tones = [np.sin(2 * np.pi * pitch * half) * np.hanning(len(half)) * 0.3 for pitch in notes[: seconds * 2]]
    return np.concatenate(tones).astype(np.float32)


def _laughter(seconds: int) -> NDArray[np.float32]:
    random, time = np.random.default_rng(5), np.arange(int(0.12 * SAMPLE_RATE)) / SAMPLE_RATE
    out = np.zeros(seconds * SAMPLE_RATE, np.float32)
    for burst in range(seconds * 5):
        pitch = 200 - burst % 8 * 8
        voice = sum(
            np.sin(2 * np.pi * k * pitch * time) * np.exp(-(((k * pitch - 700) / 400) ** 2)) for k in range(1, 20)
        )
        first = burst * SAMPLE_RATE // 5
        breath = random.normal(0, 0.15, len(time))
        out[first : first + len(time)] += ((voice + breath) * np.hanning(len(time)) * 0.15).astype(np.float32)
    return out


def test_english_is_heard_word_for_word() -> None:
    """A known speech comes out without a single wrong word, and without a doubt."""
    cues = _heard(sound_of(SHARED, "en/jfk.flac"), ["en"])
    (clip,) = (one for one in known_clips(SHARED, "en") if one.file == "en/jfk.flac")
    assert _plain(_text(cues)) == _plain(clip.text)
    assert [cue.doubtful for cue in cues] == [None] * len(cues)


@pytest.mark.parametrize(
    ("file", "language", "tag", "worst"),
    [
        ("zh/aishell-BAC009S0724W0121.wav", "zh", "zh", 0.35),
        ("zh/TEST_MEETING_T0000000001_S00000.wav", "zh", "zh", 0.6),
        ("ja/ja_test_clip.wav", "ja", "ja", 0.0),
    ],
)
def test_chinese_and_japanese_are_named_and_heard(file: str, language: str, tag: str, worst: float) -> None:
    """With nothing declared the language is found, and base hears most characters."""
    cues = _heard(sound_of(SHARED, file), [])
    assert {cue.language for cue in cues} == {language}
    text = _plain(_text(cues)).replace(" ", "")
    # Whisper writes traditional for simplified at random: the script is told as it was heard.
    assert display_tag(language, text).split("-")[0] == tag
    text = opencc.OpenCC("t2s").convert(text) if language == "zh" else text
    known = {clip.file: clip.text for clip in known_clips(SHARED, language)} | {
        "ja/ja_test_clip.wav": "東京は晴れでした"
    }
    assert jiwer.cer(known[file], text) <= worst


def test_every_sentence_of_a_mixed_conversation_is_kept_in_its_language() -> None:
    """English, Chinese and Japanese by turns: the right language for every clip, and no clip lost."""
    files = [
        ("en", "en/sb_spk1_snt5.wav"),
        ("ja", "ja/ja_test_clip.wav"),
        ("zh", "zh/aishell-BAC009S0724W0121.wav"),
        ("en", "en/jfk.flac"),
        ("zh", "zh/TEST_MEETING_T0000000001_S00000.wav"),
        ("ja", "ja/ja_test_clip.wav"),
        ("en", "en/sense_and_sensibility_01_austen_64kb-0890.wav"),
    ]
    pieces, spans, at = [_pause(0.5)], [], 500
    for code, file in files:
        sound = sound_of(SHARED, file)
        spans.append((code, at, at + len(sound) // PER_MS))
        pieces += [sound / np.abs(sound).max() * 0.5, _pause(0.8)]
        at += len(sound) // PER_MS + 800
    whole = np.concatenate(pieces).astype(np.float32)
    regions = spoken_regions(whisper(), whole, ["en", "zh", "ja"])
    right = wrong = 0
    for region in regions:
        middle = (region.start_ms + region.end_ms) // 2
        wanted = next(code for code, start, end in spans if start - 300 <= middle <= end + 300)
        length = region.end_ms - region.start_ms
        right, wrong = (right + length, wrong) if region.language == wanted else (right, wrong + length)
    assert right >= 0.95 * (right + wrong)
    cues = _heard(whole, ["en", "zh", "ja"])
    for code, start, end in spans:
        own = [cue for cue in cues if start - 300 <= (cue.start_ms + cue.end_ms) // 2 <= end + 300]
        assert own, f"the clip at {start} ms was lost"
        assert {cue.language for cue in own} == {code}


@pytest.mark.parametrize(
    "sound",
    [np.zeros(60 * SAMPLE_RATE, np.float32), _pause(60), _melody(20), sound_of(SHARED, "noise/noise1.wav")]
    if SHARED.exists()
    else [],
    ids=["zeros", "hiss", "melody", "noise"],
)
def test_where_nobody_speaks_nothing_is_written(sound: Sound) -> None:
    """A minute of silence or hiss, a melody and noise give no character: no window is ever made."""
    assert _heard(sound, []) == []


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
@pytest.mark.parametrize("sound", [_melody(8), _laughter(8), _pause(4) * 50], ids=["melody", "laughter", "hiss"])
def test_what_is_invented_over_no_speech_is_never_sure(sound: Sound, language: str) -> None:
    """Even where the voice detector is wrong, text over melody, laughter and hiss is doubtful."""
    length = len(sound) // PER_MS
    window = Window(0, length, language, (Region(0, length),))
    (result,) = whisper().transcribe([sound], [window], Options())
    assert all(cue.doubtful for cue in result.cues)


def test_a_loop_that_is_cut_into_cues_is_never_sure() -> None:
    """In full numbers, as on a GPU, a melody is "me" 58 times; a cue was made of a part, slow enough for speech."""
    engine = WhisperTranscriber(base_model(), "cpu", "float32", 1)
    (result,) = engine.transcribe([_melody(8)], [Window(0, 8_000, "ja", (Region(0, 8_000),))], Options())
    assert sum(len(cue.text) for cue in result.cues) > 50
    assert all(cue.doubtful for cue in result.cues)


def test_the_glossary_does_not_speak_on_silence() -> None:
    """A glossary helps the decoder but never reaches readers as speech of its own."""
    sound = np.zeros(5 * SAMPLE_RATE, np.float32)
    window = Window(0, 5_000, "en", (Region(0, 5_000),))
    (result,) = whisper().transcribe([sound], [window], Options(glossary="Lola Remedios, Binondo, Intramuros"))
    assert all(cue.doubtful for cue in result.cues)


def test_noise_before_the_speech_does_not_change_its_language() -> None:
    """35 s of noise first: Chinese stays Chinese, because only speech is asked for its language."""
    noise = np.resize(sound_of(SHARED, "noise/noise1.wav"), 35 * SAMPLE_RATE)
    sound = np.concatenate([noise * 0.3, _pause(1), sound_of(SHARED, "zh/aishell-BAC009S0724W0121.wav")])
    cues = _heard(sound.astype(np.float32), [])
    assert {cue.language for cue in cues} == {"zh"}
    assert all(cue.start_ms > 35_000 for cue in cues)


def test_a_quiet_voice_after_a_loud_one_is_not_lost() -> None:
    """A voice 26 dB quieter after a pause is written down, or its stretch is shown as untranscribed."""
    loud, quiet = sound_of(SHARED, "en/jfk.flac"), sound_of(SHARED, "en/sb_spk1_snt5.wav")
    quiet = quiet / np.abs(quiet).max() * np.abs(loud).max() * 0.05
    sound = np.concatenate([loud, _pause(0.9), quiet, _pause(0.5)]).astype(np.float32)
    results = transcribe_whole(whisper(), sound, ["en"], Options())
    late = [cue for result in results for cue in result.cues if cue.start_ms > 11_500]
    bare = [span for result in results for span in result.untranscribed if span.start_ms > 11_500]
    assert "week" in _text(late).lower() or bare


def test_each_channel_of_an_interview_is_its_own_voice() -> None:
    """Two people on two channels: each channel alone gives its own sentence."""
    with wave.open(str(SHARED / "speech" / "multi" / "stereo_two_channels.wav")) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(np.float32) / 32768
    left = _plain(_text(_heard(np.ascontiguousarray(raw[:, 0]), ["en"])))
    right = _plain(_text(_heard(np.ascontiguousarray(raw[:, 1]), ["en"])))
    assert "wizard" in left
    assert "curtain" in left
    assert "horizon" in right
    assert "wizard" not in right


def test_words_start_where_they_are_spoken() -> None:
    """After a pause the first word starts within 0.15 s of its sound in the median of ten clips."""
    clips = [clip for clip in known_clips(SHARED, "en") if "/sb_" in clip.file or "sense" in clip.file]
    made = splice(SHARED, clips, 1.0, seed=3, quietest=0.3)
    cues = _heard(made.sound, ["en"])
    words = [word for cue in cues for word in cue.words]
    late = []
    for placed in made.placed:
        onset = placed.start_ms + _onset_ms(placed.clip)
        nearest = min(words, key=lambda word: abs(word.start_ms - onset))
        late.append(abs(nearest.start_ms - onset))
    assert len(late) >= 10
    assert float(np.median(late)) <= 150


def _onset_ms(clip: Clip) -> int:
    sound = sound_of(SHARED, clip.file)
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    level = np.sqrt((frames**2).mean(axis=1))
    return int(np.argmax(level > 0.08 * level.max())) * 10


def test_three_spliced_minutes_lose_less_than_the_goal() -> None:
    """Voices of all loudness with gaps up to 25 s: deletions at most 1.5 %, errors at most 12 %."""
    made = splice(SHARED, known_clips(SHARED, "en"), 3, seed=11)
    found = errors(made.text, _text(_heard(made.sound, ["en"])))
    words = len(normal(made.text).split())
    assert found["deletions"] <= 0.015 * words
    assert found["wer"] <= 12
