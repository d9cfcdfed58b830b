"""Persons on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.kernel.text import not_blank


class PersonNameWrite(BaseModel):
    """One form of a name as somebody gives it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, AfterValidator(not_blank)] = Field(min_length=1, max_length=300)
    language: str | None = Field(default=None, max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    """BCP 47."""
    script: str | None = Field(default=None, pattern=r"^[A-Z][a-z]{3}$")
    """ISO 15924."""


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
