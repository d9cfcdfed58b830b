"""Passages: how cues are cut, and how a highlighted word leads back to its second."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.search.domain.passages import (
    MOST_CHARACTERS,
    MOST_MS,
    SpokenCue,
    SpokenWord,
    cut,
)
from app.search.domain.spans import times


def a_cue(start_s: float, seconds: float, text: str, **over: object) -> SpokenCue:
    """A cue whose words share its time evenly."""
    start, end = int(start_s * 1000), int((start_s + seconds) * 1000)
    pieces = text.split()
    step = (end - start) // max(1, len(pieces))
    words = tuple(SpokenWord(f" {piece}", start + i * step, start + (i + 1) * step) for i, piece in enumerate(pieces))
    return SpokenCue(start, end, text, **{"language": "en", "words": words, **over})  # type: ignore[arg-type]


def an_interview(n: int = 40) -> list[SpokenCue]:
    """Cues of six seconds, each one sentence with its own number."""
    return [a_cue(i * 6, 5.8, f"This is sentence number{i} of the interview.") for i in range(n)]


def test_passages_are_about_half_a_minute_and_end_with_a_sentence() -> None:
    """Each passage but the last lasts 20 to 40 seconds, and none is lost between two."""
    found = cut(an_interview())
    assert all(20_000 <= one.end_ms - one.start_ms <= MOST_MS for one in found[:-1])
    assert [one.seq for one in found] == list(range(1, len(found) + 1))
    whole = " ".join(one.text[: len(one.text) - one.tail].strip() for one in found)
    assert whole == " ".join(cue.text for cue in an_interview())


def test_the_tail_repeats_how_the_next_passage_begins() -> None:
    """The repeated words stand at the end of one passage and at the start of the next."""
    found = cut(an_interview())
    for one, following in pairwise(found):
        tail = one.text[len(one.text) - one.tail :]
        assert tail
        assert following.text.startswith(tail)
    assert found[-1].tail == 0


def test_a_word_leads_to_its_own_second() -> None:
    """The span of a word gives that word's time, in the passage and in its tail."""
    step = 5_800 // 7
    looked_at = set()
    for one in cut(an_interview()):
        for i in range(40):
            at = one.text.find(f"number{i} ")
            if at >= 0:
                start = i * 6_000 + 3 * step
                assert times(one.cue_map, [(at, at + 7)]) == (start, start + step)
                looked_at.add(i)
    assert looked_at == set(range(40))


def test_an_edited_cue_without_words_gives_its_own_times() -> None:
    """Where no word has a time, first and last are the cue's."""
    (one,) = cut([a_cue(3, 5, "Nothing is timed here.", words=())])
    assert times(one.cue_map, [(0, 7)]) == (3_000, 8_000)
    assert times(one.cue_map, []) is None
    assert times([], [(0, 7)]) is None


def test_doubtful_cues_are_left_out_and_part_the_passages() -> None:
    """What was doubted is nowhere in the text, and no tail reaches across it."""
    found = cut([a_cue(0, 5, "Before it."), a_cue(5, 5, "Made up.", doubtful=True), a_cue(10, 5, "After it.")])
    assert [one.text for one in found] == ["Before it.", "After it."]
    assert [one.tail for one in found] == [0, 0]


def test_a_long_silence_parts_the_passages() -> None:
    """Two cues with a long pause between them are two passages without a common tail."""
    found = cut([a_cue(0, 5, "Before it."), a_cue(60, 5, "After it.")])
    assert [(one.text, one.tail) for one in found] == [("Before it.", 0), ("After it.", 0)]


def test_languages_of_a_passage_come_from_its_own_cues() -> None:
    """Each language once, in the order of speech."""
    (one,) = cut([a_cue(0, 5, "Hello."), a_cue(5, 5, "你好。", language="zh"), a_cue(10, 5, "Bye.")])
    assert one.languages == ("en", "zh")


def test_a_cue_as_long_as_a_chapter_becomes_many_passages() -> None:
    """Imported text without a single break is cut all the same, and nothing of it is lost."""
    for text in ("word " * 2_000, "字" * 5_000, "A sentence ends. " * 400):
        found = cut([SpokenCue(0, 600_000, text.strip())])
        assert len(found) > 1
        assert all(len(one.text) - one.tail <= MOST_CHARACTERS + 1 for one in found)
        whole = "".join(one.text[: len(one.text) - one.tail].strip() for one in found)
        assert whole.replace(" ", "") == text.replace(" ", "")


@given(
    st.lists(
        st.builds(
            SpokenCue,
            st.integers(0, 600_000),
            st.integers(0, 600_000),
            st.text(max_size=60),
            st.sampled_from(["en", "zh", None]),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_any_cues_can_be_cut(cues: list[SpokenCue]) -> None:
    """No cue, however odd its times or signs, breaks the cutter; maps stay inside the text."""
    for one in cut(cues):
        assert 0 <= one.tail < len(one.text)
        for start, end, *_ in one.cue_map:
            assert isinstance(start, int)
            assert isinstance(end, int)
            assert 0 <= start <= end <= len(one.text)
