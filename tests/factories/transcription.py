"""A small service with the OpenAI transcription route, on a real port of loopback."""

from __future__ import annotations

import email.parser
import email.policy
import http.server
import io
import json
import threading
import wave
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from app.ports.transcriber import SAMPLE_RATE, Sound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = tuple[int, bytes] | tuple[int, bytes, "Mapping[str, str]"]


def said(**answer: Any) -> Answer:
    """A transcript in the form of these services."""
    return 200, json.dumps(answer).encode()


def yes(*_: object) -> Answer:
    """One word, whatever was sent."""
    return said(text="Yes.", language="english", words=[{"word": "Yes", "start": 0.1, "end": 0.9}])


class TranscriptionServer:
    """What a test sets answers, and every request is noted; a context."""

    def __init__(self, answer: Callable[[dict[str, list[str]], Sound], Answer] = yes) -> None:
        """It listens on a free port; ``answer`` gets the fields of the form and the sound."""
        self.asked: list[dict[str, list[str]]] = []
        self.keys: list[str | None] = []
        self.sounds: list[Sound] = []
        self.answer = answer
        self.models: Answer = (404, b"no such route")
        """What its list of models answers."""
        self._start(0)

    def __enter__(self) -> Self:
        """It listens already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.close()

    def close(self) -> None:
        """Stop listening; who asks then finds nobody."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def again(self) -> None:
        """Listen again on the same port."""
        self._start(self._server.server_port)

    def _start(self, port: int) -> None:
        service = self

        class Route(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fields, sound = _parts(self.headers["Content-Type"], body)
                service.asked.append(fields)
                service.sounds.append(sound)
                service.keys.append(self.headers.get("Authorization"))
                found = self.path == "/v1/audio/transcriptions"
                self._give(service.answer(fields, sound) if found else (404, b"no such route"))

            def do_GET(self) -> None:
                self._give(service.models if self.path == "/v1/models" else (404, b"no such route"))

            def _give(self, answer: Answer) -> None:
                self.send_response(answer[0])
                for name, value in (answer[2] if len(answer) == 3 else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, *args: object) -> None:
                """Tests are quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Route)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"


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
