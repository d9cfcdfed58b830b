"""Who acts, and what accounts say on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["stranger", "registered", "researcher", "volunteer", "archivist", "admin"]
ROLES: tuple[Role, ...] = ("registered", "researcher", "volunteer", "archivist", "admin")
"""Roles an account may have; a stranger has no account."""


@dataclass(frozen=True)
class Actor:
    """Who asks: a stranger, a signed-in account, or the operator of this machine (the command line)."""

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
        """The person at this machine's command line: may do what an admin may, and the audit says so."""
        return cls(None, "admin", unix_name)

    @property
    def name(self) -> str:
        """How the audit names the actor."""
        if self.operator is not None:
            return f"operator:{self.operator}"
        return f"account:{self.account_id}" if self.account_id else "stranger"
