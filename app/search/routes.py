"""Addresses of search, and of taking a story out at once."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi import Query as Parameter

from app.accounts.dependencies import CurrentActor
from app.kernel.errors import NotAllowedError, NotFoundError, SignInNeededError
from app.kernel.web import Unit, ports_of, problems
from app.search import commands, queries
from app.search.queries.found import SearchRestsError, query_of
from app.search.schemas import SearchPage, StorySearch, Suggestions
from app.stories.commands import unpublish_story
from app.transcripts.queries import story_page
from app.transcripts.schemas import StoryRead

router = APIRouter(prefix="/api/v1", tags=["search"])
LONGEST_QUERY = 10_000
Text = Annotated[str, Parameter(max_length=LONGEST_QUERY)]
# No default_factory: whether it takes arguments would be read from its signature at every request (1 ms for four).
Facet = Annotated[tuple[str, ...], Parameter(max_length=50)]


@router.get("/search", operation_id="search", responses=problems(SearchRestsError))
def search(
    session: Unit,
    actor: CurrentActor,
    request: Request,
    language: Facet = (),
    collection: Facet = (),
    person: Facet = (),
    place: Facet = (),
    q: Text = "",
    sort: Literal["relevance", "newest", "oldest"] = "relevance",
    page: Annotated[int, Parameter(ge=1, le=10_000)] = 1,
    per_page: Annotated[int, Parameter(ge=1, le=50)] = 10,
    literal: bool = False,
) -> SearchPage:
    """Stories in which every word is said, with up to three moments each."""
    filters = {"language": language, "collection": collection, "person": person, "place": place}
    query = query_of(q, filters=filters, sort=sort, page=page, per_page=per_page, literal=literal)
    return queries.search_page(session, ports_of(request).search_index, actor, query)


@router.get("/search/suggest", operation_id="suggest")
def suggest(
    session: Unit, actor: CurrentActor, request: Request, q: Annotated[str, Parameter(max_length=200)]
) -> Suggestions:
    """Words that go on from what was typed."""
    index = ports_of(request).search_index
    return Suggestions(items=queries.suggestions(session, index, actor, q, 8))


@router.get(
    "/stories/{story_id}/search",
    operation_id="search_story",
    responses=problems(NotFoundError, SearchRestsError),
)
def search_story(session: Unit, actor: CurrentActor, request: Request, story_id: str, q: Text) -> StorySearch:
    """Every moment of one story in the order of the sound."""
    query = query_of(q, filters={}, sort="relevance", page=1, per_page=20, literal=False)
    return queries.story_search(session, ports_of(request).search_index, actor, story_id, query)


@router.post(
    "/stories/{story_id}/unpublish",
    operation_id="unpublish_story",
    responses=problems(SignInNeededError, NotAllowedError, NotFoundError),
)
def withdraw(session: Unit, actor: CurrentActor, request: Request, story_id: str) -> StoryRead:
    """Make a story a draft again; it cannot be found any more once this answers."""
    found = unpublish_story(session, actor, story_id)
    commands.take_out_at_commit(session, ports_of(request), story_id, found.revision - 1)
    return story_page(session, actor, story_id)
