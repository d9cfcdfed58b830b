"""Uploading: through our API into the local store, against boto3's multipart into a local SeaweedFS."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.kernel.db import unit
from app.kernel.ids import new_id
from app.recordings.models import MediaFile, Recording
from app.stories.models import Story
from bench.memory import Growth
from bench.rows import row
from bench.upload_clients import MIB, RANGE, Ours, Peer, Source
from bench.upload_servers import our_server, seaweed

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ports import Ports

ROUNDS = 3


def _speed(send: Callable[[Source, int], str], source: Source, streams: int) -> float:
    """MB a second of one upload."""
    start = time.monotonic()
    send(source, streams)
    return source.size / 1e6 / (time.monotonic() - start)


def compared(ours: Ours, peer: Peer, mib: int, streams: int) -> tuple[float, float]:
    """Medians of both, in turn, so that what else the machine does meets both."""
    source = Source(mib * MIB)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(_speed(ours.send, source, streams))
        theirs.append(_speed(peer.send, source, streams))
    return statistics.median(mine), statistics.median(theirs)


def a_sound(ports: Ports, source: Source) -> str:
    """A recording whose access copy is the source; its id."""
    data = b"".join(source.part(n) for n in range(1, source.count + 1))
    sha256 = hashlib.sha256(data).hexdigest()
    with unit(ports.sessions) as session:
        story = Story(identifier="SB-BENCH-0001", title="bench")
        session.add(story)
        session.flush()
        recording = Recording(id=new_id(), story_id=story.id, number=1, filename="a.wav", state="ready")
        session.add(recording)
        session.flush()
        key = f"copies/{recording.id}/access_copy"
        ports.objects.put(key, io.BytesIO(data), sha256, "audio/mp4")
        session.add(
            MediaFile(
                recording_id=recording.id,
                use="access_copy",
                key=key,
                content_type="audio/mp4",
                size_bytes=len(data),
                sha256=sha256,
            )
        )
    return recording.id


def _first_bytes(ours: Ours, peer: Peer, ports: Ports) -> tuple[float, float]:
    """Medians of both over the same random ranges, in turn."""
    source = Source(64 * MIB)
    recording_id, key = a_sound(ports, source), peer.send(source, 1)
    moments = random.Random(1)
    mine, theirs = [], []
    for _ in range(100):
        start = moments.randrange(source.size - RANGE)
        mine.append(ours.first_byte(recording_id, start))
        theirs.append(peer.first_byte(key, start))
    return statistics.median(mine), statistics.median(theirs)


def run(mib: int = 256, large_mib: int = 2048) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met: speed at one and three streams, memory, first byte."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "ours").mkdir()
        (folder / "peer").mkdir()
        with our_server(folder / "ours") as (ours, pid, ports), seaweed(folder / "peer") as peer:
            _speed(ours.send, Source(32 * MIB), 1)
            _speed(peer.send, Source(32 * MIB), 1)
            for streams in (1, 3):
                mine, theirs = compared(ours, peer, mib, streams)
                name = f"upload MB/s, {mib} MiB in parts of 8 MiB, {streams} at once (peer: boto3, SeaweedFS)"
                rows.append(row(name, mine, theirs, "≥ 0.8", met=mine / theirs >= 0.8))
            mine, theirs = _first_bytes(ours, peer, ports)
            name = "first byte of 64 KiB of sound, median ms of 100 (peer: boto3, SeaweedFS)"
            rows.append(row(name, mine, theirs, "≤ 50 ms", met=mine <= 50))
            with Growth(pid) as memory:
                ours.send(Source(large_mib * MIB), 3)
            name = f"growth of the API's memory in MiB while {large_mib} MiB arrive, 3 at once"
            rows.append(row(name, memory.growth, None, "≤ 64", met=memory.growth <= 64))
    return rows


def main() -> None:
    """Print the rows, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--large-mib", type=int, default=2048)
    wanted = parser.parse_args()
    for one in run(wanted.mib, wanted.large_mib):
        print(json.dumps(one, ensure_ascii=False))


if __name__ == "__main__":
    main()
