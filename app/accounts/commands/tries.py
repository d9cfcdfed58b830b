"""Counts of tries to sign in, in the database, so that all processes share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, update

from app.accounts import queries
from app.accounts.domain.limits import WINDOW, Counter
from app.accounts.models import FailedSignIns
from app.accounts.schemas import TooManyTriesError
from app.kernel.db import insert_into
from app.kernel.time import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def count_try(session: Session, counters: Sequence[Counter]) -> None:
    """Count one try before its password is looked at, so that tries at the same moment count too.

    Raises ``TooManyTriesError`` when one of the counts is full; this try is then not counted.
    """
    moment = now()
    # Rows in a fixed order and without waiting, so that two who sweep do not wait for each other in a circle.
    session.execute(delete(FailedSignIns).where(FailedSignIns.key.in_(queries.ended_windows(moment))))
    for counter in counters:
        values = {"key": counter.key, "failures": 1, "window_ends_at": moment + WINDOW}
        counted = session.execute(
            insert_into(session, FailedSignIns)
            .values(**values)
            .on_conflict_do_update(index_elements=["key"], set_={"failures": FailedSignIns.failures + 1})
            .returning(FailedSignIns.failures, FailedSignIns.window_ends_at)
        ).one()
        if counted.failures > counter.most:
            wait_s = max(1, round((counted.window_ends_at - moment).total_seconds()))
            raise TooManyTriesError(retry_after_s=wait_s)


def forgive_try(session: Session, counters: Sequence[Counter]) -> None:
    """Take back the try that was right.

    The first count is this account's own and starts anew; the others belong to everybody at this
    address or to all who try this account, and lose only this one.
    """
    own, *shared = counters
    session.execute(delete(FailedSignIns).where(FailedSignIns.key == own.key))
    for counter in shared:
        less = case((FailedSignIns.failures > 0, FailedSignIns.failures - 1), else_=0)
        session.execute(update(FailedSignIns).where(FailedSignIns.key == counter.key).values(failures=less))
