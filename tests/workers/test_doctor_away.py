"""What ``doctor`` says of parts that are away, or that the settings ask too much of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories.living import LivingArchive
from workers.servers.own import free_port

if TYPE_CHECKING:
    from pathlib import Path

EMBEDDED = {
    "STORYBRAID_DATABASE__KIND": "sqlite",
    "STORYBRAID_OBJECTS__KIND": "local",
    "STORYBRAID_SEARCH__KIND": "sqlite",
    "STORYBRAID_JOBS__KIND": "embedded",
}


def failed_parts(folder: Path, **over: str) -> dict[str, tuple[str, str]]:
    """(product, sentence) of each part that failed."""
    archive = LivingArchive(folder, EMBEDDED | {f"STORYBRAID_{name}": value for name, value in over.items()})
    report = archive.json("doctor", expect=1)
    return {part["part"]: (part["product"], part["warning"]) for part in report["parts"] if not part["ok"]}


def test_servers_that_are_away_are_named_by_their_product(tmp_path: Path) -> None:
    """Without the version, which nobody tells; each says that it gives no answer."""
    there = f"127.0.0.1:{free_port()}"
    failed = failed_parts(
        tmp_path,
        DATABASE__KIND="postgres",
        DATABASE__URL=f"postgresql://sb:pw@{there}/n",
        OBJECTS__KIND="s3",
        OBJECTS__BUCKET="sounds",
        OBJECTS__ENDPOINT=f"http://{there}",
        OBJECTS__ACCESS_KEY="a",
        OBJECTS__SECRET_KEY="b",
        SEARCH__KIND="meilisearch",
        SEARCH__URL=f"http://{there}",
        SEARCH__SEARCH_KEY="k",
        TRANSCRIBER__KIND="remote",
        TRANSCRIBER__ENDPOINT=f"http://{there}",
    )
    assert {part: product for part, (product, _) in failed.items()} == {
        "database": "PostgreSQL",
        "clock": "the database's",
        "objects": f"S3 bucket sounds ({there})",
        "search": "Meilisearch",
        "transcriber": "OpenAI-compatible service, model whisper-1",
        "workers": "unknown",
    }
    assert all(sentence.startswith("cannot be reached: ") for _, sentence in failed.values())


def test_what_is_set_wrongly_is_not_out_of_reach(tmp_path: Path) -> None:
    """A compute type that no machine has, a folder that cannot be written, a file that is no database."""
    (tmp_path / "no.sqlite").write_bytes(b"a letter to Lan " * 100)
    failed = failed_parts(
        tmp_path,
        DATABASE__URL=f"sqlite:///{tmp_path / 'no.sqlite'}",
        OBJECTS__PATH="/proc/nowhere",
        TRANSCRIBER__COMPUTE_TYPE="float99",
    )
    assert failed["transcriber"][0] == "faster-whisper, model base"
    assert failed["transcriber"][1].startswith("STORYBRAID_TRANSCRIBER__COMPUTE_TYPE is float99, which the ")
    assert failed["objects"][0] == "local folder"
    assert failed["objects"][1].startswith("The folder of the recordings (/proc/nowhere) cannot be written: ")
    assert failed["database"][0] == "SQLite"
    assert failed["database"][1].startswith("cannot be used: ")
