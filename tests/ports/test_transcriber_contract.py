"""The transcriber's contract on Whisper itself and on a service over HTTP."""

from __future__ import annotations

import email.parser
import email.policy
import http.server
import io
import json
import threading
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.adapters.transcriber_remote import RemoteTranscriber
from app.ports.transcriber import SAMPLE_RATE, Options, Region, Sound, Transcriber, TranscriberError, Window
from tests.engines import whisper
from tests.ports.transcriber_contract import TranscriberContract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = tuple[int, bytes]


class Service:
    """A small service with the OpenAI transcription route; real Whisper answers, or what a test sets."""

    def __init__(self) -> None:
        """It listens on a free port of loopback."""
        self.asked: list[dict[str, list[str]]] = []
        self.keys: list[str | None] = []
        self.answer: Callable[[dict[str, list[str]], Sound], Answer] = _by_whisper
        service = self

        class Route(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fields, sound = _parts(self.headers["Content-Type"], body)
                service.asked.append(fields)
                service.keys.append(self.headers.get("Authorization"))
                found = self.path == "/v1/audio/transcriptions"
                status, answer = service.answer(fields, sound) if found else (404, b"no such route")
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                """Tests are quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Route)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _parts(kind: str, body: bytes) -> tuple[dict[str, list[str]], Sound]:
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    fields: dict[str, list[str]] = {}
    sound: Sound = np.zeros(0, np.float32)
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name == "file":
            with wave.open(io.BytesIO(content)) as file:
                assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SAMPLE_RATE)
                raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
                sound = (raw / 32767).astype(np.float32)
        else:
            fields.setdefault(name, []).append(content.decode())
    return fields, sound


def _by_whisper(fields: dict[str, list[str]], sound: Sound) -> Answer:
    """As the known services answer: a language by its name, words without spaces and marks."""
    length = len(sound) * 1000 // SAMPLE_RATE
    window = Window(0, length, fields.get("language", [""])[0], (Region(0, length),))
    (result,) = whisper().transcribe([sound], [window], Options())
    words = [word for cue in result.cues for word in cue.words]
    return _json(
        text=" ".join(cue.text for cue in result.cues),
        language={"en": "english"}.get(result.language, result.language),
        words=[
            {"word": word.text.strip(" .,!?"), "start": word.start_ms / 1000, "end": word.end_ms / 1000}
            for word in words
        ],
        segments=[{"start": 0.0, "end": length / 1000, "text": "", "avg_logprob": result.scores["score"]}],
    )


def _json(**answer: Any) -> Answer:
    return 200, json.dumps(answer).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    """A service of the test's own."""
    made = Service()
    yield made
    made.close()


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
    def engine(self, service: Service) -> Transcriber:
        """A client of the test's service."""
        return RemoteTranscriber(service.address, "base")


def _ask(service: Service, options: Options | None = None, language: str = "en") -> list[Any]:
    sound = np.random.default_rng(3).normal(0, 0.1, 4 * SAMPLE_RATE).astype(np.float32)
    window = Window(10_000, 14_000, language, (Region(10_000, 14_000),))
    return RemoteTranscriber(service.address, "whisper-1", "k").transcribe([sound], [window], options or Options())


def test_a_request_carries_what_the_service_needs(service: Service) -> None:
    """Model, key, language, glossary and the wish for words go along; the sound is 16-bit WAV."""
    service.answer = lambda *_: _json(text="", words=[])
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


def test_an_open_language_is_not_sent_and_the_answer_is_taken(service: Service) -> None:
    """Without a language the service decides, by name or code."""
    service.answer = lambda *_: _json(
        text="Mabuhay", language="tagalog", words=[{"word": "Mabuhay", "start": 0, "end": 1}]
    )
    (result,) = _ask(service, language="")
    assert "language" not in service.asked[0]
    assert result.language == result.cues[0].language == "tl"


def test_marks_and_spaces_come_from_the_text(service: Service) -> None:
    """Words without punctuation get the text's own, and nothing of the text is lost."""
    said = '"Why not?" she said, quietly. 好的。'
    spoken = ["Why", "not", "she", "said", "quietly", "好", "的"]
    rows = [{"word": word, "start": n * 0.4, "end": n * 0.4 + 0.3} for n, word in enumerate(spoken)]
    service.answer = lambda *_: _json(text=said, words=rows)
    (result,) = _ask(service)
    assert "".join(word.text for cue in result.cues for word in cue.words) == said


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
    service: Service, answer: dict[str, Any], words: list[tuple[str, int, int]]
) -> None:
    """Services without words give one word a segment, or one for all; times stay in the window."""
    service.answer = lambda *_: _json(**answer)
    (result,) = _ask(service)
    found = [(word.text.strip(), word.start_ms, word.end_ms) for cue in result.cues for word in cue.words]
    assert found == words


def test_speech_without_words_is_an_untranscribed_span(service: Service) -> None:
    """A region for which the service has no words never looks like silence."""
    service.answer = lambda *_: _json(text="", words=[])
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
def test_refusals_are_sentences(service: Service, status: int, body: bytes, sentence: str) -> None:
    """Whatever the service answers, the batch stays owed and the sentence says why."""
    service.answer = lambda *_: (status, body)
    with pytest.raises(TranscriberError, match=sentence):
        _ask(service)


def test_a_service_that_is_away_is_a_sentence(service: Service) -> None:
    """A closed port is told like any other failure."""
    service.close()
    with pytest.raises(TranscriberError, match="did not answer"):
        _ask(service)


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/audio/transcriptions"])
def test_the_endpoint_may_be_given_in_any_length(service: Service, ending: str) -> None:
    """Host, version or full path all lead to the same route."""
    service.answer = lambda *_: _json(text="Yes", words=[{"word": "Yes", "start": 0, "end": 1}])
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
