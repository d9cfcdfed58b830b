"""C2: an archive with a hidden story answers exactly as it did before that story came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.search.models import StoryIndexing
from app.stories.commands import touch_story, unpublish_story
from app.stories.models import Story
from app.stories.queries import withheld_ids
from tests.factories.archive import an_archive
from tests.factories.stories import a_recording, a_story, a_transcript
from tests.rooms.access.crawl import addresses, half_typed, inside, searches
from tests.rooms.access.rows_stories import CONSENT
from tests.rooms.access.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tests.rooms.access.world import Names

SAID = {
    "Lan": "water rice water boat and the long road",
    "Minh": "rice fields and the water buffalo went slowly home",
    "Reyes": "my lola sold rice and dried fish near the water",
}
HIDDEN = "water buffalo buffalo rice waterfall waterlily fish boat boat boat Minh Lan"
WORDS = (
    *("water", "rice", "buffalo", "boat", "Lan", "Minh", "bufalo"),
    *("rice water", "waterfall", "waterlilly", ""),
)
HIDES_FROM = {
    "draft": ("stranger", "registered", "volunteer"),
    "staff": ("stranger", "registered"),
    "registered": ("stranger",),
}


def tell(session: Session, narrator: str, text: str, **over: object) -> Names:
    """A told and transcribed story."""
    story = a_story(session, narrator=narrator, title=f"{narrator} tells", place="Hội An", **over)
    recording = a_recording(session, story)
    a_transcript(session, recording, [(0, 4000, "en", text), (4000, 9000, "vi", "nước và gạo")])
    return {"story_id": story.id, "recording_id": recording.id}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An archive of one's own."""
    with an_archive(tmp_path / "archive") as archive:
        yield World(archive)


def answers(world: World, actor: str, stories: list[Names]) -> dict[tuple[str, str], object]:
    """Every answer to the actor, with its headers."""
    client = world.client(actor)
    asked = addresses(world, stories)
    for address in (*searches(WORDS), *half_typed(WORDS), *inside(stories, WORDS[:3])):
        asked.append(("GET", address))
    asked += [("GET", f"/api/v1/search?q=water&sort={sort}") for sort in ("newest", "oldest")]
    got: dict[tuple[str, str], object] = {}
    for method, address in asked:
        if "/sessions" in address:  # when the actor was last seen
            continue
        answer = client.request(method, address)
        headers = sorted((k, v) for k, v in answer.headers.items() if k not in {"date", "x-request-id"})
        got[method, address] = (answer.status_code, headers, answer.content)
    return got


@pytest.mark.parametrize("on", HIDES_FROM)
def test_a_hidden_story_changes_no_answer(world: World, on: str) -> None:
    """Counts, facets, ranking, suggestions, corrections and pages are the same with and without it."""
    archive = world.archive
    stories = archive.in_unit(
        lambda s: [tell(s, who, text, state="published", level="public") for who, text in SAID.items()]
    )
    archive.work()
    before = {actor: answers(world, actor, stories) for actor in HIDES_FROM[on]}
    assert all(len(got) > 100 for got in before.values())

    def hide(session: Session) -> Names:
        state, level = ("draft", None) if on == "draft" else ("published", on)
        return tell(
            session,
            "Minh",
            HIDDEN,
            state=state,
            level=level,
            contributor_id=world.actor("contributor").account_id,
        )

    hidden = archive.in_unit(hide)
    archive.work()
    with_it = {actor: answers(world, actor, stories) for actor in HIDES_FROM[on]}
    for actor, got in with_it.items():
        assert [key for key in got if got[key] != before[actor][key]] == []
    steward = world.client("archivist").get("/api/v1/search?q=waterfall").json()
    assert [item["story_id"] for item in steward["items"]] == [hidden["story_id"]]


def test_unpublishing_takes_a_story_out_of_every_answer(world: World) -> None:
    """After a story is made a draft again every answer is as if it had never been published."""
    archive = world.archive
    kept = archive.in_unit(lambda s: tell(s, "Lan", SAID["Lan"], state="published", level="public"))
    archive.work()
    before = answers(world, "stranger", [kept])
    gone = archive.in_unit(lambda s: tell(s, "Minh", HIDDEN, state="published", level="public"))
    archive.work()
    assert answers(world, "stranger", [kept]) != before
    path = f"/api/v1/stories/{gone['story_id']}/unpublish"
    assert world.client("archivist").post(path).status_code == 200
    now = answers(world, "stranger", [kept])
    assert [key for key in now if now[key] != before[key]] == []
    archive.work()
    later = answers(world, "stranger", [kept])
    assert [key for key in later if later[key] != before[key]] == []


