"""Run one function in a fresh, limited process that gets a few open files and nothing else."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.kernel.confinement import die_with_parent, limit_resources, seal

RESULT_LIMIT_BYTES: Final = 16 * 1024 * 1024
STDERR_KEPT_BYTES: Final = 8 * 1024
PROGRESS_EVERY_S: Final = 0.25
_LONGEST_MEDIA_MS: Final = 48 * 3600 * 1000
"""Progress beyond this extends no budget."""
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. CPU and wall clock grow with the media seconds that it reports as done.

    ``cpu_s`` and ``wall_s`` are the budget without any progress; each reported media second (key
    ``done_ms`` of a progress report) adds ``cpu_per_media_s`` and ``wall_per_media_s``.
    """

    address_space_bytes: int = 1024 * 1024 * 1024
    cpu_s: int = 120
    file_size_bytes: int = 8 * 1024 * 1024 * 1024
    open_files: int = 48
    wall_s: float = 600.0
    cpu_per_media_s: float = 0.0
    wall_per_media_s: float = 0.0


class ChildError(Exception):
    """The child gave no result; ``sentence`` says why in plain words."""

    def __init__(self, sentence: str, *, slug: str = "child-error", detail: str = "") -> None:
        """``detail`` is for the log: the end of what the child wrote to its stderr."""
        super().__init__(sentence)
        self.sentence = sentence
        self.slug = slug
        self.detail = detail


class ChildFailed(ChildError):  # noqa: N818  the name of the outcome
    """The function raised; ``slug`` is that of its exception where it has one."""


class ChildTimedOut(ChildError):  # noqa: N818
    """The wall clock or the processor time ran out."""


class ChildOutOfMemory(ChildError):  # noqa: N818
    """The function asked for more memory than its limit."""


class ChildKilled(ChildError):  # noqa: N818
    """A signal ended the child: a crash inside a decoder, or somebody killed it."""

    def __init__(self, signal_number: int, *, detail: str = "") -> None:
        """``signal_number`` as the kernel gave it."""
        name = signal.Signals(signal_number).name if signal_number in _SIGNALS else signal_number
        super().__init__(f"The process that read this file was ended by {name}.", detail=detail)
        self.signal_number = signal_number


_SIGNALS: Final = frozenset(int(one) for one in signal.Signals)


