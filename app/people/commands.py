"""Writing persons and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.text import composed
from app.people.domain.scripts import script_of
from app.people.models import Person, PersonName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.people.schemas import PersonNameWrite


def add_person(session: Session, names: Sequence[PersonNameWrite]) -> Person:
    """A new person with these names, the first one shown first; the script is seen where it is not said."""
    person = Person()
    session.add(person)
    session.flush()
    for seq, name in enumerate(names):
        text = composed(name.text)
        session.add(
            PersonName(
                person_id=person.id,
                seq=seq,
                text=text,
                language=name.language,
                script=name.script or script_of(text),
            )
        )
    session.flush()
    return person
