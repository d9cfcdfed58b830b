"""The local folder as an object store: the contract, and what only a file system can do wrong."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import uuid
from pathlib import Path

import pytest

from app.adapters.objects_local import LocalObjectStore
from app.ports.object_store import (
    ObjectExistsError,
    ObjectMissingError,
    StoreFullError,
    WrongDigestError,
)
from tests.ports.local_objects import a_finished_upload, a_store, deliver_to, files_below
from tests.ports.object_store_contract import PART, Deliver, ObjectStoreContract, a_key, noise, sha256, split


class TestLocalObjectStore(ObjectStoreContract):
    """The contract on a folder."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalObjectStore:
        """A store in a fresh folder."""
        return a_store(tmp_path / "objects")

    @pytest.fixture
    def deliver(self, store: LocalObjectStore) -> Deliver:
        """Without a web server: the address is checked and the bytes are received."""
        return lambda address, data: deliver_to(store, address, data)


def test_a_master_is_read_only_and_private(tmp_path: Path) -> None:
    """A stored master cannot be written by mistake and other users of the machine cannot list it."""
    store, data, key = a_store(tmp_path / "objects"), noise(1_000), a_key()
    store.settle(a_finished_upload(store, data), key, sha256(data))
    mode = (tmp_path / "objects" / key).stat().st_mode
    assert stat.S_IMODE(mode) == 0o444
    assert stat.S_IMODE((tmp_path / "objects").stat().st_mode) == 0o700


def test_settling_takes_no_second_copy(tmp_path: Path) -> None:
    """The master is the upload's own file under another name, and abort leaves it."""
    store, data, key = a_store(tmp_path / "objects"), noise(PART), a_key()
    ref = a_finished_upload(store, data)
    store.settle(ref, key, sha256(data))
    master = tmp_path / "objects" / key
    assert master.samefile(tmp_path / "objects" / "tmp" / ref / "data")
    store.abort(ref)
    assert files_below(tmp_path / "objects") == [master]


def test_where_links_fail_a_copy_is_made(tmp_path: Path) -> None:
    """With ``tmp`` on another volume the upload is copied, write-once all the same, and doctor hears of it."""
    other = Path("/dev/shm") / f"storybraid-{uuid.uuid4().hex}"  # noqa: S108  a second volume is the point
    if not other.parent.is_dir() or other.parent.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has no second volume at /dev/shm")
    other.mkdir()
    try:
        (tmp_path / "objects").mkdir()
        (tmp_path / "objects" / "tmp").symlink_to(other)
        store, key = a_store(tmp_path / "objects"), a_key()
        first, second = noise(PART, seed=1), noise(PART, seed=2)
        ref = a_finished_upload(store, first)
        for _ in range(2):
            store.settle(ref, key, sha256(first))
        with pytest.raises(ObjectExistsError):
            store.settle(a_finished_upload(store, second), key, sha256(second))
        with store.open(key) as file:
            assert file.read() == first
        assert stat.S_IMODE((tmp_path / "objects" / key).stat().st_mode) == 0o444
        assert len(files_below(tmp_path / "objects" / "masters")) == 1
        assert "copied once more" in store.remarks()[0]
    finally:
        shutil.rmtree(other)


def test_a_copy_killed_half_way_is_made_again(tmp_path: Path) -> None:
    """A name that a killed copy had reserved is no object, and the next settling fills it."""
    store, data, key = a_store(tmp_path / "objects"), noise(PART), a_key()
    reserved = tmp_path / "objects" / key
    reserved.parent.mkdir(parents=True)
    reserved.touch()
    assert store.stat(key) is None
    store.settle(a_finished_upload(store, data), key, sha256(data))
    with store.open(key) as file:
        assert file.read() == data


def test_remarks_are_empty_on_a_plain_disk(tmp_path: Path) -> None:
    """Where links work doctor has nothing to say, and the probe leaves nothing behind."""
    assert list(a_store(tmp_path / "objects").remarks()) == []
    assert files_below(tmp_path) == []


def test_an_upload_is_sparse_and_its_promise_counts(tmp_path: Path) -> None:
    """An upload takes no room before its bytes come, yet a second one may not be promised the same room."""
    store = a_store(tmp_path / "objects")
    free = shutil.disk_usage(tmp_path).free
    size = free * 6 // 10
    store.start(size, size, "audio/wav")
    assert shutil.disk_usage(tmp_path).free > free - size // 2
    with pytest.raises(StoreFullError):
        store.start(size, size, "audio/wav")


