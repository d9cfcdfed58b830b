"""API, workers and servers are killed at random under load: nothing lost, doubled, stuck or half to be seen.

The servers are Postgres, the store and, where it is on PATH, Meilisearch; without it the embedded search stands in.
``KILLS_SEED`` plays the moments of a seed again.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app import pipeline
from app.access.queries import search_access
from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.accounts.schemas import Actor
from app.kernel.db import unit
from app.kernel.time import now
from app.ports.search_index import Query
from app.recordings.models import MediaFile, PreservationEvent, Recording, RecordingStep, Upload
from app.search.models import Passage, StoryIndexing
from app.stories.models import Story
from app.transcripts.models import Batch, Cue, TranscriptVersion
from tests.factories.crowd import PART_BYTES, Crowd
from tests.factories.killing import Kill, ProcessPart, Production, share
from tests.factories.sets import why_no_production
from tests.factories.stores import held_uploads, keys_of
from tests.factories.telling import told, word_by_word
from tests.shared_data import requires_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.ports import Ports
    from tests.factories.killing import Part
    from tests.factories.telling import Told

pytestmark = [
    requires_shared,
    pytest.mark.kills,
    pytest.mark.whisper,
    pytest.mark.skipif(bool(why_no_production()), reason=why_no_production() or "all is here"),
]
MOST_KILLS = 200
FEW_KILLS = 8
RESUMES_WITHIN_S = 60.0
LONGEST_QUIET_S = 2.5
"""Between the moment at which work moved again and the next kill."""
AT_ONCE = 0.5
"""How often the next kill does not wait for that."""
USES = ["access_copy", "preservation_master", "waveform"]


def signed_in(ports: Ports) -> dict[str, str]:
    """The cookie of an archivist."""
    with unit(ports.sessions) as session:
        account = Account(email="archivist@archive.test", name="archivist", role="archivist")
        session.add(account)
        session.flush()
        return {cookie_name(ports.settings): start_sign_in(session, account)}


class Progress:
    """What has been done, as the database says, and since when."""

    def __init__(self, ports: Ports, crowd: Crowd) -> None:
        """Nothing is known yet."""
        self._ports, self._crowd = ports, crowd
        self._known: tuple[Any, ...] = ()
        self._asked_at = 0.0

    def look(self) -> None:
        """Note a change as of the look before: it came later than that."""
        began = time.monotonic()
        counts = (
            select(func.max(StoryIndexing.indexed_at)),
            select(func.count()).select_from(Batch).where(Batch.done_at.is_not(None)),
            select(func.count()).select_from(RecordingStep).where(RecordingStep.done_at.is_not(None)),
            select(func.count()).select_from(Upload).where(Upload.state == "stored"),
        )
        try:
            with unit(self._ports.sessions, write=False) as session:
                found = tuple(session.scalar(count) for count in counts)
        except SQLAlchemyError:
            return
        if found != self._known:
            self._crowd.went_well("rows", self._asked_at)
        if found[:1] != self._known[:1]:
            self._crowd.went_well("index", self._asked_at)
        self._known, self._asked_at = found, began


def sign_of_life(part: Part, crowd: Crowd, at: float) -> Callable[[], bool]:
    """What shows that work moves again after this part was killed."""
    if isinstance(part, ProcessPart) and part.kind == "worker":
        before = part.said("job_done")
        return lambda: part.said("job_done") > before
    signs = {"api": ("api",), "weed": ("store",), "postgres": ("rows",), "meilisearch": ("search", "index")}[part.kind]
    return lambda: all(crowd.moved.get(sign, 0.0) > at for sign in signs)


def kill_at_random(set_: Production, crowd: Crowd, progress: Progress, chance: random.Random, kills: int) -> list[Kill]:
    """So many kills; each kind at least once."""
    kinds = set_.kinds
    first = chance.sample(kinds, len(kinds))
    done: list[Kill] = []
    for n in range(kills):
        time.sleep(chance.uniform(0, LONGEST_QUIET_S))
        part = chance.choice(set_.of(first[n] if n < len(first) else chance.choice(kinds)))
        set_.all_up(RESUMES_WITHIN_S) if not part.up.is_set() else None
        kill = Kill(part.kind, time.monotonic(), lambda: False)
        part.kill()
        kill.at = time.monotonic()
        kill.resumed = sign_of_life(part, crowd, kill.at)
        done.append(kill)
        wait_until_resumed(done, crowd, progress, seconds=0 if chance.random() < AT_ONCE else RESUMES_WITHIN_S * 2)
        if (n + 1) % 10 == 0:
            print(f"{time.strftime('%X')} {n + 1} kills, {len(crowd.tales)} tales", flush=True)
    set_.all_up(RESUMES_WITHIN_S * 2)
    wait_until_resumed(done, crowd, progress, seconds=RESUMES_WITHIN_S * 2)
    return done


def wait_until_resumed(kills: list[Kill], crowd: Crowd, progress: Progress, *, seconds: float) -> None:
    """Note when work moved again after each kill; what takes longer than it may is a fault."""
    until = time.monotonic() + seconds
    while waiting := [kill for kill in kills if kill.after_s is None]:
        progress.look()
        for kill in waiting:
            if kill.resumed():
                kill.after_s = time.monotonic() - kill.at
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    if seconds:
        for kill in waiting:
            crowd.fault(f"no work for {seconds:.0f} s after a kill of {kill.kind}")
            kill.after_s = time.monotonic() - kill.at


def what_is_owed(ports: Ports) -> list[str]:
    """Rows that are owed something, recordings that are not ready, and messages, in words."""
    with unit(ports.sessions, write=False) as session:
        rows = [f"{row.job} {row.id} {row.state} {row.reason}" for row in pipeline.owed(session, now())]
        rows += [f"recording {r.id} {r.state}" for r in session.query(Recording) if r.state != "ready"]
        rows += [f"upload {u.id} {u.state}" for u in session.query(Upload) if u.state != "stored" or u.is_held]
        messages = session.execute(
            text("SELECT task_name, args->>'id', status FROM procrastinate_jobs WHERE args ? 'id'")
        )
        return rows + [f"message {name} {id_} {status}" for name, id_, status in messages]


def settle(ports: Ports, seconds: float) -> float:
    """Wait until nothing is owed; how long that took."""
    began = time.monotonic()
    while left := what_is_owed(ports):
        assert time.monotonic() - began < seconds, "stuck:\n" + "\n".join(left[:30])
        time.sleep(0.5)
    return time.monotonic() - began


def check_rows(ports: Ports, crowd: Crowd) -> None:
    """Each file that was acknowledged is one recording with its master and its words, and there is nothing else."""
    with unit(ports.sessions, write=False) as session:
        tales = {tale.story_id: tale for tale in crowd.tales}
        assert {row.id: row.title for row in session.query(Story)} == {id_: t.title for id_, t in tales.items()}
        assert {row.id for row in session.query(Upload)} == {tale.upload_id for tale in tales.values()}
        recordings = session.query(Recording).all()
        assert sorted((r.story_id, r.id) for r in recordings) == sorted(
            (id_, t.recording_id) for id_, t in tales.items()
        )
        for recording in recordings:
            tale = tales[recording.story_id]
            files = session.query(MediaFile).filter(MediaFile.recording_id == recording.id).all()
            assert sorted(file.use for file in files) == USES
            assert [file.sha256 for file in files if file.use == "preservation_master"] == [tale.sha256]
            assert session.query(TranscriptVersion).filter_by(recording_id=recording.id).count() == 1
            cues = session.query(Cue).filter(Cue.recording_id == recording.id).all()
            assert tuple(word_by_word(cues)) == tale.told.words, "other words than without kills"
            events = Counter(
                e.type for e in session.query(PreservationEvent).filter_by(recording_id=recording.id, outcome="success")
            )
            assert events["ingestion"] == events["message digest calculation"] == 1
        batches = session.query(Batch).all()
        assert all(batch.done_at is not None and batch.lease_owner is None for batch in batches)
        assert not session.execute(text("SELECT id FROM procrastinate_jobs WHERE args ? 'id'")).all()


def check_store(ports: Ports, crowd: Crowd, *, cut: int) -> None:
    """Each object has its row and its bytes; only uploads just begun at a kill may wait for the sweep of a month."""
    with unit(ports.sessions, write=False) as session:
        files = {file.key: file.sha256 for file in session.query(MediaFile)}
        refs = {row.ref.split("-", maxsplit=1)[0] for row in session.query(Upload)}
    assert keys_of(ports.objects) == sorted(files)
    left = held_uploads(ports.objects)
    assert not left & refs, "an upload that is safe still takes room"
    assert len(left) <= cut, "more left over than was begun when something was killed"
    for tale in crowd.tales:
        with ports.objects.open(f"masters/{tale.recording_id}/{tale.sha256}") as file:
            assert file.read() == tale.data


def check_search(ports: Ports, crowd: Crowd) -> None:
    """The search index has each passage of the database once, at its story's revision, and finds each public story."""
    everything = search_access(Actor(None, "admin"), now())
    counts = select(Passage.story_id, Passage.revision, func.count()).group_by(Passage.story_id, Passage.revision)
    with unit(ports.sessions, write=False) as session:
        rows = sorted((story_id, revision, passages) for story_id, revision, passages in session.execute(counts))
        passages = session.execute(select(Passage.story_id, Passage.id, Passage.text)).all()
    assert sorted(ports.search_index.inventory()) == rows
    of_story: dict[str, set[str]] = {}
    for story_id, passage_id, _ in passages:
        of_story.setdefault(story_id, set()).add(passage_id)
    for story_id, passage_id, said in passages:
        word = next((word for word in said.split() if word.isalpha()), "Tale")
        asked = Query(word, literal=True)
        found = [hit.passage_id for hit in ports.search_index.in_story(story_id, asked, everything)]
        assert passage_id in found
        assert len(found) == len(set(found))
        assert set(found) <= of_story[story_id]
    public = {tale.story_id for tale in crowd.tales if tale.may_be_public}
    with crowd.client(stranger=True) as client:
        page = client.get("/search", params={"q": "Tale", "per_page": 50}).json()
    assert page["total_stories"] == len(public)
    assert {item["story_id"] for item in page["items"]} <= public


