"""The embedded job queue: no queue at all, only a nudge; workers ask the rows what is owed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from app.ports.job_queue import Do


class EmbeddedJobs:
    """Wakes this process's lanes after the commit; other processes see the commit in the database itself."""

    name = "embedded jobs"

    def __init__(self) -> None:
        """Nothing is waiting yet."""
        self.nudged = threading.Event()

    def put(self, session: Session, name: str, id_: str, priority: int = 1) -> None:
        """Nudge once this transaction has committed; what is owed stands in the rows, not here."""
        del name, id_, priority

        def wake(_session: Session) -> None:
            self.nudged.set()

        event.listen(session, "after_commit", wake, once=True)

    def waiting(self, session: Session) -> frozenset[tuple[str, str]]:
        """Nothing: no message is kept."""
        del session
        return frozenset()

    def prepare(self, engine: Engine) -> bool:
        """Nothing is kept beside the rows."""
        del engine
        return False

    def is_ready(self, engine: Engine) -> bool:
        """Nothing is needed."""
        del engine
        return True

    def remark(self, engine: Engine) -> str:
        """Nothing is there to speak of."""
        del engine
        return ""

    def taker(self, widths: Mapping[str, int], do: Do, sweep: Callable[[], object]) -> None:
        """None: the rows are asked."""
        del widths, do, sweep
