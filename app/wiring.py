"""The only place where adapters are chosen: settings in, ports out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import pipeline
from app.adapters.jobs_embedded import EmbeddedJobs
from app.adapters.objects_local import LocalObjectStore
from app.adapters.search_sqlite import SqliteSearchIndex
from app.kernel.db import make_engine, make_sessions
from app.kernel.settings import (
    EmbeddedJobs as EmbeddedJobsSettings,
)
from app.kernel.settings import (
    LocalObjects,
    PostgresDatabase,
    Settings,
    SettingsError,
    SqliteSearch,
)
from app.ports import Ports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.events import Event
    from app.ports.job_queue import JobQueue
    from app.ports.transcriber import Transcriber


def build(settings: Settings, transcriber: Transcriber | None = None) -> Ports:
    """Ports for the settings; raises ``SettingsError`` for a kind that this version does not have."""
    if not isinstance(settings.jobs, EmbeddedJobsSettings):
        message = "STORYBRAID_JOBS__KIND: this version has the embedded jobs only."
        raise SettingsError(message)
    if not isinstance(settings.objects, LocalObjects):
        message = "STORYBRAID_OBJECTS__KIND: this version has the local store only."
        raise SettingsError(message)
    if not isinstance(settings.search, SqliteSearch):
        message = "STORYBRAID_SEARCH__KIND: this version has the embedded search only."
        raise SettingsError(message)
    jobs: JobQueue = EmbeddedJobs()

    def follow(session: Session, event: Event) -> None:
        for name in pipeline.ON.get(type(event), ()):
            jobs.put(session, name, event.id, pipeline.PRIORITY[name])

    postgres = settings.database if isinstance(settings.database, PostgresDatabase) else None
    sessions = make_sessions(make_engine(settings.database_url, postgres), follow=follow)
    objects = LocalObjectStore(
        settings.objects_folder,
        address=settings.address,
        key=settings.signing_key(),
        spare_bytes=settings.limits.spare_bytes,
    )
    search_index = SqliteSearchIndex(settings.data / "search.sqlite")
    return Ports(settings, sessions, objects, search_index, jobs, transcriber)
