"""One story, for a reader or for a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from app.access.domain.policy import actions_on
from app.access.queries import consents_of, visible_to
from app.collections.queries import collection
from app.kernel.db import insert_into
from app.kernel.errors import NotFoundError
from app.kernel.ids import is_id
from app.people.queries import persons_by_id
from app.stories.models import IdentifierCounter, Story, StoryPerson
from app.stories.schemas import (
    CollectionName,
    ConsentRead,
    LanguageShare,
    May,
    Sentence,
    StoryHead,
    StoryItem,
    Summary,
    TitleForm,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.people.schemas import PersonRead


def story(session: Session, actor: Actor, story_id: str, *, lock: bool = False) -> Story:
    """The story, if this actor may know of it (for writing: ``lock``); else ``NotFoundError``, whatever the reason."""
    found = None
    if is_id(story_id):
        wanted = select(Story).where(Story.id == story_id, visible_to(actor, Story))
        if lock:
            wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
        found = session.scalar(wanted)
    if found is None:
        raise NotFoundError
    return found


def story_by_key(session: Session, actor: Actor, key: str) -> Story | None:
    """The account's story that was made with this Idempotency-Key."""
    if actor.account_id is None:
        return None
    return session.scalar(select(Story).where(Story.contributor_id == actor.account_id, Story.idempotency_key == key))


def story_for_work(session: Session, story_id: str) -> Story | None:
    """The story as jobs see it, which act for the archive itself."""
    return session.get(Story, story_id)


def visible_ids(session: Session, actor: Actor, story_ids: Iterable[str]) -> set[str]:
    """Those of the stories that this actor may know of: the re-check of every hit."""
    return set(session.scalars(select(Story.id).where(Story.id.in_(list(story_ids)), visible_to(actor, Story))))


def hold_story(session: Session, story_id: str) -> None:
    """Until this writing unit ends nobody else writes the story: what is read after this is what counts."""
    session.execute(select(Story.id).where(Story.id == story_id).with_for_update(key_share=True))


# Not "is not null": SQLite would read every story instead of the index.
_WITHHELD = Story.withheld_revision > 0
# Each page of search asks this and the next two: built once, since building takes longer than the answer.
_ANY_WITHHELD = select(Story.id).where(_WITHHELD).limit(1)


def withheld_ids(session: Session, actor: Actor) -> frozenset[str]:
    """Stories that more people knew of when the search index last heard of them, and this actor may not now.

    Nearly always none: a story leaves the list when it is indexed again.
    """
    if session.scalar(_ANY_WITHHELD) is None:
        return frozenset()
    seen = select(Story.id).where(visible_to(actor, Story))
    return frozenset(session.scalars(select(Story.id).where(_WITHHELD, Story.id.not_in(seen))))


def next_number(session: Session, series: str) -> int:
    """The next number of a series of identifiers, never given again; writers of a series wait for each other."""
    return session.execute(
        insert_into(session, IdentifierCounter)
        .values(series=series, next=2)
        .on_conflict_do_update(index_elements=["series"], set_={"next": IdentifierCounter.next + 1})
        .returning(IdentifierCounter.next - 1)
    ).scalar_one()


# Columns, not rows that the session would watch.
ON_CARDS = select(
    *(Story.id, Story.identifier, Story.title, Story.title_forms, Story.state, Story.level, Story.fictional),
    *(Story.published_at, Story.created_at, Story.recorded_on, Story.place, Story.progress),
    *(Story.duration_ms, Story.heard_languages, Story.braid, Story.first_sentence, Story.poster_recording_id),
).where(Story.id.in_(bindparam("story_ids", expanding=True)))
_NARRATORS = (
    select(StoryPerson.story_id, StoryPerson.person_id)
    .where(StoryPerson.story_id.in_(bindparam("story_ids", expanding=True)), StoryPerson.role == "narrator")
    .order_by(StoryPerson.story_id, StoryPerson.seq)
)


def cards_of(session: Session, stories: Sequence[Story | Row[Any]]) -> list[StoryItem]:
    """Stories, or rows of ``ON_CARDS``, as lists show them; the caller checked that the reader may know of each."""
    links = session.execute(_NARRATORS, {"story_ids": [s.id for s in stories]}).all()
    persons = persons_by_id(session, [person for _, person in links])
    narrators: dict[str, list[PersonRead]] = {}
    for story_id, person_id in links:
        narrators.setdefault(story_id, []).append(persons[person_id])
    return [StoryItem(**_card(s, narrators.get(s.id, []))) for s in stories]


def _card(found: Story | Row[Any], narrators: list[PersonRead]) -> dict[str, object]:
    poster = found.poster_recording_id
    return {
        "id": found.id,
        "identifier": found.identifier,
        "title": found.title,
        "title_forms": [TitleForm(**form) for form in found.title_forms],
        "narrators": narrators,
        "summary": Summary(
            duration_ms=found.duration_ms,
            languages=[LanguageShare(**share) for share in found.heard_languages],
            braid=found.braid,
            # Summaries written before the number was kept are of stories whose first recording speaks.
            first_sentence=Sentence(**{"recording_number": 1, **found.first_sentence})
            if found.first_sentence
            else None,
            poster_url=f"/api/v1/recordings/{poster}/poster" if poster else None,
            progress=found.progress,
        ),
        "state": found.state,
        "level": found.level,
        "published_at": found.published_at,
        "created_at": found.created_at,
        "fictional": found.fictional,
        "recorded_on": found.recorded_on,
        "place": found.place,
    }


def story_head(session: Session, actor: Actor, found: Story) -> StoryHead:
    """A story as its page shows it, without its recordings; ``found`` came from ``story``."""
    card = cards_of(session, [found])[0]
    folder = collection(session, found.collection_id) if found.collection_id else None
    may = actions_on(actor, found)
    edits = "edit" in may
    return StoryHead(
        **dict(card),
        description=found.description,
        collection=CollectionName(id=folder.id, title=folder.title) if folder else None,
        languages=found.languages,
        machine_text_allowed=found.machine_text_allowed,
        version=found.version,
        consents=consents_read(session, actor, found),
        may=May(
            edit=edits,
            publish="publish" in may,
            upload="upload" in may,
            transcribe="transcribe" in may,
            hear="hear" in may,
            read="read" in may,
            see_doubtful="see_doubtful" in may,
        ),
    )


def consents_read(session: Session, actor: Actor, found: Story) -> list[ConsentRead]:
    """The story's consent records, oldest first.

    Readers learn what was agreed to, when, and whether it is invented. The words themselves and who
    said them are internal (they name people, reasons and files): those who may edit the story see them.
    """
    edits = "edit" in actions_on(actor, found)
    return [
        ConsentRead(
            kind=record.kind,
            scope=record.scope,
            statement=record.statement if edits else "",
            language=record.language,
            given_by=record.given_by if edits else "",
            fictional=record.fictional,
            created_at=record.created_at,
        )
        for record in consents_of(session, found.id)
    ]
