"""Uploads through servers and workers that are killed at random: nothing lost, little sent twice, nothing double."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from sqlalchemy import select
from urllib3.exceptions import HTTPError

from app.accounts.commands import start_sign_in
from app.kernel import leases
from app.kernel.db import unit
from app.recordings.models import Recording, Upload
from tests.factories.archive import ADDRESS, an_archive
from tests.factories.sets import THE_SET
from tests.factories.stores import keys_of
from tests.rooms.recordings.sending import PART, noise, sha256
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.factories.archive import TestArchive

STREAMS = 3
SERVE = """
from app import wiring
from app.kernel.settings import load_settings
from app.main import create_app
from workers.serve import serve
ports = wiring.build(load_settings(env_file=None))
serve(create_app(ports, frontend=None), ports, worker=False)
"""


class Server:
    """An API process that can be killed and started again at the same address."""

    def __init__(self, folder: Path, own: Mapping[str, str]) -> None:
        self.port = free_port()
        env = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
        self._env = env | {"STORYBRAID_DATA": str(folder), "STORYBRAID_PORT": str(self.port)}
        self._env |= THE_SET.environment(folder, f"http://127.0.0.1:{self.port}", own)
        self._env |= {"STORYBRAID_LIMITS__SPARE_BYTES": "0"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-c", SERVE]
        self._process = subprocess.Popen(command, env=self._env, stderr=subprocess.DEVNULL)
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        message = "the server did not start"
        raise TimeoutError(message)

    def kill(self) -> None:
        """As the kernel does it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def a_server(folder: Path, own: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A running server, killed at the end; ``own`` are settings that the test chooses."""
    server = Server(folder, own or {})
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Page:
    """A page that goes on whenever the server is there again; counts what it sends."""

    def __init__(self, port: int, cookie: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        self._pool = urllib3.PoolManager(maxsize=8, retries=False, timeout=30)
        self.sent = 0
        self._lock = threading.Lock()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """JSON, again and again until the server answers."""
        until = time.monotonic() + 180
        while True:
            try:
                answer = self._pool.request(method, f"{self._base}/api/v1{path}", json=body, headers=self._headers)
            except HTTPError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
                continue
            assert answer.status < 300, answer.data
            return answer.json()

    def send(self, upload_id: str, number: int, data: bytes) -> None:
        """One part, to fresh addresses until it counts."""
        wanted = {"parts": [{"number": number, "sha256": sha256(data)}]}
        while True:
            told = self.call("POST", f"/uploads/{upload_id}/parts", wanted)
            if number in told["received"]:
                return
            with self._lock:
                self.sent += 1
            (address,) = told["parts"]
            try:
                answer = self._pool.request("PUT", address["url"], body=data, headers=address["headers"])
            except HTTPError:
                continue
            assert answer.status == 200, answer.data


def upload_with_kills(archive: TestArchive, *, parts: int, kills: int, seed: int) -> None:
    """Send a file while the server is killed, and accept it while workers are killed."""
    moments = random.Random(seed)
    pieces = [noise(PART - (5 if n == parts else 0), seed=seed * 1000 + n) for n in range(1, parts + 1)]
    size = sum(len(piece) for piece in pieces)
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    with unit(archive.ports.sessions) as session:
        cookie = f"__Host-storybraid={start_sign_in(session, archive.account('archivist'))}"
    with a_server(archive.folder) as server:
        page = Page(server.port, cookie)
        body = {"filename": "a.wav", "size_bytes": size, "content_type": "audio/wav"}
        upload_id = page.call("POST", "/uploads", body)["id"]
        finished = threading.Event()
        killed = 0

        def killer() -> None:
            nonlocal killed
            while killed < kills and not finished.wait(moments.uniform(0.05, 0.8)):
                server.kill()
                killed += 1
                server.start()

        thread = threading.Thread(target=killer)
        thread.start()
        with ThreadPoolExecutor(STREAMS) as pool:
            list(pool.map(lambda n: page.send(upload_id, n, pieces[n - 1]), range(1, parts + 1)))
        finished.set()
        thread.join()
        assert killed >= 1, "no kill met the upload"
        named = [{"number": n, "etag": "x", "sha256": sha256(part)} for n, part in enumerate(pieces, 1)]
        page.call("POST", f"/uploads/{upload_id}/complete", {"parts": named})
    assert page.sent - parts <= killed * STREAMS, "more was sent again than was under way"
    accept_with_kills(archive, upload_id, moments, kills)
    with unit(archive.ports.sessions, write=False) as session:
        upload = session.scalars(select(Upload).where(Upload.id == upload_id)).one()
        assert upload.state == "stored"
        recordings = session.scalars(select(Recording).where(Recording.story_id == upload.story_id)).all()
        assert [r.id for r in recordings] == [upload.recording_id]
    master = f"masters/{upload.recording_id}/{whole.hexdigest()}"
    with archive.ports.objects.open(master) as file:
        stored = hashlib.sha256()
        while chunk := file.read(PART):
            stored.update(chunk)
    assert stored.hexdigest() == whole.hexdigest()
    assert keys_of(archive.ports.objects) == [master]


def accept_with_kills(archive: TestArchive, upload_id: str, moments: random.Random, kills: int) -> None:
    """Let workers accept the upload, kill most of them, free their leases as the next start does."""
    script = (
        "import sys; from pathlib import Path; from app import wiring; from app.kernel.settings import load_settings;"
        "from app.recordings import jobs;"
        "ports = wiring.build(load_settings(env_file=None, data=Path(sys.argv[1])));"
        "print('go', flush=True); jobs.accept(ports, sys.argv[2])"
    )
    for n in range(kills + 1):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(archive.folder), upload_id],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | THE_SET.environment(archive.folder, ADDRESS, {}),
        )
        owner = leases.process_name(process.pid)
        assert process.stdout is not None
        assert process.stdout.readline() == b"go\n"
        if n < kills:
            time.sleep(moments.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
        process.wait(120)
        process.stdout.close()
        with unit(archive.ports.sessions) as session:
            leases.free(session, owner)


@pytest.mark.kills
def test_an_upload_through_three_kills(archive: TestArchive) -> None:
    """The server dies three times while parts arrive and three workers die accepting: one right recording."""
    upload_with_kills(archive, parts=24, kills=3, seed=1)


@pytest.mark.soak
@pytest.mark.kills
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [2, 3])
def test_an_upload_through_twenty_kills(archive: TestArchive, seed: int) -> None:
    """The same with twenty kills of each."""
    upload_with_kills(archive, parts=100, kills=20, seed=seed)


def test_a_refused_part_hears_why(tmp_path: Path) -> None:
    """Over a real connection a sender of 8 MiB to a bad address gets the answer, not a broken pipe."""
    data = noise(PART)
    # Of the two stores only a folder takes parts through our API.
    with (
        an_archive(tmp_path / "archive", objects={"kind": "local"}) as archive,
        a_server(archive.folder, {"STORYBRAID_OBJECTS__KIND": "local"}) as server,
    ):
        with unit(archive.ports.sessions) as session:
            cookie = f"__Host-storybraid={start_sign_in(session, archive.account('archivist'))}"
        page = Page(server.port, cookie)
        body = {"filename": "a.wav", "size_bytes": PART, "content_type": "audio/wav"}
        upload_id = page.call("POST", "/uploads", body)["id"]
        wanted = {"parts": [{"number": 1, "sha256": sha256(data)}]}
        url = page.call("POST", f"/uploads/{upload_id}/parts", wanted)["parts"][0]["url"]
        changed = url[:-1] + ("0" if url[-1] != "0" else "1")
        for _ in range(10):
            status, told = put_plainly(server.port, changed, data)
            assert (status, told["type"]) == (403, "/docs/problems#address-expired")
            status, told = put_plainly(server.port, url, data[:-1])
            assert (status, told["type"]) == (400, "/docs/problems#wrong-part")


def put_plainly(port: int, url: str, data: bytes) -> tuple[int, Any]:
    """Send all, then listen, as simple senders do: a connection broken meanwhile is an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("PUT", url.removeprefix(f"http://127.0.0.1:{port}"), body=data)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
