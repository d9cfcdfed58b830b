"""Transcripts through HTTP: what readers and editors get, in four formats."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from app.kernel.paging import make_cursor, read_cursor
from app.recordings.commands import transcript_settled
from app.recordings.models import Recording, Upload
from app.stories.models import Story
from app.transcripts.commands import give_up_version
from app.transcripts.domain.braid import braid, shares, shortened
from app.transcripts.domain.exports import TextCue, clock, to_srt, to_vtt
from app.transcripts.domain.repeats import repeated_cues
from app.transcripts.models import Cue, TranscriptVersion, UntranscribedSpan
from tests.factories.stories import a_recording, a_story, a_transcript
from tests.rooms.access.world import World

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive

LINES = [
    (1_000, 4_000, "en", "She gave it to me the night before we left."),
    (4_500, 7_000, "yue-Hant", "個鐵盒係我阿媽畀我嘅。"),
    (8_000, 9_000, "en", "Thanks for watching!"),
]


def a_published_story(archive: TestArchive, *, recordings: int = 1) -> tuple[str, list[str]]:
    """A public story with a doubtful last cue and an untranscribed span in each recording."""

    def fill(session: Any) -> tuple[str, list[str]]:
        story = a_story(session, state="published", level="public")
        ids = []
        for number in range(1, recordings + 1):
            recording = a_recording(session, story, number=number)
            version = a_transcript(session, recording, LINES)
            session.query(Cue).filter_by(version_id=version.id, start_ms=8_000).update(
                {"doubtful": "known_invented_phrase"}
            )
            session.add(UntranscribedSpan(version_id=version.id, start_ms=20_000, end_ms=24_000, reason="no_region"))
            ids.append(recording.id)
        return story.id, ids

    return archive.in_unit(fill)


def test_a_doubtful_cue_reaches_readers_without_words(archive: TestArchive) -> None:
    """Readers get a cue with empty text and no words; editors get the guess."""
    story_id, _ = a_published_story(archive)
    read = archive.client().get(f"/api/v1/stories/{story_id}/transcript")
    last = read.json()["cues"][-1]
    assert (last["doubtful"], last["text"], last["words"]) == (True, "", [])
    assert "watching" not in read.text
    edited = archive.client("archivist").get(f"/api/v1/stories/{story_id}/transcript").json()["cues"][-1]
    assert edited["text"] == "Thanks for watching!"


def test_the_json_has_the_promised_shape(archive: TestArchive) -> None:
    """Names and types are those that scripts rely on."""
    story_id, (recording_id,) = a_published_story(archive)
    read = archive.client().get(f"/api/v1/stories/{story_id}/transcript").json()
    assert read["story_id"] == story_id
    assert read["transcripts"] == [
        {
            "recording_id": recording_id,
            "version": 1,
            "status": "machine",
            "untranscribed": [{"start_ms": 20_000, "end_ms": 24_000, "reason": "no_region"}],
        }
    ]
    cue = read["cues"][0]
    assert set(cue) == {
        "recording_id", "start_ms", "end_ms", "language", "speaker", "text", "words", "doubtful", "provenance",
    }  # fmt: skip
    assert set(cue["words"][0]) == {"text", "start_ms", "end_ms", "probability"}
    assert [c["start_ms"] for c in read["cues"]] == [1_000, 4_500, 8_000]


def test_caption_files_leave_doubt_out(archive: TestArchive) -> None:
    """WebVTT, SubRip and text hold the words that readers may see, and nothing of the doubtful cue."""
    story_id, _ = a_published_story(archive)
    client = archive.client()
    vtt = client.get(f"/api/v1/stories/{story_id}/transcript?format=vtt")
    assert vtt.headers["content-type"].startswith("text/vtt")
    assert vtt.text.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<lang en>She gave it")
    assert "<lang yue-Hant>個鐵盒係我阿媽畀我嘅。</lang>" in vtt.text
    srt = client.get(f"/api/v1/stories/{story_id}/transcript?format=srt").text
    assert srt.startswith("1\n00:00:01,000 --> 00:00:04,000\nShe gave it")
    txt = client.get(f"/api/v1/stories/{story_id}/transcript?format=txt").text
    assert txt.splitlines()[0] == "[00:00:01] She gave it to me the night before we left."
    assert "watching" not in vtt.text + srt + txt


def test_caption_files_are_of_one_recording(archive: TestArchive) -> None:
    """With two recordings a caption file needs to know which; an unknown recording is not found."""
    story_id, (_, second) = a_published_story(archive, recordings=2)
    client = archive.client("archivist")
    assert client.get(f"/api/v1/stories/{story_id}/transcript?format=vtt").status_code == 400
    assert client.get(f"/api/v1/stories/{story_id}/transcript?format=vtt&recording={second}").status_code == 200
    assert client.get(f"/api/v1/stories/{story_id}/transcript?recording=nonsense").status_code == 404
    everything = client.get(f"/api/v1/stories/{story_id}/transcript").json()
    assert len(everything["transcripts"]) == 2
    assert len(everything["cues"]) == 6


def test_a_second_recording_counts_before_its_words_are_there(archive: TestArchive) -> None:
    """A caption file without a recording's name is refused from the second recording on, not from its transcript on."""
    story_id, (first,) = a_published_story(archive)
    assert archive.client().get(f"/api/v1/stories/{story_id}/transcript?format=srt").status_code == 200
    archive.in_unit(lambda s: a_recording(s, s.get_one(Story, story_id), number=2, state="processing").id)
    refused = archive.client().get(f"/api/v1/stories/{story_id}/transcript?format=srt")
    assert (refused.status_code, refused.json()["type"]) == (400, "/docs/problems#recording-needed")
    assert archive.client().get(f"/api/v1/stories/{story_id}/transcript?format=srt&recording={first}").text[:1] == "1"
    assert archive.client().get(f"/api/v1/stories/{story_id}/transcript?format=txt").status_code == 200


