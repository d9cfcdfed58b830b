"""The only place where adapters are chosen: settings in, ports out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import pipeline
from app.adapters.jobs_embedded import EmbeddedJobs
from app.adapters.objects_local import LocalObjectStore
from app.adapters.search_sqlite import SqliteSearchIndex
from app.kernel.db import make_engine, make_sessions
from app.kernel.settings import (
    MeilisearchSearch,
    PostgresDatabase,
    S3Objects,
    Settings,
    SettingsError,
)
from app.kernel.settings import (
    ProcrastinateJobs as ProcrastinateSettings,
)
from app.ports import Ports

if TYPE_CHECKING:
    from app.ports.job_queue import JobQueue
    from app.ports.object_store import ObjectStore
    from app.ports.search_index import SearchIndex
    from app.ports.transcriber import Transcriber


def build(settings: Settings, transcriber: Transcriber | None = None) -> Ports:
    """Ports for the settings; raises ``SettingsError`` for settings that do not go together."""
    jobs = _jobs(settings)

    postgres = settings.database if isinstance(settings.database, PostgresDatabase) else None
    sessions = make_sessions(make_engine(settings.database_url, postgres), follow=pipeline.follow(jobs))
    return Ports(settings, sessions, object_store(settings), _search_index(settings), jobs, transcriber)


def search_server(settings: Settings) -> MeilisearchSearch | None:
    """The search server for which keys are made; None where search is a file of ours, which needs none."""
    return settings.search if isinstance(settings.search, MeilisearchSearch) else None


def _search_index(settings: Settings) -> SearchIndex:
    wanted = search_server(settings)
    if wanted is None:
        return SqliteSearchIndex(settings.data / "search.sqlite")
    keys = {
        name: key.get_secret_value()
        for name in ("search_key", "write_key", "admin_key")
        if (key := getattr(wanted, name)) is not None and key.get_secret_value()
    }
    if not keys:
        message = "STORYBRAID_SEARCH__SEARCH_KEY: there is no key for Meilisearch. Run: storybraid search setup"
        raise SettingsError(message)
    from app.adapters.search_meilisearch import MeilisearchIndex  # noqa: PLC0415  slow to load

    return MeilisearchIndex(wanted.url, **keys)


def _jobs(settings: Settings) -> JobQueue:
    if not isinstance(settings.jobs, ProcrastinateSettings):
        return EmbeddedJobs()
    if not isinstance(settings.database, PostgresDatabase):
        message = "STORYBRAID_JOBS__KIND: procrastinate lives in Postgres. Set STORYBRAID_DATABASE__KIND=postgres."
        raise SettingsError(message)
    from app.adapters.jobs_procrastinate import ProcrastinateJobs  # noqa: PLC0415  slow to load

    return ProcrastinateJobs(settings.database_url, pipeline.QUEUES)


def object_store(settings: Settings) -> ObjectStore:
    """The store of the settings alone, for those who have another database."""
    if isinstance(settings.objects, S3Objects):
        from app.adapters.objects_s3 import S3ObjectStore  # noqa: PLC0415  slow to load

        return S3ObjectStore(settings.objects, address=settings.address)
    return LocalObjectStore(
        settings.objects_folder,
        address=settings.address,
        key=settings.signing_key(),
        spare_bytes=settings.limits.spare_bytes,
    )
