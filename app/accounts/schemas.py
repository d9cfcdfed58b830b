"""Who acts, and what accounts say on the wire."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.kernel.errors import ArchiveError, ConflictError, NotFoundError

Role = Literal["stranger", "registered", "researcher", "volunteer", "archivist", "admin"]
ROLES: tuple[Role, ...] = ("registered", "researcher", "volunteer", "archivist", "admin")
"""Roles an account may have; a stranger has no account."""


@dataclass(frozen=True)
class Actor:
    """Who asks: a stranger, a signed-in account, or the operator of this machine."""

    account_id: str | None
    role: Role
    operator: str | None = None
    """Unix user name when the operator acts."""

    @classmethod
    def stranger(cls) -> Actor:
        """Nobody in particular."""
        return cls(None, "stranger")

    @classmethod
    def as_operator(cls, unix_name: str) -> Actor:
        """The person at this machine's command line: an admin whom the audit names."""
        return cls(None, "admin", unix_name)

    @property
    def name(self) -> str:
        """How the audit names the actor."""
        if self.operator is not None:
            return f"operator:{self.operator}"
        return f"account:{self.account_id}" if self.account_id else "stranger"


class WrongSignInError(ArchiveError):
    """The address is unknown, the password is wrong or the account is disabled: one answer."""

    slug = "wrong-sign-in"
    status = 401
    title = "This e-mail address and password do not belong together. Check both and try again."


class TooManyTriesError(ArchiveError):
    """Too many wrong tries; ``retry_after_s`` says when the next one is looked at."""

    slug = "too-many-tries"
    status = 429
    title = "There were too many tries to sign in. Wait a little and try again; nothing is lost."


class WeakPasswordError(ArchiveError):
    """The password is too easy to guess; the sentence says why."""

    slug = "weak-password"
    status = 400
    title = "Choose another password."


class LinkUsedError(NotFoundError):
    """A one-time link that was used, replaced or is too old."""

    slug = "link-used"
    title = "This link was used already or is too old. Ask the person who sent it for a new one."


class AccountExistsError(ConflictError):
    """The address has an account."""

    slug = "account-exists"
    title = "There is already an account with this e-mail address. Sign in instead."


class _Write(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SignInCreate(_Write):
    """Who wants in."""

    email: str = Field(max_length=400)
    password: str = Field(max_length=4096)


class LinkLook(_Write):
    """A link that is only looked at."""

    token: str = Field(max_length=200)


class LinkAccept(_Write):
    """A link that is used; ``email`` for the set-up link only."""

    token: str = Field(max_length=200)
    email: str | None = Field(default=None, max_length=400)
    name: str = Field(max_length=200)
    password: str = Field(max_length=4096)


class AccountRead(_Read):
    """An account as its owner sees it."""

    id: str
    email: str
    name: str
    role: Role


class SessionRead(_Read):
    """Who is signed in, whether the archive has an admin, whether cookies travel in the clear."""

    account: AccountRead | None
    set_up: bool
    insecure: bool


class SignInRead(_Read):
    """One signed-in browser of the account."""

    id: str
    user_agent: str
    created_at: dt.datetime
    seen_at: dt.datetime
    current: bool


class SignInList(_Read):
    """All of them, last used first."""

    items: list[SignInRead]


class LinkRead(_Read):
    """What a link is for."""

    kind: Literal["setup", "invite", "reset"]
    email: str | None
    role: Role
