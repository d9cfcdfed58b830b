"""A store that says nothing for half a minute, with the waits of the product: who waits for it, and who does not."""

from __future__ import annotations

import io
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.kernel.db import unit
from app.recordings.models import MediaFile
from tests.factories.at_once import all_well, at_once
from tests.factories.bucket import a_bucket, the_server
from tests.factories.line import Line
from tests.factories.living import LivingArchive
from tests.factories.stories import a_recording, a_story
from tests.rooms.recordings.sending import a_tone, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOUND = a_tone(30.0)
LONG_S = 30.0
READERS = 50
"""More than the API has threads (40), and than may wait for the store at once (24)."""


@dataclass(frozen=True)
class Asked:
    """One question to the archive, as its asker had it."""

    status: int
    retry_after: str | None
    seconds: float


@contextmanager
def a_served_sound(tmp_path: Path, line: Line) -> Iterator[tuple[str, str, dict[str, str]]]:
    """``serve`` with the product's own waits on a bucket behind the line: sound, page, and the cookie of a reader."""
    wanted = a_bucket() | {"endpoint": f"http://127.0.0.1:{line.port}"}
    living = LivingArchive(tmp_path, {f"STORYBRAID_OBJECTS__{name.upper()}": str(v) for name, v in wanted.items()})
    living.run("migrate")
    ports = living.ports()
    with unit(ports.sessions) as session:
        account = Account(email="reader@archive.test", name="reader", role="archivist")
        session.add(account)
        session.flush()
        token = start_sign_in(session, account)
        story = a_story(session)
        recording = a_recording(session, story, state="ready")
        key = f"copies/{recording.id}/access_copy"
        ports.objects.put(key, io.BytesIO(SOUND), sha256(SOUND), "audio/wav")
        copy = {"use": "access_copy", "key": key, "content_type": "audio/wav", "sha256": sha256(SOUND)}
        session.add(MediaFile(recording_id=recording.id, size_bytes=len(SOUND), **copy))
    living.start("--no-worker")
    try:
        there = f"{living.address}/api/v1"
        cookie = {cookie_name(ports.settings): token}
        yield f"{there}/recordings/{recording.id}/sound", f"{there}/stories/{story.id}", cookie
    finally:
        living.stop()


@pytest.mark.soak
def test_half_a_minute_without_the_store_holds_nobody(tmp_path: Path) -> None:
    """More readers than threads, the product's own waits: each is told 503 in time, pages go on, then all hear."""
    with Line(the_server().ports["s3"]) as line, a_served_sound(tmp_path, line) as (sound, page, cookies):

        def ask(url: str) -> Asked:
            began = time.monotonic()
            answer = httpx.get(url, cookies=cookies, headers={"Range": "bytes=0-99"}, timeout=90)
            return Asked(answer.status_code, answer.headers.get("retry-after"), time.monotonic() - began)

        def ask_on(url: str, pause_s: float) -> list[Asked]:
            told = []
            while time.monotonic() < until:
                told.append(ask(url))
                time.sleep(pause_s)
            return told

        assert ask(sound).status == 206
        line.hold()
        until = time.monotonic() + LONG_S
        got = at_once([lambda: ask_on(sound, 1.0)] * READERS + [lambda: ask_on(page, 0.5)])
        *readers, pages = all_well(got)
        refused = [one for told in readers for one in told]
        print(f"{len(refused)} refused, the slowest after {max(one.seconds for one in refused):.1f} s; ", end="")
        print(f"{len(pages)} pages, the slowest {max(one.seconds for one in pages):.2f} s")
        assert {(one.status, one.retry_after) for one in refused} == {(503, "10")}
        assert max(one.seconds for one in refused) < LONG_S / 2
        assert {one.status for one in pages} == {200}
        assert max(one.seconds for one in pages) < 8, "no page waits as long as the store is waited for"
        line.release()
        until = time.monotonic() + LONG_S / 2
        while ask(sound).status != 206:  # one at a time looks whether it is back
            assert time.monotonic() < until, "the store is back, and nobody hears"
            time.sleep(0.5)
        heard = all_well(at_once([lambda: ask(sound)] * READERS))
        assert {one.status for one in heard} == {206}, "no thread is held any more"
        assert max(one.seconds for one in heard) < LONG_S / 2


def test_who_edits_waits_for_no_store_that_a_sender_waits_for(tmp_path: Path) -> None:
    """A sender begins, asks for addresses, says that all is sent, and the store is silent; titles go in meanwhile."""
    with Line(the_server().ports["s3"]) as line, a_served_sound(tmp_path, line) as (_, page, cookies):
        uploads = f"{page.split('/stories/')[0]}/uploads"
        part = {"number": 1, "sha256": sha256(SOUND)}
        with httpx.Client(cookies=cookies, headers={"Origin": page.split("/api/")[0]}, timeout=90) as client:
            wanted = {"filename": "a.wav", "size_bytes": len(SOUND), "content_type": "audio/wav"}
            begun = client.post(uploads, json=wanted, headers={"Idempotency-Key": "one"})
            assert begun.status_code == 201, begun.text
            one = f"{uploads}/{begun.json()['id']}"

            def send(path: str, body: dict[str, object], **headers: str) -> list[float]:
                began = time.monotonic()
                answer = client.post(path, json=body, headers=headers)
                assert (answer.status_code, answer.headers.get("retry-after")) == (503, "10"), answer.text
                return [time.monotonic() - began]

            def edit() -> list[float]:
                took: list[float] = []
                until = time.monotonic() + 4.0
                while time.monotonic() < until:
                    version = client.get(page).json()["version"]
                    began = time.monotonic()
                    answer = client.patch(page, json={"version": version, "title": f"Told {len(took)}"})
                    assert answer.status_code == 200, answer.text
                    took.append(time.monotonic() - began)
                return took

            line.hold()
            got = at_once(
                [
                    lambda: send(uploads, wanted),
                    lambda: send(uploads, wanted, **{"Idempotency-Key": "one"}),
                    lambda: send(f"{one}/parts", {"parts": [part]}),
                    lambda: send(f"{one}/complete", {"parts": [part | {"etag": "x"}]}),
                    edit,
                ]
            )
            *senders, edits = all_well(got)
            assert max(took for told in senders for took in told) > 4, "they waited as long as titles went in"
            assert max(edits) < 3
