"""The web's floor: a line that breaks is no fault of ours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from app.kernel.web import add_error_handlers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Message

WEB = FastAPI()
add_error_handlers(WEB)


@WEB.put("/part")
async def take(request: Request) -> int:
    """All bytes of the body."""
    return sum([len(piece) async for piece in request.stream()])


def sent(messages: Sequence[dict[str, Any]]) -> tuple[int, list[dict[str, Any]]]:
    """The status of a request whose sender does this, and what is logged."""
    left = list(messages)
    answers: list[Message] = []

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {
        "type": "http", "method": "PUT", "path": "/part", "raw_path": b"/part", "query_string": b"", "headers": [],
        "http_version": "1.1", "scheme": "http", "server": ("archive.test", 80), "client": ("127.0.0.1", 1),
        "root_path": "",
    }  # fmt: skip
    with capture_logs() as logged:
        asyncio.run(WEB(scope, receive, send))
    return answers[0]["status"], [dict(line) for line in logged]


def test_a_sender_who_is_gone_is_a_line_and_no_error() -> None:
    """The middle of a part, as on every bad line; what the archive does wrong must not drown in it."""
    status, logged = sent([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])
    assert status == 499
    assert [(line["log_level"], line["event"], line["path"]) for line in logged] == [("info", "sender_gone", "/part")]


def test_a_whole_body_is_taken() -> None:
    """The same request with a good line."""
    assert sent([{"type": "http.request", "body": b"whole", "more_body": False}]) == (200, [])
