"""Everything that the archive has in its store, for moving, keeping and auditing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.recordings.domain.uploads import CLOSED
from app.recordings.models import MediaFile, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

FOR_A_WHILE = ("working_sound", "spent_working_sound")
"""Uses of files that are derived, read while the words are written, and removed."""


def every_file(session: Session) -> Sequence[MediaFile]:
    """Every media file, oldest first: its key, size, SHA-256 and type."""
    return session.scalars(select(MediaFile).order_by(MediaFile.id)).all()


def lasting_files(session: Session) -> Sequence[MediaFile]:
    """Every media file that is kept: all but the working sound, which is derived anew where it is gone."""
    return session.scalars(select(MediaFile).where(MediaFile.use.not_in(FOR_A_WHILE)).order_by(MediaFile.id)).all()


def held_uploads(session: Session) -> Sequence[Upload]:
    """Uploads whose parts are in the store alone: no recording was made of them yet."""
    wanted = select(Upload).where(Upload.is_held, Upload.state.not_in((*CLOSED, "stored")))
    return session.scalars(wanted.order_by(Upload.id)).all()
