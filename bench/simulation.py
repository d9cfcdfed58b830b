"""An archive of 100,000 interviews: what a part of it measures, times as much, and which of its questions slow down.

A real interview goes through derivation, Whisper and search and is measured: rows, bytes, CPU seconds an hour of sound.
Then its rows are copied to ``stories`` stories in a real Postgres (SQLite where there is none), without their cues, and
the questions that every worker and every page asks all the time are timed there, also while ``UNDONE`` batches wait.
What it costs is by the prices of the options. docs/operations.md reads the result.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, inspect, select, text

from app import pipeline
from app.accounts.schemas import Actor
from app.kernel.db import unit
from app.kernel.ids import new_id
from app.kernel.settings import PostgresDatabase, load_settings
from app.kernel.time import now
from app.recordings.models import MediaFile, Recording
from app.search.models import Passage, StoryIndexing
from app.stories.models import Story
from app.stories.queries import story_page, withheld_ids
from app.transcripts.models import Batch, Cue, TranscriptVersion
from bench.costs import Assumed, Needs, Prices, add_arguments, cost_rows, read_arguments
from bench.rows import row
from bench.splice import known_clips, splice
from bench.transcription import SHARED
from bench.worker import cpu_s
from tests.factories.archive import an_archive
from tests.factories.sound import write_wav
from workers.ingesting import operator_consent, story_fields, take_in
from workers.servers.postgres import a_postgres, find_postgres
from workers.transcribers import batches_at_once, make_transcriber

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

STORIES = 100_000
HOURS_EACH = 1.5
AT_A_TIME = 2_000
ASKED = 7
UNDONE = 10_000
"""Batches that wait: a hundred interviews of an hour and a half, come at once."""
UNDONE_EACH = 100
MEILISEARCH_BYTES_A_PASSAGE = 33e3
"""As docs/operations.md has it of a 1.50.0 server with 100,000 passages."""
SLOW_MS = 250.0
"""A worker asks its rows once a second: what takes a quarter of that is felt."""
COPIED = (Recording, TranscriptVersion, MediaFile, StoryIndexing)
MASTER_BYTES_AN_HOUR = 110e6
"""A phone's or recorder's AAC of 256 kbit/s in stereo; a WAV of 48 kHz, 24 bit, stereo is nine times as much."""


def run(
    stories: int = STORIES, minutes: float = 10, prices: Prices | None = None, assumed: Assumed | None = None
) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met: the whole archive projected, its cost, and its questions timed."""
    if not SHARED.exists():
        return []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        over: dict[str, Any] = {}
        if find_postgres() is not None:
            server = stack.enter_context(a_postgres())
            server.create("simulation")
            over["database"] = PostgresDatabase.model_validate({"kind": "postgres", "url": server.url("simulation")})
        settings = load_settings(env_file=None)
        transcriber = make_transcriber(settings, batches_at_once(settings))
        archive = stack.enter_context(an_archive(folder / "archive", transcriber, **over))
        spent = _take_in(archive, folder, minutes)
        hour = _an_hour(archive, minutes)
        whole = stories * HOURS_EACH
        rows = _projected(hour, spent, minutes, whole)
        rows += cost_rows(_needs(hour, spent, minutes, whole), prices or Prices(), assumed or Assumed())
        _copy(archive, stories)
        rows += _asked(archive, f"{stories:,} stories")
        _leave_undone(archive, min(UNDONE, stories * UNDONE_EACH))
        return [*rows, *_asked(archive, f"{stories:,} stories, {UNDONE:,} batches undone")]


