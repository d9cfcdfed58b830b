"""Our search page with Meilisearch behind it, beside the engine's own answer, and how soon a changed cue is found."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from app import wiring
from app.access.queries import search_access
from app.accounts.dependencies import cookie_name
from app.accounts.queries import account_by_email
from app.accounts.schemas import Actor
from app.adapters.search_meilisearch import conditions, expressions, make_keys, schema
from app.adapters.search_meilisearch.meanings import wanted_of
from app.kernel.db import unit
from app.kernel.settings import load_settings
from app.kernel.time import now
from app.ports.search_index import FACETS, Query
from app.search.commands import ensure_index
from app.search.models import StoryIndexing
from app.stories.commands import touch_story
from app.transcripts.models import Cue
from bench.page import READER, a_reader, kept, timed
from bench.rows import row, show
from bench.search import questions
from bench.search_corpus import sentences
from bench.sets import add_set
from tests.factories.living import LivingArchive
from tests.factories.sets import THE_SET
from tests.factories.stories import a_recording, a_story, a_transcript, words_of
from workers.servers.meilisearch import a_meilisearch, find_meilisearch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.adapters.search_meilisearch import Keys
    from app.ports import Ports
    from workers.servers.meilisearch import MeilisearchServer

PAGE = 10
"""Stories of a page, ours and the engine's."""
CUES = 80
"""Of a story that changes: an interview of eight minutes."""


def run(passages: int = 100_000, asked: int = 150, changes: int = 40) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met; empty, and said aloud, where there is no server to start."""
    if find_meilisearch() is None:
        print("search_meilisearch: skipped, there is no program named meilisearch on PATH", file=sys.stderr)
        return []
    if not sentences():
        print("search_meilisearch: skipped, the sentences are not here", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as name, a_meilisearch() as server:
        keys = make_keys(server.url, server.master_key)
        archive = LivingArchive(Path(name), environment(server, keys, "search_key"))
        archive.run("migrate")
        search = {"kind": "meilisearch", "url": server.url, **vars(keys)}
        own = {"data": archive.data, "base_url": archive.address, "search": search}
        ports = wiring.build(load_settings(env_file=None, **THE_SET.settings(archive.data, archive.address, own)))
        ensure_index(ports)
        rows = _filled(ports, server, passages)
        token = a_reader(ports)
        archive.start("--no-worker")
        try:
            client = httpx.Client(base_url=f"{archive.address}/api/v1", timeout=60)
            client.headers["Cookie"] = f"{cookie_name(ports.settings)}={token}"
            rows += _pages(ports, client, server.url, keys, questions(asked))
            with _a_worker(archive, environment(server, keys, "search_key", "write_key")):
                rows += _freshness(ports, client, changes)
            rows.append(row("  memory of its own at the end, MB", _memory_mb(server), None, "shown", met=True))
        finally:
            archive.stop()
        return rows


def environment(server: MeilisearchServer, keys: Keys, *names: str) -> dict[str, str]:
    """The settings of a process that has these keys and no others."""
    own = {f"STORYBRAID_SEARCH__{name.upper()}": str(getattr(keys, name)) for name in names}
    return {"STORYBRAID_SEARCH__KIND": "meilisearch", "STORYBRAID_SEARCH__URL": server.url, **own}


def _filled(ports: Ports, server: MeilisearchServer, passages: int) -> list[dict[str, Any]]:
    """A rebuild by the adapter: folding, sending, and the engine's work until its switch."""
    documents = list(kept(ports, passages))
    held = sum(len(document.passages) for document in documents)
    began = time.perf_counter()
    refused = ports.search_index.rebuild(documents)
    wall = time.perf_counter() - began
    assert not refused, "the engine refused stories of the corpus"
    bytes_held = _bytes_of(server.folder)
    return [
        row(f"rebuild of {held} passages, passages a second", held / wall, None, "shown", met=True),
        row("  its folder, bytes a passage", bytes_held / held, None, "shown", met=True),
        row("  memory of its own after it, MB", _memory_mb(server), None, "shown", met=True),
    ]


def _bytes_of(folder: Path) -> int:
    """What a folder takes on the disk; the engine may take an index's folder away meanwhile."""
    held = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                held += (Path(inside) / name).stat().st_blocks * 512
    return held


