"""Making, describing and publishing a story: each answers with the whole story, as its page shows it."""

from __future__ import annotations

from fastapi import APIRouter, status

from app.accounts.dependencies import CurrentActor
from app.kernel.errors import (
    BadInputError,
    ConflictError,
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
    SignInNeededError,
)
from app.kernel.web import IdempotencyKey, Unit, problems
from app.stories import commands
from app.stories.schemas import PublishRequest, StoryCreate, StoryUpdate
from app.transcripts import queries
from app.transcripts.schemas import StoryRead

router = APIRouter(prefix="/api/v1", tags=["stories"])
WRITE = (SignInNeededError, NotAllowedError, NotFoundError, BadInputError)


@router.post(
    "/stories",
    operation_id="create_story",
    status_code=status.HTTP_201_CREATED,
    responses=problems(*WRITE, KeyReusedError),
)
def create_story(
    session: Unit, actor: CurrentActor, wanted: StoryCreate, idempotency_key: IdempotencyKey = None
) -> StoryRead:
    """A new story, a draft of yours; the same Idempotency-Key again gives the same story."""
    made = commands.create_story(session, actor, wanted, idempotency_key)
    return queries.story_page(session, actor, made.id)


@router.patch("/stories/{story_id}", operation_id="change_story", responses=problems(*WRITE, ConflictError))
def change_story(session: Unit, actor: CurrentActor, story_id: str, wanted: StoryUpdate) -> StoryRead:
    """Change the fields that you send; 409 when somebody changed the story since ``version``."""
    commands.change_story(session, actor, story_id, wanted)
    return queries.story_page(session, actor, story_id)


@router.post(
    "/stories/{story_id}/publish",
    operation_id="publish_story",
    responses=problems(*WRITE, commands.ConsentMissingError),
)
def publish_story(session: Unit, actor: CurrentActor, story_id: str, wanted: PublishRequest) -> StoryRead:
    """Let the readers of a level hear it; needs a consent record that covers the level."""
    commands.publish_story(session, actor, story_id, wanted.level)
    return queries.story_page(session, actor, story_id)
