"""Errors that a person sees: a slug, a status and a sentence that says what is safe and what to do."""

from __future__ import annotations

from typing import Any, ClassVar


class ArchiveError(Exception):
    """Base of all errors that rooms raise; one handler renders them as RFC 9457 problem details."""

    slug: ClassVar[str] = "archive-error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    passes: ClassVar[bool] = False
    """Whether waiting helps, so that ``Retry-After`` is sent."""

    def __init__(self, detail: str | None = None, **extra: Any) -> None:  # noqa: ANN401  JSON values
        """``detail`` is the sentence for this case; ``extra`` are members of the problem object."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra = extra


class NotFoundError(ArchiveError):
    """Absent, forbidden and withdrawn look the same."""

    slug = "not-found"
    status = 404
    title = "There is nothing here that you can open."


class SignInNeededError(ArchiveError):
    """The route is for people who signed in."""

    slug = "sign-in-needed"
    status = 401
    title = "Please sign in first."


class NotAllowedError(ArchiveError):
    """The object may be known to this reader, but not the action."""

    slug = "not-allowed"
    status = 403
    title = "Your account may not do this. Ask an archivist."


class BadInputError(ArchiveError):
    """The payload has the right shape and a value that cannot be taken."""

    slug = "bad-input"
    status = 400
    title = "One of the values cannot be used."


class ConflictError(ArchiveError):
    """Somebody else changed it first."""

    slug = "conflict"
    status = 409
    title = "Somebody changed this while you were working. Both are kept; load it again and choose."


class KeyReusedError(ArchiveError):
    """One Idempotency-Key for two things."""

    slug = "idempotency-key-reused"
    status = 409
    title = "This Idempotency-Key was used for something else, which is kept. Use a new one."


class UnavailableError(ArchiveError):
    """A part of the archive rests; ``Retry-After`` is sent."""

    slug = "unavailable"
    status = 503
    passes = True
    title = "A part of the archive is resting. Nothing is lost; try again in a minute."


class NotReadyError(ArchiveError):
    """It exists and cannot be given yet."""

    slug = "not-ready"
    status = 409
    title = "This is not ready yet. Nothing is lost; come back in a little while."
