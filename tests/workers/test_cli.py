"""The command line as scripts call it: shapes, exit codes, one JSON value on stdout."""

from __future__ import annotations

import base64
import getpass
import json
import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import select

from app.access.models import AuditEvent, ConsentRecord
from app.kernel.db import unit
from app.recordings.models import Recording
from app.stories.models import Story
from tests.factories.living import LivingArchive
from tests.factories.sets import THE_SET
from tests.factories.sound import a_tone, write_wav
from tests.factories.stories import a_recording, a_story, a_transcript
from tests.shared_data import SHARED, requires_shared
from workers.servers.own import free_port

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def living(tmp_path: Path) -> LivingArchive:
    """An archive with its database, nothing running."""
    made = LivingArchive(tmp_path)
    made.run("migrate")
    return made


@pytest.mark.whisper
@requires_shared
def test_the_main_job_on_the_command_line(living: LivingArchive) -> None:
    """A real clip goes in, real Whisper writes it down, and a stranger finds the second of a word."""
    clip = SHARED / "speech" / "en" / "jfk.flac"
    rows = living.json("ingest", str(clip), "--title", "Inaugural", "--language", "en", "--public", "--wait")
    assert [set(row) for row in rows] == [
        {"file", "story_id", "recording_id", "state", "seconds", "cues", "warnings"},
    ]
    row = rows[0]
    assert (row["state"], row["seconds"], row["file"]) == ("ready", 11.0, str(clip))
    assert row["cues"] >= 2
    hits = living.json("search", "country")
    assert set(hits[0]) == {"story_id", "recording_id", "title", "start_ms", "end_ms", "text", "via"}
    assert hits[0]["story_id"] == row["story_id"]
    assert 5_000 <= hits[0]["start_ms"] <= 6_200
    assert living.json("search", "country", "--story", row["story_id"])[0]["via"] == "exact"
    read = json.loads(living.run("transcript", row["story_id"], "--format", "json").stdout)
    assert read["transcripts"][0]["status"] == "machine"
    assert "country" in " ".join(cue["text"] for cue in read["cues"])
    assert living.run("transcript", row["story_id"], "--format", "vtt").stdout.startswith("WEBVTT")


def test_without_wait_it_is_accepted_and_not_ready(living: LivingArchive, tmp_path: Path) -> None:
    """Exit 4, a story that is a draft, and its transcript in progress before anything was done with the sound."""
    sound = write_wav(tmp_path / "tone.wav", a_tone(3))
    done = living.run("ingest", str(sound), "--json", expect=4)
    row = json.loads(done.stdout)[0]
    assert row["state"] == "completing"
    read = json.loads(living.run("transcript", row["story_id"], "--format", "json").stdout)
    state = {"recording_id": row["recording_id"], "version": 1, "status": "in_progress", "untranscribed": []}
    assert row["recording_id"] is not None
    assert read == {"story_id": row["story_id"], "transcripts": [state], "cues": []}
    one = living.run("transcript", row["story_id"], "--recording", row["recording_id"], "--format", "json").stdout
    assert json.loads(one) == read
    assert living.json("search", "tone") == []


@pytest.mark.parametrize("said", [("--narrator", " "), ("--narrator", "a" * 400), ("--title", "a" * 600)])
def test_what_cannot_be_said_of_a_story_is_a_sentence(
    living: LivingArchive, tmp_path: Path, said: tuple[str, str]
) -> None:
    """A blank name or an endless title is refused before anything is taken in."""
    sound = write_wav(tmp_path / "tone.wav", a_tone(1))
    done = living.run("ingest", str(sound), *said, "--json", expect=1)
    assert "Nothing was taken in." in json.loads(done.stdout)["error"]["detail"]
    assert "Value error" not in done.stderr
    assert "Traceback" not in done.stderr
    assert living.json("search", "tone") == []


def test_refused_files_keep_the_others_going(living: LivingArchive, tmp_path: Path) -> None:
    """An empty file and a missing one are refused with a sentence; the good one is taken in; exit 3."""
    (tmp_path / "empty.wav").touch()
    good = write_wav(tmp_path / "good.wav", a_tone(2))
    files = [str(tmp_path / "empty.wav"), str(tmp_path / "missing.wav"), str(good)]
    done = living.run("ingest", *files, "--json", expect=3)
    rows = json.loads(done.stdout)
    assert [row["state"] for row in rows] == ["refused", "refused", "completing"]
    assert "empty" in rows[0]["warnings"][0]
    assert "Traceback" not in done.stderr


