"""Collections on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.kernel.text import not_blank


class CollectionCreate(BaseModel):
    """A new collection."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, AfterValidator(not_blank)] = Field(min_length=1, max_length=500)
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
