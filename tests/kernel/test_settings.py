"""Settings as people write them: an untouched copy of the example, wrong values, names that look local."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import BaseModel

from app.kernel.settings import (
    MeilisearchSearch,
    PostgresDatabase,
    RemoteTranscriber,
    S3Objects,
    Settings,
    SettingsError,
    WhisperTranscriber,
    is_loopback,
    load_settings,
    sources,
)
from tests.factories.setting_names import models_of

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("STORYBRAID_")]:
        monkeypatch.delenv(name)


def test_an_untouched_copy_of_the_example_is_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its empty lines are no empty secret and no folder without a name; nothing of it differs from the defaults."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / ".env")
    settings = load_settings()
    assert settings == load_settings(env_file=None)
    assert len(settings.signing_key()) >= 32
    assert settings.objects_folder == Path("archive") / "objects"
    shown = {name: (value, source) for name, value, source in sources(settings)}
    assert shown["STORYBRAID_SECRET"] == ("*** (kept in archive/secret)", "default")
    assert shown["STORYBRAID_BASE_URL"] == ("http://127.0.0.1:8000", "default")
    assert shown["STORYBRAID_OBJECTS__PATH"] == ("archive/objects", "default")
    assert shown["STORYBRAID_DATABASE__URL"] == (f"sqlite:///{tmp_path}/archive/storybraid.sqlite", "default")
    assert shown["STORYBRAID_TRACES_ENDPOINT"] == ("(not set)", "default")
    assert shown["STORYBRAID_PORT"] == ("8000", ".env")


PARTS = ("database", "objects", "search", "jobs", "transcriber")
WANTED = {
    "postgres": {"DATABASE__URL": "postgresql://archive:secret@db.test/archive"},
    "postgresql": {"DATABASE__URL": "postgresql://archive:secret@db.test/archive"},
    "s3": {"OBJECTS__BUCKET": "archive"},
    "meilisearch": {"SEARCH__URL": "http://search.test:7700"},
    "remote": {"TRANSCRIBER__ENDPOINT": "https://words.test", "TRANSCRIBER__KEY": "of the service"},
}
"""What a kind cannot do without, and what else people set who choose it."""


def kinds_of(part: str) -> Iterator[str]:
    """The values that the part's setting KIND may have."""
    for model in models_of(Settings.model_fields[part].annotation):
        yield from get_args(model.model_fields["kind"].annotation)


@pytest.mark.parametrize(("part", "kind"), [(part, kind) for part in PARTS for kind in kinds_of(part)])
def test_a_copy_of_the_example_takes_each_kind_of_each_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str, kind: str
) -> None:
    """With only what the kind wants set in it: nothing in it is in the way, or sets what nobody asked for."""
    chosen = {f"{part.upper()}__KIND": kind, **WANTED.get(kind, {})}
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, value in chosen.items():
        text, times = re.subn(rf"^#?(STORYBRAID_{name})=.*$", rf"\1={value}", text, flags=re.MULTILINE)
        assert times == 1
    copy = tmp_path / ".env"
    copy.write_text(text, encoding="utf-8")
    settings = load_settings(env_file=copy)
    for name, value in chosen.items():
        monkeypatch.setenv(f"STORYBRAID_{name}", value)
    assert settings == load_settings(env_file=None)


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the environment too, where compose files hand over empty values."""
    for name in ("SECRET", "DATA", "METRICS_PORT", "OBJECTS__PATH", "SEARCH__KIND"):
        monkeypatch.setenv(f"STORYBRAID_{name}", "")
    settings = load_settings(env_file=None)
    assert settings == Settings()
    assert len(settings.model_copy(update={"data": tmp_path}).signing_key()) >= 32
    assert ("STORYBRAID_SECRET", "*** (kept in archive/secret)", "default") in sources(settings)


@pytest.mark.parametrize(
    "part", [PostgresDatabase, S3Objects, MeilisearchSearch, RemoteTranscriber, WhisperTranscriber]
)
def test_the_example_names_what_a_server_wants(part: type[BaseModel]) -> None:
    """Each setting of each kind of which not all stands open there, with its default where it has one."""
    prefix = {PostgresDatabase: "DATABASE", S3Objects: "OBJECTS", MeilisearchSearch: "SEARCH"}.get(part, "TRANSCRIBER")
    written = dict(re.findall(r"^#?STORYBRAID_(\w+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    for name, field in part.model_fields.items():
        said = written[f"{prefix}__{name.upper()}"]
        if said and name not in {"kind", "model"}:
            assert str(field.default) == said


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"SEARCH__KIND": "meilisearch"}, "STORYBRAID_SEARCH__URL: Field required."),
        (
            {"SEARCH__KIND": "meilisearch", "SEARCH__URL": "here"},
            "STORYBRAID_SEARCH__URL: an address of Meilisearch is like http://HOST:7700, without a key in it.",
        ),
        ({"DATABASE__KIND": "postgresql"}, "STORYBRAID_DATABASE__URL: Field required."),
        ({"OBJECTS__KIND": "s3"}, "STORYBRAID_OBJECTS__BUCKET: Field required."),
        ({"JOBS__KIND": "celery"}, "STORYBRAID_JOBS__KIND: it must be one of 'embedded', 'procrastinate'."),
        ({"JOBS": "procrastinate"}, "STORYBRAID_JOBS__KIND: it must be one of 'embedded', 'procrastinate'."),
        ({"ENVIRONMENT": "staging"}, "STORYBRAID_ENVIRONMENT: Input should be 'development' or 'production'."),
        ({"LIMITS__HOURS": "a day"}, "STORYBRAID_LIMITS__HOURS: Input should be a valid number"),
        ({"LIMITS": "none"}, "A setting cannot be read: "),
        ({"LIMITS__DAYS": "1"}, "STORYBRAID_LIMITS__DAYS: there is no such setting."),
        (
            {
                "TRANSCRIBER__KIND": "remote",
                "TRANSCRIBER__ENDPOINT": "https://words.test",
                "TRANSCRIBER__DEVICE": "auto",
            },
            "STORYBRAID_TRANSCRIBER__DEVICE: STORYBRAID_TRANSCRIBER__KIND=remote has no such setting. Take it out.",
        ),
    ],
)
def test_a_wrong_setting_is_named_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, over: dict[str, str], sentence: str
) -> None:
    """By the name that .env has, without the words of the library that read it."""
    for name, value in over.items():
        monkeypatch.setenv(f"STORYBRAID_{name}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings(env_file=None)
    assert str(refused.value).startswith(sentence)


def test_a_name_that_begins_like_this_machine_is_not_this_machine() -> None:
    """Only addresses of loopback are, and localhost."""
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"))
    assert not any(
        is_loopback(host) for host in ("127.example.org", "127.0.0.1.example.org", "192.168.1.2", "0.0.0.1", "")
    )


def test_an_address_of_six_numbers_stands_in_brackets() -> None:
    """Else nobody could open what serve prints."""
    assert Settings(host="::1", port=8000).address == "http://[::1]:8000"


@pytest.mark.parametrize("text", ["/srv/Müller".encode("latin-1"), "STORYBRAID_PORT=1".encode("utf-16")])
def test_a_file_that_is_not_utf_8_is_a_sentence(text: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As an old editor saves it; nothing of the file is taken."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(text if text[:1] != b"/" else b"STORYBRAID_OBJECTS__PATH=" + text)
    with pytest.raises(SettingsError, match=r"^\.env cannot be read: it is not in UTF-8 \(byte \d+\)\. Save it"):
        load_settings()
