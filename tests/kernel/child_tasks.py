"""Functions that the tests of the limited child run inside it."""

from __future__ import annotations

import ctypes
import os
import socket
import time
from collections.abc import Callable
from typing import Any, BinaryIO

Report = Callable[[dict[str, Any]], None]
Files = dict[str, BinaryIO]


def echo(args: dict[str, Any], files: Files, _report: Report) -> dict[str, Any]:
    """Give back the arguments and what the file holds; write to the other file."""
    files["out"].write(b"written by the child")
    return {"args": args, "read": files["in"].read().decode()}


def reach_out(args: dict[str, Any], _files: Files, _report: Report) -> dict[str, Any]:
    """Try everything that a media file could make a decoder do."""

    def tried(what: Callable[[], object]) -> str:
        try:
            what()
        except OSError as error:
            return f"refused {error.errno}"
        return "done"

    return {
        "read": tried(lambda: open("/etc/hostname")),  # noqa: PTH123
        "write": tried(lambda: open(args["folder"] + "/made", "w")),  # noqa: PTH123
        "remove": tried(lambda: os.unlink(args["folder"] + "/there")),  # noqa: PTH108
        "socket": tried(socket.socket),
        "program": tried(lambda: os.execv("/bin/true", ["true"])),  # noqa: S606
        "foreign_fd": tried(lambda: os.fstat(args["fd"])),
        "environment": sorted(os.environ),
    }


def eat_memory(_args: dict[str, Any], _files: Files, _report: Report) -> dict[str, Any]:
    """Ask for four gigabytes."""
    return {"bytes": len(bytearray(4 * 1024**3))}


def spin(args: dict[str, Any], _files: Files, report: Report) -> dict[str, Any]:
    """Compute for some processor seconds, saying how far it is."""
    begun = time.process_time()
    while time.process_time() - begun < args["cpu_s"]:
        report({"done_ms": round((time.process_time() - begun) * 1000) if args["reports"] else 0})
    return {}


def sleep(args: dict[str, Any], _files: Files, report: Report) -> dict[str, Any]:
    """Say its process number, then sleep."""
    report({"pid": os.getpid()})
    time.sleep(args["seconds"])
    return {}


def write_much(_args: dict[str, Any], files: Files, _report: Report) -> dict[str, Any]:
    """Write ten megabytes."""
    for _ in range(10):
        files["out"].write(bytes(1024 * 1024))
    return {}


def crash(_args: dict[str, Any], _files: Files, _report: Report) -> dict[str, Any]:
    """Read address 0, as a broken decoder does."""
    return {"text": str(ctypes.string_at(0))}


def leave_one_behind(_args: dict[str, Any], _files: Files, _report: Report) -> dict[str, Any]:
    """Start a process that outlives the function."""
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    return {"pid": pid}


def answer_much(_args: dict[str, Any], _files: Files, _report: Report) -> dict[str, Any]:
    """More than a parent should take."""
    return {"text": "x" * 20_000_000}


class OddError(Exception):
    """An error of a room, with a name and a sentence."""

    slug = "odd"
    sentence = "This one is odd. Your file is kept."


def refuse(_args: dict[str, Any], _files: Files, _report: Report) -> dict[str, Any]:
    """Raise it."""
    raise OddError
