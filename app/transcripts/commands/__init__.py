"""Writing transcripts: versions, plans, batches, completion."""

from __future__ import annotations

from app.transcripts.commands.batches import commit_batch, complete_version
from app.transcripts.commands.versions import (
    begin_version,
    give_up_version,
    keep_plan,
    transcribe_again,
)

__all__ = [
    "begin_version",
    "commit_batch",
    "complete_version",
    "give_up_version",
    "keep_plan",
    "transcribe_again",
]
