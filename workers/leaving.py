"""Work that a process which writes down leaves, for a moment, to another one that has nothing to do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from app import pipeline
from app.admin.queries import living_workers
from app.kernel import leases
from app.kernel.db import unit
from app.kernel.time import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.leases import Owed
    from app.ports import Ports

LEAVE_S: Final = 1.0
"""How long after it became due work is left; an idle worker sees it within a tenth of a second."""
LOOK_S: Final = 0.2
SETTLE_S: Final = {"recordings.derive": 0.0, "recordings.make_access_copy": 0.25}
"""What is left, and how long it waits first: the copy is announced together with the plan, which goes before it."""
HEAVY: Final = "transcribe"
"""The lane that fills its cores."""


class Leaving:
    """What this process has in hand in its heavy lane, and what it therefore leaves to others."""

    def __init__(self, ports: Ports, queues: Sequence[str], stopping: threading.Event) -> None:
        """``queues``: the lanes of this process; ``stopping`` ends every wait."""
        self._ports = ports
        self._has_heavy = HEAVY in queues
        self._stopping = stopping
        self._lock = threading.Lock()
        self._heavy = 0

    def begins(self, job: str) -> None:
        """This process does the job now."""
        self._count(job, 1)

    def ends(self, job: str) -> None:
        """It no longer does."""
        self._count(job, -1)

    def leaves(self, job: str, id_: str) -> bool:
        """Whether the row ``id_`` is left to another process for now; it then has been asked for again.

        Never where no other living worker has the job's lane, and only within ``LEAVE_S`` of the moment at which it
        became due: every other one may be as busy as this one.
        """
        if job not in SETTLE_S or not self._has_heavy:
            return False
        row = self._left_row(job, id_)
        if row is None:
            return False
        self._stopping.wait(SETTLE_S[job])
        with self._lock:
            if not self._heavy:
                return False
        with unit(self._ports.sessions) as session:
            # Where messages are taken ours is in our hands: another takes this one while we wait.
            self._ports.jobs.put(session, job, id_, row.priority)
        self._stopping.wait(LOOK_S)
        return True

    def _left_row(self, job: str, id_: str) -> Owed | None:
        """The row, where another process could do it and has not had the time to take it."""
        moment, ours = now(), leases.process_name()
        with unit(self._ports.sessions, write=False) as session:
            workers = living_workers(session, moment)
            if not any(pipeline.QUEUES[job] in each.queues for each in workers if each.id != ours):
                return None
            row = next((r for r in pipeline.owed(session, moment, id_) if r.job == job and r.due), None)
        # It became due by the clock of whoever made it so, which may be ahead of ours.
        return row if row is not None and abs((moment - row.since).total_seconds()) <= LEAVE_S else None

    def _count(self, job: str, by: int) -> None:
        if pipeline.QUEUES.get(job) == HEAVY:
            with self._lock:
                self._heavy += by
