"""Derivation and access copy against the ffmpeg program doing the same work, and the child's memory."""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app.recordings.media_child import derive, make_access_copy
from bench.memory import ChildrenPeak

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_SOUNDS = ("format/p001.wav", "en/jfk.flac", "multi/multilingual_en_de.mp3", "conversation/ami_dev00.wav")
_AGAIN = (
    "import json,sys;from pathlib import Path;from bench.derivation import once;"
    "print(json.dumps(once(Path(sys.argv[1]),Path(sys.argv[2]))))"
)


def run(minutes: float = 20, hours: float = 3) -> list[dict[str, Any]]:
    """Rows of name, ours, peer, ratio, goal, met: speed in media seconds a CPU second, and the rest.

    Both sides decode twice: once for 16 kHz PCM, loudness and true peak, once for gain, limiter and
    AAC. The peer writes with the same fast AAC coder; another row gives its default coder.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return [{"name": "derivation", "ours": None, "peer": None, "ratio": None,
                 "goal": "the ffmpeg program is not here", "met": False}]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        master = _master(ffmpeg, folder, minutes * 60)
        ours = _in_a_process(master, folder / "ours")
        fast = _peer(ffmpeg, master, folder, "fast")
        default = _peer(ffmpeg, master, folder, "twoloop")
        length = ours["duration_ms"] / 1000
        copied = _measured(ffmpeg, Path(ours["copy"]))
        long = folder / "long.m4a"
        _joined(ffmpeg, master, long, max(1, round(hours * 60 / minutes)))
        big = _in_a_process(long, folder / "big")
        big_length = big["duration_ms"] / 1000
        rows = [
            _row("speed, same AAC coder", length / ours["cpu_s"], length / fast["cpu_s"], "≥ 0.6", 0.6),
            _row("speed, ffmpeg's default coder", length / ours["cpu_s"], length / default["cpu_s"], "≥ 0.6", 0.6),
            _row("wall clock, same AAC coder", length / ours["wall_s"], length / fast["wall_s"], "≥ 0.6", 0.6),
        ]
        off_s = abs(_length(ffmpeg, Path(ours["copy"])) - _length(ffmpeg, master))
        rows += [
            {"name": "copy's length against the master's, s", "ours": round(off_s, 3), "peer": None,
             "ratio": None, "goal": "≤ 0.1", "met": off_s <= 0.1},
            {"name": "copy's loudness, LUFS", "ours": copied, "peer": fast["lufs"], "ratio": None,
             "goal": "−16 ± 0.5", "met": abs(copied + 16) <= 0.5},
            {"name": f"child's peak memory, {big_length / 3600:.1f} h, MB", "ours": big["peak_mb"], "peer": None,
             "ratio": None, "goal": "≤ 200", "met": big["peak_mb"] <= 200},
            {"name": "media seconds a CPU second, long file", "ours": round(big_length / big["cpu_s"], 1),
             "peer": None, "ratio": None, "goal": "-", "met": True},
        ]  # fmt: skip
    return rows


def once(master: Path, folder: Path) -> dict[str, Any]:
    """Both children on one master: CPU and wall seconds, peak memory of the larger, what they made."""
    folder.mkdir()
    begun, before = time.monotonic(), _children_cpu_s()
    with ChildrenPeak() as peak:
        derived = derive(master, folder)
        middle_s = _children_cpu_s() - before
        copy = make_access_copy(master, folder, derived.result)
    return {
        "derive_cpu_s": round(middle_s, 3),
        "cpu_s": _children_cpu_s() - before,
        "wall_s": time.monotonic() - begun,
        "peak_mb": round(peak.highest, 1),
        "duration_ms": derived.result["duration_ms"],
        "copy": str(copy.copy),
    }


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _in_a_process(master: Path, folder: Path) -> dict[str, Any]:
    """In a process of its own, so that only its children are measured."""
    told = subprocess.run(
        [sys.executable, "-c", _AGAIN, str(master), str(folder)], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def _row(name: str, ours: float, peer: float, goal: str, least: float) -> dict[str, Any]:
    ratio = round(ours / peer, 3)
    return {"name": name, "ours": round(ours, 1), "peer": round(peer, 1), "ratio": ratio, "goal": goal,
            "met": ratio >= least}  # fmt: skip


def _master(ffmpeg: str, folder: Path, seconds: float) -> Path:
    """Real speech, joined again and again: AAC, stereo, as a phone would write it."""
    sounds = [SHARED / "speech" / one for one in _SOUNDS]
    inputs = [part for one in sounds for part in ("-i", str(one))]
    chain = "".join(f"[{n}]aformat=sample_rates=44100:channel_layouts=stereo[a{n}];" for n in range(len(sounds)))
    chain += "".join(f"[a{n}]" for n in range(len(sounds))) + f"concat=n={len(sounds)}:v=0:a=1"
    _call(ffmpeg, *inputs, "-filter_complex", chain, str(folder / "round.wav"))
    master = folder / "master.m4a"
    _call(ffmpeg, "-stream_loop", "-1", "-i", str(folder / "round.wav"), "-t", str(seconds), "-c:a", "aac",
          "-b:a", "128k", str(master))  # fmt: skip
    return master


def _joined(ffmpeg: str, master: Path, target: Path, times: int) -> None:
    listing = target.with_suffix(".txt")
    listing.write_text(f"file '{master}'\n" * times)
    _call(ffmpeg, "-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", str(target))


def _peer(ffmpeg: str, master: Path, folder: Path, coder: str) -> dict[str, Any]:
    begun, before = time.monotonic(), _children_cpu_s()
    told = _call(
        ffmpeg, "-i", str(master), "-filter_complex",
        "[0:a]asplit[a][b];[a]aresample=16000,aformat=channel_layouts=mono[w];[b]ebur128=peak=true[m]",
        "-map", "[w]", "-c:a", "pcm_s16le", "-f", "s16le", str(folder / "peer.pcm"), "-map", "[m]", "-f", "null", "-",
    )  # fmt: skip
    gain = -16 - float(told.rsplit("I:", 1)[1].split("LUFS")[0])
    copy = folder / "peer.m4a"
    _call(
        ffmpeg, "-i", str(master), "-af", f"volume={gain}dB,alimiter=limit=0.841:level=0:attack=5:release=60",
        "-ac", "2", "-c:a", "aac", "-aac_coder", coder, "-b:a", "96k", "-movflags", "+faststart", str(copy),
    )  # fmt: skip
    return {
        "cpu_s": _children_cpu_s() - before,
        "wall_s": time.monotonic() - begun,
        "lufs": _measured(ffmpeg, copy),
    }


def _call(ffmpeg: str, *arguments: str) -> str:
    told = subprocess.run([ffmpeg, "-hide_banner", "-nostats", "-y", *arguments], capture_output=True, check=True)
    return told.stderr.decode()


def _measured(ffmpeg: str, path: Path) -> float:
    told = _call(ffmpeg, "-i", str(path), "-af", "ebur128", "-f", "null", "-")
    return float(told.rsplit("I:", 1)[1].split("LUFS")[0])


def _length(ffmpeg: str, path: Path) -> float:
    told = _call(ffmpeg, "-i", str(path), "-map", "0:a", "-c", "copy", "-f", "null", "-")
    found = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told)
    assert found is not None
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--hours", type=float, default=3)
    chosen = parser.parse_args()
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    for one in run(chosen.minutes, chosen.hours):
        print(json.dumps(one, ensure_ascii=False))