def _take_in(archive: TestArchive, folder: Path, minutes: float) -> Counter[str]:
    """One real interview to its end; CPU seconds by job."""
    path = write_wav(folder / "interview.wav", splice(SHARED, known_clips(SHARED, "en"), minutes, seed=5).sound)
    operator, consent = Actor.as_operator("bench"), operator_consent("bench", None)
    wanted = story_fields("An interview", ["en"], ["Lan Nguyen"], None)
    take_in(archive.ports, operator, path, story_id=None, wanted=wanted, public=True, consent=consent)
    spent: Counter[str] = Counter()
    while True:
        with unit(archive.ports.sessions, write=False) as session:
            due = [one for one in pipeline.owed(session, now()) if one.due]
        if not due:
            return spent
        before = cpu_s()
        pipeline.JOBS[due[0].job](archive.ports, due[0].id)
        spent[due[0].job] += cpu_s() - before  # type: ignore[assignment]  # counts seconds


def _an_hour(archive: TestArchive, minutes: float) -> dict[str, float]:
    """Rows and bytes that an hour of sound leaves."""
    with unit(archive.ports.sessions, write=False) as session:
        found: dict[str, float] = {
            name: float(session.scalar(select(func.count()).select_from(model)) or 0)
            for name, model in (("cues", Cue), ("passages", Passage), ("batches", Batch))
        }
        found["listening"] = float(
            session.scalar(select(func.sum(MediaFile.size_bytes)).where(MediaFile.use == "access_copy")) or 0
        )
        words = session.scalars(select(Cue)).all()
        found["cue_bytes"] = float(sum(len(json.dumps(cue.words)) + len(cue.text) for cue in words))
        found["index_bytes"] = _index_bytes(archive)
        found["table_bytes"] = _table_bytes(session)
    return {name: value * 60 / minutes for name, value in found.items()}


def _index_bytes(archive: TestArchive) -> float:
    """The embedded search file with its journal."""
    return float(sum(file.stat().st_size for file in archive.ports.settings.data.glob("search.sqlite*")))


def _table_bytes(session: Session) -> float:
    """Cues and passages with their indexes, as the database keeps them."""
    if session.get_bind().dialect.name != "postgresql":
        return 0.0
    sizes = text("SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(ARRAY['cues', 'passages']) AS name")
    return float(session.scalar(sizes) or 0)


def _projected(hour: dict[str, float], spent: Counter[str], minutes: float, whole: float) -> list[dict[str, Any]]:
    """The archive of ``whole`` hours, by what one hour measured."""
    beside = sum(seconds for job, seconds in spent.items() if job != "transcripts.transcribe")
    heard = float(spent["transcripts.transcribe"])
    core_h = 60 / minutes / 3600
    told = {
        "cues, millions": hour["cues"] * whole / 1e6,
        "passages, millions": hour["passages"] * whole / 1e6,
        "batches, millions": hour["batches"] * whole / 1e6,
        "cues and passages in the database, GB": hour["table_bytes"] * whole / 1e9,
        "embedded search file, GB": hour["index_bytes"] * whole / 1e9,
        "masters at 256 kbit/s, TB": MASTER_BYTES_AN_HOUR * whole / 1e12,
        "copies for listening, TB": hour["listening"] * whole / 1e12,
        "core-hours of transcription (base, CPU)": heard * core_h * whole,
        "core-hours beside transcription": beside * core_h * whole,
    }
    return [row(f"{whole:,.0f} h: {name}", value, None, "shown", met=True) for name, value in told.items()]


def _needs(hour: dict[str, float], spent: Counter[str], minutes: float, whole: float) -> Needs:
    """The same as what the costs are of; search by Meilisearch, which is what so large an archive has."""
    core_h = 60 / minutes / 3600 * whole
    listening_tb = hour["listening"] * whole / 1e12
    heard = float(spent["transcripts.transcribe"])
    return Needs(
        hours=whole,
        stored_tb=MASTER_BYTES_AN_HOUR * whole / 1e12 + listening_tb,
        listening_tb=listening_tb,
        disk_gb=(hour["table_bytes"] + hour["passages"] * MEILISEARCH_BYTES_A_PASSAGE) * whole / 1e9,
        transcription_core_h=heard * core_h,
        beside_core_h=(sum(spent.values()) - heard) * core_h,
    )


