"""The work that recordings are owed; each job takes an id, claims its row and may be run again."""

from __future__ import annotations

from app.recordings.jobs.accept import accept
from app.recordings.jobs.derive import derive, make_access_copy
from app.recordings.jobs.upkeep import drop_working_sound, give_up, sweep_upload

__all__ = ["accept", "derive", "drop_working_sound", "give_up", "make_access_copy", "sweep_upload"]
