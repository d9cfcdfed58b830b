"""``make run``: migrate, serve, and take the sample interviews in where the archive is empty."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.accounts.commands import make_set_up_link
from app.kernel.db import unit
from app.kernel.errors import ArchiveError
from app.kernel.logging import configure_logging, log
from app.main import FRONTEND, create_app
from app.people.schemas import PersonNameWrite, PersonWrite
from app.stories.commands import mark_fictional
from app.stories.queries import stories_by_title, story_for_work
from app.stories.schemas import StoryCreate, TitleForm
from workers.cli import DONE, say
from workers.cli.context import open_archive, operator, require_model, unix_name
from workers.cli.ingest import Teller
from workers.cli.serve import CannotServeError, refuse_taken_port, refuse_unsafe
from workers.ingesting import Ingested, latest_upload_of, operator_consent, take_in, wait_for
from workers.serve import serve

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.ports import Ports

SAMPLES = Path(__file__).resolve().parent / "samples"
logger = log("run")


def main() -> int:
    """Serve the embedded archive; the second start takes seconds and loses nothing."""
    parser = argparse.ArgumentParser(prog="make run")
    parser.add_argument("--samples", choices=("yes", "no"), default="yes")
    args = parser.parse_args()
    configure_logging(production=False, quiet=True)
    try:
        return _run(with_samples=args.samples == "yes")
    except ArchiveError as error:
        say(error.detail)
        return 1


def _run(*, with_samples: bool) -> int:
    ports = open_archive(migrate=True)
    refuse_unsafe(ports.settings)
    if not (FRONTEND / "index.html").exists():
        raise CannotServeError("The pages are not built yet. Run: make install")
    require_model(ports.settings)
    refuse_taken_port(ports.settings)
    app = create_app(ports)
    address = ports.settings.address
    say(f"\nStorybraid is at  {address}")
    with unit(ports.sessions) as session:
        token = make_set_up_link(session)
    if token is not None:
        say(f"Nobody is an admin yet. This link works once:\n                  {address}/set-up#{token}")
    say("Ctrl-C stops it; nothing is lost.\n")
    if with_samples:
        threading.Thread(target=_take_samples_in, args=(ports,), name="samples", daemon=True).start()
    serve(app, ports, worker=True, quiet=True)
    return DONE


def _take_samples_in(ports: Ports) -> None:
    """Bring the samples into an empty archive, or go on where a killed start stopped."""
    try:
        wanted = _wanted(ports)
        if not wanted:
            return
        say(f"Taking in {len(wanted)} sample interviews: invented, and spoken by synthetic voices.")
        rows = [_begin(ports, sample) for sample in wanted]
        wait_for(ports, rows, Teller())
        say(f"The samples are ready. Try the search page: {ports.settings.address}/search")
    except Exception:
        logger.exception("samples_failed")
        say("The samples could not be taken in; the archive works without them.")


def _wanted(ports: Ports) -> list[dict[str, Any]]:
    samples: list[dict[str, Any]] = json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))["samples"]
    with unit(ports.sessions, write=False) as session:
        known = {sample["title"]: stories_by_title(session, sample["title"]) for sample in samples}
        begun = any(known.values())
        if not begun and stories_by_title(session, None):
            return []
        return [sample for sample in samples if not _is_there(session, known[sample["title"]])]


def _is_there(session: Session, story_ids: list[str]) -> bool:
    """Whether an earlier start brought the sample all the way."""
    found = [story_for_work(session, story_id) for story_id in story_ids]
    return any(s is not None and s.fictional and s.progress in ("ready", "failed") for s in found)


def _begin(ports: Ports, sample: dict[str, Any]) -> Ingested:
    """Take one sample in, unless an earlier start did."""
    path = SAMPLES / sample["file"]
    with unit(ports.sessions, write=False) as session:
        story_ids = stories_by_title(session, sample["title"])
        upload_id = latest_upload_of(session, story_ids[0]) if story_ids else None
    if story_ids and upload_id is not None:
        return Ingested(str(path), story_ids[0], upload_id, state="completing")
    consent = operator_consent(unix_name(), None) | {"statement": sample["consent"], "fictional": True}
    row = take_in(
        ports,
        operator(),
        path,
        story_id=story_ids[0] if story_ids else None,
        wanted=_fields(sample),
        public=True,
        consent=consent,
    )
    if row.story_id is not None:
        with unit(ports.sessions) as session:
            mark_fictional(session, row.story_id)
    for warning in row.warnings:
        say(f"{path.name}: {warning}")
    return row


def _fields(sample: dict[str, Any]) -> StoryCreate:
    return StoryCreate(
        title=sample["title"],
        title_forms=[TitleForm(**form) for form in sample.get("title_forms", [])],
        narrators=[
            PersonWrite(names=[PersonNameWrite(**name) for name in narrator["names"]])
            for narrator in sample["narrators"]
        ],
        description=sample.get("summary", ""),
        languages=sample["languages"],
        recorded_on=sample.get("recorded_on"),
        place=sample.get("place"),
    )


if __name__ == "__main__":
    sys.exit(main())