def tell(kills: Sequence[Kill], crowd: Crowd, set_: Production) -> None:
    """Print what happened."""
    for kind in set_.kinds:
        taken = [kill.after_s or 0.0 for kill in kills if kill.kind == kind]
        if taken:
            print(
                f"  {kind}: {len(taken)} kills, work again after p50 {share(taken, 0.5):.1f} s, "
                f"p95 {share(taken, 0.95):.1f} s, max {max(taken):.1f} s"
            )
    again = {part.name: part.restarts for part in set_.parts if isinstance(part, ProcessPart)}
    print(f"  started in vain: {again}; answers: {dict(crowd.answers)}", flush=True)


def through_kills(
    folder: Path, minutes: Sequence[float], kills: int, seed: int, *, more_bytes: int, files: int
) -> None:
    """Load, kills, and at the end everything is there once."""
    seed = int(os.environ.get("KILLS_SEED") or seed)
    print(f"seed {seed}", flush=True)
    heard: list[Told] = told(folder / "calm", minutes)
    chance = random.Random(seed)
    began = time.monotonic()
    with Production(folder / "killed", chance) as set_:
        ports = set_.ports()
        crowd = Crowd(set_.address, signed_in(ports), heard, seed, more_bytes)
        crowd.most_tales = files
        progress = Progress(ports, crowd)
        try:
            crowd.begin()
            done = kill_at_random(set_, crowd, progress, chance, kills)
            killed_s = time.monotonic() - began
            crowd.finish_changing(RESUMES_WITHIN_S * 3)
            settled_s = settle(ports, 300)
            time.sleep(1)  # the readers look once more
        finally:
            crowd.end()
        print(
            f"\n{len(done)} kills in {killed_s:.0f} s, {len(crowd.tales)} files sent, all done "
            f"{settled_s:.1f} s after the last change"
        )
        tell(done, crowd, set_)
        assert not crowd.faults, "\n".join(f"{n} × {what}" for what, n in crowd.faults.items())
        check_rows(ports, crowd)
        check_store(ports, crowd, cut=kills)
        check_search(ports, crowd)
        assert max(kill.after_s or 0.0 for kill in done) <= RESUMES_WITHIN_S


@pytest.mark.soak
def test_eight_kills_lose_double_and_show_nothing(tmp_path: Path) -> None:
    """Each kind at least once, while short tales are sent, heard, edited, found and taken back."""
    through_kills(tmp_path, [0.2, 0.35], FEW_KILLS, 6, more_bytes=PART_BYTES, files=3)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_kills_lose_double_and_show_nothing(tmp_path: Path) -> None:
    """The long proof, with a sound of several batches and files of three parts."""
    through_kills(tmp_path, [0.3, 2.0, 0.5], MOST_KILLS, 200, more_bytes=2 * PART_BYTES, files=10_000)
