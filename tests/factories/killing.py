"""The production set in processes that are killed at random and started again, as compose's ``restart`` does it."""

from __future__ import annotations

import contextlib
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from app import wiring
from app.adapters.search_meilisearch import keys_of
from app.kernel.settings import load_settings
from workers.servers.meilisearch import a_meilisearch, find_meilisearch
from workers.servers.own import free_port
from workers.servers.postgres import a_postgres
from workers.servers.seaweed import a_seaweed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from app.ports import Ports
    from workers.servers.meilisearch import MeilisearchServer
    from workers.servers.postgres import PostgresServer
    from workers.servers.seaweed import SeaweedServer

BUCKET = "sb-killed"
DATABASE = "storybraid"
WITH_US = (sys.executable, "-m", "workers.servers.attached")
"""Before a command: it ends with this process, however that ends."""
LONGEST_START_S = 90
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.5
"""Before a killed part is started again."""


class Part(ABC):
    """Something that can be killed; a thread of its own starts it again."""

    def __init__(self, name: str, chance: random.Random) -> None:
        """Not started yet. The name's first word is its kind."""
        self.name = name
        self.kind = name.split(maxsplit=1)[0]
        self.up = threading.Event()
        self.kills = 0
        self.trouble: BaseException | None = None
        self._chance = chance
        self._dead = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._keep, name=f"keep {name}", daemon=True)

    @abstractmethod
    def begin(self) -> None:
        """Start it and wait until it does its work."""

    @abstractmethod
    def cut(self) -> None:
        """SIGKILL, and wait until it is dead."""

    def watch(self) -> None:
        """Start it and from now on again whenever it was killed."""
        self.begin()
        self.up.set()
        self._thread.start()

    def kill(self) -> None:
        """Kill it; its thread starts it again after a pause."""
        self.up.clear()
        self.cut()
        self.kills += 1
        self._dead.set()

    def end(self) -> None:
        """Start it no more, and end it."""
        self._ended = True
        self._dead.set()
        if self._thread.is_alive():
            self._thread.join(LONGEST_START_S)
        self.cut()

    def _keep(self) -> None:
        while True:
            self._dead.wait()
            self._dead.clear()
            if self._ended:
                return
            time.sleep(self._chance.uniform(SHORTEST_PAUSE_S, LONGEST_PAUSE_S))
            try:
                self.begin()
            except BaseException as error:  # noqa: BLE001  told by whoever waits for it
                self.trouble = error
                return
            self.up.set()


class ServerPart(Part):
    """Postgres, SeaweedFS or Meilisearch."""

    def __init__(
        self, name: str, chance: random.Random, server: PostgresServer | SeaweedServer | MeilisearchServer
    ) -> None:
        """A server that runs already."""
        super().__init__(name, chance)
        self._server = server
        self._runs = True

    def begin(self) -> None:
        """On the same files and ports."""
        if not self._runs:
            self._server.start()
            self._runs = True

    def cut(self) -> None:
        """All of its processes."""
        if self._runs:
            self._server.kill()
            self._runs = False


