"""Leases: a job claims its row by compare-and-set, beats while it works, and writes only while the claim holds."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, CursorResult, String, Table, and_, case, or_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.db import Base, is_away, unit
from app.kernel.time import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import sessionmaker

LEASE = dt.timedelta(seconds=30)
BEAT_S = 10.0
REST_S = 10.0
"""How long a row waits when a server that it needs does not answer."""
MOST_ERRORS = 5
MOST_CRASHES = 5
WORKS_IN_CHILD = "works_in_child"
"""Key of a table's info: its jobs do their work in a child process that the worker watches."""


class LeaseLostError(Exception):
    """Another worker took the row over; what was computed here is thrown away."""


class Leased:
    """Columns of a row that one worker at a time works on."""

    fence: Mapped[int] = mapped_column(default=0)
    """Grows with every claim; a write names the fence it was claimed with."""
    lease_owner: Mapped[str | None] = mapped_column(String(200), default=None)
    """host:pid:start of the process that holds it."""
    lease_until: Mapped[dt.datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    """Errors that jobs reported in a row."""
    crashes: Mapped[int] = mapped_column(default=0)
    """Deaths in a row while nothing else ran beside it."""
    retry_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    failed_reason: Mapped[str | None] = mapped_column(String(1000), default=None)
    """A sentence; set = nobody tries again until a person asks."""


@dataclass(frozen=True)
class Claim:
    """The right to write one row's result, until the lease runs out."""

    table: str
    id: str
    fence: int


def process_name(pid: int | None = None) -> str:
    """host:pid:start of a process, so that a reused pid is not taken for the dead one."""
    pid = pid or os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def _started(pid: int) -> str:
    try:
        # Field 22, counted after the command's closing bracket (proc(5)): the command may hold spaces.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return "0"


def is_dead_here(owner: str) -> bool:
    """Whether the owner was a process of this host that no longer lives."""
    host, pid, started = owner.rsplit(":", 2)
    return host == socket.gethostname() and _started(int(pid)) != started


def is_due(entity: Any) -> ColumnElement[bool]:  # noqa: ANN401  any class with Leased's columns
    """Rows that may be claimed now: not failed, not leased, not waiting for a retry."""
    moment = now()
    return and_(
        entity.failed_reason.is_(None),
        or_(entity.lease_until.is_(None), entity.lease_until < moment),
        or_(entity.retry_at.is_(None), entity.retry_at <= moment),
    )


_held: dict[Claim, int] = {}
_left: set[Claim] = set()
"""Claims whose work ended while the database was away, so that they could not be given back."""
_held_lock = threading.Lock()


def claim(session: Session, entity: Any, id_: str, *conditions: ColumnElement[bool]) -> Claim | None:  # noqa: ANN401
    """Claim a row for this process if it is due and the conditions hold; None when another was faster.

    A lease found expired without its process being seen dead counts as a crash of that row.
    """
    table: Table = entity.__table__
    moment = now()
    result = session.execute(
        update(table)
        .where(table.c.id == id_, is_due(table.c), *conditions)
        .values(
            fence=table.c.fence + 1,
            lease_owner=process_name(),
            lease_until=moment + LEASE,
            retry_at=None,
            # A lease that ran out, with nobody to say how its holder ended, counts as a death.
            crashes=table.c.crashes + case((table.c.lease_until.is_not(None), 1), else_=0),
        )
        .returning(table.c.fence, table.c.crashes)
    ).one_or_none()
    if result is None:
        return None
    taken = Claim(table.name, id_, result.fence)
    if result.crashes >= MOST_CRASHES:
        _write(session, table, taken, {"lease_owner": None, "lease_until": None, "failed_reason": POISONOUS})
        return None
    return taken


@contextmanager
def held(taken: Claim) -> Iterator[None]:
    """While inside, this process's heartbeat keeps the claim alive.

    Where the database is away at the end, the heartbeat gives the row back as soon as it is there again: nothing is
    counted against the row, and nobody waits for the lease to run out.
    """
    with _held_lock:
        _held[taken] = 1
    try:
        yield
    except DBAPIError as error:
        if is_away(error):
            with _held_lock:
                _left.add(taken)
        raise
    finally:
        with _held_lock:
            _held.pop(taken, None)


def beat(sessions: sessionmaker[Session]) -> None:
    """Prolong every lease that this process works on, and give back what it could not; called every ``BEAT_S``."""
    with _held_lock:
        claims, left = list(_held), list(_left)
    for taken in left:
        _give_back(sessions, taken)
        with _held_lock:
            _left.discard(taken)
    for taken in claims:
        table = Base.metadata.tables[taken.table]
        mine = (
            table.select()
            .with_only_columns(table.c.id)
            .where(table.c.id == taken.id, table.c.fence == taken.fence, table.c.lease_until.is_not(None))
            # A row whose result is just being committed needs no beat, and the others must not wait for it.
            .with_for_update(skip_locked=True)
        )
        with unit(sessions) as session:
            session.execute(update(table).where(table.c.id.in_(mine)).values(lease_until=now() + LEASE))


def _give_back(sessions: sessionmaker[Session], taken: Claim) -> None:
    """Free the row, unless its result was kept after all or somebody else has it."""
    table = Base.metadata.tables[taken.table]
    with unit(sessions) as session:
        session.execute(
            update(table)
            .where(table.c.id == taken.id, table.c.fence == taken.fence, table.c.lease_owner == process_name())
            .values(lease_owner=None, lease_until=None)
        )


def finish(session: Session, taken: Claim, **values: Any) -> None:  # noqa: ANN401  column values
    """Give the row back with its result, in the transaction of the result; raises ``LeaseLostError``."""
    table = Base.metadata.tables[taken.table]
    values = {"attempts": 0, "crashes": 0, "retry_at": None, "failed_reason": None, **values}
    _write(session, table, taken, {"lease_owner": None, "lease_until": None, **values})


def report_error(session: Session, taken: Claim, reason: str, *, final: bool = False, delay_s: float = 2.0) -> bool:
    """Give the row back after an error; True when it failed for good (``final``, or too many in a row)."""
    table = Base.metadata.tables[taken.table]
    attempts = (
        session.execute(
            update(table)
            .where(table.c.id == taken.id, table.c.fence == taken.fence)
            .values(attempts=table.c.attempts + 1)
            .returning(table.c.attempts)
        ).scalar_one_or_none()
        or 0
    )
    failed = final or attempts >= MOST_ERRORS
    retry_at = now() + dt.timedelta(seconds=delay_s * 2 ** max(0, attempts - 1))
    _write(
        session,
        table,
        taken,
        {
            "lease_owner": None,
            "lease_until": None,
            "retry_at": None if failed else retry_at,
            "failed_reason": reason[:1000] if failed else None,
        },
    )
    return failed


def put_back(session: Session, taken: Claim, *, delay_s: float = REST_S) -> None:
    """Give the row back undone with nothing counted against it: what it needs rests. Raises ``LeaseLostError``."""
    values = {"lease_owner": None, "lease_until": None, "retry_at": now() + dt.timedelta(seconds=delay_s)}
    _write(session, Base.metadata.tables[taken.table], taken, values)


def _write(session: Session, table: Table, taken: Claim, values: dict[str, Any]) -> None:
    result = session.execute(update(table).where(table.c.id == taken.id, table.c.fence == taken.fence).values(**values))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise LeaseLostError(taken.id)


def owners(session: Session) -> set[str]:
    """Every process that holds a lease."""
    found: set[str] = set()
    for table in leased_tables():
        rows = session.execute(table.select().with_only_columns(table.c.lease_owner).distinct())
        found |= {row[0] for row in rows if row[0] is not None}
    return found


def free(session: Session, owner: str, *, count_crash: bool = False) -> int:
    """Free all leases of a process that is gone and say how many there were.

    With ``count_crash`` its death counts against the row, if it was the only one it held: a living
    watcher saw it die. After ``MOST_CRASHES`` in a row the row has failed. A row whose work is done in a
    child (``WORKS_IN_CHILD``) is not blamed: what is poisonous there kills the child, which is counted by itself.
    """
    tables = leased_tables()
    rows = [
        (table, row[0])
        for table in tables
        for row in session.execute(table.select().with_only_columns(table.c.id).where(table.c.lease_owner == owner))
    ]
    counts = count_crash and len(rows) == 1 and not rows[0][0].info.get(WORKS_IN_CHILD)
    for table, id_ in rows:
        session.execute(
            update(table)
            .where(table.c.id == id_, table.c.lease_owner == owner)
            .values(
                lease_owner=None,
                lease_until=None,
                fence=table.c.fence + 1,
                crashes=table.c.crashes + (1 if counts else 0),
            )
        )
        if counts:
            session.execute(
                update(table)
                .where(table.c.id == id_, table.c.crashes >= MOST_CRASHES, table.c.failed_reason.is_(None))
                .values(failed_reason=POISONOUS)
            )
    return len(rows)


POISONOUS = (
    "The program ended five times while it worked on this, each time with nothing else beside it. "
    "What you sent is kept as it came; tell whoever runs this archive."
)


def leased_tables() -> list[Table]:
    """Every table whose rows are worked on under a lease."""
    return [t for t in Base.metadata.sorted_tables if "lease_owner" in t.c and "fence" in t.c]


@dataclass(frozen=True)
class Owed:
    """One row that is owed something: what a worker picks up, and what the admin page shows."""

    job: str
    """``room.verb``."""
    id: str
    priority: int
    since: dt.datetime
    state: str
    """waiting, running, retrying or failed, or what it waits for."""
    attempts: int = 0
    crashes: int = 0
    reason: str | None = None
    due: bool = True
    """Whether a worker may claim it now."""
    turn: int = 0
    """Of rows of one priority those with a smaller number go first, however long they wait."""
