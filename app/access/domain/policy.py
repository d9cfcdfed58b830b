"""The one table of access: what each role may do in the archive and with a story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

Level = Literal["public", "registered", "staff"]
LEVELS: tuple[Level, ...] = ("public", "registered", "staff")
"""Levels a story can be published at, widest first."""

StoryAction = Literal[
    "know",
    "read",
    "hear",
    "edit",
    "see_doubtful",
    "upload",
    "transcribe",
    "record_consent",
    "publish",
    "get_master",
]
ArchiveAction = Literal["contribute", "make_collection", "see_work", "retry_work", "manage_accounts"]
Action = StoryAction | ArchiveAction

Drafts = Literal["none", "own", "all"]


class Asker(Protocol):
    """Who asks; accounts' ``Actor`` is one."""

    @property
    def account_id(self) -> str | None:
        """The account; None for a stranger or the operator."""

    @property
    def role(self) -> str:
        """A key of ``TABLE``."""


class Guard(Protocol):
    """What guards a story; every ``Guarded`` row is one."""

    @property
    def state(self) -> str:
        """Draft or published."""

    @property
    def level(self) -> str | None:
        """Of a published story: one of ``LEVELS``."""

    @property
    def contributor_id(self) -> str | None:
        """The account whose draft it is."""


class Verdict(StrEnum):
    """What is answered: yes; 404 as if it were not there; 401; 403."""

    ALLOW = "allow"
    WITHHOLD = "withhold"
    SIGN_IN = "sign_in"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Rights:
    """One row of the table."""

    levels: frozenset[str]
    """Levels of published stories that the role reads and hears."""
    drafts: Drafts
    """Which drafts it knows, reads, hears."""
    archive: frozenset[ArchiveAction] = frozenset()


_READING: frozenset[StoryAction] = frozenset({"know", "read", "hear"})
"""In this slice knowing that a story exists, its fields, its text and its sound are one right."""
_WORKING: frozenset[StoryAction] = frozenset({"edit", "see_doubtful", "upload", "transcribe", "record_consent"})
"""What a contributor may do with a draft of their own, and a steward with every story."""
_STEWARDING: frozenset[StoryAction] = frozenset({"publish", "get_master"})

_PUBLIC = frozenset({"public"})
_MEMBERS = frozenset({"public", "registered"})
_STAFF = frozenset(LEVELS)

TABLE: dict[str, Rights] = {
    "stranger": Rights(_PUBLIC, "none"),
    "registered": Rights(_MEMBERS, "none"),
    "researcher": Rights(_MEMBERS, "none"),
    "volunteer": Rights(_STAFF, "own", frozenset({"contribute"})),
    "archivist": Rights(_STAFF, "all", frozenset({"contribute", "make_collection", "see_work"})),
    "admin": Rights(
        _STAFF,
        "all",
        frozenset({"contribute", "make_collection", "see_work", "retry_work", "manage_accounts"}),
    ),
}
NOTHING = Rights(frozenset(), "none")
"""What an unknown role may do."""


def rights_of(role: str) -> Rights:
    """The row of a role; a role that is not in the table has no rights at all."""
    return TABLE.get(role, NOTHING)


def decide(actor: Asker, action: Action, guarded: Guard | None = None) -> Verdict:
    """Whether the actor may do the action with the story, or, without one, in the archive.

    A story that the actor may not know of is withheld whatever the action, so that absent and
    forbidden are the same. Unknown roles, actions, states and levels give no right.
    """
    if guarded is None:
        allowed = action in rights_of(actor.role).archive
    else:
        may = actions_on(actor, guarded)
        if "know" not in may:
            return Verdict.WITHHOLD
        allowed = action in may
    if allowed:
        return Verdict.ALLOW
    return Verdict.SIGN_IN if actor.role == "stranger" else Verdict.REFUSE


def actions_on(actor: Asker, guarded: Guard) -> frozenset[StoryAction]:
    """Everything that the actor may do with the story; empty where its existence is withheld."""
    rights = rights_of(actor.role)
    if rights.drafts == "all":
        return _READING | _WORKING | _STEWARDING
    if guarded.state == "draft":
        own = rights.drafts == "own" and actor.account_id is not None and guarded.contributor_id == actor.account_id
        return _READING | _WORKING if own else frozenset()
    if guarded.state == "published" and guarded.level in rights.levels:
        return _READING
    return frozenset()
