"""The bucket itself: set up, private, reached or not; and a store that is slow, cut off or killed."""

from __future__ import annotations

import io
import json
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from app.adapters.objects_s3 import S3ObjectStore
from app.adapters.objects_s3.resting import Rest
from app.kernel.ids import new_id
from app.kernel.settings import S3Objects
from app.ports.object_store import StoreRestsError
from tests.factories.bucket import ADDRESS, a_bucket, deliver, store_of, the_server
from tests.factories.line import Line
from tests.ports.object_store_contract import PART, a_key, noise, sha256
from workers.servers.seaweed import OPEN_BUCKET, a_seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024


@pytest.fixture
def line() -> Iterator[Line]:
    """A line to the run's server."""
    with Line(the_server().ports["s3"]) as made:
        yield made


def through(line: Line, **over: object) -> S3ObjectStore:
    """A store in a new bucket that is reached by the line."""
    wanted = a_bucket()
    return store_of({**wanted, "endpoint": f"http://127.0.0.1:{line.port}", **over})


def is_empty(store: S3ObjectStore) -> bool:
    """Whether nothing lies in the bucket."""
    return not any(page.get("Contents") for page in store._calls.pages("list_objects_v2"))


def test_a_bucket_is_made_once_and_only_our_pages_may_send() -> None:
    """Set-up can be repeated; a preflight from the archive is answered, one from elsewhere is refused."""
    wanted = the_server().settings(f"sb-{new_id()[-12:]}")
    store = store_of(wanted)
    assert "was made" in store.set_up()[0]
    assert not any("was made" in sentence for sentence in store.set_up())
    ref = store.start(PART, PART, "audio/wav")
    address = store.part_url(ref, 1, PART, sha256(noise(PART)), 60)
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-amz-checksum-sha256"}
    ours = httpx.options(address.url, headers={"Origin": ADDRESS, **asked})
    assert ours.headers["access-control-allow-origin"] == ADDRESS
    assert "x-amz-checksum-sha256" in ours.headers["access-control-allow-headers"]
    theirs = httpx.options(address.url, headers={"Origin": "https://elsewhere.test", **asked})
    assert "access-control-allow-origin" not in theirs.headers
    sent = httpx.put(address.url, content=noise(PART), headers={"Origin": ADDRESS, **address.headers}, timeout=60)
    assert sent.status_code == 200
    assert sent.headers["access-control-expose-headers"] == "ETag"
    assert list(store.remarks()) == []


def test_a_bucket_that_was_not_set_up_is_remarked() -> None:
    """Doctor says when no page can send, and what to run."""
    wanted = the_server().settings(f"sb-{new_id()[-12:]}")
    store = store_of(wanted)
    store._calls.work("create_bucket")
    assert "storybraid objects setup" in " ".join(store.remarks())
    other = S3ObjectStore(S3Objects(**a_bucket()), address="https://another.test")
    assert "https://another.test may not send" in " ".join(other.remarks())


def test_a_public_bucket_is_remarked() -> None:
    """A bucket that strangers can list and read is a warning in plain words; the probe is removed."""
    store = store_of(a_bucket(name=OPEN_BUCKET))
    said = " ".join(store.remarks())
    assert f"{OPEN_BUCKET} is public: a stranger can list it" in said
    assert "a stranger can read it" in said
    assert is_empty(store)


@pytest.mark.parametrize(
    ("action", "prefix", "remark"),
    [
        ("s3:GetObject", "masters/", "a stranger can read masters/"),
        ("s3:GetObject", "incoming/", "a stranger can read incoming/"),
        ("s3:PutObject", "copies/", "a stranger can write to copies/"),
    ],
)
def test_a_bucket_that_is_open_in_one_place_is_remarked(action: str, prefix: str, remark: str) -> None:
    """A policy may open the masters alone: each place is tried, that one is named, and the probes are removed."""
    store = store_of(a_bucket())
    bucket = store._calls.bucket
    opened = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/{prefix}*"}
    store._calls.work("put_bucket_policy", Policy=json.dumps({"Version": "2012-10-17", "Statement": [opened]}))
    (said,) = store.remarks()
    assert said.startswith(f"The bucket {bucket} is public: {remark}. Take that right away at once")
    assert is_empty(store)


def test_what_cannot_be_reached_is_said() -> None:
    """No server, no bucket and a wrong key are each one sentence with the cause."""
    server = the_server()
    with Line(1) as dead:
        gone = store_of({**server.settings("sb-none"), "endpoint": f"http://127.0.0.1:{dead.port}", "wait_s": 2})
        with pytest.raises(OSError, match=r"S3 bucket sb-none \(127\.0\.0\.1:\d+\) cannot be used: "):
            gone.check()
    with pytest.raises(OSError, match="there is no such bucket; make it by: storybraid objects setup"):
        store_of(server.settings("sb-nowhere")).check()
    wrong = store_of({**a_bucket(), "secret_key": "not the key"})
    with pytest.raises(OSError, match="it answers 403"):
        wrong.check()


def test_the_product_is_named() -> None:
    """Doctor names the server and its version by what it says of itself, which is what its program says."""
    wanted, server = a_bucket(), the_server()
    store = store_of(wanted)
    store.check()
    program = subprocess.run([server.program, "version"], check=True, capture_output=True, text=True).stdout
    version = " ".join(program.split()[1:3])  # version 8000GB 4.48 pypi linux amd64; the first is its largest volume
    assert re.fullmatch(r"\d+GB \d+\.\d+", version)
    at = server.endpoint.removeprefix("http://")
    assert store.name == f"S3 bucket {wanted['bucket']} (SeaweedFS {version} at {at})"


