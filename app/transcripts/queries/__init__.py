"""Reading transcripts: for readers (with the actor) and for jobs."""

from __future__ import annotations

from app.recordings.queries import recording_of_reader
from app.transcripts.queries.owed import OWED
from app.transcripts.queries.pages import live_cues, story_page
from app.transcripts.queries.readers import (
    COMPLETE,
    braid_of,
    cues_of_version,
    readable_version,
    transcript,
)
from app.transcripts.queries.work import (
    batch_for_work,
    batches_left,
    committed_cues,
    count_of_cues,
    failed_batch_reason,
    heard_since,
    newest_done_at,
    next_version_number,
    recording_ids,
    recordings_by_number,
    seconds_left,
    unplanned_version,
    version_for_work,
    versions_of,
)

__all__ = [
    "COMPLETE",
    "OWED",
    "batch_for_work",
    "batches_left",
    "braid_of",
    "committed_cues",
    "count_of_cues",
    "cues_of_version",
    "failed_batch_reason",
    "heard_since",
    "live_cues",
    "newest_done_at",
    "next_version_number",
    "readable_version",
    "recording_ids",
    "recording_of_reader",
    "recordings_by_number",
    "seconds_left",
    "story_page",
    "transcript",
    "unplanned_version",
    "version_for_work",
    "versions_of",
]
