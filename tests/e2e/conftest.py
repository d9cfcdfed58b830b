"""A living archive for the browser: the real server and worker, real recordings heard by real Whisper."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx
import pytest

from app import wiring
from app.kernel.settings import load_settings
from tests.factories.databases import DATABASES
from tests.factories.sets import THE_SET
from tests.shared_data import SHARED
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ports import Ports

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "frontend" / "node_modules" / "playwright-core"
CHROMIUM = shutil.which("chromium")
PASSWORD = "a sentence that only the tests say"
START_S = 60
SCRIPT_S = 240


def _why_not() -> str | None:
    """What the browser tests lack on this machine, in a sentence."""
    if CHROMIUM is None:
        return "no Chromium on this machine (apt-get install chromium)"
    if not NODE_MODULES.exists():
        return "the frontend's tools are not installed (npm ci in frontend/)"
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        return "the frontend is not built (npm run build in frontend/)"
    if not SHARED.exists():
        return "the shared recordings are not beside this checkout"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser; where there is none it is skipped aloud."""
    reason = _why_not()
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        item.add_marker(pytest.mark.browser)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass
class LivingArchive:
    """A running archive, what was told in it, and a way to run a script of the browser against it."""

    base: str
    folder: Path
    environment: dict[str, str]
    setup_token: str
    stories: dict[str, str] = field(default_factory=dict)
    """Title to id."""
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ports(self) -> Ports:
        """Ports by the settings of its processes, to look into it from the test."""
        with patch.dict(os.environ, self.environment):
            made = wiring.build(load_settings(env_file=None))
        DATABASES.engines.add(made.sessions.kw["bind"])
        return made

    def command(self, *arguments: str) -> str:
        """Output of the project's own command line in this archive; fails the test where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "workers", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SCRIPT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, file: str, title: str) -> str:
        """The story of a recording that the archive does not take."""
        arguments = ["ingest", str(SHARED / file), "--title", title, "--wait", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "workers", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SCRIPT_S,
            check=False,
        )
        told = json.loads(done.stdout)[0]
        assert told["state"] == "rejected", done.stdout
        story: str = told["story_id"]
        return story

    def ingest(self, file: str, title: str, *options: str) -> str:
        """Take a recording in, heard and indexed; the id of its story."""
        printed = self.command("ingest", str(SHARED / file), "--title", title, *options, "--wait", "--json")
        self.stories[title] = json.loads(printed)[0]["story_id"]
        return self.stories[title]

    def session(self, role: str) -> dict[str, Any]:
        """A browser's stored session for an account of this role, made at its first use."""
        if role not in self.sessions:
            if role == "admin":
                token, email = self.setup_token, "admin@archive.test"
            else:
                email = f"{role}@archive.test"
                link = self.command("account", "invite", email, "--role", role)
                token = link.strip().rsplit("#", 1)[-1]
            self.sessions[role] = self._accept(token, email, role)
        return self.sessions[role]

    def _accept(self, token: str, email: str, name: str) -> dict[str, Any]:
        with httpx.Client(base_url=self.base, headers={"Origin": self.base}) as client:
            body = {"token": token, "name": name, "password": PASSWORD}
            looked = client.post("/api/v1/invitations/look", json={"token": token})
            assert looked.status_code == httpx.codes.OK, looked.text
            if looked.json()["email"] is None:
                body["email"] = email
            answer = client.post("/api/v1/invitations/accept", json=body)
            assert answer.status_code == httpx.codes.OK, answer.text
            cookies = [
                {
                    "name": one.name,
                    "value": one.value or "",
                    "domain": "127.0.0.1",
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": one.secure,
                    "sameSite": "Lax",
                }
                for one in client.cookies.jar
            ]
        return {"cookies": cookies, "origins": []}

    def script(self, name: str, **given: Any) -> Any:
        """What one script of this folder printed: one JSON value."""
        given["base"] = self.base
        if folder := os.environ.get("E2E_PICTURES"):
            given["pictures"] = folder
        done = subprocess.run(
            ["node", str(Path(__file__).parent / name)],
            env={**os.environ, "E2E": json.dumps(given), "CHROMIUM": CHROMIUM or ""},
            capture_output=True,
            text=True,
            timeout=SCRIPT_S,
            check=False,
        )
        assert done.returncode == 0, f"{name}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="session")
def living_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingArchive]:
    """The real server with its worker in a folder of its own, with four stories told in it."""
    folder = tmp_path_factory.mktemp("living")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
    environment |= {"STORYBRAID_DATA": str(folder / "archive"), "STORYBRAID_PORT": str(port)}
    environment |= THE_SET.environment(folder / "archive", base, {})
    archive = LivingArchive(base, folder, environment, "")
    archive.command("migrate")
    log = folder / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", "serve"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        _wait_until_it_answers(base, process, log)
        found = re.search(r"/set-up#(\S+)", log.read_text())
        assert found, log.read_text()
        archive.setup_token = found.group(1)
        english = ("--language", "en", "--public")
        archive.ingest("speech/en/jfk.flac", "Ask not", "--narrator", "John", *english)
        archive.ingest(
            "speech/multi/multilingual_en_de.mp3", "Two languages", "--language", "en", "--language", "de", "--public"
        )
        archive.ingest("speech/ja/ja_test_clip.wav", "天気の話", "--narrator", "中村花", "--language", "ja", "--public")
        archive.ingest("speech/en/sb_spk1_snt5.wav", "Kept for later", "--language", "en")
        yield archive
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{base}/api/v1/health/live").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())
