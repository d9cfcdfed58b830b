"""Taking files of this machine in, waiting for them, publishing them: shared by ``ingest`` and the samples."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from app.access.commands import record_consent
from app.admin.queries import living_workers
from app.kernel.db import unit
from app.kernel.errors import ArchiveError, BadInputError
from app.kernel.settings import MIB
from app.kernel.text import shown_file_name
from app.kernel.time import now
from app.people.schemas import PersonNameWrite, PersonWrite
from app.recordings.commands import begin_file, send_file
from app.recordings.domain.refusals import NotARecordingError, TooLargeError
from app.recordings.queries import recording_for_work, upload_for_work, uploads_of_story
from app.search.queries import indexing_for_work
from app.stories.commands import change_story, create_story, publish_story
from app.stories.queries import story, story_for_work
from app.stories.schemas import StoryCreate, StoryUpdate
from app.transcripts.queries import count_of_cues, readable_version
from workers.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.ports import Ports
    from app.stories.models import Story

ASK_S = 0.5
ENDED = ("ready", "failed", "rejected")
BY_HAND_QUEUES = ("media", "index", "transcribe")
LARGEST_EVIDENCE_BYTES = 10 * MIB
REFUSALS = (BadInputError, TooLargeError, NotARecordingError)
"""What is wrong with the file itself."""
OPERATOR_SCOPE = ("listen", "read", "publish_online")


@dataclass
class Ingested:
    """One file as the command line tells of it."""

    file: str
    story_id: str | None = None
    upload_id: str | None = None
    recording_id: str | None = None
    state: str = "refused"
    seconds: float = 0.0
    cues: int = 0
    warnings: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Warnings of the taking in; ``warnings`` are these and what the database says now."""

    def as_json(self) -> dict[str, Any]:
        """The object of SHAPES."""
        return {
            "file": self.file,
            "story_id": self.story_id,
            "recording_id": self.recording_id,
            "state": self.state,
            "seconds": self.seconds,
            "cues": self.cues,
            "warnings": self.warnings,
        }


def take_in(  # noqa: PLR0913  what may be said of a file
    ports: Ports,
    actor: Actor,
    path: Path,
    *,
    story_id: str | None,
    wanted: StoryCreate,
    public: bool,
    consent: dict[str, Any],
) -> Ingested:
    """Take one file in; that it is refused, or failed, is a state with its sentence among the warnings.

    Refused is what another try would not take either; what passes, such as a full disk, has failed. Neither leaves a
    story behind where nothing was sent.
    """
    row = Ingested(file=str(path), story_id=story_id)
    wrong = _unfit(path)
    if wrong is not None:
        row.warnings.append(wrong)
        return row
    row.state = "failed"
    try:
        with unit(ports.sessions) as session:
            # Its story is made with it: a file that is refused outright leaves none behind.
            upload = begin_file(
                session, ports, actor, path, lambda s: _asked_story(s, actor, story_id, wanted, row.said)
            )
            row.story_id = upload.story_id
        send_file(ports, actor, upload, path)
        row.upload_id = upload.id
        row.state = "completing"
        if public:
            with unit(ports.sessions) as session:
                record_consent(session, actor, upload.story_id, **consent)
                publish_story(session, actor, upload.story_id, "public")
    except REFUSALS as error:
        if row.upload_id is None:
            row.state = "refused"
        row.said.append(error.detail)
    except ArchiveError as error:
        row.said.append(error.detail)
    except OSError as error:
        of_file = error.filename == str(path)
        if of_file:
            row.state = "refused"
        said = error.strerror or error
        row.said.append(f"{path}: {said if of_file else f'it could not be kept: {said}'}. Nothing was taken in.")
    except DBAPIError as error:
        row.said.append(database_rests(error))
    row.warnings = list(row.said)
    return row


def database_rests(error: DBAPIError) -> str:
    """That the database cannot be used, in the driver's words: its first line names the server and no password."""
    return f"The database cannot be used now. It says: {' '.join(str(error.orig or error).splitlines()[0].split())}"


def _asked_story(session: Session, actor: Actor, story_id: str | None, wanted: StoryCreate, said: list[str]) -> Story:
    """The story that the file goes to: a new one, or the named one with the said languages added to its own."""
    if story_id is None:
        return create_story(session, actor, wanted)
    there = story(session, actor, story_id)
    if wanted.title or wanted.narrators or wanted.collection_id:
        said.append("The story keeps its own title, narrators and collection; what was said of them was not used.")
    new = [tag for tag in wanted.languages if tag not in there.languages]
    if new:
        languages = [*there.languages, *new]
        there = change_story(session, actor, there.id, StoryUpdate(version=there.version, languages=languages))
    return there


def _unfit(path: Path) -> str | None:
    """Why a file cannot even be begun, None when it can."""
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"{path}: {error.strerror}. Nothing was taken in."
    if not path.is_file():
        return f"{path.name} is not a file. Nothing was taken in."
    if size == 0:
        return f"{path.name} is empty (0 bytes), so there is nothing to keep."
    return None


