"""Uploads as their owner sees them: nobody else knows that they exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, or_, select

from app.kernel.errors import NotFoundError
from app.kernel.ids import is_id
from app.ports.object_store import ObjectMissingError
from app.recordings.domain.uploads import CLOSED, SENDING
from app.recordings.models import Recording, Upload
from app.recordings.queries.recordings import progress_read
from app.recordings.schemas import UploadRead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.ports.object_store import ObjectStore, Part

MOST_LISTED = 200
_FOR_ITS_OWNER = (*SENDING, "completing", "failed")


def owner_of(actor: Actor) -> str:
    """How an upload names its owner; the operators of this machine are one."""
    return "operator" if actor.operator is not None else f"account:{actor.account_id}"


def own_upload(session: Session, actor: Actor, upload_id: str, *, lock: bool = False) -> Upload:
    """The actor's own upload, for writing with ``lock``; anybody else's is ``NotFoundError``."""
    found = None
    if is_id(upload_id) and actor.role != "stranger":
        wanted = select(Upload).where(Upload.id == upload_id, Upload.owner == owner_of(actor))
        if lock:
            wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
        found = session.scalar(wanted)
    if found is None:
        raise NotFoundError
    return found


def upload_by_key(session: Session, owner: str, key: str, *, lock: bool = False) -> Upload | None:
    """The owner's upload that was begun with this Idempotency-Key, for writing with ``lock``."""
    wanted = select(Upload).where(Upload.owner == owner, Upload.idempotency_key == key)
    if lock:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalar(wanted)


def upload_for_work(session: Session, upload_id: str) -> Upload | None:
    """An upload as jobs see it."""
    return session.get(Upload, upload_id, populate_existing=True)


def bytes_sent(session: Session, owner: str) -> int:
    """Bytes of all files that the owner sent or has begun to send; what was called off or given up counts nothing."""
    given_up = or_(Upload.state.in_(CLOSED), and_(Upload.state == "failed", ~Upload.retryable))
    total = select(func.coalesce(func.sum(Upload.size_bytes), 0)).where(Upload.owner == owner, ~given_up)
    return int(session.scalar(total) or 0)


def uploads_of(session: Session, actor: Actor, *, only_open: bool) -> Sequence[Upload]:
    """The actor's uploads, newest first; ``only_open``: those that still want something."""
    wanted = select(Upload).where(Upload.owner == owner_of(actor))
    if only_open:
        wanted = wanted.where(Upload.state.in_(_FOR_ITS_OWNER))
    return session.scalars(wanted.order_by(Upload.id.desc()).limit(MOST_LISTED)).all()


def uploads_of_story(session: Session, story_id: str) -> Sequence[Upload]:
    """Every upload for the story, oldest first, for the archive itself."""
    return session.scalars(select(Upload).where(Upload.story_id == story_id).order_by(Upload.id)).all()


def held_parts(objects: ObjectStore, upload: Upload) -> Sequence[Part]:
    """The parts that the store holds; none where it knows the upload no more."""
    if not upload.is_held:
        return ()
    try:
        return objects.parts(upload.ref)
    except ObjectMissingError:
        return ()


def is_in_store(objects: ObjectStore, upload: Upload) -> bool:
    """Whether the store still knows an upload that takes parts; not so after a backup was restored."""
    try:
        objects.parts(upload.ref)
    except ObjectMissingError:
        return False
    return True


class Followed(NamedTuple):
    """An upload and, from ``stored`` on, its recording: all that the rows say of it."""

    upload: Upload
    recording: Recording | None

    @property
    def state(self) -> str:
        """How far it is, as its owner is told."""
        return self.recording.state if self.recording else self.upload.state


def followed(session: Session, upload: Upload) -> Followed:
    """An upload with what became of it."""
    return Followed(upload, session.get(Recording, upload.recording_id) if upload.state == "stored" else None)


def upload_read(objects: ObjectStore, known: Followed) -> UploadRead:
    """An upload on the wire; the store is asked, so that its rows' session should be closed."""
    upload, recording = known
    parts = () if upload.state in (*CLOSED, "stored") else held_parts(objects, upload)
    received = [part.number for part in parts]
    bytes_received = sum(part.size_bytes for part in parts)
    if upload.state == "stored":
        received, bytes_received = list(range(1, upload.part_count + 1)), upload.size_bytes
    return UploadRead(
        id=upload.id,
        story_id=upload.story_id,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        part_size_bytes=upload.part_size_bytes,
        part_count=upload.part_count,
        state=known.state,
        received=received,
        bytes_received=bytes_received,
        reason=recording.reason if recording else upload.reason,
        retryable=upload.retryable and upload.state == "failed",
        recording_id=upload.recording_id if upload.state in ("completing", "stored") else None,
        processing=progress_read(recording) if recording else None,
    )
