"""What an uploader does: begin, ask for addresses, say that all is sent, call it off."""

from __future__ import annotations

import hashlib
import mimetypes
from typing import TYPE_CHECKING, BinaryIO

from app.access.commands import audit, require
from app.kernel.db import alone, let_go, unit
from app.kernel.errors import BadInputError, KeyReusedError, SignInNeededError
from app.kernel.events import announce
from app.kernel.time import iso, now
from app.ports.object_store import ObjectMissingError, StoreFullError
from app.recordings import queries
from app.recordings.domain import uploads as rules
from app.recordings.domain.refusals import (
    AlreadyCompleteError,
    EmptyFileError,
    NoRoomError,
    NotARecordingError,
    PartsBadError,
    PartsMissingError,
    QuotaUsedUpError,
    TooLargeError,
    UploadClosedError,
)
from app.recordings.events import UploadClosed, UploadCompleting
from app.recordings.models import Upload
from app.recordings.schemas import PartSent, PartWanted, UploadCreate
from app.stories.commands import create_story
from app.stories.queries import story as story_of
from app.stories.schemas import StoryCreate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.ports import Ports
    from app.ports.object_store import PartAddress
    from app.stories.models import Story

STEWARDS = ("archivist", "admin")


def begin_upload(  # noqa: PLR0913  the store, and what is known of a file
    session: Session,
    ports: Ports,
    actor: Actor,
    wanted: UploadCreate,
    idempotency_key: str | None = None,
    *,
    into: Callable[[Session], Story] | None = None,
) -> Upload:
    """Begin an upload, or give back the one begun with the same key. What the unit did before is committed.

    ``into`` makes or finds the story that the file goes to; otherwise it is ``wanted``'s, or a draft of its own.
    Raises ``EmptyFileError``, ``TooLargeError``, ``NotARecordingError``, ``QuotaUsedUpError``, ``NoRoomError``,
    ``KeyReusedError``, and what ``require`` raises.
    """
    if actor.role == "stranger":
        raise SignInNeededError
    known = _known_in_store(session, ports, actor, wanted, idempotency_key)
    if known is not None:
        return known
    _check_file(ports, actor, wanted)
    _check_quota(session, ports, actor, wanted)
    if into is None:
        _check_story(session, actor, wanted)
    part_size = rules.part_size(wanted.size_bytes)
    let_go(session)
    try:
        ref = ports.objects.start(wanted.size_bytes, part_size, wanted.content_type)
    except StoreFullError as error:
        raise NoRoomError from error
    try:
        known = _known(session, actor, wanted, idempotency_key)
        if known is not None:  # another request with this key was quicker
            let_go(session)
            ports.objects.abort(ref)
            return known
        _check_quota(session, ports, actor, wanted)
        if into is None:
            story = _check_story(session, actor, wanted) or create_story(session, actor, StoryCreate())
        else:
            story = into(session)
            require(actor, "upload", story)
        owner = queries.owner_of(actor)
        upload = Upload(
            story_id=story.id,
            owner=owner,
            filename=rules.kept_name(wanted.filename),
            content_type=wanted.content_type,
            size_bytes=wanted.size_bytes,
            last_modified=_moment(wanted.last_modified),
            first_part_sha256=wanted.first_part_sha256,
            part_size_bytes=part_size,
            part_count=rules.part_count(wanted.size_bytes, part_size),
            ref=ref,
            idempotency_key=idempotency_key,
        )
        session.add(upload)
        session.flush()
    except BaseException:
        session.rollback()
        ports.objects.abort(ref)
        raise
    audit(session, actor, "recordings.begin_upload", upload.id, story_id=story.id, size_bytes=wanted.size_bytes)
    return upload


def _check_story(session: Session, actor: Actor, wanted: UploadCreate) -> Story | None:
    """The story that was named, None for a draft yet to be made; raises what ``require`` raises."""
    if wanted.story_id is None:
        require(actor, "contribute")
        return None
    story = story_of(session, actor, wanted.story_id)
    require(actor, "upload", story)
    return story


def _known_in_store(
    session: Session, ports: Ports, actor: Actor, wanted: UploadCreate, key: str | None
) -> Upload | None:
    """The same as ``_known``; one that the store has lost is failed, and its key free again."""
    if key is None:
        return None
    known = queries.upload_by_key(session, queries.owner_of(actor), key)
    lost = None
    if known is not None and known.state in rules.SENDING:
        let_go(session)
        lost = None if queries.is_in_store(ports.objects, known) else known.ref
    return _known(session, actor, wanted, key, lost)