@pytest.mark.whisper
def test_a_file_that_is_no_sound_is_rejected(living: LivingArchive, tmp_path: Path) -> None:
    """Random bytes end as rejected, with exit 3 and a sentence that says the file is kept."""
    noise = tmp_path / "noise.mp3"
    noise.write_bytes(np.random.default_rng(1).bytes(200_000))
    row = json.loads(living.run("ingest", str(noise), "--wait", "--json", expect=3).stdout)[0]
    assert row["state"] == "rejected"
    assert "kept" in row["warnings"][0]


def test_usage_errors_are_one_json_value_too(living: LivingArchive) -> None:
    """Exit 2; with --json stdout is one value and nothing else."""
    for arguments in (("search", "--json"), ("ingest", "--json"), ("search", "x", "--nonsense", "--json")):
        done = living.run(*arguments, expect=2)
        assert json.loads(done.stdout)["error"]["slug"] == "usage"
    assert living.run("nonsense", expect=2).stdout == ""


def test_a_story_that_is_not_there(living: LivingArchive) -> None:
    """One sentence, exit 1, no traceback."""
    done = living.run("transcript", "nonsense", "--format", "json", expect=1)
    assert done.stderr.strip() == "There is nothing here that you can open."


def test_the_audit_names_the_operator_who_read(living: LivingArchive) -> None:
    """``transcript`` and ``doctor`` act as the operator of this machine; what is not there is not noted as read."""
    ports = living.ports()
    with unit(ports.sessions) as session:
        story_id = a_story(session, title="Draft").id
    living.run("transcript", story_id, "--format", "txt")
    living.run("transcript", "nonsense", "--format", "txt", expect=1)
    living.json("doctor")
    with unit(ports.sessions, write=False) as session:
        noted = session.execute(select(AuditEvent.actor, AuditEvent.action, AuditEvent.object_id)).all()
    mine = f"operator:{getpass.getuser()}"
    wanted = [(mine, "transcripts.read_transcript", story_id), (mine, "admin.doctor", None)]
    assert [tuple(row) for row in noted] == wanted


def test_what_is_kept_about_the_index_is_nobodys(living: LivingArchive) -> None:
    """With a reader or a story ``check`` and ``rebuild`` are words to search for."""
    for word in ("check", "rebuild", "setup"):
        assert living.json("search", word, "--story", "nonsense", expect=1)["error"]["slug"] == "not-found"
    assert living.json("search", "check", "--as", "nobody", expect=1)["error"]["slug"] == "no-such-account"
    assert living.json("search", "check") == {"owed": []}


def test_search_asks_as_a_stranger_unless_told(living: LivingArchive) -> None:
    """A draft is found as an archivist's account, not as a stranger; an unknown account is a sentence."""
    ports = living.ports()
    with unit(ports.sessions) as session:
        story = a_story(session, title="Draft")
        a_transcript(session, a_recording(session, story), [(0, 2000, "en", "biscuit tin")])
    from app.accounts.models import Account  # noqa: PLC0415
    from app.search.jobs import index_story  # noqa: PLC0415

    with unit(ports.sessions) as session:
        session.add(Account(email="ana@archive.test", role="archivist"))
    index_story(ports, story.id)
    assert living.json("search", "biscuit") == []
    hits = living.json("search", "biscuit", "--as", "ana@archive.test")
    assert [h["story_id"] for h in hits] == [story.id]
    assert "No account" in living.run("search", "biscuit", "--as", "nobody@archive.test", expect=1).stderr


def test_invitations_and_the_list(living: LivingArchive) -> None:
    """An invitation prints one link whose token is in the fragment; the list names accounts."""
    link = living.run("account", "invite", "tala@archive.test", "--role", "volunteer").stdout.strip()
    assert link.startswith(f"{living.address}/invitation#")
    assert living.run("account", "list").stdout == ""
    assert living.run("account", "invite", "x@archive.test", "--role", "emperor", expect=2).stdout == ""


