"""One upload on its way into the local store: a sparse file, and a journal of the parts that count."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.adapters.objects_local.disk import sync_file, sync_folder, telling_when_full, write_at
from app.ports.object_store import ObjectMissingError, Part, WrongDigestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK_BYTES: Final = 512
"""Unit of ``st_blocks`` (stat(2))."""


@dataclass(frozen=True)
class Plan:
    """What an upload was started with."""

    size_bytes: int
    part_size_bytes: int

    @property
    def part_count(self) -> int:
        """How many parts make the whole."""
        return -(-self.size_bytes // self.part_size_bytes)

    def offset_of(self, number: int) -> int:
        """Where a part begins; numbers count from 1."""
        return (number - 1) * self.part_size_bytes

    def size_of(self, number: int) -> int:
        """How long a part is: the last one is what is left."""
        return min(self.part_size_bytes, self.size_bytes - self.offset_of(number))


class Incoming:
    """The folder of one upload: ``plan``, ``data``, ``journal`` and, once joined, ``finished``.

    Every write to ``data`` holds a shared lock on it and looks for ``finished``; joining holds the
    exclusive one. So no byte changes after the whole was read back, whatever process still writes.
    """

    def __init__(self, folder: Path) -> None:
        """The upload that lies in this folder; raises ``ObjectMissingError``."""
        self.folder = folder
        self.data = folder / "data"
        self._journal = folder / "journal"
        self._finished = folder / "finished"
        try:
            self.plan = Plan(**json.loads((folder / "plan").read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            message = "no such upload"
            raise ObjectMissingError(message) from error

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> Incoming:
        """A new upload without parts; the plan is written last, so that a half-made one is none."""
        with telling_when_full():
            folder.mkdir(mode=0o700, parents=True)
            with (folder / "data").open("xb") as file:
                file.truncate(plan.size_bytes)
            fresh = folder / "plan.new"
            fresh.write_text(
                json.dumps({"size_bytes": plan.size_bytes, "part_size_bytes": plan.part_size_bytes}),
                encoding="utf-8",
            )
            sync_file(fresh)
            fresh.rename(folder / "plan")
            sync_folder(folder)
            sync_folder(folder.parent)
        return cls(folder)

    def parts(self) -> list[Part]:
        """The parts that count, by number."""
        try:
            lines = self._journal.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        parts: dict[int, Part] = {}
        for line in lines:
            try:
                number, size_bytes, sha256 = json.loads(line)
            except ValueError:
                continue  # an empty line, or one that a power cut tore: that part is sent again
            if sha256 is None:
                parts.pop(number, None)
            else:
                parts[number] = Part(number, size_bytes, sha256, sha256)
        return [parts[number] for number in sorted(parts)]

    def note(self, number: int, size_bytes: int, sha256: str | None) -> None:
        """Append that a part counts, or (None) counts no more."""
        line = f"\n{json.dumps([number, size_bytes, sha256])}\n".encode()
        descriptor = os.open(self._journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            with telling_when_full():
                os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def has(self, number: int, sha256: str) -> bool:
        """Whether this part counts already with this digest."""
        return any(part.number == number and part.sha256 == sha256 for part in self.parts())

    @property
    def is_finished(self) -> bool:
        """Whether it was joined and takes no more parts."""
        return self._finished.exists()

    @contextlib.contextmanager
    def writing(self, descriptor: int) -> Iterator[None]:
        """Hold the right to change ``data``; raises ``ObjectMissingError`` once it was joined."""
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        try:
            if self.is_finished:
                message = "this upload takes no more parts"
                raise ObjectMissingError(message)
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def finish(self, named: Sequence[Part]) -> None:
        """Take no more parts if exactly the named ones are there; raises ``WrongDigestError``."""
        with self.data.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            held = {part.number: part.sha256 for part in self.parts()}
            told = {part.number: part.sha256 for part in named}
            bad = [n for n in range(1, self.plan.part_count + 1) if n not in told or held.get(n) != told[n]]
            bad += [n for n in told if not 1 <= n <= self.plan.part_count]
            if bad:
                message = "parts are missing or not the named ones"
                raise WrongDigestError(message, bad)
            with telling_when_full():
                self._finished.touch(mode=0o600)
                os.fsync(file.fileno())
            sync_folder(self.folder)

    def reopen(self, bad: Sequence[int]) -> None:
        """Forget these parts and take parts again; raises ``ObjectMissingError`` once it was settled."""
        with self.data.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink > 1:
                message = "this upload is an object already"
                raise ObjectMissingError(message)
            for number in bad:
                self.note(number, 0, None)
            self.data.chmod(0o600)
            self._finished.unlink(missing_ok=True)
            sync_folder(self.folder)

    def promised_bytes(self) -> int:
        """Bytes that were promised to this upload and are not on the disk yet."""
        allocated = self.data.stat().st_blocks * _BLOCK_BYTES
        return max(0, self.plan.size_bytes - allocated)

    def touched_at(self) -> float:
        """When anything was last written to it, seconds since 1970."""
        return max(path.stat().st_mtime for path in (self.folder, *self.folder.iterdir()))

    def remove(self) -> None:
        """Free its bytes. The folder is moved away first, so that a half-removed upload is none."""
        gone = self.folder.with_name(f"gone-{self.folder.name}")
        self.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


class PartWriter:
    """Writes one part at its offset and hashes it; newer writers of the same part stop it.

    Used by one task, with calls in threads; ``stop`` may come from another thread at any time.
    """

    def __init__(self, incoming: Incoming, number: int, size_bytes: int, sha256: str) -> None:
        """Opens the upload's file; an older content of the part counts no more from here on."""
        self._incoming = incoming
        self._number = number
        self._size = size_bytes
        self._sha256 = sha256
        self._hash = hashlib.sha256()
        self._done = 0
        self._lock = threading.Lock()
        self._stopped = False
        # The same part again proves itself by its digest and touches nothing.
        self._is_repeat = incoming.has(number, sha256)
        try:
            self._descriptor = os.open(incoming.data, os.O_RDONLY if self._is_repeat else os.O_RDWR)
        except (FileNotFoundError, PermissionError) as error:
            message = "this upload takes no more parts"
            raise ObjectMissingError(message) from error
        if not self._is_repeat:
            with incoming.writing(self._descriptor):
                incoming.note(number, 0, None)

    def write(self, data: bytes) -> None:
        """The next bytes; raises ``WrongDigestError`` for more than were promised."""
        with self._lock:
            self._check_not_stopped()
            if self._done + len(data) > self._size:
                message = "the part is longer than it was said to be"
                raise WrongDigestError(message, [self._number])
            self._hash.update(data)
            if not self._is_repeat:
                offset = self._incoming.plan.offset_of(self._number) + self._done
                with self._incoming.writing(self._descriptor):
                    write_at(self._descriptor, data, offset)
            self._done += len(data)

    def settle(self) -> Part:
        """Let the part count; raises ``WrongDigestError`` when it is not what was promised."""
        with self._lock:
            self._check_not_stopped()
            if self._done != self._size or self._hash.hexdigest() != self._sha256:
                message = "the part is not the one that was announced"
                raise WrongDigestError(message, [self._number])
            if not self._is_repeat:
                with telling_when_full():
                    os.fdatasync(self._descriptor)
                with self._incoming.writing(self._descriptor):
                    self._incoming.note(self._number, self._size, self._sha256)
            return Part(self._number, self._size, self._sha256, self._sha256)

    def stop(self) -> None:
        """Write nothing more; returns after a write under way has ended."""
        with self._lock:
            self._stopped = True

    def close(self) -> None:
        """Give the file back; again = nothing."""
        with self._lock:
            self._stopped = True
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _check_not_stopped(self) -> None:
        if self._stopped:
            message = "the part was sent again meanwhile"
            raise WrongDigestError(message, [self._number])
