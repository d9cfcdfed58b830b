"""``storybraid copy`` looks at the recordings of the rows that it copied: whole, missing, damaged, or not now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.recordings.models import MediaFile
from tests.factories.archive import an_archive
from tests.factories.bucket import the_server
from tests.factories.living import LivingArchive
from tests.rooms.recordings.sending import a_tone, send_file

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

EMBEDDED: dict[str, Any] = {"database": {"kind": "sqlite"}, "objects": {"kind": "local"}}
LOCAL = {"STORYBRAID_DATABASE__KIND": "sqlite", "STORYBRAID_OBJECTS__KIND": "local"}


@pytest.fixture
def living(tmp_path: Path) -> LivingArchive:
    """An embedded archive with two recordings, all derived."""
    living = LivingArchive(tmp_path, dict(LOCAL))
    with an_archive(living.data, **EMBEDDED) as archive:
        for seconds in (2.0, 3.0):
            send_file(archive.client("volunteer"), a_tone(seconds))
        archive.work()
    return living


def files_of(living: LivingArchive) -> list[MediaFile]:
    """Every media file that the rows name."""
    with an_archive(living.data, **EMBEDDED) as archive:

        def look(session: Session) -> list[MediaFile]:
            return session.query(MediaFile).all()

        return archive.in_unit(look)


def moving(living: LivingArchive, name: str = "new") -> list[str]:
    """What moves the rows into a new database."""
    return ["copy", "--from", f"sqlite:{living.data / 'storybraid.sqlite'}", "--to", f"sqlite:{living.folder / name}"]


def test_every_object_of_the_copied_rows_is_compared(living: LivingArchive) -> None:
    """All are whole: it says so of each and of all, and what to do next."""
    files = files_of(living)
    told = living.json(*moving(living))
    assert (told["safe"], told["all"]) == (len(files), len(files))
    assert {(row["key"], row["outcome"]) for row in told["objects"]} == {(file.key, "there") for file in files}
    said = living.run(*moving(living, "again")).stderr
    assert f"{len(files)} of {len(files)} objects are in {living.data / 'objects'}, each read and compared." in said
    assert "Point STORYBRAID_DATABASE__KIND" in said


def test_what_is_missing_or_damaged_is_named(living: LivingArchive) -> None:
    """The rows are there, the exit code is that of ``objects verify``, and it says what to do about each."""
    damaged, missing = [file for file in files_of(living) if file.use == "preservation_master"]
    folder = living.data / "objects"
    (folder / damaged.key).chmod(0o600)
    data = bytearray((folder / damaged.key).read_bytes())
    data[500] ^= 1
    (folder / damaged.key).write_bytes(data)
    (folder / missing.key).unlink()
    told = living.json(*moving(living), expect=1)
    outcomes = {row["key"]: row["outcome"] for row in told["objects"]}
    assert (outcomes.pop(damaged.key), outcomes.pop(missing.key)) == ("damaged", "missing")
    assert set(outcomes.values()) == {"there"}
    assert sum(table["rows"] for table in told["tables"]) > 0
    said = living.run(*moving(living, "again"), expect=1).stderr
    assert f"missing {missing.size_bytes:>14}  {missing.key}" in said
    assert "storybraid objects copy --from FOLDER" in said
    assert "storybraid objects verify" in said
    assert "damaged" in said.splitlines()[-1]


def test_a_store_that_is_filled_afterwards(living: LivingArchive) -> None:
    """Rows go first into a set with an empty bucket; the sentence names what fills it, an option skips the look."""
    wanted = the_server().settings("sb-copy-later")
    living.environment |= {f"STORYBRAID_OBJECTS__{key.upper()}": str(value) for key, value in wanted.items()}
    living.run("objects", "setup")
    files = files_of(living)
    done = living.run(*moving(living), expect=1)
    lasting = [file for file in files if not file.use.endswith("working_sound")]
    assert f"{len(lasting)} are missing" in done.stderr
    assert "storybraid objects copy --from FOLDER" in done.stderr
    assert living.json(*moving(living, "rows alone"), "--without-objects").keys() == {"tables"}
    living.run("objects", "copy", "--from", str(living.data / "objects"))
    told = living.json(*moving(living, "whole"))
    assert told["safe"] == told["all"] == len(files)


def test_a_store_that_rests_takes_no_row_back(living: LivingArchive) -> None:
    """The rows have arrived and are told of; that nobody looked at the recordings is the error, with what to do."""
    away = {"KIND": "s3", "BUCKET": "sb-away", "ENDPOINT": "http://127.0.0.1:1", "ACCESS_KEY": "a", "SECRET_KEY": "b"}
    living.environment |= {f"STORYBRAID_OBJECTS__{name}": value for name, value in away.items()}
    told = living.json(*moving(living), expect=1)
    assert told["tables"]
    assert told["error"]["slug"] == "unavailable"
    assert "Every row arrived" in told["error"]["detail"]
    assert "storybraid objects verify" in told["error"]["detail"]


def test_nothing_is_made_where_the_settings_know_no_archive(living: LivingArchive, tmp_path: Path) -> None:
    """Run elsewhere, without its data folder: all are missing there, and no secret comes into being."""
    other = LivingArchive(tmp_path / "other", dict(LOCAL))
    done = other.run(*moving(living), expect=1)
    assert f"objects are in {other.data / 'objects'}" in done.stderr
    assert not other.data.exists()
