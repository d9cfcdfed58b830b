"""Servers with TLS in front of a living archive and its store: unprivileged, on loopback, in a folder of their own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.factories.bucket import store_of, the_server
from tests.factories.living import LivingArchive
from workers.servers.own import ROOT, AttachedServer, free_port
from workers.servers.postgres import unprivileged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOBODY = 1
"""A port on which nothing answers."""
OPERATIONS = ROOT / "docs" / "operations.md"
CADDYFILE = ROOT / "deploy" / "Caddyfile"
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
STORE_BODIES = "    client_max_body_size 16m;               # what nginx cuts off itself, no page can read\n"
STORE_HOST = "        proxy_set_header Host $http_host;   # addresses of parts are signed for this name\n"
"""What nginx in front of the store cannot be without; lines of docs/operations.md."""
OF_NGINX = """
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
    {text}
}}
"""
OF_CADDY = """
{{
    admin off
    auto_https disable_redirects
    skip_install_trust
    default_bind 127.0.0.1
    storage file_system {folder}/kept
}}
{text}
"""


def find_nginx() -> str | None:
    """The program; Debian puts it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


needs_nginx = pytest.mark.skipif(find_nginx() is None, reason="no nginx on this machine (apt-get install nginx-light)")
needs_caddy = pytest.mark.skipif(
    shutil.which("caddy") is None, reason="no Caddy on this machine (apt-get install caddy)"
)


