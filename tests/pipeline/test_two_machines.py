"""Workers of two machines share one interview; one is cut off from the network, and no word is lost or doubled."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pytest_socket import socket_allow_hosts

from app import wiring
from app.kernel.db import unit
from app.kernel.leases import LEASE
from app.kernel.settings import load_settings
from app.kernel.time import now
from app.recordings.models import Recording
from app.transcripts.models import Batch, Cue, TranscriptVersion
from bench.splice import known_clips, splice
from tests.conftest import LOOPBACK
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from tests.factories.machines import HERE, Machine, machines, why_no_machines
from tests.factories.sound import write_wav
from tests.shared_data import SHARED, requires_shared
from workers.servers.postgres import PostgresServer, a_postgres, find_postgres
from workers.servers.seaweed import SeaweedServer, a_seaweed, find_weed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.ports import Ports

# Two minutes, and a moment of a short batch to be hit: one of the long proofs.
pytestmark = [pytest.mark.soak, pytest.mark.kills, pytest.mark.whisper, requires_shared]
MINUTES = 6.0
BUCKET = "sb-machines"
READY_S = 90
"""Loading Python and the model on a busy machine."""
ONE_THREAD = {"STORYBRAID_TRANSCRIBER__THREADS": "1"}
"""Identical text needs the same number of threads."""


@dataclass
class Post:
    """A worker process on a machine, with a data folder and a log of its own."""

    name: str
    folder: Path
    environment: dict[str, str]
    machine: Machine | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """Start the worker and wait until it says that it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        said_before = self.log().count("is ready")
        command = [sys.executable, "-m", "workers", "worker", *arguments]
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.machine.command(*command) if self.machine else command,
                env=self.environment | {"STORYBRAID_DATA": str(self.folder / "archive")},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: self.log().count("is ready") > said_before, READY_S, f"{self.name} ready", self)

    def end(self, number: int) -> None:
        """End it by a signal."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def committed(self) -> set[str]:
        """The batches that it says it committed."""
        return set(re.findall(r"batch_committed.*?batch_id=([0-9a-f-]{36})", self.log()))

    def log(self) -> str:
        """What it said, without colours."""
        if not self._log_file.exists():
            return ""
        return re.sub(r"\x1b\[[0-9;]*m", "", self._log_file.read_text(encoding="utf-8", errors="replace"))

    @property
    def _log_file(self) -> Path:
        return self.folder / "worker.log"


@dataclass
class Network:
    """The servers on this machine, the archive on them, and two machines with a worker each."""

    database: PostgresServer
    store: SeaweedServer
    folder: Path
    posts: list[Post] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every process: the servers by the address that all machines reach."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
        store = {f"STORYBRAID_OBJECTS__{name.upper()}": str(value) for name, value in self._store().items()}
        return {
            **kept,
            **ONE_THREAD,
            **store,
            "STORYBRAID_DATA": str(self.folder / "archive"),
            "STORYBRAID_SECRET": self.secret,
            "STORYBRAID_DATABASE__KIND": "postgres",
            "STORYBRAID_DATABASE__URL": self.database.url("storybraid"),
            "STORYBRAID_JOBS__KIND": "procrastinate",
        }

    def run(self, *arguments: str, expect: int = 0) -> None:
        """Run one command on this machine."""
        command = [sys.executable, "-m", "workers", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == expect, done.stdout + done.stderr

    def ports(self) -> Ports:
        """Ports to look into the archive from the test."""
        database: Any = {"kind": "postgres", "url": self.database.socket_url("storybraid")}
        made = wiring.build(
            load_settings(env_file=None, data=self.folder / "archive", database=database, objects=self._store())
        )
        DATABASES.engines.add(made.sessions.kw["bind"])
        return made

    def _store(self) -> dict[str, Any]:
        return self.store.settings(BUCKET, addressing="path")


def until(condition: Callable[[], bool], seconds: float, what: str, *posts: Post) -> None:
    """Wait for a condition; fails with what the workers said."""
    end = time.monotonic() + seconds
    while not condition():
        said = "\n".join(f"{post.name}:\n{post.log()[-3000:]}" for post in posts)
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s\n{said}"
        time.sleep(0.05)


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """Postgres and SeaweedFS on the bridge, a desk here for media and search, and a worker on each machine."""
    missing = why_no_machines() or ("no Postgres server here" if find_postgres() is None else None)
    missing = missing or ("no SeaweedFS here" if find_weed() is None else None)
    if missing:
        pytest.skip(missing)
    socket_allow_hosts([*LOOPBACK, HERE], allow_unix_socket=True)
    with ExitStack() as stack:
        two = stack.enter_context(machines(("sb-east-a", "sb-west-b")))
        made = Network(
            stack.enter_context(a_postgres(listen=HERE)), stack.enter_context(a_seaweed(listen=HERE)), tmp_path / "here"
        )
        made.database.create("storybraid")
        made.run("objects", "setup")
        made.run("migrate")
        made.posts = [Post("desk", tmp_path / "desk", made.environment)]
        made.posts += [Post(one.name, tmp_path / one.name, made.environment, one) for one in two]
        try:
            yield made
        finally:
            for post in made.posts:
                post.end(signal.SIGKILL)
            while DATABASES.engines:
                DATABASES.engines.pop().dispose()


def what_was_heard(ports: Ports) -> list[tuple[Any, ...]]:
    """Every cue with its words and times."""
    with unit(ports.sessions, write=False) as session:
        cues = session.query(Cue).order_by(Cue.start_ms, Cue.channel, Cue.end_ms).all()
        return [(c.start_ms, c.end_ms, c.language, c.text, c.words, c.doubtful) for c in cues]


def by_one_worker(folder: Path, sound: Path) -> list[tuple[Any, ...]]:
    """What a single worker hears."""
    calm = LivingArchive(folder, environment=dict(ONE_THREAD))
    calm.run("migrate")
    calm.run("ingest", str(sound), "--language", "en", "--wait")
    return what_was_heard(calm.ports())


def held_by(ports: Ports, host: str) -> list[tuple[str, int]]:
    """Batch and fence of the leases that processes of a host hold."""
    with unit(ports.sessions, write=False) as session:
        rows = session.query(Batch).filter(Batch.lease_owner.startswith(f"{host}:"), Batch.lease_until > now()).all()
        return [(row.id, row.fence) for row in rows]


def in_a_fresh_batch(ports: Ports, post: Post) -> None:
    """Wait until the worker has just begun a batch, whose sound it holds already."""
    known = post.committed()
    until(lambda: post.committed() > known and bool(held_by(ports, post.name)), 60, "a fresh batch", post)
    time.sleep(0.5)


def within_a_batch(ports: Ports, post: Post, act: Callable[[], object], undo: Callable[[], object]) -> None:
    """Do it to a worker that holds a batch; again where it had just finished."""
    in_a_fresh_batch(ports, post)
    act()
    while not held_by(ports, post.name):
        undo()
        in_a_fresh_batch(ports, post)
        act()


def test_a_machine_that_vanishes_costs_a_lease_and_its_late_words_are_refused(tmp_path: Path, network: Network) -> None:
    """Both commit; one is cut off in the middle of a batch; the other does the rest; what comes late is thrown away."""
    spliced = splice(SHARED, known_clips(SHARED, "en"), MINUTES, seed=11, longest_gap_s=6)
    sound = write_wav(tmp_path / "long.wav", np.asarray(spliced.sound))
    expected = by_one_worker(tmp_path / "calm", sound)
    desk, east, west = network.posts
    assert west.machine is not None
    east.start("--queues", "transcribe")
    west.start("--queues", "transcribe")
    desk.start("--queues", "media,index")
    network.run("ingest", str(sound), "--language", "en", expect=4)
    ports = network.ports()

    def state() -> str:
        with unit(ports.sessions, write=False) as session:
            return session.query(Recording).one().state

    until(lambda: bool(east.committed() and west.committed()), 240, "a batch by each", desk, east, west)
    within_a_batch(ports, west, west.machine.cut, west.machine.mend)
    cut_at = time.monotonic()
    ((lost, fence),) = held_by(ports, west.name)
    done_before = west.committed()

    # Somebody kills the other worker too and starts it again: it frees what its own machine held, and nothing else.
    within_a_batch(ports, east, lambda: east.end(signal.SIGKILL), lambda: east.start("--queues", "transcribe"))
    ((orphan, orphan_fence),) = held_by(ports, east.name)
    east.start("--queues", "transcribe")
    if time.monotonic() - cut_at < LEASE.total_seconds() - 5:
        assert held_by(ports, west.name) == [(lost, fence)], "the lease of another machine is not touched"
    assert (orphan, orphan_fence) not in held_by(ports, east.name), "that of a dead process here is free at once"

    until(lambda: state() == "ready", LEASE.total_seconds() + 60 - (time.monotonic() - cut_at), "ready", east, west)
    assert lost in east.committed()
    assert what_was_heard(ports) == expected

    west.machine.mend()
    until(lambda: "batch_lost" in west.log(), 180, "the late write", west)
    assert west.committed() == done_before
    assert what_was_heard(ports) == expected
    with unit(ports.sessions, write=False) as session:
        batches = session.query(Batch).all()
        assert all(batch.done_at is not None and batch.lease_owner is None for batch in batches)
        assert session.query(TranscriptVersion).count() == 1
        assert session.get_one(Batch, lost).fence > fence
    assert east.committed() | west.committed() == {batch.id for batch in batches}
    assert not east.committed() & west.committed(), "no batch was committed twice"

    # The machine that came back works on.
    east.end(signal.SIGTERM)
    network.run("ingest", str(SHARED / "speech/en/jfk.flac"), "--language", "en", expect=4)

    def all_ready() -> bool:
        with unit(ports.sessions, write=False) as session:
            return [row.state for row in session.query(Recording)] == ["ready", "ready"]

    until(all_ready, 120, "the next recording", desk, west)
    assert len(west.committed()) > len(done_before)
