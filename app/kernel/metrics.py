"""What operators watch: Prometheus counters of this process, and one log line and one number for each request."""

from __future__ import annotations

import contextlib
import re
import time
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from app.kernel.ids import new_id
from app.kernel.logging import log
from app.kernel.looks import Looks
from app.kernel.tracing import span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from prometheus_client.registry import Collector
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY = CollectorRegistry()
REQUESTS = Counter("storybraid_requests_total", "Answered requests.", ("method", "route", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "storybraid_request_seconds",
    "Seconds until the first byte of an answer.",
    ("route",),
    buckets=(0.005, 0.015, 0.06, 0.25, 1, 5, 30),
    registry=REGISTRY,
)
JOBS = Counter("storybraid_jobs_total", "Jobs that ended, by outcome.", ("job", "outcome"), registry=REGISTRY)
JOB_SECONDS = Histogram(
    "storybraid_job_seconds",
    "Seconds that a job took.",
    ("job",),
    buckets=(0.1, 1, 10, 60, 300, 1800, 7200),
    registry=REGISTRY,
)
SERVER_ERROR = 500
OWED_WITHIN_S = 4.0
"""Prometheus gives a scrape ten seconds; a database that went without a word is noticed only after a minute."""
_UNROUTED = "(no route)"
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
"""A proxy's own id of the request is kept; anything else is not, since it would go into the log."""
logger = log("web")


class Observed:
    """ASGI middleware: counts each request, names it in ``X-Request-Id`` and in every log line that it causes.

    The log has the route and never the address itself: queries and ids of links are the readers' own.
    """

    def __init__(self, app: ASGIApp, *, say: bool) -> None:
        """``say``: a log line for each request."""
        self.app = app
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _GIVEN_ID.fullmatch(given) else new_id()
        began = time.perf_counter()
        answered: list[tuple[int, float]] = []

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append((message["status"], time.perf_counter() - began))
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        method = scope["method"]
        known = {"http.request.method": method, "storybraid.request_id": request_id}
        with structlog.contextvars.bound_contextvars(request_id=request_id), span(method, known) as told:
            try:
                await self.app(scope, receive, send_named)
            finally:
                status, seconds = answered[0] if answered else (499, time.perf_counter() - began)
                route = getattr(scope.get("route"), "path", _UNROUTED)
                told.name = f"{method} {route}"
                told.facts = {"http.route": route, "http.response.status_code": status}
                told.failed = status >= SERVER_ERROR
                REQUESTS.labels(scope["method"], route, str(status)).inc()
                REQUEST_SECONDS.labels(route).observe(seconds)
                if self._say:
                    ms = round(seconds * 1000, 1)
                    logger.info("request", method=scope["method"], route=route, status=status, ms=ms)


class OwedNow:
    """Collector: what is owed at this moment and how long the oldest waits, asked at each scrape."""

    def __init__(self, ask: Callable[[], Sequence[tuple[str, str, int, float]]]) -> None:
        """``ask`` asks the database: (job, state, how many, seconds that the oldest waits) of all that is owed."""
        self._ask = ask
        self._looks = Looks(OWED_WITHIN_S)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Whether the database answers; only if it does, two gauges by job and state."""
        answered = self._looks.at({"owed": self._ask})["owed"]
        owed: Sequence[tuple[str, str, int, float]] | None = None
        if answered is not None:
            # An outage is when the counters of this process are wanted most.
            with contextlib.suppress(SQLAlchemyError):
                owed = answered.result()
        up = GaugeMetricFamily(
            "storybraid_database_up", "Whether the database answers this process.", value=owed is not None
        )
        if owed is None:
            return (up,)
        number = GaugeMetricFamily("storybraid_owed", "Rows that are owed work.", labels=["job", "state"])
        oldest = GaugeMetricFamily("storybraid_owed_oldest_seconds", "Longest wait.", labels=["job", "state"])
        for job, state, count, seconds in sorted(owed):
            number.add_metric((job, state), count)
            oldest.add_metric((job, state), seconds)
        return (up, number, oldest)


def serve_metrics(host: str, port: int, *collectors: Collector) -> Callable[[], None]:
    """Serve ``GET /metrics`` on a port of its own, which no proxy shows to readers; returns what ends it.

    Raises ``OSError`` when the port is taken.
    """
    for one in collectors:
        REGISTRY.register(one)
    server, thread = start_http_server(port, host, REGISTRY)

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()
        for one in collectors:
            REGISTRY.unregister(one)

    return end
