"""What commands share: settings, ports with a migrated database, and who the operator is."""

from __future__ import annotations

import getpass
import os

from app import wiring
from app.accounts.schemas import Actor
from app.kernel.errors import ArchiveError
from app.kernel.settings import Settings, WhisperTranscriber, load_settings
from app.ports import Ports
from app.search.commands import ensure_index
from migrations import chain
from workers.transcribers import make_transcriber


class NotMigratedError(ArchiveError):
    """The database is of another version of the program."""

    slug = "not-migrated"
    title = "The database is not ready for this version. Run: storybraid migrate"


class NoSuchDeviceError(ArchiveError):
    """The Whisper model cannot run as the settings say."""

    slug = "no-such-device"
    title = "The Whisper model cannot run here as the settings say."


class ModelMissingError(ArchiveError):
    """The model's files are not there."""

    slug = "model-missing"
    title = "The Whisper model is missing."


def open_archive(*, transcribe: bool = False, migrate: bool = False, at_once: int = 1, searches: bool = True) -> Ports:
    """Ports of the archive that the settings name, for ``at_once`` batches.

    Raises ``NotMigratedError``, and ``NewerDatabaseError`` where migrating would not help.

    Without ``searches`` the search index is not looked at: a machine that only transcribes may not know the right one,
    and an empty one that it made for itself would make every story owed.
    """
    settings = load_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    ports = wiring.build(settings, make_transcriber(settings, at_once) if transcribe else None)
    engine = ports.sessions.kw["bind"]
    if migrate:
        chain.migrate(engine)
        ports.jobs.prepare(engine)
    elif not (chain.is_current(engine) and ports.jobs.is_ready(engine)):
        chain.require_known(engine)
        raise NotMigratedError
    if searches:
        ensure_index(ports)
    return ports


def require_model(settings: Settings) -> None:
    """Raise ``ModelMissingError`` or ``NoSuchDeviceError`` with what to do when a local model cannot run here."""
    from workers.devices import DeviceError, require_device  # noqa: PLC0415  only where a model is meant
    from workers.model_files import model_present  # noqa: PLC0415  only where a model is meant

    wanted = settings.transcriber
    if not isinstance(wanted, WhisperTranscriber):
        return
    try:
        require_device(wanted)
    except DeviceError as error:
        raise NoSuchDeviceError(str(error)) from error
    if not model_present(wanted.model, settings.models_folder):
        message = (
            f"The Whisper model “{wanted.model}” is not in {settings.models_folder}. "
            f"Run: storybraid models fetch {wanted.model}"
        )
        raise ModelMissingError(message)


def unix_name() -> str:
    """The Unix user name of whoever runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def operator() -> Actor:
    """The operator of this machine."""
    return Actor.as_operator(unix_name())
