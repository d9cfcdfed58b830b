"""A backup taken while everybody writes, by the commands of docs/operations.md, and restored on empty servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
import yaml
from psycopg import sql
from sqlalchemy import update

from app import pipeline
from app.accounts.commands import start_sign_in
from app.accounts.dependencies import cookie_name
from app.accounts.models import Account
from app.kernel.db import unit
from app.kernel.time import now
from app.recordings.models import MediaFile, Recording, Upload
from app.transcripts.models import Batch, Cue
from app.transcripts.models import TranscriptVersion as Version
from tests.engines import whisper
from tests.factories.archive import an_archive
from tests.factories.bucket import store_of, the_server
from tests.factories.living import LivingArchive
from tests.pipeline.test_kills import a_long_recording
from tests.rooms.recordings.sending import a_tone, begin, complete, noise, send_file, send_parts, sha256, split
from tests.shared_data import requires_shared
from workers.servers.postgres import PostgresServer, a_postgres, find_postgres
from workers.servers.seaweed import SeaweedServer, a_seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.archive import TestArchive

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
WORDS = "sweet-with-clouds.m4a"
SECRET = "the same secret on the old archive and on the restored one 0123456789"


@dataclass
class People:
    """An archivist and volunteers who do what people do, over HTTP, until they are told to stop."""

    archive: LivingArchive
    headers: dict[str, str] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    told: list[str] = field(default_factory=list)
    """Stories whose making was answered, in order."""
    stored: list[str] = field(default_factory=list)
    """Uploads that were taken."""
    failures: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sign the archivist in."""
        ports = self.archive.ports()
        with unit(ports.sessions) as session:
            account = Account(email="archivist@archive.test", name="An archivist", role="archivist")
            session.add(account)
            session.flush()
            token = start_sign_in(session, account)
        self.headers = {"Cookie": f"{cookie_name(ports.settings)}={token}"}

    def client(self, archive: LivingArchive | None = None) -> Any:
        """A browser's like, signed in; at the restored archive by the same cookie."""
        there = archive or self.archive
        headers = self.headers | {"Origin": there.public_address}
        return httpx.Client(base_url=there.address, headers=headers, timeout=60)

    def start(self) -> None:
        """From now on they write."""
        for work in (self._tell, self._send):
            thread = threading.Thread(target=self._until_stopped, args=(work,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """They end what they are doing; what was refused meanwhile fails the test."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
        assert self.failures == []

    def _until_stopped(self, work: Any) -> None:
        with self.client() as client:
            number = 0
            while not self.stopping.wait(0.05):
                number += 1
                try:
                    work(client, number)
                except Exception as error:
                    self.failures.append(f"{work.__name__}: {error!r}")
                    raise

    def _tell(self, client: httpx.Client, number: int) -> None:
        """A story is made, changed, shown to everybody, and every second one is taken back."""
        said = {"statement": "Everybody may hear it.", "given_by": "Lan", "scope": ["listen", "read", "publish_online"]}
        made = client.post("/api/v1/stories", json={"title": f"Told {number} 外婆", "consent": said})
        assert made.status_code == 201, made.text
        id_, version = made.json()["id"], made.json()["version"]
        changed = client.patch(f"/api/v1/stories/{id_}", json={"version": version, "title": f"Told again {number}"})
        assert changed.status_code == 200, changed.text
        self.told.append(id_)
        if number % 2:
            assert client.post(f"/api/v1/stories/{id_}/publish", json={"level": "public"}).status_code == 200
            assert client.post(f"/api/v1/stories/{id_}/unpublish").status_code == 200

    def _send(self, client: Any, number: int) -> None:
        """A recording is sent whole; beside each third one another is begun and called off."""
        self.stored.append(send_file(client, a_tone(1 + number / 100))["id"])
        if number % 3 == 0:
            plan = begin(client, noise(2_000, number), filename="off.wav").json()
            send_parts(client, plan["id"], {1: noise(2_000, number)})
            assert client.delete(f"/api/v1/uploads/{plan['id']}").status_code == 204


@contextmanager
def in_parts(archive: LivingArchive) -> Iterator[subprocess.Popen[bytes]]:
    """``storybraid serve --no-worker``, and a ``storybraid worker`` that can be held still."""
    archive.start("--no-worker")
    with (archive.folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen([sys.executable, "-m", "workers", "worker"], env=archive.env, stdout=log, stderr=log)
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGCONT)
        worker.kill()
        worker.wait()
        archive.stop()


def on_servers(folder: Path, postgres: PostgresServer, weed: SeaweedServer) -> LivingArchive:
    """An archive on these servers, whose database is made as the guide says and is empty."""
    postgres.create("storybraid")
    bucket = {f"STORYBRAID_OBJECTS__{name.upper()}": str(value) for name, value in weed.settings("sb-backup").items()}
    return LivingArchive(
        folder,
        {
            "STORYBRAID_SECRET": SECRET,
            "STORYBRAID_DATABASE__KIND": "postgresql",
            "STORYBRAID_DATABASE__URL": postgres.url("storybraid"),
            "STORYBRAID_JOBS__KIND": "procrastinate",
            "STORYBRAID_TRANSCRIBER__BATCH": "1",
            **bucket,
        },
    )


def of_postgres(command: list[str], postgres: PostgresServer, backups: Path, *more: str) -> None:
    """Run a command of the backup job here: its programs, folder and server instead of the container's."""
    programs = find_postgres()
    assert programs is not None
    where = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGUSER": "storybraid",
        "PGPASSWORD": postgres.password,
    }
    line = " ".join(command).replace("/backups", str(backups)).replace("$$", "$")
    for option in more:
        line = line.replace("pg_dump ", f"pg_dump {option} ")
    done = subprocess.run(
        ["sh", "-c", line],
        env=os.environ | where | {"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def every_row(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """All rows of all tables, the queue's too, as the server writes them."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return {
        name: [
            row[0]
            for row in connection.execute(sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name)))
        ]
        for (name,) in tables
    }


