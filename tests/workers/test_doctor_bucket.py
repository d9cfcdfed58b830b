"""What ``storybraid doctor`` says of buckets on a real S3 server: good, public, without CORS, and not to be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.kernel.ids import new_id
from tests.factories.bucket import a_bucket, store_of, the_server
from workers.cli import main
from workers.servers.seaweed import OPEN_BUCKET

if TYPE_CHECKING:
    from pathlib import Path

OURS = "http://127.0.0.1:8000"


class Doctor:
    """``storybraid doctor`` with the settings of a bucket."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch, output: pytest.CaptureFixture[str]) -> None:
        self._environment = environment
        self._output = output
        own = {"DATA": str(folder), "DATABASE__KIND": "sqlite", "SEARCH__KIND": "sqlite", "JOBS__KIND": "embedded"}
        for name, value in own.items():
            environment.setenv(f"STORYBRAID_{name}", value)
        assert main(["migrate"]) == 0

    def says(self, wanted: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        """Its exit code, its line on the store, and all that it printed."""
        self._output.readouterr()
        for name, value in wanted.items():
            self._environment.setenv(f"STORYBRAID_OBJECTS__{name.upper()}", str(value))
        code = main(["doctor", "--json"])
        printed = self._output.readouterr().out
        (part,) = [part for part in json.loads(printed)["parts"] if part["part"] == "objects"]
        return code, part, printed


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """A doctor, where there is a server to look at."""
    the_server()  # skips where there is none
    return Doctor(tmp_path, monkeypatch, capsys)


def ours(name: str = "") -> dict[str, Any]:
    """A bucket that is set up for the archive's own pages."""
    wanted = a_bucket(name=name)
    store_of(wanted, OURS).set_up()
    return wanted


def test_a_private_bucket_is_well(doctor: Doctor) -> None:
    """Named with its server, nothing to remark, and its keys are shown to nobody."""
    wanted = ours()
    code, part, printed = doctor.says(wanted)
    assert (code, part["ok"], part["warning"]) == (0, True, "")
    assert part["product"].startswith(f"S3 bucket {wanted['bucket']} (SeaweedFS")
    assert wanted["secret_key"] not in printed


def test_a_bucket_that_strangers_read_is_a_warning(doctor: Doctor) -> None:
    """The archive works, and what everybody can have is said with what to do."""
    code, part, _ = doctor.says(ours(OPEN_BUCKET))
    assert (code, part["ok"]) == (0, True)
    assert f"The bucket {OPEN_BUCKET} is public: a stranger can list it." in part["warning"]
    assert f"The bucket {OPEN_BUCKET} is public: a stranger can read it." in part["warning"]
    assert "a stranger can write" not in part["warning"]
    assert "Take that right away at once" in part["warning"]


def test_a_bucket_to_which_no_page_may_send_is_a_warning(doctor: Doctor) -> None:
    """Without CORS, or with that of another archive, uploads from a browser would fail: it says what to run."""
    bare = the_server().settings(f"sb-{new_id()[-12:]}")
    store_of(bare)._calls.work("create_bucket")
    for wanted in (bare, a_bucket()):
        code, part, _ = doctor.says(wanted)
        assert (code, part["ok"]) == (0, True)
        assert part["warning"] == (
            f"Pages of {OURS} may not send to the bucket, so uploads from a browser fail: run storybraid objects setup."
        )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"access_key": "nobody"},
            "it answers 403 InvalidAccessKeyId: it does not know STORYBRAID_OBJECTS__ACCESS_KEY",
        ),
        (
            {"secret_key": "another one"},
            "it answers 403 SignatureDoesNotMatch: STORYBRAID_OBJECTS__SECRET_KEY is not the one of",
        ),
        ({"bucket": "sb-nowhere"}, "there is no such bucket; make it by: storybraid objects setup"),
        ({"endpoint": "http://127.0.0.1:1"}, "127.0.0.1:1"),
    ],
    ids=["access-key", "secret-key", "bucket", "endpoint"],
)
def test_a_bucket_that_cannot_be_used_is_a_failure(doctor: Doctor, wrong: dict[str, str], sentence: str) -> None:
    """Exit 1, and the sentence names the setting that is wrong; the secret is in no sentence."""
    code, part, printed = doctor.says(ours() | wrong)
    assert (code, part["ok"]) == (1, False)
    assert sentence in part["warning"]
    assert "another one" not in printed


def test_a_region_that_the_server_does_not_mind(doctor: Doctor) -> None:
    """SeaweedFS takes a request signed for any region, so that there is nothing to say; Amazon does not."""
    assert doctor.says(ours() | {"region": "eu-nowhere-7"})[1]["ok"]
