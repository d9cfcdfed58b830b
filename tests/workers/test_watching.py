"""What Prometheus is told by a process of the archive, also while its database is away."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.engine import make_url

from app.kernel.settings import PostgresDatabase
from tests.factories.archive import an_archive
from tests.factories.databases import DATABASES
from tests.factories.line import Line
from tests.factories.living import LivingArchive
from tests.factories.sound import a_tone, write_wav
from tests.factories.stories import a_story
from workers.servers.own import free_port
from workers.servers.postgres import find_postgres
from workers.watching import watched

if TYPE_CHECKING:
    from pathlib import Path


def scraped(port: int) -> dict[str, float]:
    """The samples of one scrape, as patient as Prometheus is, those of one name added up."""
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10)
    assert answer.status_code == 200, answer.text
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return sums


@pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
def test_counters_stay_while_the_database_is_away(tmp_path: Path) -> None:
    """Silent or closed: 0 says so, nothing is said of what is owed, and requests are counted on; back, all is told."""
    url = make_url(DATABASES.empty().url)
    server, port = DATABASES.server, free_port()
    with Line(server.port) as line:
        through = make_url(server.url(str(url.database))).set(port=line.port)
        database = PostgresDatabase(kind="postgresql", url=through.render_as_string(hide_password=False))
        with (
            an_archive(tmp_path / "archive", database=database, metrics_port=port) as archive,
            watched(archive.ports, quiet=True),
        ):
            archive.in_unit(a_story)
            archive.client().get("/api/v1/health/live")
            well = scraped(port)
            assert (well["storybraid_database_up"], well["storybraid_owed"]) == (1, 1)

            line.hold()
            lines = line.connections
            archive.client().get("/api/v1/health/live")
            silent = scraped(port)
            began = time.monotonic()
            assert scraped(port)["storybraid_database_up"] == 0
            assert time.monotonic() - began < 1, "who asks again does not wait again"
            assert line.connections - lines <= 1
            assert silent["storybraid_database_up"] == 0
            assert silent["storybraid_requests_total"] == well["storybraid_requests_total"] + 1
            assert "storybraid_owed" not in silent

            line.release()
            until = time.monotonic() + 10
            while not (back := scraped(port))["storybraid_database_up"] and time.monotonic() < until:
                time.sleep(0.1)
            assert (back["storybraid_database_up"], back["storybraid_owed"]) == (1, 1)

            line.__exit__()
            closed = scraped(port)
            assert closed["storybraid_database_up"] == 0
            assert closed["storybraid_requests_total"] == silent["storybraid_requests_total"]


def test_a_worker_alone_counts_its_jobs(tmp_path: Path) -> None:
    """A service of its own, as in the production set, has the port that is set, and not the next one."""
    port = free_port()
    living = LivingArchive(tmp_path, {"STORYBRAID_METRICS_PORT": str(port)})
    living.run("migrate")
    living.run("ingest", str(write_wav(tmp_path / "a.wav", a_tone(1))), expect=4)
    command = [sys.executable, "-m", "workers", "worker", "--queues", "media,index"]
    with (tmp_path / "serve.log").open("ab") as said:
        worker = subprocess.Popen(command, env=living.env, stdout=said, stderr=said)
    try:

        def counted() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                told = scraped(port)
                return bool(told["storybraid_database_up"] and told.get("storybraid_jobs_total"))
            return False

        living.until(counted, 60, "the worker's count")
    finally:
        worker.terminate()
        worker.wait(30)