def the_restore_line() -> str:
    """The guide's own line that gives an empty database the rows of a dump."""
    (line,) = [line for line in GUIDE.splitlines() if "pg_restore" in line and "docker compose" in line]
    return line.partition("sh -c '")[2].partition("'")[0]


def of_guide(command: str, *, times: int = 1) -> str:
    """A command that the guide names, word for word."""
    assert GUIDE.count(command) >= times, f"docs/operations.md does not say: {command}"
    return command


def heard(client: httpx.Client, recording_id: str) -> str:
    """SHA-256 of what a listener gets."""
    answer = client.get(f"/api/v1/recordings/{recording_id}/sound")
    assert answer.status_code == 200, answer.text
    return sha256(answer.content)


def states(archive: LivingArchive, recording_ids: list[str]) -> set[str]:
    """The states of these recordings."""
    with unit(archive.ports().sessions, write=False) as session:
        return {r.state for r in session.query(Recording).filter(Recording.id.in_(recording_ids))}


def recordings(archive: LivingArchive) -> int:
    """How many recordings it has."""
    with unit(archive.ports().sessions, write=False) as session:
        return session.query(Recording).count()


@pytest.mark.kills
@pytest.mark.soak
@pytest.mark.whisper
@pytest.mark.timeout(1200)
@requires_shared
@pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
def test_a_backup_taken_under_writes_is_the_archive_of_its_moment(tmp_path: Path) -> None:
    """Every row of the dump's moment and every object it names come back; what was under way goes on."""
    the_server()  # skips where there is none
    backups = tmp_path / "backups"
    backups.mkdir()
    with a_postgres() as postgres, a_seaweed() as weed:
        source = on_servers(tmp_path / "source", postgres, weed)
        source.run("migrate")
        source.run("objects", "setup")
        people = People(source)
        with in_parts(source) as worker, people.client() as client:
            before = the_moment_before(source, worker, tmp_path, client)
            people.start()
            source.until(lambda: len(people.told) > 3 and len(people.stored) > 3, 60, "writes")
            expected = dump(postgres, backups)
            worker.send_signal(signal.SIGCONT)
            ids = [before["long"], before["sweet"]]
            source.until(lambda: states(source, ids) == {"ready"}, 300, "the words")
            source.until(lambda: not is_held(source, before["completing"]), 60, "accepted")
            source.run(*of_guide("storybraid objects copy --to").split()[1:], str(backups / "objects"))
            people.stop()
            sounds = {id_: heard(client, id_) for id_ in ids[1:]}
    with a_postgres() as postgres, a_seaweed() as weed:
        restored = on_servers(tmp_path / "restored", postgres, weed)
        of_postgres([the_restore_line().replace("NAME", next(backups.glob("*.dump")).stem)], postgres, backups)
        with psycopg.connect(postgres.url("storybraid")) as connection:
            assert every_row(connection) == expected
        for command in ("migrate", "objects setup"):
            restored.run(*of_guide(f"storybraid {command}").split()[1:])
        copied = restored.json("objects", "copy", "--from", str(backups / "objects"))
        assert copied["safe"] == copied["all"]
        # The long interview was being written down; its working sound was gone when the bucket was copied.
        assert [one["outcome"] for one in copied["objects"]].count("anew") == 1
        every_object_is_there(restored, weed)
        with in_parts(restored), people.client(restored) as client:
            it_lives_on(restored, client, before, sounds)


