"""What the archive needs from outside, as protocols; adapters fulfil them and wiring chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.kernel.settings import Settings
    from app.ports.job_queue import JobQueue
    from app.ports.object_store import ObjectStore
    from app.ports.search_index import SearchIndex
    from app.ports.transcriber import Transcriber


@dataclass(frozen=True)
class Ports:
    """Everything a route or a job may reach outside its own rows; built once by ``wiring.build``."""

    settings: Settings
    sessions: sessionmaker[Session]
    objects: ObjectStore
    search_index: SearchIndex
    jobs: JobQueue
    transcriber: Transcriber | None
    """None in processes that transcribe nothing (the API), so that they never load a model."""
