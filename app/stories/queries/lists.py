"""Lists of stories by facet, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, cast, func, select

from app.access.queries import visible_to
from app.collections.models import Collection
from app.collections.schemas import CollectionRead
from app.kernel.paging import make_cursor, read_cursor
from app.stories.models import Story, StoryPerson
from app.stories.queries.one import ON_CARDS, cards_of
from app.stories.schemas import StoryList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.stories.schemas import StoryItem

PAGE = 24


def story_page(  # noqa: PLR0913  one facet each
    session: Session,
    actor: Actor,
    *,
    collection: str | None = None,
    person: str | None = None,
    language: str | None = None,
    mine: bool = False,
    cursor: str | None = None,
    size: int = PAGE,
) -> StoryList:
    """A page of the stories that this actor may know of, newest first; raises ``BadInputError`` for a bad cursor."""
    query = select(Story).where(visible_to(actor, Story))
    if collection is not None:
        query = query.where(Story.collection_id == collection)
    if person is not None:
        query = query.where(Story.id.in_(select(StoryPerson.story_id).where(StoryPerson.person_id == person)))
    if language is not None:
        safe = language.replace("\\", "").replace("%", "").replace("_", "").replace('"', "")
        query = query.where(cast(Story.heard_languages, String).like(f'%"tag": "{safe}"%'))
    if mine:
        query = query.where(Story.contributor_id == (actor.account_id or ""))
    else:
        # Lists for readers show what can be heard; own drafts have their own page.
        query = query.where(Story.state == "published")
    if cursor is not None:
        (last,) = read_cursor(cursor, str)
        query = query.where(Story.id < last)
    rows = session.scalars(query.order_by(Story.id.desc()).limit(size + 1)).all()
    more = make_cursor(rows[size - 1].id) if len(rows) > size else None
    return StoryList(items=cards_of(session, rows[:size]), next=more)


def story_items(session: Session, actor: Actor, story_ids: Sequence[str]) -> dict[str, StoryItem]:
    """Cards by id of those stories that this actor may know of."""
    rows = session.execute(ON_CARDS.where(visible_to(actor, Story)), {"story_ids": list(story_ids)}).all()
    return {card.id: card for card in cards_of(session, rows)}


def collection_list(session: Session, actor: Actor) -> list[CollectionRead]:
    """Every collection, with the number of its published stories that this actor may know of."""
    counts = (
        select(Story.collection_id, func.count().label("stories"))
        .where(visible_to(actor, Story), Story.state == "published")
        .group_by(Story.collection_id)
        .subquery()
    )
    rows = session.execute(
        select(Collection, func.coalesce(counts.c.stories, 0))
        .outerjoin(counts, counts.c.collection_id == Collection.id)
        .order_by(Collection.title, Collection.id)
    ).all()
    return [
        CollectionRead(
            id=found.id,
            identifier=found.identifier,
            title=found.title,
            description=found.description,
            stories=number,
        )
        for found, number in rows
    ]


def stories_by_title(session: Session, title: str | None) -> list[str]:
    """Ids of stories with exactly this title, or of any (None), oldest first; for the archive itself, at most 100."""
    query = select(Story.id).order_by(Story.id).limit(100)
    if title is not None:
        query = query.where(Story.title == title)
    return list(session.scalars(query))


def revisions_after(session: Session, last: str, size: int) -> Sequence[Row[str, int, int]]:
    """(id, revision, indexed_revision) of the next stories after ``last`` by id, for the archive itself."""
    columns = select(Story.id, Story.revision, Story.indexed_revision)
    return session.execute(columns.where(Story.id > last).order_by(Story.id).limit(size)).all()
