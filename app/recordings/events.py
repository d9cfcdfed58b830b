"""What recordings announce."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.events import Event


@dataclass(frozen=True)
class UploadCompleting(Event):
    """All parts are there and named; ``id`` is the upload's."""


@dataclass(frozen=True)
class UploadClosed(Event):
    """The upload was cancelled, so the store may forget its parts; ``id`` is the upload's."""


@dataclass(frozen=True)
class RecordingStored(Event):
    """The master was read back and is safe, or its working sound is wanted again; ``id`` is the recording's."""


@dataclass(frozen=True)
class RecordingDerived(Event):
    """Clock, tracks, waveform and (where allowed) working sound are there; ``id`` is the recording's."""


@dataclass(frozen=True)
class AccessCopyMade(Event):
    """It can be played; ``id`` is the recording's."""


@dataclass(frozen=True)
class WorkingSoundSpent(Event):
    """Nobody needs the working sound any more; ``id`` is the recording's."""
