"""Writes of admin: the workers that come and go, and a person's wish to try failed work again."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, or_, update

from app.access.commands import audit, require
from app.admin import queries
from app.admin.models import Worker
from app.kernel.db import Base, insert_into
from app.kernel.errors import NotFoundError
from app.kernel.leases import leased_tables, process_name
from app.kernel.time import now
from app.ports.job_queue import PERSON_WAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.kernel.leases import Owed
    from app.ports.job_queue import JobQueue


def register_worker(session: Session, queues: Iterable[str]) -> str:
    """Say that this process works on the queues; returns the id of its row. Again = the same row.

    Rows of workers that are gone are swept away.
    """
    gone = [worker.id for worker in queries.workers(session) if not queries.is_living(worker, now())]
    session.execute(delete(Worker).where(Worker.id.in_(gone)))
    id_ = process_name()
    row = insert_into(session, Worker).values(
        id=id_, host=socket.gethostname(), pid=os.getpid(), queues=sorted(queues), seen_at=now()
    )
    again = {"queues": row.excluded.queues, "seen_at": row.excluded.seen_at}
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=again))
    return id_


def seen(session: Session, worker_id: str) -> bool:
    """Note that the worker lives; False when its row is gone and it should register again."""
    noted = session.execute(update(Worker).where(Worker.id == worker_id).values(seen_at=now()))
    return isinstance(noted, CursorResult) and noted.rowcount == 1


def unregister(session: Session, worker_id: str) -> None:
    """Take the worker's row away as it ends; again = nothing."""
    session.execute(delete(Worker).where(Worker.id == worker_id))


def retry(  # noqa: PLR0913  what, whose wish, and where to
    session: Session, actor: Actor, jobs: JobQueue, *, owed: Callable[[], Sequence[Owed]], job: str, id_: str
) -> None:
    """Try the job on this row again, at once and with all its tries; ``owed`` says what is owed now.

    Raises ``SignInNeededError`` or ``NotAllowedError`` unless the actor is an admin, and
    ``NotFoundError`` when nothing of the kind is owed. Work that is running just now goes on.
    """
    require(actor, "retry_work")
    if not any(line.job == job and line.id == id_ for line in owed()):
        message = "This work is not waiting any more. Load the page again."
        raise NotFoundError(message)
    for table in _tables_of(job.partition(".")[0]):
        # A job is named after its row, or after the recording whose row it is.
        named = [table.c[name] == id_ for name in ("id", "recording_id") if name in table.c]
        session.execute(
            update(table).where(or_(*named)).values(failed_reason=None, attempts=0, crashes=0, retry_at=None)
        )
    jobs.put(session, job, id_, PERSON_WAITS)
    audit(session, actor, "admin.retry", id_, job=job)


def _tables_of(room: str) -> list[Table]:
    """The leased tables of a room's models."""
    leased = leased_tables()
    mine = [one for one in Base.registry.mappers if one.class_.__module__ == f"app.{room}.models"]
    return [table for table in leased if any(one.local_table is table for one in mine)]
