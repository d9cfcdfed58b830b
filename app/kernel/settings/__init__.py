"""Settings: one typed object read from ``STORYBRAID_*``; the defaults need no server."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Discriminator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from app.kernel.errors import ArchiveError
from app.kernel.settings.parts import (
    GIB,
    MIB,
    Database,
    EmbeddedJobs,
    Jobs,
    Limits,
    LocalObjects,
    MeilisearchSearch,
    Objects,
    PostgresDatabase,
    ProcrastinateJobs,
    RemoteTranscriber,
    S3Objects,
    Search,
    SqliteDatabase,
    SqliteSearch,
    Transcriber,
    WhisperTranscriber,
)
from app.kernel.settings.shown import masked, sources

__all__ = [
    "GIB",
    "MIB",
    "SHORTEST_SECRET",
    "Database",
    "EmbeddedJobs",
    "Jobs",
    "Limits",
    "LocalObjects",
    "MeilisearchSearch",
    "Objects",
    "PostgresDatabase",
    "ProcrastinateJobs",
    "RemoteTranscriber",
    "S3Objects",
    "Search",
    "Settings",
    "SettingsError",
    "SqliteDatabase",
    "SqliteSearch",
    "Transcriber",
    "WhisperTranscriber",
    "is_loopback",
    "load_settings",
    "masked",
    "sources",
]


class SettingsError(ArchiveError):
    """A setting that cannot work; the sentence names it."""

    slug = "settings"
    title = "A setting cannot work."


class Settings(BaseSettings):
    """Everything that can be set, by the names of ``.env.example``."""

    # Empty is not set: a copy of .env.example gives no empty secret and no folder without a name.
    model_config = SettingsConfigDict(
        env_prefix="STORYBRAID_", env_nested_delimiter="__", env_ignore_empty=True, extra="ignore", frozen=True
    )

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
    traces_endpoint: str | None = None
    """An OpenTelemetry collector (OTLP over HTTP): http://HOST:4318; None or empty = no traces."""
    database: Database = SqliteDatabase()
    objects: Objects = LocalObjects()
    search: Search = SqliteSearch()
    jobs: Jobs = EmbeddedJobs()
    transcriber: Transcriber = WhisperTranscriber()
    limits: Limits = Limits()

    @field_validator("traces_endpoint")
    @classmethod
    def _is_collector(cls, url: str | None) -> str | None:
        """An address to which ``/v1/traces`` can be put."""
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            message = "a collector's address is like http://HOST:4318"
            raise ValueError(message)
        return url.rstrip("/")

    @property
    def address(self) -> str:
        """The public address without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

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
    """Whether the host name is this machine only; a name such as 127.example.org is anybody's."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def load_settings(*, env_file: Path | None = Path(".env"), **over: Any) -> Settings:  # noqa: ANN401  values of settings
    """Settings from the environment (and ``.env``); raises ``SettingsError`` that names what cannot work."""
    try:
        settings = Settings(_env_file=env_file, **over)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from error
    except UnicodeDecodeError as error:
        message = f"{env_file} cannot be read: it is not in UTF-8 (byte {error.start}). Save it as UTF-8 and try again."
        raise SettingsError(message) from error
    except UnreadableError as error:
        message = f"A setting cannot be read: {error}."
        raise SettingsError(message) from error
    if settings.environment == "production":
        _refuse_defaults(settings)
    return settings


def _sentence(error: ValidationError) -> str:
    """The first fault, with the setting's own name: which kind of part it was tried as is no part of that."""
    first = error.errors()[0]
    names = [str(part) for part in first["loc"]]
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "union_tag_invalid":
        names, said = [names[0], "kind"], f"it must be one of {first['ctx']['expected_tags']}"
    elif any(isinstance(mark, Discriminator) for mark in Settings.model_fields[names[0]].metadata):
        kind = "".join(names[1:2])
        del names[1:2]
        if first["type"] == "extra_forbidden":
            said = f"STORYBRAID_{names[0].upper()}__KIND={kind} has no such setting. Take it out"
    elif first["type"] == "extra_forbidden":
        said = "there is no such setting"
    return f"STORYBRAID_{'__'.join(names).upper()}: {said}."


SHORTEST_SECRET = 32


def _refuse_defaults(settings: Settings) -> None:
    secret = settings.secret.get_secret_value() if settings.secret else ""
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4:
        message = f"STORYBRAID_SECRET: production needs a random secret of at least {SHORTEST_SECRET} characters."
        raise SettingsError(message)
    if isinstance(settings.jobs, EmbeddedJobs):
        message = "STORYBRAID_JOBS__KIND: production needs procrastinate; the embedded form is for one machine."
        raise SettingsError(message)
