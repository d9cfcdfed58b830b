"""Writing to the search index: making it, indexing a story, taking one out at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, event, update

from app.kernel.db import insert_into, unit
from app.kernel.leases import finish
from app.kernel.logging import log
from app.kernel.time import now
from app.ports.search_index import BadDocumentError, IndexSpec, SearchUnavailableError
from app.search.models import Passage, StoryIndexing
from app.search.queries import indexing_for_work, story_document
from app.stories.commands import note_searchable, note_unsearchable
from app.stories.queries import story_for_work

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.leases import Claim
    from app.ports import Ports
    from app.ports.search_index import StoryDoc

SPEC = IndexSpec(version="1")
"""Grows when the documents change their shape; another version makes every story owed again."""
WAIT_S = 20.0
TAKE_OUT_S = 5.0
"""Somebody waits for the answer; until the engine has done it the story is kept from every question."""
logger = log("search")


def ensure_index(ports: Ports) -> None:
    """Make the search index if it is not there; an empty or older one makes every story owed again.

    While the engine rests nothing is made and nothing is lost: browsing works, and the stories stay owed.
    """
    try:
        if not ports.search_index.ensure(SPEC):
            return
        ports.search_index.rebuild([])
    except SearchUnavailableError as error:
        logger.warning("search_rests", why=str(error))
        return
    with unit(ports.sessions) as session:
        # After the switch, and with a new fence: a worker that put a story just before it must put it again.
        session.execute(
            update(StoryIndexing).values(
                indexed_at=None,
                fence=StoryIndexing.fence + 1,
                lease_owner=None,
                lease_until=None,
            )
        )
        note_unsearchable(session)


def begin_indexing(session: Session, story_id: str) -> None:
    """See to it that the story has its row, which the job then claims."""
    if indexing_for_work(session, story_id) is None and story_for_work(session, story_id) is not None:
        row = {"id": story_id, "fence": 0, "attempts": 0, "crashes": 0}
        session.execute(insert_into(session, StoryIndexing).values(row).on_conflict_do_nothing())


def keep_passages(session: Session, story_id: str) -> StoryDoc | None:
    """Write the passages of the story's present revision beside the older ones, and give its document."""
    found = story_for_work(session, story_id)
    if found is None:
        return None
    document, rows = story_document(session, found)
    session.execute(delete(Passage).where(Passage.story_id == story_id, Passage.revision == found.revision))
    session.add_all(rows)
    session.flush()
    return document


def owe_again(session: Session, story_id: str) -> None:
    """Make a story owed, whatever the search index was said to have of it."""
    note_unsearchable(session, story_id)


def note_indexed(session: Session, taken: Claim, story_id: str, revision: int) -> None:
    """The engine has this revision: the older passages go, under the claim."""
    finish(session, taken, indexed_at=now())
    note_searchable(session, story_id, revision)
    session.execute(delete(Passage).where(Passage.story_id == story_id, Passage.revision != revision))


def take_out_at_commit(session: Session, ports: Ports, story_id: str, revision: int) -> None:
    """Take a story out of the search index when this transaction commits, before the request answers.

    Puts up to ``revision`` stay out. Until then, and when the engine rests, the re-check hides it.
    """

    def take_out(_session: Session) -> None:
        try:
            ticket = ports.search_index.delete_story(story_id, revision)
            ports.search_index.wait(ticket, TAKE_OUT_S)
        except (SearchUnavailableError, BadDocumentError):
            # Also where this process has only the key for searching: a worker takes it out.
            logger.warning("not_taken_out", story_id=story_id)

    event.listen(session, "after_commit", take_out, once=True)
