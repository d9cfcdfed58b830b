"""The story's page, its transcript in four formats, its braid."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response

from app.accounts.dependencies import CurrentActor
from app.kernel.errors import BadInputError, NotFoundError
from app.kernel.text import content_disposition
from app.kernel.web import Unit, problems
from app.transcripts import queries
from app.transcripts.domain import exports
from app.transcripts.domain.exports import TextCue
from app.transcripts.schemas import BraidRead, CueRead, StoryRead, TranscriptRead

router = APIRouter(prefix="/api/v1", tags=["transcripts"])
WRITERS = {
    "vtt": (exports.to_vtt, "text/vtt; charset=utf-8"),
    "srt": (exports.to_srt, "application/x-subrip; charset=utf-8"),
    "txt": (exports.to_txt, "text/plain; charset=utf-8"),
}


class RecordingNeededError(BadInputError):
    """Times are per recording, so a caption file is of one recording."""

    slug = "recording-needed"
    title = (
        "This story has more than one recording. Say which: ?recording= and its id, on the command line --recording."
    )


@router.get("/stories/{story_id}", operation_id="read_story", responses=problems(NotFoundError))
def read_story(session: Unit, actor: CurrentActor, story_id: str) -> StoryRead:
    """A story with its recordings."""
    return queries.story_page(session, actor, story_id)


@router.get(
    "/stories/{story_id}/transcript",
    operation_id="read_transcript",
    response_model=TranscriptRead,
    responses=problems(NotFoundError, RecordingNeededError),
)
def read_transcript(
    session: Unit,
    actor: CurrentActor,
    story_id: str,
    recording: str | None = None,
    format: Literal["json", "vtt", "srt", "txt"] = "json",  # noqa: A002  the parameter's name is fixed
) -> Response | TranscriptRead:
    """The transcript as you may read it; ``vtt`` and ``srt`` of one recording."""
    read = queries.transcript(session, actor, story_id, recording)
    if format == "json":
        return read
    return Response(
        as_text(read, format, of_one=recording is not None or len(queries.recording_ids(session, story_id)) <= 1),
        media_type=WRITERS[format][1],
        headers={"Content-Disposition": content_disposition("inline", f"transcript.{format}")},
    )


def as_text(read: TranscriptRead, format: str, *, of_one: bool) -> str:  # noqa: A002  as the address has it
    """The transcript in a text format, doubtful cues left out.

    Raises ``RecordingNeededError`` for captions unless it is clear ``of_one`` recording they are.
    """
    if format != "txt" and not of_one:
        raise RecordingNeededError
    return WRITERS[format][0](_text_cue(cue) for cue in read.cues if not cue.doubtful)


def _text_cue(cue: CueRead) -> TextCue:
    return TextCue(cue.start_ms, cue.end_ms, cue.speaker, cue.language, cue.text)


@router.get("/stories/{story_id}/braid", operation_id="read_braid", responses=problems(NotFoundError))
def read_braid(session: Unit, actor: CurrentActor, story_id: str) -> BraidRead:
    """Which language is heard when."""
    return queries.braid_of(session, actor, story_id)
