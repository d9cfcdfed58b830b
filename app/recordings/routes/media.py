"""The sound, picture and waveform of recordings, by byte range, for those who may hear the story."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.access.commands import require
from app.accounts.dependencies import CurrentActor
from app.kernel.errors import NotAllowedError, NotFoundError, NotReadyError, SignInNeededError, UnavailableError
from app.kernel.text import content_disposition, shown_file_name
from app.kernel.web import Unit, ports_of, problem_answer, problems
from app.ports.object_store import ObjectMissingError
from app.recordings import queries
from app.recordings.domain.ranges import RangeNotSatisfiableError, is_known, wanted_span
from app.recordings.domain.refusals import RangeBeyondEndError
from app.recordings.schemas import ProgressRead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

    from app.ports.object_store import ObjectStore
    from app.recordings.models import MediaFile
    from app.stories.models import Story

router = APIRouter(prefix="/api/v1/recordings/{recording_id}", tags=["recordings"])
CHUNK_BYTES: Final = 256 * 1024
ADDRESS_GOOD_S: Final = 300
"""Longest life of a signed address (ACCESS C6); what is not public never gets one."""
_BYTES: Final = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_ANSWERS: Final = {
    **problems(NotFoundError, NotReadyError, RangeBeyondEndError),
    200: {"description": "The whole file.", **_BYTES},
    206: {"description": "The bytes of the Range.", **_BYTES},
    304: {"description": "The file is as its ETag, which was sent, says."},
}
_ELSEWHERE: Final = {"description": "Of a public story: the store's own signed address of the file."}
_NOT_YET = "The copy for listening is still being made. The original is safe; come back in a little while."


@router.get("/progress", operation_id="recording_progress", responses=problems(NotFoundError))
def recording_progress(session: Unit, actor: CurrentActor, recording_id: str) -> ProgressRead:
    """How far the recording is."""
    return queries.progress_of(session, actor, recording_id)


@router.head("/sound", include_in_schema=False)
@router.get("/sound", operation_id="recording_sound", response_class=Response, responses={**_ANSWERS, 307: _ELSEWHERE})
def recording_sound(request: Request, session: Unit, actor: CurrentActor, recording_id: str) -> Response:
    """The copy for listening (for a film: for watching)."""
    return _answer(request, session, actor, recording_id, "access_copy")


@router.head("/waveform", include_in_schema=False)
@router.get("/waveform", operation_id="recording_waveform", response_class=Response, responses=_ANSWERS)
def recording_waveform(request: Request, session: Unit, actor: CurrentActor, recording_id: str) -> Response:
    """The waveform: an audiowaveform .dat file of version 2, 20 points a second."""
    return _answer(request, session, actor, recording_id, "waveform")


@router.head("/poster", include_in_schema=False)
@router.get("/poster", operation_id="recording_poster", response_class=Response, responses=_ANSWERS)
def recording_poster(request: Request, session: Unit, actor: CurrentActor, recording_id: str) -> Response:
    """A still picture, JPEG."""
    return _answer(request, session, actor, recording_id, "poster")


@router.head("/master", include_in_schema=False)
@router.get(
    "/master",
    operation_id="recording_master",
    response_class=Response,
    responses={**_ANSWERS, **problems(NotFoundError, SignInNeededError, NotAllowedError, RangeBeyondEndError)},
)
def recording_master(request: Request, session: Unit, actor: CurrentActor, recording_id: str) -> Response:
    """The original as it was sent, for download, for those who may have it."""
    return _answer(request, session, actor, recording_id, "preservation_master")


def _answer(request: Request, session: Unit, actor: CurrentActor, recording_id: str, use: str) -> Response:
    """Everything is read from the database here; the session is closed before the store is asked."""
    story, recording, file = queries.file_of_reader(session, actor, recording_id, use)
    is_master = use == "preservation_master"
    if is_master:
        require(actor, "get_master", story)
    if file is None:
        if recording.state in ("stored", "processing") and use != "poster":
            raise NotReadyError(_NOT_YET)
        raise NotFoundError
    disposition = "inline"
    if is_master:
        disposition = content_disposition("attachment", shown_file_name(recording.filename))
    objects = ports_of(request).objects
    if use == "access_copy" and request.method == "GET" and _is_public(story):
        elsewhere = objects.get_url(file.key, ADDRESS_GOOD_S, recording.filename, disposition, file.content_type)
        if elsewhere is not None:
            return RedirectResponse(elsewhere, 307, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    # Who waits for a store that is slow keeps no connection from those who need none of it.
    session.close()
    return _file_answer(request, objects, story, file, disposition)


def _file_answer(request: Request, objects: ObjectStore, story: Story, file: MediaFile, disposition: str) -> Response:
    etag = f'"{file.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        # Consent taken back works at once: even what all may hear is asked for again each time.
        "Cache-Control": "no-cache" if _is_public(story) else "private, no-store",
        "Vary": "Cookie",
    }
    if is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    asked = request.headers
    try:
        span = wanted_span(asked.get("range"), asked.get("if-range"), etag, file.size_bytes)
    except RangeNotSatisfiableError:
        answer = problem_answer(RangeBeyondEndError())
        answer.headers.update({**headers, "Content-Range": f"bytes */{file.size_bytes}"})
        return answer
    if span is not None:
        headers["Content-Range"] = span.content_range
    headers["Content-Length"] = str(span.length if span else file.size_bytes)
    status = 206 if span else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=file.content_type)
    try:
        body = objects.open(file.key, span.start if span else 0, span.end if span else None)
    except ObjectMissingError as error:
        raise UnavailableError from error
    return _FileBody(body, status, headers, file.content_type)


def _is_public(story: Story) -> bool:
    return story.state == "published" and story.level == "public"


class _FileBody(StreamingResponse):
    """A file as a body, read in threads and closed however the answer ends."""

    def __init__(self, file: BinaryIO, status: int, headers: dict[str, str], content_type: str) -> None:
        super().__init__(_chunks(file), status, headers, content_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._file.close)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
