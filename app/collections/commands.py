"""Writing collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.collections.models import Collection
from app.collections.queries import count_of_collections
from app.kernel.db import alone
from app.kernel.text import composed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add_collection(session: Session, title: str, description: str = "") -> Collection:
    """A new, empty collection; collections are never deleted, so their count gives the next identifier."""
    alone(session, "collections.identifier")
    number = count_of_collections(session) + 1
    collection = Collection(identifier=f"C-{number:04d}", title=composed(title), description=description.strip())
    session.add(collection)
    session.flush()
    return collection
