"""``doctor`` looks at the archive from outside: it names each fault of the server in front, and what mends it."""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.admin.schemas import DoorSeen
from tests.factories.bucket import store_of, the_server
from tests.factories.front import (
    AS_IT_COMES,
    CADDYFILE,
    STORE_BODIES,
    STORE_HOST,
    Caddy,
    OnS3,
    a_front,
    documented,
    documented_caddy,
    needs_caddy,
    needs_nginx,
)
from tests.factories.living import LivingArchive
from tests.factories.stores import held_uploads
from workers.door import CLAIMED, forwarding_faults, look_from_outside, part_faults
from workers.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS = "https://archive.example.org"
PART = 8 * 1024 * 1024
BOTH = ", ".join(CLAIMED)


def seen(**over: str) -> DoorSeen:
    """A request as it arrives through a server that is set up well, but for what is given."""
    well = {
        "scheme": "https",
        "host": "archive.example.org",
        "address": "198.51.100.7",
        "forwarded_for": "198.51.100.7",
        "forwarded_proto": "https",
    }
    return DoorSeen(**well | over)


@pytest.mark.parametrize(
    ("arrived", "named"),
    [
        (seen(), []),
        (seen(host="127.0.0.1:8000"), ["proxy_set_header Host $http_host"]),
        (seen(scheme="http", forwarded_proto=""), ["proxy_set_header X-Forwarded-Proto $scheme"]),
        (seen(scheme="http", address="10.0.0.9"), ["FORWARDED_ALLOW_IPS"]),
        (seen(address="10.0.0.9"), ["FORWARDED_ALLOW_IPS"]),
        (seen(forwarded_for="", address="10.0.0.9"), ["everybody seems to come from 10.0.0.9"]),
        (seen(forwarded_for=BOTH, address=CLAIMED[1]), ["guesses passwords"]),
        (seen(forwarded_for=BOTH, address="10.0.0.9"), ["everybody seems to come from 10.0.0.9"]),
        # A server that adds the sender's address to what the sender claims, and an archive that believes anybody.
        (seen(forwarded_for=f"{BOTH}, 198.51.100.7", address=CLAIMED[0]), ["guesses passwords"]),
        (seen(forwarded_for=f"{BOTH}, 198.51.100.7"), []),
        # From the very machine, whose addresses are believed: nothing can be said.
        (seen(forwarded_for=f"{BOTH}, 127.0.0.1", address=CLAIMED[1]), []),
    ],
)
def test_what_the_server_in_front_says_of_a_request(arrived: DoorSeen, named: list[str]) -> None:
    """Each fault is named once, with the line that mends it; a server set up well has none."""
    faults = forwarding_faults(arrived, ADDRESS)
    assert len(faults) == len(named), faults
    for fault, part in zip(faults, named, strict=True):
        assert part in fault


def test_on_a_plain_network_nobody_stands_in_front() -> None:
    """With STORYBRAID_INSECURE_LAN nothing is expected of a server in front."""
    direct = seen(scheme="http", host="192.168.1.5:8000", address="192.168.1.5", forwarded_for=BOTH, forwarded_proto="")
    assert forwarding_faults(direct, "http://192.168.1.5:8000") == []


@pytest.mark.parametrize(
    ("status", "kind", "text", "named"),
    [
        (200, "text/plain", "", ""),
        (413, "text/html", "<h1>413</h1>", "client_max_body_size 16m"),
        (403, "application/xml", "<Code>SignatureDoesNotMatch</Code>", "proxy_set_header Host $http_host"),
        (507, "application/problem+json", '{"detail": "There is no room."}', "There is no room."),
        (502, "text/html", "<h1>502</h1>", "with 502 by itself"),
    ],
)
def test_what_an_answer_to_a_part_says(status: int, kind: str, text: str, named: str) -> None:
    """A refusal by the server in front is told from an answer of the archive or its store."""
    answer = httpx.Response(status, headers={"content-type": kind}, text=text)
    faults = part_faults(answer, "s3.archive.example.org", 8 * 1024 * 1024)
    assert (named in faults[0]) if named else faults == []


@pytest.fixture
def living(tmp_path: Path) -> Iterator[LivingArchive]:
    """An archive with its database, and a folder for recordings: of the two stores parts for it come by the API."""
    made = LivingArchive(tmp_path, {"STORYBRAID_OBJECTS__KIND": "local"})
    made.run("migrate")
    yield made
    made.stop()


def address_part(archive: LivingArchive) -> dict[str, Any]:
    """What ``doctor`` says of the address; it never makes the exit code 1."""
    (part,) = [part for part in archive.json("doctor")["parts"] if part["part"] == "address"]
    assert part["ok"] is True
    return dict(part)


