"""The shelf of made media files, once a run."""

from __future__ import annotations

import pytest

from tests.rooms.recordings.media_files import MediaShelf


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> MediaShelf:
    """Made media files; the tests that use it need the ffmpeg program."""
    made = MediaShelf(tmp_path_factory.mktemp("media"))
    made.begin()
    return made
