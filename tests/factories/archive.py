"""A whole archive for a test: real adapters in a folder of its own, and clients by role."""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi.testclient import TestClient

from app import pipeline, wiring
from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.accounts.schemas import Actor, Role
from app.kernel.db import unit
from app.kernel.settings import Settings, load_settings
from app.kernel.time import now
from app.main import create_app
from app.search.commands import ensure_index
from migrations import chain
from tests.factories.sets import THE_SET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from sqlalchemy.orm import Session

    from app.ports import Ports
    from app.ports.transcriber import Transcriber

T = TypeVar("T")
ADDRESS = "https://archive.test"


@dataclass
class TestArchive:
    """Ports, app and clients of one archive."""

    __test__ = False

    ports: Ports
    app: FastAPI
    folder: Path
    stack: ExitStack
    accounts: dict[str, Account] = field(default_factory=dict)

    def account(self, role: Role, name: str = "") -> Account:
        """The account of this role (and name), made at its first use."""
        key = f"{role}{name}"
        if key not in self.accounts:
            made = Account(email=f"{key}@archive.test", name=key, role=role)
            with unit(self.ports.sessions) as session:
                session.add(made)
            self.accounts[key] = made
        return self.accounts[key]

    def actor(self, role: Role, name: str = "") -> Actor:
        """The actor of this role."""
        if role == "stranger":
            return Actor.stranger()
        return Actor(self.account(role, name).id, role)

    def client(self, role: Role = "stranger", name: str = "") -> TestClient:
        """A browser's like, signed in as this role; a stranger without."""
        client = self.stack.enter_context(TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=False))
        client.headers["Origin"] = ADDRESS
        if role != "stranger":
            account = self.account(role, name)
            with unit(self.ports.sessions) as session:
                token = start_sign_in(session, account)
            client.cookies.set(cookie_name(self.ports.settings), token)
        return client

    def in_unit(self, do: Callable[[Session], T]) -> T:
        """Run a function in one committed transaction."""
        with unit(self.ports.sessions) as session:
            return do(session)

    def work_once(self) -> bool:
        """Do the one most urgent thing that is owed and due; False when there is none."""
        with unit(self.ports.sessions, write=False) as session:
            due = [row for row in pipeline.owed(session, now()) if row.due]
        if due:
            pipeline.JOBS[due[0].job](self.ports, due[0].id)
        return bool(due)

    def work(self, *, most: int = 500) -> list[tuple[str, str]]:
        """Do everything that is owed and due, here, one after the other; what was done, in order."""
        done: list[tuple[str, str]] = []
        for _ in range(most):
            with unit(self.ports.sessions, write=False) as session:
                due = [row for row in pipeline.owed(session, now()) if row.due]
            if self.ports.transcriber is None:
                due = [row for row in due if pipeline.QUEUES[row.job] != "transcribe"]
            if not due:
                return done
            pipeline.JOBS[due[0].job](self.ports, due[0].id)
            done.append((due[0].job, due[0].id))
        message = f"still owed after {most} jobs: {done[-5:]}"
        raise AssertionError(message)


@contextmanager
def an_archive(folder: Path, transcriber: Transcriber | None = None, **over: object) -> Iterator[TestArchive]:
    """An archive in ``folder`` (made if needed); ``over`` are settings."""
    wanted: dict[str, Any] = {"data": folder, "base_url": ADDRESS, "limits": {"spare_bytes": 0}, **over}
    settings: Settings = load_settings(env_file=None, **THE_SET.settings(folder, wanted["base_url"], wanted))
    settings.data.mkdir(parents=True, exist_ok=True)
    ports = wiring.build(settings, transcriber)
    engine = ports.sessions.kw["bind"]
    chain.migrate(engine)
    ports.jobs.prepare(engine)
    ensure_index(ports)
    with ExitStack() as stack, warnings.catch_warnings():
        yield TestArchive(ports, create_app(ports, frontend=None), folder, stack)
    close = getattr(ports.search_index, "close", None)
    if close is not None:
        close()
    engine.dispose()
