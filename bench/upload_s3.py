"""Uploading past the API into a bucket, by SQLite and by Postgres, against boto3's multipart into the same server.

Both databases wait for their disk at each commit, as an archive's do.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack, contextmanager
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
from workers.servers.postgres import a_postgres, find_postgres
from workers.servers.seaweed import SeaweedServer, find_weed

if TYPE_CHECKING:
    from collections.abc import Iterator


MIB_SENT = 256


@contextmanager
def our_server(folder: Path, store: SeaweedServer, database: str = "") -> Iterator[Ours]:
    """What ``serve --no-worker`` starts on a bucket of that store, by SQLite or on the Postgres database at the URL."""
    folder.mkdir()
    port = free_port()
    objects = store.settings(f"sb-{folder.name}")
    over: dict[str, Any] = {"objects": objects}
    env = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
    env |= {"STORYBRAID_DATA": str(folder), "STORYBRAID_PORT": str(port)}
    env |= {f"STORYBRAID_OBJECTS__{name.upper()}": value for name, value in objects.items()}
    if database:
        over |= {"database": {"kind": "postgres", "url": database}, "jobs": {"kind": "procrastinate"}}
        env |= {"STORYBRAID_DATABASE__KIND": "postgres", "STORYBRAID_DATABASE__URL": database}
        env |= {"STORYBRAID_JOBS__KIND": "procrastinate"}
    ports = wiring.build(load_settings(env_file=None, data=folder, port=port, **over))
    assert isinstance(ports.objects, SetUpFirst)
    ports.objects.set_up()
    engine = ports.sessions.kw["bind"]
    chain.migrate(engine)
    ports.jobs.prepare(engine)
    account = Account(email="bench@archive.test", name="bench", role="archivist")
    with unit(ports.sessions) as session:
        session.add(account)
    with unit(ports.sessions) as session:
        cookie = f"{cookie_name(ports.settings)}={start_sign_in(session, account)}"
    engine.dispose()
    with running([sys.executable, "-c", SERVE], env, folder / "serve.log"):
        wait_for(lambda: listens(port))
        yield Ours(port, cookie)


def run(mib: int = MIB_SENT) -> list[dict[str, Any]]:
    """Speed at one and three streams by each database; ours asks for an address a part, ends when all has arrived."""
    program = find_weed()
    if program is None:
        return []
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        beside = {"SQLite": ""}
        if find_postgres() is not None:
            # Its temporary folder is the same disk as the other's file.
            postgres = stack.enter_context(a_postgres(durable=True))
            postgres.create("bench")
            beside["Postgres"] = postgres.url("bench")
        (folder / "store").mkdir()
        store = SeaweedServer(program, folder / "store", access_key="bench", secret_key="bench-secret")  # noqa: S106
        stack.callback(store.forget_sockets)
        stack.callback(store.kill)
        store.start()
        peer = Peer(store.ports["s3"])
        wait_for(peer.ready)
        for product, database in beside.items():
            with our_server(folder / product.lower(), store, database) as ours:
                for send in (ours.send, peer.send):
                    send(Source(32 * MIB), 1)
                for streams in (1, 3):
                    mine, theirs = compared(ours, peer, mib, streams)
                    name = f"upload past the API beside {product}, MB/s, {mib} MiB in parts of 8 MiB, {streams} at once"
                    rows.append(row(f"{name} (peer: boto3)", mine, theirs, "≥ 0.8", met=mine / theirs >= 0.8))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=MIB_SENT)
    for one in run(parser.parse_args().mib):
        print(json.dumps(one, ensure_ascii=False))
