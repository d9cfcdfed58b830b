"""Which workers are there."""

from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.admin.models import Worker
from app.kernel.leases import is_dead_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

SILENT_AFTER = dt.timedelta(seconds=60)
"""A worker of another host that was not heard of for so long counts as gone."""


def workers(session: Session) -> Sequence[Worker]:
    """Every row, oldest first, the living and the dead."""
    return session.scalars(select(Worker).order_by(Worker.started_at, Worker.id)).all()


def living_workers(session: Session, now: dt.datetime) -> list[Worker]:
    """The workers that live, oldest first."""
    return [worker for worker in workers(session) if is_living(worker, now)]


def is_living(worker: Worker, now: dt.datetime) -> bool:
    """Whether the worker lives: on this host by its process, elsewhere by when it was last seen."""
    if worker.host == socket.gethostname():
        return not is_dead_here(worker.id)
    return now - worker.seen_at <= SILENT_AFTER
