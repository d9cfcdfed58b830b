"""Logging: constant event names with keywords; never transcript text, names or signed addresses.

What libraries log goes the same way as our own lines, so that a line is a line whoever wrote it.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.kernel import faults

if TYPE_CHECKING:
    from structlog.typing import EventDict, ExcInfo

OURS: Final = "storybraid"
"""Our own loggers stand below this one; of the others only warnings are heard."""
_json = False


class _ToStderr(logging.Handler):
    """One door for all lines, each written at once: lines of two threads do not mix."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        try:
            # Looked up line by line: whoever puts another stderr in place gets the lines that follow.
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001  whoever logs does not fail for it
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        """Say that a line is lost, in the form of all lines."""
        with contextlib.suppress(Exception):
            lost = logging.makeLogRecord({"name": record.name, "levelname": "ERROR", "msg": "log_line_lost"})
            sys.stderr.write(self.format(lost) + "\n")


def configure_logging(*, production: bool, quiet: bool = False) -> None:
    """Send every log line to stderr: JSON in production, plain lines elsewhere; ``quiet`` = warnings only."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if production
        # The richer one prints local variables, settings among them.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter
    door = _ToStderr()
    door.setFormatter(
        formatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _without_error, *shared],
            processors=[formatter.remove_processors_meta, last],
        )
    )
    global _json  # noqa: PLW0603  one for the process, as its stderr is
    _json = production
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=logging.WARNING, handlers=[door], force=True)
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(production)
    structlog.configure(
        processors=[*shared, formatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *names: logging.getLogger(".".join((OURS, *names))),
        cache_logger_on_first_use=False,
    )


def is_json() -> bool:
    """Whether this process's lines are JSON, so that whoever writes to stderr besides must write the same."""
    return _json


def _told(exc_info: ExcInfo) -> str:
    return faults.told(exc_info[1]).rstrip("\n") if exc_info[1] is not None else ""


def _without_error(_logger: object, _name: str, line: EventDict) -> EventDict:
    """A library's line beside an error: asyncio, for one, writes the whole error into it."""
    error = (line.get("exc_info") or (None, None))[1]
    if error is not None:
        line["event"] = faults.without(line["event"], error)
    return line


def log(name: str) -> Any:  # noqa: ANN401  structlog's bound logger is dynamic
    """A logger for one module."""
    return structlog.get_logger(name)