def story_fields(
    title: str | None, languages: Sequence[str], narrators: Sequence[str], collection_id: str | None
) -> StoryCreate:
    """What the command line's options say of a story."""
    return StoryCreate(
        title=title or "",
        languages=list(languages),
        narrators=[PersonWrite(names=[PersonNameWrite(text=name)]) for name in narrators],
        collection_id=collection_id,
    )


def operator_consent(unix_name: str, evidence_file: Path | None) -> dict[str, Any]:
    """The consent record of ``--public``: the operator's own statement, with its evidence."""
    sentence = (
        f"The operator of this archive (Unix user {unix_name}) states that the narrator agreed: "
        "everyone may listen to this story and read it, and it may be published online."
    )
    return {
        "kind": "operator_statement",
        "scope": OPERATOR_SCOPE,
        "audience": "public",
        "statement": sentence,
        "given_by": unix_name,
        "evidence": None if evidence_file is None else _evidence(evidence_file),
    }


def _evidence(path: Path) -> dict[str, Any]:
    """The whole file: its text where it is one, else (a scan, a photograph, a PDF) its bytes."""
    if path.stat().st_size > LARGEST_EVIDENCE_BYTES:
        raise BadInputError(
            f"The consent file {path.name} is larger than {LARGEST_EVIDENCE_BYTES // MIB} MiB. Nothing was taken in; "
            "name a smaller scan, or a file with its text."
        )
    data = path.read_bytes()
    kept = {"file_name": shown_file_name(path.name), "sha256": hashlib.sha256(data).hexdigest()}
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    return kept | ({"base64": base64.b64encode(data).decode("ascii")} if "\0" in text else {"text": text})


def look(ports: Ports, row: Ingested) -> Ingested:
    """Bring the row to what the database says now."""
    if row.upload_id is None:
        return row
    with unit(ports.sessions, write=False) as session:
        upload = upload_for_work(session, row.upload_id)
        if upload is None:
            return row
        if upload.state != "stored":
            row.state = upload.state
            # From here on it has its id, by which its progress can be asked for once it was read back.
            row.recording_id = upload.recording_id if upload.state == "completing" else None
            row.warnings = [*row.said, *([upload.reason] if upload.reason else [])]
            return row
        row.recording_id = upload.recording_id
        recording = recording_for_work(session, upload.recording_id)
        if recording is None:
            return row
        row.state = recording.state
        row.seconds = round(recording.duration_ms / 1000, 3)
        row.warnings = [*row.said, *(w["sentence"] for w in recording.warnings)]
        if recording.reason and recording.reason not in row.warnings:
            row.warnings.append(recording.reason)
        version = readable_version(session, recording.id, editor=True)
        row.cues = count_of_cues(session, version.id) if version else 0
        if version is not None:
            row.warnings += [w["sentence"] for w in version.warnings]
    return row


def is_over(ports: Ports, row: Ingested) -> bool:
    """Whether nothing more will happen to the file by itself: ended, and found by search."""
    if row.upload_id is None or row.state in ("failed", "abandoned", "cancelled"):
        return True
    if row.recording_id is None or row.state not in ENDED:
        return False
    with unit(ports.sessions, write=False) as session:
        found = story_for_work(session, row.story_id or "")
        indexed = indexing_for_work(session, row.story_id or "")
        if found is None or (indexed is not None and indexed.failed_reason):
            return True
        return found.indexed_revision >= found.revision


def wait_for(
    ports: Ports, rows: Sequence[Ingested], tell: Callable[[Ingested, dict[str, Any]], None], batches: int = 1
) -> None:
    """Wait until every file is over; does the work itself while no living worker is there, ``batches`` at once.

    ``tell`` gets each row with the body of its progress, about twice a second.
    """
    engine: Engine | None = None
    asked = 0.0
    try:
        while True:
            for row in rows:
                look(ports, row)
                tell(row, progress(ports, row))
            if all(is_over(ports, row) for row in rows):
                return
            if engine is None and time.monotonic() - asked >= 1:
                asked = time.monotonic()
                with unit(ports.sessions, write=False) as session:
                    alone = not living_workers(session, now())
                if alone:
                    engine = Engine(ports, BY_HAND_QUEUES, batches=batches)
                    engine.start()
            time.sleep(ASK_S)
    finally:
        if engine is not None:
            engine.stop(1.0)


def progress(ports: Ports, row: Ingested) -> dict[str, Any]:
    """What is being done with the file now; empty before it is stored."""
    if row.recording_id is None:
        return {}
    with unit(ports.sessions, write=False) as session:
        recording = recording_for_work(session, row.recording_id)
        if recording is None:
            return {}
        return {
            "step": recording.step,
            "done_ms": recording.done_ms,
            "total_ms": recording.total_ms,
            "seconds_left": recording.seconds_left,
        }


def latest_upload_of(session: Session, story_id: str) -> str | None:
    """The newest upload of the story that was not called off, None when there is none."""
    return next((u.id for u in reversed(uploads_of_story(session, story_id)) if u.state != "cancelled"), None)
