"""``make services``: the production set on loopback, in a folder, until ``make services-stop``.

One process keeps the servers (``keep``), started apart from the terminal; its lock on ``.services/steward`` says that
it is there. What points the product at the servers is ``.services/env``, which it writes when all of them answer.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from app.adapters.objects_s3 import S3ObjectStore
from app.adapters.search_meilisearch import make_keys
from app.kernel.errors import ArchiveError
from app.kernel.settings import S3Objects, load_settings
from workers.cli import DONE, FAILED, say
from workers.servers.meilisearch import a_meilisearch, find_meilisearch
from workers.servers.own import ROOT, NoServerError, write_private
from workers.servers.postgres import PostgresServer, a_postgres, unprivileged
from workers.servers.seaweed import a_seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.servers.own import AttachedServer

DATABASE: Final = "storybraid"
BUCKET: Final = "storybraid"
STOP_S: Final = 60.0
LOOK_S: Final = 1.0
READY: Final = "ready"
USED_ELSEWHERE: Final = 0o001
"""The permission that lets another user pass through a folder."""


def main() -> int:
    """0 when the servers run, or run no more."""
    parser = argparse.ArgumentParser(prog="make services", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "keep"))
    parser.add_argument("--folder", type=Path, default=ROOT / ".services")
    args = parser.parse_args()
    folder: Path = args.folder.resolve()
    try:
        return {"start": start, "stop": stop, "keep": keep}[args.action](folder)
    except ArchiveError as error:
        say(error.detail or error.title)
        return FAILED
    except OSError as error:
        say(f"The servers cannot be kept in {folder}: {error}. Choose another folder, or mend this one.")
        return FAILED


def start(folder: Path) -> int:
    """Start what keeps the servers and wait until they answer; once more it only says where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    if steward(folder) is not None:
        say(f"The servers run already. {_how_to_use(folder)}")
        return DONE
    say("Starting the production set on loopback")
    with (folder / "steward.log").open("wb") as log:
        keeper = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "workers.servers.steward", "keep", "--folder", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            text=True,
            start_new_session=True,  # it outlives the terminal
        )
    assert keeper.stdout is not None  # noqa: S101  a pipe was asked for
    for line in keeper.stdout:
        if line.strip() == READY:
            say(_how_to_use(folder))
            return DONE
        say(line.rstrip())
    keeper.wait()
    said = (folder / "steward.log").read_text(encoding="utf-8", errors="replace").strip()
    say(said or "The servers did not start.")
    return FAILED


def stop(folder: Path) -> int:
    """End the servers in order; what they hold stays in the folder."""
    pid = steward(folder)
    if pid is None:
        say("No servers of ours run here.")
        return DONE
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S
    while steward(folder) is not None:
        if time.monotonic() > until:
            say(f"The servers did not end within {STOP_S:.0f} s; process {pid} keeps them.")
            return FAILED
        time.sleep(0.1)
    say(f"The servers have ended. What they hold is in {folder}; remove the folder to begin anew.")
    return DONE


def steward(folder: Path) -> int | None:
    """The process that keeps the servers of this folder, or None when there is none."""
    with suppress(FileNotFoundError), (folder / "steward").open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0) or None
    return None


