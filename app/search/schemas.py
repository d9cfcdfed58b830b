"""Search on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from app.people.schemas import PersonRead
from app.stories.schemas import Summary

Via = Literal["exact", "alias", "typo"]


class FlatHit(BaseModel):
    """A moment as the command line prints it; a match in title or names has null times."""

    story_id: str
    recording_id: str | None
    title: str
    start_ms: int | None
    end_ms: int | None
    text: str
    via: Via


class HitRead(BaseModel):
    """A moment: times of the first and last matched word, spans in code points of ``text``."""

    passage_id: str
    story_id: str
    recording_id: str | None
    recording_number: int | None
    start_ms: int | None
    end_ms: int | None
    text: str
    spans: list[tuple[int, int]]
    via: Via
    matched_as: str | None
    language: str | None
    speaker: str | None


class StoryHits(BaseModel):
    """A story with at most three of its moments."""

    story_id: str
    title: str
    narrators: list[PersonRead]
    summary: Summary
    hits: list[HitRead]
    hits_in_story: int


class SearchPage(BaseModel):
    """A page of stories; counts and facets are of what this reader may know."""

    items: list[StoryHits]
    total_stories: int
    total_moments: int
    facets: dict[str, dict[str, int]]
    corrected: str | None
    degraded: bool


class StorySearch(BaseModel):
    """All moments of one story in the order of the sound."""

    items: list[HitRead]
    total: int


class Suggestions(BaseModel):
    """Words that go on from what was typed."""

    items: list[str]
