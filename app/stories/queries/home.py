"""What the first page shows: one voice, the languages heard, what is new."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.access.queries import visible_to
from app.stories.models import Story
from app.stories.queries.lists import collection_list, story_page
from app.stories.schemas import CollectionCard, Home, LanguageCount, Voice

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor

NEWEST = 6
VOICES_LOOKED_AT = 60


def home(session: Session, actor: Actor) -> Home:
    """The first page for this actor: nothing on it that they may not hear."""
    heard = (visible_to(actor, Story), Story.state == "published")
    newest = story_page(session, actor, size=NEWEST).items
    languages: Counter[str] = Counter()
    for shares in session.scalars(select(Story.heard_languages).where(*heard)):
        languages.update({share["tag"] for share in shares})
    total = session.scalar(select(func.count()).select_from(Story).where(*heard)) or 0
    return Home(
        voice=_voice(session, actor),
        languages=[
            LanguageCount(tag=tag, stories=n) for tag, n in sorted(languages.items(), key=lambda one: (-one[1], one[0]))
        ],
        newest=newest,
        total_stories=total,
        collections=[
            CollectionCard(id=c.id, title=c.title, description=c.description, stories=c.stories)
            for c in collection_list(session, actor)
            if c.stories
        ],
    )


def _voice(session: Session, actor: Actor) -> Voice | None:
    """The newest story with a sentence to play; several languages first, since that is what we are for."""
    page = story_page(session, actor, size=VOICES_LOOKED_AT).items
    speaking = [item for item in page if item.summary.first_sentence is not None]
    if not speaking:
        return None
    best = max(speaking, key=lambda item: len(item.summary.languages) > 1)
    said = best.summary.first_sentence
    if said is None:
        return None
    return Voice(
        story=best,
        recording_id=said.recording_id,
        recording_number=said.recording_number,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
        text=said.text,
        language=said.language,
    )
