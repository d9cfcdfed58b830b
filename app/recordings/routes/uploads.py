"""Uploading: a plan, addresses for the parts, what arrived, and that all is sent."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.accounts.dependencies import CurrentActor, SignedIn, check_still_signed_in
from app.kernel.db import unit
from app.kernel.errors import (
    ArchiveError,
    BadInputError,
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
    SignInNeededError,
)
from app.kernel.web import IdempotencyKey, Unit, ports_of, problems
from app.recordings import commands, queries
from app.recordings.domain.refusals import (
    AlreadyCompleteError,
    EmptyFileError,
    NoRoomError,
    NotARecordingError,
    PartsBadError,
    PartsMissingError,
    QuotaUsedUpError,
    TooLargeError,
    UploadClosedError,
)
from app.recordings.domain.uploads import ABANDONED_AFTER, MAX_CONCURRENCY
from app.recordings.schemas import (
    CompleteAnswer,
    CompleteRequest,
    PartAddressRead,
    PartsAnswer,
    PartsRequest,
    UploadCreate,
    UploadList,
    UploadPlan,
    UploadRead,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.accounts.schemas import Actor
    from app.ports import Ports

router = APIRouter(prefix="/api/v1", tags=["uploads"])
ENDED: Final = ("ready", "failed", "rejected", "abandoned", "cancelled")
LONGEST_STREAM_S: Final = 600
"""A page opens the stream again by itself, and who asks is looked at anew."""
LOOK_EVERY_S: Final = 1.0


@router.post(
    "/uploads",
    operation_id="begin_upload",
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        SignInNeededError,
        NotAllowedError,
        NotFoundError,
        EmptyFileError,
        KeyReusedError,
        TooLargeError,
        NotARecordingError,
        QuotaUsedUpError,
        NoRoomError,
    ),
)
def begin_upload(
    request: Request,
    session: Unit,
    actor: CurrentActor,
    wanted: UploadCreate,
    idempotency_key: IdempotencyKey = None,
) -> UploadPlan:
    """Begin an upload; the same Idempotency-Key again gives the same upload."""
    ports = ports_of(request)
    upload = commands.begin_upload(session, ports, actor, wanted, idempotency_key)
    return UploadPlan(
        id=upload.id,
        state=queries.followed(session, upload).state,
        story_id=upload.story_id,
        part_size_bytes=upload.part_size_bytes,
        part_count=upload.part_count,
        max_concurrency=MAX_CONCURRENCY,
        expires_at=upload.last_part_at + ABANDONED_AFTER,
    )


@router.get("/uploads", operation_id="list_uploads", responses=problems(SignInNeededError))
def list_uploads(
    request: Request,
    session: Unit,
    actor: SignedIn,
    only_open: Annotated[bool, Query(alias="open")] = False,
) -> UploadList:
    """Your own uploads, newest first; ``open``: those that still want something."""
    objects = ports_of(request).objects
    found = queries.uploads_of(session, actor, only_open=only_open)
    known = [queries.followed(session, upload) for upload in found]
    session.close()  # who waits for a store that is slow holds up nobody
    return UploadList(items=[queries.upload_read(objects, one) for one in known])


@router.get("/uploads/{upload_id}", operation_id="read_upload", responses=problems(NotFoundError))
def read_upload(request: Request, session: Unit, actor: CurrentActor, upload_id: str) -> UploadRead:
    """How far your upload is; from ``stored`` on, how far its recording is."""
    known = queries.followed(session, queries.own_upload(session, actor, upload_id))
    session.close()
    return queries.upload_read(ports_of(request).objects, known)


@router.post(
    "/uploads/{upload_id}/parts",
    operation_id="give_part_addresses",
    responses=problems(NotFoundError, BadInputError, UploadClosedError, AlreadyCompleteError),
)
def give_part_addresses(
    request: Request, session: Unit, actor: CurrentActor, upload_id: str, wanted: PartsRequest
) -> PartsAnswer:
    """Fresh addresses for parts, at any time; an address that got old costs nothing."""
    addresses, received = commands.give_addresses(session, ports_of(request), actor, upload_id, wanted.parts)
    return PartsAnswer(
        parts=[
            PartAddressRead(
                number=address.number,
                method=address.method,
                url=_seen_from(request, address.url),
                headers=dict(address.headers),
                expires_at=address.expires_at,
            )
            for address in addresses
        ],
        received=received,
    )


def _seen_from(request: Request, url: str) -> str:
    """Our own addresses without their origin, for a page that reached us by another name than ours.

    A page may send only to where it came from; an address elsewhere (S3) is left as it is.
    """
    own = ports_of(request).settings.address
    if url.startswith(f"{own}/") and request.headers.get("host") != urlsplit(own).netloc:
        return url.removeprefix(own)
    return url


@router.post(
    "/uploads/{upload_id}/complete",
    operation_id="complete_upload",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(NotFoundError, PartsMissingError, UploadClosedError, PartsBadError),
)
def complete_upload(
    request: Request, session: Unit, actor: CurrentActor, upload_id: str, sent: CompleteRequest
) -> CompleteAnswer:
    """Say that all parts are sent; again = the same. Safe it is only at ``stored``."""
    ports = ports_of(request)
    upload = commands.complete_upload(session, ports, actor, upload_id, sent.parts)
    return CompleteAnswer(state=queries.followed(session, upload).state, recording_id=upload.recording_id)


@router.delete(
    "/uploads/{upload_id}",
    operation_id="cancel_upload",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(NotFoundError, AlreadyCompleteError),
)
def cancel_upload(session: Unit, actor: CurrentActor, upload_id: str) -> Response:
    """Call it off; what was sent is forgotten."""
    commands.cancel_upload(session, actor, upload_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get(
    "/uploads/{upload_id}/events",
    operation_id="upload_events",
    response_class=StreamingResponse,
    responses=problems(NotFoundError),
)
def upload_events(request: Request, session: Unit, actor: CurrentActor, upload_id: str) -> StreamingResponse:
    """The body of the upload whenever it changes, once a second at most, as server-sent events."""
    queries.own_upload(session, actor, upload_id)  # 404 before the stream begins
    return StreamingResponse(
        _events(request, ports_of(request), actor, upload_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(request: Request, ports: Ports, actor: Actor, upload_id: str) -> AsyncIterator[str]:
    """No session is held between two looks; the stream ends with the work, or after ten minutes."""
    said = ""
    until = time.monotonic() + LONGEST_STREAM_S
    while time.monotonic() < until and not await request.is_disconnected():
        try:
            body = await run_in_threadpool(_look, request, ports, actor, upload_id)
        except ArchiveError:
            return
        text = body.model_dump_json()
        if text != said:
            said = text
            yield f"event: progress\ndata: {text}\n\n"
        if body.state in ENDED:
            return
        await asyncio.sleep(LOOK_EVERY_S)


def _look(request: Request, ports: Ports, actor: Actor, upload_id: str) -> UploadRead:
    with unit(ports.sessions, write=False) as session:
        check_still_signed_in(request, session)
        known = queries.followed(session, queries.own_upload(session, actor, upload_id))
    return queries.upload_read(ports.objects, known)
