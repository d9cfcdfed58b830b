"""The way of a recording on a real S3 server: sent straight to it, accepted, derived, played; slow, killed, moved."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select, update

from app.kernel.db import unit
from app.kernel.time import now
from app.recordings.models import Recording, RecordingStep, Upload
from app.stories.models import Story
from tests.factories.archive import an_archive
from tests.factories.bucket import ADDRESS, a_bucket, store_of, the_server
from tests.factories.line import Line
from tests.rooms.recordings.sending import a_tone, addresses, begin, complete, sha256, split
from workers.servers.seaweed import a_seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

SOUND = a_tone(280.0)
"""Two parts of 8 MiB: 280 s of 16 kHz."""
HELD_S = 12.0
"""Longer than every wait and rest of the adapter; it makes no difference how long the store is silent."""


@pytest.fixture
def wanted() -> dict[str, Any]:
    """The settings of a bucket of this test's own."""
    return a_bucket(wait_s=2)


@pytest.fixture
def archive(tmp_path: Path, wanted: dict[str, Any]) -> Iterator[TestArchive]:
    """An archive on that bucket."""
    with an_archive(tmp_path / "archive", objects=wanted) as made:
        yield made


def send(client: TestClient, upload_id: str, parts: dict[int, bytes]) -> list[dict[str, Any]]:
    """Send parts as a browser on the archive's page does: a preflight, then straight to the store."""
    sent = []
    for address in addresses(client, upload_id, parts)["parts"]:
        data = parts[address["number"]]
        asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": ",".join(address["headers"])}
        allowed = httpx.options(address["url"], headers={"Origin": ADDRESS, **asked})
        assert allowed.headers["access-control-allow-origin"] == ADDRESS
        answer = httpx.put(address["url"], content=data, headers={"Origin": ADDRESS, **address["headers"]}, timeout=60)
        assert answer.status_code == 200, answer.text
        sent.append({"number": address["number"], "etag": answer.headers["etag"], "sha256": sha256(data)})
    return sent


def parts_of(data: bytes) -> dict[int, bytes]:
    """The parts by number."""
    return dict(enumerate(split(data), 1))


def sent_whole(client: TestClient, data: bytes = SOUND, **over: Any) -> dict[str, Any]:
    """An upload up to ``completing``."""
    plan = begin(client, data, **over).json()
    done = complete(client, plan["id"], send(client, plan["id"], parts_of(data)))
    assert done.status_code == 202, done.text
    return {**plan, **done.json()}


def keys_in(wanted: dict[str, Any]) -> list[str]:
    """What lies in the bucket."""
    pages = store_of(wanted)._calls.pages("list_objects_v2")
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def recording_of(archive: TestArchive, recording_id: str) -> Recording:
    """The row as it stands."""
    with unit(archive.ports.sessions, write=False) as session:
        return session.scalars(select(Recording).where(Recording.id == recording_id)).one()


def wait_no_more(archive: TestArchive) -> None:
    """What was put back is due now."""

    def make_due(session: Session) -> None:
        for table in (Upload, RecordingStep):
            session.execute(update(table).values(retry_at=None))

    archive.in_unit(make_due)


def publish(archive: TestArchive, story_id: str) -> None:
    """Make the story public."""
    public = update(Story).where(Story.id == story_id).values(state="published", level="public")
    archive.in_unit(lambda session: session.execute(public))


def test_a_recording_goes_straight_to_the_bucket_and_is_played(archive: TestArchive, wanted: dict[str, Any]) -> None:
    """Sent past the API, accepted by reading back, derived from the bucket, heard by Range; nothing else is left."""
    client = archive.client("volunteer")
    policy = client.get("/api/v1/session").headers["content-security-policy"]
    assert f"connect-src 'self' {wanted['endpoint']};" in policy
    plan = begin(client, SOUND).json()
    parts = parts_of(SOUND)
    assert len(parts) == 2
    second = send(client, plan["id"], {2: parts[2]})
    assert client.get(f"/api/v1/uploads/{plan['id']}").json()["received"] == [2]
    told = complete(client, plan["id"], second)
    assert (told.status_code, told.json()["missing"]) == (409, [1])
    first = send(client, plan["id"], {1: parts[1]})
    recording_id = complete(client, plan["id"], first + second).json()["recording_id"]
    done = [job for job, _ in archive.work() if job.startswith("recordings.")]
    assert done[:3] == ["recordings.accept", "recordings.derive", "recordings.make_access_copy"]
    assert recording_of(archive, recording_id).state in ("processing", "ready")
    keys = keys_in(wanted)
    assert f"masters/{recording_id}/{sha256(SOUND)}" in keys
    assert {key.split("/")[0] for key in keys} == {"masters", "copies"}
    heard = client.get(f"/api/v1/recordings/{recording_id}/sound")
    part = client.get(f"/api/v1/recordings/{recording_id}/sound", headers={"Range": "bytes=1000-1999"})
    assert (heard.status_code, part.status_code) == (200, 206)
    assert part.content == heard.content[1000:2000]
    master = archive.client("archivist").get(f"/api/v1/recordings/{recording_id}/master")
    assert sha256(master.content) == sha256(SOUND)


