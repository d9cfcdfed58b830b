"""Search through HTTP and the command line's list: real index, re-checked hits, seconds of the words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from app.accounts.schemas import Actor
from app.kernel.db import unit
from app.ports.search_index import Hit, Page, SearchUnavailableError, Span, StoryHit, Suggested, Word
from app.search.models import Passage, StoryIndexing
from app.search.queries import flat_hits
from app.stories.models import Story
from tests.factories.indexes import lose
from tests.factories.stories import a_recording, a_story, a_transcript

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive

SPOKEN = [
    (10_000, 14_000, "en", "My mother kept a tin box under the bed."),
    (15_000, 18_000, "zh-Hant", "中村先生教我日文。"),
    (19_000, 24_000, "vi", "Ba tôi viết thư bằng tiếng Việt."),
    (200_000, 204_000, "en", "The tin box came with us to Oakland."),
]


def indexed(archive: TestArchive, *, level: str | None = "public", title: str = "The tin box", **over: Any) -> str:
    """A story with these words, published at the level (None = a draft), in the search index."""

    def fill(session: Any) -> str:
        state = "draft" if level is None else "published"
        story = a_story(session, state=state, level=level, title=title, narrator="Nguyễn Mai Lan", **over)
        a_transcript(session, a_recording(session, story, duration_ms=300_000), SPOKEN)
        return str(story.id)

    made = archive.in_unit(fill)
    archive.work()
    return made


def found(archive: TestArchive, q: str, role: Any = "stranger") -> dict[str, Any]:
    """The page of a search."""
    answer = archive.client(role).get("/api/v1/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("query", "start_ms"),
    [("mother", 10_444), ("中村", 15_000), ("viet thu", 20_250), ("oakland", 203_500)],
)
def test_a_hit_is_at_the_second_of_the_matched_word(archive: TestArchive, query: str, start_ms: int) -> None:
    """Start is the first matched word's, in any script, typed with or without marks."""
    story_id = indexed(archive)
    page = found(archive, query)
    hit = page["items"][0]["hits"][0]
    assert page["items"][0]["story_id"] == story_id
    assert abs(hit["start_ms"] - start_ms) <= 500
    assert hit["end_ms"] > hit["start_ms"]
    assert hit["spans"]


def test_spans_lie_on_the_words_of_the_snippet(archive: TestArchive) -> None:
    """The highlighted code points are the matched word."""
    indexed(archive)
    hit = found(archive, "tin box")["items"][0]["hits"][0]
    assert {hit["text"][a:b].lower() for a, b in hit["spans"]} <= {"tin", "box", "tin box"}


def test_the_page_has_the_promised_shape(archive: TestArchive) -> None:
    """Names of SHAPES are there, with counts of stories and moments."""
    indexed(archive)
    page = found(archive, "tin box")
    assert set(page) == {"items", "total_stories", "total_moments", "facets", "corrected", "degraded"}
    assert (page["total_stories"], page["total_moments"], page["degraded"]) == (
        1,
        page["items"][0]["hits_in_story"],
        False,
    )
    assert page["facets"]["language"] == {"en": 1, "vi": 1, "zh-Hant": 1}
    needed = {"passage_id", "recording_id", "start_ms", "end_ms", "text", "spans", "via"}
    assert needed <= set(page["items"][0]["hits"][0])


def test_a_name_in_the_title_has_no_time(archive: TestArchive) -> None:
    """A match in the narrator's name is a moment without times."""
    indexed(archive)
    hit = found(archive, "Nguyen Mai")["items"][0]["hits"][0]
    assert (hit["recording_id"], hit["start_ms"], hit["end_ms"]) == (None, None, None)


def test_drafts_are_found_by_their_contributor_and_stewards_only(archive: TestArchive) -> None:
    """A stranger, a reader and another volunteer find nothing of a draft."""
    owner = archive.account("volunteer")
    indexed(archive, level=None, contributor_id=owner.id)
    for role, name, stories in (
        ("stranger", "", 0),
        ("registered", "", 0),
        ("volunteer", "other", 0),
        ("volunteer", "", 1),
        ("archivist", "", 1),
    ):
        client = archive.client(role, name)  # type: ignore[arg-type]
        page = client.get("/api/v1/search?q=mother").json()
        assert page["total_stories"] == stories, (role, name)
        assert bool(client.get("/api/v1/search/suggest?q=moth").json()["items"]) == bool(stories)


def test_nothing_is_found_once_a_story_was_taken_back(archive: TestArchive) -> None:
    """The answer of unpublishing comes after the engine has forgotten the story for readers."""
    story_id = indexed(archive)
    assert archive.client("archivist").post(f"/api/v1/stories/{story_id}/unpublish").status_code == 200
    assert found(archive, "mother")["total_stories"] == 0
    archive.work()
    assert found(archive, "mother")["total_stories"] == 0
    assert found(archive, "mother", "archivist")["total_stories"] == 1


