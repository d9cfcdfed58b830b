"""The house stands as HOUSE and CONVENTIONS say."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

import app
import workers
from app import pipeline
from app.kernel.errors import ArchiveError
from app.kernel.settings import Settings
from tests.factories.setting_names import setting_names

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 350
ROOMS = ("accounts", "access", "people", "collections", "stories", "recordings", "transcripts", "search", "admin")
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|service|handler)(_|$|s$)")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".json",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".yml",
    ".txt",
    ".mako",
    ".example",
    "",
}


def tracked() -> list[Path]:
    """Every file that git tracks."""
    out = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def sources_of(*folders: str) -> list[Path]:
    """Python files of the folders."""
    return [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in folders]


def test_no_file_outgrows_its_room() -> None:
    """Code files hold at most 350 lines; generated ones are named so."""
    long = []
    for path in tracked():
        parts = path.relative_to(ROOT).parts
        is_code = path.suffix in {".py", ".ts", ".tsx"} and (
            parts[0] in {"app", "workers"} or parts[:2] == ("frontend", "src")
        )
        if is_code and ".gen." not in path.name and "locales" not in parts:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MOST_LINES:
                long.append((str(path.relative_to(ROOT)), lines))
    assert long == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_lives_in_it(room: str) -> None:
    """A room has a README of about ten lines and only the files that a room has."""
    folder = ROOT / "app" / room
    assert 3 <= len((folder / "README.md").read_text(encoding="utf-8").splitlines()) <= 20
    known = {"routes", "jobs", "dependencies", "commands", "queries", "schemas", "events", "models", "domain"}
    found = {p.stem for p in folder.iterdir() if p.name not in {"__init__.py", "README.md", "__pycache__"}}
    assert found - known <= {"media_child"}


def test_names_are_the_fields_own() -> None:
    """No module is called utils, helpers, manager, service or handler."""
    assert [p for p in sources_of("app", "workers", "tests", "bench") if BANNED_NAMES.search(p.stem)] == []


def test_everything_public_is_described() -> None:
    """Each module, public class and function of app and workers has a docstring, and so has each test."""
    bare = []
    for path in sources_of("app", "workers", "tests", "bench"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree) and tree.body:
            bare.append(f"{path.relative_to(ROOT)}: module")
        in_tests = path.relative_to(ROOT).parts[0] == "tests"
        for node in ast.walk(tree):
            if not (in_tests and isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
                continue
            if not ast.get_docstring(node):
                bare.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert bare == []


def test_pipeline_binds_every_job_to_a_queue() -> None:
    """Every job has a function, a queue and a priority, and every event leads to jobs that exist."""
    assert set(pipeline.QUEUES) == set(pipeline.JOBS) == set(pipeline.PRIORITY)
    assert {name for names in pipeline.ON.values() for name in names} <= set(pipeline.JOBS)


def test_every_event_is_followed_on_the_one_page() -> None:
    """Each event class of a room stands in the pipeline, if only to say that nothing follows."""
    from app.kernel.events import Event  # noqa: PLC0415  after the rooms were imported

    assert {e for e in Event.__subclasses__() if e.__module__.startswith("app.")} <= set(pipeline.ON)


def all_errors() -> set[type[ArchiveError]]:
    """Every error class of the app, of its processes and of its chain."""
    for package in (app, workers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)

    def below(kind: type[ArchiveError]) -> set[type[ArchiveError]]:
        return {kind}.union(*(below(k) for k in kind.__subclasses__()))

    return {e for e in below(ArchiveError) if e.__module__.startswith(("app.", "workers.", "migrations."))}


def test_every_error_is_explained() -> None:
    """Each slug has a paragraph in docs/problems.md."""
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^## ([a-z0-9-]+)$", text, re.MULTILINE))
    assert {e.slug for e in all_errors()} | {"wrong-shape"} == explained


def test_env_example_names_every_setting_and_nothing_else() -> None:
    """Each setting of each kind of part stands in .env.example once, and each name there is a setting."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    assert sorted(named) == sorted(set(setting_names(Settings)))


def test_text_names_no_host_and_no_machine() -> None:
    """No lock file or text names a package registry, and no file a path of a machine."""
    hosts = re.compile(r"(files\.pythonhosted\.org|pypi\.org|registry\.npmjs\.org|deb\.debian\.org|crates\.io)/")
    paths = re.compile(r"(?<![\w.])/(work|root|home)/[a-z]")
    wrong = []
    for path in tracked():
        if path.suffix not in TEXT or path == Path(__file__).resolve():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += [f"{path.relative_to(ROOT)}: {m.group()}" for m in (*hosts.finditer(text), *paths.finditer(text))]
    assert wrong == []
