"""The job queue of production: Procrastinate on the archive's own Postgres, a message per row that is owed."""

from __future__ import annotations

import asyncio
import importlib.metadata
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.worker import Worker
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.adapters.jobs_procrastinate_schema import QueueSchema
from app.kernel.db import LINE
from app.kernel.logging import log

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import psycopg
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

    from app.ports.job_queue import Do

SWEEP: Final = "pipeline.sweep"
"""The job, and the queue that it has for itself: no long job is in its way."""
SWEEPS: Final = "index"
"""Who takes this queue sweeps."""
EVERY_TEN_SECONDS: Final = "* * * * * */10"
LOOK_S: Final = 10.0
WAIT_S: Final = 10.0
"""How long a connection is waited for; a lane that got none begins anew, and soon finds a server that is back."""
POLL_S: Final = 2.0
"""A message is told at once by NOTIFY; this is for what a lost connection did not hear."""
AGAIN_S: Final = 2.0
STALLED_S: Final = 30
SPARE_THREADS: Final = 4
"""Beside a thread for every message: the sweep, and the names of servers, which a new line to Postgres asks for."""
_TODO: Final = text("SELECT task_name, args->>'id' FROM procrastinate_jobs WHERE status = 'todo' AND args ? 'id'")
_PRIORITIES: Final = 10
logger = log("jobs")


class ProcrastinateJobs:
    """Messages are put on the session's own connection: enqueued if and only if the transaction commits.

    A message says only which row to look at, so that a second one for the same row does no harm, and one that is
    lost, or taken by a worker that died, is put again by the sweep: the row is the truth.
    """

    def __init__(self, url: str, queues: Mapping[str, str], schema: QueueSchema | None = None) -> None:
        """``url`` of the archive's Postgres; ``queues``: which queue each job goes by; ``schema``: of its tables."""
        self.name = f"Procrastinate {importlib.metadata.version('procrastinate')}"
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._queues = dict(queues)
        self._schema = schema or QueueSchema()
        # Never opened: it only writes on connections that it is given.
        self._putting = App(connector=SyncPsycopgConnector())

    def put(self, session: Session, name: str, id_: str, priority: int = 1) -> None:
        """Ask for the job once this transaction commits."""
        connection = _psycopg(session.connection())
        self._putting.configure_task(
            name,
            queue=self._queues[name],
            priority=_PRIORITIES - priority,
            connection=connection,
            allow_unknown=True,
        ).defer(id=id_)

    def waiting(self, session: Session) -> frozenset[tuple[str, str]]:
        """(name, id) of the messages that nobody has taken yet."""
        return frozenset((name, id_) for name, id_ in session.execute(_TODO))

    def prepare(self, engine: Engine) -> bool:
        """Make Procrastinate's tables, or run those of its migrations that they lack."""
        return self._schema.bring_up(engine)

    def is_ready(self, engine: Engine) -> bool:
        """Whether Procrastinate's tables are there and lack none of its migrations."""
        return self._schema.is_current(engine)

    def remark(self, engine: Engine) -> str:
        """Says where the tables are newer than the program."""
        return self._schema.remark(engine)

    def taker(self, widths: Mapping[str, int], do: Do, sweep: Callable[[], object]) -> ProcrastinateTaker:
        """Takes messages of these queues, so many of each at once."""
        return ProcrastinateTaker(self._address, self._queues, widths, do, sweep)


