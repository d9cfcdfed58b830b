"""Jobs of transcripts: plan a recording, transcribe one batch, give up a version that failed."""

from __future__ import annotations

from app.transcripts.jobs.plan import plan
from app.transcripts.jobs.transcribe import give_up, transcribe

__all__ = ["give_up", "plan", "transcribe"]
