"""Bringing objects from one store to another, or looking at all of them: each read and compared with the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.kernel.db import unit
from app.ports.object_store import ObjectExistsError, ObjectMissingError, WrongDigestError
from app.recordings.queries import FOR_A_WHILE, every_file, held_uploads, is_in_store, lasting_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session, sessionmaker

    from app.ports import Ports
    from app.ports.object_store import ObjectStore
    from app.recordings.models import MediaFile

CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Moved:
    """What became of one object: it is where it should be, with the same content, or why it is not."""

    key: str
    size_bytes: int
    outcome: str
    """moved | there (already) | anew (working sound that was not kept: a worker derives it from the master) |
    missing (there is none) | damaged (it is not what was stored) | taken (by other content)"""

    @property
    def is_safe(self) -> bool:
        """Whether nothing of the archive is lost with it."""
        return self.outcome in ("moved", "there", "anew")


def move_objects(ports: Ports, source: ObjectStore, note: Callable[[Moved], None]) -> list[Moved]:
    """Bring every object that the database names into ``ports.objects``; the source is only read.

    Again = only what is missing is sent, and all is compared again. The bytes that arrived are read back from the
    new store and their SHA-256 compared with the database. Raises ``StoreRestsError``, ``StoreFullError``.
    """
    with unit(ports.sessions, write=False) as session:
        files = every_file(session)
    return _each(files, lambda file: _move(source, ports.objects, file), note)


def keep_objects(ports: Ports, target: ObjectStore, note: Callable[[Moved], None]) -> list[Moved]:
    """Bring every object that is kept from ``ports.objects`` into another store, a backup's, while others write.

    Again = only what is new is read; what is there already is compared again. Raises as ``move_objects``.
    """
    with unit(ports.sessions, write=False) as session:
        files = lasting_files(session)
    return _each(files, lambda file: _move(ports.objects, target, file), note)


def look_at_objects(sessions: sessionmaker[Session], store: ObjectStore, note: Callable[[Moved], None]) -> list[Moved]:
    """Read every object that the database names and compare its SHA-256. Raises ``StoreRestsError``."""
    with unit(sessions, write=False) as session:
        files = every_file(session)
    return _each(files, lambda file: _look(store, file), note)


def uploads_under_way(ports: Ports, source: ObjectStore) -> tuple[int, int]:
    """Uploads whose parts lie in ``source``, all sent and not accepted yet; and all others that are not stored."""
    with unit(ports.sessions, write=False) as session:
        held = held_uploads(session)
    completing = sum(upload.state == "completing" and is_in_store(source, upload) for upload in held)
    return completing, len(held) - completing


def _each(files: Sequence[MediaFile], do: Callable[[MediaFile], str], note: Callable[[Moved], None]) -> list[Moved]:
    found = []
    for file in files:
        moved = Moved(file.key, file.size_bytes, do(file))
        note(moved)
        found.append(moved)
    return found


def _move(source: ObjectStore, target: ObjectStore, file: MediaFile) -> str:
    if target.stat(file.key) is not None:
        return "there" if _sha256(target, file.key) == file.sha256 else "taken"
    try:
        with source.open(file.key) as stream:
            target.put(file.key, stream, file.sha256, file.content_type)
    except ObjectMissingError:
        return _gone(file)
    except WrongDigestError:
        return "damaged"
    except ObjectExistsError:
        return "taken"
    return "moved" if _sha256(target, file.key) == file.sha256 else "damaged"


def _look(store: ObjectStore, file: MediaFile) -> str:
    try:
        return "there" if _sha256(store, file.key) == file.sha256 else "damaged"
    except ObjectMissingError:
        return _gone(file)


def _gone(file: MediaFile) -> str:
    return "anew" if file.use in FOR_A_WHILE else "missing"


def _sha256(store: ObjectStore, key: str) -> str:
    digest = hashlib.sha256()
    with store.open(key) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
