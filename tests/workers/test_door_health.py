"""The door of the production set says whether it is well: by the command of the compose file, on a real Caddy."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.factories.front import CADDYFILE, needs_caddy
from workers.servers.own import ROOT, free_port

if TYPE_CHECKING:
    from pathlib import Path

DOOR: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["door"]
ELSEWHERE = """
{{
    admin 127.0.0.1:{admin}
    http_port {http}
    https_port {https}
    local_certs
    skip_install_trust
    storage file_system {folder}/kept
}}
"""
"""What a Caddy outside a container needs beside the Caddyfile: ports of its own, and no certificate from outside."""


@needs_caddy
@pytest.mark.skipif(shutil.which("wget") is None, reason="no wget here: apt-get install wget")
def test_the_door_says_whether_it_is_well(tmp_path: Path) -> None:
    """While Caddy runs with the Caddyfile of the set it is well, although the API is away; gone, it is not."""
    admin, http, https = (free_port() for _ in range(3))
    kind, *command = DOOR["healthcheck"]["test"]
    assert kind == "CMD"
    asked = [word.replace("127.0.0.1:2019", f"127.0.0.1:{admin}") for word in command]
    assert asked != command, "Caddy's own port in the image is 2019"
    file = tmp_path / "Caddyfile"
    text = ELSEWHERE.format(admin=admin, http=http, https=https, folder=tmp_path) + CADDYFILE.read_text("utf-8")
    file.write_text(text, encoding="utf-8")
    names = {"STORYBRAID_SITE": "archive.example.org", "STORYBRAID_STORE_SITE": "s3.archive.example.org"}
    homes = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        caddy = subprocess.Popen(
            ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"],
            env=os.environ | names | homes,
            stdout=log,
            stderr=log,
        )
    try:
        until = time.monotonic() + 30
        while subprocess.run(asked, check=False).returncode != 0:
            assert time.monotonic() < until, (tmp_path / "log").read_text(encoding="utf-8")
            assert caddy.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
            time.sleep(0.2)
    finally:
        caddy.terminate()
        caddy.wait(30)
    assert subprocess.run(asked, check=False).returncode != 0