def test_while_words_are_written_down_editors_see_them_and_readers_see_that(archive: TestArchive) -> None:
    """A version in progress gives readers its status and no cues."""
    story_id, _ = a_published_story(archive)
    archive.in_unit(lambda s: s.query(TranscriptVersion).update({"status": "in_progress"}))
    reader = archive.client().get(f"/api/v1/stories/{story_id}/transcript").json()
    assert reader["transcripts"][0]["status"] == "in_progress"
    assert (reader["cues"], reader["transcripts"][0]["untranscribed"]) == ([], [])
    assert len(archive.client("archivist").get(f"/api/v1/stories/{story_id}/transcript").json()["cues"]) == 3


@pytest.mark.parametrize(
    ("recording", "story", "status"),
    [
        ({"state": "stored"}, {}, ["in_progress"]),
        ({"state": "processing"}, {}, ["in_progress"]),
        ({"state": "processing"}, {"machine_text_allowed": False}, []),
        ({"state": "processing", "transcript_settled_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, {}, []),
        ({"state": "failed"}, {}, []),
        ({"state": "rejected"}, {}, []),
    ],
)
def test_words_that_are_still_to_come_are_in_progress(
    archive: TestArchive, recording: dict[str, Any], story: dict[str, Any], status: list[str]
) -> None:
    """Before it is planned too; not where nobody will write words down, or a fault stopped it."""
    story_id, (first,) = a_published_story(archive)

    def another(session: Any) -> str:
        told = session.get_one(Story, story_id)
        for name, value in story.items():
            setattr(told, name, value)
        return str(a_recording(session, told, number=2, **recording).id)

    second = archive.in_unit(another)
    for role in ("stranger", "archivist"):
        told = archive.client(role).get(f"/api/v1/stories/{story_id}/transcript").json()["transcripts"]
        assert [one["status"] for one in told if one["recording_id"] == second] == status
        assert [one["recording_id"] for one in told if one["recording_id"] != second] == [first]


def test_a_recording_is_the_editors_from_its_last_part_on(archive: TestArchive) -> None:
    """While it is read back those who may edit are told that words come; readers are told nothing of it."""
    story_id, (first,) = a_published_story(archive)

    def receive(session: Any) -> str:
        facts = {"owner": "operator", "filename": "tail.wav", "content_type": "audio/wav", "size_bytes": 5}
        upload = Upload(story_id=story_id, state="completing", part_size_bytes=5, part_count=1, ref="r", **facts)
        session.add(upload)
        session.flush()
        return upload.recording_id

    upload = archive.in_unit(receive)
    address = f"/api/v1/stories/{story_id}/transcript"
    editor = archive.client("archivist").get(address).json()["transcripts"]
    assert [(one["recording_id"], one["status"]) for one in editor] == [(first, "machine"), (upload, "in_progress")]
    assert [one["recording_id"] for one in archive.client().get(address).json()["transcripts"]] == [first]
    assert archive.client().get(f"{address}?recording={upload}").status_code == 404


def test_an_older_version_is_read_until_the_new_one_is_complete(archive: TestArchive) -> None:
    """Transcribing again hides nothing meanwhile."""
    story_id, (recording_id,) = a_published_story(archive)

    def again(session: Any) -> None:
        session.add(TranscriptVersion(recording_id=recording_id, story_id=story_id, number=2, planned=True))

    archive.in_unit(again)
    for role in ("stranger", "archivist"):
        read = archive.client(role).get(f"/api/v1/stories/{story_id}/transcript").json()
        assert (read["transcripts"][0]["version"], len(read["cues"])) == (1, 3)


def test_live_cues_come_once(archive: TestArchive) -> None:
    """The cursor gives each committed cue once, with its reason for those who may edit; others find nothing."""
    _, (recording_id,) = a_published_story(archive)

    def commit(session: Any) -> None:
        from app.kernel.time import now  # noqa: PLC0415
        from app.transcripts.models import Batch  # noqa: PLC0415

        session.query(Batch).update({"done_at": now()})

    archive.in_unit(commit)
    client = archive.client("archivist")
    first = client.get(f"/api/v1/recordings/{recording_id}/cues").json()
    assert [c["reason"] for c in first["items"]] == [None, None, "known_invented_phrase"]
    assert client.get(f"/api/v1/recordings/{recording_id}/cues?after={first['next']}").json()["items"] == []
    assert archive.client().get(f"/api/v1/recordings/{recording_id}/cues").status_code == 404


def test_why_a_recording_failed_is_told_to_those_who_may_mend_it(archive: TestArchive) -> None:
    """Readers see that it failed; the sentence, which may quote a file's name or a server, is its editors'."""
    story_id, (recording_id,) = a_published_story(archive)
    why = "The words could not be written down: server http://10.0.0.7 said no."
    archive.in_unit(lambda s: s.query(Recording).filter_by(id=recording_id).update({"state": "failed", "reason": why}))
    told = {
        role: archive.client(role).get(f"/api/v1/stories/{story_id}").json()["recordings"][0]
        for role in ("stranger", "researcher", "archivist")
    }
    assert {role: (r["state"], r["reason"]) for role, r in told.items()} == {
        "stranger": ("failed", None),
        "researcher": ("failed", None),
        "archivist": ("failed", why),
    }


def test_transcribing_again_needs_the_right_and_a_ready_recording(archive: TestArchive) -> None:
    """Readers may not ask; a recording that is still worked on answers 409."""
    _, (recording_id,) = a_published_story(archive)
    address = f"/api/v1/recordings/{recording_id}/transcribe"
    assert archive.client().post(address, json={"languages": ["vi"]}).status_code == 401
    assert archive.client("researcher").post(address, json={"languages": ["vi"]}).status_code == 403
    assert archive.client("archivist").post(address, json={"languages": ["not a tag"]}).status_code == 422
    archive.in_unit(lambda s: s.query(TranscriptVersion).update({"status": "in_progress"}))
    assert archive.client("archivist").post(address, json={"languages": ["vi"]}).status_code == 409


def test_the_braid_is_of_what_readers_hear(archive: TestArchive) -> None:
    """Languages by time, most spoken first; doubtful cues are no language."""
    story_id, (recording_id,) = a_published_story(archive)
    read = archive.client().get(f"/api/v1/stories/{story_id}/braid").json()["recordings"][0]
    assert read["recording_id"] == recording_id
    assert read["languages"] == [{"tag": "en", "ms": 3000}, {"tag": "yue-Hant", "ms": 2500}]
    assert [s["tag"] for s in read["segments"]] == ["en", "yue-Hant"]


def test_braid_joins_neighbours_and_shortens_to_a_small_picture() -> None:
    """Neighbours of one language are one stretch; the shortest ones go first."""
    spoken = [("en", 0, 1000), ("en", 1500, 3000), ("vi", 3000, 3200), ("en", 3300, 9000), ("ja", 9000, 12000)]
    joined = braid(spoken)
    assert joined == [("en", 0, 3000), ("vi", 3000, 3200), ("en", 3300, 9000), ("ja", 9000, 12000)]
    assert shortened(joined, 2) == [("en", 0, 9000), ("ja", 9000, 12000)]
    assert shares(spoken) == [("en", 8200), ("ja", 3000), ("vi", 200)]


def test_exports_escape_what_a_player_would_take_for_a_tag() -> None:
    """Angle brackets and ampersands are escaped, line ends are spaces, times are whole."""
    cue = TextCue(3_599_999, 3_600_500, "A & B", "en", "one <b>\ntwo --> three")
    assert "<v A &amp; B><lang en>one &lt;b&gt; two --&gt; three</lang>" in to_vtt([cue])
    assert "00:59:59,999 --> 01:00:00,500" in to_srt([cue])
    assert clock(360_000_000) == "100:00:00.000"
    assert to_vtt([]) == "WEBVTT\n"


def test_text_that_stands_back_to_back_is_doubted_from_the_third_time() -> None:
    """A long text said three times in a row is doubted; short answers and far ones are not."""
    long = "We went down to the river and washed."
    rows = [(long, i * 2000, i * 2000 + 1900) for i in range(4)]
    assert [at for at, _ in repeated_cues(rows)] == [2, 3]
    assert list(repeated_cues([("No.", i * 500, i * 500 + 400) for i in range(4)])) == []
    assert list(repeated_cues([(long, i * 60_000, i * 60_000 + 1900) for i in range(4)])) == []


def test_a_stream_ends_with_the_sign_in(archive: TestArchive) -> None:
    """Progress comes as events while the sign-in holds; when the account is disabled the stream ends by itself."""
    from app.accounts.commands import disable_account  # noqa: PLC0415
    from app.recordings.models import Recording  # noqa: PLC0415

    _, (recording_id,) = a_published_story(archive)
    archive.in_unit(lambda s: s.query(Recording).update({"state": "processing"}))
    client = archive.client("archivist")
    account, admin = archive.account("archivist"), archive.actor("admin")
    with client.stream("GET", f"/api/v1/recordings/{recording_id}/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: progress"
        archive.in_unit(lambda s: disable_account(s, admin, account.email))
        rest = list(lines)
    assert len([line for line in rest if line == "event: progress"]) <= 2


def test_a_forged_place_in_the_cues_is_refused(archive: TestArchive) -> None:
    """A cursor that is not of our making is a sentence; one before the beginning is the beginning."""
    _, (recording_id,) = a_published_story(archive)
    client = archive.client("archivist")
    path = f"/api/v1/recordings/{recording_id}/cues"
    first = client.get(path).json()
    (version, _) = read_cursor(first["next"], str, int)
    for forged in (make_cursor(version, "two"), make_cursor(version), make_cursor(version, *[True]), "[" * 9_000):
        answer = client.get(path, params={"after": forged})
        assert answer.status_code == 400, forged
        assert "page marker" in answer.json()["detail"]
    for early in (make_cursor(version, -5), make_cursor("another version", 1)):
        assert client.get(path, params={"after": early}).json() == first


def test_advice_about_languages_names_the_model_of_this_archive(archive: TestArchive) -> None:
    """Those who are signed in hear what the archive's model is weak in, or another model; a path is not told."""
    client = archive.client("volunteer")
    found = client.get("/api/v1/languages/advice?language=ja&language=en").json()
    assert found["model"] == "base"
    assert [one["slug"] for one in found["warnings"]] == ["larger_model"]
    assert "Japanese" in found["warnings"][0]["sentence"]
    large = client.get("/api/v1/languages/advice?language=ja&model=large-v3-turbo").json()
    assert large == {"model": "large-v3-turbo", "warnings": []}
    assert client.get("/api/v1/languages/advice?language=not!a!tag").status_code == 422
    assert archive.client().get("/api/v1/languages/advice").status_code == 401


def test_failing_to_write_anew_takes_nothing_away(archive: TestArchive) -> None:
    """A model that is not there: the recording stays ready with its older words, and only editors read why."""
    world = World(archive)
    names = archive.in_unit(lambda s: world.a_guarded_story(s, "public"))
    client = archive.client("archivist")
    path = f"/api/v1/stories/{names['story_id']}"
    before = archive.client().get(path).json()["recordings"][0]
    wanted = client.post(f"/api/v1/recordings/{names['recording_id']}/transcribe", json={"model": "nope"})
    assert wanted.json() == {"version": 2}

    def fail(session: Any) -> None:
        version = session.query(TranscriptVersion).filter_by(number=2).one()
        version.failed_reason = "There is no model nope."
        session.flush()
        give_up_version(session, version.id)

    archive.in_unit(fail)
    read = archive.client().get(path)
    (after,) = read.json()["recordings"]
    assert (after["state"], after["reason"], after["transcript"]) == ("ready", None, before["transcript"])
    assert read.json()["summary"]["progress"] == "ready"
    assert "nope" not in read.text
    (told,) = client.get(path).json()["recordings"]
    assert [w["slug"] for w in told["warnings"]] == ["not-written-anew"]
    assert "There is no model nope." in told["warnings"][0]["sentence"]
    archive.in_unit(lambda s: transcript_settled(s, names["recording_id"]))
    assert client.get(path).json()["recordings"][0]["warnings"] == []
