"""The limited child: what it is given, what it may not do, and how its end is told."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.kernel.child import (
    ChildFailed,
    ChildKilled,
    ChildOutOfMemory,
    ChildTimedOut,
    Limits,
    run_in_child,
)

TASKS = "tests.kernel.child_tasks"
ROOT = Path(__file__).resolve().parents[2]


def in_child(name: str, args: dict[str, Any] | None = None, **over: Any) -> dict[str, Any]:
    """Run a task with small limits."""
    limits = over.pop("limits", Limits(cpu_s=20, wall_s=30))
    return run_in_child(f"{TASKS}:{name}", args or {}, files=over.pop("files", {}), limits=limits, **over)


def is_alive(pid: int) -> bool:
    """True while a process of that number runs; one that only waits to be reaped does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def gone(pid: int) -> bool:
    """True once the process has ended, within five seconds."""
    until = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_alive(pid)


def test_arguments_and_files_reach_the_child_and_its_answer_comes_back(tmp_path: Path) -> None:
    """The child reads the file it was given, writes the other, and answers in JSON."""
    (tmp_path / "in").write_text("kwento")
    with (tmp_path / "in").open("rb") as given, (tmp_path / "out").open("wb") as made:
        answer = in_child("echo", {"n": [1, "二"]}, files={"in": given, "out": made})
    assert answer == {"args": {"n": [1, "二"]}, "read": "kwento"}
    assert (tmp_path / "out").read_bytes() == b"written by the child"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's: SKIPPED")
def test_the_child_reaches_nothing_but_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files by name, sockets, programs, other open files and the parent's secrets are out of reach."""
    (tmp_path / "there").write_text("stays")
    monkeypatch.setenv("STORYBRAID_SECRET", "not for the child")
    inherited = os.open(tmp_path / "there", os.O_RDONLY)
    os.set_inheritable(inherited, True)  # noqa: FBT003
    try:
        answer = in_child("reach_out", {"folder": str(tmp_path), "fd": inherited})
    finally:
        os.close(inherited)
    environment = answer.pop("environment")
    foreign = answer.pop("foreign_fd")
    assert set(answer.values()) == {"refused 1"}, answer
    assert foreign == "refused 9"
    assert not [name for name in environment if "STORYBRAID" in name or "PROXY" in name.upper()]
    assert (tmp_path / "there").read_text() == "stays"


def test_memory_beyond_the_limit_is_named() -> None:
    """Four gigabytes with a limit of half a gigabyte: a sentence, not a crash of the parent."""
    with pytest.raises(ChildOutOfMemory, match="memory"):
        in_child("eat_memory", limits=Limits(address_space_bytes=512 * 1024**2))


def test_processor_time_without_progress_ends_the_child() -> None:
    """A file that makes a decoder spin is stopped after its budget."""
    with pytest.raises(ChildTimedOut, match="processor"):
        in_child("spin", {"cpu_s": 20, "reports": False}, limits=Limits(cpu_s=1, wall_s=60))


def test_progress_extends_the_processor_budget() -> None:
    """Three seconds of work pass with a budget of one, since each reported second adds two."""
    limits = Limits(cpu_s=1, wall_s=60, cpu_per_media_s=2.0)
    assert in_child("spin", {"cpu_s": 3, "reports": True}, limits=limits) == {}


def test_the_wall_clock_ends_a_child_that_waits() -> None:
    """A child that does nothing is ended on time, and its process is gone."""
    pids: list[int] = []
    begun = time.monotonic()
    with pytest.raises(ChildTimedOut, match="too long"):
        in_child(
            "sleep",
            {"seconds": 60},
            limits=Limits(wall_s=1.5),
            on_progress=lambda told: pids.append(told["pid"]),
        )
    assert time.monotonic() - begun < 10
    assert pids
    assert gone(pids[0])


def test_a_file_that_grows_too_large_is_an_error(tmp_path: Path) -> None:
    """Ten megabytes with a limit of four: an error, and never more than four on disk."""
    with (tmp_path / "out").open("wb") as out, pytest.raises(ChildFailed):
        in_child("write_much", files={"out": out}, limits=Limits(file_size_bytes=4 * 1024**2))
    assert (tmp_path / "out").stat().st_size <= 4 * 1024**2


def test_a_crash_is_told_with_its_signal() -> None:
    """A segmentation fault in the child is an error with a name in the parent."""
    with pytest.raises(ChildKilled) as error:
        in_child("crash")
    assert error.value.signal_number == signal.SIGSEGV


def test_an_error_keeps_its_slug_and_sentence() -> None:
    """What the function wants people to read arrives as it was."""
    with pytest.raises(ChildFailed) as error:
        in_child("refuse")
    assert (error.value.slug, error.value.sentence) == ("odd", "This one is odd. Your file is kept.")


def test_an_unknown_function_is_an_error_with_its_trace() -> None:
    """A mistake of ours is told with the trace for the log, and no trace in the sentence."""
    with pytest.raises(ChildFailed) as error:
        in_child("not_there")
    assert "AttributeError" in error.value.detail
    assert "Traceback" not in error.value.sentence


def test_an_answer_beyond_the_bound_is_refused() -> None:
    """Twenty megabytes of answer are not taken into the parent's memory."""
    with pytest.raises(ChildFailed, match="too much"):
        in_child("answer_much")


def test_what_the_child_started_ends_with_it() -> None:
    """A process left behind is killed with the child's group."""
    assert gone(in_child("leave_one_behind")["pid"])


def test_an_error_of_the_listener_ends_the_child() -> None:
    """When the lease is lost, the caller raises in its progress call; the child is gone."""
    pids: list[int] = []

    def lost(told: dict[str, Any]) -> None:
        pids.append(told["pid"])
        raise LookupError

    with pytest.raises(LookupError):
        in_child("sleep", {"seconds": 60}, on_progress=lost)
    assert gone(pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's: SKIPPED")
def test_the_child_dies_with_its_parent() -> None:
    """Kill -9 of the process that waits for the child takes the child with it."""
    program = (
        "from app.kernel.child import Limits, run_in_child\n"
        f"run_in_child('{TASKS}:sleep', {{'seconds': 60}}, files={{}}, limits=Limits(),"
        " on_progress=lambda told: print(told['pid'], flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
        parent.wait()
        assert gone(pid)


def test_a_child_with_the_media_code_starts_within_half_a_second() -> None:
    """The best of five starts, in processor time, with everything imported that a media child needs."""
    took = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run_in_child("tests.kernel.child_media_task:ready", {}, files={}, limits=Limits())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(took) < 0.5, took
