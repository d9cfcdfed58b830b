"""Calls to S3 by boto3: short waits where a person waits, long ones in jobs, and the port's own errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from app.adapters.objects_s3.resting import Rest
from app.ports.object_store import (
    ObjectExistsError,
    ObjectMissingError,
    StoreFullError,
    StoreRestsError,
    WrongDigestError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client

    from app.kernel.settings import S3Objects

CONNECT_S: Final = 3.0
_POOL: Final = 32
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchUpload", "NotFound", "404"})
_EXISTS: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412"})
_WRONG: Final = frozenset(
    {
        *("BadDigest", "InvalidDigest", "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "IncompleteBody"),
        *("XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"),
    }
)
_FULL: Final = frozenset({"QuotaExceeded", "InsufficientStorage", "InsufficientCapacity", "XMinioStorageFull"})
SILENT: Final = (BotoCoreError, HTTPError, OSError)
"""What a broken or silent line raises, in a call or while a body is read."""
_SERVER_ERROR: Final = 500
_NO_ROOM: Final = 507


class EmptyRangeError(Exception):
    """The range begins behind the object's end."""


class UnsupportedError(StoreRestsError):
    """This server does not know a part of the request."""


class Calls:
    """One bucket. ``ask`` is for requests of people, ``work`` for jobs, where a copy may take minutes."""

    def __init__(self, settings: S3Objects) -> None:
        self.bucket = settings.bucket
        self.rest = Rest()
        self._settings = settings
        self._wait_s = settings.wait_s
        self._quick = self._client(settings.endpoint, settings.wait_s, 1)
        self._patient = self._client(settings.endpoint, settings.patience_s, 2)
        self._outside_endpoint = settings.public_endpoint or settings.endpoint
        self._outside = self._client(self._outside_endpoint, settings.wait_s, 1)

    def ask(self, operation: str, **wanted: Any) -> Any:  # noqa: ANN401  boto3's own shapes
        """One call with the short wait; raises ``StoreRestsError`` and the port's other errors."""
        with self.asking():
            return self._call(self._quick, operation, wanted)

    def work(self, operation: str, **wanted: Any) -> Any:  # noqa: ANN401  boto3's own shapes
        """One call with the long wait; raises the same."""
        with self.asking():
            return self._call(self._patient, operation, wanted)

    def pages(self, operation: str, **wanted: Any) -> Iterator[Any]:  # noqa: ANN401  boto3's own shapes
        """All pages of a listing."""
        paginator: Any = self._quick.get_paginator(operation)  # type: ignore[call-overload]  # a name of ours
        pages = iter(paginator.paginate(Bucket=self.bucket, **wanted))
        while True:
            with self.asking(), self.telling():
                page = next(pages, None)
            if page is None:
                return
            yield page

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around a call; a try after a rest that takes longer than a short call lets the next one try too."""
        with self.rest.asking(CONNECT_S + self._wait_s):
            yield

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn boto3's errors into the port's, and remember whether the store answered."""
        try:
            yield
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= _SERVER_ERROR and error.response["Error"]["Code"] != "NotImplemented":
                self.rest.silent()
            else:
                self.rest.answered()
            raise _told(error, status) from error
        except StoreRestsError:
            raise
        except SILENT as error:
            self.rest.silent()
            raise StoreRestsError from error
        self.rest.answered()

    def address(self, operation: str, expires_s: int, **wanted: Any) -> str:  # noqa: ANN401  boto3's own shapes
        """A signed address, as those reach the store who are outside; no call is made."""
        parameters = {"Bucket": self.bucket, **wanted}
        try:
            return self._outside.generate_presigned_url(operation, Params=parameters, ExpiresIn=expires_s)
        except BotoCoreError as error:  # no key, or an instance role that is not told now
            raise StoreRestsError from error

    def origin(self) -> str:
        """The origin of the addresses that browsers get."""
        client = self._client(self._outside_endpoint, self._wait_s, 1, signed=False)
        parts = urlsplit(client.generate_presigned_url("head_bucket", Params={"Bucket": self.bucket}))
        return f"{parts.scheme}://{parts.netloc}"

    def stranger(self) -> S3Client:
        """A client without any key: what it is given, everybody is given."""
        return self._client(self._settings.endpoint, self._wait_s, 1, signed=False)

    def _call(self, client: S3Client, operation: str, wanted: dict[str, Any]) -> Any:  # noqa: ANN401
        with self.telling():
            return getattr(client, operation)(Bucket=self.bucket, **wanted)

    def _client(self, endpoint: str | None, wait_s: float, attempts: int, *, signed: bool = True) -> S3Client:
        settings = self._settings
        config = Config(
            signature_version="s3v4" if signed else UNSIGNED,
            s3={"addressing_style": settings.addressing},
            connect_timeout=CONNECT_S,
            read_timeout=wait_s,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=_POOL,
            # The checksums that count are given by us; older servers refuse those that boto3 adds by itself.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        client: S3Client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=settings.region,
            aws_access_key_id=settings.access_key.get_secret_value() if settings.access_key else None,
            aws_secret_access_key=settings.secret_key.get_secret_value() if settings.secret_key else None,
            config=config,
        )
        return client


def _told(error: ClientError, status: int) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _MISSING:
        return ObjectMissingError(code)
    if code in _EXISTS:
        return ObjectExistsError("the key is taken")
    if code in _WRONG:
        return WrongDigestError(f"the store refused the bytes: {code}")
    if code == "InvalidRange":
        return EmptyRangeError(code)
    if code in _FULL or status == _NO_ROOM:
        return StoreFullError("There is no room left in the store.")
    return UnsupportedError() if code == "NotImplemented" else StoreRestsError()