def _memory_mb(server: MeilisearchServer) -> float:
    """What the server's process holds for itself, without the pages of its files that the system may drop."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"RssAnon:\s+(\d+)", status)[0]) / 1024


def _pages(ports: Ports, client: httpx.Client, url: str, keys: Keys, asked: list[str]) -> list[dict[str, Any]]:
    """Our page over HTTP for a registered reader, and the one request that a reader of the engine alone would send.

    The peer has the same words, filter of access, stories once each, four facets, and texts; it asks over one
    connection that stays. It knows nothing of names in other scripts, seams, titles beside passages, or typing errors.
    """
    with unit(ports.sessions, write=False) as session:
        reader = account_by_email(session, READER)
    assert reader is not None
    guard = conditions.guard(search_access(Actor(reader.id, "registered"), now())) or [conditions.NOBODY]
    engine = httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {keys.search_key}", "Accept-Encoding": "identity"}, timeout=60
    )

    def ask_us(text: str) -> None:
        client.get("/search", params={"q": text, "per_page": PAGE}).raise_for_status()

    def ask_it(body: dict[str, Any]) -> None:
        engine.post(f"/indexes/{schema.LIVE}/search", json=body).raise_for_status()

    ask_us("warm")
    ours: list[float] = []
    peers: list[float] = []
    for text in asked:
        if not (wanted := wanted_of(Query(text))):
            continue
        plain = expressions.questions(wanted, literal=False)[0]
        body = {
            "q": plain.words,
            "filter": [*guard, 'kind = "passage"', *plain.filters],
            "matchingStrategy": "all",
            "locales": ["eng"],
            "distinct": "story_id",
            "page": 1,
            "hitsPerPage": PAGE,
            "facets": list(FACETS),
            "attributesToRetrieve": list(schema.FULL),
        }
        peers.append(timed(lambda body=body: ask_it(body), 3)[0])  # type: ignore[misc]
        ours.append(timed(lambda text=text: ask_us(text), 3)[0])  # type: ignore[misc]
    p50, peer50 = _at(ours, 50), _at(peers, 50)
    p95, peer95 = _at(ours, 95), _at(peers, 95)
    allowed = 1.3 * peer50 + 15
    name = "search page over HTTP, p50 ms (peer: Meilisearch's own answer to the words)"
    return [
        row(name, p50, peer50, f"<= 1.3 x its own + 15 ms = {allowed:.1f}", met=p50 <= allowed),
        row("search page over HTTP, p95 ms", p95, peer95, "shown", met=True),
    ]


def _freshness(ports: Ports, client: httpx.Client, changes: int) -> list[dict[str, Any]]:
    """From the commit of one changed cue, through a worker, to the first page over HTTP that has it."""

    def made(session: Session) -> tuple[str, list[str]]:
        story = a_story(session, state="published", level="public", title="An interview that is corrected")
        lines = [(n * 6_000, n * 6_000 + 5_000, "en", f"sentence {n} of what was told") for n in range(CUES)]
        version = a_transcript(session, a_recording(session, story, duration_ms=CUES * 6_000), lines)
        return story.id, [cue.id for cue in session.query(Cue).filter(Cue.version_id == version.id)]

    with unit(ports.sessions) as session:
        story_id, cues = made(session)
    _until_found(client, "sentence told", story_id)
    found = []
    for number in range(changes):
        word = f"corrected{number}word"
        with unit(ports.sessions) as session:
            cue = session.get(Cue, cues[number % len(cues)])
            assert cue is not None
            cue.text = f"sentence with {word} in it"
            cue.words = words_of(cue.text, cue.start_ms, cue.end_ms)
            touch_story(session, story_id)
        began = time.perf_counter()
        _until_found(client, word, story_id)
        found.append((time.perf_counter() - began) * 1_000)
    with unit(ports.sessions, write=False) as session:
        owed = session.get(StoryIndexing, story_id)
        assert owed is not None
        assert owed.failed_reason is None, owed.failed_reason
    p95 = _at(found, 95)
    return [
        row("a changed cue until it is found over HTTP, p95 ms", p95, None, "<= 5000", met=p95 <= 5_000),
        row("  p50 ms", _at(found, 50), None, "shown", met=True),
    ]


def _until_found(client: httpx.Client, text: str, story_id: str, within_s: float = 120) -> None:
    began = time.perf_counter()
    while True:
        answer = client.get("/search", params={"q": text, "literal": True}).raise_for_status().json()
        if any(one["story_id"] == story_id for one in answer["items"]):
            return
        assert time.perf_counter() - began < within_s, f"{text!r} is not found after {within_s:.0f} s"
        time.sleep(0.02)


@contextmanager
def _a_worker(archive: LivingArchive, own: dict[str, str]) -> Iterator[None]:
    """A worker of the index alone, with the keys that a worker gets."""
    env = replace(archive, environment=own).env
    command = [sys.executable, "-m", "workers", "worker", "--queues", "index", "--quiet"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as worker:
        try:
            yield
        finally:
            worker.terminate()


def _at(found: list[float], percent: int) -> float:
    return sorted(found)[min(len(found) - 1, len(found) * percent // 100)]


def main() -> int:
    """Print the rows and the load of the machine; ``--json`` as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=150)
    parser.add_argument("--changes", type=int, default=40)
    add_set(parser)
    given = parser.parse_args()
    THE_SET.choose(given.set)
    before = os.getloadavg()
    rows = run(given.passages, given.asked, given.changes)
    print(f"load average before: {before}, after: {os.getloadavg()}", file=sys.stderr)
    show(rows, as_json=given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
