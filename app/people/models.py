"""Persons and their names: a list of forms, never first and last name columns."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base
from app.kernel.ids import new_id
from app.kernel.time import now


class Person(Base):
    """An authority record for a human being."""

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class PersonName(Base):
    """One form of a person's name; ``seq`` 0 is the one shown first."""

    __tablename__ = "person_names"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    seq: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(35), default=None)
    script: Mapped[str | None] = mapped_column(String(4), default=None)
    name_order: Mapped[str | None] = mapped_column(String(20), default=None)
    """family-first or given-first."""
    scheme: Mapped[str | None] = mapped_column(String(40), default=None)
    kind: Mapped[str | None] = mapped_column(String(30), default=None)
