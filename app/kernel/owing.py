"""What is owed: each room says which rows; what is due, what rests and the counts are asked of all in one way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import Integer, String, and_, bindparam, case, func, literal, null, or_

from app.kernel.db import UtcDateTime
from app.kernel.leases import Owed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select, SQLColumnExpression
    from sqlalchemy.orm import Session

WAITING: Final = "waiting"
"""The one state in which a row is due: a worker may claim it now."""
FAILED: Final = "failed"
"""Nobody tries again until a person asks."""
MOMENT: Final = bindparam("moment", type_=UtcDateTime())
"""The moment that is asked for."""
MOST: Final = bindparam("most", type_=Integer())
"""How many rows are asked for at most."""
LOOKED_AT: Final = 64
"""Due rows of one kind that a worker looks at; when these are done it sees more."""
LISTED: Final = 500
"""Rows of one kind that are listed for people; of more the number is told."""


@dataclass(frozen=True)
class Tally:
    """All rows that are owed the same job and are in the same state, counted by the database."""

    job: str
    state: str
    count: int
    oldest: dt.datetime
    """Since when the one that waits longest is owed."""


class Owing(Protocol):
    """What the pipeline tells of all rooms together: admin knows no room."""

    def owed(self, session: Session, moment: dt.datetime, id_: str | None = None) -> list[Owed]:
        """What is due and what rests, most urgent first and not without end; with ``id_`` all of that row."""

    def tallies(self, session: Session, moment: dt.datetime) -> list[Tally]:
        """Everything that is owed, counted."""


def state_of(row: Any) -> ColumnElement[str]:  # noqa: ANN401  any class with Leased's columns
    """The state of a leased row at ``MOMENT``: waiting, running, retrying or failed."""
    return case(
        (row.failed_reason.is_not(None), FAILED),
        (row.lease_until >= MOMENT, "running"),
        (row.retry_at > MOMENT, "retrying"),
        else_=WAITING,
    )


def is_free(row: Any) -> ColumnElement[bool]:  # noqa: ANN401  any class with Leased's columns, or none joined to it
    """The same as the state ``waiting``, in words of which a database knows how often they are true."""
    return and_(
        row.failed_reason.is_(None),
        or_(row.lease_until.is_(None), row.lease_until < MOMENT),
        or_(row.retry_at.is_(None), row.retry_at <= MOMENT),
    )


def line(  # noqa: PLR0913  what a line says
    job: str | SQLColumnExpression[str],
    id_: Any,  # noqa: ANN401  a column of text
    *,
    since: Any,  # noqa: ANN401  a column of moments
    priority: int | SQLColumnExpression[int],
    turn: int | SQLColumnExpression[int] = 0,
    state: ColumnElement[str] | None = None,
    lease: Any = None,  # noqa: ANN401  a class with Leased's columns
    reason: Any = None,  # noqa: ANN401  a column of text
) -> tuple[ColumnElement[Any], ...]:
    """The columns of a kind's rows; without a ``state`` it is that of the ``lease``, without that they are all due."""
    if state is None:
        state = literal(WAITING, String) if lease is None else state_of(lease)
    return (
        (literal(job, String) if isinstance(job, str) else job).label("job"),
        id_.label("id"),
        (literal(priority, Integer) if isinstance(priority, int) else priority).label("priority"),
        (literal(turn, Integer) if isinstance(turn, int) else turn).label("turn"),
        since.label("since"),
        state.label("state"),
        (literal(0, Integer) if lease is None else func.coalesce(lease.attempts, 0)).label("attempts"),
        (literal(0, Integer) if lease is None else func.coalesce(lease.crashes, 0)).label("crashes"),
        (reason if reason is not None else null() if lease is None else lease.failed_reason).label("reason"),
    )


class Kind:
    """Rows of one table that are owed one job, or one of a few.

    What is due is asked for by the database and then limited: what waits for something else takes no place from it.
    """

    def __init__(
        self,
        jobs: Sequence[str],
        rows: Select[Any],
        *order: SQLColumnExpression[Any],
        first: Select[Any] | None = None,
        rests: Select[Any] | None = None,
        before: Mapping[str, dt.timedelta] | None = None,
    ) -> None:
        """``rows`` selects the columns of ``line``; ``order``: which of the due ones come first.

        ``first``: those that are due and no others, where the first ``MOST`` of them are found more quickly so.
        ``rests``: the same rows, where those that are not due are. ``before``: moments that the rows name by a
        parameter, as so long before ``MOMENT``.
        """
        self.jobs = tuple(jobs)
        soon = rows.where(rows.selected_columns.state == WAITING) if first is None else first
        resting = rows if rests is None else rests
        # Built once: every worker asks each second, and building takes longer than most answers.
        self._due = soon.order_by(*order).limit(MOST)
        self._rests = (
            resting.where(resting.selected_columns.state != WAITING)
            # What failed waits for a person.
            .order_by(resting.selected_columns.state != FAILED, resting.selected_columns.since)
            .limit(MOST)
        )
        self._one = rows.where(rows.selected_columns.id == bindparam("id_", type_=String()))
        counted = rows.subquery()
        self._tally = (
            counted.select()
            .with_only_columns(counted.c.job, counted.c.state, func.count(), func.min(counted.c.since))
            .group_by(counted.c.job, counted.c.state)
        )
        self._before = dict(before or {})

    def due(self, session: Session, moment: dt.datetime, most: int = LOOKED_AT) -> list[Owed]:
        """Rows that may be claimed at ``moment``, the first of them first."""
        return _owed(session.execute(self._due, {**self._at(moment), "most": most}))

    def rest(self, session: Session, moment: dt.datetime, most: int = LISTED) -> list[Owed]:
        """Rows that failed for good, and those that run or wait for something, the longest waiting first."""
        return _owed(session.execute(self._rests, {**self._at(moment), "most": most}))

    def one(self, session: Session, moment: dt.datetime, id_: str) -> list[Owed]:
        """What is owed to this row, due or not."""
        return _owed(session.execute(self._one, {**self._at(moment), "id_": id_}))

    def tally(self, session: Session, moment: dt.datetime) -> list[Tally]:
        """All rows by job and state."""
        return [Tally(*row) for row in session.execute(self._tally, self._at(moment))]

    def _at(self, moment: dt.datetime) -> dict[str, dt.datetime]:
        return {"moment": moment, **{name: moment - span for name, span in self._before.items()}}


def _owed(rows: Iterable[Any]) -> list[Owed]:
    return [
        Owed(
            row.job,
            row.id,
            row.priority,
            row.since,
            row.state,
            row.attempts,
            row.crashes,
            row.reason,
            row.state == WAITING,
            row.turn,
        )
        for row in rows
    ]
