"""Batches commit their cues; the last one completes the version."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, update

from app.kernel.events import announce
from app.kernel.leases import Claim, finish
from app.kernel.time import now
from app.recordings.commands import note_progress, transcript_settled
from app.stories.commands import touch_story, write_summary
from app.stories.queries import hold_story
from app.transcripts import queries
from app.transcripts.domain.braid import braid, shares, shortened
from app.transcripts.domain.channels import ChannelCue, merge_order
from app.transcripts.domain.repeats import repeated_cues
from app.transcripts.events import TranscriptCompleted, TranscriptGrew
from app.transcripts.models import Batch, Cue, TranscriptVersion, UntranscribedSpan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

BRAID_SEGMENTS = 18
"""What a small picture can show with care; our bilingual sample has 17."""
SHORTEST_QUOTE, LONGEST_QUOTE = 40, 220
LONGEST_PAUSE_MS = 2_500
ENDS = frozenset(".?!。？！…।॥")
UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my"})
"""Languages written without spaces between sentences."""


def commit_batch(  # noqa: PLR0913  what a batch gives
    session: Session,
    taken: Claim,
    batch: Batch,
    version: TranscriptVersion,
    *,
    cues: Sequence[Cue],
    spans: Sequence[tuple[int, int, str]],
    seconds: float,
) -> None:
    """Write what a batch gave, in one transaction and only while its claim holds; raises ``LeaseLostError``."""
    # This update also makes batches of one version wait for each other: one of them is the last and completes the
    # version, and their moments grow in the order in which they are committed, as whoever follows them expects.
    session.execute(
        update(TranscriptVersion)
        .where(TranscriptVersion.id == version.id)
        .values(done_ms=TranscriptVersion.done_ms + batch.speech_ms)
    )
    done_at = max(now(), queries.newest_done_at(session, version.id) + dt.timedelta(microseconds=1))
    finish(session, taken, done_at=done_at, seconds=seconds)
    session.execute(delete(Cue).where(Cue.batch_id == batch.id))
    session.execute(delete(UntranscribedSpan).where(UntranscribedSpan.batch_id == batch.id))
    session.add_all(cues)
    for start, end, reason in spans:
        session.add(
            UntranscribedSpan(version_id=version.id, batch_id=batch.id, start_ms=start, end_ms=end, reason=reason)
        )
    session.flush()
    fresh = queries.version_for_work(session, version.id)
    if fresh is None:
        return
    left = queries.batches_left(session, version.id)
    if queries.failed_batch_reason(session, version.id) is None:
        fresh.status = "in_progress"  # all that it was given up for is tried again, and was done or is to be done
    if fresh.status == "in_progress":
        note_progress(
            session,
            fresh.recording_id,
            step="transcribe",
            done_ms=fresh.done_ms,
            total_ms=fresh.speech_ms,
            seconds_left=queries.seconds_left(session, fresh),
        )
    if left:
        touch_story(session, fresh.story_id)
        announce(session, TranscriptGrew(fresh.story_id))
    else:
        complete_version(session, fresh)


def complete_version(session: Session, version: TranscriptVersion) -> None:
    """The version is whole: doubt what stands back to back, give the story its summary, settle the recording."""
    cues = _merged(session, queries.committed_cues(session, version.id))
    for at, reason in repeated_cues([(c.text, c.start_ms, c.end_ms) for c in cues]):
        cues[at].doubtful = cues[at].doubtful or reason
    session.execute(
        update(TranscriptVersion).where(TranscriptVersion.id == version.id).values(status="machine", completed_at=now())
    )
    session.flush()
    summarise_story(session, version.story_id)
    transcript_settled(session, version.recording_id)
    announce(session, TranscriptCompleted(version.story_id))


def _merged(session: Session, cues: Sequence[Cue]) -> Sequence[Cue]:
    """The channels' cues as one transcript by time; what bled into the other channel's microphone goes."""
    if len({cue.channel for cue in cues}) <= 1:
        return cues
    order = merge_order([channel_cue(cue) for cue in cues])
    for at in set(range(len(cues))) - set(order):
        session.delete(cues[at])
    session.flush()
    return [cues[at] for at in order]


def channel_cue(cue: Cue) -> ChannelCue:
    """A cue as the merging of channels must know it; the probability is its words' mean."""
    chances = [word["probability"] for word in cue.words]
    return ChannelCue(
        start_ms=cue.start_ms,
        end_ms=cue.end_ms,
        channel=cue.channel,
        text=cue.text,
        probability=sum(chances) / len(chances) if chances else 0.0,
    )


def summarise_story(session: Session, story_id: str) -> None:
    """Write the story's languages, braid and first sentence from what its readers would see."""
    hold_story(session, story_id)  # two of its recordings may be completed at the same moment
    heard: dict[str, int] = {}
    first_braid: list[tuple[str, int, int]] = []
    sentence: dict[str, Any] | None = None
    for recording_id, number in queries.recordings_by_number(session, story_id):
        version = queries.readable_version(session, recording_id, editor=False)
        if version is None:
            continue
        cues = [c for c in queries.committed_cues(session, version.id) if c.doubtful is None]
        spoken = [(c.language, c.start_ms, c.end_ms) for c in cues]
        for tag, ms in shares(spoken):
            heard[tag] = heard.get(tag, 0) + ms
        first_braid = first_braid or braid(spoken)
        if sentence is None and (said := first_sentence(cues)) is not None:
            sentence = {**said, "recording_number": number}
    write_summary(
        session,
        story_id,
        heard_languages=[{"tag": t, "ms": ms} for t, ms in sorted(heard.items(), key=lambda i: -i[1])],
        braid=[{"tag": t, "start_ms": s, "end_ms": e} for t, s, e in shortened(first_braid, BRAID_SEGMENTS)],
        first_sentence=sentence,
    )


def first_sentence(cues: Sequence[Cue]) -> dict[str, Any] | None:
    """The first sentence that is long enough to stand alone, its cues joined; else the first cue."""
    for first in range(len(cues)):
        if first and cues[first - 1].text.rstrip()[-1:] not in ENDS:
            continue  # in the middle of a sentence
        quoted = _sentence_from(cues, first)
        if quoted is not None:
            return quoted
    return _quoted(cues[:1]) if cues else None


def _sentence_from(cues: Sequence[Cue], first: int) -> dict[str, Any] | None:
    """Cues from ``first`` to the end of the sentence, if together they have a sentence's length."""
    run: list[Cue] = []
    for cue in cues[first:]:
        is_apart = bool(run) and (
            cue.language != run[-1].language
            or cue.speaker != run[-1].speaker
            or cue.start_ms - run[-1].end_ms > LONGEST_PAUSE_MS
        )
        if is_apart:
            return None
        run.append(cue)
        weight = sum(_weight(c.text) for c in run)
        if weight > LONGEST_QUOTE:
            return None
        if cue.text.rstrip()[-1:] in ENDS and weight >= SHORTEST_QUOTE:
            return _quoted(run)
    return None


def _weight(text: str) -> int:
    """Length in Latin letters: a Han character or a syllable block says about three letters' worth."""
    return sum(1 if ord(c) < 0x2E80 else 3 for c in text)  # noqa: PLR2004  where CJK begins


def _quoted(cues: Sequence[Cue]) -> dict[str, Any]:
    space = "" if cues[0].language.split("-")[0] in UNSPACED else " "
    return {
        "text": space.join(c.text.strip() for c in cues),
        "language": cues[0].language,
        "recording_id": cues[0].recording_id,
        "start_ms": cues[0].start_ms,
        "end_ms": cues[-1].end_ms,
    }