def test_browsers_get_the_public_name() -> None:
    """Addresses carry the name by which browsers reach the store; our own calls take the other one."""
    wanted = a_bucket()
    with Line(the_server().ports["s3"]) as outside:
        public = f"http://127.0.0.1:{outside.port}"
        store = store_of({**wanted, "public_endpoint": public})
        assert store.browser_origin == public
        ref = store.start(PART, PART, "audio/wav")
        address = store.part_url(ref, 1, PART, sha256(noise(PART)), 60)
        assert address.url.startswith(f"{public}/")
        assert outside.connections == 0
        deliver(address, noise(PART))
        assert outside.connections == 1
        assert len(store.parts(ref)) == 1
        store.abort(ref)


def test_signed_reading_is_short_and_only_where_it_is_allowed() -> None:
    """By default everything streams through the API; else an address gives ranges under our own type and name."""
    wanted = a_bucket()
    data, key = noise(50_000), a_key()
    store_of(wanted).put(key, io.BytesIO(data), sha256(data), "audio/mp4")
    named = "attachment; filename*=UTF-8''%E9%98%BF%E5%AC%A4.wav"
    assert store_of(wanted).get_url(key, 300, "", named, "audio/wav") is None
    url = store_of({**wanted, "redirect_s": 2}).get_url(key, 300, "", named, "audio/wav")
    assert url is not None
    answer = httpx.get(url, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, data[10:20])
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["content-disposition"] == named
    assert httpx.get(url.replace(key, a_key())).status_code == 403
    time.sleep(3.1)
    assert httpx.get(url).status_code == 403


def test_a_silent_store_is_left_alone(line: Line) -> None:
    """Without an answer a call ends after its wait, the next ones at once; when it answers, all is as before."""
    store = through(line, wait_s=1)
    store.check()
    line.hold()
    began = time.monotonic()
    with pytest.raises(StoreRestsError):
        store.stat(a_key())
    assert 0.9 < time.monotonic() - began < 3
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(StoreRestsError):
            store.stat(a_key())
    assert time.monotonic() - began < 0.5
    line.release()
    time.sleep(5.1)
    assert store.stat(a_key()) is None


def test_many_callers_of_a_silent_store_are_free_again_soon(line: Line) -> None:
    """A hundred callers at once: each hears within two waits, and every thread comes back."""
    store = through(line, wait_s=1)
    store.check()
    line.hold()

    def ask(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(StoreRestsError):
            store.stat(a_key())
        return time.monotonic() - began

    with ThreadPoolExecutor(100) as pool:
        took = list(pool.map(ask, range(100)))
    assert max(took) < 4


def test_one_tries_while_the_others_wait_no_longer() -> None:
    """After the rest one caller is let through; the others are refused until it knows."""
    rest = Rest(rest_s=0.05)
    rest.silent()
    with pytest.raises(StoreRestsError), rest.asking(1):
        pass
    time.sleep(0.06)
    with rest.asking(1), pytest.raises(StoreRestsError), rest.asking(1):
        pass
    rest.answered()
    with rest.asking(1), rest.asking(1):
        pass


def test_a_cut_line_is_taken_up_where_it_broke(line: Line) -> None:
    """A stream whose line breaks in the middle goes on with the next byte, from the same object."""
    store = through(line, wait_s=5)
    data, key = noise(6 * MIB), a_key()
    store.put(key, io.BytesIO(data), sha256(data), "audio/mp4")
    line.cut_after(2 * MIB)
    before = line.connections
    with store.open(key, 100, 5 * MIB) as file:
        assert file.read() == data[100 : 5 * MIB]
    assert line.connections > before


def test_a_stream_that_stays_silent_ends(line: Line) -> None:
    """A reader of a stream that stops is not held for ever."""
    store = through(line, wait_s=1)
    data, key = noise(6 * MIB), a_key()
    store.put(key, io.BytesIO(data), sha256(data), "audio/mp4")
    with store.open(key) as file:
        assert file.read(10) == data[:10]
        line.hold()
        began = time.monotonic()
        with pytest.raises(StoreRestsError):
            file.read()
        assert time.monotonic() - began < 8


@pytest.mark.soak
def test_parts_outlive_a_killed_server() -> None:
    """The server is killed in the middle of an upload and started again: what was received is there."""
    the_server()  # skips where there is none
    with a_seaweed() as server:
        store = store_of(a_bucket(server, wait_s=3))
        data = [noise(PART, seed=1), noise(PART, seed=2)]
        ref = store.start(2 * PART, PART, "audio/wav")
        address = store.part_url(ref, 2, PART, sha256(data[1]), 600)
        deliver(store.part_url(ref, 1, PART, sha256(data[0]), 60), data[0])
        server.kill()
        with pytest.raises(httpx.TransportError):
            deliver(address, data[1])
        with pytest.raises(StoreRestsError):
            store.parts(ref)
        server.start()
        time.sleep(5.1)
        assert [part.sha256 for part in store.parts(ref)] == [sha256(data[0])]
        deliver(address, data[1])
        store.finish(ref, store.parts(ref))
        key = a_key()
        with store.read(ref) as file:
            assert file.read() == b"".join(data)
        store.settle(ref, key, sha256(b"".join(data)))
        server.kill()
        server.start()
        time.sleep(5.1)
        with store.open(key) as file:
            assert file.read() == b"".join(data)
