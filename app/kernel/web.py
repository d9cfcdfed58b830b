"""The web's floor: the unit of work as a dependency, problem details, and the headers every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import structlog
from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect

from app.kernel.db import UnstorableTextError
from app.kernel.db import unit as open_unit
from app.kernel.errors import ArchiveError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.ports import Ports

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROBLEM = "application/problem+json"
METHOD_NOT_ALLOWED = 405


def ports_of(request: Request) -> Ports:
    """The process's ports."""
    return cast("Ports", request.app.state.ports)


def unit(request: Request) -> Iterator[Session]:
    """The request's one transaction; reading requests get a reading one."""
    with open_unit(ports_of(request).sessions, write=request.method not in SAFE_METHODS) as session:
        yield session


Unit = Annotated[Session, Depends(unit, scope="function")]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]
"""The same key again gives what the first request with it made."""


def problems(*errors: type[ArchiveError]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI ``responses`` of the errors a route raises."""
    answers: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        text = f"{error.slug}: {error.title}"
        known = answers.get(error.status)
        answers[error.status] = {
            "description": f"{known['description']} · {text}" if known else text,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return answers


PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def problem_answer(error: ArchiveError) -> JSONResponse:
    """RFC 9457 problem details with a sentence a volunteer understands."""
    body = {
        "type": f"/docs/problems#{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        **error.extra,
    }
    headers = {"Retry-After": "10"} if error.passes else {}
    if "retry_after_s" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after_s"])
    return JSONResponse(body, error.status, headers, media_type=PROBLEM)


def add_error_handlers(app: FastAPI) -> None:
    """Render every error as a problem; an unknown one is logged and says that nothing is lost."""

    @app.exception_handler(ArchiveError)
    def _archive(_request: Request, error: ArchiveError) -> JSONResponse:
        return problem_answer(error)

    @app.exception_handler(RequestValidationError)
    def _shape(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = [
            {"place": ".".join(str(p) for p in e["loc"]), "message": e["msg"].removeprefix("Value error, ")}
            for e in error.errors()[:20]
        ]
        body = {
            "type": "/docs/problems#wrong-shape",
            "title": "The request does not have the shape this address takes.",
            "status": 422,
            "detail": f"{places[0]['place']}: {places[0]['message']}" if places else "",
            "places": places,
        }
        return JSONResponse(body, 422, media_type=PROBLEM)

    @app.exception_handler(StarletteHTTPException)
    def _plain(request: Request, error: StarletteHTTPException) -> JSONResponse:
        if error.status_code == NotFoundError.status:
            return problem_answer(NotFoundError())
        detail = error.detail
        if error.status_code == METHOD_NOT_ALLOWED:
            detail = f"This address takes no {request.method} requests. Nothing was changed."
        body = {"type": "about:blank", "title": error.detail, "status": error.status_code, "detail": detail}
        return JSONResponse(body, error.status_code, error.headers, media_type=PROBLEM)

    app.exception_handler(ClientDisconnect)(_gone)
    app.exception_handler(StatementError)(_refused_by_database)
    app.exception_handler(PoolTimeoutError)(_resting)
    app.exception_handler(Exception)(_unknown)
    app.add_middleware(Unforeseen)  # the first that is added is the innermost


def _refused_by_database(request: Request, error: StatementError) -> JSONResponse:
    """What the database or its driver refused: a text that cannot be kept, a wait that was too long, a rest."""
    if isinstance(error.orig, ArchiveError):
        return problem_answer(error.orig)
    if isinstance(error, DataError):
        return problem_answer(UnstorableTextError(NO_SUCH_VALUE))
    return _resting(request, error) if isinstance(error, OperationalError) else _unknown(request, error)


def _resting(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger("web").warning("database_rests", path=request.url.path, error=type(error).__name__)
    return problem_answer(UnavailableError())


def _gone(request: Request, _error: Exception) -> Response:
    """A line that breaks is no fault of the archive, and nobody is left to answer."""
    structlog.get_logger("web").info("sender_gone", path=request.url.path)
    return Response(status_code=SENDER_GONE)


def _unknown(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger("web").error("request_failed", path=request.url.path, exc_info=error)
    body = {
        "type": "/docs/problems#archive-error",
        "title": ArchiveError.title,
        "status": 500,
        "detail": "Something went wrong on our side. What you sent before is kept; try again in a minute.",
    }
    return JSONResponse(body, 500, media_type=PROBLEM)


class Unforeseen:
    """ASGI middleware: an error that nobody foresaw is one line that has the request's id, and a 500 with our headers.

    Starlette's own place for this lies outside of all that: it answers without them, and has the server log it again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 500 where no answer has begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:  # noqa: BLE001  whatever it is
            answer = _unknown(Request(scope), error)
            # An answer that ends before its end is one that the server breaks off, so that its reader sees it.
            if not begun:
                await answer(scope, receive, send)


SENDER_GONE = 499
"""No standard status; servers write this one in their logs."""
NO_SUCH_VALUE = "One of the values is longer or larger than what can be kept. Nothing was changed; shorten it."

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'{stores}; media-src 'self' blob:{stores}; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


LARGEST_BODY = 4 * 1024 * 1024
"""Of JSON: the list of ten thousand parts of an upload has 2 MB, anything else far less."""
STREAMED = "/api/v1/objects/parts/"
"""Addresses whose body is never held in memory and has a limit of its own."""
NO_STORE = (b"cache-control", b"no-store")


class SafeHeaders:
    """ASGI middleware: security headers on every answer, and no unsafe request from another site."""

    def __init__(self, app: ASGIApp, *, origin: str, stores: str = "") -> None:
        """``origin`` is the archive's own; ``stores`` are origins of the object store, space first."""
        self.app = app
        self.origin = origin
        policy = CONTENT_POLICY.format(stores=stores)
        self.headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self)"),
        ]
        if origin.startswith("https:"):
            self.headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to a cross-site unsafe request, else add the headers that the answer lacks."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        # What one reader is answered is for that reader now: no cache shows it after consent was taken back.
        wanted = [*self.headers, NO_STORE] if scope["path"].startswith("/api/") else self.headers

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in wanted if h[0] not in present)]
            await send(message)

        if scope["method"] not in SAFE_METHODS and self._is_foreign(scope):
            answer = problem_answer(CrossSiteError())
            await answer(scope, receive, send_safely)
            return
        bounded = receive if scope["path"].startswith(STREAMED) else _at_most(LARGEST_BODY, receive)
        await self.app(scope, bounded, send_safely)

    def _is_foreign(self, scope: Scope) -> bool:
        def said(name: bytes) -> set[str]:
            return {value.decode("latin-1") for key, value in scope["headers"] if key == name and value}

        # Of a header that came twice each must be ours: which of them counts is nobody's guess.
        sites = said(b"sec-fetch-site")
        if sites:
            return not sites <= {"same-origin", "none"}
        # A client without either header is no browser and carries no cookie that it did not mean to send.
        own = {self.origin} | {f"{scheme}://{host}" for host in said(b"host") for scheme in ("http", "https")}
        return not said(b"origin") <= own


def _at_most(size_bytes: int, receive: Receive) -> Receive:
    """The request's body, ended by 413 where it goes on too long: nobody fills the memory, signed in or not."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > size_bytes:
            raise StarletteHTTPException(413, "This request is too long, so nothing was done with it.")
        return message

    return bounded


class CrossSiteError(ArchiveError):
    """An unsafe request that another site's page made."""

    slug = "cross-site"
    status = 403
    title = "This request came from another site, so nothing was done."
