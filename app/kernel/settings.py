"""Settings: one typed object read from ``STORYBRAID_*``; the defaults need no server."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SecretStr,
    Tag,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.kernel.errors import ArchiveError

MIB = 1024 * 1024
GIB = 1024 * MIB


class SettingsError(ArchiveError):
    """A setting that cannot work; the sentence names it."""

    slug = "settings"
    title = "A setting cannot work."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SqliteDatabase(_Part):
    """The embedded database, a file in the data folder."""

    kind: Literal["sqlite"] = "sqlite"
    url: str | None = None


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
        return f"postgresql+psycopg://{rest}"


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
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            message = "an address of S3 is https://HOST[:PORT] and nothing more"
            raise ValueError(message)
        return f"{parts.scheme}://{parts.netloc}"


class SqliteSearch(_Part):
    """The embedded search index, a file of its own in the data folder."""

    kind: Literal["sqlite"] = "sqlite"


class MeilisearchSearch(_Part):
    """A Meilisearch server behind our API."""

    kind: Literal["meilisearch"]
    url: str
    search_key: SecretStr
    write_key: SecretStr | None = None
    admin_key: SecretStr | None = None


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
        kind = str(value.get("kind", default) if isinstance(value, dict) else value.kind)
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


class Settings(BaseSettings):
    """Everything that can be set, by the names of ``.env.example``."""

    model_config = SettingsConfigDict(env_prefix="STORYBRAID_", env_nested_delimiter="__", extra="ignore", frozen=True)

    data: Path = Path("archive")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    base_url: str = ""
    environment: Literal["development", "production"] = "development"
    secret: SecretStr | None = None
    models: Path = Path("~/.cache/storybraid/models")
    insecure_lan: bool = False
    metrics_port: int | None = Field(default=None, ge=1, le=65_534)
    """Where ``GET /metrics`` is served for Prometheus; the worker that ``serve`` watches has the next port."""
    metrics_host: str = "127.0.0.1"
    database: Database = SqliteDatabase()
    objects: Objects = LocalObjects()
    search: Search = SqliteSearch()
    jobs: Jobs = EmbeddedJobs()
    transcriber: Transcriber = WhisperTranscriber()
    limits: Limits = Limits()

    @property
    def address(self) -> str:
        """The public address without a slash at its end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def models_folder(self) -> Path:
        """Where models are kept."""
        return self.models.expanduser()

    @property
    def objects_folder(self) -> Path:
        """Where the local store keeps its objects."""
        path = self.objects.path if isinstance(self.objects, LocalObjects) else None
        return path or self.data / "objects"

    @property
    def database_url(self) -> str:
        """SQLAlchemy's address of the database."""
        if isinstance(self.database, PostgresDatabase):
            return self.database.url
        return self.database.url or f"sqlite:///{(self.data / 'storybraid.sqlite').absolute()}"

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers keep Secure cookies from this address (https, or loopback)."""
        parts = urlsplit(self.address)
        return parts.scheme == "https" or is_loopback(parts.hostname or "")

    def signing_key(self) -> bytes:
        """The archive's secret; made once in the data folder, required as a setting in production."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        path = self.data / "secret"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self.data.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"secret.{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_urlsafe(48).encode())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)  # fails if another process was first: theirs counts
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
            return path.read_bytes()


def is_loopback(host: str) -> bool:
    """Whether the host name is this machine only."""
    return host in {"localhost", "::1", "[::1]"} or host.startswith("127.")


def load_settings(*, env_file: Path | None = Path(".env"), **over: Any) -> Settings:  # noqa: ANN401  values of settings
    """Settings from the environment (and ``.env``); raises ``SettingsError`` that names what cannot work."""
    try:
        settings = Settings(_env_file=env_file, **over)
    except ValidationError as error:
        first = error.errors()[0]
        name = "__".join(
            str(p)
            for p in first["loc"]
            if p not in ("sqlite", "postgres", "local", "s3", "whisper", "remote", "embedded")
        )
        message = f"STORYBRAID_{name.upper()}: {first['msg']}."
        raise SettingsError(message) from error
    if settings.environment == "production":
        _refuse_defaults(settings)
    return settings


SHORTEST_SECRET = 32
_PASSWORD = re.compile(r"(://[^/@\s]*?:)[^/@\s]+(@)")
"""The password inside an address."""


def _refuse_defaults(settings: Settings) -> None:
    secret = settings.secret.get_secret_value() if settings.secret else ""
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4:
        message = f"STORYBRAID_SECRET: production needs a random secret of at least {SHORTEST_SECRET} characters."
        raise SettingsError(message)
    if isinstance(settings.jobs, EmbeddedJobs):
        message = "STORYBRAID_JOBS__KIND: production needs procrastinate; the embedded form is for one machine."
        raise SettingsError(message)


def sources(settings: Settings) -> list[tuple[str, str, str]]:
    """(name, value with secrets masked, where it came from) of every setting, for ``doctor``."""
    rows: list[tuple[str, str, str]] = []

    def walk(prefix: str, value: object) -> None:
        if isinstance(value, BaseModel):
            for name in type(value).model_fields:
                walk(f"{prefix}{'__' if value is not settings else ''}{name.upper()}", getattr(value, name))
            return
        shown = "(not set)" if value in (None, "") else _PASSWORD.sub(r"\1***\2", str(value))
        rows.append((prefix, shown, _source(prefix)))

    walk("STORYBRAID_", settings)
    return rows


def _source(name: str) -> str:
    if any(key.upper() == name for key in os.environ):
        return "environment"
    env_file = Path(".env")
    if env_file.exists() and any(
        line.strip().upper().startswith(f"{name}=") for line in env_file.read_text(encoding="utf-8").splitlines()
    ):
        return ".env"
    return "default"
