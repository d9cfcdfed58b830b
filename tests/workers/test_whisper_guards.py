"""The guards around the decoder, on real Whisper and on what it said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from app.ports.transcriber import SAMPLE_RATE, Options, Region, TranscriberError, Window
from bench.splice import sound_of
from bench.whole import PER_MS
from tests.engines import base_model, whisper
from tests.shared_data import SHARED, requires_shared
from workers.whisper import WhisperTranscriber
from workers.whisper_decode import FULL_FRAMES, SHORTEST_FRAMES, Decoder, Heard, _slice
from workers.whisper_guards import looping


def _heard(text: str, seconds: float = 10.0, score: float = -0.3) -> Heard:
    return Heard(language="en", tokens=[1], text=text, seconds=seconds, score=score, no_speech=0.0)


@pytest.mark.parametrize(
    ("heard", "again"),
    [
        (_heard("My mother came from Hanoi, and she sold cloth there."), False),
        (_heard("ask what you can do for your country, " * 12), True),
        (_heard("He had then leisure to consider how much there might be. One. One. One. One."), True),
        (_heard("Yes, it was so, and then we went down to the old harbour.", seconds=1.5), True),
        (_heard("I'm not sure.", score=-1.2), True),
        (_heard("私の母はハノイから来ました。市場で布を売っていました。"), False),
        (Heard("en", [], "", 10.0, -3.0, 0.9), False),
    ],
    ids=["speech", "a loop", "a loop at the end", "too fast", "a guess", "Japanese", "nothing"],
)
def test_a_loop_is_recognised(heard: Heard, again: bool) -> None:  # noqa: FBT001  the expected answer
    """Repetition, impossible speed and guessing are decoded again; speech and silence are not."""
    assert looping(heard) is again


def test_a_missing_model_is_a_sentence(tmp_path: Path) -> None:
    """A folder without a model raises the port's error, which says that the recording is safe."""
    with pytest.raises(TranscriberError, match="safe"):
        WhisperTranscriber(tmp_path).info()


@pytest.mark.whisper
def test_the_model_is_named_by_its_hash() -> None:
    """Provenance holds versions, the hash of the weights, and only languages whose token exists."""
    info = whisper().info()
    assert info.model_sha256 == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    assert "ctranslate2" in info.version
    assert {"en", "zh", "ja", "ko", "vi", "tl"} <= set(info.languages)


