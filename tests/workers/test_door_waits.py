"""The door of the production set while the API starts again: it waits, and then says so in a sentence."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx

from tests.factories.front import CADDYFILE, Caddy, a_front, needs_caddy
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.front import Front

DOOR = CADDYFILE.read_text(encoding="utf-8")
IMPATIENT = DOOR.replace("lb_try_duration 20s", "lb_try_duration 1s")


class Words(BaseHTTPRequestHandler):
    """An API of one answer."""

    def do_GET(self) -> None:
        """Say something."""
        self.send_response(200)
        self.send_header("Content-Length", "11")
        self.end_headers()
        self.wfile.write(b"The tin box")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def an_api(port: int, *, after_s: float) -> Iterator[None]:
    """What answers on the port, from so many seconds on."""
    begun: list[ThreadingHTTPServer] = []

    def begin() -> None:
        begun.append(ThreadingHTTPServer(("127.0.0.1", port), Words))
        begun[0].serve_forever(poll_interval=0.05)

    starting = threading.Timer(after_s, begin)
    starting.start()
    try:
        yield
    finally:
        starting.cancel()
        if begun:
            begun[0].shutdown()
            begun[0].server_close()
        starting.join()


def asking(front: Front) -> httpx.Client:
    """A client that trusts the door."""
    trust = ssl.create_default_context(cafile=front.certificate)
    return httpx.Client(base_url=front.address, verify=trust, timeout=30)


@needs_caddy
def test_who_reads_waits_for_an_api_that_starts_again() -> None:
    """A question of that moment is answered as any other."""
    port = free_port()
    with a_front(port, DOOR, kind=Caddy) as front, asking(front) as client, an_api(port, after_s=2):
        answer = client.get("/api/v1/stories")
    assert (answer.status_code, answer.content) == (200, b"The tin box")


@needs_caddy
def test_the_door_says_that_the_archive_is_away() -> None:
    """Readers get a sentence, pages a problem as the API's own are, and both when to come again."""
    assert IMPATIENT != DOOR
    with a_front(free_port(), IMPATIENT, kind=Caddy) as front, asking(front) as client:
        page, problem = client.get("/"), client.get("/api/v1/session")
        sent = client.post("/api/v1/stories", content=b"The tin box")
    assert (page.status_code, problem.status_code, sent.status_code) == (503, 503, 503)
    assert sent.json() == problem.json()
    assert page.headers["retry-after"] == problem.headers["retry-after"] == "10"
    assert page.headers["content-type"].startswith("text/plain")
    assert problem.headers["content-type"] == "application/problem+json"
    told = problem.json()
    assert {"type", "title", "status", "detail"} == set(told)
    assert (told["type"], told["status"]) == ("/docs/problems#unavailable", 503)
    assert page.text == told["detail"]
    assert "safe" in page.text
