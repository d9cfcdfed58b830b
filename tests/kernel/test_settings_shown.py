"""Settings as ``doctor`` shows them: no password in any way that an address can hold one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from app.adapters.transcriber_remote import RemoteTranscriber
from app.kernel.settings import SettingsError, load_settings, masked, sources
from app.ports.transcriber import TranscriberRestsError
from tests.factories.databases import DATABASES
from workers.copying import CannotCopyError, copy_archive
from workers.servers.own import free_port
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "top" + "secret"
FAR = "postgresql+psycopg://"


@pytest.fixture(autouse=True)
def _no_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("postgresql://sb:topsecret@h:5432/n", f"{FAR}sb:***@h:5432/n"),
        ("postgresql://:topsecret@h/n", f"{FAR}:***@h/n"),
        ("postgresql://sb:to/topsecret@h/n", f"{FAR}sb:***@h/n"),
        ("postgresql://db/x?user=sb&password=topsecret", f"{FAR}db/x?user=sb&password=***"),
        ("postgresql://db/x?PASSWORD=topsecret&sslmode=require", f"{FAR}db/x?PASSWORD=***&sslmode=require"),
        ("postgresql://db/x?%70assword=topsecret", f"{FAR}db/x?%70assword=***"),
        ("postgresql://db/x?password=a&topsecret", f"{FAR}db/x?password=***&***"),
        (
            "postgresql://sb@db/x?sslpassword=topsecret&passfile=/topsecret&connect_timeout=3",
            f"{FAR}sb@db/x?sslpassword=***&passfile=***&connect_timeout=3",
        ),
        ("postgresql://sb:a?topsecret@h/n", f"{FAR}***"),
        ("postgresql://db/x?password=a@topsecret", f"{FAR}***"),
        ("postgresql://sb@/n?host=/run/postgresql&port=5433", f"{FAR}sb@/n?host=/run/postgresql&port=5433"),
    ],
)
def test_a_password_in_the_address_of_the_database_is_masked(written: str, shown: str) -> None:
    """Wherever it stands in it; what is no secret stays readable."""
    settings = load_settings(env_file=None, database={"kind": "postgres", "url": written})
    told = {name: value for name, value, _ in sources(settings)}
    assert told["STORYBRAID_DATABASE__URL"] == shown
    assert SECRET not in str(told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://sb:a@topsecret@h/n", "postgresql://sb:***@h/n"),
        ("postgresql://sb:topsecret/n", "postgresql://***"),
        ("http://topsecret@h:8000/v1", "http://***@h:8000/v1"),
        ("sqlite:////data/a@b/c.sqlite", "sqlite:////data/a@b/c.sqlite"),
        ("http://[::1]:7700", "http://[::1]:7700"),
        ("local folder", "local folder"),
    ],
)
def test_what_is_written_wrongly_is_masked_as_well(text: str, shown: str) -> None:
    """An address that no part would take may still hold a password; what holds none is shown as it is."""
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("base_url", "https://ana:topsecret@archive.test", "https://***@archive.test"),
        (
            "transcriber",
            {"kind": "remote", "endpoint": "https://topsecret@h/v1?api_key=topsecret"},
            "https://***@h/v1?api_key=***",
        ),
    ],
)
def test_other_addresses_are_masked_too(name: str, value: Any, shown: str) -> None:
    """There a token may stand alone before the host."""
    told = sources(load_settings(env_file=None, **{name: value}))
    assert shown in [value for _, value, _ in told]
    assert SECRET not in str(told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("objects", {"kind": "s3", "bucket": "sounds", "endpoint": "https://ana:topsecret@h"}),
        ("objects", {"kind": "s3", "bucket": "sounds", "public_endpoint": "https://:topsecret@h"}),
        ("search", {"kind": "meilisearch", "url": "http://:topsecret@h:7700"}),
        ("traces_endpoint", "http://:topsecret@h:4318"),
    ],
)
def test_an_address_with_a_password_is_refused_where_it_has_no_use(name: str, value: Any) -> None:
    """Their keys are settings of their own; the sentence does not repeat the password."""
    with pytest.raises(SettingsError) as refused:
        load_settings(env_file=None, **{name: value})
    assert SECRET not in str(refused.value)


def test_a_service_that_does_not_answer_is_named_without_its_password() -> None:
    """What ``doctor`` says of it names its address."""
    place = f"127.0.0.1:{free_port()}"
    with pytest.raises(TranscriberRestsError, match=f"https?://[*]+@{place}/v1") as away:
        RemoteTranscriber(f"http://ana:topsecret@{place}", "whisper-1").check()
    assert SECRET not in str(away.value)


@pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
def test_copy_names_a_database_without_its_password() -> None:
    """Also where SQLAlchemy itself would show it: among the parameters."""
    parts = urlsplit(DATABASES.server.url(DATABASES.empty().url.partition("@/")[2].partition("?")[0]))
    assert parts.password
    address = f"postgresql://{parts.hostname}:{parts.port}{parts.path}?user={parts.username}&password={parts.password}"
    with pytest.raises(CannotCopyError, match="not at this version") as refused:
        copy_archive(address, address, lambda _copied: None)
    assert parts.path in str(refused.value)
    assert parts.password not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "value", "source"),
    [
        ('STORYBRAID_HOST="archive.test"', "archive.test", ".env"),
        ("export storybraid_host = 'archive.test'  # all", "archive.test", ".env"),
        ("STORYBRAID_HOST=archive.test", "archive.test", ".env"),
        ('STORYBRAID_HOST=""', "127.0.0.1", "default"),
        ("STORYBRAID_HOST=", "127.0.0.1", "default"),
        ("STORYBRAID_HOST", "127.0.0.1", "default"),
        ("#STORYBRAID_HOST=archive.test", "127.0.0.1", "default"),
    ],
)
def test_the_source_is_where_the_value_comes_from(tmp_path: Path, line: str, value: str, source: str) -> None:
    """However a line of ``.env`` is written; one that is set to nothing is not set."""
    (tmp_path / ".env").write_text(f"{line}\n", encoding="utf-8")
    assert ("STORYBRAID_HOST", value, source) in sources(load_settings())
