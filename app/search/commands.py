"""Writing to the search index: making it, indexing a story, taking one out at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, event, update
from sqlalchemy.exc import DBAPIError

from app.kernel.db import HoldLostError, insert_into, only_one, unit
from app.kernel.leases import finish
from app.kernel.logging import log
from app.kernel.time import now
from app.ports.search_index import BadDocumentError, IndexSpec, SearchUnavailableError
from app.search.models import Passage, StoryIndexing
from app.search.queries import are_kept, has_passages, hold_indexing, indexing_for_work, story_document
from app.stories.commands import note_differing, note_searchable, note_unsearchable, renumber_story
from app.stories.queries import hold_story, revisions_after, story_for_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy.orm import Session

    from app.kernel.db import Hold
    from app.kernel.leases import Claim
    from app.ports import Ports
    from app.ports.search_index import StoryDoc

SPEC = IndexSpec(version="1")
"""Grows when the documents change their shape, or how passages are cut: the index is then filled anew."""
Renewed = Literal["ready", "renewed", "elsewhere"]
RENEWAL = "search-renewal"
_AT_ONCE = 500
WAIT_S = 20.0
TAKE_OUT_S = 5.0
"""Somebody waits for the answer; until the engine has done it the story is kept from every question."""
logger = log("search")


def ensure_index(ports: Ports) -> bool:
    """Make the search index if it is not there; True when it waits for ``renew_index``, which takes its time.

    A new one makes every story owed; an older one goes on answering. Killed in between, the next call does it
    again. While the engine rests nothing is made and nothing is lost.
    """
    try:
        is_older = _prepared(ports)
    except SearchUnavailableError as error:
        logger.warning("search_rests", why=str(error))
        return False
    if is_older:
        logger.info("search_index_is_older", filled_by="a worker that may, or: storybraid search rebuild")
    return is_older


def _prepared(ports: Ports) -> bool:
    need = ports.search_index.ensure(SPEC)
    if need == "compare":
        compare_index(ports)
        ports.search_index.confirm()
    return need == "rebuild"


def compare_index(ports: Ports) -> list[str]:
    """Hold the search index against the rows: what it lacks or has otherwise is owed again; gives those stories.

    What is no story any more is taken out of it. Raises ``SearchUnavailableError``.
    """
    held = {story_id: revision for story_id, revision, _ in ports.search_index.inventory()}
    with unit(ports.sessions) as session:
        owed, strays = _owe_differing(session, held)
    for story_id in sorted(strays):
        ports.search_index.delete_story(story_id, held[story_id])
    return owed


def renew_index(ports: Ports, *, always: bool = False, stopping: Callable[[], bool] = lambda: False) -> Renewed:
    """Fill a new search index from the database where the present one is older (or ``always``), and switch.

    One process of all does it, the others are told "elsewhere"; search answers throughout. Whatever breaks it
    off, ``stopping`` too (``SearchUnavailableError``), leaves the old index, and the next call begins anew. What
    changed meanwhile is owed, and workers put it. Raises ``SearchUnavailableError`` also where this process may not.
    """
    with only_one(ports.sessions.kw["bind"], RENEWAL) as hold:
        if hold is None:
            return "elsewhere"
        # Looked at under the hold: another process may just have finished it.
        if not _prepared(ports) and not always:
            return "ready"
        began = now()
        there: dict[str, int] = {}

        def before_switch(held: Mapping[str, int]) -> None:
            """Nobody writes to either index now: what the rows have and the new one has not is owed beforehand."""
            _require(hold)
            with unit(ports.sessions) as session:
                owed, _ = _owe_differing(session, held)
            there.update({story_id: held[story_id] for story_id in owed if story_id in held})

        refused = ports.search_index.rebuild(_documents(ports, hold, stopping), before_switch)
        for story_id, revision in there.items():
            _note_renewed(ports, story_id, revision)
    logger.info("search_index_renewed", seconds=round((now() - began).total_seconds()), refused=len(refused))
    return "renewed"


def _note_renewed(ports: Ports, story_id: str, revision: int) -> None:
    """The new index answers and has the story as it is: what was owed lest it should not is done."""
    with unit(ports.sessions) as session:
        hold_story(session, story_id)
        found = story_for_work(session, story_id)
        if found is not None and found.revision == revision:
            note_searchable(session, story_id, revision)
            session.execute(delete(Passage).where(Passage.story_id == story_id, Passage.revision != revision))


def _owe_differing(session: Session, held: Mapping[str, int]) -> tuple[list[str], set[str]]:
    """Owe what an index has not as the rows say, and take their claims from whoever just puts something.

    Such a put may have gone to an index that answers no more: its worker finds its claim lost and does it again.
    """
    taken_back = update(StoryIndexing).values(fence=StoryIndexing.fence + 1, lease_owner=None, lease_until=None)
    session.execute(taken_back.where(StoryIndexing.lease_owner.is_not(None)))
    owed, strays = note_differing(session, held)
    for at in range(0, len(owed), _AT_ONCE):
        some = StoryIndexing.id.in_(owed[at : at + _AT_ONCE])
        session.execute(update(StoryIndexing).where(some).values(indexed_at=None, retry_at=None))
    return owed, strays


def _require(hold: Hold) -> None:
    try:
        hold.require()
    except HoldLostError as error:
        raise SearchUnavailableError("the database went away, so that others may fill one too") from error


def _documents(ports: Ports, hold: Hold, stopping: Callable[[], bool]) -> Iterator[StoryDoc]:
    """Each story as it stands when its turn comes, one in memory at a time."""
    last = ""
    while True:
        _require(hold)  # early, and no idle line is cut on its way in the hours that this may take
        with unit(ports.sessions, write=False) as session:
            ids = [id_ for id_, *_ in revisions_after(session, last, _AT_ONCE)]
        if not ids:
            return
        last = ids[-1]
        for story_id in ids:
            if stopping():
                raise SearchUnavailableError("this process is ending; the old index stays")
            document = _document(ports, story_id)
            if document is not None:
                yield document


def _document(ports: Ports, story_id: str) -> StoryDoc | None:
    """A story for a new index, and its passages as the new index will name them.

    Where passages are cut otherwise than before, the story gets a new revision: those of the old index stay what
    they are until the switch, since a passage's id holds it. None for one that cannot be made: it stays out, owed.
    """
    try:
        with unit(ports.sessions, write=False) as session:
            found = story_for_work(session, story_id)
            if found is None:
                return None
            document, rows = story_document(session, found)
            if are_kept(session, found.id, found.revision, rows):
                return document
        with unit(ports.sessions) as session:
            begin_indexing(session, story_id)
            # Whoever claims the story writes its passages too, in the transaction of the claim.
            hold_indexing(session, story_id)
            hold_story(session, story_id)
            found = story_for_work(session, story_id)
            if found is not None and has_passages(session, found.id, found.revision):
                renumber_story(session, story_id)
            return keep_passages(session, story_id)
    except DBAPIError:
        raise
    except Exception:
        logger.exception("no_passages", story_id=story_id)
        return None


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
