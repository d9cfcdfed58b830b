"""What an operator watches of a process that serves or works: its log's form, and its metrics where they are set."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from app import pipeline
from app.kernel.db import unit
from app.kernel.errors import ArchiveError
from app.kernel.logging import configure_logging, log
from app.kernel.metrics import OwedNow, serve_metrics
from app.kernel.time import now
from workers.tracing import traced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.settings import Settings
    from app.ports import Ports


class MetricsPortError(ArchiveError):
    """The port for metrics cannot be used."""

    slug = "metrics-port"
    title = "The port for metrics cannot be used."


def log_as_set(settings: Settings, *, quiet: bool = False) -> None:
    """From now on log as the settings say: JSON in production. Before anything else of a process that stays."""
    configure_logging(production=settings.environment == "production", quiet=quiet)


@contextlib.contextmanager
def watched(ports: Ports, *, beside: bool = False, quiet: bool = False) -> Iterator[None]:
    """Log as the settings say, JSON in production; serve metrics and send traces meanwhile where that is set.

    ``beside``: the worker that ``serve`` watches, which has the next port.
    Raises ``MetricsPortError``, ``TracesError``.
    """
    settings = ports.settings
    log_as_set(settings, quiet=quiet)
    with traced(settings.traces_endpoint), _measured(ports, beside=beside), _threads_heard():
        yield


@contextlib.contextmanager
def _threads_heard() -> Iterator[None]:
    """A thread that ends by an error ends with a line of the log, and not with Python's own many."""
    before = threading.excepthook

    def hear(ended: threading.ExceptHookArgs) -> None:
        if not issubclass(ended.exc_type, SystemExit):
            name = ended.thread.name if ended.thread is not None else None
            log("threads").error("thread_ended", thread=name, exc_info=ended.exc_value)

    threading.excepthook = hear
    try:
        yield
    finally:
        threading.excepthook = before


@contextlib.contextmanager
def _measured(ports: Ports, *, beside: bool) -> Iterator[None]:
    settings = ports.settings
    if settings.metrics_port is None:
        yield
        return

    def owed() -> list[tuple[str, str, int, float]]:
        moment = now()
        with unit(ports.sessions, write=False) as session:
            return [
                (one.job, one.state, one.count, (moment - one.oldest).total_seconds())
                for one in pipeline.tallies(session, moment)
            ]

    port = settings.metrics_port + beside
    try:
        end = serve_metrics(settings.metrics_host, port, OwedNow(owed))
    except OSError as error:
        message = (
            f"Metrics cannot be served on port {port} of {settings.metrics_host} ({error.strerror}). Set "
            "STORYBRAID_METRICS_PORT to another number, or leave it out."
        )
        raise MetricsPortError(message) from error
    try:
        yield
    finally:
        end()
