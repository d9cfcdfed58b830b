"""Buckets of a real S3 server (SeaweedFS): one server a test process, and a bucket for every archive that wants one."""

from __future__ import annotations

import atexit
import itertools
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from pathlib import Path

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


def store_of(wanted: dict[str, Any], address: str = ADDRESS) -> S3ObjectStore:
    """The store of these settings."""
    return S3ObjectStore(S3Objects(**wanted), address=address)


@dataclass
class Buckets:
    """The buckets of archives, each remembered by its archive's folder."""

    by_folder: dict[Path, dict[str, Any]] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    _ready_for: set[tuple[Path, str]] = field(default_factory=set)

    def of(self, folder: Path, address: str) -> dict[str, Any]:
        """The settings of the bucket of the archive in the folder, whose pages at the address may send to it."""
        place = folder.resolve()
        if place not in self.by_folder:
            self.by_folder[place] = the_server().settings(f"archive-{next(self.numbers)}")
        wanted = self.by_folder[place]
        if (place, address) not in self._ready_for:
            store_of(wanted, address).set_up()
            self._ready_for.add((place, address))
        return wanted

    def drop_since(self, known: set[Path]) -> None:
        """Drop the buckets of folders that were not known before a test, with all that is in them."""
        for place in set(self.by_folder) - known:
            store_of(self.by_folder.pop(place))._calls.work("delete_bucket")


BUCKETS = Buckets()
"""What this test process has of S3."""


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
