"""A living archive: the real ``storybraid serve`` in processes of its own, to be used, killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx

from app import wiring
from app.kernel.settings import load_settings
from tests.factories.databases import DATABASES
from tests.factories.sets import THE_SET
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.ports import Ports

START_S = 60


@dataclass
class LivingArchive:
    """One archive's processes; its folder outlives them."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def public_address(self) -> str:
        """Where browsers find it: at a server in front, where the test has one."""
        return self.environment.get("STORYBRAID_BASE_URL") or self.address

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "archive"

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes: nothing of the caller's settings but the model cache's place."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("STORYBRAID_")}
        own = {"STORYBRAID_DATA": str(self.data), "STORYBRAID_PORT": str(self.port)}
        return kept | own | THE_SET.environment(self.data, self.public_address, self.environment)

    def ports(self) -> Ports:
        """Ports by the settings of its processes, to look into it from the test."""
        with patch.dict(os.environ, self.env):
            made = wiring.build(load_settings(env_file=None))
        DATABASES.engines.add(made.sessions.kw["bind"])
        return made

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run one ``storybraid`` command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "workers", *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        if expect is not None:
            assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, expect: int | None = 0) -> Any:
        """The JSON value of a command."""
        return json.loads(self.run(*arguments, "--json", expect=expect).stdout)

    def start(self, *arguments: str) -> None:
        """Start ``serve`` in a process group of its own and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workers", "serve", *arguments],
            env=self.env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/api/v1/health/live", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"serve did not start:\n{self.log()}")

    def log(self) -> str:
        """What serve and its worker said."""
        return (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[int]:
        """Process ids of serve's children, and theirs."""
        assert self.process is not None
        return descendants(self.process.pid)

    def kill_worker(self) -> bool:
        """Kill -9 the worker beside the living API; False when there was none at this moment."""
        assert self.process is not None
        direct = child_pids(self.process.pid)
        if not direct:
            return False
        os.kill(direct[0], signal.SIGKILL)
        return True

    def kill_group(self) -> None:
        """Kill -9 everything at once, as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> float:
        """Stop as Ctrl-C does; how many seconds it took."""
        if self.process is None:
            return 0.0
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
        return time.monotonic() - began

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait for a condition; how long it took. Fails with serve's log."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if condition():
                return time.monotonic() - began
            time.sleep(0.2)
        raise AssertionError(f"{what} did not happen within {seconds} s:\n{self.log()[-4000:]}")


def child_pids(pid: int) -> Sequence[int]:
    """Direct children of a process (Linux)."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  plain names of /proc
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:  # noqa: PTH123
                found += [int(word) for word in file.read().split()]
    return found


def descendants(pid: int) -> list[int]:
    """Children of a process and theirs."""
    own = list(child_pids(pid))
    return own + [grandchild for child in own for grandchild in descendants(child)]