def run_in_child(
    function_path: str,
    args: Mapping[str, Any],
    *,
    files: Mapping[str, int | BinaryIO],
    limits: Limits,
    on_progress: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Call ``module:function`` in a fresh process and give back its JSON result.

    The function is called as ``function(args, files, report)``: ``args`` as given (JSON), ``files``
    the same names as unbuffered binary file objects on the same open files, ``report(dict)`` sends
    progress (at most four a second reach ``on_progress``, in the calling thread). Whatever
    ``on_progress`` raises ends the child and is raised on. Before the function runs, and after its
    module was imported, the child gives up opening files, the network and other programs.
    The child dies with the thread that calls this: call it from a thread that lives on.
    Raises ChildFailed (an exception with ``slug`` and ``sentence`` keeps both), ChildTimedOut,
    ChildOutOfMemory, ChildKilled.
    """
    numbers = {name: one if isinstance(one, int) else one.fileno() for name, one in files.items()}
    answers, child_end = os.pipe()
    request = {
        "function": function_path,
        "args": dict(args),
        "files": numbers,
        "limits": asdict(limits),
        "answers": child_end,
        "parent": os.getpid(),
    }
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app.kernel.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(child_end, *numbers.values()),
            env=_environment(),
            process_group=0,
        )
    except BaseException:
        os.close(answers)
        os.close(child_end)
        raise
    os.close(child_end)
    listener = _Listener(process, answers, limits, on_progress)
    try:
        assert process.stdin is not None  # noqa: S101  PIPE was asked for
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
        return listener.listen()
    finally:
        _end(process)
        os.close(answers)


def _environment() -> dict[str, str]:
    """No secret, proxy or preload of the parent's reaches the child; one thread for array work."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it started, and reap it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


class _Listener:
    """Reads the child's lines, extends its budget with its progress and says how it ended."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        answers: int,
        limits: Limits,
        on_progress: Callable[[dict[str, Any]], None] | None,
    ) -> None:
        self.process = process
        self.answers = answers
        self.limits = limits
        self.on_progress = on_progress
        self.started = time.monotonic()
        self.wall_s = limits.wall_s
        self.waiting = b""
        self.stderr = b""
        self.answer: dict[str, Any] | None = None

    def listen(self) -> dict[str, Any]:
        assert self.process.stderr is not None  # noqa: S101  PIPE was asked for
        errors = self.process.stderr.fileno()
        with selectors.DefaultSelector() as ready:
            ready.register(self.answers, selectors.EVENT_READ)
            ready.register(errors, selectors.EVENT_READ)
            while ready.get_map():
                left = self.wall_s - (time.monotonic() - self.started)
                if left <= 0:
                    raise ChildTimedOut("Reading this file took too long, so it was stopped.", detail=self._said())
                for key, _ in ready.select(min(left, 1.0)):
                    data = os.read(key.fd, 65536)
                    if not data:
                        ready.unregister(key.fd)
                    elif key.fd == errors:
                        self.stderr = (self.stderr + data)[-STDERR_KEPT_BYTES:]
                    else:
                        self._take(data)
                if self.answer is not None:
                    break
        return self._outcome()

    def _take(self, data: bytes) -> None:
        self.waiting += data
        if len(self.waiting) > RESULT_LIMIT_BYTES:
            raise ChildFailed("The process that read this file answered too much.")
        *lines, self.waiting = self.waiting.split(b"\n")
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError as error:
                raise ChildFailed("The process that read this file answered nonsense.") from error
            if not isinstance(message, dict):
                raise ChildFailed("The process that read this file answered nonsense.")
            progress = message.get("progress")
            if isinstance(progress, dict):
                self._extend(progress)
                if self.on_progress is not None:
                    self.on_progress(progress)
            else:
                self.answer = message

    def _extend(self, progress: dict[str, Any]) -> None:
        done = progress.get("done_ms")
        media_s = min(float(done), _LONGEST_MEDIA_MS) / 1000 if isinstance(done, int) else 0.0
        self.wall_s = max(self.wall_s, self.limits.wall_s + media_s * self.limits.wall_per_media_s)
        if self.limits.cpu_per_media_s and hasattr(resource, "prlimit"):
            cpu_s = self.limits.cpu_s + int(media_s * self.limits.cpu_per_media_s)
            with contextlib.suppress(OSError, ValueError):
                _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_CPU)
                resource.prlimit(self.process.pid, resource.RLIMIT_CPU, (cpu_s, hard))

    def _outcome(self) -> dict[str, Any]:
        answer = self.answer
        if answer is None:
            code = self.process.wait()
            if code in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
                raise ChildTimedOut(
                    "Reading this file took too much processor time, so it was stopped.",
                    detail=self._said(),
                )
            if code < 0:
                raise ChildKilled(-code, detail=self._said())
            raise ChildFailed(
                f"The process that read this file ended with code {code} and no answer.",
                detail=self._said(),
            )
        if "result" in answer:
            result = answer["result"]
            if not isinstance(result, dict):
                raise ChildFailed("The process that read this file gave no result.")
            return result
        error = answer.get("error")
        if not isinstance(error, dict):
            raise ChildFailed("The process that read this file answered nonsense.")
        if error.get("kind") == "memory":
            raise ChildOutOfMemory("Reading this file needs more memory than is allowed.", detail=error["detail"])
        raise ChildFailed(str(error.get("sentence")), slug=str(error.get("slug")), detail=str(error.get("detail", "")))

    def _said(self) -> str:
        return self.stderr.decode("utf-8", "replace")


def _main() -> int:
    """The child's side: take the request, give up powers, run the function, answer."""
    request = json.loads(sys.stdin.buffer.read())
    die_with_parent(request["parent"])
    answers = os.fdopen(request["answers"], "wb", buffering=0)
    limits = Limits(**request["limits"])
    limit_resources(
        address_space_bytes=limits.address_space_bytes,
        cpu_s=limits.cpu_s,
        file_size_bytes=limits.file_size_bytes,
        open_files=limits.open_files,
    )

    def say(message: dict[str, Any]) -> None:
        data = memoryview(json.dumps(message, allow_nan=False).encode() + b"\n")
        while data:
            data = data[answers.write(data) or 0 :]

    last = 0.0

    def report(progress: dict[str, Any]) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_EVERY_S:
            last = time.monotonic()
            say({"progress": progress})

    try:
        module, _, name = request["function"].partition(":")
        function = getattr(importlib.import_module(module), name)
        files = {name: os.fdopen(fd, _mode(fd), buffering=0) for name, fd in request["files"].items()}
        seal()
        say({"result": function(request["args"], files, report)})
    except MemoryError as error:
        say({"error": {"kind": "memory", "detail": repr(error)[:2000]}})
    except Exception as error:  # noqa: BLE001  whatever it was, the parent must hear of it
        sentence = getattr(error, "sentence", None) or "This file could not be read."
        slug = getattr(error, "slug", None) or "child-failed"
        detail = "" if hasattr(error, "sentence") else _trace(error)
        say({"error": {"kind": "failed", "slug": slug, "sentence": sentence, "detail": detail}})
    return 0


def _mode(fd: int) -> str:
    """The file object's mode is the one that the parent opened it with."""
    import fcntl  # noqa: PLC0415  only the child needs it

    flags = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE
    return {os.O_RDONLY: "rb", os.O_WRONLY: "wb"}.get(flags, "r+b")


def _trace(error: Exception) -> str:
    import traceback  # noqa: PLC0415  only a failing child needs it

    return "".join(traceback.format_exception(error))[-4000:]


if __name__ == "__main__":
    # A decoder's threads and atexit functions must not hold the answer back.
    code = _main()
    sys.stderr.flush()
    os._exit(code)
