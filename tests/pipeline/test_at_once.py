"""Writers at the same moment: what SQLite's single writer gives, Postgres gives too."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg.errors import DeadlockDetected
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app.accounts.schemas import Actor
from app.admin.commands import register_worker
from app.admin.models import Worker
from app.collections.commands import add_collection
from app.kernel.db import in_unit, unit
from app.kernel.leases import claim, finish
from app.kernel.time import now
from app.recordings import jobs
from app.recordings.commands import begin_upload, transcript_settled
from app.recordings.commands.summary import summarise
from app.recordings.models import Recording, RecordingStep, Upload
from app.recordings.schemas import UploadCreate
from app.search.commands import begin_indexing
from app.search.models import StoryIndexing
from app.stories import commands as stories
from app.stories.models import Story
from app.stories.schemas import StoryCreate, StoryUpdate
from app.transcripts.commands import commit_batch, transcribe_again
from app.transcripts.commands.versions import StillTranscribingError, begin_version
from app.transcripts.models import Batch, Cue, TranscriptVersion
from tests.factories.at_once import all_well, at_once, rows, while_open, writing
from tests.factories.stories import a_recording, a_story
from tests.rooms.recordings.sending import a_tone, send_file

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

PASSWORD = "kalamansi, bagoong at tuyo"
OPERATOR = Actor.as_operator("tester")


def one(archive: TestArchive, kind: type[Any], id_: str) -> Any:
    """A row as it stands."""
    with unit(archive.ports.sessions, write=False) as session:
        return session.get(kind, id_)


def stories_to_index(archive: TestArchive, count: int) -> list[str]:
    """Ids of new stories, each with its row of what the search index owes."""

    def make(session: Session) -> list[str]:
        ids = [a_story(session).id for _ in range(count)]
        session.add_all(StoryIndexing(id=id_) for id_ in ids)
        return ids

    return archive.in_unit(make)


def test_identifiers_are_given_once_and_without_gaps(archive: TestArchive) -> None:
    """Twelve who begin the first stories and collections of an archive at once get the numbers 1 to 12."""
    made = at_once([writing(archive, lambda s: stories.create_story(s, OPERATOR, StoryCreate())) for _ in range(12)])
    assert sorted(int(story.identifier.rsplit("-")[-1]) for story in all_well(made)) == list(range(1, 13))
    folders = at_once([writing(archive, lambda s: add_collection(s, "A")) for _ in range(12)])
    assert sorted(folder.identifier for folder in all_well(folders)) == [f"C-{n:04d}" for n in range(1, 13)]


def test_one_key_begins_one_upload(archive: TestArchive) -> None:
    """Eight requests with one Idempotency-Key at the same moment: one upload, one story, the same answer to all."""
    actor = archive.actor("volunteer")
    wanted = UploadCreate(filename="oma.wav", size_bytes=1000, content_type="audio/wav")
    begun = at_once([writing(archive, lambda s: begin_upload(s, archive.ports, actor, wanted, "k")) for _ in range(8)])
    assert len({upload.id for upload in all_well(begun)}) == 1
    assert len(rows(archive, Upload)) == len(rows(archive, Story)) == 1


def test_recordings_of_one_story_are_numbered_as_they_arrive(archive: TestArchive) -> None:
    """Four files accepted at once into one story are recordings 1 to 4; no try was wasted, and the story knows all."""
    client = archive.client("volunteer")
    story_id = client.post("/api/v1/stories", json={}).json()["id"]
    sent = [send_file(client, a_tone(1 + n / 10), story_id=story_id)["id"] for n in range(4)]
    assert at_once([partial(jobs.accept, archive.ports, id_) for id_ in sent]) == [None] * 4
    assert sorted(row.number for row in rows(archive, Recording)) == [1, 2, 3, 4]
    assert [(row.state, row.attempts) for row in rows(archive, Upload)] == [("stored", 0)] * 4


def test_of_many_who_claim_a_row_one_gets_it(archive: TestArchive) -> None:
    """Eight threads that claim the same ten rows get each row once between them."""
    ids = stories_to_index(archive, 10)

    def run() -> list[str]:
        got = []
        for id_ in ids:
            with unit(archive.ports.sessions) as session:
                if claim(session, StoryIndexing, id_) is not None:
                    got.append(id_)
        return got

    got = at_once([run] * 8)
    assert sorted(id_ for part in got if isinstance(part, list) for id_ in part) == sorted(ids)
    assert {row.fence for row in rows(archive, StoryIndexing)} == {1}


def test_a_storys_first_row_of_the_index_is_made_once(archive: TestArchive) -> None:
    """Eight workers that see a new story at once make one row between them, without an error."""
    id_ = archive.in_unit(a_story).id
    assert at_once([writing(archive, lambda s: begin_indexing(s, id_))] * 8) == [None] * 8
    assert len(rows(archive, StoryIndexing)) == 1


def test_no_change_of_a_story_is_lost_to_search(archive: TestArchive) -> None:
    """A person saves while a worker's change is not committed yet: the revision counts both."""
    story = archive.in_unit(a_story)
    actor = archive.actor("archivist")
    while_open(
        archive.ports.sessions,
        lambda session: stories.touch_story(session, story.id),
        writing(archive, lambda s: stories.change_story(s, actor, story.id, StoryUpdate(title="New", version=1))),
    )
    assert one(archive, Story, story.id).revision == story.revision + 2
    while_open(
        archive.ports.sessions,
        lambda session: stories.unpublish_story(session, actor, story.id),
        writing(archive, lambda s: stories.touch_story(s, story.id)),
    )
    assert one(archive, Story, story.id).revision == story.revision + 4