@pytest.mark.whisper
@requires_shared
def test_the_encoder_is_fed_no_more_than_it_needs() -> None:
    """Six seconds at least, the longest sound and a little quiet else, never thirty."""
    decoder = whisper()._ready()
    short = decoder.encode([np.zeros(SAMPLE_RATE, np.float32)])
    long = decoder.encode([np.zeros(SAMPLE_RATE, np.float32), np.zeros(15 * SAMPLE_RATE, np.float32)])
    assert np.asarray(short).shape[1] == SHORTEST_FRAMES // 2
    assert np.asarray(long).shape[:2] == (2, (1500 + 50) // 2)
    assert np.asarray(decoder.encode([np.zeros(29 * SAMPLE_RATE, np.float32)])).shape[1] < FULL_FRAMES // 2


@pytest.mark.whisper
@requires_shared
def test_a_sound_cut_in_the_middle_of_a_sentence_does_not_loop() -> None:
    """A window that ends within a sentence once repeated it for ever; the quiet behind it ends that."""
    sound = sound_of(SHARED, "en/jfk.flac")[: 10 * SAMPLE_RATE]
    (result,) = whisper().transcribe([sound], [Window(0, 10_000, "en", (Region(0, 10_000),))], Options())
    text = " ".join(cue.text for cue in result.cues).lower()
    assert text.count("ask what you can do") == 1


@pytest.mark.whisper
@requires_shared
def test_a_loop_is_heard_again_at_full_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that quiet the loop comes back, and the second hearing at 30 s ends it."""
    monkeypatch.setattr("workers.whisper_decode.TAIL_FRAMES", 0)
    sound = sound_of(SHARED, "en/jfk.flac")[: 10 * SAMPLE_RATE]
    (result,) = whisper().transcribe([sound], [Window(0, 10_000, "en", (Region(0, 10_000),))], Options(beam=1))
    assert {cue.guard for cue in result.cues} == {"loop"}
    assert " ".join(cue.text for cue in result.cues).lower().count("ask what you can do") == 1


@pytest.mark.whisper
@requires_shared
def test_a_region_without_words_is_told() -> None:
    """A stretch that was held for speech and gave no sure words is an untranscribed span or doubtful."""
    speech = sound_of(SHARED, "en/sb_spk1_snt5.wav")
    rustle = np.random.default_rng(6).normal(0, 0.02, 5 * SAMPLE_RATE).astype(np.float32)
    sound = np.concatenate([speech, rustle])
    split, end = len(speech) // PER_MS, len(sound) // PER_MS
    window = Window(7_000, 7_000 + end, "en", (Region(7_000, 7_000 + split), Region(7_000 + split, 7_000 + end)))
    (result,) = whisper().transcribe([sound], [window], Options())
    after = [cue for cue in result.cues if cue.start_ms >= 7_000 + split and not cue.doubtful]
    assert after == []
    assert any(span.start_ms >= 7_000 + split for span in result.untranscribed)


@pytest.mark.whisper
@requires_shared
def test_languages_share_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of two languages are encoded and decoded at once, and aligned once a language."""
    calls: list[int] = []
    inner = Decoder.encode

    def counted(self: Decoder, sounds: list[np.ndarray], frames: int = 0) -> object:
        calls.append(len(sounds))
        return inner(self, sounds, frames)

    monkeypatch.setattr(Decoder, "encode", counted)
    english, japanese = sound_of(SHARED, "en/sb_spk1_snt5.wav"), sound_of(SHARED, "ja/ja_test_clip.wav")
    windows = [
        Window(0, len(english) // PER_MS, "en", (Region(200, 2_300),)),
        Window(9_000, 9_000 + len(japanese) // PER_MS, "ja", (Region(9_400, 10_900),)),
    ]
    first, second = whisper().transcribe([english, japanese], windows, Options())
    assert calls == [2]
    assert "best part" in first.cues[0].text
    assert "東京" in second.cues[0].text
    assert all(word.end_ms > word.start_ms for cue in (*first.cues, *second.cues) for word in cue.words)


@pytest.mark.whisper
def test_a_tiny_window_invents_nothing_sure() -> None:
    """A fifth of a second of hiss once gave " you.": what comes of it is doubtful or nothing."""
    sound = np.random.default_rng(7).normal(0, 0.01, SAMPLE_RATE // 5).astype(np.float32)
    (result,) = whisper().transcribe([sound], [Window(0, 200, "en", (Region(0, 200),))], Options())
    assert all(cue.doubtful for cue in result.cues)


@pytest.mark.whisper
def test_the_threads_sleep_while_they_wait() -> None:
    """OpenMP is told not to spin before the library is loaded."""
    whisper().info()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["KMP_BLOCKTIME"] == "0"
    assert base_model().name == "base"


@pytest.mark.skipif((os.cpu_count() or 1) == 1, reason="on one core numpy starts no threads")
def test_array_work_has_no_threads_of_its_own() -> None:
    """A process of ours that has numpy has one thread; numpy by itself starts one a core, and these never sleep."""
    threads = "; import numpy, pathlib; numpy.ones(2); print(len(list(pathlib.Path('/proc/self/task').iterdir())))"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}

    def counted(first: str) -> int:
        done = subprocess.run([sys.executable, "-c", first + threads], capture_output=True, check=True, env=environment)
        return int(done.stdout)

    assert counted("import sys") > 1
    assert counted("import workers.transcribers") == 1


class FullGpu:
    """A model of CTranslate2 on a GPU whose memory others hold."""

    device = "cuda"

    def encode(self, *_: object, **__: object) -> None:
        """What CTranslate2 says then."""
        message = "CUDA failed with error out of memory"
        raise RuntimeError(message)


@pytest.mark.whisper
@requires_shared
def test_a_model_that_stopped_is_a_sentence_and_is_loaded_anew() -> None:
    """The batch fails by the port's error, and the next one is heard by a fresh model."""
    engine = WhisperTranscriber(base_model(), "cpu", "int8", 1)
    sound = sound_of(SHARED, "en/jfk.flac")
    windows = [Window(0, 11_000, "en", (Region(0, 11_000),))]
    heard = engine.transcribe([sound], windows, Options())
    for asked in (
        lambda: engine.transcribe([sound], windows, Options()),
        lambda: engine.languages([sound], ["en"]),
    ):
        engine._loaded().model = FullGpu()
        with pytest.raises(TranscriberError, match="stopped: CUDA failed with error out of memory"):
            asked()
        assert engine.transcribe([sound], windows, Options()) == heard


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_rows_of_an_encoding_are_taken_in_any_numbers(kind: str) -> None:
    """Windows of two languages are aligned apart, also where numpy has not the GPU's numbers."""
    whole = np.arange(24, dtype=np.float32).reshape(3, 2, 4)
    encoded = ctranslate2.StorageView.from_array(whole).to(getattr(ctranslate2.DataType, kind))
    rows = _slice(encoded, [2, 0]).to(ctranslate2.DataType.float32)
    assert np.array_equal(np.asarray(rows), whole[[2, 0]])