def test_doctor_names_each_part_and_setting(living: LivingArchive) -> None:
    """Parts with product names and versions, settings with where they came from, no secret."""
    report = living.json("doctor")
    products = {part["part"]: part["product"] for part in report["parts"]}
    assert re.match(r"(SQLite|PostgreSQL) \d+\.", products["database"])
    assert "faster-whisper" in products["transcriber"]
    settings = {row["name"]: row for row in report["settings"]}
    assert settings["STORYBRAID_PORT"]["source"] == "environment"
    assert settings["STORYBRAID_HOST"]["source"] == "default"
    secrets = [living.ports().settings.signing_key().decode()]
    secrets += [value for name, value in living.env.items() if name.endswith("__SECRET_KEY")]
    shown = living.run("doctor").stdout
    assert not any(secret in shown for secret in secrets)


def test_doctor_before_the_first_migrate_says_what_to_run(tmp_path: Path) -> None:
    """Nothing is out of reach: the database and the embedded search are only not made yet."""
    bare = LivingArchive(tmp_path, {"STORYBRAID_SEARCH__KIND": "sqlite"})
    report = bare.json("doctor")
    assert report["ok"]
    said = {part["part"]: part["warning"] for part in report["parts"]}
    assert "run storybraid migrate" in said["search"]
    assert "cannot be reached" not in "".join(said.values())


def test_doctor_fails_when_a_part_cannot_be_reached(living: LivingArchive) -> None:
    """A store that cannot be written is exit 1 with the part's name."""
    living.environment |= {"STORYBRAID_OBJECTS__KIND": "local", "STORYBRAID_OBJECTS__PATH": "/proc/nowhere"}
    report = living.json("doctor", expect=1)
    assert [p["part"] for p in report["parts"] if not p["ok"]] == ["objects"]


def test_doctor_fails_when_the_transcription_service_is_not_there(living: LivingArchive) -> None:
    """A service that does not answer is exit 1 with its address."""
    living.environment["STORYBRAID_TRANSCRIBER__KIND"] = "remote"
    living.environment["STORYBRAID_TRANSCRIBER__ENDPOINT"] = f"http://127.0.0.1:{free_port()}"
    report = living.json("doctor", expect=1)
    failed = [part for part in report["parts"] if not part["ok"]]
    assert [part["part"] for part in failed] == ["transcriber"]
    assert living.environment["STORYBRAID_TRANSCRIBER__ENDPOINT"] in failed[0]["warning"]


def test_a_full_disk_leaves_no_story_behind(living: LivingArchive, tmp_path: Path) -> None:
    """Without room it has failed, which passes: a sentence, exit 1, and no empty story is made."""
    # Of the two stores only a folder says how much room there is.
    living.environment |= {"STORYBRAID_OBJECTS__KIND": "local", "STORYBRAID_LIMITS__SPARE_BYTES": str(2**60)}
    clip = write_wav(tmp_path / "a.wav", a_tone(2))
    done = living.run("ingest", str(clip), "--public", "--json", expect=1)
    row = json.loads(done.stdout)[0]
    assert (row["state"], row["story_id"]) == ("failed", None)
    assert row["warnings"]
    with unit(living.ports().sessions, write=False) as session:
        assert session.query(Story).count() == 0


def test_a_file_for_a_story_that_is_there(living: LivingArchive, tmp_path: Path) -> None:
    """Its languages are added to the story's own; that its title is not changed is said."""
    clip = str(write_wav(tmp_path / "a.wav", a_tone(2)))
    first = living.json("ingest", clip, "--title", "Rice", "--language", "vi", expect=4)[0]
    said = ["--story", first["story_id"], "--language", "ja", "--language", "vi"]
    second = living.json("ingest", clip, *said, "--title", "Tea", expect=4)[0]
    assert second["story_id"] == first["story_id"]
    assert "keeps its own title" in second["warnings"][0]
    assert living.json("ingest", clip, *said, expect=4)[0]["warnings"] == []
    with unit(living.ports().sessions, write=False) as session:
        story = session.query(Story).one()
        assert (story.title, story.languages) == ("Rice", ["vi", "ja"])