def _known(
    session: Session, actor: Actor, wanted: UploadCreate, key: str | None, lost: str | None = None
) -> Upload | None:
    """The upload that this key already began; a key whose upload was closed is free again.

    No other request with this key goes on until the unit's next commit. ``lost``: what the store knows no more.
    """
    if key is None:
        return None
    owner = queries.owner_of(actor)
    alone(session, f"uploads:{owner}:{key}")
    known = queries.upload_by_key(session, owner, key, lock=True)
    if known is None:
        return None
    if known.state in rules.SENDING and known.ref == lost:
        known.state, known.reason, known.retryable = "failed", rules.LOST, False
    if known.state in rules.CLOSED or (known.state == "failed" and not known.retryable):
        known.idempotency_key = None
        session.flush()
        return None
    if known.size_bytes != wanted.size_bytes or wanted.story_id not in (None, known.story_id):
        raise KeyReusedError
    return known


def _check_file(ports: Ports, actor: Actor, wanted: UploadCreate) -> None:
    """Raise the refusal of a file that cannot be taken in at all: empty, too large, no recording by its own word."""
    if wanted.size_bytes == 0:
        raise EmptyFileError
    limits = ports.settings.limits
    most = limits.archivist_bytes if actor.role in STEWARDS else limits.contributor_bytes
    if wanted.size_bytes > most:
        message = (
            f"This file has {rules.shown_size(wanted.size_bytes)}; your account may send "
            f"{rules.shown_size(most)} at most. Nothing was sent. "
        )
        if most < limits.archivist_bytes:
            message += "An archivist can take it in."
        else:
            message += "Cut it into parts, or ask whoever runs the archive to raise the limit."
        raise TooLargeError(message, limit_bytes=most)
    if rules.is_plainly_no_recording(wanted.content_type):
        raise NotARecordingError


def _check_quota(session: Session, ports: Ports, actor: Actor, wanted: UploadCreate) -> None:
    """Raise ``QuotaUsedUpError`` where all files of a contributor together would be more than one may send."""
    if actor.role in STEWARDS:
        return
    owner = queries.owner_of(actor)
    alone(session, f"uploads:{owner}")  # two files begun at once do not both get the last room
    most = ports.settings.limits.account_bytes
    sent = queries.bytes_sent(session, owner)
    if sent + wanted.size_bytes > most:
        message = (
            f"Your account may send {rules.shown_size(most)} in all and has sent or begun {rules.shown_size(sent)}; "
            f"this file has {rules.shown_size(wanted.size_bytes)}. Nothing of it was sent, and what you sent before "
            "is kept. Ask an archivist to take it in."
        )
        raise QuotaUsedUpError(message, limit_bytes=most, sent_bytes=sent)


def _moment(value: dt.datetime | int | None) -> str | None:
    if value is None or isinstance(value, int):
        return None if value is None else str(value)
    return iso(value)


def give_addresses(
    session: Session, ports: Ports, actor: Actor, upload_id: str, wanted: Sequence[PartWanted]
) -> tuple[list[PartAddress], list[int]]:
    """Fresh addresses for these parts, and the numbers of the parts that need not be sent.

    A part that is there with another digest than the wanted one must be sent again. Raises
    ``NotFoundError``, ``UploadClosedError``, ``AlreadyCompleteError``, ``BadInputError``.
    """
    upload = queries.own_upload(session, actor, upload_id)
    _check_open(upload)
    for part in wanted:
        if part.number > upload.part_count:
            message = f"This file has {upload.part_count} parts; there is no part {part.number}."
            raise BadInputError(message)
    let_go(session)
    addresses = []
    try:
        held = {part.number: part.sha256 for part in ports.objects.parts(upload.ref)}
        for part in wanted:
            size = rules.size_of_part(part.number, upload.size_bytes, upload.part_size_bytes)
            addresses.append(ports.objects.part_url(upload.ref, part.number, size, part.sha256, rules.ADDRESS_GOOD_S))
    except ObjectMissingError as error:
        raise UploadClosedError from error
    asked = {part.number: part.sha256 for part in wanted}
    upload = queries.own_upload(session, actor, upload_id, lock=True)
    _check_open(upload)
    upload.last_part_at = now()
    if upload.state != "uploading":
        upload.state = "uploading"
        _forget_failure(upload)
    return addresses, [n for n in sorted(held) if held[n] == asked.get(n, held[n])]


