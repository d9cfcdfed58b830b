"""The local store's part addresses: each carries its own right, so a page may outlive its sign-in."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from app.kernel.errors import ArchiveError, NotFoundError
from app.kernel.web import problems
from app.ports.object_store import (
    AddressExpiredError,
    ObjectMissingError,
    Part,
    SignedPart,
    StoreFullError,
    WrongDigestError,
)
from app.recordings.dependencies import Receiver
from app.recordings.domain.refusals import (
    AddressNotGoodError,
    NoRoomError,
    UploadClosedError,
    WrongPartError,
)

MOST_HEARD_OUT: Final = 16 * 1024 * 1024
"""Bytes that are read of a refused part: two parts as they usually are."""
router = APIRouter(prefix="/api/v1", tags=["uploads"])


@router.put(
    "/objects/parts/{ref}/{number}",
    operation_id="put_part",
    responses=problems(WrongPartError, AddressNotGoodError, NotFoundError, UploadClosedError, NoRoomError),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_part(
    request: Request,
    receiver: Receiver,
    ref: Annotated[str, Path(max_length=64)],
    number: Annotated[int, Path(ge=1, le=10_000)],
    offset: Annotated[int, Query(ge=0)],
    size: Annotated[int, Query(ge=0)],
    sha256: Annotated[str, Query(max_length=64)],
    expires: Annotated[int, Query(ge=0)],
    signature: Annotated[str, Query(max_length=64)],
) -> Response:
    """Take the bytes of one part; they count once their digest is the announced one."""
    part = SignedPart(ref, number, offset, size, sha256, expires)
    sent = request.stream()
    try:
        kept = await _take(request, sent, receiver, part, signature)
    except ArchiveError:
        await _hear_out(sent)
        raise
    return Response(headers={"ETag": f'"{kept.etag}"'})


async def _take(
    request: Request, sent: AsyncIterator[bytes], receiver: Receiver, part: SignedPart, signature: str
) -> Part:
    try:
        receiver.check_address(part, signature)
        declared = request.headers.get("content-length")
        if declared is not None and declared != str(part.size_bytes):
            raise WrongPartError
        return await receiver.receive(part.ref, part.number, part.size_bytes, part.sha256, sent)
    except AddressExpiredError as error:
        raise AddressNotGoodError from error
    except ObjectMissingError as error:
        raise UploadClosedError from error
    except WrongDigestError as error:
        raise WrongPartError from error
    except StoreFullError as error:
        raise NoRoomError from error


async def _hear_out(sent: AsyncIterator[bytes]) -> None:
    """Throw away what still comes of a refused part: who is cut off while sending hears no answer.

    A server in front makes a 502 of that, and a browser a broken line, which both are tried again for ever.
    """
    heard = 0
    with contextlib.suppress(ClientDisconnect):
        async for chunk in sent:  # what is left of it, perhaps nothing
            heard += len(chunk)
            if heard > MOST_HEARD_OUT:
                return
