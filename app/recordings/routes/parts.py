"""The local store's part addresses: each carries its own right, so a page may outlive its sign-in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.kernel.errors import NotFoundError
from app.kernel.web import problems
from app.ports.object_store import (
    AddressExpiredError,
    ObjectMissingError,
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
    try:
        receiver.check_address(part, signature)
        declared = request.headers.get("content-length")
        if declared is not None and declared != str(part.size_bytes):
            raise WrongPartError
        kept = await receiver.receive(part.ref, part.number, part.size_bytes, part.sha256, request.stream())
    except AddressExpiredError as error:
        raise AddressNotGoodError from error
    except ObjectMissingError as error:
        raise UploadClosedError from error
    except WrongDigestError as error:
        raise WrongPartError from error
    except StoreFullError as error:
        raise NoRoomError from error
    return Response(headers={"ETag": f'"{kept.etag}"'})
