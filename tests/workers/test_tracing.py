"""Traces by OpenTelemetry's protocol: what a collector is told, and that it is told nothing of what people said."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.kernel.settings import SettingsError, load_settings
from app.kernel.tracing import span
from workers.cli import main
from workers.engine import Engine
from workers.servers.own import free_port
from workers.tracing import TracesError, traced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive

TITLE, NARRATOR, WORD, EMAIL = "Grandmother's tin box", "阮氏蘭", "whisperingword", "lan@family.example"


class Collector:
    """A collector of the test's own, which keeps what it is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.paths: list[str] = []

    @property
    def spans(self) -> list[tuple[str, dict[str, Any], int]]:
        """(name, attributes, status code) of all spans, decoded as a real collector does."""
        found = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for one in scope.spans:
                        facts = {a.key: a.value.string_value or a.value.int_value for a in one.attributes}
                        assert not one.events
                        assert not one.status.message
                        found.append((one.name, facts, one.status.code))
        return found


@contextmanager
def a_collector() -> Iterator[tuple[Collector, str]]:
    """One on loopback, and its address."""
    kept = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.paths.append(self.path)
            kept.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the library
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield kept, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_requests_and_jobs_are_spans_with_the_ids_of_the_log(archive: TestArchive) -> None:
    """The route, the answer and the id that the answer carries; a job's name, row and outcome; a failure is marked."""
    client = archive.client("volunteer")
    engine = Engine(archive.ports, ["index"])
    engine.stopping.set()  # a failed job is not waited for
    with a_collector() as (collector, address), traced(address):
        made = client.post("/api/v1/stories", json={"title": TITLE})
        engine._do("search.index_story", made.json()["id"])
        engine._do("recordings.no_such_job", "x")
        missing = client.get("/api/v1/stories/nothing")
    assert set(collector.paths) == {"/v1/traces"}
    told = {name: (facts, status) for name, facts, status in collector.spans}
    assert told == {
        "POST /api/v1/stories": (
            {
                "http.request.method": "POST",
                "http.route": "/api/v1/stories",
                "http.response.status_code": 201,
                "storybraid.request_id": made.headers["x-request-id"],
            },
            0,
        ),
        "search.index_story": (
            {
                "storybraid.job": "search.index_story",
                "storybraid.id": made.json()["id"],
                "storybraid.outcome": "done",
            },
            0,
        ),
        "recordings.no_such_job": (
            {"storybraid.job": "recordings.no_such_job", "storybraid.id": "x", "storybraid.outcome": "failed"},
            2,
        ),
        "GET /api/v1/stories/{story_id}": (
            {
                "http.request.method": "GET",
                "http.route": "/api/v1/stories/{story_id}",
                "http.response.status_code": 404,
                "storybraid.request_id": missing.headers["x-request-id"],
            },
            0,
        ),
    }


def fail_with_words() -> None:
    """Something that is told too much and ends with an error that quotes a text."""
    with span("a job", {"storybraid.id": "1", "title": TITLE}) as told:
        told.facts = {"text": WORD}
        raise ValueError(WORD)


def test_nothing_of_what_people_said_is_told(archive: TestArchive) -> None:
    """Not a title, a name, a word of a question, an address, a password, a cookie: nowhere in what is sent."""
    client = archive.client("volunteer")
    password = "a sentence that nobody should see"
    with a_collector() as (collector, address), traced(address):
        story = {"title": TITLE, "narrators": [{"names": [{"text": NARRATOR}]}]}
        client.post("/api/v1/stories", json=story)
        client.get("/api/v1/search", params={"q": WORD})
        client.post("/api/v1/session", json={"email": EMAIL, "password": password})
        client.get(f"/api/v1/{WORD}/{EMAIL}")
        with pytest.raises(ValueError, match=WORD):
            fail_with_words()
    sent = b"".join(collector.bodies)
    assert len(collector.spans) == 5
    cookie = client.cookies.jar
    secrets = [TITLE, NARRATOR, WORD, EMAIL, password, *(str(one.value) for one in cookie)]
    assert [secret for secret in secrets if secret.encode() in sent] == []


def test_a_collector_that_is_gone_holds_nothing_up(archive: TestArchive) -> None:
    """Requests are answered as always, and the end waits a few seconds at most."""
    client = archive.client()
    with traced(f"http://127.0.0.1:{free_port()}"):
        for _ in range(20):
            assert client.get("/api/v1/stories").status_code == 200
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_without_the_setting_nothing_is_loaded() -> None:
    """The processes of an archive without traces never import the sender."""
    program = (
        "import sys, workers.cli.serve, workers.cli.worker\n"
        "from workers.tracing import traced\n"
        "with traced(None): pass\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_the_setting_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that says what to install; a process that was told to send never sends nothing unsaid."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)  # as where it is not installed
    with pytest.raises(TracesError, match=r"pip install 'storybraid\[otel\]'"), traced("http://127.0.0.1:4318"):
        pass


def test_the_worker_says_it_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with exit 1 before it takes any work."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    own = {"DATA": str(tmp_path), "TRACES_ENDPOINT": "http://127.0.0.1:4318"}
    for name, value in own.items():
        monkeypatch.setenv(f"STORYBRAID_{name}", value)
    assert main(["migrate"]) == 0
    assert main(["worker", "--queues", "index"]) == 1
    assert "OpenTelemetry is not installed" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["collector:4318", "ftp://collector", "http://me:secret@collector:4318"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """Before anything starts, by the name of the setting."""
    with pytest.raises(SettingsError, match="STORYBRAID_TRACES_ENDPOINT"):
        load_settings(env_file=None, traces_endpoint=address)
    assert load_settings(env_file=None, traces_endpoint="").traces_endpoint is None
