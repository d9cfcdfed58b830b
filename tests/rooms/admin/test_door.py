"""How a request from outside arrives: told to whoever holds the archive's secret, and to nobody else."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from app.admin.domain.door import GOOD_S, may_look, sign_door
from app.admin.schemas import DoorSeen

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive

DOOR = "/api/v1/health/door"
KEY = b"the secret of an archive"


def test_doctor_is_told_how_its_request_arrived(archive: TestArchive) -> None:
    """Scheme, host and sender as the archive believes them, then the end of the stream a second later."""
    expires = int(time.time()) + GOOD_S
    signature = sign_door(archive.ports.settings.signing_key(), expires)
    asked: dict[str, str | int] = {"expires": expires, "signature": signature}
    headers = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
    began = time.monotonic()
    answer = archive.client().get(DOOR, params=asked, headers=headers)
    assert time.monotonic() - began >= 1
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["cache-control"] == "no-store"
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    seen = DoorSeen(**json.loads(events[0]))
    assert (seen.scheme, seen.host, seen.address) == ("https", "archive.test", "testclient")
    assert (seen.forwarded_for, seen.forwarded_proto) == ("192.0.2.1", "https")
    assert events[1:] == ["{}"]


@pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 64])
def test_a_stranger_finds_nothing(archive: TestArchive, signature: str) -> None:
    """Without a signature by the secret the address looks like one that is not there."""
    asked: dict[str, str | int] = {"expires": int(time.time()) + 30, "signature": signature}
    assert archive.client("admin").get(DOOR, params=asked).status_code == 404


def test_a_right_lasts_a_minute_and_no_longer() -> None:
    """An old one is over, one from far in the future is none of ours, and another secret signs nothing here."""
    moment = 1_000_000.0
    for expires, holds in ((1_000_059, True), (999_999, False), (1_000_000 + 10 * GOOD_S, False)):
        assert may_look(KEY, expires, sign_door(KEY, expires), moment) is holds
    assert not may_look(KEY, 1_000_059, sign_door(b"another", 1_000_059), moment)
    assert not may_look(KEY, 1_000_058, sign_door(KEY, 1_000_059), moment)
