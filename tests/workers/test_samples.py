"""The sample interviews are what they say: whole, small, fictional, decodable, and heard by Whisper."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import workers
from app.ports.transcriber import SAMPLE_RATE, Options, Region, Window
from app.stories.domain.edtf import is_edtf
from app.stories.schemas import StoryCreate
from tests.engines import whisper

SAMPLES = Path(workers.__file__).parent / "samples"
ROWS: list[dict[str, Any]] = json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))["samples"]
SIZE_LIMIT_BYTES = 6_000_000
TIMING = re.compile(r"(\d+):(\d+):(\d+\.\d+) --> (\d+):(\d+):(\d+\.\d+)\n<v ([^>]+)>(?:<lang (\w+)>)?([^<\n]+)")

each_sample = pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["file"]))
Cue = tuple[float, float, str, str, str]


def _cues(row: dict[str, Any]) -> list[Cue]:
    """(start_s, end_s, speaker, language or "", text) of each sentence, as it was placed."""
    found = TIMING.findall((SAMPLES / row["timing"]).read_text(encoding="utf-8"))
    return [
        (
            int(h) * 3600 + int(m) * 60 + float(s),
            int(eh) * 3600 + int(em) * 60 + float(es),
            speaker,
            language,
            text,
        )
        for h, m, s, eh, em, es, speaker, language, text in found
    ]


def _sound(row: dict[str, Any], rate: int = SAMPLE_RATE) -> NDArray[np.float32]:
    """The decoded sound as (channels, samples)."""
    with av.open(str(SAMPLES / row["file"])) as container:
        resampler = av.AudioResampler("fltp", layout="stereo" if row["channels"] == 2 else "mono", rate=rate)
        parts = [out.to_ndarray() for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        parts += [out.to_ndarray() for out in resampler.resample(None)]
    return np.concatenate(parts, axis=1).astype(np.float32)


@each_sample
def test_the_file_is_the_one_described(row: dict[str, Any]) -> None:
    """Size, SHA-256, channels and length are those of samples.json."""
    data = (SAMPLES / row["file"]).read_bytes()
    assert len(data) == row["size_bytes"]
    assert hashlib.sha256(data).hexdigest() == row["sha256"]
    sound = _sound(row)
    assert sound.shape[0] == row["channels"]
    assert sound.shape[1] * 1000 / SAMPLE_RATE == pytest.approx(row["duration_ms"], abs=50)


def test_the_three_show_what_they_are_for() -> None:
    """At least three: one of five minutes, one that changes language inside, one with a channel a speaker; small."""
    assert len(ROWS) >= 3
    assert len({row["title"] for row in ROWS}) == len(ROWS)
    assert any(row["duration_ms"] >= 5 * 60_000 for row in ROWS)
    assert any(len(row["languages"]) > 1 for row in ROWS)
    assert any(row["channels"] == 2 for row in ROWS)
    assert sum(row["size_bytes"] for row in ROWS) <= SIZE_LIMIT_BYTES


@each_sample
def test_an_archive_takes_the_description(row: dict[str, Any]) -> None:
    """The fields fit the API's own schema, and the date is EDTF."""
    StoryCreate.model_validate(
        {key: row[key] for key in ("title", "title_forms", "narrators", "languages", "place", "recorded_on")}
        | {"description": row["summary"]}
    )
    assert is_edtf(row["recorded_on"])
    scripts = {name["script"] for narrator in row["narrators"] for name in narrator["names"]}
    assert len(scripts) > 1, "a narrator's name is there in more than one script"


@each_sample
def test_it_says_that_it_is_invented(row: dict[str, Any]) -> None:
    """Consent, summary and script each say fictional and synthetic."""
    for text in (row["consent"], row["summary"], (SAMPLES / row["script"]).read_text(encoding="utf-8")):
        assert "fictional" in text
        assert "synthetic" in text


@each_sample
def test_each_voice_has_a_named_licence(row: dict[str, Any]) -> None:
    """Every voice names its package and a free licence, and the README names them too."""
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert row["voices"]
    for voice in row["voices"]:
        assert re.match(r"(CC0-1\.0|Apache-2\.0)\b", voice["licence"])
        assert voice["package"].split()[0] in readme
        assert voice["licence"].split()[0] in readme


@each_sample
def test_script_and_timing_say_the_same(row: dict[str, Any]) -> None:
    """The timed sentences in order are the script, they do not overlap, and they lie within the sound."""
    cues = _cues(row)
    script = (SAMPLES / row["script"]).read_text(encoding="utf-8").split("\n", 3)[3]
    for speaker in {cue[2] for cue in cues}:
        script = script.replace(f"{speaker}: ", "")
    assert "".join("".join(cue[4] for cue in cues).split()) == "".join(script.split())
    for before, after in itertools.pairwise(cues):
        assert before[0] < before[1] <= after[0]
    assert cues[-1][1] * 1000 <= row["duration_ms"]


def test_the_bilingual_one_changes_between_sentences_that_a_machine_can_tell() -> None:
    """Where the language changes there is a pause of at least 0.4 s, and it changes at least ten times."""
    for row in (row for row in ROWS if len(row["languages"]) > 1):
        cues = _cues(row)
        assert {cue[3] for cue in cues} == set(row["languages"])
        changes = [(a, b) for a, b in itertools.pairwise(cues) if a[3] != b[3]]
        assert len(changes) >= 10
        assert all(b[0] - a[1] >= 0.4 for a, b in changes)


def test_the_two_channel_one_keeps_its_speakers_apart() -> None:
    """While one of the two speaks, the other channel is at least 30 dB quieter."""
    for row in (row for row in ROWS if row["channels"] == 2):
        sound = _sound(row)
        for start, end, speaker, _, _ in _cues(row):
            level = np.sqrt(np.mean(sound[:, int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] ** 2, axis=1))
            own, other = level if speaker == "Interviewer" else level[::-1]
            assert 20 * np.log10(own / other) > 30


@each_sample
def test_the_words_heard_are_in_the_script_at_their_second(row: dict[str, Any]) -> None:
    """Three or more words, each said once only, each within the sentence that holds it."""
    assert len(row["heard"]) >= 3
    cues = _cues(row)
    for heard in row["heard"]:
        holding = [cue for cue in cues if heard["word"].casefold() in cue[4].casefold()]
        assert len(holding) == 1, heard
        assert holding[0][0] - 0.5 <= heard["start_s"] <= holding[0][1]


@pytest.mark.whisper
@each_sample
def test_whisper_hears_them_there(row: dict[str, Any]) -> None:
    """Real Whisper ``base``, given each sentence, hears the word within 0.5 s of where samples.json says."""
    sound = _sound(row)
    for heard in row["heard"]:
        start, end, speaker, _, _ = next(c for c in _cues(row) if heard["word"].casefold() in c[4].casefold())
        first, last = max(0, int(start * 1000) - 300), int(end * 1000) + 300
        channel = 0 if speaker == "Interviewer" or len(sound) == 1 else 1
        piece = np.ascontiguousarray(sound[channel, first * SAMPLE_RATE // 1000 : last * SAMPLE_RATE // 1000])
        window = Window(first, last, heard["language"], (Region(first, last),), channel)
        (result,) = whisper().transcribe([piece], [window], Options())
        words = [word for cue in result.cues for word in cue.words]
        text = "".join(word.text for word in words).casefold()
        at = text.find(heard["word"].casefold())
        assert at >= 0, text
        lengths = np.cumsum([len(word.text) for word in words])
        word = words[int(np.searchsorted(lengths, at, side="right"))]
        assert word.start_ms / 1000 == pytest.approx(heard["start_s"], abs=0.5)
