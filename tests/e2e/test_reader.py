"""The researcher's path and the reading page, in a real browser against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from app.kernel.db import unit
from app.recordings.models import Recording
from app.transcripts.models import Cue

if TYPE_CHECKING:
    from tests.e2e.conftest import LivingArchive


def test_a_word_leads_to_the_second_it_was_said(living_archive: LivingArchive) -> None:
    """Two scripts, a facet, a hit that plays within a second, its line lit; what is restricted is nowhere."""
    # A word that no other is near to: Meilisearch forgives errors in a last word that may go on (fellow, following).
    seen = living_archive.script(
        "researcher.mjs",
        word="Americans",
        otherScript="东京",
        hiddenWord="Sunday",
        hiddenStory=living_archive.stories["Kept for later"],
    )
    assert seen["errors"] == []
    assert seen["address"] == "?q=Americans"
    assert seen["counted"].startswith("1 moment")
    assert {word.lower() for word in seen["marked"]} == {"americans"}
    assert seen["playing"]["afterMs"] <= 1000
    assert seen["playing"]["atMs"] <= 2000
    assert "Ask not" in seen["mini"]
    assert "Americans" in seen["story"]["line"]
    assert seen["story"]["goesOn"], "the sound goes on across pages"
    assert "q=Americans" in seen["story"]["address"]
    assert "Americans" in {mark.rstrip(",") for mark in seen["story"]["marks"]}
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


def _doubt(archive: LivingArchive, story: str, word: str) -> None:
    """Make the machine unsure of a word it heard, in the database itself."""
    with unit(archive.ports().sessions) as session:
        cues = session.scalars(
            select(Cue).join(Recording).where(Recording.story_id == archive.stories[story]).order_by(Cue.start_ms)
        )
        cue = next(cue for cue in cues if word in cue.text)
        cue.words = [{**one, "probability": 0.05} if one["text"].strip() == word else one for one in cue.words]


def test_an_unsure_word_says_so(living_archive: LivingArchive) -> None:
    """Its "?" is reached by key and by finger, has a sentence, is printed, and is neither copied nor in the way."""
    _doubt(living_archive, "Ask not", "country")
    given = {"story": living_archive.stories["Ask not"], "word": "country", "across": "country can do for you"}
    seen = living_archive.script("unsure.mjs", **given)
    assert seen["errors"] == []
    assert seen["violations"] == []
    assert "country" in seen["dotted"]
    assert seen["hiddenAtFirst"]
    assert seen["stops"] == 1, "one Tab stop for the whole transcript"
    assert seen["focused"] == "Unsure word"
    assert seen["says"] == seen["described"] == "The transcriber was not sure of this word."
    assert seen["sentAway"]
    assert seen["backAt"] == "turn-time"
    assert "country can do for you" in seen["copied"]
    assert seen["found"], "the browser finds words across the mark"
    assert seen["legend"]
    assert [word.strip(".") for word in seen["marked"]] == ["country", "country"], "found after a mark as before it"
    assert seen["silent"], "a press on the mark asks, it does not play"
    assert seen["onScreen"]


def test_the_reader_chooses_the_colours(living_archive: LivingArchive) -> None:
    """Chosen colours hold in every open page, and before its script runs; paper is white; the device's come back."""
    light, dark = "rgb(251, 248, 242)", "rgb(21, 19, 15)"
    seen = living_archive.script("colours.mjs")
    assert seen["errors"] == [], "the content policy is kept"
    for device, own, other, name, frame in (
        ("light", light, dark, "Dark", "#15130f"),
        ("dark", dark, light, "Light", "#fbf8f2"),
    ):
        found = seen[device]
        assert found["device"] == found["again"] == own
        assert found["chosen"] == found["elsewhere"] == other
        assert found["before"] == other, "no flash of the other colours"
        assert found["frame"] == [frame]
        assert found["printed"] == "rgb(255, 255, 255)"
        assert found["pressed"] == found["kept"] == ["English", name]
    assert seen["chinese"][-3:] == ["跟隨這台裝置", "淺色", "深色"]


def test_warnings_stand_over_the_player_and_advice_beside_the_choice(living_archive: LivingArchive) -> None:
    """Editors see what is wrong with a recording where they hear it, and what a larger model is for; readers do not."""
    story, warning = living_archive.stories["Two languages"], "The file ended early: its last second is missing."
    with unit(living_archive.ports().sessions) as session:
        said = [{"slug": "cut_short", "sentence": warning}]
        session.execute(update(Recording).where(Recording.story_id == story).values(warnings=said))
    sessions = {"editor": living_archive.session("admin")}
    seen = living_archive.script("advised.mjs", story=story, warning=warning, sessions=sessions)
    assert seen["violations"] == []
    assert seen["reader"] == {"times": 0, "overPlayer": False, "errors": []}
    assert seen["editor"] == {"times": 1, "overPlayer": True, "errors": []}
    assert (seen["before"], seen["after"]) == (0, 0)
    assert "for Japanese use large-v3-turbo" in seen["advice"]


def test_a_file_without_sound_is_told_of_and_replaced(living_archive: LivingArchive) -> None:
    """Where nothing can be heard nothing is said to be written down, and another file can be chosen at once."""
    story = living_archive.refused("hostile/mono.invalid.wav", "Not a sound")
    seen = living_archive.script("refused.mjs", story=story, session=living_archive.session("admin"))
    assert seen["errors"] == []
    for page in ("story", "wizard"):
        assert seen[page] == {"transcript": 0, "written": 0, "asks": "Choose the recording"}
