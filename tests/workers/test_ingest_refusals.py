"""When ``ingest`` says that a file was refused (3), and when that something failed (1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app.kernel.db import unit
from app.stories.models import Story
from tests.factories.living import LivingArchive
from tests.factories.sound import a_tone, write_wav
from workers.servers.own import free_port

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = {"STORYBRAID_OBJECTS__KIND": "local", "STORYBRAID_OBJECTS__PATH": "/proc/nowhere"}
BUCKET = {
    "STORYBRAID_OBJECTS__KIND": "s3",
    "STORYBRAID_OBJECTS__BUCKET": "sounds",
    "STORYBRAID_OBJECTS__ENDPOINT": f"http://127.0.0.1:{free_port()}",
    "STORYBRAID_OBJECTS__ACCESS_KEY": "a",
    "STORYBRAID_OBJECTS__SECRET_KEY": "b",
}


@pytest.fixture
def living(tmp_path: Path) -> LivingArchive:
    """An archive with its database, nothing running."""
    made = LivingArchive(tmp_path)
    made.run("migrate")
    return made


def stories(living: LivingArchive) -> int:
    """How many there are."""
    with unit(living.ports().sessions, write=False) as session:
        return session.query(Story).count()


@pytest.mark.parametrize("objects", [FOLDER, BUCKET], ids=["folder", "bucket"])
def test_a_store_out_of_reach_refuses_no_file(living: LivingArchive, tmp_path: Path, objects: dict[str, str]) -> None:
    """It passes: failed, exit 1, with a sentence for each file, and no story is made."""
    living.environment |= objects
    sound = write_wav(tmp_path / "a.wav", a_tone(1))
    done = living.run("ingest", str(sound), str(sound), "--json", expect=1)
    rows = json.loads(done.stdout)
    assert [(row["state"], row["story_id"]) for row in rows] == [("failed", None)] * 2
    assert all(len(row["warnings"]) == 1 and "None" not in row["warnings"][0] for row in rows)
    assert "Traceback" not in done.stderr
    assert stories(living) == 0


@pytest.mark.parametrize(("option", "slug"), [("--story", "not-found"), ("--collection", "bad-input")])
def test_a_place_that_is_not_there_refuses_no_file(
    living: LivingArchive, tmp_path: Path, option: str, slug: str
) -> None:
    """It is said once, before the first file, with exit 1."""
    sound = write_wav(tmp_path / "a.wav", a_tone(1))
    done = living.run("ingest", str(sound), str(sound), option, "nonsense", "--json", expect=1)
    error = json.loads(done.stdout)["error"]
    assert error["slug"] == slug
    assert "nonsense. Nothing was taken in." in error["detail"]
    assert "Taking in" not in done.stderr
    assert stories(living) == 0


def test_a_file_that_is_no_recording_is_refused(living: LivingArchive, tmp_path: Path) -> None:
    """Another try would not take it either: exit 3."""
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7\n")
    (row,) = living.json("ingest", str(letter), expect=3)
    assert (row["state"], row["story_id"]) == ("refused", None)
