"""``serve`` and ``make run``: start, refuse, stop within five seconds, start again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.admin.models import Worker
from app.kernel.db import unit
from app.kernel.settings import load_settings
from tests.factories.living import LivingArchive, child_pids, descendants
from tests.factories.sound import a_tone, write_wav
from tests.factories.stories import a_recording, a_story
from workers.cli.serve import CannotServeError, refuse_unsafe
from workers.servers.own import free_port

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def living(tmp_path: Path) -> LivingArchive:
    """An archive with its database, nothing running."""
    made = LivingArchive(tmp_path)
    made.run("migrate")
    return made


def workers_of(living: LivingArchive) -> list[int]:
    """Process ids of serve's direct children."""
    return list(child_pids(living.process.pid)) if living.process else []


def test_a_supervisor_ends_it_as_ctrl_c_does(living: LivingArchive) -> None:
    """SIGTERM to serve alone: exit 0 within 5 s, and its worker ends by itself and takes its row away."""
    living.start()
    try:
        assert living.process is not None
        living.until(lambda: bool(living_rows(living)), 30, "a worker's row")
        everybody = descendants(living.process.pid)
        living.process.send_signal(signal.SIGTERM)
        assert living.process.wait(5) == 0
        assert living_rows(living) == []
        assert not any(os.path.exists(f"/proc/{pid}") for pid in everybody)  # noqa: PTH110  plain names of /proc
    finally:
        living.stop()


def living_rows(living: LivingArchive) -> list[str]:
    """The workers that say they are there."""
    with unit(living.ports().sessions, write=False) as session:
        return [worker.id for worker in session.query(Worker)]


def test_it_serves_watches_and_stops(living: LivingArchive) -> None:
    """Pages and API answer, a killed worker is replaced, Ctrl-C ends all of it within 5 s with a stream open."""
    ports = living.ports()
    with unit(ports.sessions) as session:
        story = a_story(session, state="published", level="public")
        a_recording(session, story, state="processing", step="plan")
    living.start()
    try:
        assert living.process is not None
        page = httpx.get(living.address)
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert httpx.get(f"{living.address}/stories/x").headers["content-type"].startswith("text/html")
        assert httpx.get(f"{living.address}/assets/missing.js").status_code == 404
        assert httpx.get(f"{living.address}/api/v1/nothing").status_code == 404
        assert "set-up#" in living.log()
        living.until(lambda: bool(workers_of(living)), 20, "a worker")
        first = workers_of(living)[0]
        living.kill_worker()
        living.until(lambda: workers_of(living)[:1] not in ([], [first]), 20, "another worker")
        everybody = [living.process.pid, *descendants(living.process.pid)]
        with httpx.stream("GET", living.address):
            assert living.stop() <= 5
        assert [pid for pid in everybody if os.path.exists(f"/proc/{pid}")] == []  # noqa: PTH110
    finally:
        living.stop()


def test_the_worker_dies_with_its_parent(living: LivingArchive) -> None:
    """When the API process alone is killed, the worker does not live on."""
    living.start()
    try:
        assert living.process is not None
        living.until(lambda: bool(workers_of(living)), 20, "a worker")
        worker = workers_of(living)[0]
        os.kill(living.process.pid, signal.SIGKILL)
        living.process.wait()
        living.until(lambda: not os.path.exists(f"/proc/{worker}"), 5, "the worker's end")  # noqa: PTH110
    finally:
        living.stop()


def test_a_taken_port_is_a_sentence(living: LivingArchive) -> None:
    """A second archive on the same port says which setting to change, and exits 1."""
    living.start()
    try:
        done = living.run("serve", expect=1)
        assert "STORYBRAID_PORT" in done.stderr
    finally:
        living.stop()


