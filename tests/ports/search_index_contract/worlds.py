"""Random stories and readers, and the access rules read plainly."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from app.ports.search_index import Access, Hit, Page, StoryAccess, StoryDoc
from tests.ports.search_index_contract.documents import a_story, an_access

if TYPE_CHECKING:
    from collections.abc import Sequence


WORDS = ("sea", "hill", "town", "river", "harbour", "lighthouse", "rivers", "Park", "Chan", "hillside")
LEVELS = ("public", "registered", "staff", "draft", "community", "family", "on_request", "sealed", None)


def random_world(rng: random.Random) -> list[StoryDoc]:
    """Twenty-five stories at every level, by several owners, of several groups."""
    return [
        a_story(
            f"s{i}",
            *(" ".join(rng.choices(WORDS, k=4)) for _ in range(rng.randint(1, 5))),
            access=StoryAccess(
                rng.choice(LEVELS),
                rng.choice(["a1", "a2", None]),
                tuple(rng.sample(["g1", "g2", "g3"], rng.randint(0, 2))),
            ),
            facets={"place": tuple(rng.sample(["p1", "p2", "p3"], rng.randint(0, 3)))},
            recorded_on=rng.choice(["1950", "196X", None]),
            summary="",
        )
        for i in range(25)
    ]


def random_access(rng: random.Random) -> Access:
    """Any reader, also ones that no role of today gives."""
    levels = [level for level in LEVELS if level is not None]
    return an_access(
        account_id=rng.choice(["a1", "a2", "a3", None]),
        levels=frozenset(rng.sample(levels, rng.randint(0, len(levels)))),
        groups=frozenset(rng.sample(["g1", "g2", "g3"], rng.randint(0, 2))),
        story_grants=frozenset(rng.sample([f"s{i}" for i in range(25)], rng.randint(0, 4))),
        drafts=rng.choice(["none", "own", "all"]),
    )


def may_see(story: StoryAccess, story_id: str, access: Access) -> bool:
    """The rules once more, read plainly."""
    if story.level in {None, "sealed"}:
        return False
    if story.level == "draft":
        own = story.owner_id is not None and story.owner_id == access.account_id
        return access.drafts == "all" or (access.drafts == "own" and own)
    if story_id in access.story_grants:
        return True
    if story.level in {"community", "family"} and not set(story.groups) & access.groups:
        return False
    return story.level in access.levels


def hits(page: Page) -> Sequence[Hit]:
    """All hits of a page."""
    return [hit for story in page.stories for hit in story.hits]
