"""The floor: ids, units of work, cursors, text, settings, problem details."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.db import make_engine, unit
from app.kernel.errors import BadInputError
from app.kernel.ids import is_id, new_id
from app.kernel.paging import make_cursor, read_cursor
from app.kernel.settings import SettingsError, load_settings, sources
from app.kernel.text import composed, content_disposition, shown_file_name
from app.stories.models import Story
from tests.factories.stories import a_story

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive


def test_ids_are_uuid7_and_sort_by_age() -> None:
    """Version 7, the RFC's variant, and strictly growing within a process."""
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {uuid.UUID(i).version for i in ids} == {7}
    assert all(uuid.UUID(i).variant == uuid.RFC_4122 and is_id(i) for i in ids)
    assert not is_id("nonsense")
    assert not is_id(ids[0].upper())


def test_a_failing_unit_keeps_nothing(archive: TestArchive) -> None:
    """What was written before an error is rolled back."""

    def fail(session: Session) -> None:
        a_story(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        archive.in_unit(fail)
    with unit(archive.ports.sessions, write=False) as session:
        assert session.query(Story).count() == 0


def test_a_reading_unit_never_commits(archive: TestArchive) -> None:
    """Even what a reading unit flushes is gone."""
    with unit(archive.ports.sessions, write=False) as session:
        a_story(session)
    with unit(archive.ports.sessions, write=False) as session:
        assert session.query(Story).count() == 0


def test_a_file_is_open_to_every_thread_that_answers(tmp_path: Path) -> None:
    """As many look into one SQLite file at once as the API has threads: nobody waits for another's connection."""
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    engine.pool._timeout = 1  # type: ignore[attr-defined]  # half a minute is long for a test that fails
    with ExitStack() as stack:
        looking = [stack.enter_context(engine.connect()) for _ in range(40)]
        assert {one.scalar(text("SELECT 1")) for one in looking} == {1}
    engine.dispose()


def test_moments_come_back_in_utc_and_naive_ones_are_refused(archive: TestArchive) -> None:
    """A moment of another zone is the same moment in UTC; one without a zone is an error."""
    tokyo = dt.datetime(2026, 3, 14, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    id_ = archive.in_unit(lambda s: a_story(s, published_at=tokyo)).id
    with unit(archive.ports.sessions, write=False) as session:
        kept = session.get(Story, id_)
        assert kept is not None
        assert kept.published_at == tokyo
        assert kept.published_at.utcoffset() == dt.timedelta(0)
    with pytest.raises(Exception, match="time zone"):
        archive.in_unit(lambda s: a_story(s, published_at=dt.datetime(2026, 3, 14)))  # noqa: DTZ001


@given(st.lists(st.one_of(st.text(max_size=12), st.integers(-(2**63), 2**63 - 1)), max_size=3))
def test_cursors_come_back(key: list[str | int]) -> None:
    """Any sort key survives the cursor."""
    assert read_cursor(make_cursor(*key), *map(type, key)) == key


NESTED = base64.urlsafe_b64encode(b"[" * 20_000).decode()


@pytest.mark.parametrize(
    "cursor", ["", "x", "e30", "W10", "WzEsMl0", "WyJhIiwgeyJiIjogMX1d", "💥", "WzFd", "W3RydWVd", NESTED]
)
def test_foreign_cursors_are_refused(cursor: str) -> None:
    """What is not one of our cursors is a sentence, never an error of ours."""
    with pytest.raises(BadInputError):
        read_cursor(cursor, str)


def test_text_is_composed_and_without_controls() -> None:
    """NFC, one line, no control characters; file names lose their folder and keep their script."""
    assert composed("  Vie\u0302\u0323t\nNam\x00 ") == "Việt Nam"
    assert composed("\u202eabc\u2066") == "abc"
    joined = "ක්\u200dෂ a\u200fb"
    assert composed(joined) == joined
    assert shown_file_name("C:\\Users\\a\\録音 1.m4a") == "録音 1.m4a"
    assert shown_file_name("///") == "recording"
    header = content_disposition("attachment", '録音"; x=\r\n1.m4a')
    assert header.isascii()
    assert "\r" not in header
    assert "filename*=UTF-8''%E9%8C%B2%E9%9F%B3" in header


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"secret": "short"},
        {"secret": "a" * 64, "jobs": {"kind": "procrastinate"}},
        {"secret": "q8Zk3vX0b1Rt7LmW2nYc5PdH9sJfAeGu", "jobs": {"kind": "embedded"}},
    ],
)
def test_production_refuses_defaults(tmp_path: Path, over: dict[str, object]) -> None:
    """No secret, a short one, a weak one, or the embedded jobs are refused in production."""
    with pytest.raises(SettingsError):
        load_settings(env_file=None, data=tmp_path, environment="production", **over)


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nested names choose kinds; a kind may be left out; a wrong value names its setting."""
    monkeypatch.setenv("STORYBRAID_DATA", str(tmp_path))
    monkeypatch.setenv("STORYBRAID_TRANSCRIBER__MODEL", "tiny")
    monkeypatch.setenv("STORYBRAID_OBJECTS__PATH", str(tmp_path / "o"))
    settings = load_settings(env_file=None)
    assert settings.transcriber.model == "tiny"
    assert settings.objects_folder == tmp_path / "o"
    assert ("STORYBRAID_TRANSCRIBER__MODEL", "tiny", "environment") in sources(settings)
    monkeypatch.setenv("STORYBRAID_TRANSCRIBER__BEAM", "many")
    with pytest.raises(SettingsError, match="STORYBRAID_TRANSCRIBER__BEAM"):
        load_settings(env_file=None)


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    """The first start makes it with mode 0600; later ones read the same."""
    settings = load_settings(env_file=None, data=tmp_path / "a")
    first = settings.signing_key()
    assert settings.signing_key() == first
    assert len(first) >= 32
    assert (tmp_path / "a" / "secret").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["secret"]


def test_unsafe_requests_from_other_sites_do_nothing(archive: TestArchive) -> None:
    """A cross-site POST is refused by Origin and by Sec-Fetch-Site; our own page is not."""
    client = archive.client("volunteer")
    body = {"title": "x"}
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = client.post("/api/v1/stories", json=body, headers=headers)
        assert answer.status_code == 403, headers
        assert answer.json()["type"].endswith("cross-site")
    assert client.post("/api/v1/stories", json=body, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 201


def test_every_answer_carries_safe_headers(archive: TestArchive) -> None:
    """Also a 404 and an error carry the policy, nosniff and HSTS on https."""
    for path in ("/api/v1/home", "/api/v1/nothing", "/api/v1/stories/nonsense"):
        headers = archive.client().get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" in headers
