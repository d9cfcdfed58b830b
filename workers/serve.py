"""The whole archive on one machine: the API, and one worker process that is watched and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from app.admin.commands import unregister
from app.kernel import leases
from app.kernel.db import unit
from app.kernel.logging import log

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.ports import Ports

SOONEST_AGAIN_S = 1.0
STOP_S = 3.5
GRACEFUL_S = 3
"""An open event stream would keep uvicorn alive for ever otherwise."""
logger = log("serve")


class WatchedWorker:
    """Keeps one worker process alive beside the API; sees it die, counts that, frees its leases, starts the next."""

    def __init__(self, ports: Ports, *, quiet: bool = False) -> None:
        """Nothing is started yet; a ``quiet`` worker logs warnings only."""
        self._ports = ports
        self._quiet = quiet
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # The worker dies with the thread that started it, so this one lives as long as the process.
        self._thread = threading.Thread(target=self._watch, name="watch-worker", daemon=True)

    def start(self) -> None:
        """Start the worker and the watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker: it may finish for a moment, then it is killed; its batch is done again next time."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            command = [sys.executable, "-m", "workers", "worker", "--parent", str(os.getpid())]
            command += ["--quiet"] if self._quiet else []
            self._process = subprocess.Popen(command)  # noqa: S603  our own program
            owner = leases.process_name(self._process.pid)
            code = self._process.wait()
            if self._stopping.is_set():
                return
            logger.warning("worker_ended", code=code)
            try:
                with unit(self._ports.sessions) as session:
                    leases.free(session, owner, count_crash=code != 0)
                    unregister(session, owner)
            except Exception:
                logger.exception("worker_not_buried")
            self._stopping.wait(SOONEST_AGAIN_S)


def serve(app: FastAPI, ports: Ports, *, worker: bool, quiet: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; ends within five seconds, also with a page open."""
    settings = ports.settings
    # uvicorn raises the signal again once it has ended well: as it is, a SIGTERM would end us before the worker could.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    watched = WatchedWorker(ports, quiet=quiet) if worker else None
    if watched is not None:
        watched.start()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # its lines go where ours go; each request's own line is ours
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_S,
        server_header=False,
    )
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run()
    finally:
        if watched is not None:
            watched.stop()
