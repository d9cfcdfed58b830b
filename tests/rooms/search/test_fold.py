"""The analyser: what becomes of every kind of text, and where its tokens stand in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.search.domain import glance
from app.search.domain.fold import MAX_TOKEN, fold, fold_text, is_unspaced, marked
from app.search.domain.matching import Wanted, find
from app.search.domain.query import MAX_TERMS, terms_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The old Railway.", ["the", "old", "railway"]),
        ("中村先生", ["中村", "村先", "先生", "生"]),
        ("生", ["生"]),
        ("国民黨 國民党", ["国民", "民党", "党国", "国民", "民党", "党"]),
        ("渡邊・渡邉", ["渡边", "边渡", "渡边", "边"]),
        ("ﾅｶﾑﾗ ｶﾞ", ["なか", "かむ", "むら", "らが", "が"]),
        ("カ゛", ["が"]),
        ("박정희 대통령", ["박정", "정희", "희대", "대통", "통령", "령"]),
        ("Nguyễn Đức", ["nguyen", "duc"]),
        ("हिन्दी हिंदी", ["हिंदी", "हिंदी"]),
        ("पढ़ना", ["पढना"]),
        ("ﬁne Straße Øre", ["fine", "strasse", "ore"]),
        ("ΟΔΥΣΣΕΎΣ ὀδυσσεύς", ["οδυσσευσ", "οδυσσευσ"]),
        ("ёлка", ["елка"]),
        ("كتاب كِتَابٌ کتاب", ["کتاب", "کتاب", "کتاب"]),
        ("１９４５ ٣ ३", ["1945", "3", "3"]),
        ("l\u00adove\u200b zero\u200dwidth", ["love", "zerowidth"]),
        ("AT&T's 3.5%", ["at", "t", "s", "3", "5"]),
        ("国。党", ["国", "党"]),
        ("🙂", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    """Words of spaced scripts, pairs of unspaced ones and the last character once more alone."""
    assert fold(text).tokens == tokens


def test_a_parted_word_stands_in_its_parts_and_in_one_piece() -> None:
    """Hyphens and apostrophes of every keyboard; a possessive s may go."""
    for sign in "'’ʼʻ`-‐–":
        folded = fold(f"O{sign}Brien")
        assert folded.tokens == ["o", "brien"]
        assert folded.joined == [("obrien", 0, 7)]
    assert [token for token, _, _ in fold("O'Brien's").joined] == ["obriens", "obrien"]


def test_thai_am_typed_in_two_is_one() -> None:
    """ำ is ํ and า, before or after the tone."""
    assert fold_text("น้ำ") == fold_text("น\u0e49\u0e4d\u0e32") == fold_text("น\u0e4d\u0e49\u0e32")


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_normal_forms_fold_alike(form: str) -> None:
    """However a keyboard or a file name composed it."""
    for text in ("Nguyễn Thị Đẹp", "박정희 대통령", "がっこう ガッコウ", "हिन्दी पढ़ना", "ёлка й"):
        assert fold(unicodedata.normalize(form, text)).tokens == fold(text).tokens  # type: ignore[arg-type]


def test_marks_are_kept_for_ranking() -> None:
    """The second key knows má from ma and mà."""
    assert [marked("Má"), marked("ma"), marked("Ma\u0301"), marked("mà")] == ["má", "ma", "má", "mà"]


def test_long_words_are_cut_alike() -> None:
    """Nonsense without spaces stays bounded and can still be found."""
    assert fold("x" * 500).tokens == fold("x" * 400).tokens == ["x" * MAX_TOKEN]
    assert fold("é" * 500).tokens == ["e" * MAX_TOKEN]


_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("aé'-中国國かガﾞｶ゛박\u1100\u1161\u11a8ไทยำําหิन्दी् \n·\u200b\ufe0f🙂\u0301Đß"),
    ),
    max_size=60,
)


@given(_TEXT)
def test_any_text_folds_and_places_are_true(text: str) -> None:
    """No error; every token lies inside the text, in order; its own slice folds to it or holds it."""
    folded = fold(text)
    assert len(folded.tokens) == len(folded.starts) == len(folded.ends)
    assert folded.starts == sorted(folded.starts)
    for token, start, end in [*zip(folded.tokens, folded.starts, folded.ends, strict=True), *folded.joined]:
        assert 0 <= start < end <= len(text)
        assert token
        assert len(token) <= MAX_TOKEN
        assert not any(one.isspace() or one == '"' for one in token)


@given(_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folded text is its own fold, so that index and question always meet."""
    once = fold_text(text)
    assert fold_text(once) == once


@given(st.text(alphabet="中村先生國国民党黨邊辺がカき々", min_size=1, max_size=12), st.data())
def test_every_substring_of_an_unspaced_run_is_found(text: str, data: st.DataObject) -> None:
    """Any cut of a run gives tokens that follow each other in the run's own tokens."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    (term,) = terms_of(text[start:end])
    tokens = fold(text).tokens
    if term.prefix:
        assert any(token.startswith(term.tokens[0]) for token in tokens)
    else:
        n = len(term.tokens)
        assert any(tuple(tokens[i : i + n]) == term.tokens for i in range(len(tokens)))


def test_scripts_are_told_apart() -> None:
    """Han, kana, Hangul, Thai, Lao, Khmer and Burmese are cut in pairs, the others in words."""
    assert [is_unspaced(one) for one in "中か한กກកက"] == [True] * 7
    assert [is_unspaced(one) for one in "aжαहا1"] == [False] * 6


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("old  railway", [("old",), ("railway",)]),
        ('"old railway" 中村、先生', [("old", "railway"), ("中村",), ("先生",)]),
        ("박정희 대통령", [("박정", "정희"), ("대통", "통령")]),
        ("中村san", [("中村",), ("san",)]),
        ("don't", [("don", "t")]),
        ("same same", [("same",)]),
        ('* " ( -', []),
    ],
)
def test_questions_become_terms(text: str, terms: list[tuple[str, ...]]) -> None:
    """Chunks between spaces, phrases between quotation marks, runs parted at their punctuation."""
    assert [term.tokens for term in terms_of(text)] == terms


def test_a_question_has_an_end() -> None:
    """However long, it is cut to a number of words that any engine can take."""
    assert len(terms_of(" ".join(f"w{i}" for i in range(5_000)))) == MAX_TERMS


@given(
    st.text(alphabet="ab '-中村先生.\n・한국 éĐ1", max_size=40),
    st.text(alphabet="ab'中村先生 한국éd1", min_size=1, max_size=5),
    st.booleans(),
    st.integers(0, 40),
)
@example("1.1中", "1", False, 3)  # noqa: FBT003
@example("1 한1", "1 한1", False, 12)  # noqa: FBT003
@example("a''b", "a''b", True, 2)  # noqa: FBT003
def test_a_glance_sees_what_the_full_way_finds(text: str, question: str, typing: bool, core: int) -> None:  # noqa: FBT001
    """Where it answers at all, the spans are those of cutting the text into tokens."""
    wanted = [Wanted(term) for term in terms_of(question, typing=typing)]
    quick = glance.find(text, core, wanted) if wanted else None
    if quick is not None:
        folded = fold(text).before(core)
        full = find(text, folded, [], wanted)
        assert full.missing == 0
        assert quick.spans == full.spans


def test_a_glance_answers_for_usual_texts() -> None:
    """It is no empty promise: plain words and runs are found by it."""
    for text, question in (("The old railway", "railway"), ("中村先生が", "先生"), ("Nguyễn đi", "nguyen")):
        assert glance.find(text, len(text), [Wanted(term) for term in terms_of(question)]) is not None
