"""Stories on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.kernel.text import not_blank
from app.people.schemas import PersonRead, PersonWrite

Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
Use = Literal["listen", "read", "quote", "download", "publish_online", "process_by_ai"]
Level = Literal["public", "registered", "staff"]


class TitleForm(BaseModel):
    """A title in another language."""

    model_config = ConfigDict(extra="forbid")

    language: Tag
    text: Annotated[str, AfterValidator(not_blank)] = Field(min_length=1, max_length=500)


class ConsentWrite(BaseModel):
    """What the narrator agreed to, in the words of who says so."""

    model_config = ConfigDict(extra="forbid")

    statement: Annotated[str, AfterValidator(not_blank)] = Field(min_length=1, max_length=20_000)
    scope: list[Use] = Field(max_length=6)
    audience: Level | None = None
    language: Tag = "en"
    given_by: Annotated[str, AfterValidator(not_blank)] = Field(min_length=1, max_length=300)


class ConsentCreate(ConsentWrite):
    """A consent record added later."""

    kind: Literal["contributor_statement", "consent_agreement", "release_form"]


class StoryFields(BaseModel):
    """What a person may say of a story."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=500)
    title_forms: list[TitleForm] = Field(default_factory=list, max_length=20)
    narrators: list[PersonWrite] = Field(default_factory=list, max_length=20)
    description: str = Field(default="", max_length=20_000)
    languages: list[Tag] = Field(default_factory=list, max_length=20)
    recorded_on: str | None = Field(default=None, max_length=40)
    place: str | None = Field(default=None, max_length=300)
    collection_id: str | None = Field(default=None, max_length=36)
    machine_text_allowed: bool = True


class StoryCreate(StoryFields):
    """A new story, a draft."""

    consent: ConsentWrite | None = None


class StoryUpdate(StoryFields):
    """The fields that are sent are changed; ``version`` is the one that was read."""

    version: int


class PublishRequest(BaseModel):
    """Who may hear it from now on."""

    model_config = ConfigDict(extra="forbid")

    level: Level


class LanguageShare(BaseModel):
    """How long a language is heard."""

    tag: str
    ms: int


class BraidSegment(BaseModel):
    """A stretch in which one language is heard."""

    tag: str
    start_ms: int
    end_ms: int


class Sentence(BaseModel):
    """A sentence somebody said, with its second."""

    text: str
    language: str
    recording_id: str
    recording_number: int
    start_ms: int
    end_ms: int


class Summary(BaseModel):
    """What lists show of a story."""

    duration_ms: int
    languages: list[LanguageShare]
    braid: list[BraidSegment]
    first_sentence: Sentence | None
    poster_url: str | None
    progress: str


class StoryItem(BaseModel):
    """A story in a list."""

    id: str
    identifier: str
    title: str
    title_forms: list[TitleForm]
    narrators: list[PersonRead]
    summary: Summary
    state: str
    level: str | None
    published_at: dt.datetime | None
    created_at: dt.datetime
    fictional: bool
    recorded_on: str | None
    place: str | None


class StoryList(BaseModel):
    """A page of stories."""

    items: list[StoryItem]
    next: str | None


class CollectionName(BaseModel):
    """A collection by name."""

    id: str
    title: str


class ConsentRead(BaseModel):
    """A consent record; ``statement`` and ``given_by`` are empty for those who may not edit the story."""

    kind: str
    scope: list[str]
    statement: str
    language: str
    given_by: str
    fictional: bool
    created_at: dt.datetime


class ConsentList(BaseModel):
    """Consent records, oldest first."""

    items: list[ConsentRead]


class May(BaseModel):
    """What this reader may do with the story."""

    edit: bool
    publish: bool
    upload: bool
    transcribe: bool
    hear: bool
    read: bool
    see_doubtful: bool


class StoryHead(StoryItem):
    """A story without its recordings, which an upper room adds."""

    description: str
    collection: CollectionName | None
    languages: list[str]
    machine_text_allowed: bool
    version: int
    consents: list[ConsentRead]
    may: May


class LanguageCount(BaseModel):
    """A language and how many stories it is heard in."""

    tag: str
    stories: int


class CollectionCard(BaseModel):
    """A collection on the home page."""

    id: str
    title: str
    description: str
    stories: int


class Voice(BaseModel):
    """One voice to play with one tap."""

    story: StoryItem
    recording_id: str
    recording_number: int
    start_ms: int
    end_ms: int
    text: str
    language: str


class Home(BaseModel):
    """What the first page shows, of what this reader may hear."""

    voice: Voice | None
    languages: list[LanguageCount]
    newest: list[StoryItem]
    total_stories: int
    collections: list[CollectionCard]