def test_the_summary_knows_both_of_two_recordings(archive: TestArchive) -> None:
    """Two recordings of a story that change at the same moment are both in its length."""

    def make(session: Session) -> tuple[str, str, str]:
        story = a_story(session)
        first, second = (a_recording(session, story, number=n, duration_ms=0) for n in (1, 2))
        return story.id, first.id, second.id

    story_id, first, second = archive.in_unit(make)

    def lengthen(id_: str, session: Session) -> None:
        session.execute(update(Recording).where(Recording.id == id_).values(duration_ms=1000))
        summarise(session, story_id)

    while_open(archive.ports.sessions, partial(lengthen, first), writing(archive, partial(lengthen, second)))
    assert one(archive, Story, story_id).duration_ms == 2000


def a_version(archive: TestArchive, batches: int) -> tuple[str, list[str]]:
    """A planned version with so many batches of one second: (version, batches)."""

    def make(session: Session) -> tuple[str, list[str]]:
        recording = a_recording(session, a_story(session), state="processing")
        version = TranscriptVersion(
            recording_id=recording.id, story_id=recording.story_id, number=1, planned=True, speech_ms=1000 * batches
        )
        session.add(version)
        session.flush()
        made = [Batch(version_id=version.id, seq=n, speech_ms=1000, windows=[]) for n in range(batches)]
        session.add_all(made)
        session.flush()
        return version.id, [batch.id for batch in made]

    return archive.in_unit(make)


def a_commit(archive: TestArchive, batch_id: str) -> None:
    """What a worker does with a batch that it claimed."""
    with unit(archive.ports.sessions) as session:
        taken = claim(session, Batch, batch_id)
        batch = session.get(Batch, batch_id)
        assert taken is not None
        assert batch is not None
        version = session.get(TranscriptVersion, batch.version_id)
        assert version is not None
    cue = Cue(
        version_id=version.id,
        recording_id=version.recording_id,
        batch_id=batch_id,
        start_ms=batch.seq * 1000,
        end_ms=batch.seq * 1000 + 900,
        language="en",
        text=f"Number {batch.seq}.",
        words=[],
    )
    in_unit(
        archive.ports.sessions,
        lambda session: commit_batch(session, taken, batch, version, cues=[cue], spans=[], seconds=0.1),
    )


def test_batches_that_end_together_complete_the_version_once(archive: TestArchive) -> None:
    """Eight batches committed at the same moment: all words there, one completion, and moments in commit order."""
    version_id, batches = a_version(archive, 8)
    assert at_once([partial(a_commit, archive, id_) for id_ in batches]) == [None] * 8
    version = one(archive, TranscriptVersion, version_id)
    assert (version.status, version.done_ms) == ("machine", 8000)
    assert len(rows(archive, Cue)) == 8
    assert len({row.done_at for row in rows(archive, Batch)}) == 8


def test_who_follows_the_words_misses_none(archive: TestArchive) -> None:
    """A page that asks while batches are committed by several workers at once gets every cue exactly once."""
    version_id, batches = a_version(archive, 12)
    recording_id = one(archive, TranscriptVersion, version_id).recording_id
    client = archive.client("archivist")
    stop, seen = threading.Event(), list[str]()

    def follow() -> None:
        after = ""
        while True:
            last = stop.is_set()
            query = {"after": after} if after else {}
            answer = client.get(f"/api/v1/recordings/{recording_id}/cues", params=query).json()
            seen.extend(item["text"] for item in answer["items"])
            after = answer["next"]
            if last:
                return

    def work(mine: list[str]) -> None:
        for id_ in mine:
            a_commit(archive, id_)

    following = threading.Thread(target=follow)
    following.start()
    done = at_once([partial(work, batches[n::4]) for n in range(4)])
    stop.set()
    following.join()
    assert done == [None] * 4
    assert sorted(seen) == sorted(f"Number {n}." for n in range(12))


def test_a_worker_whose_clock_is_slow_hides_no_words(archive: TestArchive) -> None:
    """The moment of a batch is later than that of every batch committed before it, whatever the worker's clock says."""
    _, batches = a_version(archive, 2)
    a_commit(archive, batches[0])
    ahead = now() + dt.timedelta(seconds=90)
    archive.in_unit(lambda s: s.query(Batch).filter(Batch.id == batches[0]).update({"done_at": ahead}))
    a_commit(archive, batches[1])
    assert one(archive, Batch, batches[1]).done_at > ahead


