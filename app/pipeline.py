"""What follows what: one page of events, jobs, and what each room's rows are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.db import unit
from app.kernel.time import now
from app.recordings import jobs as recordings
from app.recordings import queries as recording_rows
from app.recordings.events import (
    AccessCopyMade,
    RecordingDerived,
    RecordingStored,
    UploadClosed,
    UploadCompleting,
    WorkingSoundSpent,
)
from app.search import jobs as search
from app.search import queries as search_rows
from app.stories.events import StoryChanged, StoryPublished
from app.transcripts import jobs as transcripts
from app.transcripts import queries as transcript_rows
from app.transcripts.events import TranscriptCompleted, TranscriptGrew, TranscriptPlanned

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from app.kernel.events import Event
    from app.kernel.leases import Owed
    from app.ports import Ports

ON: Mapping[type[Event], tuple[str, ...]] = {
    UploadCompleting: ("recordings.accept",),
    RecordingStored: ("recordings.derive",),
    RecordingDerived: ("recordings.make_access_copy", "transcripts.plan"),
    AccessCopyMade: (),
    UploadClosed: ("recordings.sweep_upload",),
    WorkingSoundSpent: ("recordings.drop_working_sound",),
    TranscriptPlanned: ("transcripts.transcribe",),
    TranscriptGrew: ("search.index_story",),
    TranscriptCompleted: ("search.index_story",),
    StoryChanged: ("search.index_story",),
    StoryPublished: ("search.index_story",),
}
"""Which jobs are nudged when a room announces an event; the job gets the event's id."""

JOBS: Mapping[str, Callable[[Ports, str], None]] = {
    "recordings.accept": recordings.accept,
    "recordings.derive": recordings.derive,
    "recordings.make_access_copy": recordings.make_access_copy,
    "recordings.sweep_upload": recordings.sweep_upload,
    "recordings.drop_working_sound": recordings.drop_working_sound,
    "recordings.give_up": recordings.give_up,
    "transcripts.plan": transcripts.plan,
    "transcripts.transcribe": transcripts.transcribe,
    "transcripts.give_up": transcripts.give_up,
    "search.index_story": search.index_story,
}
"""Every job by name; it claims the row itself and returns quietly when there is nothing to do."""

QUEUES: Mapping[str, str] = {
    "recordings.accept": "index",
    "recordings.derive": "media",
    "recordings.make_access_copy": "media",
    "recordings.sweep_upload": "index",
    "recordings.drop_working_sound": "index",
    "recordings.give_up": "index",
    "transcripts.plan": "transcribe",
    "transcripts.transcribe": "transcribe",
    "transcripts.give_up": "index",
    "search.index_story": "index",
}
"""Which lane of a worker does it, so that none waits for another."""

PRIORITY: Mapping[str, int] = dict.fromkeys(JOBS, 1) | {"recordings.accept": 0, "search.index_story": 2}

OWED: tuple[Callable[[Session, dt.datetime], list[Owed]], ...] = (
    recording_rows.owed,
    transcript_rows.owed,
    search_rows.owed,
)
"""Each room's list of rows that are owed something."""


def owed(session: Session, moment: dt.datetime) -> list[Owed]:
    """Everything that is owed, most urgent first."""
    rows = [row for room in OWED for row in room(session, moment)]
    return sorted(rows, key=lambda row: (row.priority, row.since))


def sweep(ports: Ports) -> int:
    """Nudge every due row again and say how many: lost messages, killed workers and rests are one case."""
    with unit(ports.sessions) as session:
        told = ports.jobs.waiting(session)
        due = [row for row in owed(session, now()) if row.due and (row.job, row.id) not in told]
        for row in due:
            ports.jobs.put(session, row.job, row.id, row.priority)
    return len(due)
