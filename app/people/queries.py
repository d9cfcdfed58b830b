"""Reading persons; callers have asked for the stories first, which decide who may know of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.people.models import PersonName
from app.people.schemas import PersonNameRead, PersonRead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


def persons_by_id(session: Session, person_ids: Iterable[str]) -> dict[str, PersonRead]:
    """Persons with their names in order, by id."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    names: dict[str, list[PersonNameRead]] = defaultdict(list)
    rows = session.scalars(
        select(PersonName)
        .where(PersonName.person_id.in_(wanted))
        .order_by(PersonName.person_id, PersonName.seq, PersonName.id)
    )
    for row in rows:
        names[row.person_id].append(PersonNameRead(text=row.text, language=row.language, script=row.script))
    return {id_: PersonRead(id=id_, names=names[id_]) for id_ in wanted}


def persons_named(session: Session, text: str) -> list[str]:
    """Ids of persons one of whose names is exactly this text."""
    return list(session.scalars(select(PersonName.person_id).where(PersonName.text == text).distinct()))
