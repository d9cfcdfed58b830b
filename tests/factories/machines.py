"""Machines on one network, made of this one: each with a network, a host name and a cable of its own (Linux, root)."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NUMBER = os.getpid()
"""In every name, so that two test runs do not meet; names of links have at most 15 letters."""
BRIDGE = f"sbbr{NUMBER}"
NETWORK = f"10.{200 + NUMBER // 250 % 50}.{NUMBER % 250}"
HERE = f"{NETWORK}.1"
"""Where the machines reach what listens on this one."""


@dataclass(frozen=True)
class Machine:
    """A network namespace on the bridge; processes in it have a host name of its own."""

    name: str
    address: str

    @property
    def space(self) -> str:
        """The namespace's name."""
        return f"sb{NUMBER}{self.name[-1]}"

    @property
    def _cable(self) -> str:
        return f"sbv{NUMBER}{self.name[-1]}"

    def command(self, *words: str) -> list[str]:
        """The words as they are run on this machine, by the very process that is started."""
        named = f'hostname {self.name} && exec "$@"'
        return ["ip", "netns", "exec", self.space, "unshare", "--uts", "sh", "-c", named, "sh", *words]

    def cut(self) -> None:
        """Pull the cable out at the far end: nothing is refused, everything is lost."""
        _ip("link", "set", self._cable, "down")

    def mend(self) -> None:
        """Put it in again."""
        _ip("link", "set", self._cable, "up")

    def plug_in(self, stack: ExitStack) -> None:
        """Make it; it goes with the stack."""
        _ip("netns", "add", self.space)
        stack.callback(_ip, "netns", "del", self.space)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "up0", "netns", self.space)
        _ip("link", "set", self._cable, "master", BRIDGE, "up")
        for words in (("addr", "add", f"{self.address}/24", "dev", "up0"), ("link", "set", "up0", "up")):
            _ip("-n", self.space, *words)
        _ip("-n", self.space, "link", "set", "lo", "up")


def why_no_machines() -> str | None:
    """What is missing to make machines, in a sentence; None when they can be made."""
    missing = [name for name in ("ip", "unshare") if shutil.which(name) is None]
    if missing:
        return f"no machines without {' and '.join(missing)} (apt-get install iproute2 util-linux)"
    space = f"sbtry{NUMBER}"
    tried = subprocess.run(["ip", "netns", "add", space], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        return f"this user may make no network namespaces: {tried.stderr.strip()}"
    _ip("netns", "del", space)
    return None


@contextmanager
def machines(names: Sequence[str]) -> Iterator[list[Machine]]:
    """Machines of these names, whose last letters differ; this one is ``HERE`` for them."""
    with ExitStack() as stack:
        _ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "del", BRIDGE)
        _ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        made = [Machine(name, f"{NETWORK}.{number}") for number, name in enumerate(names, 2)]
        for machine in made:
            machine.plug_in(stack)
        yield made


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
