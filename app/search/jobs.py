"""The job of search: bring the search index to a story's present revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from app.kernel.db import raise_if_away, unit
from app.kernel.leases import LeaseLostError, claim, held, put_back, report_error
from app.kernel.logging import log
from app.ports.search_index import BadDocumentError, SearchUnavailableError
from app.search import commands
from app.search.models import StoryIndexing

if TYPE_CHECKING:
    from app.ports import Ports

logger = log("search")


def index_story(ports: Ports, story_id: str) -> None:
    """Index the story as it stands; a change that comes meanwhile makes it owed again.

    An engine that rests, or is slow, is no error of the story: it stays owed and nothing counts against it.
    """
    try:
        with unit(ports.sessions) as session:
            commands.begin_indexing(session, story_id)
            taken = claim(session, StoryIndexing, story_id)
            if taken is None:
                return
            document = commands.keep_passages(session, story_id)
    except DBAPIError:
        raise  # the database rests: no fault of this story
    except Exception as error:
        logger.exception("no_passages", story_id=story_id)
        _count_against(ports, story_id, error)
        return
    if document is None:
        return
    with held(taken):
        try:
            ticket = ports.search_index.put_story(document)
            if not ports.search_index.wait(ticket, commands.WAIT_S):
                raise SearchUnavailableError("it takes too long")  # noqa: TRY301  one end for all that rests
            with unit(ports.sessions) as session:
                commands.note_indexed(session, taken, story_id, document.revision)
        except LeaseLostError:
            logger.warning("indexing_lost", story_id=story_id)
            # What was put here may have come after what another worker put: the newest state comes once more.
            with unit(ports.sessions) as session:
                commands.owe_again(session, story_id)
        except SearchUnavailableError as error:
            logger.warning("search_rests", story_id=story_id, why=str(error))
            with unit(ports.sessions) as session:
                put_back(session, taken)
            # An index that could not be made when this process began is made as soon as it can be.
            commands.ensure_index(ports)
        except Exception as error:
            raise_if_away(error)  # no fault of this row, which is given back
            logger.exception("indexing_failed", story_id=story_id)
            final = isinstance(error, BadDocumentError)
            with unit(ports.sessions) as session:
                report_error(session, taken, f"The search index refused it: {error}", final=final)


def _count_against(ports: Ports, story_id: str, error: Exception) -> None:
    """A story that cannot be made into passages waits longer each time, so that the others have their turn."""
    with unit(ports.sessions) as session:
        commands.begin_indexing(session, story_id)
        taken = claim(session, StoryIndexing, story_id)
        if taken is not None:
            report_error(session, taken, f"The story cannot be made ready for search: {error}")
