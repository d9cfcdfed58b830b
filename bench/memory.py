"""How much memory processes take, as the kernel keeps it for each address space."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

from tests.factories.living import descendants

PROC = Path("/proc")
LOOK_S = 0.02


def memory_mb(pid: int | Literal["self"], field: Literal["VmHWM", "VmRSS"] = "VmHWM") -> float:
    """MiB of a running process: its own peak since it was loaded, or what it holds now (``VmRSS``).

    ``ru_maxrss`` is no substitute: it survives exec, so a small child of a big process looks big.
    Raises ``OSError`` when the process is gone and ``LookupError`` when it has ended and not been waited for.
    """
    for line in (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    message = f"process {pid} has no memory any more"
    raise LookupError(message)


class _Watch:
    """Looks again and again, in a thread, for as long as the block runs."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def look(self) -> None:
        """Note what there is now."""
        raise NotImplementedError

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_S):
            self.look()

    def __enter__(self) -> Self:
        """Watch from now on."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()


class Growth(_Watch):
    """How much more memory than at first a process holds, at the most, while it is watched."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self._pid = pid
        self.before = self.highest = memory_mb(pid, "VmRSS")

    def look(self) -> None:
        """Note what it holds now."""
        self.highest = max(self.highest, memory_mb(self._pid, "VmRSS"))

    @property
    def growth(self) -> float:
        """MiB more than before."""
        return self.highest - self.before


class ChildrenPeak(_Watch):
    """The peak of the largest child of this process, of those that run while it is watched.

    The kernel keeps the peak; what a child adds in its last ``LOOK_S`` is missed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.highest = 0.0

    def look(self) -> None:
        """Note each child's peak; one that has not yet loaded its program still is this process, and counts not."""
        own = _command("self")
        for pid in descendants(os.getpid()):
            with suppress(OSError, LookupError):
                if _command(pid) != own:
                    self.highest = max(self.highest, memory_mb(pid))


def _command(pid: int | Literal["self"]) -> bytes:
    return (PROC / str(pid) / "cmdline").read_bytes()
