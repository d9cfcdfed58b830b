"""Collections on the wire."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CollectionCreate(BaseModel):
    """A new collection."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=500)
    description: str = Field(default="", max_length=20_000)


class CollectionRead(BaseModel):
    """A collection with the number of its stories that this reader may know of."""

    id: str
    identifier: str
    title: str
    description: str
    stories: int


class CollectionList(BaseModel):
    """All collections."""

    items: list[CollectionRead]
