"""What is owed, who works, and whether this process answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
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
from app.kernel.looks import Looks
from app.kernel.owing import Owing, Tally
from app.kernel.time import now
from app.kernel.web import Unit, ports_of, problems
from app.ports.search_index import SearchUnavailableError

router = APIRouter(prefix="/api/v1", tags=["admin"])

READY_FOR_S = 5.0
FORMER_S = 15.0
"""How old an answer may be that is given while a new one is looked for."""
LOOK_S = 4.0
"""All parts together: docker-compose.yml, and whoever else asks, waits a little longer before it gives up."""
LATE_S = 15 * 60
DOOR_PAUSE_S = 1.0
INDEXING = "search.index_story"
Part = Literal["database", "objects", "search", "work", "index"]
NOT_DONE = ("waiting", "retrying")
"""What somebody should have done: not what runs, failed for good, or waits for something that is itself owed."""
NOT_REACHED: Mapping[Part, type[Exception]] = {
    "database": SQLAlchemyError,
    "objects": OSError,
    "search": SearchUnavailableError,
}


@dataclass
class Readying:
    """What a process knew last of its parts; main puts one into ``app.state.readying``."""

    looks: Looks = field(default_factory=lambda: Looks(LOOK_S))
    turn: threading.Lock = field(default_factory=threading.Lock)
    known: tuple[float, Readiness] | None = None

    def ask(self, look: Callable[[Looks], Readiness]) -> Readiness:
        """What is known, looked at anew after ``READY_FOR_S`` by one who asks."""
        known = self.known
        age_s = time.monotonic() - known[0] if known else FORMER_S
        if known is not None and age_s <= READY_FOR_S:
            return known[1]
        # Whoever waits here keeps a thread from the pages; who can be told what was known a moment ago does not wait.
        if not self.turn.acquire(blocking=known is None or age_s >= FORMER_S) and known is not None:
            return known[1]
        try:
            newest = self.known
            if newest is None or newest is known:
                found = look(self.looks)
                self.known = newest = (time.monotonic(), found)
            return newest[1]
        finally:
            self.turn.release()


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
    """Say within five seconds whether readers can be served, for a proxy or a supervisor.

    Looked at once in five seconds. Search at rest or work that waits do not make it unready: browsing, listening and
    reading go on without them.
    """
    found = cast("Readying", request.app.state.readying).ask(lambda looks: _look(request, looks))
    if not found.ok:
        response.status_code = 503
        response.headers["Retry-After"] = str(round(READY_FOR_S))
    return found


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


def _look(request: Request, looks: Looks) -> Readiness:
    ports, owing = ports_of(request), _owing(request)

    def tallies() -> list[Tally]:
        with unit(ports.sessions, write=False) as session:
            return owing.tallies(session, now())

    parts: dict[Part, Callable[[], object]] = {
        "database": tallies,
        "objects": ports.objects.check,
        "search": ports.search_index.health,
    }
    answers = looks.at(parts)
    reached: dict[Part, bool] = {part: _is_reached(answers[part], error) for part, error in NOT_REACHED.items()}
    work_s = index_s = None
    if reached["database"] and (told := answers["database"]) is not None:
        work_s = _longest_wait_s(one for one in told.result() if one.job != INDEXING)
        index_s = _longest_wait_s(one for one in told.result() if one.job == INDEXING)
    reached["work"] = work_s is not None and work_s <= LATE_S
    reached["index"] = index_s is not None and index_s <= LATE_S
    return Readiness(
        ok=reached["database"] and reached["objects"],
        parts=[PartHealth(part=part, ok=ok) for part, ok in sorted(reached.items())],
        oldest_owed_seconds=_told_s(work_s),
        search_behind_seconds=_told_s(index_s),
    )


def _told_s(waits_s: int | None) -> int | None:
    """What everybody may know: a number that moves with each change would tell of stories that are withheld."""
    return waits_s if waits_s is None or waits_s > LATE_S else 0


def _is_reached(answer: Future[object] | None, error: type[Exception]) -> bool:
    """Whether the part answered in time and is well; an error that is none of a part out of reach is raised."""
    if answer is None:
        return False
    try:
        answer.result()
    except error:
        return False
    return True


def _longest_wait_s(tallies: Iterable[Tally]) -> int:
    moment = now()
    waits = ((moment - one.oldest).total_seconds() for one in tallies if one.state in NOT_DONE)
    return int(max([0.0, *waits]))