def test_public_sound_is_read_from_the_bucket_where_that_is_set(tmp_path: Path) -> None:
    """A public story's sound is a short redirect; a draft's, its master and its waveform stream through the API."""
    with an_archive(tmp_path / "archive", objects=a_bucket(redirect_s=60)) as archive:
        made = sent_whole(archive.client("volunteer"))
        archive.work()
        url = f"/api/v1/recordings/{made['recording_id']}/sound"
        draft = archive.client("archivist").get(url, follow_redirects=False)
        assert draft.status_code == 200
        publish(archive, made["story_id"])
        answer = archive.client().get(url, follow_redirects=False)
        assert (answer.status_code, answer.headers["cache-control"]) == (307, "no-store")
        assert "X-Amz-Expires=60" in answer.headers["location"]
        got = httpx.get(answer.headers["location"], headers={"Range": "bytes=0-99"})
        assert (got.status_code, got.content) == (206, draft.content[:100])
        assert got.headers["content-type"] == draft.headers["content-type"]
        waveform = archive.client().get(url.replace("sound", "waveform"), follow_redirects=False)
        assert waveform.status_code == 200


def test_what_nobody_continues_leaves_the_bucket(archive: TestArchive, wanted: dict[str, Any]) -> None:
    """A cancelled upload and one without a part for seven days are freed in the bucket too."""
    client = archive.client("volunteer")
    cancelled, abandoned = (begin(client, SOUND).json()["id"] for _ in range(2))
    for upload_id in (cancelled, abandoned):
        send(client, upload_id, {1: parts_of(SOUND)[1]})
    assert client.delete(f"/api/v1/uploads/{cancelled}").status_code == 204
    old = now() - dt.timedelta(days=8)
    archive.in_unit(
        lambda session: session.execute(update(Upload).where(Upload.id == abandoned).values(last_part_at=old))
    )
    archive.work()
    assert client.get(f"/api/v1/uploads/{abandoned}").json()["state"] == "abandoned"
    assert keys_in(wanted) == []
    pages = store_of(wanted)._calls.pages("list_multipart_uploads")
    assert not any(page.get("Uploads") for page in pages)


def test_a_slow_store_is_503_and_holds_nobody(tmp_path: Path) -> None:
    """While no answer comes: uploads and sound are 503 with Retry-After in seconds, pages without the store work."""
    wanted = a_bucket()
    with (
        Line(the_server().ports["s3"]) as line,
        an_archive(
            tmp_path / "archive", objects={**wanted, "endpoint": f"http://127.0.0.1:{line.port}", "wait_s": 2}
        ) as archive,
    ):
        client = archive.client("volunteer")
        made = sent_whole(client)
        archive.work()
        open_one = begin(client, SOUND).json()["id"]
        line.hold()
        began = time.monotonic()
        calls = [
            ("GET", f"/api/v1/recordings/{made['recording_id']}/sound", None),
            ("POST", "/api/v1/uploads", {"filename": "a.wav", "size_bytes": 9, "content_type": "audio/wav"}),
            ("POST", f"/api/v1/uploads/{open_one}/parts", {"parts": [{"number": 1, "sha256": "0" * 64}]}),
            ("GET", f"/api/v1/uploads/{open_one}", None),
        ]
        while time.monotonic() - began < HELD_S:
            for method, url, body in calls:
                asked = time.monotonic()
                answer = client.request(method, url, json=body)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "10"), answer.text
                assert "does not answer" in answer.json()["detail"]
                assert time.monotonic() - asked < 6
            asked = time.monotonic()
            assert client.get(f"/api/v1/stories/{made['story_id']}").status_code == 200
            assert time.monotonic() - asked < 1
            time.sleep(1)
        line.release()
        time.sleep(5.1)
        sent = send(client, open_one, parts_of(SOUND))
        assert complete(client, open_one, sent).status_code == 202
        assert client.get(f"/api/v1/recordings/{made['recording_id']}/sound").status_code == 200


