"""Readiness while something of the archive is slow or away: it answers within five seconds and keeps no thread."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from app.admin import routes
from app.admin.routes import Readying
from app.admin.schemas import Readiness
from app.kernel.db import make_engine, make_sessions
from tests.factories.archive import an_archive
from tests.factories.at_once import all_well, at_once
from tests.rooms.admin.test_health import READY, of_parts
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from app.kernel.looks import Looks
    from tests.factories.archive import TestArchive


class SlowStore(ThreadingHTTPServer):
    """Answers every call of S3 well, each after a pause."""

    daemon_threads = True
    pause_s = 2.0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SlowAnswer)
        self.asked: list[str] = []


class SlowAnswer(BaseHTTPRequestHandler):
    """One call."""

    server: SlowStore

    def do_GET(self) -> None:
        """Answer whatever is asked."""
        self.server.asked.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("content-length") or 0))
        time.sleep(self.server.pause_s)
        body = b"<ListBucketResult/>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_PUT = do_DELETE = do_GET  # noqa: N815  their names in the library

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_slow_store() -> Iterator[SlowStore]:
    """A store on a port of its own."""
    with SlowStore() as store:
        threading.Thread(target=store.serve_forever, daemon=True).start()
        yield store
        store.shutdown()


def test_a_slow_store_outlasts_no_checker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five calls of two seconds each: 503 before compose gives up, and who asks again begins no second check."""
    monkeypatch.setattr(routes, "READY_FOR_S", 0)
    with a_slow_store() as store:
        objects = {"kind": "s3", "bucket": "slow", "endpoint": f"http://127.0.0.1:{store.server_port}"}
        objects |= {"addressing": "path", "access_key": "nobody", "secret_key": "nothing"}
        with an_archive(tmp_path / "archive", objects=objects) as archive:
            client = archive.client()
            began = time.monotonic()
            answer = client.get(READY)
            again = client.get(READY)
            assert time.monotonic() - began < 8
            assert sum("list-type" in line for line in store.asked) == 1
    assert (answer.status_code, again.status_code) == (503, 503)
    assert of_parts(answer) == {"database": True, "objects": False, "search": True, "work": True, "index": True}


def test_without_its_database_it_is_not_ready(archive: TestArchive) -> None:
    """Nobody knows then what is owed: no number, and neither work nor search is said to be well."""
    gone = make_engine(f"postgresql://nobody:nothing@127.0.0.1:{free_port()}/gone")
    archive.app.state.ports = replace(archive.ports, sessions=make_sessions(gone))
    answer = archive.client().get(READY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert of_parts(answer) == {"database": False, "objects": True, "search": True, "work": False, "index": False}
    assert (answer.json()["oldest_owed_seconds"], answer.json()["search_behind_seconds"]) == (None, None)


class Looking:
    """A look that lasts until it is let go, and gives its number."""

    def __init__(self) -> None:
        self.begun, self.let_go, self.looks = threading.Event(), threading.Event(), 0

    def look(self, _: Looks) -> Readiness:
        """As the route looks."""
        self.looks += 1
        self.begun.set()
        self.let_go.wait(10)
        return Readiness(ok=True, parts=[], oldest_owed_seconds=self.looks, search_behind_seconds=0)


def asked_by_two(readying: Readying) -> tuple[list[int | None], float]:
    """What the one who looks for a second was told and one who comes meanwhile, and how long that one waited."""
    looking, waits = Looking(), [0.0]

    def come_first() -> int | None:
        return readying.ask(looking.look).oldest_owed_seconds

    def come_later() -> int | None:
        looking.begun.wait(10)
        threading.Timer(1, looking.let_go.set).start()
        began = time.monotonic()
        told = readying.ask(looking.look).oldest_owed_seconds
        waits[0] = time.monotonic() - began
        return told

    told = all_well(at_once([come_first, come_later]))
    assert looking.looks == 1
    return told, waits[0]


def test_who_comes_while_one_looks_waits_only_for_a_first_answer() -> None:
    """A former one is good for fifteen seconds: many askers keep one thread from the pages, and not all."""
    former = Readiness(ok=True, parts=[], oldest_owed_seconds=0, search_behind_seconds=0)
    told, waited = asked_by_two(Readying())
    assert (told, waited > 0.9) == ([1, 1], True)
    told, waited = asked_by_two(Readying(known=(time.monotonic() - 6, former)))
    assert (told, waited < 0.8) == ([1, 0], True)
    told, waited = asked_by_two(Readying(known=(time.monotonic() - 16, former)))
    assert (told, waited > 0.9) == ([1, 1], True)
