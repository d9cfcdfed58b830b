"""The whole through nginx with TLS in a real browser: as nginx comes, and as docs/operations.md shows it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bench.splice import sound_of
from tests.e2e.conftest import CHROMIUM, PASSWORD
from tests.factories.front import AS_IT_COMES, Front, a_front, documented, needs_nginx
from tests.factories.living import LivingArchive
from tests.factories.sound import write_wav
from tests.shared_data import SHARED
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parent / "front.mjs"
SCRIPT_S = 240
PART = 8 * 1024 * 1024


def environment(address: str, **given: Any) -> dict[str, str]:
    """What ``front.mjs`` is told."""
    given["base"] = address
    if folder := os.environ.get("E2E_PICTURES"):
        given["pictures"] = folder
    return {**os.environ, "E2E": json.dumps(given), "CHROMIUM": CHROMIUM or ""}


def script(front: Front, **given: Any) -> Any:
    """What ``front.mjs`` printed."""
    done = subprocess.run(
        ["node", str(SCRIPT)],
        env=environment(front.address, **given),
        capture_output=True,
        text=True,
        timeout=SCRIPT_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[LivingArchive]:
    """A living archive whose public address is that of nginx, which comes and goes in front of it."""
    archive = LivingArchive(tmp_path)
    archive.environment["STORYBRAID_BASE_URL"] = f"https://localhost:{free_port()}"
    # Of the two stores only a folder is sent its parts through the server in front.
    archive.environment["STORYBRAID_OBJECTS__KIND"] = "local"
    archive.run("migrate")
    archive.start()
    yield archive
    archive.stop()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Known words in a file of two parts: 33 s in two channels at 96 kHz."""
    voice = np.repeat(np.tile(np.asarray(sound_of(SHARED, "en/jfk.flac")), 3), 6)
    path = write_wav(tmp_path / "grandmother.wav", np.stack([voice, voice], axis=1), rate=96_000)
    assert PART < path.stat().st_size < 2 * PART
    return path


@needs_nginx
def test_nginx_refuses_long_parts_and_once_mended_all_goes_on(behind: LivingArchive, recording: Path) -> None:
    """The page says who must do what, in both languages, and keeps its place; then everything works through TLS."""
    link = behind.run("account", "invite", "mai@archive.test", "--role", "archivist").stdout.strip()
    port = int(behind.environment["STORYBRAID_BASE_URL"].rsplit(":", 1)[1])
    with a_front(behind.port, AS_IT_COMES, port) as front:
        narrow = script(front, scene="narrow", link=link, password=PASSWORD, file=str(recording))
    assert narrow["errors"] == []
    assert narrow["english"].startswith("The server in front of this archive refuses parts of 8 MiB. Your recording is")
    assert "client_max_body_size 16m" in narrow["english"]
    assert "what we have received is kept" in narrow["english"]
    assert narrow["chinese"].startswith("檔案館前面的伺服器不收 8 MiB 這麼大的一份。")
    assert "client_max_body_size 16m" in narrow["chinese"]
    assert narrow["statuses"][:1] == [413]
    assert narrow["open"] == 1, "the upload stays to be gone on with"
    (cookie,) = [cookie for cookie in narrow["cookies"] if cookie["name"] == "__Host-storybraid"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["path"], cookie["sameSite"]) == (True, True, "/", "Lax")

    with a_front(behind.port, documented(), port) as front:
        wide = script(front, scene="wide", state=narrow["state"], file=str(recording), password=PASSWORD)
        lines = (front.folder / "access.log").read_text(encoding="utf-8").splitlines()
    assert wide["errors"] == []
    assert wide["uploads"] == narrow["uploads"], "the same upload went on"
    assert "country" in wide["lines"]
    assert wide["stream"]["type"].startswith("text/event-stream")
    assert wide["stream"]["beforeEnd"], "events arrive while the stream is open"
    assert wide["range"] == {"status": 206, "unit": "bytes"}
    assert "country" in wide["marked"].lower()
    assert wide["signedOut"]
    assert wide["signedInAgain"]
    assert any(" 206 " in line and "HTTP/2" in line for line in lines)