def test_a_lying_engine_leaks_nothing(archive: TestArchive) -> None:
    """An engine that ignores the filter, and names a draft again when it is asked without it, is not believed."""
    draft = indexed(archive, level=None, title="Secret")
    matched: dict[str, int] = {}
    with unit(archive.ports.sessions, write=False) as session:
        passage = session.query(Passage).filter(Passage.seq > 0).limit(1).one()
        hit = Hit(passage.id, draft, passage.recording_id, 0, 1, (Span(0, 2),), "exact")

    class LyingIndex:
        """Shows everything to everybody."""

        def search(self, *_: object) -> Page:
            return Page(
                (StoryHit(draft, (hit,), 7),),
                1,
                7,
                total_is_exact=True,
                facets={"person": {"Nguyễn Mai Lan": 1}},
                corrected="mother",
                degraded=False,
                took_ms=0,
                matched=matched,
                matched_are_all=True,
                corrected_by=(Word("mother", draft, passage.id),),
            )

        def suggest(self, *_: object) -> Suggested:
            return Suggested(("mother",), {passage.id: draft})

        def in_story(self, *_: object, **__: object) -> tuple[Hit, ...]:
            return (hit,)

    archive.app.state.ports = replace(archive.ports, search_index=LyingIndex())  # type: ignore[arg-type]
    client = archive.client()
    for more in ({}, {draft: 7}):
        matched.update(more)
        answer = client.get("/api/v1/search?q=mothre")
        assert answer.status_code == 503
        assert "Lan" not in answer.text
    assert client.get("/api/v1/search/suggest?q=moth").json() == {"items": []}
    assert client.get(f"/api/v1/stories/{draft}/search?q=mother").status_code == 404


def test_only_numbers_and_words_of_the_database_are_told(archive: TestArchive) -> None:
    """An engine that counts more, knows other facets, and has other words of an open story is not repeated."""
    open_id = indexed(archive, place="Oakland")
    with unit(archive.ports.sessions, write=False) as session:
        passage = session.query(Passage).filter(Passage.seq > 0).limit(1).one()
        hit = Hit(passage.id, open_id, passage.recording_id, 0, 1, (Span(0, 2),), "typo", matched_as="Cove")

    class LyingIndex:
        """Says of an open story what is said of another."""

        def search(self, *_: object) -> Page:
            return Page(
                (StoryHit(open_id, (hit,), 2),),
                99,
                99,
                total_is_exact=True,
                facets={"place": {"Secret Cove": 99}},
                corrected="Cove",
                degraded=False,
                took_ms=0,
                matched={open_id: 2},
                matched_are_all=True,
                corrected_by=(Word("Cove", open_id, passage.id),),
            )

        def suggest(self, *_: object) -> Suggested:
            return Suggested(("Cove", "mother"), {passage.id: open_id})

    archive.app.state.ports = replace(archive.ports, search_index=LyingIndex())  # type: ignore[arg-type]
    client = archive.client()
    answer = client.get("/api/v1/search?q=covv")
    assert (answer.json()["total_stories"], answer.json()["total_moments"]) == (1, 2)
    assert answer.json()["facets"] == {
        "language": {"en": 1, "vi": 1, "zh-Hant": 1},
        "collection": {},
        "person": {"Nguyễn Mai Lan": 1},
        "place": {"Oakland": 1},
    }
    assert "Cove" not in answer.text
    assert client.get("/api/v1/search/suggest?q=co").json() == {"items": ["mother"]}


def test_when_the_engine_rests_browsing_works(archive: TestArchive) -> None:
    """Search answers 503 with a sentence and Retry-After, the log says why; lists still answer."""
    indexed(archive)

    class RestingIndex:
        """Answers nothing."""

        def search(self, *_: object) -> Page:
            raise SearchUnavailableError("down")

    archive.app.state.ports = replace(archive.ports, search_index=RestingIndex())  # type: ignore[arg-type]
    with capture_logs() as lines:
        answer = archive.client().get("/api/v1/search?q=mother")
    assert [line["reason"] for line in lines if line["event"] == "search_rests"] == ["down"]
    assert answer.status_code == 503
    assert "resting" in answer.json()["detail"]
    assert "Retry-After" in answer.headers
    assert len(archive.client().get("/api/v1/stories").json()["items"]) == 1


def test_all_moments_of_one_story_in_the_order_of_the_sound(archive: TestArchive) -> None:
    """Inside a story every moment is given, first to last."""
    story_id = indexed(archive)
    page = archive.client().get(f"/api/v1/stories/{story_id}/search", params={"q": "tin box"}).json()
    starts = [h["start_ms"] for h in page["items"] if h["start_ms"] is not None]
    assert starts == sorted(starts)
    assert len(starts) == 2