class ProcrastinateTaker:
    """One thread with an event loop, and a Procrastinate worker for each queue, so that none waits for another.

    What they take is done in threads of one pool that has one for each message they may have in hand together.
    """

    def __init__(
        self,
        address: str,
        jobs: Mapping[str, str],
        widths: Mapping[str, int],
        do: Do,
        sweep: Callable[[], object],
    ) -> None:
        """``jobs``: the queue of every job; ``widths``: which queues are taken, and how many of each at once."""
        self._address = address
        self._jobs = jobs
        self._widths = dict(widths)
        self._do = do
        self._sweep = sweep
        self._stopping = threading.Event()
        self._running: Counter[str] = Counter()
        self._in_hand: set[int] = set()
        """Numbers of the messages that were taken here and are not done, also while they wait; the loop's own."""
        self._lock = threading.Lock()
        self._workers: dict[str, Worker] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="procrastinate", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def stop(self, patience_s: float) -> bool:
        """Take nothing new and wait; True when nothing was in hand any more."""
        self._stopping.set()
        loop = self._loop
        if loop is not None and not loop.is_closed():
            # In the loop's own thread, where no lane is just between two workers.
            loop.call_soon_threadsafe(self._stop_workers, patience_s)
        self._thread.join(patience_s)
        with self._lock:
            return not self._running

    def _stop_workers(self, patience_s: float) -> None:
        for worker in self._workers.values():
            worker.shutdown_graceful_timeout = patience_s
            worker.stop()  # type: ignore[no-untyped-call]

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._take())
            except Exception:
                # The database was away: what was in hand is put again by the sweep.
                logger.exception("queue_lost")
                self._stopping.wait(AGAIN_S)

    async def _take(self) -> None:
        self._loop = asyncio.get_running_loop()
        # The loop's own pool has four threads more than the machine has cores: one full lane would keep the others.
        threads = sum(self._widths.values()) + SPARE_THREADS
        self._loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="message"))
        app = App(connector=connector_to(self._address, _pool_for(len(self._widths))))
        for name, queue in self._jobs.items():
            app.task(name=name, queue=queue)(self._bound(name))
        app.periodic(cron=EVERY_TEN_SECONDS, periodic_id=SWEEP)(
            app.task(name=SWEEP, queue=SWEEP, queueing_lock=SWEEP)(self._swept(app))
        )
        widths = self._widths | ({SWEEP: 1} if SWEEPS in self._widths else {})
        async with app.open_async(), asyncio.TaskGroup() as group:
            lanes = [group.create_task(self._lane(app, lane, width)) for lane, width in widths.items()]
            look = group.create_task(self._look_for_left(app))
            await asyncio.wait(lanes)
            look.cancel()

    async def _lane(self, app: App, lane: str, width: int) -> None:
        """Take messages of one queue until told to stop. A worker whose line dies ends quietly: another begins."""
        while not self._stopping.is_set():
            worker = Worker(
                app,
                queues=[lane],
                name=lane,
                concurrency=width,
                fetch_job_polling_interval=POLL_S,
                listen_notify=lane != SWEEP,  # it may wait for the poll, and needs no line of its own
                delete_jobs=DeleteJobCondition.ALWAYS,
                install_signal_handlers=False,
                worker_middleware=[self._holding],
            )
            self._workers[lane] = worker
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            except ConnectorException as error:
                logger.warning("lane_lost", lane=lane, why=str(error))
            if not self._stopping.is_set():
                logger.warning("lane_again", lane=lane)
                await asyncio.sleep(AGAIN_S)

    def _bound(self, name: str) -> Callable[..., None]:
        def take(id: str) -> None:  # noqa: A002  the message's own word
            with self._lock:
                self._running[name] += 1
            try:
                self._do(name, id)
            finally:
                with self._lock:
                    self._running[name] -= 1
                    self._running += Counter()

        return take

    async def _holding(self, go_on: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker) -> Any:  # noqa: ANN401  Procrastinate's own form
        """Around every message from the moment it was taken: one whose thread has not begun is in hand too."""
        number = _id(context.job)
        self._in_hand.add(number)
        try:
            return await go_on()
        finally:
            self._in_hand.discard(number)

    async def _look_for_left(self, app: App) -> None:
        """Forget messages that stand as being done by us and are not.

        Where the database dies just when one is done, that cannot be noted, and we beat on; its row says what is owed.
        """
        before: set[int] = set()
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                ours = [w.worker_id for w in self._workers.values() if w.worker_id is not None]
                standing = {
                    _id(job)
                    for worker in ours
                    for job in await app.job_manager.list_jobs_async(status=Status.DOING.value, worker_id=worker)
                }
                left = standing - self._in_hand
                # One that is between the queue and our hands is not there the next time.
                for number in left & before:
                    logger.warning("message_left", message=number)
                    await app.job_manager.finish_job_by_id_async(number, Status.ABORTED, delete_job=True)
                before = left
            except ConnectorException:
                before = set()

    def _swept(self, app: App) -> Callable[..., Any]:
        async def sweep(timestamp: int) -> None:
            del timestamp
            # A message whose taker died is forgotten: its row is owed, and gets a new one. Ours only look like that
            # where the database was away for as long.
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
                if _id(job) in self._in_hand:
                    continue
                await app.job_manager.finish_job_by_id_async(_id(job), Status.ABORTED, delete_job=True)
            await asyncio.to_thread(self._sweep)

        return sweep


def lines_at_most(lanes: int) -> int:
    """How many lines to Postgres a process that takes so many queues may open beside those of its units."""
    return _pool_for(lanes) + lanes  # each lane hears NOTIFY on a line of its own


def _pool_for(lanes: int) -> int:
    return 3 + 2 * lanes


def connector_to(address: str, most: int) -> PsycopgConnector:
    """At most so many lines, each of which notices a server that vanished."""
    return PsycopgConnector(conninfo=address, kwargs=LINE, timeout=WAIT_S, min_size=1, max_size=most)


def _id(job: Any) -> int:  # noqa: ANN401  Procrastinate's row, whose id is set once it is stored
    return int(job.id)


def _psycopg(connection: Connection) -> psycopg.Connection[Any]:
    raw: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    return raw