def test_no_upload_begins_without_room(tmp_path: Path) -> None:
    """What must stay free on the disk stays free: the upload is refused before a byte was sent."""
    store = a_store(tmp_path / "objects", spare_bytes=2**60)
    with pytest.raises(StoreFullError):
        store.start(1, PART, "audio/wav")
    assert files_below(tmp_path) == []


def test_a_disk_that_fills_up_keeps_what_was_there(tmp_path: Path) -> None:
    """A part without room is refused; the parts before it still count and the rest can come later."""
    data = noise(2 * PART)
    first, second = split(data)
    ref = a_store(tmp_path / "objects").start(len(data), PART, "audio/wav")
    part = a_store(tmp_path / "objects").send_part(ref, 1, first, sha256(first))
    with pytest.raises(StoreFullError):
        a_store(tmp_path / "objects", spare_bytes=2**60).send_part(ref, 2, second, sha256(second))
    store = a_store(tmp_path / "objects")
    assert list(store.parts(ref)) == [part]
    store.finish(ref, [part, store.send_part(ref, 2, second, sha256(second))])
    with store.read(ref) as file:
        assert file.read() == data


def test_the_kernels_no_room_is_told(tmp_path: Path) -> None:
    """A disk that is full in the middle of a part (here the kernel's own full device) is "no room"."""
    store = a_store(tmp_path / "objects")
    ref = store.start(PART, PART, "audio/wav")
    (tmp_path / "objects" / "tmp" / ref / "data").unlink()
    (tmp_path / "objects" / "tmp" / ref / "data").symlink_to("/dev/full")
    with pytest.raises(StoreFullError):
        store.send_part(ref, 1, noise(PART), sha256(noise(PART)))
    assert list(store.parts(ref)) == []


def test_put_on_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A derivative without room leaves neither an object nor a fragment (here: the file size limit)."""
    script = textwrap.dedent(
        """
        import io, resource, signal, sys
        from pathlib import Path
        from app.adapters.objects_local import LocalObjectStore
        from app.ports.object_store import StoreFullError
        import hashlib
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = LocalObjectStore(Path(sys.argv[1]), address="", key=b"k", spare_bytes=0)
        data = bytes(5_000_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
        try:
            store.put("copies/x/y", io.BytesIO(data), hashlib.sha256(data).hexdigest(), "audio/mp4")
        except StoreFullError:
            print("full")
        """
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "full\n"
    assert files_below(tmp_path) == []


def test_a_settled_upload_is_never_opened_again(tmp_path: Path) -> None:
    """Once it is a master nothing makes its bytes writable."""
    store, data = a_store(tmp_path / "objects"), noise(PART)
    ref = a_finished_upload(store, data)
    store.settle(ref, a_key(), sha256(data))
    with pytest.raises(ObjectMissingError):
        store.reopen(ref, [1])


def test_leavings_of_killed_processes_are_cleared(tmp_path: Path) -> None:
    """What is half-written and a day old goes when the next upload begins; uploads of a month if no row has them."""
    store = a_store(tmp_path / "objects")
    store.clear_leavings(list)
    ref, held, orphan = (store.start(10, PART, "audio/wav") for _ in range(3))
    tmp = tmp_path / "objects" / "tmp"
    old, fresh, gone = tmp / "put-old", tmp / "put-fresh", tmp / "gone-x"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    gone.mkdir()
    untouched = [path for one in (held, orphan) for path in (*(tmp / one).iterdir(), tmp / one)]
    for path in (old, gone, tmp / ref, *untouched):
        os.utime(path, (0, 0))
    store.start(10, PART, "audio/wav")
    assert not old.exists()
    assert not gone.exists()
    assert fresh.exists()
    assert (tmp / orphan).exists(), "a row may know of it: the store alone cannot say"
    store.clear_leavings(lambda: [held])
    assert list(store.parts(ref)) == list(store.parts(held)) == []
    assert not (tmp / orphan).exists()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """The check of a store on something that is no folder is one sentence with the place."""
    (tmp_path / "objects").write_bytes(b"a file")
    with pytest.raises(OSError, match="cannot be written"):
        a_store(tmp_path / "objects").check()


def test_empty_files_are_no_objects(tmp_path: Path) -> None:
    """Nothing is stored for a file without bytes."""
    store = a_store(tmp_path / "objects")
    with pytest.raises(WrongDigestError):
        store.put("copies/x/y", io.BytesIO(b""), sha256(b""), "audio/mp4")
    assert files_below(tmp_path) == []