def test_an_address_of_this_machine_is_one_line(living: LivingArchive) -> None:
    """Without a public address nothing is asked; one that does not answer is a warning too."""
    assert "STORYBRAID_BASE_URL names no public address" in address_part(living)["warning"]
    living.environment["STORYBRAID_BASE_URL"] = f"https://localhost:{free_port()}"
    warning = address_part(living)["warning"]
    assert warning.startswith("cannot be reached from this machine: ")
    assert len(warning.splitlines()) == 1


@needs_nginx
def test_nginx_as_it_comes_is_seen_through(living: LivingArchive) -> None:
    """Its body size, host, scheme and sender are named with the line for each; so is a certificate nobody knows."""
    with a_front(living.port, AS_IT_COMES) as front:
        living.environment["STORYBRAID_BASE_URL"] = front.address
        assert "its certificate is refused" in address_part(living)["warning"]
        living.environment["SSL_CERT_FILE"] = str(front.certificate)
        assert "502 by itself" in address_part(living)["warning"]
        living.start("--no-worker")
        part = address_part(living)
        assert "nginx" in part["product"]
        lines = part["warning"].splitlines()
        wanted = ["Host $http_host", "X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr"]
        wanted.append("client_max_body_size")
        assert len(lines) == len(wanted), lines
        for line, mended in zip(lines, wanted, strict=True):
            assert mended in line
        assert held_uploads(living.ports().objects) == set(), "the part that was sent to try is thrown away"


@needs_nginx
def test_nginx_as_documented_has_no_fault(living: LivingArchive) -> None:
    """The server block of docs/operations.md, word for word, and plain http is sent on to it."""
    with a_front(living.port, documented()) as front:
        living.environment |= {"STORYBRAID_BASE_URL": front.address, "SSL_CERT_FILE": str(front.certificate)}
        living.start("--no-worker")
        assert address_part(living)["warning"] == ""
        plain = httpx.get(f"http://127.0.0.1:{front.plain_port}/search?q=rain")
        assert (plain.status_code, plain.headers["location"]) == (301, f"{front.address}/search?q=rain")


@needs_nginx
def test_a_stream_held_back_is_noticed(living: LivingArchive) -> None:
    """A server that gathers answers although it is asked not to."""
    held = documented().replace("proxy_buffering off;", "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;")
    with a_front(living.port, held) as front:
        living.environment |= {"STORYBRAID_BASE_URL": front.address, "SSL_CERT_FILE": str(front.certificate)}
        living.start("--no-worker")
        warning = address_part(living)["warning"]
        assert "proxy_buffering off" in warning
        assert len(warning.splitlines()) == 1


@needs_nginx
def test_an_archive_with_another_secret_is_not_ours(living: LivingArchive, tmp_path: Path) -> None:
    """The address of another archive is named as such, and nothing is sent to it."""
    other = LivingArchive(tmp_path / "other")
    other.run("migrate")
    with a_front(other.port, documented()) as front:
        other.environment["STORYBRAID_BASE_URL"] = front.address
        other.start("--no-worker")
        try:
            living.environment |= {"STORYBRAID_BASE_URL": front.address, "SSL_CERT_FILE": str(front.certificate)}
            warning = address_part(living)["warning"]
        finally:
            other.stop()
        assert "another secret" in warning
        assert len(warning.splitlines()) == 1
        assert "PUT" not in (front.folder / "access.log").read_text(encoding="utf-8")


@needs_nginx
def test_a_refusal_of_the_archive_arrives_through_the_server_in_front(living: LivingArchive) -> None:
    """An address that is too old is said to be so, although the archive knows before the whole part has come."""
    with a_front(living.port, documented()) as front:
        living.environment["STORYBRAID_BASE_URL"] = front.address
        living.start("--no-worker")
        trust = ssl.create_default_context(cafile=front.certificate)
        query = f"offset=0&size={PART}&sha256={'0' * 64}&expires=1&signature={'0' * 64}"
        path = f"/api/v1/objects/parts/{'0' * 32}/1?{query}"
        for place in (living.address, front.address):
            for _ in range(3):
                answer = httpx.put(place + path, content=bytes(PART), verify=trust, timeout=60)
                assert answer.status_code == 403, (place, answer.text)
                assert answer.json()["type"].endswith("#address-expired")


@needs_caddy
def test_caddy_as_documented_has_no_fault(living: LivingArchive) -> None:
    """Its two lines of docs/operations.md are enough, as they say."""
    with a_front(living.port, documented_caddy(), kind=Caddy) as front:
        living.environment |= {"STORYBRAID_BASE_URL": front.address, "SSL_CERT_FILE": str(front.certificate)}
        living.start("--no-worker")
        assert address_part(living)["warning"] == ""


