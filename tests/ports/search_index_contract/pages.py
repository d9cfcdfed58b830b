"""Points 11 and 12: pages, totals, order, dates and facets."""

from __future__ import annotations

import itertools
import random

from app.ports.search_index import FACETS, Query, SearchIndex
from tests.ports.search_index_contract.documents import ARCHIVIST, STRANGER, a_story, find, ids, put
from tests.ports.search_index_contract.ground import Ground


class Pages(Ground):
    """One row a story, true totals, facets of what is visible."""

    # 11 — pages

    def test_11_one_row_a_story_and_true_totals(self, index: SearchIndex) -> None:
        """At most three hits are shown, all are counted; a later page goes on where one ended."""
        put(index, *(a_story(f"s{i:02}", *["the word"] * (i % 7 + 1), "other") for i in range(45)))
        seen: list[str] = []
        moments = 0
        for number in itertools.count(1):
            page = index.search(Query("word", page=number, per_page=10), STRANGER)
            assert (page.total_stories, page.total_is_exact) == (45, True)
            assert page.total_moments == sum(i % 7 + 1 for i in range(45))
            if not page.stories:
                break
            for story in page.stories:
                n = int(story.story_id[1:]) % 7 + 1
                assert (story.hits_in_story, len(story.hits)) == (n, min(3, n))
                assert len({hit.passage_id for hit in story.hits}) == len(story.hits)
                moments += story.hits_in_story
            seen += [story.story_id for story in page.stories]
        assert len(seen) == len(set(seen)) == 45
        assert moments == page.total_moments
        again = [
            story.story_id
            for number in range(1, 6)
            for story in index.search(Query("word", page=number, per_page=10), STRANGER).stories
        ]
        assert again == seen

    def test_11_at_most_fifty_a_page(self, index: SearchIndex) -> None:
        """A larger page is cut, a page below one is the first."""
        put(index, *(a_story(f"s{i}", "word") for i in range(55)))
        assert len(index.search(Query("word", per_page=1_000), STRANGER).stories) == 50
        assert len(index.search(Query("word", per_page=5, page=0), STRANGER).stories) == 5
        assert index.search(Query("word", page=10**30), STRANGER).stories == ()

    def test_11_in_story_follows_the_sound(self, index: SearchIndex) -> None:
        """All moments of one story in the order of time, and none of a story that may not be seen."""
        put(
            index,
            a_story("a", *(f"word {i}" if i % 2 else "nothing" for i in range(20))),
            a_story("hidden", "word", level="staff"),
        )
        found = index.in_story("a", Query("word"), STRANGER)
        assert [hit.passage_id for hit in found] == [f"a-{i + 1}" for i in range(1, 20, 2)]
        assert [hit.start_ms for hit in found] == sorted(hit.start_ms or 0 for hit in found)
        assert index.in_story("hidden", Query("word"), STRANGER) == ()
        assert index.in_story("absent", Query("word"), STRANGER) == ()

    def test_11_in_story_gives_the_best_first_where_it_is_asked_to(self, index: SearchIndex) -> None:
        """As typed before other marks, words before names in another script, and the same moments either way."""
        put(
            index,
            a_story("a", "their ma spoke", "nothing", "their má spoke", "of ma again", language="vi"),
            a_story("b", "we met 中村 there", "nothing", "Nakamura came home", language="ja"),
            a_story("c", *["we met 中村 there"] * 6, "Nakamura came home", language="ja"),
        )
        for story_id, text, wanted in (
            ("a", "má", ["a-3", "a-1", "a-4"]),
            ("b", "Nakamura", ["b-3", "b-1"]),
            ("c", "Nakamura", ["c-7", "c-1", "c-2", "c-3", "c-4", "c-5", "c-6"]),
        ):
            best = index.in_story(story_id, Query(text), STRANGER, best_first=True)
            assert [hit.passage_id for hit in best][:1] == wanted[:1]
            assert sorted(hit.passage_id for hit in best) == sorted(wanted)
            (story,) = (one for one in index.search(Query(text), STRANGER).stories if one.story_id == story_id)
            assert list(story.hits) == list(best[:3])
            sound = index.in_story(story_id, Query(text), STRANGER)
            assert [hit.passage_id for hit in sound] == sorted(wanted)

    def test_11_a_phrase_across_the_seam_is_found_once(self, index: SearchIndex) -> None:
        """Two passages that share a few words give one hit for what lies across, and for what is shared."""
        put(
            index,
            a_story(
                "a", "we went by the old railway station near", "station near the town hall",
                tails={1: len("station near")},
            ),
            a_story("b", "我们去了北京大学", "大学读书", tails={1: 2}),
        )  # fmt: skip
        for query in ('"railway station near"', "station", "near", '"station near"', "railway"):
            page = index.search(Query(query), STRANGER)
            assert (ids(page), page.total_moments) == ({"a"}, 1), query
            assert len(index.in_story("a", Query(query), STRANGER)) == 1
        for query in ("北京大学", "京大", "大学", "大学读书"):
            page = index.search(Query(query), STRANGER)
            assert (ids(page), page.total_moments) == ({"b"}, 1), query

    def test_11_sorting_by_date(self, index: SearchIndex) -> None:
        """By the day of recording either way, undated stories last."""
        put(
            index,
            a_story("b", "word", recorded_on="1974-05"),
            a_story("a", "word", recorded_on="196X"),
            a_story("none", "word"),
            a_story("c", "word", recorded_on="1990/1992"),
        )
        newest = index.search(Query("word", sort="newest"), STRANGER).stories
        oldest = index.search(Query("word", sort="oldest"), STRANGER).stories
        assert [one.story_id for one in newest] == ["c", "b", "a", "none"]
        assert [one.story_id for one in oldest] == ["a", "b", "c", "none"]

    def test_11_date_ranges(self, index: SearchIndex) -> None:
        """A story is in the range when its date may be; one without a date is in none."""
        put(
            index,
            a_story("a", "word", recorded_on="196X"),
            a_story("b", "word", recorded_on="1974-05"),
            a_story("none", "word"),
        )
        assert find(index, "word", date_from="1965") == {"a", "b"}
        assert find(index, "word", date_from="1970", date_to="1979") == {"b"}
        assert find(index, "word", date_to="1974-04") == {"a"}
        assert find(index, "", date_to="1974") == {"a", "b"}

    # 12 — facets

    def test_12_facets_count_what_is_visible(self, index: SearchIndex) -> None:
        """Each number is what counting by hand gives, with and without filters."""
        rng = random.Random(12)
        stories = []
        for i in range(60):
            facets = {kind: tuple(f"{kind}{n}" for n in range(4) if rng.random() < 0.4) for kind in FACETS}
            text = " ".join(rng.choices(["sea", "hill", "town"], k=3))
            stories.append(
                a_story(f"s{i}", text, facets=facets, level=rng.choice(["public", "staff", "registered", None]))
            )
        put(index, *stories)
        choices: tuple[dict[str, tuple[str, ...]], ...] = (
            {},
            {"place": ("place1",)},
            {"place": ("place1", "place2"), "person": ("person0",)},
        )
        for access in (STRANGER, ARCHIVIST):
            for word in ("sea", "hill", ""):
                for wanted in choices:
                    visible = [
                        one
                        for one in stories
                        if one.access.level in access.levels
                        and word in one.passages[1].text
                        and all(set(values) & set(one.facets[kind]) for kind, values in wanted.items())
                    ]
                    page = index.search(Query(word, filters=wanted, facets=FACETS, literal=True), access)
                    assert page.total_stories == len(visible)
                    for kind in FACETS:
                        counted: dict[str, int] = {}
                        for one in visible:
                            for value in one.facets[kind]:
                                counted[value] = counted.get(value, 0) + 1
                        assert dict(page.facets[kind]) == counted

    def test_12_only_wanted_facets_are_counted(self, index: SearchIndex) -> None:
        """What was not asked for is not there."""
        put(index, a_story("a", "word", facets={"place": ("p",), "person": ("q",)}))
        assert index.search(Query("word", facets=("place",)), STRANGER).facets == {"place": {"p": 1}}
