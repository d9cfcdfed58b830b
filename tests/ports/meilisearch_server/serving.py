"""A server on loopback that hands each request, checked for its shape, to what answers it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.ports.meilisearch_server import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator


class Request(NamedTuple):
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    key: str
    body: Any


class Answerer(Protocol):
    """Gives (status, body, Retry-After) for a request; a body that is bytes is sent as it is."""

    def __call__(self, request: Request, /) -> tuple[int, Any, str | None]:
        """Answer one request."""


class Served:
    """Where it listens, what was asked, and what in it no recorded request has."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self.disagreements: list[str] = []
        self.lines = 0
        """Connections that were opened."""
        self.hang_ups = 0
        """So many requests to come are read, and the line is cut instead of an answer."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def served(answer: Answerer, *, asked_by_adapter: bool = True) -> Iterator[Served]:
    """Serve until left; then every request of the adapter must have agreed in shape with a recorded one."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # lines stay, as the engine's do
        disable_nagle_algorithm = True

        def setup(self) -> None:
            known.lines += 1
            super().setup()

        def _any(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(raw) if raw else None
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                (self.headers.get("Authorization") or "").removeprefix("Bearer "),
                body,
            )
            known.requests.append(request)
            if known.hang_ups:
                known.hang_ups -= 1
                self.close_connection = True
                return
            wrong = recorded.disagreement(
                request.method, request.path, set(request.query), self.headers.get("Content-Type"), body
            )
            if wrong is not None:
                known.disagreements.append(wrong)
            if self.headers.get("Accept-Encoding") != "identity" and not request.path.startswith("/keys"):
                known.disagreements.append("asks for a compressed answer")
            status, found, later = answer(request)
            sent = found if isinstance(found, bytes) else json.dumps(found).encode()
            if status == 204:
                sent = b""
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            if later is not None:
                self.send_header("Retry-After", later)
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Door)
    known = Served(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert not asked_by_adapter or known.disagreements == []
