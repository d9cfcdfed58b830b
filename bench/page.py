"""The search page over HTTP at a hundred thousand passages, and a read address beside a bare FastAPI route."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.kernel.db import unit
from app.recordings.models import Recording
from app.search.commands import ensure_index
from app.search.models import Passage, StoryIndexing
from app.stories.models import Story
from bench.rows import row
from bench.search import questions
from bench.search_corpus import sentences, stories
from tests.factories.living import LivingArchive
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.ports import Ports
    from app.ports.search_index import PassageDoc, StoryDoc

READER = "reader@archive.test"
BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/one")
def one() -> dict[str, object]:
    return BODY
BODY = __import__("json").loads(sys.stdin.read())
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""
"""The peer: one route of FastAPI that gives the same JSON from memory."""


def run(passages: int = 100_000, asked: int = 150, reads: int = 400) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met; empty where the sentences are not here."""
    if not sentences():
        return []
    with tempfile.TemporaryDirectory() as name:
        archive = LivingArchive(Path(name))
        archive.run("migrate")
        ports = archive.ports()
        ensure_index(ports)
        ports.search_index.rebuild(kept(ports, passages))
        token = a_reader(ports)
        archive.start("--no-worker")
        try:
            client = httpx.Client(base_url=f"{archive.address}/api/v1", timeout=60)
            client.cookies.set(cookie_name(ports.settings), token)
            client.headers["Cookie"] = f"{cookie_name(ports.settings)}={token}"
            return [*_pages(client, questions(asked)), _read_row(client, reads)]
        finally:
            archive.stop()


def kept(ports: Ports, passages: int) -> Iterator[StoryDoc]:
    """The corpus, each story written to the database before the index gets it."""
    for document in stories(passages):
        with unit(ports.sessions) as session:
            draft = document.access.level == "draft"
            session.add(
                Story(
                    id=document.story_id,
                    identifier=f"SB-{document.story_id}",
                    title=document.title,
                    state="draft" if draft else "published",
                    level=None if draft else document.access.level,
                    contributor_id=document.access.owner_id,
                    indexed_revision=1,
                    heard_languages=[{"tag": t, "ms": 1} for t in document.facets["language"]],
                )
            )
            session.flush()
            recordings = {p.recording_id for p in document.passages if p.recording_id}
            session.add_all(Recording(id=r, story_id=document.story_id, number=1, filename="x") for r in recordings)
            session.add(StoryIndexing(id=document.story_id))
            session.flush()
            session.add_all(_row(document.story_id, p) for p in document.passages)
        yield document


def _row(story_id: str, passage: PassageDoc) -> Passage:
    start = passage.start_ms
    words: list[list[int]] = []
    if start is not None:
        at = 0
        for number, word in enumerate(passage.text.split(" ")):
            words.append([at, at + len(word), start + number * 100, start + number * 100 + 90])
            at += len(word) + 1
    return Passage(
        id=passage.id,
        story_id=story_id,
        recording_id=passage.recording_id,
        seq=passage.seq,
        revision=1,
        start_ms=start,
        end_ms=passage.end_ms,
        text=passage.text,
        cue_map=[[0, len(passage.text), start, passage.end_ms, words]] if start is not None else [],
    )


def a_reader(ports: Ports) -> str:
    """The session token of a new registered account."""
    with unit(ports.sessions) as session:
        account = Account(email=READER, role="registered")
        session.add(account)
        session.flush()
        return start_sign_in(session, account)


def timed(call: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of so many calls, the fastest first."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)


def _pages(client: httpx.Client, asked: list[str]) -> list[dict[str, Any]]:
    def ask(text: str) -> None:
        client.get("/search", params={"q": text}).raise_for_status()

    ask("warm")
    found = sorted(min(timed(lambda t=text: ask(t), 2)) for text in asked)  # type: ignore[misc]
    p50, p95 = found[len(found) // 2], found[len(found) * 95 // 100]
    return [
        row("search page over HTTP, p50 ms", p50, None, "<= 15", met=p50 <= 15),
        row("search page over HTTP, p95 ms", p95, None, "<= 60", met=p95 <= 60),
    ]


def _read_row(client: httpx.Client, reads: int) -> dict[str, Any]:
    """``GET /stories?cursor`` beside a bare route that gives the same bytes."""
    body = client.get("/stories").json()
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", BARE, str(port)], stdin=subprocess.PIPE) as bare:
        assert bare.stdin is not None
        bare.stdin.write(json.dumps(body).encode())
        bare.stdin.close()
        peer = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        for _ in range(100):
            try:
                peer.get("/one")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        theirs = timed(lambda: peer.get("/one").raise_for_status(), reads)
        ours = timed(lambda: client.get("/stories").raise_for_status(), reads)
        bare.terminate()
    p50, peer50 = ours[reads // 2], theirs[reads // 2]
    return row(
        "GET /stories, p50 ms (peer: a bare FastAPI route with the same JSON)", p50, peer50, "<= 15", met=p50 <= 15
    )
