"""Transcription while it runs: the cues as they come, and asking for it again."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, status
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.accounts.dependencies import CurrentActor, check_still_signed_in
from app.kernel.db import unit
from app.kernel.errors import (
    ArchiveError,
    BadInputError,
    NotAllowedError,
    NotFoundError,
    NotReadyError,
    SignInNeededError,
)
from app.kernel.web import Unit, ports_of, problems
from app.recordings.queries import progress_of
from app.transcripts import commands, queries
from app.transcripts.commands.versions import StillTranscribingError
from app.transcripts.schemas import LiveCues, TranscribeAccepted, TranscribeRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.accounts.schemas import Actor
    from app.ports import Ports

router = APIRouter(prefix="/api/v1", tags=["transcripts"])
ENDED = ("ready", "failed", "rejected")
LONGEST_STREAM_S = 3600


@router.get(
    "/recordings/{recording_id}/cues",
    operation_id="live_cues",
    responses=problems(NotFoundError, BadInputError),
)
def live_cues(session: Unit, actor: CurrentActor, recording_id: str, after: str | None = None) -> LiveCues:
    """Cues committed since ``after``, for those who may edit the story."""
    return queries.live_cues(session, actor, recording_id, after)


@router.get(
    "/recordings/{recording_id}/events",
    operation_id="recording_events",
    response_class=StreamingResponse,
    responses=problems(NotFoundError),
)
def recording_events(session: Unit, actor: CurrentActor, recording_id: str, request: Request) -> StreamingResponse:
    """Progress and cues once a second as server-sent events; nothing lives only in them."""
    queries.live_cues(session, actor, recording_id, None)  # 404 before the stream begins
    stream = _events(request, ports_of(request), actor, recording_id)
    return StreamingResponse(
        stream, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


async def _events(request: Request, ports: Ports, actor: Actor, recording_id: str) -> AsyncIterator[str]:
    after: str | None = None
    for _ in range(LONGEST_STREAM_S):
        if await request.is_disconnected():
            return
        try:
            progress, cues = await run_in_threadpool(_look, request, ports, actor, recording_id, after)
        except ArchiveError:
            return  # what may be seen changed: the stream ends, and the page asks again
        yield _event("progress", progress)
        if cues.items or cues.next != after:
            yield _event("cues", cues.model_dump(mode="json"))
        after = cues.next
        if progress["state"] in ENDED:
            return
        await asyncio.sleep(1)


def _look(
    request: Request, ports: Ports, actor: Actor, recording_id: str, after: str | None
) -> tuple[dict[str, object], LiveCues]:
    with unit(ports.sessions, write=False) as session:
        check_still_signed_in(request, session)
        cues = queries.live_cues(session, actor, recording_id, after)
        return progress_of(session, actor, recording_id).model_dump(mode="json"), cues


def _event(name: str, data: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@router.post(
    "/recordings/{recording_id}/transcribe",
    operation_id="transcribe_again",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(NotFoundError, SignInNeededError, NotAllowedError, NotReadyError, StillTranscribingError),
)
def transcribe_again(
    session: Unit, actor: CurrentActor, recording_id: str, wanted: TranscribeRequest
) -> TranscribeAccepted:
    """Make a new version with other languages or another model; the old one stays."""
    version = commands.transcribe_again(session, actor, recording_id, wanted.languages, wanted.model)
    return TranscribeAccepted(version=version.number)
