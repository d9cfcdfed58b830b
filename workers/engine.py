"""The engine of a worker process: three lanes that do owed work, a heartbeat, and a clean end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import pipeline
from app.admin.commands import register_worker, seen, unregister
from app.kernel import leases
from app.kernel.db import commits_of, unit
from app.kernel.logging import log
from app.kernel.metrics import JOB_SECONDS, JOBS
from app.kernel.time import now
from app.kernel.tracing import span
from workers.leaving import Leaving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.kernel.leases import Owed
    from app.ports import Ports
    from app.ports.job_queue import Taker

LANES = ("transcribe", "media", "index")
LOOK_S = 0.1
"""How often the database is looked at for another process's commit."""
ASK_S = 1.0
"""How often the rows are asked all the same: a lease may have run out."""
FAILED_PAUSE_S = 1.0
BESIDE, BESIDE_INDEX = 1, 3
"""Connections beside one for each job: to beat; with the lane ``index`` to sweep, and two to renew the search index."""
BEATS_END_S = 2.0
"""How long the end waits for a beat under way: it must not sign in again who has just left."""
logger = log("engine")


class Engine:
    """Does what is owed until told to stop; every thread is a daemon, so that a stuck job never holds the end."""

    def __init__(
        self, ports: Ports, queues: Sequence[str] = LANES, concurrency: int = 1, batches: int | None = None
    ) -> None:
        """``queues`` are the lanes this process has, ``concurrency`` how many threads each has.

        ``batches``: how many the lane ``transcribe`` has, where that is another number.
        """
        unknown = set(queues) - set(LANES)
        if unknown:
            message = f"no such queue: {', '.join(sorted(unknown))}; there are {', '.join(LANES)}"
            raise ValueError(message)
        self.ports = ports
        self.queues = tuple(queues)
        self.widths = dict.fromkeys(self.queues, concurrency)
        if "transcribe" in self.widths and batches is not None:
            self.widths["transcribe"] = batches
        self.stopping = threading.Event()
        self._wakes = {queue: threading.Event() for queue in self.queues}
        self._leaving = Leaving(ports, self.queues, self.stopping)
        self._threads: list[threading.Thread] = []
        self._taker: Taker | None = None
        self._ended = threading.Event()
        self._beats = threading.Thread(target=self._beat, name="beat", daemon=True)

    def start(self) -> None:
        """Free what dead processes of this host held, say that we are here, and begin."""
        self._tell_of_few_connections()
        free_dead_leases(self.ports)
        with unit(self.ports.sessions) as session:
            register_worker(session, self.queues)
        parts: list[tuple[str, Callable[[], None]]] = []
        self._taker = self.ports.jobs.taker(self.widths, self._do, self._sweep)
        if self._taker is None:
            parts.append(("watch", self._watch))
            parts += [(queue, self._lane(queue)) for queue, width in self.widths.items() for _ in range(width)]
        else:
            self._sweep()
            self._taker.start()
        self._beats.start()
        for name, run in parts:
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, patience_s: float = 3.0) -> bool:
        """Take no new work, wait for the work in hand at most so long, leave. True when all of it was done."""
        self.stopping.set()
        for wake in self._wakes.values():
            wake.set()
        until = time.monotonic() + patience_s
        taken = self._taker is None or self._taker.stop(patience_s)
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        clean = taken and not any(t.is_alive() for t in self._threads)
        # To the very end: who finishes what takes longer than a lease keeps it.
        self._ended.set()
        self._beats.join(BEATS_END_S)
        with unit(self.ports.sessions) as session:
            if not clean:
                leases.free(session, leases.process_name())
            unregister(session, leases.process_name())
        return clean

    def idle(self) -> bool:
        """Whether nothing in these lanes is owed now and nothing is being done."""
        with unit(self.ports.sessions, write=False) as session:
            found = pipeline.tallies(session, now())
        return not any(one.state in ("waiting", "running", "retrying") for one in found)

    def _tell_of_few_connections(self) -> None:
        """Lanes that share too few connections to Postgres would wait for each other there."""
        database = self.ports.settings.database
        pool = getattr(database, "pool_size", None)  # SQLite has no limit that anybody sets
        if pool is None:
            return
        there = pool + getattr(database, "pool_overflow", 0)
        wanted = sum(self.widths.values()) + BESIDE + (BESIDE_INDEX if "index" in self.widths else 0)
        if wanted > there:
            logger.warning("connections_few", wanted=wanted, there=there)

    def _lane(self, queue: str) -> Callable[[], None]:
        def run() -> None:
            wake = self._wakes[queue]
            while not self.stopping.is_set():
                wake.clear()
                try:
                    last: tuple[str, str] | None = None
                    while not self.stopping.is_set() and (row := self._next(queue)):
                        if (row.job, row.id) == last:
                            # Still owed after we did it: another process has it, or it waits for something.
                            self.stopping.wait(LOOK_S)
                        last = (row.job, row.id)
                        self._do(row.job, row.id)
                except Exception:
                    # The rows say what is owed, so whatever went wrong here is asked for again.
                    logger.exception("lane_failed", queue=queue)
                    self.stopping.wait(FAILED_PAUSE_S)
                wake.wait(ASK_S)

        return run

    def _next(self, queue: str) -> Owed | None:
        with unit(self.ports.sessions, write=False) as session:
            rows = pipeline.due(session, now(), queue, most=1)
        return rows[0] if rows else None

    def _sweep(self) -> None:
        pipeline.sweep(self.ports)

    def _do(self, job: str, id_: str) -> None:
        if self._leaving.leaves(job, id_):
            return
        self._leaving.begins(job)
        try:
            self._do_here(job, id_)
        finally:
            self._leaving.ends(job)

    def _do_here(self, job: str, id_: str) -> None:
        began = time.monotonic()
        outcome = "done"
        # Every line that the job logs names it.
        known = {"storybraid.job": job, "storybraid.id": id_}
        with structlog.contextvars.bound_contextvars(job=job, id=id_), span(job, known) as told:
            try:
                pipeline.JOBS[job](self.ports, id_)
            except Exception:
                outcome = "failed"
                logger.exception("job_failed")
            told.facts, told.failed = {"storybraid.outcome": outcome}, outcome == "failed"
            seconds = time.monotonic() - began
            JOBS.labels(job, outcome).inc()
            JOB_SECONDS.labels(job).observe(seconds)
            if outcome == "done":
                logger.info("job_done", seconds=round(seconds, 3))
        if outcome == "failed":
            self.stopping.wait(FAILED_PAUSE_S)

    def _beat(self) -> None:
        while not self._ended.wait(leases.BEAT_S):
            try:
                leases.beat(self.ports.sessions)
                with unit(self.ports.sessions) as session:
                    if not seen(session, leases.process_name()):
                        register_worker(session, self.queues)
            except SQLAlchemyError:
                logger.warning("beat_missed")

    def _watch(self) -> None:
        """Wake the lanes when this process was nudged or another one committed."""
        nudged = getattr(self.ports.jobs, "nudged", None)
        commits = commits_of(self.ports.sessions.kw["bind"])
        known = 0
        while not self.stopping.wait(LOOK_S):
            changed = nudged is not None and nudged.is_set()
            if changed and nudged is not None:
                nudged.clear()
            try:
                found = commits()
            except SQLAlchemyError:
                # The lanes ask the rows every second all the same.
                logger.warning("commits_not_seen")
                self.stopping.wait(FAILED_PAUSE_S)
                continue
            changed, known = changed or found != known, found
            if changed:
                for wake in self._wakes.values():
                    wake.set()


def free_dead_leases(ports: Ports) -> None:
    """Free the leases of processes of this host that no longer live; these deaths count nothing."""
    with unit(ports.sessions) as session:
        for owner in leases.owners(session):
            if leases.is_dead_here(owner):
                leases.free(session, owner)
