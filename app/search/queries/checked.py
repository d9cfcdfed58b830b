"""What the search engine says, held against the database before anybody is told of it.

Whatever is shown is of stories that this reader may know of: the stories behind every number and every word are
named by the engine and looked up. Where it names others, it is asked again without them, so that their places in a
page and in what it looks at tell nothing either.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Text, cast, distinct, func, select

from app.access.queries import search_access, visible_to
from app.kernel.db import is_listed
from app.kernel.logging import log
from app.kernel.time import now
from app.people.models import PersonName
from app.ports.search_index import FACETS, SearchUnavailableError
from app.search.models import Passage
from app.stories.models import Story, StoryPerson
from app.stories.queries import withheld_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.ports.search_index import Access

    Known = dict[str, Row[str, str | None, str | None, str]]
    """Stories that a reader may know of, by id, with what facets count of each."""

_T = TypeVar("_T")
logger = log("search")
ROUNDS = 3
"""How often an engine is asked that goes on naming what this reader may not know of."""

# Each page of search asks these: built once.
_STORIES = select(
    Story.id, Story.collection_id, Story.place, cast(Story.heard_languages, Text).label("languages")
).where(is_listed(Story.id, "ids"))
_NARRATORS = (
    select(PersonName.text, func.count(distinct(StoryPerson.story_id)))
    .select_from(StoryPerson)
    .join(PersonName, PersonName.person_id == StoryPerson.person_id)
    .where(is_listed(StoryPerson.story_id, "ids"), StoryPerson.role == "narrator", PersonName.seq == 0)
    .group_by(PersonName.text)
)
_TEXTS = select(Passage.id, Passage.text).where(is_listed(Passage.id, "ids"), is_listed(Passage.story_id, "stories"))


def access_of(session: Session, actor: Actor) -> Access:
    """Who asks, without the stories that were taken from them since the engine last heard of those."""
    return replace(search_access(actor, now()), without=withheld_ids(session, actor))


def asked(
    session: Session, actor: Actor, ask: Callable[[Access], _T], named: Callable[[_T], AbstractSet[str]]
) -> tuple[_T, Known]:
    """The engine's answer once it names only stories that this reader may know of, and what is known of those.

    Raises ``SearchUnavailableError`` when it goes on naming others.
    """
    access = access_of(session, actor)
    for _ in range(ROUNDS):
        answer = ask(access)
        stories = named(answer)
        known = known_of(session, actor, stories)
        hidden = stories - known.keys()
        if not hidden:
            return answer, known
        logger.warning("search_index_names_hidden_stories", stories=len(hidden))
        access = replace(access, without=access.without | hidden)
    raise SearchUnavailableError("the search engine goes on naming what was not asked for")


def known_of(session: Session, actor: Actor, stories: Iterable[str]) -> Known:
    """Those of the stories that this actor may know of."""
    found = session.execute(_STORIES.where(visible_to(actor, Story)), {"ids": list(stories)})
    return {row[0]: row for row in found}


def facets_of(session: Session, stories: Known) -> dict[str, dict[str, int]]:
    """How many of these stories have each value of each facet, the most usual first."""
    collections, places, languages = Counter[str](), Counter[str](), Counter[str]()
    for _, collection, place, heard in stories.values():
        if collection:
            collections[collection] += 1
        if place:
            places[place] += 1
        for tag in _tags(heard):
            languages[tag] += 1
    narrators = Counter(dict(session.execute(_NARRATORS, {"ids": list(stories)}).all()))
    counted = {"language": languages, "collection": collections, "person": narrators, "place": places}
    return {kind: dict(sorted(counted[kind].items(), key=lambda one: (-one[1], one[0]))) for kind in FACETS}


@lru_cache(maxsize=20_000)
def _tags(heard: str) -> frozenset[str]:
    """The languages that a story's column has; to read its JSON takes longer than to fetch it."""
    return frozenset(share["tag"] for share in json.loads(heard))


def texts_of(session: Session, known: Known, passages: Iterable[str]) -> dict[str, str]:
    """The texts of passages of these stories, as the database has them; a card's holds title and names."""
    return dict(session.execute(_TEXTS, {"ids": list(passages), "stories": list(known)}).all())
