"""Everything that the archive has in its store, for moving and auditing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.recordings.domain.uploads import CLOSED
from app.recordings.models import MediaFile, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def every_file(session: Session) -> Sequence[MediaFile]:
    """Every media file, oldest first: its key, size, SHA-256 and type."""
    return session.scalars(select(MediaFile).order_by(MediaFile.id)).all()


def held_uploads(session: Session) -> dict[str, int]:
    """How many uploads still have their parts in the store alone, by state."""
    wanted = select(Upload.state, func.count()).where(Upload.is_held, Upload.state.not_in((*CLOSED, "stored")))
    return {row[0]: int(row[1]) for row in session.execute(wanted.group_by(Upload.state))}
