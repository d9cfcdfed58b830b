"""Accepting an upload: join, read back, compare, settle, and only then say that it is safe."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_

from app.kernel.db import in_unit, raise_if_away, unit
from app.kernel.leases import Claim, LeaseLostError, claim, held, put_back, report_error
from app.kernel.logging import log
from app.ports.object_store import ObjectMissingError, Part, StoreFullError, StoreRestsError, WrongDigestError
from app.recordings import commands, queries
from app.recordings.domain.refusals import NoRoomError
from app.recordings.domain.uploads import LOST, size_of_part
from app.recordings.jobs.upkeep import free_upload
from app.recordings.models import Upload

if TYPE_CHECKING:
    from app.ports import Ports
    from app.ports.object_store import ObjectStore

logger = log("recordings")
CHUNK_BYTES: Final = 1024 * 1024
NO_ROOM_DELAY_S: Final = 60.0
_MAY_BE_ACCEPTED = or_(
    Upload.state == "completing",
    and_(Upload.state == "failed", Upload.completed_at.is_not(None), Upload.retryable),
)
_FAILED = (
    "The archive could not put this file together. All that was sent is kept: try again in a while, "
    "and tell whoever runs the archive if it stays so."
)


def accept(ports: Ports, upload_id: str) -> None:
    """Make a recording of a complete upload; quiet when another worker does or there is nothing to do."""
    with unit(ports.sessions) as session:
        taken = claim(session, Upload, upload_id, _MAY_BE_ACCEPTED)
        upload = queries.upload_for_work(session, upload_id) if taken else None
        if taken is None or upload is None:
            return
        upload.state = "completing"
    with held(taken):
        try:
            _accept(ports, taken, upload)
        except LeaseLostError:
            logger.warning("upload_lost", upload_id=upload_id)
        except StoreFullError:
            logger.warning("store_full", upload_id=upload_id)
            _report(ports, taken, NoRoomError.title, delay_s=NO_ROOM_DELAY_S)
        except StoreRestsError:
            logger.warning("store_rests", upload_id=upload_id)
            with unit(ports.sessions) as session:
                put_back(session, taken)
        except ObjectMissingError:
            logger.warning("upload_gone", upload_id=upload_id)
            with unit(ports.sessions) as session:
                commands.lose_upload(session, taken, LOST)
        except Exception as error:
            raise_if_away(error)  # no fault of this row, which is given back
            logger.exception("accept_failed", upload_id=upload_id)
            _report(ports, taken, _FAILED, delay_s=2.0)


def _report(ports: Ports, taken: Claim, reason: str, *, delay_s: float) -> None:
    with unit(ports.sessions) as session:
        if report_error(session, taken, reason, delay_s=delay_s):
            commands.fail_upload(session, taken.id, reason)


def _accept(ports: Ports, taken: Claim, upload: Upload) -> None:
    objects = ports.objects
    parts = _named_parts(upload)
    try:
        objects.finish(upload.ref, parts)
    except WrongDigestError as error:
        _refuse(ports, taken, upload, list(error.numbers))
        return
    sha256, bad = _read_back(objects, upload, parts)
    if bad:
        _refuse(ports, taken, upload, bad)
        return
    key = f"masters/{upload.recording_id}/{sha256}"
    objects.settle(upload.ref, key, sha256)
    in_unit(ports.sessions, lambda session: commands.store_recording(session, taken, upload.id, key=key, sha256=sha256))
    logger.info("recording_stored", recording_id=upload.recording_id, size_bytes=upload.size_bytes)
    free_upload(ports, upload)


def _named_parts(upload: Upload) -> list[Part]:
    return [
        Part(
            part["number"],
            size_of_part(part["number"], upload.size_bytes, upload.part_size_bytes),
            part["etag"],
            part["sha256"],
        )
        for part in upload.parts
    ]


def _refuse(ports: Ports, taken: Claim, upload: Upload, bad: list[int]) -> None:
    logger.warning("parts_damaged", upload_id=upload.id, parts=len(bad))
    retryable = ports.objects.reopen(upload.ref, bad)
    with unit(ports.sessions) as session:
        commands.refuse_parts(session, taken, upload.id, bad, retryable=retryable)


def _read_back(objects: ObjectStore, upload: Upload, parts: list[Part]) -> tuple[str, list[int]]:
    """SHA-256 of the whole as it lies in the store, and the parts that are not what was sent."""
    whole = hashlib.sha256()
    bad = []
    with objects.read(upload.ref) as file:
        for part in parts:
            digest, left = hashlib.sha256(), part.size_bytes
            while left and (chunk := file.read(min(CHUNK_BYTES, left))):
                whole.update(chunk)
                digest.update(chunk)
                left -= len(chunk)
            if left or digest.hexdigest() != part.sha256:
                bad.append(part.number)
        if file.read(1):
            bad.append(parts[-1].number)  # longer than it was said to be
    return whole.hexdigest(), sorted(set(bad))
