"""nginx with TLS in front of a living archive, as Debian has it: unprivileged, on loopback, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from workers.servers.own import ROOT, AttachedServer, free_port
from workers.servers.postgres import unprivileged

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATIONS = ROOT / "docs" / "operations.md"
AS_IT_COMES = """
server {
    listen 443 ssl;
    ssl_certificate     /etc/letsencrypt/live/archive.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/archive.example.org/privkey.pem;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
"""
"""What somebody writes who knows no more than where the archive is."""
AROUND = """
worker_processes 1;
master_process off;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/server.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {block}
}}
"""


def find_nginx() -> str | None:
    """The program; Debian puts it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


needs_nginx = pytest.mark.skipif(find_nginx() is None, reason="no nginx on this machine (apt-get install nginx-light)")


def documented() -> str:
    """The server block that docs/operations.md shows."""
    found = re.search(r"```nginx\n(.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "docs/operations.md shows no nginx"
    return found.group(1)


@dataclass
class Nginx(AttachedServer):
    """A server in front of the port ``behind``; ``block`` is what its owner wrote."""

    NAME: ClassVar[str] = "nginx"

    behind: int
    block: str
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """Where browsers find it."""
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        """Its own authority as well; for ``SSL_CERT_FILE``."""
        return self.folder / "certificate.pem"

    def answers(self) -> bool:
        """Whether it listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def command(self) -> list[str]:
        """Of an ordinary user, also where the tests run as root."""
        live = "/etc/letsencrypt/live/archive.example.org"
        block = self.block
        for written, here in {
            f"{live}/fullchain.pem": str(self.certificate),
            f"{live}/privkey.pem": str(self.folder / "key.pem"),
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "https://archive.example.org": self.address,
            "server_name archive.example.org": "server_name localhost",
            "127.0.0.1:8000": f"127.0.0.1:{self.behind}",
        }.items():
            block = block.replace(written, here)
        config = self.folder / "nginx.conf"
        config.write_text(AROUND.format(folder=self.folder, block=block), encoding="utf-8")
        command = [self.program, "-c", str(config), "-p", str(self.folder), "-e", str(self.folder / "server.log")]
        owner = unprivileged()
        if owner is None:
            return command
        for place in (self.folder, *self.folder.iterdir()):
            os.chown(place, owner.pw_uid, owner.pw_gid)
        # The end with its starter is forgotten when the user changes, unless setpriv asks for it again.
        who = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--pdeathsig=KILL"]
        return [shutil.which("setpriv") or "setpriv", *who, *command]


@contextmanager
def a_front(behind: int, block: str, port: int | None = None) -> Iterator[Nginx]:
    """A running nginx with a certificate of its own for ``localhost``, on the given port or any."""
    program = find_nginx()
    assert program is not None
    folder = Path(tempfile.mkdtemp(prefix="sb-front-"))
    server = Nginx(program, folder, behind, block, port or free_port())
    try:
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
                *("-keyout", str(folder / "key.pem"), "-out", str(server.certificate)),
            ],
            check=True,
            capture_output=True,
        )
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
