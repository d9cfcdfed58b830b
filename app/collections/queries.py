"""Reading collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.collections.models import Collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def collections(session: Session) -> Sequence[Collection]:
    """All collections by title; their titles are public."""
    return session.scalars(select(Collection).order_by(Collection.title, Collection.id)).all()


def collection(session: Session, id_: str) -> Collection | None:
    """One collection, None when there is none."""
    return session.get(Collection, id_)


def count_of_collections(session: Session) -> int:
    """How many collections there are."""
    return session.scalar(select(func.count()).select_from(Collection)) or 0
