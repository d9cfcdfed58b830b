"""Writing stories: making, describing, publishing, and the summary that upper rooms write."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, update
from sqlalchemy.orm.exc import StaleDataError

from app.access.commands import audit, record_consent, require
from app.access.domain.consent import covers
from app.access.queries import consents_of
from app.collections.queries import collection
from app.kernel.db import alone
from app.kernel.errors import ArchiveError, BadInputError, ConflictError, KeyReusedError
from app.kernel.events import announce
from app.kernel.text import composed
from app.kernel.time import now
from app.people.commands import add_person
from app.ports.job_queue import CHANGED, NEW_UPLOAD, REINDEX, TAKEN_BACK
from app.stories.domain.edtf import is_edtf
from app.stories.events import StoryChanged, StoryGrew, StoryPublished, StoryTakenBack
from app.stories.models import Story, StoryPerson
from app.stories.queries import next_number, revisions_after, story, story_by_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from app.access.models import ConsentRecord
    from app.accounts.schemas import Actor
    from app.kernel.events import Event
    from app.people.schemas import PersonWrite
    from app.stories.schemas import ConsentCreate, StoryCreate, StoryUpdate


COMPARED_AT_ONCE = 1000


class ConsentMissingError(ArchiveError):
    """Publishing without a consent record whose scope covers it."""

    slug = "consent-missing"
    status = 409
    title = "No consent record covers this yet. The story stays a draft. Add what the narrator agreed to, then publish."


def create_story(session: Session, actor: Actor, wanted: StoryCreate, idempotency_key: str | None = None) -> Story:
    """A new draft of this actor's, or the story that the same key of this account made before.

    Raises ``NotAllowedError``, ``BadInputError``, and ``KeyReusedError`` when the key made a story
    from other words.
    """
    require(actor, "contribute")
    digest = hashlib.sha256(wanted.model_dump_json().encode()).hexdigest() if idempotency_key else None
    known = _known(session, actor, idempotency_key, digest)
    if known is not None:
        return known
    made = Story(
        identifier=f"SB-{now().year}-{next_number(session, f'SB-{now().year}'):04d}",
        contributor_id=actor.account_id,
        idempotency_key=idempotency_key,
        made_from_sha256=digest,
        search_priority=CHANGED,
    )
    _describe(session, made, wanted.model_dump(exclude={"consent", "narrators"}))
    session.add(made)
    session.flush()
    set_narrators(session, made, wanted.narrators)
    if wanted.consent is not None:
        record_consent(
            session,
            actor,
            story_id=made.id,
            kind="contributor_statement",
            **wanted.consent.model_dump(),
        )
    audit(session, actor, "stories.create_story", made.id)
    announce(session, StoryChanged(made.id))
    return made


def _known(session: Session, actor: Actor, key: str | None, digest: str | None) -> Story | None:
    if key is None:
        return None
    alone(session, f"stories:{actor.account_id}:{key}")  # a twin of this request waits until it can see the story
    found = story_by_key(session, actor, key)
    if found is not None and found.made_from_sha256 != digest:
        raise KeyReusedError(story_id=found.id)
    return found


def change_story(session: Session, actor: Actor, story_id: str, wanted: StoryUpdate) -> Story:
    """Change what is said of a story; raises ``ConflictError`` when it was changed since ``version``."""
    found = story(session, actor, story_id, lock=True)
    require(actor, "edit", found)
    if found.version != wanted.version:
        raise ConflictError
    sent = wanted.model_dump(include=wanted.model_fields_set - {"version", "narrators"})
    _describe(session, found, sent)
    if "narrators" in wanted.model_fields_set:
        set_narrators(session, found, wanted.narrators)
    _changed(found, CHANGED)
    try:
        session.flush()
    except StaleDataError as error:
        raise ConflictError from error
    audit(session, actor, "stories.change_story", found.id, fields=sorted(wanted.model_fields_set))
    announce(session, StoryChanged(found.id))
    return found


def _describe(session: Session, target: Story, fields: dict[str, Any]) -> None:
    date = fields.get("recorded_on")
    if date and not is_edtf(date):
        message = f"“{date}” is no date we can read. Write 1948, 1948-03, 1948-03-14, 194X or 1948~."
        raise BadInputError(message)
    folder = fields.get("collection_id")
    if folder is not None and collection(session, folder) is None:
        message = "There is no such collection."
        raise BadInputError(message)
    for name, value in fields.items():
        kept = value
        if name in {"title", "place"} and value is not None:
            kept = composed(value)
        if name == "description":
            kept = value.strip()
        if name in {"place", "recorded_on"}:
            kept = kept or None  # an emptied field is an unknown one
        setattr(target, name, kept)


def set_narrators(session: Session, target: Story, narrators: Sequence[PersonWrite]) -> None:
    """Who tells the story, in this order; replaces who was named before."""
    session.execute(delete(StoryPerson).where(StoryPerson.story_id == target.id, StoryPerson.role == "narrator"))
    for seq, person in enumerate(narrators):
        made = add_person(session, person.names)
        session.add(StoryPerson(story_id=target.id, person_id=made.id, role="narrator", seq=seq))
    session.flush()


def add_consent(session: Session, actor: Actor, story_id: str, wanted: ConsentCreate) -> ConsentRecord:
    """Add a consent record to a story the actor may edit; records are never changed or removed.

    ``record_consent`` writes the one audit event of it.
    """
    found = story(session, actor, story_id, lock=True)
    require(actor, "record_consent", found)
    return record_consent(session, actor, story_id=story_id, **wanted.model_dump())


def publish_story(session: Session, actor: Actor, story_id: str, level: str) -> Story:
    """Let the readers of ``level`` hear it; raises ``ConsentMissingError`` without a covering record."""
    found = story(session, actor, story_id, lock=True)
    require(actor, "publish", found)
    if not covers(consents_of(session, story_id), level):
        raise ConsentMissingError
    found.published_at = found.published_at or now()
    event = _show_to(found, "published", level)
    session.flush()
    audit(session, actor, "stories.publish_story", story_id, level=level)
    announce(session, event)
    return found


def unpublish_story(session: Session, actor: Actor, story_id: str) -> Story:
    """Make it a draft again, at once."""
    found = story(session, actor, story_id, lock=True)
    require(actor, "publish", found)
    event = _show_to(found, "draft", None)
    session.flush()
    audit(session, actor, "stories.unpublish_story", story_id)
    announce(session, event)
    return found


def _show_to(found: Story, state: str, level: str | None) -> Event:
    """Other people may know of it from now on; some who did may not, whatever a search index still holds."""
    was_shown = found.state == "published" and (state, level) != (found.state, found.level)
    found.state, found.level = state, level
    _changed(found, TAKEN_BACK if was_shown else CHANGED)
    if not was_shown:
        return StoryPublished(found.id)
    found.withheld_revision = found.revision
    return StoryTakenBack(found.id)


def _changed(found: Story, priority: int) -> None:
    """Search must know of a change of a story that this unit holds."""
    if found.indexed_revision < found.revision:
        found.search_priority = min(found.search_priority, priority)
    else:
        found.search_priority, found.search_behind_since = priority, now()
    found.revision += 1


def _change(priority: int) -> dict[str, Any]:
    """The same as values of an update: search is behind since its oldest unknown change, and as urgently as any."""
    behind = Story.indexed_revision < Story.revision
    return {
        "search_priority": case((behind & (Story.search_priority < priority), Story.search_priority), else_=priority),
        "search_behind_since": case((behind, Story.search_behind_since), else_=now()),
    }


def note_searchable(session: Session, story_id: str, revision: int) -> None:
    """The search index has this revision, so it knows who may know of the story.

    What was changed while it was brought there is a moment old.
    """
    still_withheld = case((Story.withheld_revision <= revision, None), else_=Story.withheld_revision)
    session.execute(
        update(Story)
        .where(Story.id == story_id)
        .values(indexed_revision=revision, withheld_revision=still_withheld, search_behind_since=now())
        .execution_options(synchronize_session="fetch")
    )


def note_unsearchable(session: Session, *story_ids: str) -> None:
    """Whatever was said of them, the search index has nothing of these stories: they are owed again."""
    _write(session, story_ids, indexed_revision=0, **_change(REINDEX))


def note_differing(session: Session, held: Mapping[str, int]) -> tuple[list[str], set[str]]:
    """Hold every story against the revisions that a search index has; (owed again, what it has and is no story).

    Owed again is what was said to be there and is not, or not so. What the index has of another revision may be
    open there to more people than now: it counts as withheld until it is indexed. A revision that only the
    index knows (the database was restored) is passed, so that what is put next counts as newer.
    """
    owed: list[str] = []
    strays = set(held)
    last = ""
    while rows := revisions_after(session, last, COMPARED_AT_ONCE):
        last = rows[-1].id
        strays -= {id_ for id_, *_ in rows}
        differing = [one for one in rows if held.get(one.id, 0) != one.indexed_revision]
        owed += (wrong := [one.id for one in differing if one.indexed_revision])
        if wrong:
            _write(session, wrong, indexed_revision=0, **_change(REINDEX))
        for id_, revision, _ in differing:
            if held.get(id_, revision) != revision:
                newest = max(revision, held[id_] + 1)
                _write(session, [id_], revision=newest, withheld_revision=newest)
    return owed, strays


def renumber_story(session: Session, story_id: str) -> None:
    """Give the story its next revision and tell nobody: what it says is the same, its passages are cut anew."""
    _write(session, [story_id], revision=Story.revision + 1, **_change(REINDEX))


def _write(session: Session, story_ids: Sequence[str], **values: Any) -> None:  # noqa: ANN401  columns
    chosen = update(Story).where(Story.id.in_(story_ids)).values(**values)
    session.execute(chosen.execution_options(synchronize_session="fetch"))


def write_summary(session: Session, story_id: str, **fields: Any) -> None:  # noqa: ANN401  columns of the summary
    """Keep what lists show: duration_ms, heard_languages, braid, first_sentence, poster_recording_id, progress.

    The revision grows, since search shows some of it; people's optimistic lock does not.
    """
    allowed = {"duration_ms", "heard_languages", "braid", "first_sentence", "poster_recording_id", "progress"}
    if not fields.keys() <= allowed:
        message = f"no part of the summary: {sorted(fields.keys() - allowed)}"
        raise ValueError(message)
    session.execute(
        update(Story)
        .where(Story.id == story_id)
        .values(**fields, **_change(NEW_UPLOAD), revision=Story.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
    announce(session, StoryGrew(story_id))


def touch_story(session: Session, story_id: str) -> None:
    """Say that search must look at the story again."""
    session.execute(
        update(Story)
        .where(Story.id == story_id)
        .values(**_change(NEW_UPLOAD), revision=Story.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
    announce(session, StoryGrew(story_id))


def mark_fictional(session: Session, story_id: str) -> None:
    """Say on its page that the story is invented."""
    session.execute(
        update(Story).where(Story.id == story_id).values(fictional=True).execution_options(synchronize_session="fetch")
    )
