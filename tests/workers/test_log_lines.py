"""What a process of production writes on its stderr: one JSON object a line, whoever wrote it."""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text

from app.kernel.db import unit
from app.kernel.logging import configure_logging
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from tests.factories.stories import a_story
from workers.servers.postgres import find_postgres
from workers.watching import watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.archive import TestArchive

SECRET = "Grandmother Lan's secret"
SPOILT = """
UPDATE stories SET title_forms = jsonb_build_array(
    jsonb_build_object('text', jsonb_build_array(CAST(:words AS text)), 'language', 'en')
)"""
"""What no release writes: an answer cannot be made of it."""
pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")


@pytest.fixture
def living(tmp_path: Path) -> Iterator[LivingArchive]:
    """An archive with the settings of production, migrated, nothing running; its own server of words is nowhere."""
    database = DATABASES.empty()
    made = LivingArchive(
        tmp_path,
        {
            "STORYBRAID_ENVIRONMENT": "production",
            "STORYBRAID_SECRET": secrets.token_urlsafe(48),
            "STORYBRAID_DATABASE__KIND": "postgresql",
            "STORYBRAID_DATABASE__URL": database.url,
            "STORYBRAID_JOBS__KIND": "procrastinate",
            "STORYBRAID_TRANSCRIBER__KIND": "remote",
            "STORYBRAID_TRANSCRIBER__ENDPOINT": "http://127.0.0.1:9",
            "STORYBRAID_TRANSCRIBER__MODEL": "whisper-1",
        },
    )
    made.run("migrate")
    yield made
    made.stop()


def lines_of(living: LivingArchive) -> list[dict[str, Any]]:
    """All lines of serve and of its worker; none is anything but a JSON object."""
    lines = [json.loads(line) for line in living.log().splitlines()]
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)
    return lines


def test_every_line_is_json_whatever_happens(living: LivingArchive) -> None:
    """A start, two kinds of error, a request that is none, a killed worker, an end.

    An error is told once, with its request's id and no word of the story, and has the headers of every answer.
    """
    ports = living.ports()
    with unit(ports.sessions) as session:
        story = a_story(session, state="published", level="public", title=SECRET).id
        session.execute(text(SPOILT), {"words": SECRET})
    living.start()
    assert living.process is not None
    unforeseen = httpx.get(f"{living.address}/api/v1/stories/{story}")
    with unit(ports.sessions) as session:
        session.execute(text("ALTER TABLE stories RENAME TO others"))
    unknown = httpx.get(f"{living.address}/api/v1/stories/{story}")
    with unit(ports.sessions) as session:
        session.execute(text("ALTER TABLE others RENAME TO stories"))
    with socket.create_connection(("127.0.0.1", living.port)) as line:
        line.sendall(b"NONSENSE\r\n\r\n")
        line.recv(100)
    living.until(lambda: "is ready: " in living.log(), 30, "a worker")
    living.kill_worker()
    living.until(lambda: living.log().count("is ready: ") == 2, 30, "another worker")
    assert living.stop() < 10
    lines = lines_of(living)
    events = Counter(line["event"] for line in lines)
    assert events["request_failed"] == 2
    for answer in (unforeseen, unknown):
        assert (answer.status_code, answer.json()["status"]) == (500, 500)
        assert answer.headers["cache-control"] == "no-store"
        about = [line for line in lines if line.get("request_id") == answer.headers["x-request-id"]]
        assert [(one["event"], one.get("status")) for one in about] == [("request_failed", None), ("request", 500)]
        assert "Traceback" in about[0]["exception"]
    assert "ValidationError: text: string_type" in living.log()
    assert 'UndefinedTable) relation \\"stories\\" does not exist' in living.log()
    assert SECRET[:11] not in living.log()
    (warning,) = [line for line in lines if line.get("logger") == "uvicorn.error"]
    assert (warning["level"], warning["event"]) == ("warning", "Invalid HTTP request received.")
    told = [line["line"] for line in lines if line["event"] == "told"]
    assert told[0] == f"Storybraid is at {living.address}"
    assert "/set-up#" in told[1]
    assert events["worker_ended"] == 1


def test_a_start_that_is_refused_is_json(living: LivingArchive) -> None:
    """The sentence that says why, too, where a collector of logs reads it."""
    living.environment["STORYBRAID_HOST"] = "0.0.0.0"  # noqa: S104  refused without https
    refused = living.run("serve", "--no-worker", expect=1)
    (line,) = [json.loads(line) for line in refused.stderr.splitlines()]
    assert "not https" in line["line"]
    assert refused.stdout == ""


def test_a_thread_s_end_by_an_error_is_json(archive: TestArchive, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the thread's name, and not Python's own many."""

    def fail() -> None:
        raise ValueError

    production = archive.ports.settings.model_copy(update={"environment": "production"})
    with watched(replace(archive.ports, settings=production)):
        thread = threading.Thread(target=fail, name="a-lane")
        thread.start()
        thread.join()
    configure_logging(production=False)
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["thread"], line["level"]) == ("thread_ended", "a-lane", "error")
    assert line["exception"].endswith("ValueError")