def keep(folder: Path) -> int:
    """Run the servers until SIGTERM, or until one of them ends."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with _only_one(folder) as lock, the_servers(folder) as alive:
        _tell(READY)
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  whoever started us has gone
        while not ended.wait(LOOK_S):
            gone = [name for name, server in alive.items() if not server.is_alive]
            if gone:
                say(f"{' and '.join(gone)} ended by itself, so all were ended. Start them again with: make services")
                break
        (folder / "env").unlink(missing_ok=True)
        del lock
    return DONE


@contextmanager
def the_servers(folder: Path) -> Iterator[dict[str, PostgresServer | AttachedServer]]:
    """The running servers by name; database, bucket and keys are made, and the settings written to ``env``."""
    with ExitStack() as stack:
        settings: dict[str, str] = {"STORYBRAID_DATA": str(_made(folder / "archive"))}
        database = stack.enter_context(a_postgres(place_of_database(folder), durable=True))
        if not database.has(DATABASE):
            database.create(DATABASE)
        settings |= {
            "STORYBRAID_DATABASE__KIND": "postgres",
            "STORYBRAID_DATABASE__URL": database.url(DATABASE),
            "STORYBRAID_JOBS__KIND": "procrastinate",
        }
        _tell(f"  Postgres     127.0.0.1:{database.port}")
        alive: dict[str, PostgresServer | AttachedServer] = {"Postgres": database}

        store = stack.enter_context(a_seaweed(_made(folder / "seaweedfs")))
        wanted = store.settings(BUCKET, addressing="path")
        S3ObjectStore(S3Objects(**wanted), address=load_settings().address).set_up()
        settings |= {f"STORYBRAID_OBJECTS__{name.upper()}": str(value) for name, value in wanted.items()}
        _tell(f"  SeaweedFS    {store.endpoint}")
        alive["SeaweedFS"] = store

        if find_meilisearch() is None:
            settings["STORYBRAID_SEARCH__KIND"] = "sqlite"
            _tell("  Meilisearch  no program of that name on PATH: the embedded search stands in")
        else:
            engine = stack.enter_context(a_meilisearch(_made(folder / "meilisearch")))
            keys = vars(make_keys(engine.url, engine.master_key))
            settings |= {"STORYBRAID_SEARCH__KIND": "meilisearch", "STORYBRAID_SEARCH__URL": engine.url}
            settings |= {f"STORYBRAID_SEARCH__{name.upper()}": key for name, key in keys.items()}
            _tell(f"  Meilisearch  {engine.url}")
            alive["Meilisearch"] = engine

        lines = "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())
        write_private(folder / "env", f"# Made by make services; good while its servers run.\n{lines}")
        yield alive


@contextmanager
def _only_one(folder: Path) -> Iterator[IO[str]]:
    """Hold the lock that says who keeps the servers of a folder."""
    path = folder / "steward"
    path.touch(mode=0o600)
    with path.open("r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NoServerError("Another process keeps the servers of this folder already.") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file


def _tell(line: str) -> None:
    """To whoever started us, over the pipe that is our standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def place_of_database(folder: Path) -> Path:
    """Where the database's files are: in the folder, unless the user that Postgres needs cannot get there.

    Where they were once they stay, whatever becomes of the folder's permissions: no start makes an empty database
    beside a full one. Raises ``NoServerError``.
    """
    inside = folder / "postgres"
    shut = [above for above in (folder, *folder.parents) if not above.stat().st_mode & USED_ELSEWHERE]
    account = unprivileged()
    if account is None:
        return _made(inside)
    owner = str(folder).strip("/").replace("/", "-")
    place = Path("/var/tmp") / f"storybraid-{owner}"  # noqa: S108  made for its owner alone, and looked at
    if not (place / "data").exists():
        if not shut:
            return _made(inside)
        if (inside / "data").exists():
            raise NoServerError(
                f"The database is in {inside}, where {account.pw_name}, who runs Postgres for root, cannot get any "
                f"more. Nothing of it is lost. Let others pass: chmod o+x {' '.join(map(str, shut))}"
            )
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    if place.is_symlink() or place.stat().st_uid not in (os.geteuid(), account.pw_uid):
        raise NoServerError(f"{place} belongs to somebody else. Remove it, or choose another folder.")
    _tell(f"  (Postgres does not run as root and cannot reach {folder}: its files are in {place})")
    return place


def _how_to_use(folder: Path) -> str:
    return f"To point the product at them:\n  set -a; . {folder / 'env'}; set +a"


if __name__ == "__main__":
    sys.exit(main())
