"""Reading uploads and recordings."""

from __future__ import annotations

from app.recordings.queries.custody import FOR_A_WHILE, every_file, held_uploads, lasting_files
from app.recordings.queries.owed import OWED
from app.recordings.queries.recordings import (
    file_of_reader,
    files_of_use,
    master_of,
    media_file,
    next_number,
    progress_of,
    recording_for_work,
    recording_of_reader,
    recordings_of_story,
    step_of,
    working_sounds,
)
from app.recordings.queries.uploads import (
    bytes_sent,
    followed,
    held_parts,
    is_in_store,
    own_upload,
    owner_of,
    upload_by_key,
    upload_for_work,
    upload_read,
    uploads_of,
    uploads_of_story,
)

__all__ = [
    "FOR_A_WHILE",
    "OWED",
    "bytes_sent",
    "every_file",
    "file_of_reader",
    "files_of_use",
    "followed",
    "held_parts",
    "held_uploads",
    "is_in_store",
    "lasting_files",
    "master_of",
    "media_file",
    "next_number",
    "own_upload",
    "owner_of",
    "progress_of",
    "recording_for_work",
    "recording_of_reader",
    "recordings_of_story",
    "step_of",
    "upload_by_key",
    "upload_for_work",
    "upload_read",
    "uploads_of",
    "uploads_of_story",
    "working_sounds",
]