def the_moment_before(source: LivingArchive, worker: Any, folder: Path, client: Any) -> dict[str, Any]:
    """One story is public; one interview is half written down; one upload is half sent, one sent and not accepted."""
    sample = ROOT / "workers" / "samples" / WORDS
    (sweet,) = source.json("ingest", str(sample), "--title", "Sweet with clouds", "--public", "--wait")
    long = source.json("ingest", str(a_long_recording(folder / "long.wav", 2.0)), "--language", "en", expect=4)[0]
    ports = source.ports()

    def is_half_done() -> bool:
        with unit(ports.sessions, write=False) as session:
            done = [batch.done_at is not None for batch in session.query(Batch).order_by(Batch.id.desc()).limit(5)]
            row = session.query(Recording).filter(Recording.story_id == long["story_id"]).one_or_none()
        return row is not None and row.step == "transcribe" and any(done) and not all(done)

    source.until(is_half_done, 240, "half of the words")
    worker.send_signal(signal.SIGSTOP)
    with unit(ports.sessions, write=False) as session:
        long_id = session.query(Recording.id).filter(Recording.story_id == long["story_id"]).scalar()
    big = a_tone(280.0)
    plan = begin(client, big, key="half").json()
    send_parts(client, plan["id"], {1: split(big)[0]})
    completing = send_file(client, a_tone(2.5))["id"]
    return {
        "sweet": sweet["recording_id"],
        "sweet_story": sweet["story_id"],
        "long": long_id,
        "half": plan["id"],
        "completing": completing,
        "big": big,
    }