def test_commands_before_migrate_say_what_to_do(tmp_path: Path) -> None:
    """An archive without tables is a sentence with the command that makes them."""
    bare = LivingArchive(tmp_path)
    bare.environment |= THE_SET.bare()
    done = bare.run("search", "x", expect=1)
    assert done.stderr.strip().endswith("Run: storybraid migrate")


def test_a_setting_that_cannot_work_is_named(living: LivingArchive) -> None:
    """A wrong value is a sentence with the setting's name, not a traceback."""
    living.environment["STORYBRAID_PORT"] = "many"
    done = living.run("doctor", expect=1)
    assert done.stderr.startswith("STORYBRAID_PORT:")


@pytest.mark.whisper
@requires_shared
def test_ingest_leaves_the_work_to_a_living_worker(living: LivingArchive) -> None:
    """With a worker running, --wait waits for it and one transcript is made."""
    living.start()
    try:
        clip = SHARED / "speech" / "zh" / "aishell-BAC009S0724W0121.wav"
        row = living.json("ingest", str(clip), "--language", "zh", "--public", "--wait")[0]
        assert row["state"] == "ready"
        assert living.json("search", "中")[0]["recording_id"] == row["recording_id"]
        with unit(living.ports().sessions, write=False) as session:
            assert session.query(Recording).count() == 1
    finally:
        living.stop()


def test_the_file_of_a_consent_is_kept_whole(living: LivingArchive, tmp_path: Path) -> None:
    """A scan byte for byte, a text as its text; one that is too large is refused before anything is taken in."""
    clip = str(write_wav(tmp_path / "a.wav", a_tone(2)))
    scan, letter, film = tmp_path / "giấy.png", tmp_path / "letter.txt", tmp_path / "film.mp4"
    scan.write_bytes(b"\x89PNG\0\xff" * 50_000)
    letter.write_text("Tôi đồng ý. " * 20_000, encoding="utf-8")
    film.write_bytes(bytes(11 * 1024 * 1024))
    kept: dict[Path, Any] = {}
    for paper in (scan, letter):
        row = living.json("ingest", clip, "--public", "--consent", str(paper), expect=4)[0]
        with unit(living.ports().sessions, write=False) as session:
            kept[paper] = session.query(ConsentRecord).filter_by(story_id=row["story_id"]).one().evidence
            assert session.get_one(Story, row["story_id"]).level == "public"
    assert base64.b64decode(kept[scan]["base64"]) == scan.read_bytes()
    assert (kept[scan]["file_name"], "text" in kept[scan]) == ("giấy.png", False)
    assert kept[letter]["text"] == letter.read_text(encoding="utf-8")
    refused = living.run("ingest", clip, "--public", "--consent", str(film), "--json", expect=1)
    assert "Nothing was taken in" in json.loads(refused.stdout)["error"]["detail"]
    with unit(living.ports().sessions, write=False) as session:
        assert session.query(Story).count() == 2


def test_a_file_name_that_is_no_text_is_told_all_the_same(living: LivingArchive, tmp_path: Path) -> None:
    """Its JSON can be read, in UTF-8 whatever the terminal's own letters are; without --json it is no traceback."""
    name = os.fsdecode(os.fsencode(tmp_path) + b"/l\xe0 b\xe0.wav")
    write_wav(tmp_path / "a.wav", a_tone(2)).rename(name)
    living.environment["PYTHONIOENCODING"] = "latin-1:strict"
    row = living.json("ingest", name, "--title", "Cà phê 集", expect=4)[0]
    assert os.fsencode(row["file"]) == os.fsencode(name)
    assert "completing" in living.run("ingest", name, expect=4).stdout


def test_what_is_not_written_as_it_must_be_is_usage(living: LivingArchive) -> None:
    """A tag that is no language tag, and --consent without --public, are exit 2 like any other wrong option."""
    for said in (("--language", "not a tag"), ("--language", "vi-" + "a" * 40), ("--consent", "paper.txt")):
        done = living.run("ingest", "x.wav", *said, "--json", expect=2)
        assert json.loads(done.stdout)["error"]["slug"] == "usage"
        assert len(done.stderr.splitlines()) == 1
