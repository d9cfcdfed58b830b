"""``make test``: brings what the tests need, runs all of them but the long proofs, and says what it had to skip.

The production set (Postgres, S3, Procrastinate, and Meilisearch where it is on PATH) gets what stands on it most, and
the tests marked ``telling`` of a browser that sends straight into the bucket; ``make test-production`` runs every test
on it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.factories.front import find_nginx
from tests.factories.sets import PRODUCTION, what_stands_in, why_no_production
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[1]
WANTED = {
    "chromium": "browser tests",
    "ffmpeg": "odd containers",
    "espeak-ng": "more languages spoken",
    "postgres": "the production set",
    "nginx": "a server with TLS in front",
    "caddy": "the door of the production set",
    "sqlite3": "a backup of the embedded set",
}
PACKAGES = {name: name for name in WANTED} | {"postgres": "postgresql", "nginx": "nginx-light"}
FOUND_BY: dict[str, Callable[[], object]] = {"postgres": find_postgres, "nginx": find_nginx}
PLAIN = "not whisper and not kills and not browser and not soak"
SET = ("--set", PRODUCTION)
Phases = tuple[tuple[str, str, tuple[str, ...]], ...]
EVERY_PHASE: Phases = (
    ("rooms, ports, house", PLAIN, ("-n", "2")),
    ("real Whisper", "whisper and not kills and not browser and not soak", ()),
    ("kills", "kills and not soak", ()),
    ("a real browser", "browser and not soak", ()),
)
ROOMS = ("--only-archives", "tests/rooms", "tests/kernel", "tests/pipeline")
ON_PRODUCTION: Phases = (
    ("rooms, on the production set", PLAIN, ("-n", "2", *SET, *ROOMS)),
    ("a browser, on the production set", "telling", SET),
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
    parser = argparse.ArgumentParser(prog="make test", description=__doc__)
    parser.add_argument("--production", action="store_true", help="every test on the production set, and nothing else")
    asked = parser.parse_args()
    bring_programs()
    phases = EVERY_PHASE + ON_PRODUCTION
    if asked.production:
        phases = tuple((f"{name}, on the production set", marks, (*more, *SET)) for name, marks, more in EVERY_PHASE)
    if lacking := why_no_production():
        print(f"Skipped on the production set: {lacking}.", flush=True)
        phases = tuple(phase for phase in phases if PRODUCTION not in phase[-1])
    elif standing_in := what_stands_in():
        print(f"{standing_in}.", flush=True)
    failed = [name for name, marks, more in phases if not run(name, marks, more)]
    if not asked.production and not pages():
        failed.append("pages")
    if failed:
        print(f"RED: {', '.join(failed)}", flush=True)
        return 1
    print("All green.", flush=True)
    return 0


def pages() -> bool:
    """Run the pages' own tests."""
    print("== pages", flush=True)
    return subprocess.run(["npm", "test", "--silent"], cwd=ROOT / "frontend", check=False).returncode == 0


def run(name: str, marks: str, more: Sequence[str]) -> bool:
    """Run one phase and say how it went."""
    began = time.monotonic()
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-m", marks, "--durations=8", *more]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"== {name}: {'green' if code == 0 else f'exit {code}'} in {time.monotonic() - began:.0f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