@pytest.mark.parametrize("narrowed", ["draft", "staff", "staff and back to draft"])
def test_a_search_index_that_lags_tells_nothing(world: World, narrowed: str) -> None:
    """A story taken back from readers, which the index still holds as public, changes none of their answers.

    Counts, facets, corrections and suggestions too; before the index is told and after.
    """
    archive = world.archive
    tellers = {"Lan": SAID["Lan"], "Reyes": SAID["Reyes"]}
    kept = archive.in_unit(
        lambda s: [tell(s, who, text, state="published", level="public") for who, text in tellers.items()]
    )
    archive.work()
    before = {actor: answers(world, actor, kept) for actor in HIDES_FROM["staff"]}
    gone = archive.in_unit(lambda s: tell(s, "Minh", HIDDEN, state="published", level="public"))
    archive.work()
    client = world.client("archivist")
    path = f"/api/v1/stories/{gone['story_id']}"
    if narrowed != "draft":
        assert client.post(f"{path}/consents", json=CONSENT).status_code == 201
        assert client.post(f"{path}/publish", json={"level": "staff"}).status_code == 200
    if narrowed != "staff":
        # Without the route, which tells the engine: as when the engine rests.
        archive.in_unit(lambda s: unpublish_story(s, world.actor("archivist"), gone["story_id"]))
    for _ in ("the index lags", "the index knows"):
        for actor, was in before.items():
            now = answers(world, actor, kept)
            assert [key for key in now if now[key] != was[key]] == []
        found = client.get("/api/v1/search?q=waterfall").json()["items"]
        assert [item["story_id"] for item in found] == [gone["story_id"]]
        archive.work()
    withheld = archive.in_unit(lambda s: withheld_ids(s, world.actor("stranger")))
    assert withheld == frozenset()


@pytest.mark.parametrize("came", ["before the others", "after the others"])
def test_the_database_checks_what_the_engine_says(world: World, came: str) -> None:
    """A search index that holds a draft as public, as one restored from an older copy does, changes no answer."""
    archive = world.archive

    def gone() -> Names:
        return archive.in_unit(lambda s: tell(s, "Minh", HIDDEN, state="published", level="public"))

    def hide_behind_the_engines_back(session: Session) -> None:
        story = session.get(Story, made["story_id"])
        assert story is not None
        story.state = "draft"
        # The index is told nothing: as when it rests, lags or lies.
        assert session.get(StoryIndexing, story.id) is not None

    made = gone() if came == "before the others" else {}
    tellers = {"Lan": SAID["Lan"], "Reyes": SAID["Reyes"]}
    kept = archive.in_unit(
        lambda s: [tell(s, who, text, state="published", level="public") for who, text in tellers.items()]
    )
    made = made or gone()
    archive.work()
    client = world.client("stranger")
    assert client.get("/api/v1/search?q=waterfall").json()["total_stories"] == 1
    archive.in_unit(hide_behind_the_engines_back)
    held = {actor: answers(world, actor, kept) for actor in HIDES_FROM["staff"]}
    paged = [f"/api/v1/search?q={q}&per_page=1&page={n}" for q in ("water", "rice", "boat", "") for n in (1, 2, 3)]
    pages = {address: client.get(address).content for address in paged}
    for address in (*searches(WORDS), *inside([made], WORDS)):
        answer = client.get(address)
        assert made["story_id"] not in answer.text or answer.status_code == 404
        assert "waterfall" not in answer.text
        assert "Minh" not in answer.text
    # Now the index is told, and holds it as a draft.
    archive.in_unit(lambda s: touch_story(s, made["story_id"]))
    archive.work()
    for actor, was in held.items():
        now = answers(world, actor, kept)
        assert [key for key in now if now[key] != was[key]] == []
    assert [address for address in paged if client.get(address).content != pages[address]] == []
