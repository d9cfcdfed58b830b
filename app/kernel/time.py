"""The clock: aware UTC only."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """RFC 3339 text with a Z."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
