"""An archive without any account, and as many visitors as a test wants."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from app.accounts import commands
from app.accounts.schemas import Actor
from app.kernel.db import unit
from tests.factories.archive import an_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from httpx2 import Response
    from sqlalchemy.orm import Session, sessionmaker

    from app.kernel.settings import Settings

OPERATOR = Actor.as_operator("tester")
PASSWORD = "kalamansi, bagoong at tuyo"
HOME = "192.0.2.10"


@dataclass
class Room:
    """One process of an archive."""

    sessions: sessionmaker[Session]
    settings: Settings
    app: FastAPI

    def visitor(self, address: str = HOME) -> TestClient:
        """A browser with an empty cookie jar at a network address."""
        return TestClient(self.app, base_url=self.settings.address, client=(address, 50_000))

    def invite(self, email: str = "lan@example.org", role: str = "volunteer") -> str:
        """The token of a fresh invitation."""
        with unit(self.sessions) as session:
            return commands.invite(session, OPERATOR, email, role)

    def member(self, email: str = "lan@example.org", role: str = "volunteer", password: str = PASSWORD) -> TestClient:
        """The browser of somebody who just accepted an invitation."""
        browser = self.visitor()
        answer = accept(browser, self.invite(email, role), password=password)
        assert answer.status_code == 200, answer.text
        return browser


def accept(browser: TestClient, token: str, **over: str) -> Response:
    """Press the button of a link."""
    body = {"token": token, "name": "Lan", "password": PASSWORD, **over}
    return browser.post("/api/v1/invitations/accept", json=body)


def sign_in(browser: TestClient, email: str = "lan@example.org", password: str = PASSWORD) -> Response:
    """Send the sign-in form."""
    return browser.post("/api/v1/session", json={"email": email, "password": password})


def who(browser: TestClient) -> str | None:
    """The address that is signed in, as the archive says."""
    account: dict[str, str] | None = browser.get("/api/v1/session").json()["account"]
    return account["email"] if account else None


@contextmanager
def open_room(folder: Path, **over: Any) -> Iterator[Room]:
    """A process of its own on the archive in the folder; ``over`` are settings."""
    with an_archive(folder, **over) as archive:
        yield Room(archive.ports.sessions, archive.ports.settings, archive.app)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """An archive on https without any account."""
    with open_room(tmp_path) as opened:
        yield opened
