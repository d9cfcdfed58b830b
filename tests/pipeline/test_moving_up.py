"""An embedded archive moves into the production set by the commands of docs/operations.md, on real servers."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from app.adapters.search_meilisearch import keys_of
from app.kernel.db import unit
from app.recordings.models import Recording
from app.stories.models import Story
from tests.factories.archive import an_archive
from tests.factories.bucket import the_server
from tests.factories.databases import DATABASES
from tests.factories.living import LivingArchive
from tests.factories.stories import a_transcript
from tests.rooms.recordings.sending import a_tone, send_file, sha256
from workers.servers.meilisearch import a_meilisearch, find_meilisearch
from workers.servers.own import ROOT
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
OLD = "/srv/old/archive"
"""The embedded archive's folder, as the guide calls it."""
LINES = [(0, 900, "en", "The tin box had sugar in it."), (900, 1_900, "zh", "外婆的铁盒里有糖。")]


def the_block() -> list[str]:
    """The commands of the guide, in its order; a line that ends with a backslash goes on."""
    block = GUIDE.partition("```\n# An embedded archive moves up\n")[2].partition("```")[0].replace("\\\n", " ")
    lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
    return [line for line in lines if line]


@dataclass
class TheSet:
    """The production set without containers: its settings, and what each line of the guide runs in one."""

    folder: Path
    old: Path
    """The data folder of the embedded archive."""
    living: LivingArchive

    @property
    def env(self) -> dict[str, str]:
        """What a container of the set is told, and where the programs of the image are."""
        return self.living.env | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """A line in a folder where no settings lie, as in a container."""
        where = self.folder / "container"
        where.mkdir(exist_ok=True)
        return subprocess.run(
            ["sh", "-c", line], cwd=where, env=self.env, capture_output=True, text=True, timeout=300, check=False
        )

    def inside(self, line: str) -> str | None:
        """What a line of the guide runs of the archive's own, with the paths of this machine; None for nothing."""
        words = shlex.split(line)
        if words[:3] == ["docker", "compose", "exec"]:
            return shlex.join(words[4:])
        if words[:3] != ["docker", "compose", "run"]:
            assert words[:2] == ["docker", "compose"], line
            assert words[2] in {"build", "up"}, line
            return None
        at = words.index("setup")
        mounts = [mount for option, mount in pairwise(words[:at]) if option == "--volume"]
        for mount in mounts:
            assert mount.removesuffix(":ro") == f"{OLD}:/embedded", line
            # The archive's files are its owner's alone, and the image's own user is another one.
            assert f'--user "$(stat -c %u:%g {OLD})"' in line
        told = words[at + 1 :] or [SERVICES["setup"]["command"][0].replace("$$", "$")]
        assert len(told) == 1, f"setup's entrypoint is {SERVICES['setup']['entrypoint']}: one argument is its line"
        assert ("/embedded" in told[0]) == bool(mounts), line
        assert not ("sqlite:" in told[0] and ":ro" in line), "SQLite writes beside the file that it reads"
        return told[0].replace("/embedded", str(self.old))

    def run(self, line: str) -> None:
        """Run what the line runs; it ends well."""
        if (command := self.inside(line)) is not None:
            done = self.shell(command)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def an_embedded(folder: Path) -> tuple[str, str]:
    """An embedded archive with a story that everybody may hear; its recording, and the SHA-256 of what is heard."""
    own: dict[str, Any] = {"database": {"kind": "sqlite"}, "objects": {"kind": "local"}, "search": {"kind": "sqlite"}}
    with an_archive(folder, **own) as archive:
        client = archive.client("archivist")
        sent = send_file(client, a_tone(2.0))
        archive.work()
        with unit(archive.ports.sessions) as session:
            recording = session.get_one(Recording, sent["recording_id"])
            a_transcript(session, recording, LINES, number=2)
            story = session.get_one(Story, sent["story_id"])
            story.title, story.state, story.level = "The tin box", "published", "public"
        archive.work()
        sound = client.get(f"/api/v1/recordings/{sent['recording_id']}/sound")
        assert sound.status_code == 200
        return sent["recording_id"], sha256(sound.content)


@pytest.fixture
def the_set(tmp_path: Path) -> Iterator[TheSet]:
    """Empty servers, with the settings that ``init`` writes but for the servers' places and keys."""
    (init,) = [line for line in the_block() if line.startswith("storybraid init")]
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["sh", "-c", init], cwd=tmp_path, env=os.environ | {"PATH": programs}, check=True)
    lines = (tmp_path / ".env").read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    told["STORYBRAID_DATABASE__URL"] = DATABASES.empty().url
    bucket = the_server().settings(f"sb-up-{os.getpid()}-{tmp_path.name.replace('_', '-')[-20:].strip('-')}")
    told |= {f"STORYBRAID_OBJECTS__{name.upper()}": str(value) for name, value in bucket.items()}
    with ExitStack() as stack:
        if find_meilisearch() is None:
            told = {name: value for name, value in told.items() if not name.startswith("STORYBRAID_SEARCH__")}
            told["STORYBRAID_SEARCH__KIND"] = "sqlite"
        else:
            engine = stack.enter_context(a_meilisearch())
            told |= {"STORYBRAID_SEARCH__URL": engine.url, "MEILI_MASTER_KEY": engine.master_key}
            told |= {
                f"STORYBRAID_SEARCH__{name.upper()}": key for name, key in vars(keys_of(engine.master_key)).items()
            }
        living = LivingArchive(tmp_path / "set", told)
        yield TheSet(tmp_path, tmp_path / "old", living)
        living.stop()


@pytest.mark.soak
def test_an_embedded_archive_moves_up(the_set: TheSet) -> None:
    """In the order of the guide: all rows, all sound, all of search; the old folder stays as it was."""
    recording, sound = an_embedded(the_set.old)
    before = objects_of(the_set.old)
    block = the_block()
    assert block[0].startswith("storybraid init")
    for line in block[1:]:
        if line == "docker compose up -d":
            the_set.living.start()
        the_set.run(line)
    (hit,) = the_set.living.json("search", "sugar")
    assert (hit["title"], hit["recording_id"]) == ("The tin box", recording)
    heard = httpx.get(f"{the_set.living.address}/api/v1/recordings/{recording}/sound")
    assert (heard.status_code, sha256(heard.content)) == (200, sound)
    assert objects_of(the_set.old) == before


def test_a_set_that_was_started_is_not_empty(the_set: TheSet) -> None:
    """Its API has written the first admin's link, so that nothing is copied; the guide has the sentence for it."""
    an_embedded(the_set.old)
    the_set.run("docker compose run --rm setup")
    the_set.living.start("--no-worker")
    the_set.living.stop()
    (line,) = [line for line in the_block() if "storybraid copy" in line]
    command = the_set.inside(line)
    assert command is not None
    done = the_set.shell(command)
    assert done.returncode == 1
    said = "there are rows in invitations"
    assert said in done.stderr
    assert said in GUIDE
    volumes = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    (emptied,) = [line for line in GUIDE.splitlines() if "docker volume rm" in line]
    named = emptied.partition("docker volume rm ")[2].partition("`")[0].split()
    assert {name.partition("_")[2] for name in named} == {"postgres", "store", "search"} <= set(volumes["volumes"])
    assert {name.partition("_")[0] for name in named} == {volumes["name"]}


def objects_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file in the store of an embedded archive."""
    found = {path: path.stat() for path in (folder / "objects").rglob("*") if path.is_file()}
    return {str(path): (seen.st_size, seen.st_mtime_ns) for path, seen in found.items()}
