"""What a person did goes to search before what the archive does anew, and counts from when it was done."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from app import pipeline
from app.access.commands import record_consent
from app.access.domain.consent import TO_PUBLISH
from app.kernel.db import unit
from app.kernel.time import now
from app.ports.job_queue import CHANGED, NEW_UPLOAD, REINDEX, TAKEN_BACK
from app.search.models import StoryIndexing
from app.stories.commands import note_searchable, note_unsearchable, touch_story
from app.stories.models import Story
from tests.factories.stories import a_story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.leases import Owed
    from tests.factories.archive import TestArchive

LONG_AGO = dt.timedelta(days=30)


def indexed(session: Session, **over: Any) -> str:
    """A story that search has had for a month."""
    story = a_story(session, indexed_revision=1, search_behind_since=now() - LONG_AGO, **over)
    session.add(StoryIndexing(id=story.id, indexed_at=now() - LONG_AGO))
    return story.id


def due(archive: TestArchive, most: int = 64) -> list[Owed]:
    """What search is to be brought next."""
    with unit(archive.ports.sessions, write=False) as session:
        return pipeline.due(session, now(), "index", most)


def edit(archive: TestArchive, story_id: str) -> None:
    """Somebody gives the story another title."""
    client = archive.client("archivist")
    body = {"version": client.get(f"/api/v1/stories/{story_id}").json()["version"], "title": "Told anew"}
    assert client.patch(f"/api/v1/stories/{story_id}", json=body).status_code == 200


def test_what_people_did_goes_before_an_index_made_anew(archive: TestArchive) -> None:
    """Of a hundred stories that are owed again: first who may know less, then what changed, then what grows."""
    ids = [archive.in_unit(indexed) for _ in range(100)]
    published = archive.in_unit(lambda s: indexed(s, state="published", level="public"))
    archive.in_unit(lambda s: note_unsearchable(s, *ids, published))
    grown, edited, new = ids[97], ids[98], archive.in_unit(indexed)
    archive.in_unit(lambda s: touch_story(s, grown))
    edit(archive, edited)
    edit(archive, new)
    assert archive.client("archivist").post(f"/api/v1/stories/{published}/unpublish").status_code == 200
    rows = due(archive)
    assert [(row.id, row.priority) for row in rows[:4]] == [
        (published, TAKEN_BACK),
        (edited, CHANGED),
        (new, CHANGED),
        (grown, NEW_UPLOAD),
    ]
    assert {row.priority for row in rows[4:]} == {REINDEX}
    assert [row.id for row in due(archive, most=1)] == [published]


def test_publishing_is_as_urgent_as_a_change(archive: TestArchive) -> None:
    """Who publishes looks for it; shown to fewer than before, it is a takedown."""
    story_id = archive.in_unit(indexed)

    def consent(session: Session) -> None:
        actor, said = archive.actor("archivist"), {"statement": "Yes.", "given_by": "Lan", "audience": "public"}
        given: dict[str, Any] = {"kind": "consent_agreement", "scope": TO_PUBLISH, **said}
        record_consent(session, actor, story_id=story_id, **given)

    archive.in_unit(consent)
    client = archive.client("archivist")
    for level, urgency in (("public", CHANGED), ("staff", TAKEN_BACK)):
        answer = client.post(f"/api/v1/stories/{story_id}/publish", json={"level": level})
        assert answer.status_code == 200, answer.text
        (row,) = due(archive)
        assert (row.id, row.priority) == (story_id, urgency)


def test_a_story_waits_since_it_changed(archive: TestArchive) -> None:
    """Not since it was indexed; a later change of what is still unknown makes it no younger, and no less urgent."""
    story_id = archive.in_unit(indexed)
    assert due(archive) == []
    began = now()
    edit(archive, story_id)
    (row,) = due(archive)
    assert row.since >= began
    archive.in_unit(lambda s: touch_story(s, story_id))
    assert [(again.since, again.priority) for again in due(archive)] == [(row.since, CHANGED)]


def test_what_changed_while_it_was_indexed_is_a_moment_old(archive: TestArchive) -> None:
    """The index has the older change; what it lacks is younger than that."""
    story_id = archive.in_unit(indexed)
    archive.in_unit(lambda s: touch_story(s, story_id))
    archive.in_unit(lambda s: s.query(Story).update({"search_behind_since": now() - LONG_AGO}))
    archive.in_unit(lambda s: touch_story(s, story_id))
    began = now()
    archive.in_unit(lambda s: note_searchable(s, story_id, 2))
    (row,) = due(archive)
    assert row.since >= began
    archive.in_unit(lambda s: note_searchable(s, story_id, 3))
    assert due(archive) == []


def test_what_grows_waits_for_more_and_a_person_does_not(archive: TestArchive) -> None:
    """A story that is being written down is indexed every half minute, and at once when somebody changes it."""

    def growing(session: Session) -> str:
        story_id = indexed(session, progress="processing")
        session.query(StoryIndexing).update({"indexed_at": now()})
        touch_story(session, story_id)
        return story_id

    story_id = archive.in_unit(growing)
    assert due(archive) == []
    assert [row.state for row in archive.in_unit(lambda s: pipeline.owed(s, now()))] == ["waiting for more"]
    with unit(archive.ports.sessions, write=False) as session:
        later = now() + dt.timedelta(seconds=31)
        assert [row.id for row in pipeline.due(session, later, "index")] == [story_id]
    edit(archive, story_id)
    assert [row.id for row in due(archive)] == [story_id]


def test_what_is_due_is_what_waits(archive: TestArchive) -> None:
    """The question of the workers and the state that people read are two ways to say one thing."""
    soon = now() + dt.timedelta(hours=1)
    held: list[dict[str, Any]] = [
        {},
        {"failed_reason": "Full."},
        {"lease_owner": "elsewhere:1:1", "lease_until": soon},
        {"lease_owner": "elsewhere:1:1", "lease_until": now() - LONG_AGO},
        {"retry_at": soon},
        {"retry_at": now() - LONG_AGO},
        {"indexed_at": now()},
        {"indexed_at": now() - LONG_AGO},
    ]

    def make(session: Session) -> None:
        for progress in ("empty", "processing"):
            for priority in (CHANGED, NEW_UPLOAD):
                a_story(session, progress=progress, search_priority=priority)
                for columns in held:
                    story = a_story(session, progress=progress, search_priority=priority)
                    session.add(StoryIndexing(id=story.id, **columns))

    archive.in_unit(make)
    ids = {row.id for row in due(archive)}
    rows = [row for row in archive.in_unit(lambda s: pipeline.owed(s, now())) if row.job == "search.index_story"]
    assert len(rows) == 4 * (1 + len(held))
    assert ids == {row.id for row in rows if row.state == "waiting"}
    assert len(ids) == 4 * 6 - 1
