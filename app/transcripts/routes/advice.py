"""What is known of languages and models before a recording is heard."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.accounts.dependencies import SignedIn
from app.kernel.errors import SignInNeededError
from app.kernel.web import ports_of, problems
from app.stories.schemas import Tag
from app.transcripts.domain.languages import foreseen
from app.transcripts.schemas import LanguageAdvice, WarningRead

router = APIRouter(prefix="/api/v1", tags=["transcripts"])


@router.get("/languages/advice", operation_id="language_advice", responses=problems(SignInNeededError))
def language_advice(
    request: Request,
    _actor: SignedIn,
    language: Annotated[list[Tag] | None, Query(max_length=20)] = None,
    model: Annotated[str | None, Query(max_length=200, pattern=r"^[A-Za-z0-9._-]+$")] = None,
) -> LanguageAdvice:
    """Sentences about the chosen languages with a model, or with the one this archive is set to."""
    # A model may be a folder; its name is enough, and the rest of the path is nobody's business.
    name = model or PurePath(ports_of(request).settings.transcriber.model).name
    return LanguageAdvice(
        model=name,
        warnings=[WarningRead(slug=one.slug, sentence=one.sentence) for one in foreseen(language or [], name)],
    )
