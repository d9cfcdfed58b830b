"""Points 1 to 6 and 21: every script is found as its readers write it, and marked where it stands."""

from __future__ import annotations

import unicodedata

import pytest

from app.ports.search_index import Query, SearchIndex
from tests.ports.search_index_contract.documents import (
    STRANGER,
    a_story,
    exactly,
    ids,
    marked_parts,
    put,
)
from tests.ports.search_index_contract.ground import Ground


class Scripts(Ground):
    """Han and kana, mixed languages, Korean, unspaced scripts, Vietnamese, Hindi; spans."""

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
        """A word with another vowel sign (มา, มี) is another word and is not found."""
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
