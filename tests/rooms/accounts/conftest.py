"""The accounts room by itself: its routes on a real database, as many visitors as a test wants."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import app.tables  # noqa: F401  every table
from app.accounts import commands
from app.accounts.routes import router
from app.accounts.schemas import Actor
from app.kernel.db import Base, make_engine, make_sessions, unit
from app.kernel.settings import Settings, load_settings
from app.kernel.web import SafeHeaders, add_error_handlers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx import Response
    from sqlalchemy.orm import Session, sessionmaker

OPERATOR = Actor.as_operator("tester")
PASSWORD = "kalamansi, bagoong at tuyo"
HOME = "192.0.2.10"


@dataclass
class Room:
    """One running archive that has only this room."""

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

    def member(
        self, email: str = "lan@example.org", role: str = "volunteer", password: str = PASSWORD
    ) -> TestClient:
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
    account = browser.get("/api/v1/session").json()["account"]
    return account and account["email"]


def open_room(settings: Settings) -> Room:
    """A process of its own on the settings' database."""
    engine = make_engine(settings.database_url)
    Base.metadata.create_all(engine)
    sessions = make_sessions(engine)
    made = FastAPI()
    add_error_handlers(made)
    made.include_router(router)
    made.add_middleware(SafeHeaders, origin=settings.address)
    made.state.ports = SimpleNamespace(settings=settings, sessions=sessions)
    return Room(sessions, settings, made)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """An archive on https without any account."""
    opened = open_room(load_settings(env_file=None, data=tmp_path, base_url="https://archive.test"))
    yield opened
    opened.sessions.kw["bind"].dispose()
