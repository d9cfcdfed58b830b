"""Buckets of a real S3 server (SeaweedFS), one server a test run, that tests share."""

from __future__ import annotations

import atexit
import uuid
from contextlib import ExitStack
from functools import cache
from typing import Any

import httpx
import pytest

from app.adapters.objects_s3 import S3ObjectStore
from app.adapters.objects_s3.incoming import as_hex
from app.kernel.settings import S3Objects
from app.ports.object_store import (
    AddressExpiredError,
    ObjectMissingError,
    Part,
    PartAddress,
    WrongDigestError,
)
from workers.servers.own import NoServerError
from workers.servers.seaweed import SeaweedServer, a_seaweed

ADDRESS = "https://archive.test"


@cache
def seaweed() -> SeaweedServer | str:
    """The run's server, or one line why there is none."""
    stack = ExitStack()
    atexit.register(stack.close)
    try:
        return stack.enter_context(a_seaweed())
    except NoServerError as error:
        return error.detail


def the_server() -> SeaweedServer:
    """The run's server; skips the test where there is none."""
    found = seaweed()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def a_bucket(server: SeaweedServer | None = None, name: str = "", **over: Any) -> dict[str, Any]:
    """The settings of a new bucket that is set up for ``ADDRESS``."""
    wanted = (server or the_server()).settings(name or f"sb-{uuid.uuid4().hex[:12]}", **over)
    store_of(wanted).set_up()
    return wanted


def store_of(wanted: dict[str, Any]) -> S3ObjectStore:
    """The store of these settings."""
    return S3ObjectStore(S3Objects(**wanted), address=ADDRESS)


def put(address: PartAddress, data: bytes) -> httpx.Response:
    """Send a part as a browser does: its own connection, only the headers that it was given."""
    return httpx.request(address.method, address.url, content=data, headers=dict(address.headers), timeout=60)


def deliver(address: PartAddress, data: bytes) -> Part:
    """Send a part; raises what the store's answer means."""
    answer = put(address, data)
    if answer.status_code in (400, 403, 404):
        code = answer.text.partition("<Code>")[2].partition("</Code>")[0]
        if code == "BadDigest":
            raise WrongDigestError(code)
        if code == "NoSuchUpload":
            raise ObjectMissingError(code)
        # SeaweedFS and Amazon refuse an address of a negative time with 400, an old or changed one with 403.
        assert answer.status_code == 403 or code == "AuthorizationQueryParametersError", answer.text
        raise AddressExpiredError(code)
    assert answer.status_code == 200, answer.text
    digest = address.headers["x-amz-checksum-sha256"]
    return Part(address.number, len(data), answer.headers["etag"].strip('"'), as_hex(digest))
