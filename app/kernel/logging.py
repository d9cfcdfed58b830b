"""Logging: constant event names with keywords; never transcript text, names or signed addresses."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure_logging(*, production: bool, quiet: bool = False) -> None:
    """Send every log line to stderr: JSON in production, plain lines elsewhere; ``quiet`` = warnings only."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if production
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The richer one prints local variables, settings among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    if production:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        # Looked up line by line: whoever puts another stderr in place gets the lines that follow.
        logger_factory=lambda *_: structlog.PrintLogger(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)


def log(name: str) -> Any:  # noqa: ANN401  structlog's bound logger is dynamic
    """A logger for one module."""
    return structlog.get_logger(name)
