"""``make test``: brings what the tests need, runs all of them but the long proofs, and says what it had to skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.factories.front import find_nginx
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
WANTED = {
    "chromium": "browser tests",
    "ffmpeg": "odd containers",
    "espeak-ng": "more languages spoken",
    "postgres": "everything on Postgres",
    "nginx": "a server with TLS in front",
}
PACKAGES = {name: name for name in WANTED} | {"postgres": "postgresql", "nginx": "nginx-light"}
FOUND_BY: dict[str, Callable[[], object]] = {"postgres": find_postgres, "nginx": find_nginx}
ON_POSTGRES = ("--database", "postgresql", "--only-database", "tests/rooms", "tests/kernel", "tests/pipeline")
PLAIN = "not whisper and not kills and not browser and not soak"
PHASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rooms, ports, house", PLAIN, ("-n", "2")),
    ("what stands on the database, on Postgres", PLAIN, ("-n", "2", *ON_POSTGRES)),
    ("real Whisper", "whisper and not kills and not browser and not soak", ()),
    ("kills", "kills and not soak", ()),
    ("a real browser", "browser and not soak", ()),
)


def missing_programs() -> list[str]:
    """Programs that the tests want and this machine has not."""
    return [name for name in WANTED if FOUND_BY.get(name, partial(shutil.which, name))() is None]


def bring_programs() -> None:
    """Install Debian's programs where that is possible without asking; say in one line what is missing."""
    missing = missing_programs()
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(missing)} for the tests", flush=True)
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-q", "-y", *(PACKAGES[name] for name in missing)],
        ):
            subprocess.run(
                command,
                check=False,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
    still = missing_programs()
    if still:
        print("Skipped for want of a program: " + "; ".join(f"{n} ({WANTED[n]})" for n in still), flush=True)


def main() -> int:
    """0 when everything is green."""
    bring_programs()
    failed = []
    for name, marks, more in PHASES:
        if "--database" in more and find_postgres() is None:
            continue  # said above
        began = time.monotonic()
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "-m", marks, "--durations=8", *more]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        print(f"== {name}: {'green' if code == 0 else f'exit {code}'} in {time.monotonic() - began:.0f} s", flush=True)
        if code != 0:
            failed.append(name)
    print("== pages", flush=True)
    if subprocess.run(["npm", "test", "--silent"], cwd=ROOT / "frontend", check=False).returncode != 0:
        failed.append("pages")
    if failed:
        print(f"RED: {', '.join(failed)}", flush=True)
        return 1
    print("All green.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
