"""Uploading a file of this machine goes the same way."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.kernel.db import unit
from app.recordings import commands, jobs
from app.recordings.domain.refusals import EmptyFileError, NotARecordingError
from tests.rooms.recordings.sending import PART, noise, sha256, upload_row

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive


def test_the_command_line_goes_the_same_way(archive: TestArchive, tmp_path: Path) -> None:
    """A file of this machine is sent in parts to the same store and accepted by the same job."""
    data, path = noise(PART + 3), tmp_path / unicodedata.normalize("NFD", "bà.wav")
    path.write_bytes(data)
    operator = archive.actor("admin").as_operator("lin")
    with unit(archive.ports.sessions) as session:
        upload = commands.begin_file(session, archive.ports, operator, path)
    commands.send_file(archive.ports, operator, upload, path)
    upload_id = upload.id
    assert upload_row(archive, upload_id).state == "completing"
    jobs.accept(archive.ports, upload_id)
    row = upload_row(archive, upload_id)
    assert (row.state, row.owner, row.filename) == ("stored", "operator", path.name)
    with archive.ports.objects.open(f"masters/{row.recording_id}/{sha256(data)}") as file:
        assert file.read() == data


def test_the_command_line_refuses_alike(archive: TestArchive, tmp_path: Path) -> None:
    """An empty file and a picture are refused before anything is made."""
    operator = archive.actor("admin").as_operator("lin")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "a.svg").write_text("<svg/>")
    with pytest.raises(EmptyFileError), unit(archive.ports.sessions) as session:
        commands.begin_file(session, archive.ports, operator, tmp_path / "empty.wav")
    with pytest.raises(NotARecordingError), unit(archive.ports.sessions) as session:
        commands.begin_file(session, archive.ports, operator, tmp_path / "a.svg")