class ProcessPart(Part):
    """A process of ours; one that ends because a server that it needs is away is started again too."""

    def __init__(
        self, name: str, chance: random.Random, folder: Path, env: dict[str, str], *arguments: str, address: str = ""
    ) -> None:
        """``arguments`` of ``storybraid``; with an address it answers there, without it says that it is ready."""
        super().__init__(name, chance)
        self._arguments, self._env, self._address = arguments, env, address
        self._path = folder / f"{name.replace(' ', '-')}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.restarts = 0

    def begin(self) -> None:
        """Start it again and again until it answers."""
        until = time.monotonic() + LONGEST_START_S
        while not self._ended:
            ready_before = self.said("is ready")
            with self._path.open("ab") as log:
                self._process = subprocess.Popen(
                    [*WITH_US, str(os.getpid()), sys.executable, "-m", "workers", *self._arguments],
                    env=self._env,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            while self._process.poll() is None and not self._ended:
                if self._answers() if self._address else self.said("is ready") > ready_before:
                    return
                if time.monotonic() > until:
                    message = f"{self.name} did not start:\n{self.log()[-3000:]}"
                    raise AssertionError(message)
                time.sleep(0.1)
            self.restarts += 1
            time.sleep(0.5)

    def cut(self) -> None:
        """The process itself; its children die with it."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()

    @property
    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def said(self, words: str) -> int:
        """How often it said so."""
        return self.log().count(words)

    def log(self) -> str:
        """All that it said, without colours."""
        if not self._path.exists():
            return ""
        return re.sub(r"\x1b\[[0-9;]*m", "", self._path.read_text(encoding="utf-8", errors="replace"))

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self._address}/api/v1/health/live", timeout=2).status_code == 200
        return False


@dataclass
class Production:
    """Postgres, SeaweedFS, Meilisearch where it is, the API and workers, in processes of their own; a context."""

    folder: Path
    chance: random.Random
    workers: int = 2
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    port: int = field(default_factory=free_port)
    parts: list[Part] = field(default_factory=list)
    engine: MeilisearchServer | None = None
    """None where there is none: the embedded search stands in."""
    _stack: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Start everything."""
        with ExitStack() as stack:
            self.database = stack.enter_context(a_postgres(durable=True))
            self.store = stack.enter_context(a_seaweed())
            self.folder.mkdir(parents=True, exist_ok=True)
            self.database.create(DATABASE)
            if find_meilisearch() is not None:
                self.engine = stack.enter_context(a_meilisearch())
            for command in (("migrate",), ("objects", "setup"), *([("search", "setup")] if self.engine else [])):
                done = subprocess.run(
                    [sys.executable, "-m", "workers", *command],
                    env=self.env("search", "write", "admin") | self._master_key(),
                    capture_output=True,
                    text=True,
                    timeout=300,
                    check=False,
                )
                assert done.returncode == 0, done.stdout + done.stderr
            # As compose gives the keys: the API searches and can do nothing else, no process may make the index.
            api, worker = self.env("search"), self.env("search", "write")
            serve = ("serve", "--no-worker")
            self.parts = [
                ServerPart("postgres", self.chance, self.database),
                ServerPart("weed", self.chance, self.store),
                *([ServerPart("meilisearch", self.chance, self.engine)] if self.engine else []),
                ProcessPart("api", self.chance, self.folder, api, *serve, address=self.address),
                *(ProcessPart(f"worker {n}", self.chance, self.folder, worker, "worker") for n in range(self.workers)),
            ]
            for part in self.parts:
                if isinstance(part, ProcessPart):
                    stack.callback(part.end)
            for part in self.parts:
                part.watch()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._stack.close()

    @property
    def kinds(self) -> list[str]:
        """What can be killed."""
        return list(dict.fromkeys(part.kind for part in self.parts))

    def of(self, kind: str) -> list[Part]:
        """The parts of a kind."""
        return [part for part in self.parts if part.kind == kind]

    def all_up(self, seconds: float) -> None:
        """Wait until every part does its work."""
        until = time.monotonic() + seconds
        for part in self.parts:
            while not part.up.wait(0.2):
                if part.trouble is not None:
                    raise part.trouble
                assert time.monotonic() < until, f"{part.name} does not come back"

    def env(self, *keys: str) -> dict[str, str]:
        """The settings of a process that has these keys of the search engine, by their rights.

        Identical text needs the same number of threads.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
        parts = {"OBJECTS": self._objects(), "SEARCH": self._search(*keys)}
        return {
            **kept,
            **{
                f"STORYBRAID_{part}__{name.upper()}": str(value)
                for part, values in parts.items()
                for name, value in values.items()
            },
            "STORYBRAID_DATA": str(self.folder / "archive"),
            "STORYBRAID_PORT": str(self.port),
            "STORYBRAID_SECRET": self.secret,
            "STORYBRAID_DATABASE__KIND": "postgres",
            "STORYBRAID_DATABASE__URL": self.database.url(DATABASE),
            "STORYBRAID_JOBS__KIND": "procrastinate",
            "STORYBRAID_TRANSCRIBER__THREADS": "1",
        }

    def ports(self) -> Ports:
        """Ports to look into the archive from the test."""
        database: Any = {"kind": "postgres", "url": self.database.url(DATABASE)}
        search: Any = self._search("search", "write")
        settings = load_settings(
            env_file=None,
            data=self.folder / "archive",
            port=self.port,
            database=database,
            objects=self._objects(),
            search=search,
            jobs={"kind": "procrastinate"},
        )
        made = wiring.build(settings)
        self._stack.callback(made.sessions.kw["bind"].dispose)
        return made

    def _objects(self) -> dict[str, Any]:
        return self.store.settings(BUCKET, addressing="path")

    def _search(self, *keys: str) -> dict[str, Any]:
        if self.engine is None:
            return {"kind": "sqlite"}
        known = keys_of(self.engine.master_key)
        names = [f"{key}_key" for key in keys]
        return {"kind": "meilisearch", "url": self.engine.url, **{name: getattr(known, name) for name in names}}

    def _master_key(self) -> dict[str, str]:
        return {"MEILI_MASTER_KEY": self.engine.master_key} if self.engine else {}


@dataclass
class Kill:
    """One kill and when work moved again."""

    kind: str
    at: float
    resumed: Callable[[], bool]
    after_s: float | None = None


def share(values: list[float], part: float) -> float:
    """The value below which that part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]
