"""Parts sent straight to an S3 store behind TLS, and sound from there, in a real browser: by nginx and by Caddy."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.conftest import PASSWORD
from tests.e2e.test_front import SCRIPT, environment, recording
from tests.factories.front import (
    CADDYFILE,
    STORE_BODIES,
    STORE_HOST,
    Caddy,
    OnS3,
    documented,
    needs_caddy,
    needs_nginx,
)
from tests.factories.living import LivingArchive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.front import Front

__all__ = ["recording"]
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


@pytest.fixture
def on_s3(tmp_path: Path) -> Iterator[OnS3]:
    """An archive with its worker, on the store of the tests."""
    made = OnS3(LivingArchive(tmp_path))
    made.set_up()
    made.archive.start()
    yield made
    made.archive.stop()


@dataclass
class Page:
    """A page that sends a recording, while its test mends what is wrong."""

    process: subprocess.Popen[str]

    def says(self) -> Any:
        """What it says next: of a fault, or at the end of all."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the script ended with {self.process.wait()}"
        return json.loads(line)

    def mended(self) -> None:
        """It may go on."""
        print(file=self.process.stdin, flush=True)


@contextmanager
def a_page(on_s3: OnS3, recording: Path, *faults: dict[str, str]) -> Iterator[Page]:
    """A page of a real browser; ``faults`` are what it will come upon before all is well."""
    link = on_s3.archive.run("account", "invite", "mai@archive.test", "--role", "archivist").stdout.strip()
    given = {"scene": "store", "link": link, "password": PASSWORD, "file": str(recording), "faults": faults}
    with subprocess.Popen(
        ["node", str(SCRIPT)],
        env=environment(on_s3.archive.public_address, **given),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Page(process)
        finally:
            process.kill()


def check_all_works(on_s3: OnS3, front: Front, done: dict[str, Any]) -> None:
    """Two parts went to the store, which told their marks; words and sound came, the sound from the store."""
    assert done["errors"] == []
    answered = [put for put in done["puts"] if put[1]]  # a line to the server that was there before may break first
    assert answered == [[on_s3.store, 200]] * 2
    assert len(done["etags"]) == 2
    assert all(done["etags"]), "the page read the ETag of each part"
    assert done["stream"]["type"].startswith("text/event-stream")
    assert done["stream"]["beforeEnd"], "events arrive while the stream is open"
    assert "country" in done["lines"]
    assert done["published"] == 200
    assert done["plays"]["length"] == pytest.approx(33, abs=0.3)
    assert {origin for origin, _, _ in done["sound"]} == {on_s3.store}
    assert all(span.startswith("bytes ") and kind.startswith("audio/") for _, span, kind in done["sound"])
    with httpx.Client(verify=ssl.create_default_context(cafile=front.certificate), follow_redirects=True) as client:
        part = client.get(done["plays"]["from"], headers={"Range": "bytes=100000-100099"})
    assert (part.status_code, len(part.content)) == (206, 100)
    assert part.headers["content-range"].startswith("bytes 100000-100099/")
    assert str(part.url).startswith(on_s3.store)


@needs_nginx
def test_faults_of_the_stores_nginx_are_told_and_the_open_page_goes_on(on_s3: OnS3, recording: Path) -> None:
    """What it cuts off and what it renames: each is said in both languages, and once it is mended the page goes on."""
    faults = [
        {"name": "cut", "says": "The line breaks at every part", "button": "Try now"},
        {"name": "renamed", "says": "refuses what it had agreed to take", "button": "Try again"},
    ]
    answers: list[set[tuple[str, int]]] = []
    with a_page(on_s3, recording, *faults) as page:
        for line in (STORE_BODIES, STORE_HOST):
            with on_s3.front(documented(store=True).replace(line, "")):
                if answers:
                    page.mended()
                told = page.says()
            answers.append({(origin, status) for origin, status in told["puts"]})
            for sentence in (told["english"], told["chinese"]):
                assert "storybraid doctor" in sentence
            assert "what we have received is kept" in told["english"].lower()
            assert "已經收到的都留著" in told["chinese"]
        with on_s3.front(documented(store=True)) as front:
            page.mended()
            check_all_works(on_s3, front, page.says())
    # Of an answer without leave to read it a browser tells nothing (0), nor of what the button broke off to try anew.
    untold = (on_s3.store, 0)
    assert answers[0] <= {untold, (on_s3.store, 413)}
    assert answers[1] - {untold} == {(on_s3.store, 403)}


@pytest.mark.soak  # what it adds to the one above is Caddy, whose door the tests of doctor look through each time
@needs_caddy
def test_the_door_of_the_production_set_lets_all_of_it_through(on_s3: OnS3, recording: Path) -> None:
    """``deploy/Caddyfile`` as it is, but for its names; it names each request itself, whatever a stranger sends."""
    with on_s3.front(CADDYFILE.read_text(encoding="utf-8"), Caddy) as front:
        with a_page(on_s3, recording) as page:
            done = page.says()
        check_all_works(on_s3, front, done)
        assert UUID.fullmatch(done["stream"]["id"])
        with httpx.Client(verify=ssl.create_default_context(cafile=front.certificate)) as client:
            named = client.get(f"{front.address}/api/v1/health/live", headers={"X-Request-Id": "of-a-stranger"})
        assert UUID.fullmatch(named.headers["x-request-id"])
