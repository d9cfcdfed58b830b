"""The web's floor: a line that breaks is no fault of ours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from structlog.testing import capture_logs

from app.kernel.web import add_error_handlers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.types import Message

WEB = FastAPI()
add_error_handlers(WEB)


@WEB.put("/part")
async def take(request: Request) -> int:
    """All bytes of the body."""
    return sum([len(piece) async for piece in request.stream()])


@WEB.put("/broken")
def break_off(*, begun: bool) -> StreamingResponse:
    """An error before the answer, or in the middle of it."""
    if not begun:
        raise RuntimeError

    def halves() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError

    return StreamingResponse(halves())


def sent(messages: Sequence[dict[str, Any]]) -> tuple[int, list[dict[str, Any]]]:
    """The status of a request whose sender does this, and what is logged."""
    answers, logged = answered(messages, "/part")
    return answers[0]["status"], logged


def answered(
    messages: Sequence[dict[str, Any]], path: str, query: bytes = b""
) -> tuple[list[Message], list[dict[str, Any]]]:
    """What is answered to such a sender, and what is logged."""
    left = list(messages)
    answers: list[Message] = []

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {
        "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": query, "headers": [],
        "http_version": "1.1", "scheme": "http", "server": ("archive.test", 80), "client": ("127.0.0.1", 1),
        "root_path": "", "asgi": {"version": "3.0", "spec_version": "2.4"},
    }  # fmt: skip
    with capture_logs() as logged:
        asyncio.run(WEB(scope, receive, send))
    return answers, [dict(line) for line in logged]


def test_a_sender_who_is_gone_is_a_line_and_no_error() -> None:
    """The middle of a part, as on every bad line; what the archive does wrong must not drown in it."""
    status, logged = sent([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])
    assert status == 499
    assert [(line["log_level"], line["event"], line["path"]) for line in logged] == [("info", "sender_gone", "/part")]


def test_a_whole_body_is_taken() -> None:
    """The same request with a good line."""
    assert sent([{"type": "http.request", "body": b"whole", "more_body": False}]) == (200, [])


@pytest.mark.parametrize("begun", [False, True])
def test_what_nobody_foresaw_is_told_once(begun: bool) -> None:  # noqa: FBT001  a case
    """The server hears of no error, so it logs none; an answer that had begun has no end, so it breaks that off."""
    answers, logged = answered([{"type": "http.request"}], "/broken", f"begun={begun}".encode())
    assert [(line["event"], line["path"]) for line in logged] == [("request_failed", "/broken")]
    assert answers[0]["status"] == (200 if begun else 500)
    assert answers[-1].get("more_body", False) == begun
