"""The production queue: jobs that do nothing, from put to done, on a Postgres of its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from app.adapters.jobs_procrastinate import ProcrastinateJobs
from app.kernel.db import make_engine, make_sessions, unit
from app.kernel.settings import PostgresDatabase
from bench.rows import row
from workers.servers.postgres import a_postgres, find_postgres

if TYPE_CHECKING:
    from sqlalchemy import Engine

GOAL = 200
QUEUES = {"nothing.do": "index"}


def run(jobs: int = 2000) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met; empty where there is no Postgres.

    The peer is the same rows written and taken one by one with plain SQL, FOR UPDATE SKIP LOCKED.
    """
    if find_postgres() is None:
        return []
    with a_postgres(durable=True) as server:
        server.create("bench")
        url = server.url("bench")
        engine = make_engine(PostgresDatabase(kind="postgres", url=url).url)
        put_s, taken_s = _ours(url, engine, jobs)
        plain = _plain(engine, jobs)
        engine.dispose()
    return [
        row("no-op jobs put a second, one transaction each", jobs / put_s, None, "shown", met=True),
        row(
            "no-op jobs done a second (peer: plain SQL)",
            jobs / taken_s,
            plain,
            f">= {GOAL}",
            met=jobs / taken_s >= GOAL,
        ),
    ]


def _ours(url: str, engine: Engine, jobs: int) -> tuple[float, float]:
    queue = ProcrastinateJobs(url, QUEUES)
    queue.prepare(engine)
    sessions = make_sessions(engine)
    began = time.perf_counter()
    for number in range(jobs):
        with unit(sessions) as session:
            queue.put(session, "nothing.do", str(number))
    put_s = time.perf_counter() - began
    done, all_done = [0], threading.Event()
    lock = threading.Lock()

    def do(_name: str, _id: str) -> None:
        with lock:
            done[0] += 1
            if done[0] == jobs:
                all_done.set()

    taker = queue.taker({"index": 4}, do, lambda: 0)
    began = time.perf_counter()
    taker.start()
    assert all_done.wait(120)
    taken_s = time.perf_counter() - began
    taker.stop(5)
    return put_s, taken_s


def _plain(engine: Engine, jobs: int) -> float:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE plain (id bigint PRIMARY KEY, done boolean DEFAULT false)")
        connection.exec_driver_sql(f"INSERT INTO plain SELECT generate_series(1, {jobs:d})")
    began = time.perf_counter()
    for _ in range(jobs):
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE plain SET done = true WHERE id = (SELECT id FROM plain WHERE NOT done ORDER BY id LIMIT 1"
                " FOR UPDATE SKIP LOCKED)"
            )
    return jobs / (time.perf_counter() - began)
