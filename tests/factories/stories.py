"""Stories with recordings and transcripts, made straight in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.ids import new_id
from app.people.schemas import PersonNameWrite, PersonWrite
from app.recordings.models import Recording
from app.stories.commands import set_narrators
from app.stories.models import Story
from app.stories.queries import next_number
from app.transcripts.commands.batches import complete_version
from app.transcripts.models import Batch, Cue, TranscriptVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def a_story(session: Session, *, narrator: str | None = None, **over: Any) -> Story:
    """A draft of nobody's; ``over`` are its columns."""
    number = next_number(session, "SB-TEST")
    made = Story(identifier=f"SB-TEST-{number:04d}", **({"title": "A story"} | over))
    session.add(made)
    session.flush()
    if narrator is not None:
        set_narrators(session, made, [PersonWrite(names=[PersonNameWrite(text=narrator)])])
    return made


def a_recording(session: Session, story: Story, *, number: int = 1, **over: Any) -> Recording:
    """A recording of the story that is ready, without media files."""
    values = {"filename": "interview.wav", "state": "ready", "duration_ms": 60_000} | over
    made = Recording(id=new_id(), story_id=story.id, number=number, **values)
    session.add(made)
    session.flush()
    return made


def a_transcript(
    session: Session,
    recording: Recording,
    lines: Sequence[tuple[int, int, str, str]],
    **over: Any,
) -> TranscriptVersion:
    """A complete machine version; ``lines`` are (start_ms, end_ms, BCP 47 language, text), words spread evenly."""
    version = TranscriptVersion(
        recording_id=recording.id,
        story_id=recording.story_id,
        number=over.pop("number", 1),
        planned=True,
        engine={"name": "whisper", "model": "base"},
    )
    session.add(version)
    session.flush()
    batch = Batch(version_id=version.id, seq=0, speech_ms=0, windows=[])
    session.add(batch)
    session.flush()
    for seq, (start, end, language, text) in enumerate(lines):
        session.add(
            Cue(
                version_id=version.id,
                recording_id=recording.id,
                batch_id=batch.id,
                window_seq=seq,
                start_ms=start,
                end_ms=end,
                language=language,
                text=text,
                words=words_of(text, start, end),
                provenance={"by": "machine", "model": "base", "version": version.number},
                **over,
            )
        )
    session.flush()
    complete_version(session, version)
    session.refresh(version)
    return version


def words_of(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """Words (characters, where there are no spaces) spread evenly over the time."""
    parts = text.split(" ") if " " in text else list(text)
    step = (end - start) / max(1, len(parts))
    return [
        {
            "text": part if not at or " " not in text else f" {part}",
            "start_ms": round(start + at * step),
            "end_ms": round(start + (at + 1) * step),
            "probability": 0.9,
        }
        for at, part in enumerate(parts)
    ]
