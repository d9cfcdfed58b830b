"""The owed work on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.access.queries import audit_of
from app.kernel.db import unit
from app.kernel.owing import LISTED
from app.search.models import StoryIndexing
from app.stories.models import Story
from tests.factories.living import LivingArchive
from tests.factories.stories import a_story

if TYPE_CHECKING:
    from pathlib import Path


def test_failed_work_is_listed_and_tried_again(tmp_path: Path) -> None:
    """The list has the reason and no word of the story; a retry gives all tries back and names its asker."""
    living = LivingArchive(tmp_path)
    living.run("migrate")
    ports = living.ports()
    with unit(ports.sessions) as session:
        story = a_story(session, title="Not to be shown here")
        session.add(StoryIndexing(id=story.id, attempts=5, failed_reason="The disk was full."))
        waiting = a_story(session)
    assert {(r["id"], r["state"]) for r in living.json("jobs", "list")} == {
        (story.id, "failed"),
        (waiting.id, "waiting"),
    }
    (failed,) = living.json("jobs", "list", "--failed")
    assert (failed["job"], failed["reason"], failed["attempts"]) == ("search.index_story", "The disk was full.", 5)
    shown = living.run("jobs").stdout
    assert "The disk was full." in shown
    assert "Not to be shown" not in shown
    living.run("jobs", "retry", "search.index_story", story.id)
    assert living.json("jobs", "list", "--failed") == []
    with unit(ports.sessions, write=False) as session:
        assert [line.action for line in audit_of(session, story.id)] == ["admin.retry"]
    assert living.json("jobs") == living.json("jobs", "list"), "the bare form takes what the list takes"
    assert living.json("jobs", "--failed") == living.json("jobs", "--failed", "list") == []
    refused = living.run("jobs", "--json", "retry", "search.index_story", story.id, expect=2)
    assert json.loads(refused.stdout)["error"]["slug"] == "usage"
    gone = living.run("jobs", "retry", "search.index_story", "nothing", expect=1)
    assert "Traceback" not in gone.stderr


def test_a_list_that_is_cut_says_so(tmp_path: Path) -> None:
    """How many more are owed stands beside the list, which is the same as JSON."""
    living = LivingArchive(tmp_path)
    living.run("migrate")
    with unit(living.ports().sessions) as session:
        session.add_all(Story(identifier=f"SB-MANY-{number:04}") for number in range(LISTED + 5))
    shown = living.run("jobs", "list", "--json")
    assert len(json.loads(shown.stdout)) == LISTED
    assert "5 more are owed and not listed" in shown.stderr
    assert "not listed" not in living.run("jobs", "list", "--failed").stderr
