"""The story as its page shows it, and the cues as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.access.domain.policy import actions_on
from app.kernel.errors import NotFoundError
from app.kernel.paging import make_cursor, read_cursor
from app.recordings.models import MediaFile, Recording
from app.recordings.queries import recording_of_reader
from app.stories.queries import story, story_head
from app.transcripts.domain.braid import shares
from app.transcripts.models import Batch, Cue
from app.transcripts.queries.readers import (
    COMPLETE,
    cues_of_version,
    read_cue,
    readable_version,
    untranscribed_of,
)
from app.transcripts.schemas import (
    GapRead,
    LiveCue,
    LiveCues,
    MediaRead,
    RecordingRead,
    StoryRead,
    TranscriptSummary,
    WarningRead,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor


def story_page(session: Session, actor: Actor, story_id: str) -> StoryRead:
    """A story with its recordings; raises ``NotFoundError`` where the actor may not know of it."""
    found = story(session, actor, story_id)
    may = actions_on(actor, found)
    recordings = session.scalars(
        select(Recording).where(Recording.story_id == story_id).order_by(Recording.number)
    ).all()
    uses: dict[str, set[str]] = {}
    for recording_id, use in session.execute(
        select(MediaFile.recording_id, MediaFile.use).where(MediaFile.recording_id.in_([r.id for r in recordings]))
    ):
        uses.setdefault(recording_id, set()).add(use)
    return StoryRead(
        **dict(story_head(session, actor, found)),
        recordings=[_recording(session, r, uses.get(r.id, set()), may) for r in recordings],
    )


def _recording(session: Session, row: Recording, uses: set[str], may: frozenset[Any]) -> RecordingRead:
    def address(use: str, path: str) -> str | None:
        return f"/api/v1/recordings/{row.id}/{path}" if use in uses else None

    edits = "edit" in may
    media = row.media or {}
    return RecordingRead(
        id=row.id,
        number=row.number,
        state=row.state,
        step=row.step,
        reason=row.reason if edits else None,
        duration_ms=row.duration_ms,
        has_sound=row.has_sound,
        has_picture=row.has_picture,
        warnings=[WarningRead(slug=w["slug"], sentence=w["sentence"]) for w in row.warnings] if edits else [],
        gaps=[GapRead(start_ms=g["start_ms"], end_ms=g["end_ms"]) for g in media.get("gaps", [])],
        media=_taken(media),
        sound_url=address("access_copy", "sound"),
        waveform_url=address("waveform", "waveform"),
        poster_url=address("poster", "poster"),
        master_url=address("preservation_master", "master") if "get_master" in may else None,
        filename=row.filename if edits else None,
        transcript=_summary(session, row.id, editor="see_doubtful" in may),
    )


def _taken(media: dict[str, Any]) -> MediaRead | None:
    track, channels = media.get("track_sentence"), media.get("channels_sentence")
    return MediaRead(track=track or "", channels=channels or "") if track or channels else None


def _summary(session: Session, recording_id: str, *, editor: bool) -> TranscriptSummary | None:
    version = readable_version(session, recording_id, editor=editor)
    if version is None:
        return None
    cues = cues_of_version(session, version, editor=False)
    spoken = [(c.language, c.start_ms, c.end_ms) for c in cues if not c.doubtful]
    return TranscriptSummary(
        version=version.number,
        status=version.status if version.status in COMPLETE else "in_progress",
        machine=version.status in ("machine", "in_progress"),
        languages=[tag for tag, _ in shares(spoken)],
        warnings=version.warnings if editor else [],
    )


def live_cues(session: Session, actor: Actor, recording_id: str, after: str | None) -> LiveCues:
    """Cues committed since ``after``, in the order they were committed, for those who may edit.

    A batch is committed at once, so the cursor is its moment and id; ``BadInputError`` for a bad one.
    """
    found, recording = recording_of_reader(session, actor, recording_id)
    if "see_doubtful" not in actions_on(actor, found):
        raise NotFoundError
    version = readable_version(session, recording.id, editor=True)
    if version is None:
        return LiveCues(items=[], untranscribed=[], next=after or "")
    seen = 0
    if after:
        version_id, seen = read_cursor(after, str, int)
        seen = max(seen, 0) if version_id == version.id else 0
    done = session.scalars(
        select(Batch.id)
        .where(Batch.version_id == version.id, Batch.done_at.is_not(None))
        .order_by(Batch.done_at, Batch.id)
    ).all()
    fresh = done[seen:]
    cues = session.scalars(select(Cue).where(Cue.batch_id.in_(fresh)).order_by(Cue.start_ms, Cue.channel, Cue.id)).all()
    return LiveCues(
        items=[LiveCue(**dict(read_cue(cue, editor=True)), id=cue.id, reason=cue.doubtful) for cue in cues],
        untranscribed=untranscribed_of(session, version),
        next=make_cursor(version.id, len(done)),
    )