def documented(*, store: bool = False) -> str:
    """The server blocks that docs/operations.md shows: the archive's, and with ``store`` the store's too."""
    found = re.findall(r"```nginx\n(.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 2, "docs/operations.md shows nginx for the archive and for the store"
    assert STORE_BODIES in found[1]
    assert STORE_HOST in found[1]
    return "".join(found if store else found[:1])


def documented_caddy() -> str:
    """The lines for Caddy that docs/operations.md shows."""
    found = re.search(
        r"```\narchive\.example\.org (\{\n.*?^\}\n)```", OPERATIONS.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found, "docs/operations.md shows no Caddy"
    return f"{{$STORYBRAID_SITE}} {found.group(1)}"


@dataclass
class Front(AttachedServer):
    """A server in front of the port ``behind``, and of a store's; ``text`` is what its owner wrote."""

    behind: int
    text: str
    port: int
    store_behind: int
    store_port: int
    plain_port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """Where browsers find the archive."""
        return f"https://localhost:{self.port}"

    @property
    def store_address(self) -> str:
        """Where browsers find the store."""
        return f"https://localhost:{self.store_port}"

    @property
    def certificate(self) -> Path:
        """Of who vouches for it; for ``SSL_CERT_FILE``."""
        return self.folder / "certificate.pem"

    def answers(self) -> bool:
        """Whether it listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def unprivileged(self, *command: str) -> list[str]:
        """The command as an ordinary user's, also where the tests run as root."""
        owner = unprivileged()
        if owner is None:
            return list(command)
        for place in (self.folder, *self.folder.iterdir()):
            os.chown(place, owner.pw_uid, owner.pw_gid)
        # The end with its starter is forgotten when the user changes, unless setpriv asks for it again.
        who = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--pdeathsig=KILL"]
        return [shutil.which("setpriv") or "setpriv", *who, *command]


class Nginx(Front):
    """nginx as Debian has it, with a certificate of its own for ``localhost``."""

    NAME: ClassVar[str] = "nginx"

    def command(self) -> list[str]:
        """Its file is what its owner wrote, with this machine's places and ports."""
        key = self.folder / "key.pem"
        if not key.exists():
            subprocess.run(
                [
                    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                    *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
                    *("-keyout", str(key), "-out", str(self.certificate)),
                ],
                check=True,
                capture_output=True,
            )
        blocks = re.split(r"^(?=server \{)", self.text, flags=re.MULTILINE)
        config = self.folder / "nginx.conf"
        text = "".join(map(self._here, blocks))
        config.write_text(OF_NGINX.format(folder=self.folder, text=text), encoding="utf-8")
        log = str(self.folder / "server.log")
        return self.unprivileged(self.program, "-c", str(config), "-p", str(self.folder), "-e", log)

    def _here(self, block: str) -> str:
        live = "/etc/letsencrypt/live/archive.example.org"
        port = self.store_port if "server_name s3." in block else self.port
        for written, here in {
            f"{live}/fullchain.pem": str(self.certificate),
            f"{live}/privkey.pem": str(self.folder / "key.pem"),
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "https://archive.example.org": self.address,
            "server_name archive.example.org": "server_name localhost",
            "server_name s3.archive.example.org": "server_name localhost",
            "127.0.0.1:8000": f"127.0.0.1:{self.behind}",
            "127.0.0.1:8333": f"127.0.0.1:{self.store_behind}",
        }.items():
            block = block.replace(written, here)
        return block


class Caddy(Front):
    """Caddy, which makes its own certificates for ``localhost`` as it gets others for other names."""

    NAME: ClassVar[str] = "Caddy"

    @property
    def certificate(self) -> Path:
        """Its own authority's."""
        return self.folder / "kept" / "pki" / "authorities" / "local" / "root.crt"

    def answers(self) -> bool:
        """Whether it listens, with a certificate."""
        own = self.folder / "kept" / "certificates" / "local" / "localhost" / "localhost.crt"
        return own.exists() and super().answers()

    def environment(self) -> Mapping[str, str]:
        """The names of both sites, and its own folder for all that it keeps."""
        kept = {name: str(self.folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        return kept | {"STORYBRAID_SITE": self.address, "STORYBRAID_STORE_SITE": self.store_address}

    def command(self) -> list[str]:
        """Its file is the one given, with this machine's ports."""
        text = re.sub(r"(api|127\.0\.0\.1):8000", f"127.0.0.1:{self.behind}", self.text)
        text = text.replace("seaweedfs:8333", f"127.0.0.1:{self.store_behind}")
        config = self.folder / "Caddyfile"
        config.write_text(OF_CADDY.format(folder=self.folder, text=text), encoding="utf-8")
        return self.unprivileged(self.program, "run", "--config", str(config), "--adapter", "caddyfile")


@contextmanager
def a_front(
    behind: int, text: str, port: int = 0, store: tuple[int, int] | None = None, kind: type[Front] = Nginx
) -> Iterator[Front]:
    """A running server in front, on the given port or any; ``store`` is a store's port and the one in front of it."""
    program = find_nginx() if kind is Nginx else shutil.which("caddy")
    assert program is not None
    folder = Path(tempfile.mkdtemp(prefix="sb-front-"))
    server = kind(program, folder, behind, text, port or free_port(), *(store or (NOBODY, free_port())))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class OnS3:
    """A living archive whose recordings are in a bucket; it and the store have a name with TLS each."""

    archive: LivingArchive
    port: int = field(default_factory=free_port)
    store_port: int = field(default_factory=free_port)
    bucket: str = field(default_factory=lambda: f"sb-{uuid.uuid4().hex[:12]}")

    @property
    def store(self) -> str:
        """The origin of the store, as browsers see it."""
        return f"https://localhost:{self.store_port}"

    def set_up(self) -> None:
        """Make database and bucket as docs/operations.md says, with public sound from the bucket."""
        named = self.archive.environment
        address = f"https://localhost:{self.port}"
        told = the_server().settings(self.bucket, redirect_s=300, public_endpoint=self.store)
        named |= {f"STORYBRAID_OBJECTS__{name.upper()}": str(value) for name, value in told.items()}
        named["STORYBRAID_BASE_URL"] = address
        self.archive.run("migrate")
        store_of(told, address).set_up()

    @contextmanager
    def front(self, text: str, kind: type[Front] = Nginx) -> Iterator[Front]:
        """A server in front of both, on the ports that the archive was told."""
        store = the_server().ports["s3"], self.store_port
        with a_front(self.archive.port, text, self.port, store, kind) as front:
            yield front
