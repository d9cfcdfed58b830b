"""Starts the limited child that reads a master, and gives back what it made, as files in a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.kernel.child import ChildError, ChildFailed, Limits, run_in_child
from app.recordings.domain.media.findings import picture_not_playable
from app.recordings.domain.media.limits import MediaLimits
from app.recordings.domain.media.refusals import MediaRejected, rejection_slugs

_MEDIA: Final = "app.recordings.domain.media"
_MIB: Final = 1024 * 1024
_DERIVE: Final = Limits(
    address_space_bytes=2048 * _MIB,
    cpu_s=120,
    wall_s=600,
    file_size_bytes=4096 * _MIB,
    cpu_per_media_s=1.0,
    wall_per_media_s=4.0,
)
_COPY: Final = Limits(
    address_space_bytes=1024 * _MIB,
    cpu_s=120,
    wall_s=600,
    file_size_bytes=4096 * _MIB,
    cpu_per_media_s=2.0,
    wall_per_media_s=8.0,
)
_FILM: Final = Limits(
    address_space_bytes=3072 * _MIB,
    cpu_s=300,
    wall_s=1200,
    file_size_bytes=32 * 1024 * _MIB,
    cpu_per_media_s=30.0,
    wall_per_media_s=60.0,
)

Progress = Callable[[dict[str, Any]], None]
"""Called in the caller's thread with ``{done_ms, total_ms}``; what it raises ends the child."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What ``derive`` made; the paths lie in the work folder and are the caller's to move."""

    result: dict[str, Any]
    """See ``app.recordings.domain.media.derive.probe_and_derive``."""
    working: list[Path]
    """One raw file a working channel: none for a silent film, two in mode apart."""
    peaks: Path


@dataclass(frozen=True, slots=True)
class AccessCopy:
    """What ``make_access_copy`` made."""

    result: dict[str, Any]
    """See ``app.recordings.domain.media.access_copy.make_access_copy``."""
    copy: Path | None
    content_type: str
    poster: Path | None = field(default=None)


def derive(  # noqa: PLR0913  the last three have defaults for all callers but tests
    master: Path | BinaryIO,
    work_dir: Path,
    *,
    declared_languages: Sequence[str] = (),
    media_limits: MediaLimits | None = None,
    on_progress: Progress | None = None,
    limits: Limits = _DERIVE,
) -> Derived:
    """Read the master in a limited child: clock, track, channels, loudness, working sound, peaks.

    ``master`` is a path or an open regular file, ``work_dir`` an existing folder of the caller's.
    Raises MediaRejected, and the errors of ``run_in_child``.
    """
    names = ("working_0", "working_1", "peaks")
    args = {
        "languages": list(declared_languages),
        "limits": (media_limits or MediaLimits()).to_args(),
    }
    with ExitStack() as stack:
        files = {"master": _opened(stack, master)}
        files |= {name: _made(stack, work_dir / name) for name in names}
        result = _run("derive:probe_and_derive", args, files, limits, on_progress)
    count = result["channels"]["working_channels"]
    working = [work_dir / f"working_{n}" for n in range(count)]
    for n in range(count, 2):
        (work_dir / f"working_{n}").unlink()
    return Derived(result, working, work_dir / "peaks")


def make_access_copy(  # noqa: PLR0913  as above
    master: Path | BinaryIO,
    work_dir: Path,
    derived: dict[str, Any],
    *,
    media_limits: MediaLimits | None = None,
    on_progress: Progress | None = None,
    limits: Limits | None = None,
) -> AccessCopy:
    """Make the copy for listening or watching, and a poster, in a limited child.

    ``derived`` is the JSON that ``derive`` gave for this master. ``copy`` is None only where the
    recording has neither sound nor a picture that can be shown. A picture that ends its child takes
    nothing from the sound: the copy is then sound alone, and ``result["warnings"]`` says so.
    Raises as ``derive`` does.
    """
    args = {"derived": derived, "limits": (media_limits or MediaLimits()).to_args()}
    chosen = limits or (_FILM if derived["has_video"] else _COPY)
    with ExitStack() as stack:
        files = {
            "master": _opened(stack, master),
            "copy": _made(stack, work_dir / "access_copy"),
            "poster": _made(stack, work_dir / "poster"),
        }
        try:
            result = _run("access_copy:make_access_copy", args, files, chosen, on_progress)
        except ChildError:
            if not (derived["has_video"] and derived["has_sound"]):
                raise
            for name in ("copy", "poster"):
                os.ftruncate(files[name].fileno(), 0)
            args["derived"] = {**derived, "has_video": False}
            result = _run("access_copy:make_access_copy", args, files, limits or _COPY, on_progress)
            result["warnings"].append(picture_not_playable())
    paths: list[Path | None] = []
    for name, there in (("access_copy", result["copy"]), ("poster", result["poster"])):
        path = work_dir / name
        if not there:
            path.unlink()
        paths.append(path if there else None)
    copy, poster = paths
    return AccessCopy(result, copy, result["content_type"], poster)


def _opened(stack: ExitStack, master: Path | BinaryIO) -> BinaryIO:
    return stack.enter_context(master.open("rb")) if isinstance(master, Path) else master


def _made(stack: ExitStack, path: Path) -> BinaryIO:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    return stack.enter_context(os.fdopen(fd, "r+b", buffering=0))


def _run(
    function: str,
    args: dict[str, Any],
    files: dict[str, BinaryIO],
    limits: Limits,
    on_progress: Progress | None,
) -> dict[str, Any]:
    try:
        return run_in_child(f"{_MEDIA}.{function}", args, files=files, limits=limits, on_progress=on_progress)
    except ChildFailed as error:
        if error.slug in rejection_slugs():
            raise MediaRejected(error.slug, error.sentence) from error
        raise
