"""Sending files to an archive as the page does, and sounds to send."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import random
import wave
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
from sqlalchemy import select, update

from app.kernel.time import now
from app.recordings.models import Upload

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.factories.archive import TestArchive

PART = 8 * 1024 * 1024


def sha256(data: bytes) -> str:
    """SHA-256, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that are no recording, the same for the same seed."""
    return random.Random(seed).randbytes(size)


def split(data: bytes) -> list[bytes]:
    """The parts of an upload."""
    return [data[start : start + PART] for start in range(0, len(data), PART)]


def a_tone(seconds: float = 2.0, *, channels: int = 1, rate: int = 16_000) -> bytes:
    """A WAV file with a tone that swells, so that it has loudness and peaks."""
    at = np.arange(int(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * 440 * at) * (0.2 + 0.1 * np.sin(2 * np.pi * at))
    samples = np.repeat((tone * 32_000).astype("<i2")[:, None], channels, axis=1)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def begin(client: TestClient, data: bytes, key: str | None = None, **over: Any) -> Any:
    """POST /uploads."""
    body = {"filename": "oma.wav", "size_bytes": len(data), "content_type": "audio/wav"} | over
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/uploads", json=body, headers=headers)


def addresses(client: TestClient, upload_id: str, parts: dict[int, bytes]) -> dict[str, Any]:
    """POST /uploads/{id}/parts for these parts."""
    wanted = [{"number": number, "sha256": sha256(data)} for number, data in parts.items()]
    answer = client.post(f"/api/v1/uploads/{upload_id}/parts", json={"parts": wanted})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def put(client: TestClient, address: dict[str, Any], data: bytes) -> Any:
    """Send a part to the address that it was given: our own API's, or straight to the store as a browser does."""
    if address["url"].startswith((str(client.base_url), "/")):
        return client.request(address["method"], address["url"], content=data, headers=address["headers"])
    headers = {"Origin": client.headers["Origin"], **address["headers"]}
    return httpx.request(address["method"], address["url"], content=data, headers=headers, timeout=60)


def send_parts(client: TestClient, upload_id: str, parts: dict[int, bytes]) -> list[dict[str, Any]]:
    """Send these parts to fresh addresses; what ``complete`` must name of them."""
    sent = []
    for address in addresses(client, upload_id, parts)["parts"]:
        data = parts[address["number"]]
        answer = put(client, address, data)
        assert answer.status_code == 200, answer.text
        sent.append({"number": address["number"], "etag": answer.headers["etag"], "sha256": sha256(data)})
    return sent


def complete(client: TestClient, upload_id: str, sent: list[dict[str, Any]]) -> Any:
    """POST /uploads/{id}/complete."""
    return client.post(f"/api/v1/uploads/{upload_id}/complete", json={"parts": sent})


def send_file(client: TestClient, data: bytes, **over: Any) -> dict[str, Any]:
    """The whole way up to ``completing``: ``{id, story_id, recording_id}``."""
    plan = begin(client, data, **over)
    assert plan.status_code == 201, plan.text
    upload_id = plan.json()["id"]
    sent = send_parts(client, upload_id, dict(enumerate(split(data), 1)))
    done = complete(client, upload_id, sent)
    assert done.status_code == 202, done.text
    return {
        "id": upload_id,
        "story_id": plan.json()["story_id"],
        "recording_id": done.json()["recording_id"],
    }


def upload_row(archive: TestArchive, upload_id: str) -> Upload:
    """The row as it stands."""
    return archive.in_unit(lambda session: session.scalars(select(Upload).where(Upload.id == upload_id)).one())


def age(archive: TestArchive, upload_id: str, days: float) -> None:
    """Let the last part have come that many days ago."""
    moment = now() - dt.timedelta(days=days)
    archive.in_unit(lambda s: s.execute(update(Upload).where(Upload.id == upload_id).values(last_part_at=moment)))


def name_of(archive: TestArchive, upload_id: str) -> str:
    """What the store calls the upload (``held_uploads``)."""
    return str(upload_row(archive, upload_id).ref).split("-", maxsplit=1)[0]
