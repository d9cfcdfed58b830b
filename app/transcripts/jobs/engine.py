"""The engine that hears a version's batches: of the model that planned it, whatever this worker's setting is."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from app.ports.transcriber import EngineInfo, TranscriberError, TranscriberRestsError, with_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from app.ports import Ports
    from app.ports.transcriber import Transcriber
    from app.transcripts.models import TranscriptVersion


class OtherModelError(Exception):
    """This process has not the model that planned the version: its batches are left to others."""

    def __init__(self, planned: Mapping[str, Any], here: EngineInfo | None) -> None:
        """``here``: the model that this process has; None where it could not be asked."""
        self.planned = str(planned["model"])
        self.here = here.model if here else ""
        part = "KIND" if here and here.name != planned["name"] else "MODEL"
        self.setting = f"STORYBRAID_TRANSCRIBER__{part}"
        super().__init__(f"planned with {self.planned}, here is {self.here}")


def engine_of(ports: Ports, version: TranscriptVersion) -> Transcriber:
    """The engine of the version's own model, wherever this process can have it.

    Raises ``OtherModelError`` where it cannot, ``TranscriberRestsError`` where the engine must be asked and rests.
    """
    assert ports.transcriber is not None  # noqa: S101  asked before the claim
    planned = version.engine
    if "model" not in planned:
        return with_model(ports.transcriber, version.model)
    here: EngineInfo | None = None
    for model in _tried(version, ports.settings.transcriber.model):
        try:
            engine = with_model(ports.transcriber, model)
            info = engine.info()
        except TranscriberRestsError:
            raise
        except TranscriberError:
            if model is None:
                raise  # this worker's own model fails, which others of its setting would meet too
            continue
        if is_same_model(planned, info):
            return engine
        here = info
    raise OtherModelError(planned, here)


def _tried(version: TranscriptVersion, own: str) -> Iterator[str | None]:
    """The models to try, None for this worker's own.

    That one comes first where its name is the version's: a folder may have the name of a model that is fetched. Else it
    comes last, so that it is not loaded in vain for each batch.
    """
    wanted = version.model or str(version.engine["model"])
    is_own = wanted in (own, PurePath(own).name)
    yield from (None, wanted) if is_own else (wanted, None)


def is_same_model(planned: Mapping[str, Any], here: EngineInfo) -> bool:
    """Whether what a version was planned with is the model that stands here.

    The numbers in which it is computed (``compute_type``) may differ, as between a CPU and a GPU, and so may the
    libraries' versions after an update, and the name by which a machine reaches a service: the model is the same. A
    service tells no hash, so that its model's name stands for it; of files the hash decides and no folder's name.
    """
    if planned["name"] != here.name:
        return False
    if planned["model_sha256"] and here.model_sha256:
        return bool(planned["model_sha256"] == here.model_sha256)
    return bool(planned["model"] == here.model)
