"""Who asks: the actor of a request, read from its session cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

import structlog
from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.accounts import commands, queries
from app.accounts.domain.limits import TOUCH_AFTER
from app.accounts.schemas import Actor, Role
from app.kernel.db import unit
from app.kernel.errors import SignInNeededError
from app.kernel.settings import Settings
from app.kernel.time import now
from app.kernel.web import SAFE_METHODS, Unit, ports_of

if TYPE_CHECKING:
    from app.accounts.models import SignInSession

_PLAIN: Final = "storybraid"


def are_cookies_secure(settings: Settings) -> bool:
    """Whether cookies are Secure: on https, and on loopback unless the insecure LAN is allowed."""
    return settings.secure_cookies and not (settings.insecure_lan and settings.address.startswith("http:"))


def cookie_name(settings: Settings, suffix: str = "") -> str:
    """The name of our cookie; ``__Host-`` binds a Secure one to exactly this host."""
    return f"__Host-{_PLAIN}{suffix}" if are_cookies_secure(settings) else f"{_PLAIN}{suffix}"


def current_actor(request: Request, session: Unit) -> Actor:
    """Whoever the session cookie says, else a stranger; a cookie that no longer holds is no cookie.

    ``request.state.sign_in_id`` names the sign-in that was used, None for a stranger.
    """
    request.state.sign_in_id = None
    token = request.cookies.get(cookie_name(ports_of(request).settings))
    found = queries.signed_in_by(session, token, now()) if token else None
    if found is None:
        return Actor.stranger()
    sign_in, account = found
    request.state.sign_in_id = sign_in.id
    if now() - sign_in.seen_at >= TOUCH_AFTER:
        _note_seen(request, session, sign_in)
    return Actor(account.id, cast("Role", account.role))


def _note_seen(request: Request, session: Unit, sign_in: SignInSession) -> None:
    if request.method not in SAFE_METHODS:
        commands.note_seen(session, sign_in.id)
        return
    try:
        # The unit of a reading request never commits, so this takes a short one of its own.
        with unit(ports_of(request).sessions) as writing:
            commands.note_seen(writing, sign_in.id)
    except (OperationalError, PoolTimeoutError):
        # Nobody is refused a page because the moment could not be written down.
        structlog.get_logger("accounts").warning("sign_in_not_noted", sign_in_id=sign_in.id)


CurrentActor = Annotated[Actor, Depends(current_actor, scope="function")]


def signed_in(actor: CurrentActor) -> Actor:
    """The actor of a route for accounts only; raises ``SignInNeededError`` for a stranger."""
    if actor.account_id is None:
        raise SignInNeededError
    return actor


SignedIn = Annotated[Actor, Depends(signed_in, scope="function")]


def check_still_signed_in(request: Request, session: Session) -> None:
    """For streams, which outlive their first look: raise ``SignInNeededError`` when the sign-in has ended since."""
    sign_in_id = request.state.sign_in_id
    if sign_in_id is not None and not queries.still_holds(session, sign_in_id, now()):
        raise SignInNeededError
