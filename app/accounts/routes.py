"""Signing in and out, one's own sign-ins, and one-time links."""

from __future__ import annotations

import secrets
from typing import cast

from fastapi import APIRouter, Request, Response

from app.accounts import commands, queries
from app.accounts.dependencies import CurrentActor, SignedIn, are_cookies_secure, cookie_name
from app.accounts.domain.device import device_mark, known_device
from app.accounts.domain.limits import ABSOLUTE
from app.accounts.schemas import (
    AccountExistsError,
    AccountRead,
    LinkAccept,
    LinkLook,
    LinkRead,
    LinkUsedError,
    SessionRead,
    SignInCreate,
    SignInList,
    SignInRead,
    TooManyTriesError,
    WeakPasswordError,
    WrongSignInError,
)
from app.kernel.db import unit
from app.kernel.errors import BadInputError, NotFoundError, SignInNeededError, UnavailableError
from app.kernel.settings import Settings
from app.kernel.time import now
from app.kernel.web import Unit, ports_of, problems

_DEVICE = "-device"
_YEAR_S = 365 * 24 * 3600


router = APIRouter(prefix="/api/v1", tags=["accounts"])


@router.get("/session", operation_id="current_session")
def current_session(request: Request, session: Unit, actor: CurrentActor) -> SessionRead:
    """Who is signed in; for a stranger whether the archive has been set up."""
    account = queries.account(session, actor.account_id) if actor.account_id else None
    return SessionRead(
        account=AccountRead.model_validate(account) if account else None,
        set_up=queries.has_admin(session),
        insecure=not are_cookies_secure(ports_of(request).settings),
    )


# The next two open short units of their own: a hash is never computed inside a writing transaction,
# and a wrong try is counted although its answer is an error.
@router.post(
    "/session",
    operation_id="sign_in",
    responses=problems(WrongSignInError, TooManyTriesError, UnavailableError),
)
def sign_in(request: Request, response: Response, body: SignInCreate) -> SessionRead:
    """Sign in by e-mail and password; sets the session cookie."""
    ports = ports_of(request)
    mark = request.cookies.get(cookie_name(ports.settings, _DEVICE))
    made = commands.sign_in(
        ports.sessions,
        body.email,
        body.password,
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        device_of=lambda email: known_device(ports.settings.signing_key(), email, mark),
        old_token=request.cookies.get(cookie_name(ports.settings)),
    )
    return _signed_in(request, response, made)


@router.post(
    "/invitations/accept",
    operation_id="accept_invitation",
    responses=problems(LinkUsedError, WeakPasswordError, BadInputError, AccountExistsError, UnavailableError),
)
def accept_invitation(request: Request, response: Response, body: LinkAccept) -> SessionRead:
    """Use a link: make the account, or set its new password, and sign in."""
    ports = ports_of(request)
    made = commands.accept(
        ports.sessions,
        body.token,
        email=body.email,
        name=body.name,
        password=body.password,
        user_agent=request.headers.get("user-agent", ""),
        old_token=request.cookies.get(cookie_name(ports.settings)),
    )
    return _signed_in(request, response, made)


@router.post("/invitations/look", operation_id="look_at_invitation", responses=problems(LinkUsedError))
def look_at_invitation(request: Request, body: LinkLook) -> LinkRead:
    """What a link is for; changes nothing, so that mail scanners and previews use nothing up."""
    with unit(ports_of(request).sessions, write=False) as reading:
        link = queries.open_invitation(reading, body.token, now())
        if link is None:
            raise LinkUsedError
        return LinkRead.model_validate(link)


@router.delete("/session", operation_id="sign_out", status_code=204)
def sign_out(request: Request, response: Response, session: Unit, actor: CurrentActor) -> None:
    """Sign out on this device; for a stranger nothing happens."""
    if request.state.sign_in_id is not None:
        commands.end_sign_in(session, actor, request.state.sign_in_id)
    _forget_cookie(response, ports_of(request).settings)


@router.get("/sessions", operation_id="list_sessions", responses=problems(SignInNeededError))
def list_sessions(request: Request, session: Unit, actor: SignedIn) -> SignInList:
    """Where this account is signed in."""
    rows = queries.sessions_of(session, cast("str", actor.account_id), now())
    return SignInList(
        items=[
            SignInRead(
                id=row.id,
                user_agent=row.user_agent,
                created_at=row.created_at,
                seen_at=row.seen_at,
                current=row.id == request.state.sign_in_id,
            )
            for row in rows
        ]
    )


@router.delete(
    "/sessions/{sign_in_id}",
    operation_id="end_session",
    status_code=204,
    responses=problems(SignInNeededError, NotFoundError),
)
def end_session(sign_in_id: str, request: Request, response: Response, session: Unit, actor: SignedIn) -> None:
    """Sign this account out on one device."""
    commands.end_sign_in(session, actor, sign_in_id)
    if sign_in_id == request.state.sign_in_id:
        _forget_cookie(response, ports_of(request).settings)


def _signed_in(request: Request, response: Response, made: commands.NewSignIn) -> SessionRead:
    settings = ports_of(request).settings
    mark = device_mark(settings.signing_key(), made.account.email, secrets.token_urlsafe(16))
    _set_cookie(response, settings, cookie_name(settings), made.token, int(ABSOLUTE.total_seconds()))
    _set_cookie(response, settings, cookie_name(settings, _DEVICE), mark, _YEAR_S)
    with unit(ports_of(request).sessions, write=False) as reading:
        set_up = queries.has_admin(reading)
    return SessionRead(
        account=AccountRead.model_validate(made.account),
        set_up=set_up,
        insecure=not are_cookies_secure(settings),
    )


def _set_cookie(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=are_cookies_secure(settings),
        httponly=True,
        samesite="lax",
    )


def _forget_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        cookie_name(settings),
        path="/",
        secure=are_cookies_secure(settings),
        httponly=True,
        samesite="lax",
    )
