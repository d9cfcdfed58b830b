"""The parts of the settings: each server or folder that may be chosen, with what can be set of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Discriminator, Field, SecretStr, Tag, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MIB = 1024 * 1024
GIB = 1024 * MIB


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _options_of(url: str, drivers: Collection[str]) -> Mapping[str, object] | None:
    """What the driver is told for this address; None where it is no address of these drivers. Nothing is opened."""
    try:
        made = make_url(url)
        return made.get_dialect()().create_connect_args(made)[1] if made.drivername in drivers else None
    except (SQLAlchemyError, ValueError):
        return None


class SqliteDatabase(_Part):
    """The embedded database, a file in the data folder."""

    kind: Literal["sqlite"] = "sqlite"
    url: str | None = None

    @field_validator("url")
    @classmethod
    def _is_sqlite(cls, url: str | None) -> str | None:
        """A file; a Postgres address without its kind would be taken for one and still reach Postgres."""
        if not url:
            return None
        if _options_of(url, ("sqlite", "sqlite+pysqlite")) is None:
            message = (
                "an address of SQLite is like sqlite:////FOLDER/NAME.sqlite; "
                "one of Postgres needs STORYBRAID_DATABASE__KIND=postgres beside it"
            )
            raise ValueError(message)
        return url


class PostgresDatabase(_Part):
    """A Postgres server, reached by psycopg 3."""

    kind: Literal["postgres", "postgresql"]
    url: str
    """postgresql://USER:PASSWORD@HOST:PORT/NAME, with libpq's own parameters after a ``?``."""
    pool_size: int = Field(default=10, ge=1, le=500)
    """Connections that a process keeps open."""
    pool_overflow: int = Field(default=20, ge=0, le=500)
    """Connections beyond these, opened when they are wanted and closed again."""
    pool_wait_s: float = Field(default=10, gt=0, le=600)
    """How long anybody waits for a free connection before the answer is 503."""
    connect_wait_s: float = Field(default=5, ge=1, le=600)
    lock_wait_s: float = Field(default=30, gt=0, le=600)
    """How long a unit waits for another one's row."""
    statement_wait_s: float = Field(default=60, gt=0, le=3600)
    idle_wait_s: float = Field(default=300, gt=0, le=86_400)
    """After so long without a word in an open transaction the server ends it, and its locks are free."""

    @field_validator("url")
    @classmethod
    def _is_postgres(cls, url: str) -> str:
        """Whichever of its names a provider gives, the driver is psycopg."""
        scheme, mark, rest = url.partition("://")
        if not mark or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            message = "a Postgres address begins with postgresql://"
            raise ValueError(message)
        url = f"postgresql+psycopg://{rest}"
        options = _options_of(url, ("postgresql+psycopg",))
        # What follows the first @ counts as the host, which errors name: no password may stand there.
        if options is None or "@" in str(options.get("host", "")):
            message = (
                "a Postgres address is like postgresql://USER:PASSWORD@HOST:PORT/NAME, with a port that is a number; "
                "in a password %, @, : and / are written %25, %40, %3A and %2F"
            )
            raise ValueError(message)
        return url


class LocalObjects(_Part):
    """A folder; default ``$STORYBRAID_DATA/objects``."""

    kind: Literal["local"] = "local"
    path: Path | None = None


class S3Objects(_Part):
    """A private bucket behind an S3 address; no key set = what the machine itself is allowed (an instance role)."""

    kind: Literal["s3"]
    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    endpoint: str | None = None
    """Where this machine reaches the store; None = Amazon's."""
    public_endpoint: str | None = None
    """Where browsers reach it, if by another name."""
    region: str = "us-east-1"
    addressing: Literal["auto", "path", "virtual"] = "auto"
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    wait_s: float = Field(default=8, gt=0, le=60)
    """How long a person's request waits for an answer of the store before it is 503."""
    patience_s: float = Field(default=300, gt=0, le=3600)
    """How long a job waits for one answer: joining and copying large objects take minutes."""
    largest_copy_bytes: int = Field(default=5 * GIB, ge=5 * MIB, le=5 * GIB)
    """Above it an object is copied in parts: S3 copies 5 GiB at once at most."""
    redirect_s: int = Field(default=0, ge=0, le=300)
    """Above 0, public sound is read from the bucket by addresses that are good for so long; 0 = through the API."""

    @field_validator("endpoint", "public_endpoint")
    @classmethod
    def _is_origin(cls, url: str | None) -> str | None:
        """An origin and nothing more; an empty one is none."""
        if not url:
            return None
        parts = urlsplit(url)
        bare = not (parts.path.strip("/") or parts.query or "@" in parts.netloc)
        if parts.scheme not in ("http", "https") or not parts.hostname or not bare:
            message = "an address of S3 is https://HOST[:PORT] and nothing more"
            raise ValueError(message)
        return f"{parts.scheme}://{parts.netloc}"


