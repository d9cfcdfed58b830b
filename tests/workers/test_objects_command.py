"""``storybraid objects``: a bucket made ready, and an embedded archive's objects brought into it and compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.kernel.db import unit
from app.recordings.models import MediaFile
from tests.factories.archive import an_archive
from tests.factories.bucket import store_of, the_server
from tests.factories.living import LivingArchive
from tests.rooms.recordings.sending import a_tone, begin, complete, send_file, send_parts, sha256, split

if TYPE_CHECKING:
    from pathlib import Path

    from app.adapters.objects_s3 import S3ObjectStore

BUCKET = "sb-moving"
A_FOLDER = {"kind": "local"}
"""The store from which objects move."""


def on_the_bucket(tmp_path: Path, name: str) -> tuple[LivingArchive, S3ObjectStore]:
    """The archive in ``tmp_path``, with the settings of a bucket."""
    wanted = the_server().settings(name)
    environment = {f"STORYBRAID_OBJECTS__{key.upper()}": str(value) for key, value in wanted.items()}
    return LivingArchive(tmp_path, environment), store_of(wanted)


def files_of(folder: Path) -> list[MediaFile]:
    """Every media file that the database names."""
    with an_archive(folder, objects=A_FOLDER) as archive, unit(archive.ports.sessions, write=False) as session:
        return list(session.scalars(select(MediaFile)))


def an_embedded(folder: Path) -> list[MediaFile]:
    """An embedded archive with two recordings, all derived."""
    with an_archive(folder, objects=A_FOLDER) as archive:
        for seconds in (2.0, 3.0):
            send_file(archive.client("volunteer"), a_tone(seconds))
        archive.work()
    return files_of(folder)


def test_objects_move_and_are_compared(tmp_path: Path) -> None:
    """Every object arrives byte for byte; again sends nothing; the folder stays as it was."""
    files = an_embedded(tmp_path / "archive")
    folder = tmp_path / "archive" / "objects"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    living, store = on_the_bucket(tmp_path, f"{BUCKET}-all")
    assert "was made" in " ".join(living.json("objects", "setup")["done"])
    moved = living.json("objects", "copy", "--from", str(folder))
    assert (moved["safe"], moved["all"]) == (len(files), len(files))
    assert {row["outcome"] for row in moved["objects"]} == {"moved"}
    for file in files:
        with store.open(file.key) as stream:
            assert sha256(stream.read()) == file.sha256
    again = living.json("objects", "copy", "--from", str(folder))
    assert {row["outcome"] for row in again["objects"]} == {"there"}
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    parts = {part["part"]: part for part in living.json("doctor")["parts"]}
    assert "SeaweedFS" in parts["objects"]["product"]
    assert parts["objects"]["warning"] == ""


def test_what_is_damaged_or_missing_is_said(tmp_path: Path) -> None:
    """A master that is not what was stored, and one that is gone, are named; the rest arrives; exit 1."""
    files = an_embedded(tmp_path / "archive")
    damaged, missing = [file for file in files if file.use == "preservation_master"]
    folder = tmp_path / "archive" / "objects"
    (folder / damaged.key).chmod(0o600)
    data = bytearray((folder / damaged.key).read_bytes())
    data[500] ^= 1
    (folder / damaged.key).write_bytes(data)
    (folder / missing.key).unlink()
    living, store = on_the_bucket(tmp_path, f"{BUCKET}-bad")
    living.run("objects", "setup")
    moved = living.json("objects", "copy", "--from", str(folder), expect=1)
    outcomes = {row["key"]: row["outcome"] for row in moved["objects"]}
    assert (outcomes.pop(damaged.key), outcomes.pop(missing.key)) == ("damaged", "missing")
    assert set(outcomes.values()) == {"moved"}
    assert store.stat(damaged.key) is None


def test_nothing_moves_under_an_upload_that_waits(tmp_path: Path) -> None:
    """An upload that is sent and not accepted lies in the old store only, so the move is refused."""
    with an_archive(tmp_path / "archive", objects=A_FOLDER) as archive:
        client, data = archive.client("volunteer"), a_tone()
        plan = begin(client, data).json()
        complete(client, plan["id"], send_parts(client, plan["id"], dict(enumerate(split(data), 1))))
        (tmp_path / "archive" / "objects" / "masters").mkdir()
    living, _ = on_the_bucket(tmp_path, f"{BUCKET}-wait")
    living.run("objects", "setup")
    done = living.run("objects", "copy", "--from", str(tmp_path / "archive" / "objects"), "--json", expect=1)
    assert "1 uploads wait to be put together" in json.loads(done.stdout)["error"]["detail"]


def test_the_folder_itself_is_no_target(tmp_path: Path) -> None:
    """With the embedded store still in the settings nothing is done, and the sentence says what to set."""
    an_embedded(tmp_path / "archive")
    living = LivingArchive(tmp_path, {"STORYBRAID_OBJECTS__KIND": "local"})
    done = living.run("objects", "copy", "--from", str(tmp_path / "archive" / "objects"), expect=1)
    assert "STORYBRAID_OBJECTS__KIND=s3" in done.stderr


def test_doctor_fails_without_the_store(tmp_path: Path) -> None:
    """A store that does not answer, or a bucket that is not there, is exit 1 with the cause."""
    (tmp_path / "archive").mkdir()
    living, _ = on_the_bucket(tmp_path, f"{BUCKET}-none")
    living.run("migrate")
    parts = {part["part"]: part for part in living.json("doctor", expect=1)["parts"]}
    assert "make it by: storybraid objects setup" in parts["objects"]["warning"]
    living.environment["STORYBRAID_OBJECTS__ENDPOINT"] = "http://127.0.0.1:1"
    parts = {part["part"]: part for part in living.json("doctor", expect=1)["parts"]}
    assert "127.0.0.1:1" in parts["objects"]["warning"]
    assert "secret" not in json.dumps(parts)