def test_who_waits_for_the_store_keeps_no_connection(tmp_path: Path) -> None:
    """While a listener waits for a silent store the connection to the database is free for those who need no store."""
    wanted = a_bucket()
    with (
        Line(the_server().ports["s3"]) as line,
        an_archive(
            tmp_path / "archive", objects={**wanted, "endpoint": f"http://127.0.0.1:{line.port}", "wait_s": 2}
        ) as archive,
        ThreadPoolExecutor(1) as threads,
    ):
        client = archive.client("volunteer")
        made = sent_whole(client)
        archive.work()
        pool = archive.ports.sessions.kw["bind"].pool
        line.hold()
        waiting = threads.submit(client.get, f"/api/v1/recordings/{made['recording_id']}/sound")
        in_use = []
        while not waiting.done():
            in_use.append(pool.checkedout())
            time.sleep(0.05)
        assert waiting.result().status_code == 503
        assert len(in_use) > 10
        assert 0 in in_use[len(in_use) // 2 :]


def test_an_outage_condemns_no_work(tmp_path: Path) -> None:
    """However often a job meets a silent store nothing is counted; when it answers the work is done."""
    wanted = a_bucket()
    with (
        Line(the_server().ports["s3"]) as line,
        an_archive(
            tmp_path / "archive", objects={**wanted, "endpoint": f"http://127.0.0.1:{line.port}", "wait_s": 1}
        ) as archive,
    ):
        made = sent_whole(archive.client("volunteer"))
        line.hold()
        for _ in range(7):
            wait_no_more(archive)
            assert archive.work_once()
        with unit(archive.ports.sessions, write=False) as session:
            row = session.scalars(select(Upload)).one()
        assert (row.state, row.attempts, row.crashes, row.failed_reason) == ("completing", 0, 0, None)
        line.release()
        time.sleep(5.1)
        wait_no_more(archive)
        archive.work()
        master = archive.client("archivist").get(f"/api/v1/recordings/{made['recording_id']}/master")
        assert sha256(master.content) == sha256(SOUND)


@pytest.mark.kills
@pytest.mark.soak
def test_the_server_is_killed_again_and_again(tmp_path: Path) -> None:
    """Killed between and during sending, accepting and deriving: one recording, whole, and no work condemned."""
    the_server()  # skips where there is none
    with a_seaweed() as server:
        wanted = a_bucket(server, wait_s=3)
        with an_archive(tmp_path / "archive", objects=wanted) as archive:
            client = archive.client("volunteer")
            plan = begin(client, SOUND).json()
            first = send(client, plan["id"], {1: parts_of(SOUND)[1]})
            address = addresses(client, plan["id"], {2: parts_of(SOUND)[2]})["parts"][0]
            server.kill()
            with pytest.raises(httpx.TransportError):
                httpx.put(address["url"], content=parts_of(SOUND)[2], headers=address["headers"])
            assert client.get(f"/api/v1/uploads/{plan['id']}").status_code == 503
            server.start()
            time.sleep(5.1)
            assert client.get(f"/api/v1/uploads/{plan['id']}").json()["received"] == [1]
            second = send(client, plan["id"], {2: parts_of(SOUND)[2]})
            recording_id = complete(client, plan["id"], first + second).json()["recording_id"]
            for _ in ("accept", "derive"):
                server.kill()
                wait_no_more(archive)
                assert archive.work_once()
                server.start()
                time.sleep(5.1)
                wait_no_more(archive)
                assert archive.work_once()
            archive.work()
            assert recording_of(archive, recording_id).state in ("processing", "ready")
            master = archive.client("archivist").get(f"/api/v1/recordings/{recording_id}/master")
            assert sha256(master.content) == sha256(SOUND)
            assert sum(key.startswith("masters/") for key in keys_in(wanted)) == 1
            with unit(archive.ports.sessions, write=False) as session:
                assert session.scalars(select(Recording.id)).all() == [recording_id]