def test_a_missing_model_is_a_sentence(living: LivingArchive, tmp_path: Path) -> None:
    """``serve`` refuses to start a worker whose local model is not there; without a worker it serves."""
    living.environment |= {"STORYBRAID_MODELS": str(tmp_path / "none"), "STORYBRAID_TRANSCRIBER__MODEL": "small"}
    assert "storybraid models fetch small" in living.run("serve", expect=1).stderr
    living.start("--no-worker")
    assert living.stop() <= 5


@pytest.mark.parametrize(
    ("host", "base_url", "insecure", "refused"),
    [
        ("127.0.0.1", "", False, False),
        ("0.0.0.0", "", False, True),  # noqa: S104
        ("0.0.0.0", "https://archive.example", False, False),  # noqa: S104
        ("127.0.0.1", "http://archive.example", False, True),
        ("127.0.0.1", "http://localhost:9000", False, False),
        ("0.0.0.0", "http://archive.lan", True, False),  # noqa: S104
    ],
)
def test_plain_http_beyond_this_machine_is_refused(host: str, base_url: str, insecure: bool, refused: bool) -> None:  # noqa: FBT001
    """Unless the address is https or the LAN switch is on."""
    settings = load_settings(env_file=None, host=host, base_url=base_url, insecure_lan=insecure)
    if refused:
        with pytest.raises(CannotServeError):
            refuse_unsafe(settings)
    else:
        refuse_unsafe(settings)


@pytest.mark.whisper
def test_make_run_takes_the_samples_in_once(tmp_path: Path) -> None:
    """The samples go through upload, Whisper and search; killed half-way it goes on; a second start adds nothing."""
    living = LivingArchive(tmp_path)

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "run.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "workers.run"], env=living.env, stdout=log, stderr=log, start_new_session=True
            )

    def stories() -> list[dict[str, Any]]:
        try:
            return list(httpx.get(f"{living.address}/api/v1/stories", timeout=5).json()["items"])
        except httpx.HTTPError:
            return []

    def ready() -> int:
        return [s["summary"]["progress"] for s in stories()].count("ready")

    process = start()
    try:
        living.folder.joinpath("serve.log").touch()
        living.until(lambda: len(stories()) >= 2, 120, "two samples begun")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process = start()
        living.until(lambda: ready() == 3, 600, "three samples ready")
        assert all(s["fictional"] and s["level"] == "public" for s in stories())
        from workers.run import SAMPLES  # noqa: PLC0415

        for sample in json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))["samples"]:
            word = sample["heard"][0]
            living.until(lambda q=word["word"]: living.json("search", q) != [], 30, word["word"])  # type: ignore[misc]
            hits = living.json("search", word["word"])
            assert min(abs(h["start_ms"] - word["start_s"] * 1000) for h in hits if h["start_ms"] is not None) <= 1500
        os.killpg(process.pid, signal.SIGINT)
        process.wait(5)
        process = start()
        living.until(lambda: ready() == 3, 30, "the second start")
        assert len(stories()) == 3
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_both_processes_are_counted(living: LivingArchive) -> None:
    """API and worker each serve metrics on a port of their own; a taken port is a sentence; all ends in time."""
    port = free_port(2)
    living.environment["STORYBRAID_METRICS_PORT"] = str(port)
    living.run("ingest", str(write_wav(living.folder / "a.wav", a_tone(1))), expect=4)
    living.start()
    try:
        httpx.get(f"{living.address}/api/v1/search", params={"q": "secretword"})
        api = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert 'storybraid_requests_total{method="GET",route="/api/v1/search",status="200"} 1.0' in api

        def worked() -> bool:
            try:
                text = httpx.get(f"http://127.0.0.1:{port + 1}/metrics").text
            except httpx.HTTPError:
                return False
            return 'storybraid_jobs_total{job="recordings.accept",outcome="done"} 1.0' in text

        living.until(worked, 30, "the worker's count")
        taken = living.run("worker", expect=1)
    finally:
        assert living.stop() < 5
    assert f"port {port}" in taken.stderr
    assert "Traceback" not in taken.stderr
