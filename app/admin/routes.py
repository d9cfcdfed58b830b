"""What is owed, who works, and whether this process answers."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from app.access.commands import require
from app.accounts.dependencies import CurrentActor
from app.admin import commands, queries
from app.admin.domain.door import may_look
from app.admin.schemas import (
    DoorSeen,
    Health,
    OwedCount,
    OwedList,
    OwedRead,
    PartHealth,
    Readiness,
    RetryRead,
    RetryRequest,
    WorkerList,
    WorkerRead,
)
from app.kernel.db import unit
from app.kernel.errors import NotAllowedError, NotFoundError, SignInNeededError
from app.kernel.owing import Owing
from app.kernel.time import now
from app.kernel.web import Unit, ports_of, problems
from app.ports.search_index import SearchUnavailableError

router = APIRouter(prefix="/api/v1", tags=["admin"])

READY_FOR_S = 5.0
LATE = dt.timedelta(minutes=15)
DOOR_PAUSE_S = 1.0
INDEXING = "search.index_story"
Part = Literal["database", "objects", "search", "work", "index"]
NOT_DONE = ("waiting", "retrying")
"""What somebody should have done: not what runs, failed for good, or waits for something that is itself owed."""


def _owing(request: Request) -> Owing:
    """What every room says is owed; main puts the pipeline into ``app.state.owed``."""
    return cast("Owing", request.app.state.owed)


@router.get("/admin/owed", operation_id="list_owed", responses=problems(SignInNeededError, NotAllowedError))
def list_owed(request: Request, session: Unit, actor: CurrentActor) -> OwedList:
    """Work that is owed, running or failed, the longest waiting first, and all of it counted."""
    require(actor, "see_work")
    moment = now()
    lines = sorted(_owing(request).owed(session, moment), key=lambda line: (line.since, line.job, line.id))
    counts = sorted(_owing(request).tallies(session, moment), key=lambda one: (one.job, one.state))
    return OwedList(
        items=[OwedRead.model_validate(line) for line in lines],
        counts=[OwedCount.model_validate(one) for one in counts],
        left_off=max(0, sum(one.count for one in counts) - len(lines)),
    )


@router.post(
    "/admin/owed/retry",
    operation_id="retry_owed",
    status_code=202,
    responses=problems(SignInNeededError, NotAllowedError, NotFoundError),
)
def retry_owed(request: Request, session: Unit, actor: CurrentActor, body: RetryRequest) -> RetryRead:
    """Try failed work again."""
    jobs = ports_of(request).jobs
    owing = _owing(request)
    commands.retry(session, actor, jobs, owed=lambda: owing.owed(session, now(), body.id), job=body.job, id_=body.id)
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


@router.get(
    "/health/ready",
    operation_id="ready",
    responses={503: {"model": Readiness, "description": "The database or the object store cannot be reached."}},
)
def ready(request: Request, response: Response) -> Readiness:
    """Say whether readers can be served, for a proxy or a supervisor; looked at once in five seconds.

    Search at rest or work that waits do not make it unready: browsing, listening and reading go on without them.
    """
    kept: tuple[float, Readiness] | None = getattr(request.app.state, "readiness", None)
    if kept is None or time.monotonic() - kept[0] > READY_FOR_S:
        kept = (time.monotonic(), _look(request))
        request.app.state.readiness = kept
    response.status_code = 200 if kept[1].ok else 503
    return kept[1]


@router.get(
    "/health/door",
    operation_id="look_at_door",
    response_class=StreamingResponse,
    responses=problems(NotFoundError),
)
def look_at_door(
    request: Request,
    expires: Annotated[int, Query(ge=0)],
    signature: Annotated[str, Query(max_length=64)],
) -> StreamingResponse:
    """Tell our own ``doctor`` how its request arrived, and a second later that the stream went on.

    Two short server-sent events, as live words come. Without a right that the archive's secret signed there is
    nothing here.
    """
    if not may_look(ports_of(request).settings.signing_key(), expires, signature, now().timestamp()):
        raise NotFoundError
    seen = DoorSeen(
        scheme=request.url.scheme,
        host=request.headers.get("host", ""),
        address=request.client.host if request.client else "",
        forwarded_for=", ".join(request.headers.getlist("x-forwarded-for")),
        forwarded_proto=request.headers.get("x-forwarded-proto", ""),
    )

    async def events() -> AsyncIterator[str]:
        yield f"event: seen\ndata: {seen.model_dump_json()}\n\n"
        await asyncio.sleep(DOOR_PAUSE_S)
        yield "event: end\ndata: {}\n\n"

    return StreamingResponse(
        events(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


def _look(request: Request) -> Readiness:
    ports = ports_of(request)
    moment = now()
    reached: dict[Part, bool] = {"database": True, "work": True, "index": True}
    try:
        with unit(ports.sessions, write=False) as session:
            for one in _owing(request).tallies(session, moment):
                if one.state in NOT_DONE and moment - one.oldest > LATE:
                    reached["index" if one.job == INDEXING else "work"] = False
    except SQLAlchemyError:
        reached["database"] = False
    checks: tuple[tuple[Part, Callable[[], None], type[Exception]], ...] = (
        ("objects", ports.objects.check, OSError),
        ("search", ports.search_index.health, SearchUnavailableError),
    )
    for part, check, error in checks:
        try:
            check()
            reached[part] = True
        except error:
            reached[part] = False
    return Readiness(
        ok=reached["database"] and reached["objects"],
        parts=[PartHealth(part=part, ok=ok) for part, ok in sorted(reached.items())],
    )
