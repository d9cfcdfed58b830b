"""The job queue: a nudge that work is owed. The row is the truth; a lost nudge loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PERSON_WAITS = 0
NEW_UPLOAD = 1
REINDEX = 2
FIXITY = 3
"""Priorities: a smaller number is done first."""


class JobQueue(Protocol):
    """Nudges workers within the session's own transaction."""

    name: str
    """Product name and version for ``doctor``."""

    def put(self, session: Session, name: str, id_: str, priority: int = NEW_UPLOAD) -> None:
        """Ask for job ``name`` (``room.verb``) on the row ``id_`` once this transaction commits."""
