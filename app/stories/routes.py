"""Addresses of stories, collections and the first page."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from app.access.commands import require
from app.access.queries import consents_of
from app.accounts.dependencies import CurrentActor
from app.collections.commands import add_collection
from app.collections.schemas import CollectionCreate, CollectionList, CollectionRead
from app.kernel.errors import (
    BadInputError,
    ConflictError,
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
    PublishRequest,
    StoryCreate,
    StoryHead,
    StoryList,
    StoryUpdate,
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


@router.post("/stories", operation_id="create_story", status_code=status.HTTP_201_CREATED, responses=problems(*WRITE))
def create_story(session: Unit, actor: CurrentActor, wanted: StoryCreate) -> StoryHead:
    """A new story, a draft of yours."""
    return queries.story_head(session, actor, commands.create_story(session, actor, wanted))


@router.patch("/stories/{story_id}", operation_id="change_story", responses=problems(*WRITE, ConflictError))
def change_story(session: Unit, actor: CurrentActor, story_id: str, wanted: StoryUpdate) -> StoryHead:
    """Change the fields that you send; 409 when somebody changed the story since ``version``."""
    return queries.story_head(session, actor, commands.change_story(session, actor, story_id, wanted))


@router.get("/stories/{story_id}/consents", operation_id="list_consents", responses=problems(*WRITE))
def list_consents(session: Unit, actor: CurrentActor, story_id: str) -> ConsentList:
    """The story's consent records, for those who may edit it."""
    found = queries.story(session, actor, story_id)
    require(actor, "edit", found)
    return ConsentList(items=queries.story_head(session, actor, found).consents)


@router.post(
    "/stories/{story_id}/consents",
    operation_id="add_consent",
    status_code=status.HTTP_201_CREATED,
    responses=problems(*WRITE),
)
def add_consent(session: Unit, actor: CurrentActor, story_id: str, wanted: ConsentCreate) -> ConsentRead:
    """Add a record of what the narrator agreed to; records are never changed or removed."""
    commands.add_consent(session, actor, story_id, wanted)
    record = consents_of(session, story_id)[-1]
    return ConsentRead.model_validate(record, from_attributes=True)


@router.post(
    "/stories/{story_id}/publish",
    operation_id="publish_story",
    responses=problems(*WRITE, commands.ConsentMissingError),
)
def publish_story(session: Unit, actor: CurrentActor, story_id: str, wanted: PublishRequest) -> StoryHead:
    """Let the readers of a level hear it; needs a consent record that covers the level."""
    found = commands.publish_story(session, actor, story_id, wanted.level)
    return queries.story_head(session, actor, found)


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
