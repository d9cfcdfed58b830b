"""What follows what: one page of events, jobs, and what each room's rows are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.db import unit
from app.kernel.owing import LISTED, LOOKED_AT
from app.kernel.time import now
from app.ports.job_queue import CHANGED, CLEARING_UP, NEW_UPLOAD, PERSON_WAITS, REINDEX, TAKEN_BACK
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
from app.stories.events import StoryChanged, StoryGrew, StoryPublished, StoryTakenBack
from app.transcripts import jobs as transcripts
from app.transcripts import queries as transcript_rows
from app.transcripts.events import TranscriptCompleted, TranscriptGrew, TranscriptPlanned

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from app.kernel.events import Event
    from app.kernel.leases import Owed
    from app.kernel.owing import Kind, Tally
    from app.ports import Ports
    from app.ports.job_queue import JobQueue

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
    StoryGrew: ("search.index_story",),
    StoryPublished: ("search.index_story",),
    StoryTakenBack: ("search.index_story",),
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

PRIORITY: Mapping[str, int] = dict.fromkeys(JOBS, NEW_UPLOAD) | {
    "recordings.accept": PERSON_WAITS,
    "recordings.give_up": PERSON_WAITS,
    "transcripts.give_up": PERSON_WAITS,
    "search.index_story": REINDEX,
    "recordings.sweep_upload": CLEARING_UP,
    "recordings.drop_working_sound": CLEARING_UP,
}
"""How urgent each job is; a smaller number goes first."""

URGENCY: Mapping[type[Event], int] = {
    StoryTakenBack: TAKEN_BACK,
    StoryPublished: CHANGED,
    StoryChanged: CHANGED,
    StoryGrew: NEW_UPLOAD,
    TranscriptGrew: NEW_UPLOAD,
    TranscriptCompleted: NEW_UPLOAD,
}
"""How urgent the jobs after an event are, where that does not lie in the job; the rows say the same."""

OWED: tuple[Kind, ...] = (*recording_rows.OWED, *transcript_rows.OWED, *search_rows.OWED)
"""Each room's rows that are owed something."""
SWEPT = 500
"""Rows of one kind that a sweep tells of; the next one, ten seconds later, tells of more."""


def follow(jobs: JobQueue) -> Callable[[Session, Event], None]:
    """What happens when a room announces an event: the jobs that follow are asked for in the same transaction."""

    def ask(session: Session, event: Event) -> None:
        kind = type(event)
        for name in ON.get(kind, ()):
            jobs.put(session, name, event.id, URGENCY.get(kind, PRIORITY[name]))

    return ask


def due(session: Session, moment: dt.datetime, queue: str | None = None, most: int = LOOKED_AT) -> list[Owed]:
    """What may be done now, in one queue or in all, most urgent first: ``most`` of each kind."""
    kinds = [kind for kind in OWED if queue is None or any(QUEUES[job] == queue for job in kind.jobs)]
    return sorted((row for kind in kinds for row in kind.due(session, moment, most)), key=_urgency)


def owed(session: Session, moment: dt.datetime, id_: str | None = None) -> list[Owed]:
    """What is due and what runs, waits or failed, most urgent first, ``LISTED`` of each kind; or all of one row."""
    if id_ is not None:
        return sorted((row for kind in OWED for row in kind.one(session, moment, id_)), key=_urgency)
    rests = [row for kind in OWED for row in kind.rest(session, moment)]
    return sorted([*due(session, moment, most=LISTED), *rests], key=_urgency)


def tallies(session: Session, moment: dt.datetime) -> list[Tally]:
    """Everything that is owed, counted by the database."""
    return [tally for kind in OWED for tally in kind.tally(session, moment)]


def _urgency(row: Owed) -> tuple[int, int, dt.datetime]:
    return row.priority, row.turn, row.since


def sweep(ports: Ports) -> int:
    """Nudge every due row again and say how many: lost messages, killed workers and rests are one case."""
    with unit(ports.sessions) as session:
        told = ports.jobs.waiting(session)
        rows = [row for row in due(session, now(), most=SWEPT) if (row.job, row.id) not in told]
        for row in rows:
            ports.jobs.put(session, row.job, row.id, row.priority)
    return len(rows)
