"""Writing uploads and recordings."""

from __future__ import annotations

from app.recordings.commands.acceptance import (
    abandon_upload,
    fail_upload,
    lose_upload,
    note_freed,
    refuse_parts,
    store_recording,
)
from app.recordings.commands.derivatives import (
    begin_step,
    forget_spent_sound,
    keep_access_copy,
    keep_derived,
    note_step_progress,
    reject_recording,
)
from app.recordings.commands.progress import (
    fail_recording,
    keep_older_words,
    lose_working_sound,
    note_progress,
    owe_working_sound,
    transcript_settled,
    words_wait,
)
from app.recordings.commands.uploads import (
    begin_file,
    begin_upload,
    cancel_upload,
    complete_upload,
    give_addresses,
    send_file,
)

__all__ = [
    "abandon_upload",
    "begin_file",
    "begin_step",
    "begin_upload",
    "cancel_upload",
    "complete_upload",
    "fail_recording",
    "fail_upload",
    "forget_spent_sound",
    "give_addresses",
    "keep_access_copy",
    "keep_derived",
    "keep_older_words",
    "lose_upload",
    "lose_working_sound",
    "note_freed",
    "note_progress",
    "note_step_progress",
    "owe_working_sound",
    "refuse_parts",
    "reject_recording",
    "send_file",
    "store_recording",
    "transcript_settled",
    "words_wait",
]
