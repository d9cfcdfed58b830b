"""The job queue: a nudge that work is owed. The row is the truth; a lost nudge loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    Do = Callable[[str, str], None]

TAKEN_BACK = 0
"""Fewer people may know of a story than search believes."""
PERSON_WAITS = 1
"""Somebody looks at the page until it is done."""
CHANGED = 2
"""A person changed or published a story and will look for it."""
NEW_UPLOAD = 3
REINDEX = 4
"""Nothing changed; the index is made anew."""
CLEARING_UP = 5
"""Priorities: a smaller number is done first."""


class JobQueue(Protocol):
    """Nudges workers within the session's own transaction."""

    name: str
    """Product name and version for ``doctor``."""

    def put(self, session: Session, name: str, id_: str, priority: int = NEW_UPLOAD) -> None:
        """Ask for job ``name`` (``room.verb``) on the row ``id_`` once this transaction commits."""

    def waiting(self, session: Session) -> AbstractSet[tuple[str, str]]:
        """(name, id) of messages that nobody has taken yet; empty where no message is kept."""

    def prepare(self, engine: Engine) -> bool:
        """Make what the queue keeps in the database, or bring it up, after the chain of migrations; True when done.

        What a newer program made is left as it is.
        """

    def is_ready(self, engine: Engine) -> bool:
        """Whether the database has what ``prepare`` makes, at this version or a newer one."""

    def remark(self, engine: Engine) -> str:
        """A sentence where what the queue keeps is newer than this program, or nothing."""

    def taker(self, widths: Mapping[str, int], do: Do, sweep: Callable[[], object]) -> Taker | None:
        """What takes messages and does them; None: no message is kept, the rows are asked instead.

        ``widths``: how many messages of each queue are done at once; of other queues none is taken.
        ``sweep`` is called every ten seconds, by one process of all that take.
        """


class Taker(Protocol):
    """Takes messages and does them, from ``start`` until ``stop``."""

    def start(self) -> None:
        """Begin; returns at once."""

    def stop(self, patience_s: float) -> bool:
        """Take nothing new, wait for the work in hand at most so long; True when all of it was done."""
