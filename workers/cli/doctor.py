"""Say what each part of this archive is and whether it can be reached."""

from __future__ import annotations

import importlib.metadata
import shutil
import socket
import sys
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from app import wiring
from app.access.commands import audit
from app.admin.queries import living_workers
from app.kernel.db import product_named, product_of, unit
from app.kernel.settings import RemoteTranscriber, Settings, load_settings, sources
from app.kernel.time import now
from app.main import FRONTEND
from app.ports.search_index import NotMadeError, SearchUnavailableError
from app.ports.transcriber import TranscriberError, TranscriberRestsError
from migrations import chain
from workers.cli import DONE, FAILED, print_json
from workers.cli.context import operator
from workers.clocks import clock_told
from workers.devices import device_for, unused_gpu
from workers.door import look_from_outside
from workers.model_files import model_present
from workers.transcribers import remote_transcriber

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from app.ports import Ports

UNKNOWN: Final = "unknown"
AWAY: Final = (OperationalError, InterfaceError, TranscriberRestsError, ConnectionError, TimeoutError, socket.gaierror)
"""Errors that say: it is not there, or gives no answer that counts."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 unless a configured part cannot be reached; everything else is a warning."""
    settings = load_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    ports = wiring.build(settings)
    parts = [
        _part("database", product_named(ports.sessions.kw["bind"]), lambda: _database(ports)),
        _part("clock", "the database's", lambda: clock_told(ports)),
        _part("objects", ports.objects.name, lambda: _objects(ports)),
        _part("search", ports.search_index.name, lambda: _search(ports)),
        _part("jobs", ports.jobs.name, lambda: (ports.jobs.name, ports.jobs.remark(ports.sessions.kw["bind"]))),
        _part("transcriber", _transcriber_name(settings), lambda: _transcriber(settings)),
        _part("address", settings.address, lambda: look_from_outside(settings, ports.objects)),
        _part("frontend", "pages", _frontend),
        _part("workers", UNKNOWN, lambda: _workers(ports)),
        _part("python", "Python", lambda: (f"Python {sys.version.split()[0]}", "")),
    ]
    reached = all(p["ok"] for p in parts)
    if args.json:
        rows = [{"name": n, "value": v, "source": s} for n, v, s in sources(settings)]
        print_json({"ok": reached, "parts": parts, "settings": rows})
    else:
        for part in parts:
            mark = "ok     " if part["ok"] and not part["warning"] else "warning" if part["ok"] else "FAILED "
            print(
                f"{mark}  {part['part']:<12} {part['product']}"
                + "".join(f"\n         {line}" for line in part["warning"].splitlines())
            )
        print()
        for name, value, source in sources(settings):
            print(f"{name} = {value}  ({source})")
    return DONE if reached else FAILED


def _part(name: str, product: str, look: Callable[[], tuple[str, str]]) -> dict[str, Any]:
    """What a look tells of the part; ``product`` is what it is called where nothing answers for its version."""
    try:
        product, warning = look()
    except (OSError, SQLAlchemyError, SearchUnavailableError, TranscriberError) as error:
        return {"part": name, "product": product, "ok": False, "warning": _why(error)}
    return {"part": name, "product": product, "ok": True, "warning": warning}


def _why(error: Exception) -> str:
    """Why a part cannot be used: only what is a matter of reach is said to be out of it."""
    sentence = " ".join(str(error).split("\n")[0].split())
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AWAY):
            return f"cannot be reached: {sentence}"
        cause = cause.__cause__ or cause.__context__
    # A store and a device tell in a whole sentence what is wrong.
    return f"cannot be used: {sentence}" if isinstance(error, SQLAlchemyError | SearchUnavailableError) else sentence


def _database(ports: Ports) -> tuple[str, str]:
    engine = ports.sessions.kw["bind"]
    with engine.connect() as connection:
        product = product_of(connection)
    if chain.is_current(engine) and ports.jobs.is_ready(engine):
        with unit(ports.sessions) as session:  # it takes a row: a database that only answers is of no use
            audit(session, operator(), "admin.doctor", None)
        return product, ""
    try:
        chain.require_known(engine)
    except chain.NewerDatabaseError as error:
        return product, error.detail
    return product, "not at this version: run storybraid migrate"


def _objects(ports: Ports) -> tuple[str, str]:
    ports.objects.check()
    free = ports.objects.free_bytes()
    said = list(ports.objects.remarks())
    if free is not None and free < ports.settings.limits.spare_bytes * 4:
        said.append(f"only {free // 1024**2} MiB are free")
    return ports.objects.name, " ".join(said)


def _search(ports: Ports) -> tuple[str, str]:
    try:
        ports.search_index.health()
    except NotMadeError as error:
        return ports.search_index.name, str(error)
    return ports.search_index.name, ""


def _transcriber_name(settings: Settings) -> str:
    is_remote = isinstance(settings.transcriber, RemoteTranscriber)
    return f"{'OpenAI-compatible service' if is_remote else 'faster-whisper'}, model {settings.transcriber.model}"


def _transcriber(settings: Settings) -> tuple[str, str]:
    wanted = settings.transcriber
    if isinstance(wanted, RemoteTranscriber):
        return _transcriber_name(settings), remote_transcriber(wanted, wanted.model).check()
    engine = f"faster-whisper {importlib.metadata.version('faster-whisper')}, model {wanted.model}"
    engine += f", {wanted.compute_type} on {device_for(wanted)}"
    if not model_present(wanted.model, settings.models_folder):
        return engine, f"its files are missing: run storybraid models fetch {wanted.model}"
    return engine, unused_gpu(wanted)


def _frontend() -> tuple[str, str]:
    there = (FRONTEND / "index.html").exists()
    node = shutil.which("node")
    return "built pages" if there else f"no pages (node: {node or 'missing'})", "" if there else "run make install"


def _workers(ports: Ports) -> tuple[str, str]:
    if not chain.is_current(ports.sessions.kw["bind"]):
        return UNKNOWN, "the database is not ready"
    with unit(ports.sessions, write=False) as session:
        there = living_workers(session, now())
    return f"{len(there)} living", "" if there else "no worker is running: new recordings wait"
