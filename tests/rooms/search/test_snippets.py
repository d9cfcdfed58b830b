"""What of a passage a hit shows: whole cues and lines, cut between words, with the marks on the words."""

from __future__ import annotations

import pytest

from app.search.queries.snippets import LONGEST, snippet


def test_snippet_is_the_cue_with_the_match() -> None:
    """Of a passage only the cue with the first match is shown, with spans moved along."""
    text = "One two three. Four five six."
    cue_map = [[0, 14, 0, 1, []], [15, 29, 1, 2, []]]
    assert snippet(text, cue_map, [(20, 24)]) == ("Four five six.", [(5, 9)])
    assert snippet(text, [], [(20, 24)])[0] == text


ABOUT = (
    "Sweet, with clouds\n晴れ、ところにより\n"
    + "Hiro grew up in Kobe. " * 30
    + "A jar of jam.\nHiro Lim\n林弘\nVancouver"
)


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("Sweet", "Sweet, with clouds"),
        ("林弘", "林弘"),
        ("Vancouver", "Vancouver"),
    ],
)
def test_what_is_about_a_story_is_shown_by_its_line(word: str, shown: str) -> None:
    """A title, a name or a place stands alone, not run together with the description."""
    at = ABOUT.index(word)
    text, spans = snippet(ABOUT, [], [(at, at + len(word))])
    assert (text, [text[a:b] for a, b in spans]) == (shown, [word])


@pytest.mark.parametrize("at", [0, 221, 400, 659])
def test_a_long_line_is_cut_between_words_and_says_so(at: int) -> None:
    """The matched word stands in it whole, "…" where something is left out, half a word nowhere."""
    line = ABOUT.splitlines()[2]
    begin = line.index("grew" if at < 600 else "jam", at)
    word = line[begin : begin + 3]
    text, spans = snippet(line, [], [(begin, begin + 3)])
    assert [text[a:b] for a, b in spans] == [word]
    assert text.startswith("…") == (at > 0)
    assert text.endswith("…") == (at < 600)
    assert len(text) <= LONGEST + 2
    assert set(text.strip("…").split()) <= set(line.split())


def test_a_line_without_spaces_is_cut_where_it_must_be() -> None:
    """Unspaced scripts have no end of a word to wait for."""
    line = "雨" * 300 + "傘" + "雨" * 300
    text, spans = snippet(line, [], [(300, 301)])
    assert [text[a:b] for a, b in spans] == ["傘"]
    assert text == "…" + "雨" * 120 + "傘" + "雨" * 119 + "…"


def test_a_match_that_no_span_marks_shows_the_begin() -> None:
    """Nothing is marked then, and nothing is cut inside a word."""
    assert snippet(ABOUT, [], []) == ("Sweet, with clouds", [])
