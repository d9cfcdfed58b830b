"""What the job of search reads: a story as its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.collections.queries import collection
from app.ports.search_index import PassageDoc, StoryAccess, StoryDoc
from app.search.domain.passages import SpokenCue, SpokenWord, cut
from app.search.models import Passage, StoryIndexing
from app.stories.queries import cards_of
from app.transcripts.queries import committed_cues, readable_version, recording_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.stories.models import Story
    from app.transcripts.models import TranscriptVersion


def indexing_for_work(session: Session, story_id: str) -> StoryIndexing | None:
    """Who works on bringing the story to the index, None before the first time."""
    return session.get(StoryIndexing, story_id, populate_existing=True)


def story_document(session: Session, found: Story) -> tuple[StoryDoc, list[Passage]]:
    """The story as the engine gets it, and the passages as rows of the same ids, for its present revision.

    A draft is indexed with the words so far, for those who may read drafts; of a published story
    only what its readers read, doubtful cues left out.
    """
    card = cards_of(session, [found])[0]
    names = tuple(name.text for person in card.narrators for name in person.names)
    forms = tuple(form.text for form in card.title_forms)
    summary = "\n".join(part for part in (found.title, *forms, found.description, *names, found.place) if part)
    prefix = f"{found.id}-{found.revision}"
    rows = [
        Passage(
            id=f"{prefix}-0",
            story_id=found.id,
            seq=0,
            revision=found.revision,
            text=summary,
            cue_map=[],
        )
    ]
    docs = [
        PassageDoc(id=f"{prefix}-0", seq=0, recording_id=None, start_ms=None, end_ms=None, text=summary, names=names)
    ]
    for recording_id in recording_ids(session, found.id):
        version = readable_version(session, recording_id, editor=found.state != "published")
        if version is None or (found.state == "published" and version.status == "in_progress"):
            continue
        for piece in cut(_spoken(session, version), first_seq=len(docs)):
            id_ = f"{prefix}-{piece.seq}"
            rows.append(
                Passage(
                    id=id_,
                    story_id=found.id,
                    recording_id=recording_id,
                    transcript_version_id=version.id,
                    seq=piece.seq,
                    revision=found.revision,
                    start_ms=piece.start_ms,
                    end_ms=piece.end_ms,
                    text=piece.text,
                    cue_map=piece.cue_map,
                )
            )
            docs.append(
                PassageDoc(
                    id=id_,
                    seq=piece.seq,
                    recording_id=recording_id,
                    start_ms=piece.start_ms,
                    end_ms=piece.end_ms,
                    text=piece.text,
                    languages=piece.languages,
                    tail=piece.tail,
                )
            )
    folder = collection(session, found.collection_id) if found.collection_id else None
    facets = {
        "language": tuple(share.tag for share in card.summary.languages),
        "collection": (folder.id,) if folder else (),
        "person": tuple(person.names[0].text for person in card.narrators if person.names),
        "place": (found.place,) if found.place else (),
    }
    access = StoryAccess(level=found.level if found.state == "published" else "draft", owner_id=found.contributor_id)
    document = StoryDoc(
        story_id=found.id,
        revision=found.revision,
        title=found.title,
        access=access,
        passages=tuple(docs),
        facets=facets,
        recorded_on=found.recorded_on,
        published_at=found.published_at,
    )
    return document, rows


def _spoken(session: Session, version: TranscriptVersion) -> Sequence[SpokenCue]:
    return [
        SpokenCue(
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            text=cue.text,
            language=cue.language,
            doubtful=cue.doubtful is not None,
            words=tuple(SpokenWord(w["text"], w["start_ms"], w["end_ms"]) for w in cue.words),
        )
        for cue in committed_cues(session, version.id)
    ]