def _copy(archive: TestArchive, stories: int) -> None:
    """As many stories as asked for, each with the rows of the one that is there, but no words."""
    sessions = archive.ports.sessions
    with unit(sessions, write=False) as session:
        original = _values(session.scalars(select(Story)).one())
        below = [(model, _values(one)) for model in COPIED for one in session.scalars(select(model))]
    for first in range(0, stories, AT_A_TIME):
        made: dict[Any, list[dict[str, Any]]] = {Story: []} | {model: [] for model in COPIED}
        for number in range(first, min(stories, first + AT_A_TIME)):
            story_id, known = new_id(), {}
            known[original["id"]] = story_id
            made[Story].append(original | {"id": story_id, "identifier": f"SB-SIM-{number:06d}"})
            for model, values in below:
                fresh = dict(values)
                for name, value in values.items():
                    if name == "id" and model is not StoryIndexing:
                        known[value] = new_id()
                    if isinstance(value, str) and value in known:
                        fresh[name] = known[value]
                    elif name == "key" and isinstance(value, str):
                        fresh[name] = f"{value}-{number}"
                made[model].append(fresh)
        with unit(sessions) as session:
            for model, all_values in made.items():
                session.execute(insert(model), all_values)
    _analyse(archive)


def _analyse(archive: TestArchive) -> None:
    with archive.ports.sessions.kw["bind"].connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _leave_undone(archive: TestArchive, batches: int) -> None:
    """So many batches that nobody has begun, of the newest interviews, whose working sound is there."""
    with unit(archive.ports.sessions) as session:
        newest = select(TranscriptVersion).order_by(TranscriptVersion.id.desc()).limit(batches // UNDONE_EACH)
        sound = {"use": "working_sound", "content_type": "audio/wav", "size_bytes": 1, "sha256": "0" * 64}
        for version in session.scalars(newest).all():
            version.status = "in_progress"
            session.get_one(Recording, version.recording_id).state = "processing"
            session.add(MediaFile(recording_id=version.recording_id, key=f"copies/{version.id}/sound", **sound))
            session.add_all(
                Batch(version_id=version.id, seq=UNDONE_EACH + seq, speech_ms=30_000, windows=[])
                for seq in range(UNDONE_EACH)
            )
    _analyse(archive)


def _values(found: object) -> dict[str, Any]:
    return {column.key: getattr(found, column.key) for column in inspect(type(found)).column_attrs}


def _asked(archive: TestArchive, where: str) -> list[dict[str, Any]]:
    """Milliseconds of the questions that are asked all the time; the best of some, since the cores are shared."""
    stranger = Actor.stranger()
    questions: dict[str, Callable[[Session], object]] = {
        "what is due (each worker of rows, once a second)": lambda session: pipeline.due(
            session, now(), "transcribe", most=1
        ),
        "what is due (a sweep, every ten seconds)": lambda session: pipeline.due(session, now(), most=pipeline.SWEPT),
        "what is owed, for people": lambda session: pipeline.owed(session, now()),
        "how much is owed (metrics and health)": lambda session: pipeline.tallies(session, now()),
        "a page of stories": lambda session: story_page(session, stranger),
        "stories withheld from the index": lambda session: withheld_ids(session, stranger),
        "a recording by its story": lambda session: session.scalars(
            select(Recording).where(Recording.story_id == new_id())
        ).all(),
    }
    rows = []
    for name, ask in questions.items():
        took = []
        for _ in range(ASKED):
            with unit(archive.ports.sessions, write=False) as session:
                began = time.perf_counter()
                ask(session)
                took.append((time.perf_counter() - began) * 1000)
        rows.append(row(f"{where}: {name}, ms", min(took), None, f"<= {SLOW_MS:g}", met=min(took) <= SLOW_MS))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--minutes", type=float, default=10)
    add_arguments(parser)
    given = parser.parse_args()
    for one in run(given.stories, given.minutes, *read_arguments(given)):
        print(json.dumps(one, ensure_ascii=False))
