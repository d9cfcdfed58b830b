"""Names across scripts: which words may be names, and the keys under which they meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.domain.aliases import name_keys, query_keys, tables, text_keys
from app.search.domain.aliases.letters import collapse, korean_key, revised_romanisation, romaji
from app.search.domain.fold import fold_text


def found(text: str, language: str) -> set[tuple[str, str]]:
    """(key, what stands there) of a text."""
    return {(key, text[start:end]) for key, start, end in text_keys(text, [language])}


def test_han_is_read_by_the_language_and_never_by_the_script() -> None:
    """中村 is Nakamura in Japanese only, 王 a surname in Chinese only."""
    assert ("nakamura", "中村") in found("中村さんは王様に会った", "ja")
    assert not any(key == "王" for key, _ in found("中村さんは王様に会った", "ja"))
    assert not any(key == "nakamura" for key, _ in found("中村的王秀英", "zh"))
    assert {("王", "王"), ("xiuying", "秀英")} <= found("中村的王秀英", "zh")


def test_cantonese_is_spelt_as_hong_kong_spells() -> None:
    """The same characters in a Cantonese passage."""
    assert ("taiman", "大文") in found("陳大文喺度", "yue")
    assert ("dawen", "大文") in found("陳大文在這裡", "zh-Hant")


@pytest.mark.parametrize("text", ["国王来了", "黄色的花", "我很高兴", "李子和葡萄", "开张大吉", "他明白了", "马上走"])
def test_a_surnames_character_inside_a_word_is_no_name(text: str) -> None:
    """A common word that begins with a surname's character gives no name."""
    assert found(text, "zh-Hans") == set()


def test_korean_names_with_particles() -> None:
    """Three syllables that a name may have, whatever is glued on; other words are left alone."""
    assert found("박정희가 왔다", "ko") == {("朴", "박"), ("ㅋjonghi", "정희")}
    assert {key for key, _ in found("최 씨네", "ko")} == {"崔"}
    assert found("이것은 최고의 날씨", "ko") == set()


def test_only_capitalised_words_are_names() -> None:
    """And an English word that is a surname too only beside another name."""
    assert found("Mr. Satou came", "en") >= {("sato", "Satou")}
    assert found("a tan horse. He said so. Long ago", "en") == set()
    assert ("何", "He") in found("Then He Xiuying spoke", "en")
    assert ("阮", "Nguyễn") in found("Ông Nguyễn", "vi")


def test_kana_sounds_as_written() -> None:
    """Hepburn, with small kana, doubled consonants and long vowels."""
    words = {
        "なかむら": "nakamura",
        "しゅんいち": "shunichi",
        "はっとり": "hattori",
        "たろー": "taroo",
        "ちゃん": "chan",
    }
    assert {kana: romaji(kana) for kana in words} == words
    assert romaji("中むら") == ""


def test_hangul_in_letters() -> None:
    """Letter by letter, as names are spelt."""
    names = {"정희": "jeonghui", "영삼": "yeongsam", "김": "kim"[0].replace("k", "g") + "im", "백": "baek"}
    assert {name: revised_romanisation(name) for name in names} == names
    assert revised_romanisation("abc") == ""


@pytest.mark.parametrize(
    "spellings",
    [
        ("Jeonghui", "Chunghee", "Junghee", "Chonghui", "Jeonghee"),
        ("Youngsam", "Yeongsam", "Yongsam"),
        ("Daejung", "Taechung", "Daejoong"),
        ("Minsu", "Minsoo"),
    ],
)
def test_spellings_of_a_korean_name_meet(spellings: tuple[str, ...]) -> None:
    """However the passport office spelt it that year."""
    assert len({korean_key(one.lower()) for one in spellings}) == 1


def test_other_words_are_no_korean_names() -> None:
    """Two syllables of the right letters, or nothing."""
    assert [korean_key(one) for one in ("railway", "grandmother", "x", "strong", "정희")] == [None] * 5


def test_long_vowels_are_short() -> None:
    """Satō, Satou, Satoh; Ōta, Oota, Ohta; but not Yohei."""
    assert {collapse(fold_text(one)) for one in ("Satō", "Satou", "Satoh", "Sato")} == {"sato"}
    assert {collapse(fold_text(one)) for one in ("Ōta", "Oota", "Ohta")} == {"ota"}
    assert collapse("yohei") == "yohei"


def test_a_full_name_needs_both_its_parts() -> None:
    """A typed 박정희 asks for the surname and the given name together."""
    assert query_keys("박정희") == (("朴", "ㅋjonghi"),)
    assert ("王", "xiuying") in query_keys("王秀英")
    assert ("tanaka", "hanako") in query_keys("田中花子")


def test_a_small_common_word_stands_for_no_name() -> None:
    """He is no 何, unless it was typed as a name."""
    assert query_keys("he") == query_keys("so") == ()
    assert ("何",) in query_keys("He")


def test_a_record_name_is_read_in_every_way() -> None:
    """No language is known of it: Japanese, Chinese and Korean readings all count."""
    assert {"nakamura"} <= set(name_keys("中村 博"))
    assert {"王", "xiuying"} <= set(name_keys("王秀英"))
    assert {"朴", "ㅋjonghi"} <= set(name_keys("박정희"))
    assert {"阮"} <= set(name_keys("nguyen van an"))


def test_the_table_knows_the_surnames_that_matter() -> None:
    """At least a hundred and fifty, in Mandarin, Cantonese, Hokkien, Vietnamese and Korean spelling."""
    surnames = tables.surnames()
    assert len(surnames.spellings) >= 150
    expected = {
        "陈": {"chen", "chan", "tan", "tran"},
        "黄": {"huang", "wong", "ng", "hoang", "hwang"},
        "林": {"lin", "lam", "lim", "im"},
        "吴": {"wu", "ng", "goh", "ngo", "oh"},
        "郑": {"zheng", "cheng", "tay", "trinh", "jung"},
    }
    assert all(spellings <= set(surnames.spellings[one]) for one, spellings in expected.items())
    assert {"朴"} == set(surnames.by_hangul["박"])
    assert "李" in surnames.by_hangul["이"]


@given(st.text(max_size=40), st.sampled_from(["en", "ja", "zh", "yue", "ko", "vi"]))
def test_any_text_has_keys_inside_it(text: str, language: str) -> None:
    """No error, and no place outside the text."""
    for key, start, end in text_keys(text, [language]):
        assert key
        assert 0 <= start < end <= len(text)
    query_keys(text)
    name_keys(text)