def dump(postgres: PostgresServer, backups: Path) -> dict[str, list[str]]:
    """Run the backup job's own command; every row of the very moment that it dumped."""
    with psycopg.connect(postgres.url("storybraid")) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        (moment,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        of_postgres(COMPOSE["services"]["backup"]["command"][2:], postgres, backups, f"--snapshot={moment}")
        (kept,) = backups.glob("*.dump")
        assert kept.stat().st_mode & 0o077 == 0, "others of the machine can read what only archivists may"
        return every_row(connection)


def is_held(archive: LivingArchive, upload_id: str) -> bool:
    """Whether the store may still hold the parts of the upload."""
    with unit(archive.ports().sessions, write=False) as session:
        return bool(session.query(Upload.is_held).filter(Upload.id == upload_id).scalar())


def every_object_is_there(restored: LivingArchive, weed: SeaweedServer) -> None:
    """Read by another way than the command's own: each object that lasts has the bytes of its row's SHA-256."""
    told = restored.json(*of_guide("storybraid objects verify").split()[1:])
    assert told["safe"] == told["all"]
    store = store_of(weed.settings("sb-backup"))
    with unit(restored.ports().sessions, write=False) as session:
        files = session.query(MediaFile).filter(MediaFile.use.not_like("%working_sound")).all()
    assert {file.use for file in files} == {"preservation_master", "access_copy", "waveform"}
    for file in files:
        with store.open(file.key) as stream:
            assert sha256(stream.read()) == file.sha256


def it_lives_on(restored: LivingArchive, client: Any, before: dict[str, Any], sounds: dict[str, str]) -> None:
    """Found, heard, signed in, gone on with; what was on its way is sent again, and says why."""
    restored.until(lambda: states(restored, [before["long"], before["sweet"]]) == {"ready"}, 300, "the words")
    assert client.get("/api/v1/session").json()["account"]["role"] == "archivist"
    assert {id_: heard(client, id_) for id_ in sounds} == sounds
    page = httpx.get(f"{restored.address}/api/v1/stories/{before['sweet_story']}")
    assert page.json()["title"] == "Sweet with clouds"
    restored.until(lambda: bool(restored.json("search", "clouds")), 120, "search")
    assert {hit["story_id"] for hit in restored.json("search", "clouds")} == {before["sweet_story"]}
    restored.until(
        lambda: client.get(f"/api/v1/uploads/{before['completing']}").json()["state"] == "failed", 60, "said"
    )
    lost = client.get(f"/api/v1/uploads/{before['completing']}").json()
    assert (lost["retryable"], lost["reason"]) == (
        False,
        "What was sent is no longer on our disk. Please send the file again.",
    )
    assert client.get(f"/api/v1/uploads/{before['half']}").json()["received"] == []
    again = begin(client, before["big"], key="half").json()
    assert again["id"] != before["half"]
    sent = send_parts(client, again["id"], dict(enumerate(split(before["big"]), 1)))
    assert complete(client, again["id"], sent).status_code == 202

    def is_stored() -> bool:
        with unit(restored.ports().sessions, write=False) as session:
            return [state for (state,) in session.query(Upload.state).filter(Upload.id == again["id"])] == ["stored"]

    restored.until(is_stored, 120, "the file that was sent again")
    parts = {part["part"]: part for part in restored.json("doctor")["parts"]}
    assert (parts["database"]["warning"], parts["objects"]["warning"], parts["search"]["ok"]) == ("", "", True)


def an_embedded(folder: Path) -> LivingArchive:
    """An archive in a folder, whatever set the tests run on."""
    own = {
        "STORYBRAID_DATABASE__KIND": "sqlite",
        "STORYBRAID_OBJECTS__KIND": "local",
        "STORYBRAID_SEARCH__KIND": "sqlite",
    }
    return LivingArchive(folder, own)


def guide_lines(name: str) -> list[str]:
    """The commands of the guide's block for the embedded form that begins with this comment."""
    block = GUIDE.partition(f"# {name}\n")[2].partition("```")[0]
    return [line.partition("  #")[0].strip() for line in block.splitlines() if line.strip()]


def of_shell(archive: LivingArchive, lines: list[str]) -> None:
    """Run lines of the guide in the archive's folder, with its settings."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=archive.folder,
            env=archive.env | {"PATH": programs},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.soak
@pytest.mark.whisper
@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 here: apt-get install sqlite3")
def test_an_embedded_backup_under_writes_is_an_archive(tmp_path: Path) -> None:
    """Everything answered before it began is in the backup, whole, and the folder is an archive again."""
    source = an_embedded(tmp_path)
    source.run("migrate")
    sample = ROOT / "workers" / "samples" / WORDS
    (sweet,) = source.json("ingest", str(sample), "--title", "Sweet with clouds", "--public", "--wait")
    source.start()
    people = People(source)
    try:
        people.start()
        source.until(lambda: len(people.told) > 3 and recordings(source) > 3, 120, "writes")
        answered = [*people.told]
        of_shell(source, guide_lines("An embedded backup"))
        people.stop()
        with people.client() as client:
            sound = heard(client, sweet["recording_id"])
    finally:
        source.stop()
    (source.data).rename(tmp_path / "lost")
    of_shell(source, guide_lines("An embedded restore"))
    told = source.json("objects", "verify")
    assert told["safe"] == told["all"] > 5
    source.start()
    try:
        with people.client() as client:
            assert all(client.get(f"/api/v1/stories/{id_}").status_code == 200 for id_ in answered)
            assert heard(client, sweet["recording_id"]) == sound
        source.until(lambda: bool(source.json("search", "clouds")), 120, "search")
        parts = {part["part"]: part for part in source.json("doctor")["parts"]}
        assert all(parts[name]["ok"] and not parts[name]["warning"] for name in ("database", "objects", "search"))
    finally:
        source.stop()


def test_objects_copied_before_the_dump_are_missed(tmp_path: Path) -> None:
    """In the wrong order, or with one object lost or damaged, what is wrong is named and the exit code is 1."""
    source = an_embedded(tmp_path)
    kept = tmp_path / "kept"
    for seconds in (2.0, 3.0):
        with an_archive(source.data, database={"kind": "sqlite"}, objects={"kind": "local"}) as archive:
            send_file(archive.client("volunteer", str(seconds)), a_tone(seconds))
            archive.work()
        if seconds == 2.0:
            assert source.json("objects", "copy", "--to", str(kept / "objects"))["safe"] == 3
    rows = [f"sqlite:{folder / 'storybraid.sqlite'}" for folder in (source.data, kept)]
    source.run("copy", "--from", rows[0], "--to", rows[1])
    source.data.rename(tmp_path / "lost")
    kept.rename(source.data)
    told = source.json("objects", "verify", expect=1)
    assert [one["outcome"] for one in told["objects"] if one["key"].startswith("masters/")] == ["there", "missing"]
    assert source.json("objects", "copy", "--from", str(tmp_path / "lost" / "objects"))["safe"] == told["all"]
    master = source.data / "objects" / next(one["key"] for one in told["objects"] if one["key"].startswith("masters/"))
    master.chmod(0o600)
    with master.open("r+b") as file:
        file.seek(60)
        file.write(b"storybraid")
    told = source.json("objects", "verify", expect=1)
    damaged = [one["key"] for one in told["objects"] if one["outcome"] == "damaged"]
    assert damaged == [str(master.relative_to(source.data / "objects"))]


def lose_the_sound(archive: TestArchive, recording_id: str) -> None:
    """The working sound has no object any more."""
    with unit(archive.ports.sessions, write=False) as session:
        keys = [file.key for file in session.query(MediaFile).filter_by(recording_id=recording_id, use="working_sound")]
    assert len(keys) == 1
    archive.ports.objects.delete(keys[0])


def work_until(archive: TestArchive, job: str) -> None:
    """Do what is owed until this job comes next; rests are over at once."""
    for _ in range(40):
        archive.in_unit(lambda session: [session.execute(update(t).values(retry_at=None)) for t in (Batch, Version)])
        with unit(archive.ports.sessions, write=False) as session:
            due = [row.job for row in pipeline.owed(session, now()) if row.due]
        if not due or due[0] == job:
            return
        assert archive.work_once()
    raise AssertionError(f"{job} did not come")


@pytest.mark.soak
@pytest.mark.whisper
def test_words_go_on_without_their_working_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone before the plan, and again between two batches: it is derived anew, no error counts, no word is lost."""
    sample = (ROOT / "workers" / "samples" / WORDS).read_bytes()
    monkeypatch.setenv("STORYBRAID_TRANSCRIBER__BATCH", "1")
    texts = []
    for lost in (False, True):
        with an_archive(tmp_path / f"archive-{lost}", whisper()) as archive:
            sent = send_file(archive.client("archivist"), sample, content_type="audio/mp4", filename="a.m4a")
            for job in ("transcripts.plan", "transcripts.transcribe"):
                work_until(archive, job)
                if job == "transcripts.transcribe":
                    assert archive.work_once()
                if lost:
                    lose_the_sound(archive, sent["recording_id"])
                    assert archive.work_once()
            work_until(archive, "nothing more")
            with unit(archive.ports.sessions, write=False) as session:
                assert session.query(Recording).one().state == "ready"
                assert {(b.attempts, b.done_at is None) for b in session.query(Batch)} == {(0, False)}
                assert [(v.attempts, v.status) for v in session.query(Version)] == [(0, "machine")]
                left = session.query(MediaFile).filter(MediaFile.use.like("%working_sound")).count()
                texts.append([cue.text for cue in session.query(Cue).order_by(Cue.start_ms)])
            assert left == 0
    assert texts[0] == texts[1]
    assert len(texts[0]) > 3
