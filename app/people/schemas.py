"""Persons on the wire."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PersonNameWrite(BaseModel):
    """One form of a name as somebody gives it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=300)
    language: str | None = Field(default=None, max_length=35)
    script: str | None = Field(default=None, max_length=4)


class PersonWrite(BaseModel):
    """A person by their names, the one shown first at the head."""

    model_config = ConfigDict(extra="forbid")

    names: list[PersonNameWrite] = Field(min_length=1, max_length=20)


class PersonNameRead(BaseModel):
    """One form of a name."""

    text: str
    language: str | None
    script: str | None


class PersonRead(BaseModel):
    """A person with all forms of their name, the one shown first at the head."""

    id: str
    names: list[PersonNameRead]
