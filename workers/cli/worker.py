"""Run a worker: it does what is owed until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from app.kernel.settings import load_settings
from workers.cli import DONE, USAGE, say
from workers.cli.context import open_archive, require_model
from workers.clocks import clock_told
from workers.engine import LANES, Engine
from workers.renewing import Renewing
from workers.transcribers import batches_at_once
from workers.watching import log_as_set, watched

if TYPE_CHECKING:
    import argparse

DRAIN_S = 120.0
WATCHED_DRAIN_S = 2.5
"""Under ``serve`` the whole archive stops within five seconds; the batch in hand is done again."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which queues, how many at once."""
    parser.add_argument("--queues", default=",".join(LANES), metavar="A,B", help="transcribe,media,index")
    parser.add_argument(
        "--concurrency",
        type=int,
        metavar="N",
        help="threads a queue (default 1; transcribe: one batch for each of the transcriber's threads, up to 4)",
    )
    parser.add_argument("--quiet", action="store_true", help="warnings only")
    # workers.__main__ acts on this before anything slow is loaded.
    parser.add_argument("--parent", type=int, default=None, help="die with this process (set by serve)")


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT, then finish the work in hand."""
    queues = [q for q in args.queues.split(",") if q]
    unknown = set(queues) - set(LANES)
    if unknown or not queues or (args.concurrency is not None and args.concurrency < 1):
        say(f"There are the queues {', '.join(LANES)}, and a concurrency of at least 1.")
        return USAGE
    batches = 1
    settings = load_settings()
    log_as_set(settings, quiet=args.quiet)
    if "transcribe" in queues:
        require_model(settings)
        batches = args.concurrency or batches_at_once(settings)
    ports = open_archive(transcribe="transcribe" in queues, at_once=batches, searches="index" in queues)
    if warning := clock_told(ports)[1]:
        say(warning)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with watched(ports, beside=args.parent is not None, quiet=args.quiet):
        engine = Engine(ports, queues, args.concurrency or 1, batches)
        engine.start()
        renewing = Renewing(ports) if "index" in queues else None
        if renewing is not None:
            renewing.start()
        if not args.quiet:
            say(f"Worker {os.getpid()} is ready: {', '.join(queues)}.")
        stop.wait()
        if renewing is not None:
            renewing.stop()
        clean = engine.stop(DRAIN_S if args.parent is None else WATCHED_DRAIN_S)
    if not clean:
        os._exit(DONE)  # a thread is inside the model; its lease was freed and the batch is done again
    return DONE
