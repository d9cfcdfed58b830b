"""What is owed, who works, and whether this process answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import cast

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.access.commands import require
from app.accounts.dependencies import CurrentActor
from app.admin import commands, queries
from app.admin.schemas import (
    Health,
    OwedList,
    OwedRead,
    RetryRead,
    RetryRequest,
    WorkerList,
    WorkerRead,
)
from app.kernel.errors import NotAllowedError, NotFoundError, SignInNeededError
from app.kernel.leases import Owed
from app.kernel.time import now
from app.kernel.web import Unit, ports_of, problems

router = APIRouter(prefix="/api/v1", tags=["admin"])

OwedNow = Callable[[Session, dt.datetime], list[Owed]]


def _owed(request: Request, session: Session) -> list[Owed]:
    """What every room says is owed; main puts the pipeline's list into ``app.state.owed``."""
    owed = cast("OwedNow", request.app.state.owed)
    return sorted(owed(session, now()), key=lambda line: (line.since, line.job, line.id))


@router.get("/admin/owed", operation_id="list_owed", responses=problems(SignInNeededError, NotAllowedError))
def list_owed(request: Request, session: Unit, actor: CurrentActor) -> OwedList:
    """All work that is owed, running or failed, the longest waiting first."""
    require(actor, "see_work")
    return OwedList(items=[OwedRead.model_validate(line) for line in _owed(request, session)])


@router.post(
    "/admin/owed/retry",
    operation_id="retry_owed",
    status_code=202,
    responses=problems(SignInNeededError, NotAllowedError, NotFoundError),
)
def retry_owed(request: Request, session: Unit, actor: CurrentActor, body: RetryRequest) -> RetryRead:
    """Try failed work again."""
    jobs = ports_of(request).jobs
    commands.retry(session, actor, jobs, owed=lambda: _owed(request, session), job=body.job, id_=body.id)
    return RetryRead(job=body.job, id=body.id)


@router.get(
    "/admin/workers",
    operation_id="list_workers",
    responses=problems(SignInNeededError, NotAllowedError),
)
def list_workers(session: Unit, actor: CurrentActor) -> WorkerList:
    """The worker processes that live."""
    require(actor, "see_work")
    living = queries.living_workers(session, now())
    return WorkerList(items=[WorkerRead.model_validate(worker) for worker in living])


@router.get("/health/live", operation_id="live")
def live() -> Health:
    """Say that the process answers; looks at nothing else."""
    return Health(ok=True)