class SqliteSearch(_Part):
    """The embedded search index, a file of its own in the data folder."""

    kind: Literal["sqlite"] = "sqlite"


class MeilisearchSearch(_Part):
    """A Meilisearch server behind our API; ``storybraid search setup`` makes the keys."""

    kind: Literal["meilisearch"]
    url: str
    search_key: SecretStr | None = None
    """For the API: it searches and can do nothing else."""
    write_key: SecretStr | None = None
    """For workers besides."""
    admin_key: SecretStr | None = None
    """For whoever makes the index and rebuilds it; takes the place of the others where they are not set."""

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        """The client would try any text as an address, at the first search."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            message = "an address of Meilisearch is like http://HOST:7700, without a key in it"
            raise ValueError(message)
        return url.rstrip("/")


class EmbeddedJobs(_Part):
    """No queue: the rows themselves."""

    kind: Literal["embedded"] = "embedded"


class ProcrastinateJobs(_Part):
    """Procrastinate on the same Postgres."""

    kind: Literal["procrastinate"]


class WhisperTranscriber(_Part):
    """A Whisper model on this machine: a name (tiny, base, small, medium, large-v3-turbo) or a folder."""

    kind: Literal["whisper"] = "whisper"
    model: str = "base"
    device: str = "auto"
    compute_type: str = "int8"
    threads: int = Field(default=0, ge=0)
    """0 = all cores."""
    batch: int = Field(default=4, ge=1, le=64)
    beam: int = Field(default=2, ge=1, le=10)


class RemoteTranscriber(_Part):
    """An OpenAI-compatible service."""

    kind: Literal["remote"]
    endpoint: str
    model: str = "whisper-1"
    key: SecretStr | None = None
    batch: int = Field(default=4, ge=1, le=64)
    beam: int = 2


def _kind(default: str) -> Discriminator:
    def read(value: Any) -> str:  # noqa: ANN401  whatever the environment holds
        kind = str(value.get("kind", default) if isinstance(value, dict) else getattr(value, "kind", ""))
        return "postgres" if kind == "postgresql" else kind

    return Discriminator(read)


Database = Annotated[
    Annotated[SqliteDatabase, Tag("sqlite")] | Annotated[PostgresDatabase, Tag("postgres")], _kind("sqlite")
]
Objects = Annotated[Annotated[LocalObjects, Tag("local")] | Annotated[S3Objects, Tag("s3")], _kind("local")]
Search = Annotated[
    Annotated[SqliteSearch, Tag("sqlite")] | Annotated[MeilisearchSearch, Tag("meilisearch")], _kind("sqlite")
]
Jobs = Annotated[
    Annotated[EmbeddedJobs, Tag("embedded")] | Annotated[ProcrastinateJobs, Tag("procrastinate")], _kind("embedded")
]
Transcriber = Annotated[
    Annotated[WhisperTranscriber, Tag("whisper")] | Annotated[RemoteTranscriber, Tag("remote")], _kind("whisper")
]


class Limits(_Part):
    """How large, long and wide a file may be."""

    contributor_bytes: int = 8 * GIB
    archivist_bytes: int = 64 * GIB
    account_bytes: int = Field(default=128 * GIB, ge=0)
    """All files of one contributor together, sent or begun; archivists and the command line have no such limit."""
    hours: float = 24
    channels: int = 16
    sample_rate: int = 192_000
    spare_bytes: int = 512 * MIB
    """Room that is always left on the disk of the local store."""
