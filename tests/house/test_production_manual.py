"""What docs/operations.md says of the production set, held against compose and the command line."""

from __future__ import annotations

import re
import shlex

import yaml

from tests.house.test_house import ROOT
from tests.house.test_production_set import SERVICES
from workers.cli import _parser
from workers.cli.init import production_settings


def chapter(name: str) -> str:
    """A chapter of the manual; a command that goes on in the next line is one line."""
    manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return manual.partition(f"## {name}\n")[2].partition("\n## ")[0].replace("\\\n", "")


def test_a_worker_in_docker_finds_its_servers() -> None:
    """By a private address as it comes; by a tunnel, which ends at the machine, in the machine's own network alone."""
    lines = [shlex.split(line) for line in chapter("A second machine").splitlines() if line.startswith("docker run")]
    commands = [line[line.index("storybraid:local") + 1 :] for line in lines]
    for command in commands:
        _parser().parse_args(command)
    assert [command[0] for command in commands] == ["models", "worker"] * 2
    plain, tunnelled = (line for line, command in zip(lines, commands, strict=True) if command[0] == "worker")
    at = tunnelled.index("--network")
    assert tunnelled[at : at + 2] == ["--network", "host"]
    assert tunnelled[:at] + tunnelled[at + 2 :] == plain


def test_what_the_settings_point_to_is_in_the_manual() -> None:
    """Where the file that init writes sends its reader, there is a chapter that speaks of it."""
    text = production_settings("https://archive.example.org", "https://s3.archive.example.org")
    pointers = re.findall(r"docs/operations\.md[^.]*", text)
    assert pointers == ["docs/operations.md says more under Models and A GPU for the words"]
    for name in pointers[0].partition("under ")[2].split(" and "):
        assert "large-v3-turbo" in chapter(name)


def gigabytes(limit: str) -> float:
    """What compose means by 512m or 2g."""
    return float(limit[:-1]) * {"m": 1 / 1024, "g": 1}[limit[-1]]


def test_what_the_manual_raises_is_there_to_be_raised() -> None:
    """The set's limits are those that the manual tells of, and the example of a file of one's own raises some."""
    told = chapter("How large it becomes")
    limits = {name: gigabytes(service["mem_limit"]) for name, service in SERVICES.items()}
    assert f"`meilisearch` has `mem_limit: {limits.pop('meilisearch'):g}g`, each other service 2 GB or less" in told
    assert max(limits.values()) <= 2
    assert "| hours | passages | database | store (256 kbit/s) | search | memory in all | workers |" in told
    own = yaml.safe_load(told.partition("# docker-compose.override.yml\n")[2].partition("```")[0])["services"]
    for name, service in own.items():
        assert service.keys() <= SERVICES[name].keys()
        assert gigabytes(service["mem_limit"]) > gigabytes(SERVICES[name]["mem_limit"]), name
    for line in told.splitlines():
        for name, limit in re.findall(r"`(\w+)` to (\d+[mg])", line):
            assert gigabytes(limit) > gigabytes(SERVICES[name]["mem_limit"]), line


def test_every_command_of_the_move_is_one() -> None:
    """What the manual runs in the set to move an embedded archive up parses, each command with its arguments."""
    block = chapter("The production set").partition("```\n# An embedded archive moves up\n")[2].partition("```")[0]
    commands = [shlex.split(found) for found in re.findall(r"'storybraid ([^']+)'", block)]
    assert [command[:2] for command in commands] == [
        ["copy", "--from"],
        ["objects", "copy"],
        ["objects", "verify"],
        ["search", "rebuild"],
        ["doctor"],
    ]
    for command in commands:
        _parser().parse_args(command)


def test_whoever_looks_at_the_set_is_told_whether_the_engine_is_too_old() -> None:
    """Doctor knows that with the admin key alone, which of all services that stay nobody has: setup runs it."""
    told = chapter("The production set")
    looks = [
        line.partition("  #")[0].strip() for line in told.splitlines() if re.match("docker .*storybraid doctor", line)
    ]
    assert looks == ["docker compose run --rm setup 'storybraid doctor'"] * 2
    entrypoint = SERVICES["setup"]["entrypoint"]
    assert entrypoint == ["sh", "-c"], "what follows the service's name is one line of a shell"
    assert "STORYBRAID_SEARCH__ADMIN_KEY" not in SERVICES["setup"].get("environment", {})