@needs_caddy
def test_readers_are_served_while_the_store_is_gone(living: LivingArchive) -> None:
    """The door of the production set goes on sending pages and searches to an archive whose store is silent."""
    gone = {"KIND": "s3", "BUCKET": "gone", "ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    gone |= {"ACCESS_KEY": "nobody", "SECRET_KEY": "nothing"}
    living.environment |= {f"STORYBRAID_OBJECTS__{name}": value for name, value in gone.items()}
    port = free_port()
    living.environment["STORYBRAID_BASE_URL"] = f"https://localhost:{port}"
    living.start("--no-worker")
    assert httpx.get(f"{living.address}/api/v1/health/ready", timeout=30).status_code == 503
    with a_front(living.port, CADDYFILE.read_text(encoding="utf-8"), port, kind=Caddy) as front:
        trust = ssl.create_default_context(cafile=front.certificate)
        until = time.monotonic() + 2  # it asks how the archive is at once, and then every ten seconds
        while time.monotonic() < until:
            assert httpx.get(f"{front.address}/api/v1/search?q=rain", verify=trust).status_code == 200


@pytest.fixture
def on_s3(tmp_path: Path) -> Iterator[OnS3]:
    """An archive on the store of the tests."""
    made = OnS3(LivingArchive(tmp_path))
    made.set_up()
    made.archive.start("--no-worker")
    yield made
    made.archive.stop()


LOCATION = "        proxy_pass http://127.0.0.1:8333;\n"
END = "        proxy_buffering off;\n"
OF_STORES = {
    STORE_BODIES: ("", "refuses parts of 8 MiB, so no recording arrives (nginx: client_max_body_size 16m"),
    STORE_HOST: ("", "does not know the address of a part again after"),
    "127.0.0.1:8333": ("127.0.0.1:1", "with 502 by itself"),
    LOCATION: (LOCATION + "if ($request_method = OPTIONS) { return 405; }", "lets no page of https://localhost"),
    END: (END + "add_header Access-Control-Allow-Origin * always;", "lets no page of https://localhost"),
}
"""A line of nginx for the store, what stands there instead, and what is said of it."""


def seen_from_outside(on_s3: OnS3, front: Any, monkeypatch: pytest.MonkeyPatch, **over: str) -> list[str]:
    """The faults that ``doctor`` finds on the way to archive and store."""
    monkeypatch.setenv("SSL_CERT_FILE", str(front.certificate))
    on_s3.archive.environment |= {f"STORYBRAID_OBJECTS__{name.upper()}": value for name, value in over.items()}
    ports = on_s3.archive.ports()
    return look_from_outside(ports.settings, ports.objects)[1].splitlines()


@needs_nginx
def test_each_fault_on_the_way_to_the_store_is_named(on_s3: OnS3, monkeypatch: pytest.MonkeyPatch) -> None:
    """As documented there is none; a line of nginx missing or too much, a bucket that lets no page in, no name: one."""
    good = documented(store=True)
    with on_s3.front(good) as front:
        assert seen_from_outside(on_s3, front, monkeypatch) == []
        objects = on_s3.archive.ports().objects
        assert held_uploads(objects) == set(), "the part that was sent to try is thrown away"
    archive_block, store_block = documented(), good.removeprefix(documented())
    for line, (other, named) in OF_STORES.items():
        assert line in store_block
        with on_s3.front(archive_block + store_block.replace(line, other)) as front:
            (fault,) = seen_from_outside(on_s3, front, monkeypatch)
        assert fault.startswith(("the store does not know", f"localhost:{on_s3.store_port} "))
        assert named in fault, line
    with on_s3.front(good) as front:
        store_of(the_server().settings(on_s3.bucket))._calls.work("delete_bucket_cors")
        (fault,) = seen_from_outside(on_s3, front, monkeypatch)
        assert f"lets no page of https://localhost:{on_s3.port} send parts (storybraid objects setup" in fault
        (fault,) = seen_from_outside(on_s3, front, monkeypatch, public_endpoint="")
        assert "which browsers refuse from a page with https (STORYBRAID_OBJECTS__PUBLIC_ENDPOINT" in fault
        port = free_port()
        (fault,) = seen_from_outside(on_s3, front, monkeypatch, public_endpoint=f"https://localhost:{port}")
        assert fault.startswith(f"localhost:{port}, where browsers send the parts, cannot be reached from this machine")


@needs_caddy
def test_the_door_of_the_production_set_has_no_fault(on_s3: OnS3, monkeypatch: pytest.MonkeyPatch) -> None:
    """``deploy/Caddyfile`` as it is; with less room in front of the store it is named."""
    text = CADDYFILE.read_text(encoding="utf-8")
    with on_s3.front(text, Caddy) as front:
        assert seen_from_outside(on_s3, front, monkeypatch) == []
    with on_s3.front(text.replace("512MB", "1MB"), Caddy) as front:
        (fault,) = seen_from_outside(on_s3, front, monkeypatch)
        assert "request_body { max_size 16MB }" in fault
