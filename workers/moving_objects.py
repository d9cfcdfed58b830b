"""Moving objects from a folder into the store that the settings name: each read, sent, read back and compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.kernel.db import unit
from app.ports.object_store import ObjectExistsError, ObjectMissingError, WrongDigestError
from app.recordings.queries import every_file, held_uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ports import Ports
    from app.ports.object_store import ObjectStore
    from app.recordings.models import MediaFile

CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Moved:
    """What became of one object: ``moved``, ``there`` (already, with the same content), or why it is not."""

    key: str
    size_bytes: int
    outcome: str
    """moved | there | missing (the folder has none) | damaged (it is not what was stored) | taken (by other content)"""

    @property
    def is_safe(self) -> bool:
        """Whether the new store holds exactly these bytes."""
        return self.outcome in ("moved", "there")


def move_objects(ports: Ports, source: ObjectStore, note: Callable[[Moved], None]) -> list[Moved]:
    """Bring every object that the database names into ``ports.objects``; the source is only read.

    Again = only what is missing is sent, and all is compared again. The bytes that arrived are read back from the
    new store and their SHA-256 compared with the database. Raises ``StoreRestsError``, ``StoreFullError``.
    """
    with unit(ports.sessions, write=False) as session:
        files = every_file(session)
    found = []
    for file in files:
        moved = Moved(file.key, file.size_bytes, _move(source, ports.objects, file))
        note(moved)
        found.append(moved)
    return found


def uploads_under_way(ports: Ports) -> tuple[int, int]:
    """Uploads whose parts lie in the old store only: all sent and not accepted yet; not all sent."""
    with unit(ports.sessions, write=False) as session:
        held = held_uploads(session)
    return held.pop("completing", 0), sum(held.values())


def _move(source: ObjectStore, target: ObjectStore, file: MediaFile) -> str:
    if target.stat(file.key) is not None:
        return "there" if _sha256(target, file.key) == file.sha256 else "taken"
    try:
        with source.open(file.key) as stream:
            target.put(file.key, stream, file.sha256, file.content_type)
    except ObjectMissingError:
        return "missing"
    except WrongDigestError:
        return "damaged"
    except ObjectExistsError:
        return "taken"
    return "moved" if _sha256(target, file.key) == file.sha256 else "damaged"


def _sha256(store: ObjectStore, key: str) -> str:
    digest = hashlib.sha256()
    with store.open(key) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
