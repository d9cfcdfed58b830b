"""An archive in which every access row is asked: actors, and fresh objects at every level."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi.testclient import TestClient

from app.accounts import commands as accounts
from app.accounts import queries as account_queries
from app.accounts.schemas import Actor
from app.collections.commands import add_collection
from app.kernel.ids import new_id
from app.kernel.time import now
from app.recordings.models import MediaFile, RecordingStep
from app.stories.models import Story
from tests.factories.stories import a_recording, a_story, a_transcript

if TYPE_CHECKING:
    from httpx2 import Response
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Role
    from tests.factories.archive import TestArchive

ACTORS: dict[str, tuple[Role, str]] = {
    "stranger": ("stranger", ""),
    "registered": ("registered", ""),
    "researcher": ("researcher", ""),
    "volunteer": ("volunteer", "other"),
    "contributor": ("volunteer", "contributor"),
    "archivist": ("archivist", ""),
    "admin": ("admin", ""),
}
"""Who asks, in the order of every row; the volunteer is not the contributor of any story here."""

LEVELS: dict[str, tuple[str, str | None]] = {
    "draft": ("draft", None),
    "unlevelled": ("published", None),
    "staff": ("published", "staff"),
    "registered": ("published", "registered"),
    "public": ("published", "public"),
}
"""State and level of the contributor's story that a row is about."""

USES = {
    "preservation_master": ("audio/x-wav", b"RIFF master"),
    "working_sound": ("application/octet-stream", b"\0\0" * 16),
    "access_copy": ("audio/mp4", b"access copy of the sound"),
    "waveform": ("application/octet-stream", b"\x02\x00\x00\x00"),
    "poster": ("image/jpeg", b"\xff\xd8\xff poster"),
}

Names = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One request and what each actor is answered, in the order of ``ACTORS``.

    ``on`` is a key of ``LEVELS`` (a fresh story of the contributor's, with a recording), or "" where
    the route is about no story. ``query`` and the values of ``body`` may name ``{story_id}``,
    ``{recording_id}`` and whatever ``prepare`` adds; a callable body gets all names.
    """

    on: str
    answers: str
    query: str = ""
    body: Mapping[str, Any] | Callable[[Names], Any] | None = None
    prepare: Callable[[World, str, Names], None] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, int]:
        """Status by actor."""
        codes = [int(code) for code in self.answers.split()]
        if len(codes) == 1:
            codes *= len(ACTORS)
        return dict(zip(ACTORS, codes, strict=True))


@dataclass
class World:
    """The archive and what is asked about."""

    archive: TestArchive
    clients: dict[str, TestClient] = field(default_factory=dict)
    shared: dict[str, Names] = field(default_factory=dict)
    """A story for each key of ``LEVELS`` that requests only read."""

    def actor(self, name: str) -> Actor:
        """The actor of this name."""
        return self.archive.actor(*ACTORS[name])

    def client(self, name: str, *, fresh: bool = False) -> TestClient:
        """The browser of this actor; a fresh one has a sign-in that nothing else uses."""
        if fresh or name not in self.clients:
            made = self.archive.client(*ACTORS[name])
            if fresh:
                return made
            self.clients[name] = made
        return self.clients[name]

    def names(self, row: Row, actor: str, *, fresh: bool) -> Names:
        """What the request is about: objects of its own where it may change them (``fresh``)."""
        names: Names = {"absent": new_id()}
        if row.on and (fresh or row.on not in self.shared):
            made = self.archive.in_unit(lambda session: self.a_guarded_story(session, row.on))
            if not fresh:
                self.shared[row.on] = made
            names |= made
        elif row.on:
            names |= self.shared[row.on]
        if row.prepare is not None:
            row.prepare(self, actor, names)
        return names

    def a_guarded_story(self, session: Session, on: str, **over: Any) -> Names:
        """A story of the contributor's at a level, with a ready recording, its files and a transcript."""
        state, level = LEVELS[on]
        values = {
            "state": state,
            "level": level,
            "published_at": now() if state == "published" else None,
            "contributor_id": self.actor("contributor").account_id,
            **over,
        }
        story = a_story(session, narrator=values.pop("narrator", None), **values)
        recording = a_recording(session, story, has_picture=True)
        for step in ("derive", "access_copy"):
            session.add(RecordingStep(recording_id=recording.id, step=step, done_at=now()))
        for use, (content_type, data) in USES.items():
            self.a_file(session, recording.id, use, content_type, data)
        a_transcript(session, recording, [(0, 4000, "en", "We came over the water")])
        session.refresh(story)
        return {"story_id": story.id, "recording_id": recording.id, "version": story.version}

    def a_file(self, session: Session, recording_id: str, use: str, content_type: str, data: bytes) -> None:
        """A media file with its object in the store."""
        key = f"recordings/{recording_id}/{use}"
        digest = hashlib.sha256(data).hexdigest()
        self.archive.ports.objects.put(key, io.BytesIO(data), digest, content_type)
        session.add(
            MediaFile(
                recording_id=recording_id,
                use=use,
                key=key,
                content_type=content_type,
                size_bytes=len(data),
                sha256=digest,
            )
        )

    def ask(self, client: TestClient, route: str, row: Row, names: Names) -> Response:
        """Send the row's request."""
        method, path = route.split(" ", 1)
        body = row.body(names) if callable(row.body) else _filled(row.body, names)
        address = path.format_map(names) + (f"?{row.query.format_map(names)}" if row.query else "")
        if isinstance(body, bytes):
            return client.request(method, address, content=body, headers=dict(row.headers))
        return client.request(method, address, json=body, headers=dict(row.headers))


def _filled(value: Any, names: Names) -> Any:
    if isinstance(value, str):
        return value.format_map(names)
    if isinstance(value, Mapping):
        return {key: _filled(one, names) for key, one in value.items()}
    return value


def a_sign_in(world: World, actor: str, names: Names) -> None:
    """Another sign-in of the actor's own account (of the admin's for a stranger)."""
    owner = "admin" if actor == "stranger" else actor
    world.client(owner, fresh=True)
    account_id = world.actor(owner).account_id
    assert account_id is not None
    rows = world.archive.in_unit(lambda s: account_queries.sessions_of(s, account_id, now()))
    names["sign_in_id"] = max(row.id for row in rows)


def a_foreign_sign_in(world: World, actor: str, names: Names) -> None:
    """A sign-in of somebody else."""
    a_sign_in(world, "registered" if actor == "admin" else "admin", names)


def an_invitation(world: World, actor: str, names: Names) -> None:
    """A fresh invitation of an address of its own."""
    del actor
    email = f"{new_id()}@archive.test"
    operator = Actor.as_operator("tester")
    names["email"] = email
    names["token"] = world.archive.in_unit(lambda s: accounts.invite(s, operator, email, "registered"))


def a_collection(world: World, actor: str, names: Names) -> None:
    """A collection that the row's story is in."""
    del actor

    def make(session: Session) -> str:
        made = add_collection(session, "Letters", "")
        story = session.get(Story, names["story_id"]) if "story_id" in names else None
        if story is not None:
            story.collection_id = made.id
        return made.id

    names["collection_id"] = world.archive.in_unit(make)
