"""The job of search: bring the search index to a story's present revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.db import unit
from app.kernel.leases import LeaseLostError, claim, held, report_error
from app.kernel.logging import log
from app.ports.search_index import BadDocumentError
from app.search import commands
from app.search.models import StoryIndexing

if TYPE_CHECKING:
    from app.ports import Ports

logger = log("search")


def index_story(ports: Ports, story_id: str) -> None:
    """Index the story as it stands; a change that comes meanwhile makes it owed again."""
    with unit(ports.sessions) as session:
        commands.begin_indexing(session, story_id)
        taken = claim(session, StoryIndexing, story_id)
        if taken is None:
            return
        document = commands.keep_passages(session, story_id)
    if document is None:
        return
    with held(taken):
        try:
            ticket = ports.search_index.put_story(document)
            ports.search_index.wait(ticket, commands.WAIT_S)
            with unit(ports.sessions) as session:
                commands.note_indexed(session, taken, story_id, document.revision)
        except LeaseLostError:
            logger.warning("indexing_lost", story_id=story_id)
        except Exception as error:
            logger.exception("indexing_failed", story_id=story_id)
            final = isinstance(error, BadDocumentError)
            with unit(ports.sessions) as session:
                report_error(session, taken, f"The search index refused it: {error}", final=final)
