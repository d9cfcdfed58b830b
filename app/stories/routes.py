"""Addresses of the lists of stories, of collections, of consent records and of the first page."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from app.access.commands import require
from app.accounts.dependencies import CurrentActor
from app.collections.commands import add_collection
from app.collections.schemas import CollectionCreate, CollectionList, CollectionRead
from app.kernel.errors import (
    BadInputError,
    NotAllowedError,
    NotFoundError,
    SignInNeededError,
)
from app.kernel.web import Unit, problems
from app.stories import commands, queries
from app.stories.schemas import (
    ConsentCreate,
    ConsentList,
    ConsentRead,
    Home,
    StoryList,
)

router = APIRouter(prefix="/api/v1", tags=["stories"])
WRITE = (SignInNeededError, NotAllowedError, NotFoundError, BadInputError)


@router.get("/home", operation_id="home")
def home(session: Unit, actor: CurrentActor) -> Home:
    """The first page: one voice, the languages heard, what is new."""
    return queries.home(session, actor)


@router.get("/stories", operation_id="list_stories", responses=problems(BadInputError))
def list_stories(
    session: Unit,
    actor: CurrentActor,
    collection: str | None = None,
    person: str | None = None,
    language: str | None = None,
    mine: bool = False,
    cursor: str | None = None,
) -> StoryList:
    """Published stories that you may hear, newest first; ``mine``: your own, drafts too."""
    return queries.story_page(
        session, actor, collection=collection, person=person, language=language, mine=mine, cursor=cursor
    )


@router.get("/stories/{story_id}/consents", operation_id="list_consents", responses=problems(*WRITE))
def list_consents(session: Unit, actor: CurrentActor, story_id: str) -> ConsentList:
    """The story's consent records, for those who may edit it."""
    found = queries.story(session, actor, story_id)
    require(actor, "edit", found)
    return ConsentList(items=queries.consents_read(session, actor, found))


@router.post(
    "/stories/{story_id}/consents",
    operation_id="add_consent",
    status_code=status.HTTP_201_CREATED,
    responses=problems(*WRITE),
)
def add_consent(session: Unit, actor: CurrentActor, story_id: str, wanted: ConsentCreate) -> ConsentRead:
    """Add a record of what the narrator agreed to; records are never changed or removed."""
    record = commands.add_consent(session, actor, story_id, wanted)
    return ConsentRead.model_validate(record, from_attributes=True)


@router.get("/collections", operation_id="list_collections")
def list_collections(session: Unit, actor: CurrentActor) -> CollectionList:
    """Every collection with the number of its stories that you may hear."""
    return CollectionList(items=queries.collection_list(session, actor))


@router.post(
    "/collections",
    operation_id="create_collection",
    status_code=status.HTTP_201_CREATED,
    responses=problems(*WRITE),
)
def create_collection(
    session: Unit, actor: CurrentActor, wanted: CollectionCreate, response: Response
) -> CollectionRead:
    """A new collection."""
    require(actor, "make_collection")
    made = add_collection(session, wanted.title, wanted.description)
    response.headers["Location"] = f"/api/v1/collections/{made.id}"
    return CollectionRead(
        id=made.id,
        identifier=made.identifier,
        title=made.title,
        description=made.description,
        stories=0,
    )
