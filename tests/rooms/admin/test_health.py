"""Whether the process can serve readers, for a proxy or a supervisor; and what operators count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from app import pipeline
from app.admin import routes
from app.kernel.logging import log
from app.kernel.metrics import Observed, OwedNow, serve_metrics
from app.kernel.time import now
from app.recordings.models import MediaFile
from app.search.models import StoryIndexing
from app.stories.commands import touch_story
from app.transcripts.models import Batch, TranscriptVersion
from tests.factories.stores import taken_away
from tests.factories.stories import a_recording, a_story
from workers.servers.own import free_port

if TYPE_CHECKING:
    import pytest
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

READY = "/api/v1/health/ready"


def of_parts(answer: Any) -> dict[str, bool]:
    """Each part and whether it is well."""
    return {p["part"]: p["ok"] for p in answer.json()["parts"]}


def test_ready_names_each_part(archive: TestArchive) -> None:
    """All is well in a new archive, and while a story waits for search for a moment."""
    archive.in_unit(a_story)
    quiet = archive.client().get(READY)
    assert (quiet.status_code, quiet.json()["ok"]) == (200, True)
    assert of_parts(quiet) == dict.fromkeys(("database", "objects", "search", "work", "index"), True)
    told = {quiet.json()["oldest_owed_seconds"], quiet.json()["search_behind_seconds"]}
    assert told == {0}, "a stranger is not told of a story that just changed"


def test_work_that_nobody_does_shows(archive: TestArchive) -> None:
    """A story that search does not have after an hour: no worker is there; readers are served all the same."""
    archive.in_unit(lambda session: setattr(a_story(session), "search_behind_since", now() - dt.timedelta(hours=1)))
    late = archive.client().get(READY)
    assert (late.status_code, late.json()["ok"]) == (200, True)
    assert (of_parts(late)["index"], of_parts(late)["work"]) == (False, True)
    assert 3600 <= late.json()["search_behind_seconds"] < 3660
    assert late.json()["oldest_owed_seconds"] == 0


def test_a_batch_that_nobody_writes_down_shows(archive: TestArchive) -> None:
    """Planned five hours ago and waiting since: the part is named, and the number is true."""
    archive.in_unit(lambda session: a_planned(session, hours=5))
    late = archive.client().get(READY)
    assert of_parts(late)["work"] is False
    assert 5 * 3600 <= late.json()["oldest_owed_seconds"] < 5 * 3600 + 60
    assert late.json()["search_behind_seconds"] == 0
    (batches,) = archive.in_unit(lambda session: pipeline.tallies(session, now()))[:1]
    assert (batches.job, batches.state, batches.count) == ("transcripts.transcribe", "waiting", 3)
    assert 5 * 3600 <= (now() - batches.oldest).total_seconds() < 5 * 3600 + 60


def test_what_waits_for_its_sound_or_runs_is_not_late(archive: TestArchive) -> None:
    """The sound is owed by itself, and a recording that failed for good is no fault of the workers."""
    archive.in_unit(lambda session: a_planned(session, hours=5, sound=False))
    archive.in_unit(lambda session: a_planned(session, hours=5, lease_until=now() + dt.timedelta(hours=1)))
    assert of_parts(archive.client().get(READY))["work"] is True


def test_a_story_that_changed_now_is_not_late(archive: TestArchive) -> None:
    """However long ago it was indexed."""

    def changed(session: Session) -> None:
        long_ago = now() - dt.timedelta(days=30)
        story = a_story(session, indexed_revision=1, created_at=long_ago, search_behind_since=long_ago)
        session.add(StoryIndexing(id=story.id, indexed_at=long_ago))
        session.flush()
        touch_story(session, story.id)

    archive.in_unit(changed)
    assert of_parts(archive.client().get(READY))["index"] is True


def a_planned(session: Session, *, hours: int, sound: bool = True, **of: Any) -> None:
    """A recording whose transcript was planned so long ago: three batches, whose columns are ``of``."""
    recording = a_recording(session, a_story(session, indexed_revision=1), state="processing" if sound else "failed")
    planned_at = now() - dt.timedelta(hours=hours)
    version = TranscriptVersion(
        recording_id=recording.id, story_id=recording.story_id, number=1, planned=True, planned_at=planned_at
    )
    session.add(version)
    session.flush()
    session.add_all(Batch(version_id=version.id, seq=seq, speech_ms=1, windows=[], **of) for seq in range(3))
    if sound:
        values: dict[str, Any] = {"content_type": "", "size_bytes": 2, "sha256": "0" * 64}
        session.add(MediaFile(recording_id=recording.id, use="working_sound", key=recording.id, **values))


def test_without_its_store_it_is_not_ready(archive: TestArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 names the part; the answer is looked at anew after a moment."""
    monkeypatch.setattr(routes, "READY_FOR_S", 0)
    client = archive.client()
    assert client.get(READY).status_code == 200
    with taken_away(archive.ports.objects):
        answer = client.get(READY)
        assert answer.status_code == 503
        assert of_parts(answer)["objects"] is False
    well = client.get(READY)
    assert (well.status_code, "retry-after" in well.headers) == (200, False)


def test_each_request_is_named_and_counted_by_its_route(archive: TestArchive) -> None:
    """The count has the route and not the address; a proxy's own id is kept, nonsense is not."""
    port = free_port()
    end = serve_metrics("127.0.0.1", port, OwedNow(lambda: [("a.job", "waiting", 2, 5.0)]))
    try:
        client = archive.client()
        story = archive.in_unit(lambda session: a_story(session).id)
        kept = client.get(f"/api/v1/stories/{story}", headers={"X-Request-Id": "proxy-1234"})
        assert kept.headers["x-request-id"] == "proxy-1234"
        assert client.get("/api/v1/home", headers={"X-Request-Id": "a b; c=1"}).headers["x-request-id"] != "a b; c=1"
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        end()
    assert story not in text
    samples = {
        (s.name, *sorted(s.labels.items())): s.value for f in text_string_to_metric_families(text) for s in f.samples
    }
    found = [key for key in samples if key[0] == "storybraid_requests_total"]
    assert ("route", "/api/v1/stories/{story_id}") in {pair for key in found for pair in key[1:]}
    assert samples["storybraid_owed", ("job", "a.job"), ("state", "waiting")] == 2
    assert samples["storybraid_owed_oldest_seconds", ("job", "a.job"), ("state", "waiting")] == 5


def test_a_request_is_one_line_without_its_address() -> None:
    """The line has the route, the answer and the id that every line of the request has, and no word of the query."""
    app = FastAPI()

    @app.get("/stories/{name}")
    def story(name: str) -> None:
        log("a_room").info("asked", length=len(name))

    client = TestClient(Observed(app, say=True))
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = client.get("/stories/secretword", params={"q": "secretword"})
        client.get("/nowhere/secretword")
    asked, first, second = (line for line in lines if "request_id" in line)
    assert (first["event"], first["route"], first["status"]) == ("request", "/stories/{name}", 200)
    assert asked["request_id"] == first["request_id"] == answer.headers["x-request-id"]
    assert (second["route"], second["status"]) == ("(no route)", 404)
    assert "secretword" not in str(lines)
