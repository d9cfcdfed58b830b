"""The volunteer's path on a phone, in a real browser against a real server with real Whisper."""

from __future__ import annotations

import hashlib
import wave
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.stores import keys_of
from tests.shared_data import SHARED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import LivingArchive

CLIP = SHARED / "speech/en/jfk.flac"
OTHER = SHARED / "speech/en/sb_spk1_snt1.wav"
PART = 8 * 1024 * 1024


def _scene(archive: LivingArchive, scene: str, **given: Any) -> Any:
    sessions = {role: archive.session(role) for role in ("volunteer", "registered")}
    return archive.script("volunteer.mjs", scene=scene, sessions=sessions, **given)


@pytest.mark.telling
def test_a_volunteer_adds_a_story_and_watches_the_words_come(living_archive: LivingArchive) -> None:
    """Questions, sending and live words on a phone; answers survive a reload, consent is kept word for word."""
    seen = _scene(living_archive, "whole", file=str(CLIP))
    assert seen["errors"] == []
    assert seen["broken"] == []
    assert seen["focusAtQuestion"] == "H1"
    assert seen["chosenBeforehand"] == 0
    assert seen["waits"], "nothing goes on without an answer"
    assert seen["asked"] == "Ai được nghe câu chuyện này?"
    assert seen["afterReload"] == "everyone"
    assert seen["back"] == "Nguyễn Mai Lan"
    assert seen["asking"][:2] == ["Máy tính có được chép lại lời nói không?", "Choose the recording"], (
        "never an empty page"
    )
    assert seen["asking"][-2:] == ["One moment", "Choose the recording"]
    assert "for Japanese use large-v3-turbo" in seen["advice"]
    headings = [heading for heading in seen["headings"] if heading]
    checking = headings.index("We are checking your recording")
    assert not [heading for heading in headings[: checking + 1] if "safe" in heading], "safe before it was read back"
    assert "country" in " ".join(seen["lines"])
    assert seen["link"] == f"/stories/{seen['story']}"
    story, consents = seen["told"]["story"], seen["told"]["consents"]
    assert story["title"] == "What I was asked"
    assert story["recorded_on"] == "1961-01-20"
    assert story["languages"] == ["en"]
    assert [name["text"] for name in story["narrators"][0]["names"]] == ["Nguyễn Mai Lan", "阮梅蘭"]
    assert [name["script"] for name in story["narrators"][0]["names"]] == ["Latn", "Hani"]
    (consent,) = consents
    assert consent["kind"] == "contributor_statement"
    assert consent["language"] == "vi"
    assert consent["given_by"] == "Nguyễn Mai Lan"
    assert set(consent["scope"]) == {"listen", "read", "publish_online", "process_by_ai"}
    assert "Mọi người: Ai cũng có thể tìm, nghe và đọc." in consent["statement"]


@pytest.fixture
def big_recording(tmp_path: Path) -> Path:
    """Sixty MB of sound, each second of it different, so that no two parts are alike."""
    path = tmp_path / "a long evening.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        for second in range(312):
            block = hashlib.sha256(str(second).encode()).digest() * 6000
            # Quiet noise: the codes of a digest, pressed to an eighth of full scale.
            file.writeframes(bytes(byte if at % 2 == 0 else (byte & 0x0F) for at, byte in enumerate(block)))
    return path


@pytest.mark.telling
def test_a_cut_line_costs_only_the_parts_under_way(living_archive: LivingArchive, big_recording: Path) -> None:
    """Cut at 40 %, closed, chosen again: parts already received are not sent twice, and the original is equal."""
    seen = _scene(living_archive, "cut", big=str(big_recording))
    assert seen["errors"] == []
    assert seen["percentAtCut"] >= 40
    assert "waiting to be online" in seen["offline"]
    assert "safe" not in seen["offline"]
    count = -(-big_recording.stat().st_size // PART)
    received = int(seen["kept"].split("·")[-1].split()[0])
    assert 1 <= received < count
    assert len(seen["after"]) == count - received
    assert not set(seen["before"]) & set(seen["after"]), "what was received is not sent twice"
    assert seen["open"] == 0
    (recording,) = seen["story"]["recordings"]
    assert recording["filename"] == big_recording.name
    assert recording["transcript"] is None, "no computer listened: nobody allowed it"
    wanted = hashlib.sha256(big_recording.read_bytes()).hexdigest()
    objects = living_archive.ports().objects
    (master,) = (key for key in keys_of(objects) if key.startswith(f"masters/{recording['id']}/"))
    with objects.open(master) as file:
        assert hashlib.sha256(file.read()).hexdigest() == wanted


def test_one_bad_file_never_stops_the_others(living_archive: LivingArchive) -> None:
    """An empty file, a letter and a server in front that refuses: each is named, the others arrive."""
    seen = _scene(living_archive, "bad", file=str(CLIP), other=str(OTHER))
    assert seen["errors"] == []
    empty, letter, front = seen["alerts"]
    assert empty.startswith("The phone gave us an empty file.")
    assert letter.startswith("This is not a sound or film file")
    assert front.startswith("The server in front of this archive refuses parts of")


def test_who_may_not_add_is_told_how_to_get_in(living_archive: LivingArchive) -> None:
    """A stranger is asked to sign in, a registered reader to become a volunteer; nobody sees a form."""
    seen = _scene(living_archive, "stranger")
    assert "Sign in first" in seen["stranger"]
    assert "make you a volunteer" in seen["registered"]