def _forget_failure(upload: Upload) -> None:
    upload.reason, upload.failed_reason, upload.retry_at = None, None, None
    upload.attempts, upload.crashes, upload.completed_at = 0, 0, None


def _check_open(upload: Upload) -> None:
    if upload.state in rules.CLOSED or (upload.state == "failed" and not upload.retryable):
        raise UploadClosedError
    if upload.state in ("completing", "stored"):
        raise AlreadyCompleteError


def complete_upload(session: Session, ports: Ports, actor: Actor, upload_id: str, sent: Sequence[PartSent]) -> Upload:
    """Say that all is sent; the accepting follows by job. Again = the same.

    Raises ``PartsMissingError`` with ``missing``, ``PartsBadError`` with ``bad``,
    ``UploadClosedError``, ``NotFoundError``.
    """
    upload = queries.own_upload(session, actor, upload_id)
    if upload.state in ("completing", "stored"):
        return upload
    _check_open(upload)
    let_go(session)
    held = {part.number: part.sha256 for part in queries.held_parts(ports.objects, upload)}
    named = {part.number: part.sha256 for part in sent}
    missing = rules.missing_parts(upload.part_count, held, named)
    if missing:
        raise PartsMissingError(missing=missing)
    bad = rules.bad_parts(upload.part_count, held, named)
    if bad:
        raise PartsBadError(bad=bad)
    upload = queries.own_upload(session, actor, upload_id, lock=True)
    if upload.state in ("completing", "stored"):  # another request said so meanwhile
        return upload
    _check_open(upload)
    _forget_failure(upload)
    upload.parts = [part.model_dump() for part in sorted(sent, key=lambda part: part.number)]
    upload.state = "completing"
    upload.completed_at = upload.last_part_at = now()
    session.flush()
    announce(session, UploadCompleting(upload.id))
    return upload


def cancel_upload(session: Session, actor: Actor, upload_id: str) -> None:
    """Call it off; again = nothing. Raises ``AlreadyCompleteError`` once all was sent."""
    upload = queries.own_upload(session, actor, upload_id, lock=True)
    if upload.state in rules.CLOSED:
        return
    if upload.state in ("completing", "stored"):
        raise AlreadyCompleteError
    upload.state = "cancelled"
    session.flush()
    audit(session, actor, "recordings.cancel_upload", upload.id)
    announce(session, UploadClosed(upload.id))


def begin_file(
    session: Session, ports: Ports, actor: Actor, path: Path, into: Callable[[Session], Story] | None = None
) -> Upload:
    """Begin the upload of a file of this machine, as ``begin_upload`` does; raises what it raises."""
    facts = path.stat()
    wanted = UploadCreate(
        filename=rules.kept_name(path.name),
        size_bytes=facts.st_size,
        content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        last_modified=int(facts.st_mtime * 1000),
    )
    return begin_upload(session, ports, actor, wanted, into=into)


def send_file(ports: Ports, actor: Actor, upload: Upload, path: Path) -> None:
    """Send a file of this machine to the upload begun for it, by the same store and acceptance.

    On return everything is sent and ``recordings.accept`` is owed. Raises ``NoRoomError``, ``OSError``,
    and ``BadInputError`` when the file shrinks meanwhile; then the upload is called off.
    """
    try:
        with path.open("rb") as file:
            sent = [_send_part(ports, upload, number, file) for number in range(1, upload.part_count + 1)]
        with unit(ports.sessions) as session:
            complete_upload(session, ports, actor, upload.id, sent)
    except BaseException as error:
        with unit(ports.sessions) as session:
            cancel_upload(session, actor, upload.id)
        if isinstance(error, StoreFullError):
            raise NoRoomError from error
        raise


def _send_part(ports: Ports, upload: Upload, number: int, file: BinaryIO) -> PartSent:
    size = rules.size_of_part(number, upload.size_bytes, upload.part_size_bytes)
    data = file.read(size)
    if len(data) != size:
        message = f"{upload.filename} became shorter while it was read, so it was not taken in."
        raise BadInputError(message)
    sha256 = hashlib.sha256(data).hexdigest()
    part = ports.objects.send_part(upload.ref, number, data, sha256)
    return PartSent(number=number, etag=part.etag, sha256=sha256)
