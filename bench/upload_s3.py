"""Uploading past the API into a bucket, against boto3's multipart into the same server."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.kernel.db import unit
from app.kernel.settings import load_settings
from app.ports.object_store import SetUpFirst
from bench.rows import row
from bench.upload import compared
from bench.upload_clients import MIB, Ours, Peer, Source
from bench.upload_servers import SERVE, listens, running, wait_for
from migrations import chain
from workers.servers.own import free_port
from workers.servers.seaweed import SeaweedServer, find_weed

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def our_server(folder: Path, store: SeaweedServer) -> Iterator[Ours]:
    """What ``serve --no-worker`` starts on a bucket of that store."""
    port = free_port()
    objects = store.settings("sb-bench")
    env = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
    env |= {"STORYBRAID_DATA": str(folder), "STORYBRAID_PORT": str(port)}
    env |= {f"STORYBRAID_OBJECTS__{name.upper()}": value for name, value in objects.items()}
    ports = wiring.build(load_settings(env_file=None, data=folder, port=port, objects=objects))
    assert isinstance(ports.objects, SetUpFirst)
    ports.objects.set_up()
    chain.migrate(ports.sessions.kw["bind"])
    account = Account(email="bench@archive.test", name="bench", role="archivist")
    with unit(ports.sessions) as session:
        session.add(account)
    with unit(ports.sessions) as session:
        cookie = f"{cookie_name(ports.settings)}={start_sign_in(session, account)}"
    with running([sys.executable, "-c", SERVE], env, folder / "serve.log"):
        wait_for(lambda: listens(port))
        yield Ours(port, cookie)


def run(mib: int = 256) -> list[dict[str, Any]]:
    """Speed at one and three streams; ours asks for an address a part and ends when all has arrived."""
    program = find_weed()
    if program is None:
        return []
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "store").mkdir()
        (folder / "ours").mkdir()
        store = SeaweedServer(program, folder / "store", access_key="bench", secret_key="bench-secret")  # noqa: S106
        try:
            store.start()
            peer = Peer(store.ports["s3"])
            wait_for(peer.ready)
            with our_server(folder / "ours", store) as ours:
                for send in (ours.send, peer.send):
                    send(Source(32 * MIB), 1)
                for streams in (1, 3):
                    mine, theirs = compared(ours, peer, mib, streams)
                    name = f"upload past the API, MB/s, {mib} MiB in parts of 8 MiB, {streams} at once (peer: boto3)"
                    rows.append(row(name, mine, theirs, "≥ 0.8", met=mine / theirs >= 0.8))
        finally:
            store.kill()
            store.forget_sockets()
    return rows


if __name__ == "__main__":
    for one in run():
        print(json.dumps(one, ensure_ascii=False))
