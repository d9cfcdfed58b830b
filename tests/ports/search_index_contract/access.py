"""Points 13 to 16: nobody learns of a story that is not open to them."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.ports.search_index import FACETS, Query, SearchIndex, StoryAccess, Suggested
from tests.ports.search_index_contract.documents import (
    ARCHIVIST,
    STRANGER,
    WAIT_S,
    a_story,
    an_access,
    find,
    ids,
    put,
    shape,
)
from tests.ports.search_index_contract.ground import Ground
from tests.ports.search_index_contract.worlds import WORDS, may_see, random_access, random_world

if TYPE_CHECKING:
    from collections.abc import Callable


def random_cases(another: Callable[[], SearchIndex], *, worlds: int, readers: int, asked: int) -> int:
    """Ask random questions as random readers of random worlds; how many were answered as the rules say."""
    rng = random.Random(13)
    cases = 0
    for _ in range(worlds):
        index, stories = another(), random_world(rng)
        put(index, *stories)
        for _ in range(readers):
            access = random_access(rng)
            visible = [one for one in stories if may_see(one.access, one.story_id, access)]
            for _ in range(asked):
                words = rng.choices(WORDS, k=rng.choice([0, 1, 1, 2]))
                page = index.search(Query(" ".join(words), literal=True, per_page=50, facets=("place",)), access)
                matching = {
                    one.story_id: n
                    for one in visible
                    if (n := sum(set(words) <= set(p.text.split()) for p in one.passages[1:])) or not words
                }
                assert {s.story_id: s.hits_in_story for s in page.stories} == (
                    matching if words else dict.fromkeys(matching, 0)
                )
                assert page.matched == (matching if words else dict.fromkeys(matching, 0))
                assert page.matched_are_all
                assert sum(page.facets["place"].values()) == sum(
                    len(one.facets["place"]) for one in visible if one.story_id in matching
                )
                cases += 1
    return cases


def two_worlds(another: Callable[[], SearchIndex], *, worlds: int, readers: int) -> None:
    """Hold an index of everything against one of what the reader may see, question by question."""
    rng = random.Random(31)
    for _ in range(worlds):
        stories = random_world(rng)
        whole = another()
        put(whole, *stories)
        for _ in range(readers):
            access = random_access(rng)
            part = another()
            put(part, *(one for one in stories if may_see(one.access, one.story_id, access)))
            for text in (*WORDS, "", "sae hill", "harbuor", "rivver", "lighthosue sea", '"sea hill"', "Park"):
                for query in (
                    Query(text, facets=FACETS),
                    Query(text[:4], mode="prefix", facets=FACETS, sort="newest"),
                ):
                    assert shape(whole.search(query, access)) == shape(part.search(query, access)), text
                assert whole.suggest(text[:2], access, 8) == part.suggest(text[:2], access, 8)


class AccessRules(Ground):
    """The access rules, missing fields, hostile values, revoked stories."""

    # 13 — access

    @pytest.mark.parametrize(
        ("story", "open_to"),
        [
            (StoryAccess("public"), {"stranger", "registered", "volunteer", "member", "archivist"}),
            (StoryAccess("registered"), {"registered", "volunteer", "member", "archivist"}),
            (StoryAccess("staff"), {"volunteer", "archivist"}),
            (StoryAccess("draft", "volunteer"), {"volunteer", "archivist"}),
            (StoryAccess("draft", "someone"), {"archivist"}),
            (StoryAccess("draft", None), {"archivist"}),
            (StoryAccess("community", groups=("g1",)), {"member"}),
            (StoryAccess("family", groups=("g1", "g9")), {"member"}),
            (StoryAccess("community", groups=("g2",)), set()),
            (StoryAccess("community"), set()),
            (StoryAccess("sealed"), set()),
            (StoryAccess(None, "volunteer", ("g1",)), set()),
            (StoryAccess("unheard-of", "volunteer"), set()),
            (StoryAccess("", "volunteer"), set()),
        ],
    )
    def test_13_access_matrix(self, index: SearchIndex, story: StoryAccess, open_to: set[str]) -> None:
        """Each kind of reader finds what the table says, by every door."""
        registered = {"public", "registered"}
        readers = {
            "stranger": STRANGER,
            "registered": an_access(account_id="registered", levels=frozenset(registered)),
            "volunteer": an_access(account_id="volunteer", levels=frozenset({*registered, "staff"}), drafts="own"),
            "member": an_access(
                account_id="member",
                levels=frozenset({*registered, "community", "family"}),
                groups=frozenset({"g1"}),
            ),
            "archivist": ARCHIVIST,
        }
        put(index, a_story("s", "canaryword here", title="Canarytitle", names=("Canaryname",), access=story))
        for name, reader in readers.items():
            may = name in open_to
            for text in ("canaryword", "canarytitle", "canaryname", "canary wrod", ""):
                found = find(index, text, reader) if text != "canary wrod" else find(index, "canarywrod", reader)
                assert found == ({"s"} if may else set()), (name, text)
            assert bool(index.in_story("s", Query("canaryword"), reader)) is may
            suggested = index.suggest("canary", reader, 5)
            assert bool(suggested.words) is may
            assert set(suggested.passages.values()) == ({"s"} if may else set())

    def test_13_levels_never_open_drafts_or_seals(self, index: SearchIndex) -> None:
        """A careless caller that lists them as levels, or grants them, opens nothing."""
        put(
            index,
            a_story("d", "word", access=StoryAccess("draft", "o")),
            a_story("s", "word", access=StoryAccess("sealed", "o")),
            a_story("n", "word", access=StoryAccess(None, "o")),
            a_story("r", "word", access=StoryAccess("on_request")),
        )
        careless = an_access(
            account_id="x",
            levels=frozenset({"draft", "sealed", "None", ""}),
            story_grants=frozenset({"d", "s", "n", "r"}),
            drafts="own",
        )
        assert find(index, "word", careless) == find(index, "", careless) == {"r"}

    def test_13_ten_thousand_random_cases_leak_nothing(self, another: Callable[[], SearchIndex]) -> None:
        """What is found, counted and faceted is what a plain reading of the rules gives."""
        assert random_cases(another, worlds=8, readers=25, asked=50) == 10_000

    def test_13_two_worlds_answer_alike(self, another: Callable[[], SearchIndex]) -> None:
        """With hidden stories in the index or without, a reader gets the same pages, order and all."""
        two_worlds(another, worlds=3, readers=4)

    # 14, 15, 16

    def test_14_a_missing_access_field_fails_closed(self, index: SearchIndex) -> None:
        """No level, no owner, no groups: nobody, and no reader without an account owns such a draft."""
        put(
            index,
            a_story("a", "word", access=StoryAccess(None)),
            a_story("b", "word", access=StoryAccess("draft", None)),
            a_story("c", "word", access=StoryAccess("family", None, ())),
        )
        for reader in (
            an_access(drafts="own", levels=frozenset()),
            an_access(drafts="own", account_id=None, levels=frozenset({"family"}), groups=frozenset()),
            an_access(drafts="none", levels=frozenset({"family"}), groups=frozenset({"g"})),
        ):
            assert find(index, "word", reader) == find(index, "", reader) == set()

    @pytest.mark.parametrize(
        "value",
        [
            'x" OR story_id != "', "x' OR '1'='1", "]", '"]', "\\", '\\"', "line\nbreak", "🙂", "%", "_", "",
            "x'); DROP TABLE stories_1; --", "\ud800", "\x00", "a" * 5_000,
        ],
    )  # fmt: skip
    def test_15_filter_values_stay_values(self, index: SearchIndex, value: str) -> None:
        """No value of a filter, a date, a group or an account widens what is found."""
        put(
            index,
            a_story("a", "word", facets={"place": ("here",)}),
            a_story("hidden", "word", level="staff", facets={"place": ("here",)}),
            a_story("own", "word", facets={"place": (value,)}),
        )
        assert find(index, "word", filters={"place": (value,)}) == {"own"}
        assert find(index, "word", date_from=value or "~", date_to=value or "~") == set()
        reader = an_access(account_id=value, groups=frozenset({value}), story_grants=frozenset({value}), drafts="own")
        assert find(index, "word", reader) == {"a", "own"}

    def test_15_an_unknown_filter_finds_nothing(self, index: SearchIndex) -> None:
        """A filter that nobody knows must not be passed over."""
        put(index, a_story("a", "word"))
        assert find(index, "word", filters={"colour": ("red",)}) == set()

    def test_16_a_story_taken_from_a_reader_tells_them_nothing(self, index: SearchIndex) -> None:
        """What ``without`` names is not found, counted, suggested or meant, though the index holds it as open."""
        put(
            index,
            a_story("kept", "the water was wide", title="Here", facets={"place": ("here",)}),
            a_story("gone", "zebracanary water", title="zebratitle", facets={"place": ("zebraplace",)}),
        )
        for reader in (STRANGER, ARCHIVIST, an_access(story_grants=frozenset({"gone"}))):
            assert find(index, "water", reader) == find(index, "", reader) == {"kept", "gone"}
            told = replace(reader, without=frozenset({"gone", "another"}))
            for text in ("water", "", "zebracanary", "zebratitle", "zebratitle water", "zebracanray", "zebracanar"):
                page = index.search(Query(text, facets=FACETS, mode="prefix"), told)
                assert ids(page) <= {"kept"}
                assert set(page.matched) <= {"kept"}
                assert page.total_stories == len(page.stories)
                assert page.facets["place"] in ({"here": 1}, {})
                assert "zebra" not in (page.corrected or "")
            assert index.suggest("zebr", told, 5) == Suggested()
            assert index.in_story("gone", Query("water"), told) == ()

    def test_16_words_over_title_and_passage_ask_for_access_too(self, index: SearchIndex) -> None:
        """A hidden story's title gives no hit, no count and no order."""
        put(
            index,
            a_story("open", "umbrella", title="Tin"),
            a_story("hidden", "umbrella", title="Tin", level="staff"),
        )
        page = index.search(Query("tin umbrella"), STRANGER)
        assert (ids(page), page.total_stories, page.total_moments) == ({"open"}, 1, 1)
        assert index.in_story("hidden", Query("tin umbrella"), STRANGER) == ()

    def test_16_a_revoked_story_is_gone_when_the_call_has_returned(self, index: SearchIndex) -> None:
        """Deleted, or put with less access: not found, not suggested, not counted, by any door."""
        for revoke in ("delete", "level"):
            story = a_story(revoke, "zebracanary", title="zebratitle", facets={"place": ("zebraplace",)})
            put(index, story)
            assert find(index, "zebracanary") == {revoke}
            if revoke == "delete":
                assert index.wait(index.delete_story(revoke, 2), WAIT_S)
            else:
                put(index, a_story(revoke, "zebracanary", level=None, revision=2))
            page = index.search(Query("zebracanary", facets=FACETS), STRANGER)
            assert (page.total_stories, page.total_moments) == (0, 0)
            assert all(not counts for counts in page.facets.values())
            assert find(index, "zebratitle") == find(index, "zebracanray") == set()
            assert index.suggest("zebr", STRANGER, 5) == Suggested()
            assert index.in_story(revoke, Query("zebracanary"), STRANGER) == ()
