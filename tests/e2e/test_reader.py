"""The researcher's path and the reading page, in a real browser against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import LivingArchive

BEFORE_MS = 1000


def test_a_word_leads_to_the_second_it_was_said(living_archive: LivingArchive) -> None:
    """Two scripts, a facet, a hit that plays within a second, its line lit; what is restricted is nowhere."""
    seen = living_archive.script(
        "researcher.mjs",
        word="fellow",
        otherScript="东京",
        hiddenWord="Sunday",
        hiddenStory=living_archive.stories["Kept for later"],
    )
    assert seen["errors"] == []
    assert seen["address"] == "?q=fellow"
    assert seen["counted"].startswith("1 moment")
    assert {word.lower() for word in seen["marked"]} == {"fellow"}
    assert seen["playing"]["afterMs"] <= 1000
    assert seen["playing"]["atMs"] <= 2000
    assert "Ask not" in seen["mini"]
    assert "fellow" in seen["story"]["line"]
    assert seen["story"]["goesOn"], "the sound goes on across pages"
    assert "q=fellow" in seen["story"]["address"]
    assert "fellow" in seen["story"]["marks"]
    assert seen["other"] in {"東京", "东京"}
    assert "language=" in seen["facet"]
    assert seen["hiddenFound"] == 0
    assert "There is nothing here that you can open." in seen["hiddenPage"]
    assert seen["hiddenPage"] == seen["absentPage"], "forbidden and absent read alike"


def test_the_words_follow_the_sound_and_the_reader(living_archive: LivingArchive) -> None:
    """The address says where to begin, the line and the word are lit, and following stops when the reader scrolls."""
    seen = living_archive.script("reading.mjs", story=living_archive.stories["Two languages"], lineSecond=20)
    assert seen["errors"] == []
    assert seen["spellings"] == {"23.2": 23.2, "0:23": 23, "0h0m23s": 23, "nonsense": 0, "": 0}
    assert seen["arrived"]["inView"]
    assert seen["arrived"]["says"].startswith("0:00:20 of 0:00:")
    assert seen["word"].strip()
    assert seen["pill"].startswith("Back to 0:00:2")
    assert seen["stayed"] == 0, "the page never pulls the reader back"
    assert seen["back"]
    assert seen["addressFollows"] <= 1
    assert seen["j"] == pytest.approx(-10, abs=0.5)
    assert seen["slash"] == "Find in this story"
    assert seen["typing"] == ["k j l", True], "keys in a field are words"
    assert seen["clicked"] < 2, "a click on a line plays it"


def test_a_browser_that_translates_breaks_nothing(living_archive: LivingArchive) -> None:
    """With every text node wrapped by a translating browser, pages change, play and search as before."""
    seen = living_archive.script(
        "translated.mjs", story=living_archive.stories["Two languages"], word="fellow", otherScript="東京"
    )
    assert seen["errors"] == []
    assert seen["lit"] == 1
    assert len(seen["headings"]) == 2
    assert all(seen["headings"])