def test_the_flat_list_goes_on_inside_stories(archive: TestArchive) -> None:
    """The command line's list has every moment, not three a story, and null times for titles."""
    indexed(archive)
    with unit(archive.ports.sessions, write=False) as session:
        hits = flat_hits(session, archive.ports.search_index, Actor.stranger(), "tin box", story_id=None, most=20)
    assert sorted(h.start_ms or -1 for h in hits) == sorted([-1, *[h.start_ms for h in hits if h.start_ms is not None]])
    assert len([h for h in hits if h.start_ms is not None]) == 2


@pytest.mark.parametrize("inside", [True, False])
def test_the_flat_list_loses_none_of_the_best(archive: TestArchive, inside: bool) -> None:  # noqa: FBT001
    """What was said as typed stands before a name in another script, however late; the page keeps the sound's order."""
    said = [(n * 60_000, n * 60_000 + 5_000, "ja", "中村さんは来ました。") for n in range(30)]
    said += [(n * 60_000, n * 60_000 + 5_000, "ja", "Nakamura came home.") for n in range(30, 35)]

    def fill(session: Any) -> str:
        story = a_story(session, state="published", level="public", title="Rain")
        a_transcript(session, a_recording(session, story, duration_ms=2_200_000), said)
        return str(story.id)

    story_id = archive.in_unit(fill)
    archive.work()
    with unit(archive.ports.sessions, write=False) as session:
        hits = flat_hits(
            session,
            archive.ports.search_index,
            Actor.stranger(),
            "Nakamura",
            story_id=story_id if inside else None,
            most=20,
        )
    assert [hit.via for hit in hits] == ["exact"] * 5 + ["alias"] * 15
    assert len({hit.start_ms for hit in hits}) == 20
    page = archive.client().get(f"/api/v1/stories/{story_id}/search", params={"q": "Nakamura"}).json()
    starts = [hit["start_ms"] for hit in page["items"]]
    assert len(starts) == 35
    assert starts == sorted(starts)


def test_a_correction_reaches_search_and_old_passages_go(archive: TestArchive) -> None:
    """A new title is found, the rows of the older revision are gone, and nothing is owed."""
    story_id = indexed(archive)
    client = archive.client("archivist")
    version = client.get(f"/api/v1/stories/{story_id}").json()["version"]
    client.patch(f"/api/v1/stories/{story_id}", json={"version": version, "title": "Biscuits from Malolos"})
    archive.work()
    assert found(archive, "Malolos")["total_stories"] == 1
    with unit(archive.ports.sessions, write=False) as session:
        revisions = {p.revision for p in session.query(Passage)}
        assert revisions == {session.query(Story).one().indexed_revision}


@pytest.mark.parametrize("query", ['"', "*", "NEAR(", "-", "\x00", "a" * 9000, "' OR 1=1 --", "{text}:", "x AND"])
def test_hostile_queries_are_only_words(archive: TestArchive, query: str) -> None:
    """Whatever is typed is looked for as words; nothing fails."""
    indexed(archive)
    assert archive.client().get("/api/v1/search", params={"q": query}).status_code == 200


def test_an_index_made_anew_loses_no_story(archive: TestArchive) -> None:
    """A worker that put a story just before another process made the index anew must put it again."""
    from app.kernel.leases import LeaseLostError, claim  # noqa: PLC0415
    from app.search import commands  # noqa: PLC0415

    story_id = indexed(archive)
    archive.in_unit(lambda s: s.query(Story).update({"indexed_revision": 0}))
    taken = archive.in_unit(lambda s: claim(s, StoryIndexing, story_id))
    assert taken is not None
    document = archive.in_unit(lambda s: commands.keep_passages(s, story_id))
    assert document is not None
    archive.ports.search_index.put_story(document)
    lose(archive.ports.search_index)
    commands.ensure_index(archive.ports)
    with pytest.raises(LeaseLostError):
        archive.in_unit(lambda s: commands.note_indexed(s, taken, story_id, document.revision))
    archive.work()
    assert found(archive, "mother")["total_stories"] == 1


def test_one_story_that_cannot_be_indexed_stops_no_other(archive: TestArchive) -> None:
    """It is counted against that story, which in the end is listed with a reason; the others are found meanwhile."""
    spoilt = archive.in_unit(lambda s: a_story(s, title="Spoilt", state="published", level="public").id)
    archive.in_unit(lambda s: s.execute(text("UPDATE stories SET title_forms = '[{}]' WHERE id = :id"), {"id": spoilt}))
    other = archive.in_unit(lambda s: a_story(s, title="Oakland", state="published", level="public").id)
    for _ in range(20):
        archive.work_once()
    assert [item["story_id"] for item in found(archive, "oakland")["items"]] == [other]
    for _ in range(5):
        archive.in_unit(lambda s: s.query(StoryIndexing).filter_by(id=spoilt).update({"retry_at": None}))
        archive.work_once()
    with unit(archive.ports.sessions, write=False) as session:
        row = session.get(StoryIndexing, spoilt)
        assert row is not None
        assert (row.failed_reason or "").startswith("The story cannot be made ready for search: ")
