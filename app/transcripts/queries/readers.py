"""What readers get: the version that is theirs to see, its cues, its braid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.access.domain.policy import actions_on
from app.kernel.errors import NotFoundError
from app.recordings.models import Recording
from app.recordings.queries import uploads_of_story
from app.stories.queries import story
from app.stories.schemas import BraidSegment, LanguageShare
from app.transcripts.domain.braid import braid, shares
from app.transcripts.models import Cue, TranscriptVersion, UntranscribedSpan
from app.transcripts.queries.work import committed_cues
from app.transcripts.schemas import (
    BraidRead,
    CueRead,
    RecordingBraid,
    TranscriptRead,
    TranscriptState,
    UntranscribedRead,
    WordRead,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.stories.models import Story

COMPLETE = ("machine", "edited", "reviewed", "narrator_approved", "published")


def readable_version(session: Session, recording_id: str, *, editor: bool) -> TranscriptVersion | None:
    """The version a reader sees: the newest published one, else the newest complete one.

    Editors see the one in progress where there is no complete one; readers see that it exists.
    """
    versions = session.scalars(
        select(TranscriptVersion)
        .where(TranscriptVersion.recording_id == recording_id)
        .order_by(TranscriptVersion.number.desc())
    ).all()
    complete = [v for v in versions if v.status in COMPLETE]
    published = [v for v in complete if v.status == "published"]
    if complete and not editor:
        return (published or complete)[0]
    return next(iter(complete or versions), None)


def cues_of_version(session: Session, version: TranscriptVersion, *, editor: bool) -> list[CueRead]:
    """The version's cues by time; doubtful ones without words except for editors, none while in progress."""
    if version.status not in COMPLETE and not editor:
        return []
    return [read_cue(cue, editor=editor) for cue in committed_cues(session, version.id)]


def read_cue(cue: Cue, *, editor: bool) -> CueRead:
    """A cue as this reader gets it."""
    hidden = cue.doubtful is not None and not editor
    return CueRead(
        recording_id=cue.recording_id,
        start_ms=cue.start_ms,
        end_ms=cue.end_ms,
        language=cue.language,
        speaker=cue.speaker,
        text="" if hidden else cue.text,
        words=[] if hidden else [WordRead(**word) for word in cue.words],
        doubtful=cue.doubtful is not None,
        provenance=cue.provenance,
    )


def untranscribed_of(session: Session, version: TranscriptVersion) -> list[UntranscribedRead]:
    """The version's spans without words, by time."""
    rows = session.scalars(
        select(UntranscribedSpan)
        .where(UntranscribedSpan.version_id == version.id)
        .order_by(UntranscribedSpan.start_ms, UntranscribedSpan.id)
    )
    return [UntranscribedRead(start_ms=r.start_ms, end_ms=r.end_ms, reason=r.reason) for r in rows]


def transcript(session: Session, actor: Actor, story_id: str, recording_id: str | None = None) -> TranscriptRead:
    """The transcript of a story (or of one recording of it) as this actor may read it."""
    found = story(session, actor, story_id)
    editor = "see_doubtful" in actions_on(actor, found)
    states: list[TranscriptState] = []
    cues: list[CueRead] = []
    for recording, awaited in _recordings(session, found, recording_id, editor=editor):
        version = readable_version(session, recording, editor=editor)
        if version is None:
            if awaited:
                first = TranscriptState(recording_id=recording, version=1, status="in_progress", untranscribed=[])
                states.append(first)
            continue
        status = version.status if version.status in COMPLETE else "in_progress"
        shown = status != "in_progress" or editor
        states.append(
            TranscriptState(
                recording_id=recording,
                version=version.number,
                status=status,
                untranscribed=untranscribed_of(session, version) if shown else [],
            )
        )
        cues += cues_of_version(session, version, editor=editor)
    return TranscriptRead(story_id=story_id, transcripts=states, cues=cues)


def _recordings(session: Session, of: Story, only: str | None, *, editor: bool) -> list[tuple[str, bool]]:
    """(id, whether its first words are still to come) of the story's recordings, or of the only one asked for.

    Editors see a recording from the moment on that all of it was received: it has its id while it is read back.
    """
    rows = session.execute(
        select(Recording.id, Recording.state, Recording.transcript_settled_at)
        .where(Recording.story_id == of.id)
        .order_by(Recording.number)
    )
    found = [(id_, state in ("stored", "processing") and settled is None) for id_, state, settled in rows]
    if editor:
        received = (u.recording_id for u in uploads_of_story(session, of.id) if u.state == "completing")
        found += [(id_, True) for id_ in received]
    if only is not None:
        found = [one for one in found if one[0] == only]
        if not found:
            raise NotFoundError
    return [(id_, awaited and of.machine_text_allowed) for id_, awaited in found]


def braid_of(session: Session, actor: Actor, story_id: str) -> BraidRead:
    """Which language is heard when, for every recording of the story."""
    read = transcript(session, actor, story_id)
    return BraidRead(
        recordings=[
            _braid(state.recording_id, (c for c in read.cues if c.recording_id == state.recording_id))
            for state in read.transcripts
        ]
    )


def _braid(recording_id: str, cues: Iterable[CueRead]) -> RecordingBraid:
    spoken = [(c.language, c.start_ms, c.end_ms) for c in cues if not c.doubtful]
    return RecordingBraid(
        recording_id=recording_id,
        languages=[LanguageShare(tag=tag, ms=ms) for tag, ms in shares(spoken)],
        segments=[BraidSegment(tag=t, start_ms=s, end_ms=e) for t, s, e in braid(spoken)],
    )
