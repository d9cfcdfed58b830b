"""The transcriber's contract on Whisper itself and on a service over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.adapters.transcriber_remote import RemoteTranscriber
from app.ports.transcriber import SAMPLE_RATE, Options, Region, Sound, Transcriber, TranscriberError, Window
from tests.engines import whisper
from tests.factories.transcription import TranscriptionServer, said
from tests.ports.transcriber_contract import TranscriberContract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.transcription import Answer


def _by_whisper(fields: dict[str, list[str]], sound: Sound) -> Answer:
    """As the known services answer: a language by its name, words without spaces and marks."""
    length = len(sound) * 1000 // SAMPLE_RATE
    window = Window(0, length, fields.get("language", [""])[0], (Region(0, length),))
    (result,) = whisper().transcribe([sound], [window], Options())
    words = [word for cue in result.cues for word in cue.words]
    return said(
        text=" ".join(cue.text for cue in result.cues),
        language={"en": "english"}.get(result.language, result.language),
        words=[
            {"word": word.text.strip(" .,!?"), "start": word.start_ms / 1000, "end": word.end_ms / 1000}
            for word in words
        ],
        segments=[{"start": 0.0, "end": length / 1000, "text": "", "avg_logprob": result.scores["score"]}],
    )


@pytest.fixture
def service() -> Iterator[TranscriptionServer]:
    """A service of the test's own, by which real Whisper answers, or what a test sets."""
    with TranscriptionServer(_by_whisper) as made:
        yield made


@pytest.mark.whisper
class TestWhisper(TranscriberContract):
    """The contract on Whisper in this process."""

    @pytest.fixture
    def engine(self) -> Transcriber:
        """Real Whisper, base."""
        return whisper()


@pytest.mark.whisper
class TestRemote(TranscriberContract):
    """The contract on a service over HTTP."""

    @pytest.fixture
    def engine(self, service: TranscriptionServer) -> Transcriber:
        """A client of the test's service."""
        return RemoteTranscriber(service.address, "base")


def _ask(service: TranscriptionServer, options: Options | None = None, language: str = "en") -> list[Any]:
    sound = np.random.default_rng(3).normal(0, 0.1, 4 * SAMPLE_RATE).astype(np.float32)
    window = Window(10_000, 14_000, language, (Region(10_000, 14_000),))
    return RemoteTranscriber(service.address, "whisper-1", "k").transcribe([sound], [window], options or Options())


def test_a_request_carries_what_the_service_needs(service: TranscriptionServer) -> None:
    """Model, key, language, glossary and the wish for words go along; the sound is 16-bit WAV."""
    service.answer = lambda *_: said(text="", words=[])
    _ask(service, Options(glossary="Lola Remedios"), "jw")
    assert service.asked[0] == {
        "model": ["whisper-1"],
        "response_format": ["verbose_json"],
        "timestamp_granularities[]": ["word", "segment"],
        "temperature": ["0"],
        "language": ["jv"],
        "prompt": ["Lola Remedios"],
    }
    assert service.keys == ["Bearer k"]


def test_an_open_language_is_not_sent_and_the_answer_is_taken(service: TranscriptionServer) -> None:
    """Without a language the service decides, by name or code."""
    service.answer = lambda *_: said(
        text="Mabuhay", language="tagalog", words=[{"word": "Mabuhay", "start": 0, "end": 1}]
    )
    (result,) = _ask(service, language="")
    assert "language" not in service.asked[0]
    assert result.language == result.cues[0].language == "tl"


def test_marks_and_spaces_come_from_the_text(service: TranscriptionServer) -> None:
    """Words without punctuation get the text's own, and nothing of the text is lost."""
    text = '"Why not?" she said, quietly. 好的。'
    spoken = ["Why", "not", "she", "said", "quietly", "好", "的"]
    rows = [{"word": word, "start": n * 0.4, "end": n * 0.4 + 0.3} for n, word in enumerate(spoken)]
    service.answer = lambda *_: said(text=text, words=rows)
    (result,) = _ask(service)
    assert "".join(word.text for cue in result.cues for word in cue.words) == text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            {"text": "One two.", "segments": [{"text": " One two.", "start": 0.5, "end": 2.0}]},
            [("One two.", 10_500, 12_000)],
        ),
        ({"text": "One two."}, [("One two.", 10_000, 14_000)]),
        ({"text": "", "words": []}, []),
        ({"text": "One", "words": [{"word": "One", "start": 3.0, "end": 99.0}]}, [("One", 13_000, 14_000)]),
    ],
    ids=["segments only", "text only", "nothing", "past the end"],
)
def test_poorer_answers_are_taken_as_they_are(
    service: TranscriptionServer, answer: dict[str, Any], words: list[tuple[str, int, int]]
) -> None:
    """Services without words give one word a segment, or one for all; times stay in the window."""
    service.answer = lambda *_: said(**answer)
    (result,) = _ask(service)
    found = [(word.text.strip(), word.start_ms, word.end_ms) for cue in result.cues for word in cue.words]
    assert found == words


def test_speech_without_words_is_an_untranscribed_span(service: TranscriptionServer) -> None:
    """A region for which the service has no words never looks like silence."""
    service.answer = lambda *_: said(text="", words=[])
    (result,) = _ask(service)
    assert [(span.start_ms, span.end_ms, span.reason) for span in result.untranscribed] == [
        (10_200, 13_800, "no_words")
    ]


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b"{}", "STORYBRAID_TRANSCRIBER__KEY"),
        (429, b"{}", "busy"),
        (500, b"out of memory", "500: out of memory"),
        (200, b"<html>", "not JSON"),
        (200, b'{"words": []}', "without a text"),
    ],
)
def test_refusals_are_sentences(service: TranscriptionServer, status: int, body: bytes, sentence: str) -> None:
    """Whatever the service answers, the batch stays owed and the sentence says why."""
    service.answer = lambda *_: (status, body)
    with pytest.raises(TranscriberError, match=sentence):
        _ask(service)


def test_a_service_that_is_away_is_a_sentence(service: TranscriptionServer) -> None:
    """A closed port is told like any other failure."""
    service.close()
    try:
        with pytest.raises(TranscriberError, match="did not answer"):
            _ask(service)
    finally:
        service.again()


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/audio/transcriptions"])
def test_the_endpoint_may_be_given_in_any_length(service: TranscriptionServer, ending: str) -> None:
    """Host, version or full path all lead to the same route."""
    service.answer = lambda *_: said(text="Yes", words=[{"word": "Yes", "start": 0, "end": 1}])
    sound = np.zeros(SAMPLE_RATE, np.float32)
    engine = RemoteTranscriber(service.address + ending, "base")
    assert len(engine.transcribe([sound], [Window(0, 1_000, "en", ())], Options())[0].cues) == 1


def test_the_remote_engine_loads_no_model() -> None:
    """An archive with a remote service imports neither faster-whisper nor CTranslate2."""
    import subprocess  # noqa: PLC0415  this test alone starts a process
    import sys  # noqa: PLC0415

    code = (
        "import sys, numpy as np\n"
        "from app.adapters.transcriber_remote import RemoteTranscriber\n"
        "engine = RemoteTranscriber('http://127.0.0.1:1', 'base')\n"
        "engine.speech(np.zeros(32000, np.float32), None, last=True)\n"
        "print([name for name in ('faster_whisper', 'ctranslate2', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
