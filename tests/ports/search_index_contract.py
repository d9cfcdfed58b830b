"""What every search index must do; an adapter joins by a subclass that says how to make one.

The numbers in the test names are the points of the contract: 1 Han and kana, 2 mixed languages, 3 Korean,
4 unspaced scripts, 5 Vietnamese, 6 Hindi, 7 typing errors, 8 as you type, 9 questions of every kind, 10 names
across scripts, 11 pages, 12 facets, 13 access, 14 missing fields, 15 hostile values, 16 revoked, 17 writes,
18 poison and crashes, 19 rebuilds, 20 versions, 21 spans, 22 an engine that is down.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
import threading
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from app.ports.search_index import (
    FACETS,
    Access,
    BadDocumentError,
    Hit,
    IndexSpec,
    Page,
    PassageDoc,
    Query,
    SearchIndex,
    SearchUnavailableError,
    StoryAccess,
    StoryDoc,
)
from tests.ports import search_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
WAIT_S = 30.0


def an_access(**over: Any) -> Access:
    """A stranger, unless told otherwise."""
    given: dict[str, Any] = {
        "account_id": None,
        "role": "stranger",
        "levels": frozenset({"public"}),
        "groups": frozenset(),
        "story_grants": frozenset(),
        "drafts": "none",
        "now": NOW,
        **over,
    }
    return Access(**given)


STRANGER = an_access()
ARCHIVIST = an_access(
    account_id="archivist",
    role="archivist",
    levels=frozenset({"public", "registered", "staff"}),
    drafts="all",
)


def a_story(story_id: str, *texts: str, **over: Any) -> StoryDoc:
    """A public story of these passages, half a minute each, with a card."""
    language = over.pop("language", "en")
    tails = over.pop("tails", {})
    card = PassageDoc(f"{story_id}-0", 0, None, None, None, over.pop("summary", ""), (language,), over.pop("names", ()))
    passages = tuple(
        PassageDoc(
            id=f"{story_id}-{seq}",
            seq=seq,
            recording_id=f"{story_id}-r",
            start_ms=seq * 30_000,
            end_ms=seq * 30_000 + 30_000,
            text=text,
            languages=(language,),
            tail=tails.get(seq, 0),
        )
        for seq, text in enumerate(texts, 1)
    )
    level = over.pop("level", "public")
    given: dict[str, Any] = {
        "story_id": story_id,
        "revision": 1,
        "title": "",
        "access": over.pop("access", StoryAccess(level)),
        "passages": (card, *passages),
        "published_at": NOW,
        **over,
    }
    return StoryDoc(**given)


def put(index: SearchIndex, *stories: StoryDoc) -> None:
    """Put the stories and wait until each can be found."""
    tickets = [index.put_story(story) for story in stories]
    assert all(index.wait(ticket, WAIT_S) for ticket in tickets)


def ids(page: Page) -> set[str]:
    """Ids of the stories on a page."""
    return {story.story_id for story in page.stories}


def find(index: SearchIndex, text: str, access: Access = STRANGER, **over: Any) -> set[str]:
    """Ids of the first fifty stories found."""
    return ids(index.search(Query(text, per_page=50, **over), access))


def exactly(index: SearchIndex, text: str, access: Access = STRANGER) -> set[str]:
    """Ids found without aliases and typos."""
    return find(index, text, access, literal=True)


def marked_parts(index: SearchIndex, raw: str, query: str) -> list[str]:
    """What is highlighted of a text for a query."""
    put(index, a_story("spans", raw))
    (story,) = index.search(Query(query), STRANGER).stories
    (hit,) = story.hits
    return [raw[span.start : span.end] for span in hit.spans]


def shape(page: Page) -> dict[str, Any]:
    """All of a page that a reader can see, but not how long it took."""
    return {
        "stories": page.stories,
        "total": (page.total_stories, page.total_moments, page.total_is_exact),
        "facets": {name: dict(sorted(counts.items())) for name, counts in page.facets.items()},
        "corrected": page.corrected,
        "degraded": page.degraded,
    }


class SearchIndexContract:
    """Subclass it as ``TestX`` with ``make``; ``make_broken`` gives an index whose engine is down."""

    def make(self, folder: Path) -> SearchIndex:
        """Give an index on new ground; ``folder`` is empty."""
        raise NotImplementedError

    def make_broken(self, folder: Path) -> SearchIndex:
        """Give an index whose engine is down."""
        raise NotImplementedError

    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[SearchIndex]:
        """An empty index, ensured."""
        made = self.make(tmp_path)
        made.ensure(IndexSpec("1"))
        yield made
        close = getattr(made, "close", None)
        if close is not None:
            close()

    @pytest.fixture
    def another(self, tmp_path: Path) -> Iterator[Callable[[], SearchIndex]]:
        """Makes further indexes, each empty and on its own ground."""
        made: list[SearchIndex] = []

        def make() -> SearchIndex:
            folder = tmp_path / f"other{len(made)}"
            folder.mkdir()
            index = self.make(folder)
            index.ensure(IndexSpec("1"))
            made.append(index)
            return index

        yield make
        for index in made:
            close = getattr(index, "close", None)
            if close is not None:
                close()

    # 1 — Han and kana

    @pytest.mark.parametrize(
        ("text", "queries"),
        [
            ("那年中村先生来了学校。", ["中", "生", "中村", "村先", "先生来", "中村先生来了学校", "校"]),
            ("那年國民黨來了。", ["国民党", "國民黨", "国民", "黨", "党"]),
            ("那年国民党来了。", ["國民黨", "国民党"]),
            ("渡邊さんの家", ["渡辺", "渡邊", "渡邉", "渡边"]),
            ("ナカムラ・タロウは", ["なかむら", "ナカムラ", "ﾅｶﾑﾗ", "ナカムラタロウ", "たろう"]),
            ("ｶﾞｷﾞｸﾞ", ["ガギグ", "がぎ"]),
            ("か\u3099っこう", ["がっこう", "ガッコウ"]),
            ("カ゛ッコウ", ["がっこう"]),
            ("𠮷野家で食べた", ["吉野家", "𠮷野"]),
            ("北 京 的 冬 天", ["北京", "的冬天"]),
            ("一九四五年１２月", ["12", "１２", "九四五"]),
        ],
    )
    def test_01_han_and_kana_are_found_in_every_spelling(
        self, index: SearchIndex, text: str, queries: list[str]
    ) -> None:
        """Substrings of any length, simplified and traditional, both kana, half width, variants."""
        put(index, a_story("yes", "前置き。" + text), a_story("no", "完全別事。ぬぬぬ"))
        assert {query: exactly(index, query) for query in queries} == {query: {"yes"} for query in queries}

    def test_01_what_is_not_said_is_not_found(self, index: SearchIndex) -> None:
        """The two halves of a word in two places are not the word."""
        put(index, a_story("a", "中国と村上。北の京。"), a_story("b", "先に生きた"))
        assert [exactly(index, query) for query in ("中村", "北京", "先生")] == [set(), set(), set()]

    # 2 — mixed

    def test_02_languages_do_not_hide_each_other(self, index: SearchIndex) -> None:
        """Chinese, Japanese, Korean and English stay findable whatever is added after them."""
        said = {
            "zh": ("我奶奶住在北京。", "奶奶"),
            "ja": ("祖母は東京に住んでいました。", "祖母"),
            "ko": ("할머니는 서울에 사셨다.", "할머니"),
            "en": ("My grandmother lived in London.", "grandmother"),
            "th": ("คุณยายอยู่กรุงเทพ", "ยาย"),
        }
        for i, (language, (text, _)) in enumerate(said.items()):
            put(index, a_story(language, text, language=language))
            for known in list(said)[: i + 1]:
                assert exactly(index, said[known][1]) == {known}

    # 3 — Korean

    @pytest.mark.parametrize("query", ["박정희", "대통령", "박정희 대통령", "박정희대통령", "대통령이"])
    def test_03_korean_with_its_particles(self, index: SearchIndex, query: str) -> None:
        """A noun is found whatever is glued to it, and across the space."""
        put(index, a_story("a", "그때 박정희 대통령이 왔다."), a_story("b", "아버지가 박수를 쳤다."))
        assert exactly(index, query) == {"a"}

    def test_03_decomposed_hangul_is_the_same(self, index: SearchIndex) -> None:
        """Text from a Macintosh file name finds and is found."""
        put(index, a_story("a", unicodedata.normalize("NFD", "할머니가 오셨다")))
        assert exactly(index, "할머니") == exactly(index, unicodedata.normalize("NFD", "할머니")) == {"a"}

    # 4 — scripts without spaces

    @pytest.mark.parametrize(
        ("text", "queries"),
        [
            ("แม่น่ารักมาก", ["น่ารัก", "รักมาก", "แม่", "น่"]),
            ("น้ำท่วม", ["น้ำ", "น้\u0e4d\u0e32"]),
            ("ພາສາລາວງາມ", ["ລາວ", "ພາສາ"]),
            ("ខ្ញុំស្រឡាញ់ភាសាខ្មែរ", ["ភាសា", "ស្រឡាញ់", "ខ្មែរ"]),
            ("မြန်မာစကားပြော", ["စကား", "မြန်မာ"]),
        ],
    )
    def test_04_unspaced_scripts(self, index: SearchIndex, text: str, queries: list[str]) -> None:
        """Substrings of Thai, Lao, Khmer and Burmese, vowel signs and all."""
        put(index, a_story("yes", text), a_story("no", "มานี มีตา ກາ កា ကာ"))
        assert {query: exactly(index, query) for query in queries} == {query: {"yes"} for query in queries}

    def test_04_a_vowel_sign_matters(self, index: SearchIndex) -> None:
        """มา is not มี."""
        put(index, a_story("a", "ลุงมาแล้ว"), a_story("b", "ลุงมีแล้ว"))
        assert exactly(index, "ลุงมา") == {"a"}

    # 5 — Vietnamese

    def test_05_vietnamese_with_and_without_marks(self, index: SearchIndex) -> None:
        """Marks may be typed or not, composed or not; đ is d."""
        composed = "Bà Nguyễn Thị Đức kể chuyện má."
        put(
            index,
            a_story("nfc", unicodedata.normalize("NFC", composed)),
            a_story("nfd", unicodedata.normalize("NFD", composed)),
            a_story("no", "Ông Trần"),
        )
        for query in ("Nguyễn", "nguyen", "NGUYỄN", "Đức", "duc", "thị", "đức"):
            for form in ("NFC", "NFD"):
                assert exactly(index, unicodedata.normalize(form, query)) == {"nfc", "nfd"}

    def test_05_typed_marks_rank_first(self, index: SearchIndex) -> None:
        """má is found with ma, and stands before it when its mark was typed."""
        put(
            index,
            a_story("ma1", "con ma con ma con ma", "ma nữa"),
            a_story("ma2", "thấy má rồi"),
            a_story("ma3", "ma khác", "ma này", "ma kia"),
        )
        page = index.search(Query("má"), STRANGER)
        assert page.stories[0].story_id == "ma2"
        assert ids(page) == {"ma1", "ma2", "ma3"}

    # 6 — Hindi

    def test_06_hindi_words_are_whole(self, index: SearchIndex) -> None:
        """Vowel signs stay, a nasal sign is a nasal letter, a dot below is optional; no half words."""
        put(index, a_story("a", "हिन्दी की किताब पढ़ना"), a_story("b", "हाथ में कलम"))
        for query in ("हिन्दी", "हिंदी", "पढ़ना", "पढना", "किताब"):
            assert exactly(index, query) == {"a"}
        for query in ("ह", "हि", "किता", "ताब", "क"):
            assert exactly(index, query) == set()

    # 7 — typing errors

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("grandmothr", True),
            ("grandmohter", True),
            ("grandmoter", True),
            ("grnadmohter", True),
            ("gradmohtre", False),
            ("rivet", True),
            ("rivvers", False),
            ("rier", False),
            ("rvr", False),
            ("boxt", False),
            ("1945", True),
            ("1946", False),
            ("北亰", False),
            ("할마니", False),
        ],
    )
    def test_07_typing_errors(self, index: SearchIndex, query: str, *, found: bool) -> None:
        """One from five letters, two from nine; none in numbers, Han and Hangul."""
        put(index, a_story("a", "My grandmother had a boat on the river in 1945. 北京 할머니"))
        page = index.search(Query(query), STRANGER)
        assert bool(page.stories) is found

    def test_07_exact_before_typo_and_said_so(self, index: SearchIndex) -> None:
        """What was typed comes first; a typo hit says which word it is; a correction is offered."""
        put(
            index,
            a_story("near", "The rivet was loose.", "rivet again", "rivet and rivet"),
            a_story("same", "The river was wide."),
        )
        page = index.search(Query("river"), STRANGER)
        assert [story.story_id for story in page.stories] == ["same", "near"]
        assert [story.hits[0].via for story in page.stories] == ["exact", "typo"]
        assert page.stories[1].hits[0].matched_as == "rivet"
        assert page.corrected is None
        wrong = index.search(Query("Loosse"), STRANGER)
        assert wrong.corrected == "loose"
        assert index.search(Query("Loosse", literal=True), STRANGER).total_stories == 0

    # 8 — as you type

    def test_08_prefix_as_you_type(self, index: SearchIndex) -> None:
        """The last word may go on from two letters (one in Han, kana, Hangul); the others may not."""
        put(index, a_story("a", "The railway station near 中村 and 할머니"), a_story("b", "A rail, a stone."))
        assert find(index, "the railw", mode="prefix") == {"a"}
        assert find(index, "railw", literal=True) == set()
        assert find(index, "sta", mode="prefix") == {"a"}
        assert find(index, "rail sta", mode="prefix") == set()
        assert find(index, "rail ", mode="prefix", literal=True) == {"b"}
        assert find(index, "s", mode="prefix") == set()
        assert find(index, "中", mode="prefix") == find(index, "할", mode="prefix") == {"a"}

    # 9 — questions of every kind

    def test_09_phrases(self, index: SearchIndex) -> None:
        """Words in quotation marks stand beside each other, in that order."""
        put(index, a_story("a", "the old railway station"), a_story("b", "the station of the old railway"))
        assert exactly(index, '"railway station"') == {"a"}
        assert exactly(index, "“old railway”") == {"a", "b"}
        assert exactly(index, '"station railway"') == set()
        assert exactly(index, "railway station") == {"a", "b"}

    def test_09_more_than_ten_words(self, index: SearchIndex) -> None:
        """Every word counts, the eleventh too."""
        words = "one two three four five six seven eight nine ten eleven twelve"
        put(index, a_story("a", words), a_story("b", words.replace("eleven", "other")))
        assert exactly(index, words) == {"a"}

    def test_09_parted_words(self, index: SearchIndex) -> None:
        """A hyphen or an apostrophe may be typed, left out, or be another sign."""
        put(index, a_story("a", "Jean-Pierre O’Brien’s well-known don't Hawaiʻi"), a_story("b", "wellknown"))
        for query in ("jean-pierre", "Jean Pierre", "jeanpierre", "O'Brien", "OBrien", "dont", "don’t"):
            assert exactly(index, query) == {"a"}, query
        assert exactly(index, "Hawaii") == exactly(index, "Hawai'i") == {"a"}
        assert exactly(index, "well-known") == {"a", "b"}

    def test_09_no_word_is_too_short_or_too_common(self, index: SearchIndex) -> None:
        """Short names are words like others."""
        put(index, a_story("a", "An Do and U Nu met Ng."), a_story("b", "nothing else"))
        for query in ("An", "Do", "U", "Nu", "Ng", "and"):
            assert exactly(index, query) == {"a"}

    def test_09_an_empty_question_browses(self, index: SearchIndex) -> None:
        """All visible stories, newest first, without hits; signs alone find nothing."""
        put(
            index,
            a_story("old", "x", recorded_on="1950"),
            a_story("new", "x", recorded_on="1990"),
            a_story("hidden", "x", level="staff"),
        )
        page = index.search(Query("  "), STRANGER)
        assert [story.story_id for story in page.stories] == ["new", "old"]
        assert [(story.hits, story.hits_in_story) for story in page.stories] == [((), 0), ((), 0)]
        assert (page.total_stories, page.total_moments) == (2, 0)
        assert index.search(Query('"*"'), STRANGER).total_stories == 0

    @pytest.mark.parametrize(
        "query",
        [
            '"', "*", "NEAR(a b)", "-word", "word OR", "AND", "(", "text:word", "word^", '"unclosed',
            "\x00", "a\x00b", "{title}:x", "'; DROP TABLE stories; --", "\ud800", "🙂", "word\u202e",
            "word" * 2_500, "word " * 2_000, '"' * 10_000, "中" * 10_000, "\u0301" * 500, "%_\\",
        ],
    )  # fmt: skip
    def test_09_hostile_questions(self, index: SearchIndex, query: str) -> None:
        """Operators are only signs: no error, no hidden story, at any length."""
        put(index, a_story("a", "word"), a_story("hidden", "word a b x", level=None))
        for mode in ("all", "prefix"):
            assert find(index, query, mode=mode) <= {"a"}
            index.in_story("a", Query(query, mode=mode), STRANGER)
        index.suggest(query, STRANGER, 5)

    # 10 — names

    def test_10_names_across_scripts(self, index: SearchIndex) -> None:
        """Most names are found in the family's other scripts, and few sentences that hold none."""
        stories = []
        for g, group in enumerate(search_names.GROUPS):
            for i, (_, text, language) in enumerate(group):
                stories.append(a_story(f"g{g}-{i}", text, language=language))
        for i, (text, language) in enumerate(search_names.DECOYS):
            stories.append(a_story(f"decoy-{i}", text, language=language))
        put(index, *stories)
        wrong: list[str] = []
        missed: list[str] = []
        pairs = asked = 0
        for g, group in enumerate(search_names.GROUPS):
            for i, (query, _, _) in enumerate(group):
                page = index.search(Query(query, per_page=50), STRANGER)
                asked += 1
                pairs += len(group) - 1
                others = {f"g{g}-{j}": text for j, (_, text, _) in enumerate(group) if j != i}
                missed += [f"{query}: {text}" for one, text in others.items() if one not in ids(page)]
                # A decoy that holds the very word is found rightly (王 in 国王): only aliases are judged.
                wrong += [f"{query}: {h.story_id}" for h in hits(page) if h.story_id[0] == "d" and h.via != "exact"]
        recall = 1 - len(missed) / pairs
        sys.stderr.write(f"names: {pairs} pairs, recall {recall:.3f}, {len(wrong)} wrong in {asked} questions\n")
        assert pairs >= 60
        assert recall >= 0.95, missed
        assert len(wrong) / asked <= 0.05, wrong

    def test_10_an_alias_hit_says_so_and_shows_the_text(self, index: SearchIndex) -> None:
        """The span is the name as written, never the alias, and the hit names it."""
        text = "那時候阮先生來了。"
        put(index, a_story("a", text, language="zh"), a_story("b", "Mr. Nguyen came."))
        page = index.search(Query("Nguyen"), STRANGER)
        assert [story.story_id for story in page.stories] == ["b", "a"]
        (hit,) = page.stories[1].hits
        assert (hit.via, hit.matched_as) == ("alias", "阮")
        assert [text[one.start : one.end] for one in hit.spans] == ["阮"]
        assert find(index, "Nguyen", literal=True) == {"b"}

    def test_10_names_of_the_record_win(self, index: SearchIndex) -> None:
        """A person's own name variants are found on the card, without a time."""
        put(index, a_story("a", "He talks.", title="A life", names=("中村博", "Nakamura Hiroshi", "박정희")))
        for query in ("中村", "Nakamura", "hiroshi", "ナカムラ", "Park", "박정희", "life"):
            (story,) = index.search(Query(query), STRANGER).stories
            (hit,) = story.hits
            assert (hit.passage_id, hit.start_ms, hit.end_ms, hit.recording_id) == ("a-0", None, None, None)

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
            assert bool(index.suggest("canary", reader, 5)) is may

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
        rng = random.Random(13)
        cases = 0
        for _ in range(8):
            index, stories = another(), random_world(rng)
            put(index, *stories)
            for _ in range(25):
                access = random_access(rng)
                visible = [one for one in stories if may_see(one.access, one.story_id, access)]
                for _ in range(50):
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
                    assert sum(page.facets["place"].values()) == sum(
                        len(one.facets["place"]) for one in visible if one.story_id in matching
                    )
                    cases += 1
        assert cases >= 10_000

    def test_13_two_worlds_answer_alike(self, another: Callable[[], SearchIndex]) -> None:
        """With hidden stories in the index or without, a reader gets the same pages, order and all."""
        rng = random.Random(31)
        for _ in range(3):
            stories = random_world(rng)
            whole = another()
            put(whole, *stories)
            for _ in range(4):
                access = random_access(rng)
                part = another()
                put(part, *(one for one in stories if may_see(one.access, one.story_id, access)))
                questions = [*WORDS, "", "sae hill", "harbuor", "rivver", "lighthosue sea", '"sea hill"', "Park"]
                for text in questions:
                    for query in (
                        Query(text, facets=FACETS),
                        Query(text[:4], mode="prefix", facets=FACETS, sort="newest"),
                    ):
                        assert shape(whole.search(query, access)) == shape(part.search(query, access)), text
                    assert whole.suggest(text[:2], access, 8) == part.suggest(text[:2], access, 8)

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
            assert list(index.suggest("zebr", STRANGER, 5)) == []
            assert index.in_story(revoke, Query("zebracanary"), STRANGER) == ()

    # 17, 18 — writes

    def test_17_put_twice_is_put_once(self, index: SearchIndex) -> None:
        """The same document again changes nothing."""
        story = a_story("a", "word", "word")
        put(index, story, story)
        assert index.search(Query("word"), STRANGER).total_moments == 2
        assert list(index.inventory()) == [("a", 1, 3)]

    def test_17_an_older_revision_is_ignored(self, index: SearchIndex) -> None:
        """Messages may come late and in any order; the newest state stays."""
        put(index, a_story("a", "newer", revision=3), a_story("a", "older", revision=2))
        assert (find(index, "newer"), find(index, "older", literal=True)) == ({"a"}, set())
        assert index.wait(index.delete_story("a", 2), WAIT_S)
        assert find(index, "newer") == {"a"}

    def test_17_replacing_leaves_nothing_behind(self, index: SearchIndex) -> None:
        """A hundred passages replaced by ninety are ninety."""
        put(index, a_story("a", *["word"] * 100))
        put(index, a_story("a", *["word"] * 90, revision=2))
        assert index.search(Query("word"), STRANGER).total_moments == 90
        assert list(index.inventory()) == [("a", 2, 91)]

    def test_17_deleted_stays_deleted_and_can_come_back(self, index: SearchIndex) -> None:
        """A late put of the old state stays out; a newer one comes in; deleting the unknown is no error."""
        put(index, a_story("a", "word", revision=4))
        assert index.wait(index.delete_story("a", 5), WAIT_S)
        put(index, a_story("a", "word", revision=4))
        assert find(index, "word") == set()
        assert list(index.inventory()) == []
        put(index, a_story("a", "word", revision=6))
        assert find(index, "word") == {"a"}
        assert index.wait(index.delete_story("never", 1), WAIT_S)
        put(index, a_story("never", "word", revision=1))
        assert find(index, "word") == {"a"}

    def test_17_writers_of_many_threads(self, index: SearchIndex) -> None:
        """Writes from several threads are all there, and readers never fail meanwhile."""
        errors: list[BaseException] = []
        done = threading.Event()

        def write(n: int) -> None:
            try:
                for i in range(15):
                    put(index, a_story(f"t{n}-{i}", "threadword"))
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        def read() -> None:
            try:
                while not done.is_set():
                    index.search(Query("threadword"), STRANGER)
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        reader = threading.Thread(target=read)
        reader.start()
        for one in writers:
            one.start()
        for one in writers:
            one.join()
        done.set()
        reader.join()
        assert errors == []
        assert index.search(Query("threadword"), STRANGER).total_stories == 60

    def test_18_one_poison_document_isolates_one_story(self, index: SearchIndex) -> None:
        """It is refused by name, alone and in a rebuild; all others are there."""
        twice = a_story("poison", "word", "word")
        poison = StoryDoc(**{**vars(twice), "passages": (*twice.passages, twice.passages[1])})
        with pytest.raises(BadDocumentError, match="poison"):
            put(index, poison)
        good = [a_story(f"s{i}", "word") for i in range(5)]
        refused = index.rebuild([*good[:3], poison, *good[3:]])
        assert list(refused) == ["poison"]
        assert find(index, "word") == {f"s{i}" for i in range(5)}

    def test_18_what_was_missed_is_seen_in_the_inventory(self, index: SearchIndex) -> None:
        """After a crash between commit and index the inventory shows what is owed; a put repairs it."""
        put(index, a_story("a", "before", revision=1), a_story("b", "other", revision=7))
        held = {story_id: revision for story_id, revision, _ in index.inventory()}
        rows = {"a": 2, "b": 7, "c": 1}
        owed = {story_id for story_id, revision in rows.items() if held.get(story_id, 0) < revision}
        assert owed == {"a", "c"}
        put(index, a_story("a", "after", revision=2), a_story("c", "after", revision=1))
        assert {story_id: revision for story_id, revision, _ in index.inventory()} == rows
        assert find(index, "after") == {"a", "c"}

    # 19, 20 — rebuilds

    def test_19_a_rebuild_under_writes_loses_nothing(self, index: SearchIndex) -> None:
        """It answers throughout; what is put, replaced and deleted meanwhile is so afterwards."""
        old = [a_story(f"s{i:03}", "steadyword", revision=1) for i in range(200)]
        put(index, *old)
        halfway, go_on = threading.Event(), threading.Event()
        answers: list[int] = []
        stop = threading.Event()
        errors: list[BaseException] = []

        def documents() -> Iterator[StoryDoc]:
            for i, story in enumerate(old):
                if i == 100:
                    halfway.set()
                    go_on.wait(WAIT_S)
                yield story

        def rebuild() -> None:
            try:
                index.rebuild(documents())
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        def watch() -> None:
            try:
                while not stop.is_set():
                    answers.append(index.search(Query("steadyword"), STRANGER).total_stories)
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        worker, watcher = threading.Thread(target=rebuild), threading.Thread(target=watch)
        watcher.start()
        worker.start()
        assert halfway.wait(WAIT_S)
        # Of the first half (already loaded) and the second (not yet): change one, delete one, add one.
        put(index, a_story("s010", "changedword steadyword", revision=2))
        put(index, a_story("s150", "changedword steadyword", revision=2))
        for gone in ("s020", "s160"):
            assert index.wait(index.delete_story(gone, 2), WAIT_S)
        put(index, a_story("new", "changedword steadyword"))
        assert find(index, "changedword") == {"s010", "s150", "new"}
        go_on.set()
        worker.join()
        stop.set()
        watcher.join()
        assert errors == []
        assert find(index, "changedword") == {"s010", "s150", "new"}
        assert index.search(Query("steadyword"), STRANGER).total_stories == 199
        assert {one for one, _, _ in index.inventory()} & {"s020", "s160"} == set()
        assert min(answers) >= 198
        put(index, a_story("s020", "late", revision=1))
        assert find(index, "late", literal=True) == set()

    def test_19_a_rebuild_drops_what_no_longer_is(self, index: SearchIndex) -> None:
        """A story that is in no document and was not written meanwhile is not there any more."""
        put(index, a_story("stale", "word"), a_story("kept", "word"))
        assert list(index.rebuild([a_story("kept", "word")])) == []
        assert find(index, "word") == {"kept"}

    def test_19_a_failed_rebuild_changes_nothing(self, index: SearchIndex) -> None:
        """Documents that cannot be read leave the old index as it was, and the next rebuild works."""
        put(index, a_story("a", "word"))

        def broken() -> Iterator[StoryDoc]:
            yield a_story("b", "word")
            raise OSError

        with pytest.raises(OSError):  # noqa: PT011
            index.rebuild(broken())
        assert find(index, "word") == {"a"}
        put(index, a_story("c", "word"))
        index.rebuild([a_story("d", "word")])
        assert find(index, "word") == {"d"}

    def test_20_another_version_wants_a_rebuild(self, index: SearchIndex) -> None:
        """Asked for again and again until it is done; until then the old answers stay."""
        assert index.ensure(IndexSpec("1")) is True
        put(index, a_story("a", "word"))
        assert index.ensure(IndexSpec("1")) is False
        assert index.ensure(IndexSpec("2")) is True
        assert index.ensure(IndexSpec("2")) is True
        assert find(index, "word") == {"a"}
        index.rebuild([a_story("a", "word")])
        assert index.ensure(IndexSpec("2")) is False
        assert index.ensure(IndexSpec("1")) is True

    # 21 — spans

    @pytest.mark.parametrize(
        ("raw", "query", "parts"),
        [
            ("🙂🙂 the word, word!", "word", ["word", "word"]),
            ("𠮷𠮷 word 中村", "中村", ["中村"]),
            (unicodedata.normalize("NFD", "Bà Nguyễn kể"), "nguyen", [unicodedata.normalize("NFD", "Nguyễn")]),
            ("ﾅｶﾑﾗｶﾞｷﾞ です", "ガギ", ["ｶﾞｷﾞ"]),
            ("\ud83d odd word", "word", ["word"]),
            ("ﬁne straße", "strasse", ["straße"]),
            ("the ﬁsh", "fish", ["ﬁsh"]),
            ("l\u00adong way", "long", ["l\u00adong"]),
            ("中村先生と中村さん", "中村", ["中村", "中村"]),
            ("生き生き", "生", ["生", "生"]),
            (unicodedata.normalize("NFD", "박정희가"), "박정희", [unicodedata.normalize("NFD", "박정희")]),
            ("हिन्दी में", "हिंदी", ["हिन्दी"]),
            ("Jean-Pierre came", "jeanpierre", ["Jean-Pierre"]),
            ("old railway station", '"railway station"', ["railway station"]),
            ("北 京", "北京", ["北 京"]),
            ("👨‍👩‍👧 family 👨‍👩‍👧", "family", ["family"]),
            ("แม่น่ารักมาก", "น่ารัก", ["น่ารัก"]),
        ],
    )
    def test_21_spans_are_code_points_of_the_raw_text(
        self, index: SearchIndex, raw: str, query: str, parts: list[str]
    ) -> None:
        """What is cut out by the spans is the word as it stands there, whatever was folded before it."""
        assert marked_parts(index, raw, query) == parts

    # 22 — when the engine is down

    def test_22_an_engine_that_is_down_is_a_typed_error(self, tmp_path: Path) -> None:
        """Every call says ``SearchUnavailableError`` and nothing else."""
        index = self.make_broken(tmp_path)
        calls: list[Callable[[], object]] = [
            index.health,
            lambda: index.search(Query("word"), STRANGER),
            lambda: index.in_story("a", Query("word"), STRANGER),
            lambda: index.suggest("wo", STRANGER, 5),
            lambda: list(index.inventory()),
            lambda: index.put_story(a_story("a", "word")),
            lambda: index.delete_story("a", 1),
            lambda: index.rebuild([]),
        ]
        for call in calls:
            with pytest.raises(SearchUnavailableError):
                call()

    def test_22_health_is_quiet_when_all_is_well(self, index: SearchIndex) -> None:
        """No error, and a name with a version for ``doctor``."""
        index.health()
        assert any(one.isdigit() for one in index.name)

    # suggestions

    def test_suggestions_go_on_from_what_is_typed(self, index: SearchIndex) -> None:
        """Names first, then usual words, as they are written."""
        put(
            index,
            a_story("a", "The railway and the Railroad, raining.", names=("Rainer Maria",)),
            a_story("b", "Another railway.", "中国と中村さん"),
        )
        found = list(index.suggest("rai", STRANGER, 3))
        assert found == ["Rainer Maria", "railway", "Railroad"]
        assert "中村" in index.suggest("中", STRANGER, 9)
        assert list(index.suggest("", STRANGER, 5)) == list(index.suggest("r", STRANGER, 5)) == []


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
