"""What a consent covers: uses agreed to, and how wide an audience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from app.access.domain.policy import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Use = Literal["listen", "read", "quote", "download", "publish_online", "process_by_ai"]
Kind = Literal["contributor_statement", "operator_statement", "consent_agreement", "release_form"]
TO_PUBLISH: frozenset[Use] = frozenset({"listen", "read", "publish_online"})
"""Uses that a record must agree to before a story is published at any level."""


class Consent(Protocol):
    """What counts of a consent record; access' ``ConsentRecord`` is one."""

    @property
    def scope(self) -> Sequence[str]:
        """Uses agreed to."""

    @property
    def audience(self) -> str | None:
        """The widest level, where one was named."""

    @property
    def given_by(self) -> str:
        """Who says so."""


def covers(consents: Iterable[Consent], level: str) -> bool:
    """Whether one record agrees to publishing at the level; ``consents`` oldest first.

    A later record of the same person takes the place of an earlier one. A record without an
    audience names no limit. An unknown level or audience is never covered.
    """
    if level not in LEVELS:
        return False
    current = {record.given_by: record for record in consents}
    return any(
        set(record.scope) >= TO_PUBLISH and _is_wide_enough(record.audience, level) for record in current.values()
    )


def _is_wide_enough(audience: str | None, level: str) -> bool:
    if audience is None:
        return True
    return audience in LEVELS and LEVELS.index(audience) <= LEVELS.index(level)