def test_asking_twice_at_once_begins_one_version(archive: TestArchive) -> None:
    """Four who ask for the words again at the same moment: one begins, the others are told to wait."""

    def make(session: Session) -> str:
        recording = a_recording(session, a_story(session))
        transcript_settled(session, recording.id)
        begin_version(session, recording, []).status = "machine"
        session.add(RecordingStep(recording_id=recording.id, step="derive", done_at=now()))
        return recording.id

    recording_id = archive.in_unit(make)
    actor = archive.actor("archivist")
    ask = writing(archive, lambda s: transcribe_again(s, actor, recording_id, [], None))
    got = at_once([ask] * 4)
    assert sorted(type(part) is StillTranscribingError for part in got) == [False, True, True, True]
    assert sorted(row.number for row in rows(archive, TranscriptVersion)) == [1, 2]


def test_workers_register_and_sweep_at_once(archive: TestArchive) -> None:
    """Several who register at the same moment sweep the dead away once, without an error."""
    dead = Worker(id="elsewhere:1:1", host="elsewhere", pid=1, queues=[])
    archive.in_unit(lambda s: s.add(dead))
    archive.in_unit(lambda s: s.query(Worker).update({"seen_at": dead.started_at.replace(year=2020)}))
    got = at_once([writing(archive, lambda s: register_worker(s, ["index"]))] * 6)
    all_well(got)
    assert len(rows(archive, Worker)) == 1


def test_a_deadlock_is_no_error_of_the_work(archive: TestArchive) -> None:
    """Two units that take the same rows in opposite order both end well: one is simply done again."""
    ids = stories_to_index(archive, 2)
    tries = list[int]()
    both = threading.Barrier(2)

    def run(order: list[str]) -> None:
        def do(session: Session) -> None:
            tries.append(1)
            session.execute(update(Story).where(Story.id == order[0]).values(revision=Story.revision + 1))
            if len(tries) <= 2:
                with suppress(threading.BrokenBarrierError):
                    both.wait(1)  # on SQLite the second writer is not even here
            session.execute(update(Story).where(Story.id == order[1]).values(revision=Story.revision + 1))

        in_unit(archive.ports.sessions, do)

    assert at_once([partial(run, ids), partial(run, ids[::-1])]) == [None, None]
    assert {one(archive, Story, id_).revision for id_ in ids} == {3}


def test_a_result_that_had_to_be_written_again_is_whole(archive: TestArchive) -> None:
    """A batch whose first commit met a deadlock has its cues once, and its progress counted once."""
    version_id, (batch_id,) = a_version(archive, 1)
    original = commit_batch
    failed = list[int]()

    def keep(session: Session, *args: Any, **kwargs: Any) -> None:
        original(session, *args, **kwargs)
        if not failed:
            failed.append(1)
            raise a_deadlock()

    with unit(archive.ports.sessions) as session:
        taken = claim(session, Batch, batch_id)
        batch, version = session.get(Batch, batch_id), session.get(TranscriptVersion, version_id)
    assert taken is not None
    assert batch is not None
    assert version is not None
    cue = Cue(
        version_id=version.id,
        recording_id=version.recording_id,
        batch_id=batch.id,
        start_ms=0,
        end_ms=900,
        language="en",
        text="Once.",
        words=[],
    )
    in_unit(
        archive.ports.sessions,
        lambda session: keep(session, taken, batch, version, cues=[cue], spans=[], seconds=0.1),
    )
    assert failed == [1]
    assert [row.text for row in rows(archive, Cue)] == ["Once."]
    assert one(archive, TranscriptVersion, version_id).done_ms == 1000


def a_deadlock() -> Exception:
    """What the driver raises when Postgres ends a transaction to break a circle."""
    return OperationalError("UPDATE", {}, DeadlockDetected("deadlock detected"))


def test_a_result_waits_for_nobody_elses_claim(archive: TestArchive) -> None:
    """While one row's result is not committed yet, another row of the same kind is claimed and finished."""

    def make(session: Session) -> list[str]:
        ids = [a_story(session).id for _ in range(2)]
        session.add_all(StoryIndexing(id=id_) for id_ in ids)
        return ids

    first, second = archive.in_unit(make)
    taken = archive.in_unit(lambda s: claim(s, StoryIndexing, first))
    assert taken is not None

    def other() -> object:
        with unit(archive.ports.sessions) as session:
            mine = claim(session, StoryIndexing, second)
            assert mine is not None
            finish(session, mine, indexed_at=now())
        return mine

    assert while_open(archive.ports.sessions, lambda s: finish(s, taken, indexed_at=now()), other) is not None
    assert None not in {row.indexed_at for row in rows(archive, StoryIndexing)}


def test_a_reading_unit_sees_one_moment(archive: TestArchive) -> None:
    """What others commit meanwhile changes nothing for a unit that has begun to read."""
    archive.in_unit(a_story)
    with unit(archive.ports.sessions, write=False) as session:
        assert session.query(Story).count() == 1
        archive.in_unit(a_story)
        assert session.query(Story).count() == 1
    assert len(rows(archive, Story)) == 2
