"""Events: what a room announces upward; the pipeline says which jobs follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Event:
    """Something that happened to the row ``id``; subclasses are named in the past tense."""

    id: str


def announce(session: Session, event: Event) -> None:
    """Tell whoever follows, within this transaction: their jobs run if and only if it commits."""
    follow: Callable[[Session, Event], None] | None = session.info.get("follow")
    if follow is not None:
        follow(session, event)
