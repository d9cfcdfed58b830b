"""Take recordings in from files of this machine."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app.collections.queries import collection
from app.kernel.db import unit
from app.kernel.errors import BadInputError, NotFoundError
from app.kernel.settings import load_settings
from app.stories.queries import story
from workers.cli import DONE, FAILED, INTERRUPTED, NOT_READY, REFUSED, UsageError, print_json, say
from workers.cli.context import open_archive, operator, require_model, unix_name
from workers.ingesting import Ingested, database_rests, look, operator_consent, story_fields, take_in, wait_for
from workers.transcribers import batches_at_once

if TYPE_CHECKING:
    from app.ports import Ports

STOPPED = "Stopped before it was taken in."
TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LONGEST_TAG = 35
STEPS = {
    None: "waiting",
    "derive": "reading the sound",
    "access_copy": "making the copy for listening",
    "plan": "listening for speech",
    "transcribe": "writing down the words",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files, and what is known of them."""
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument("--title")
    parser.add_argument("--language", action="append", default=[], metavar="TAG", help="BCP 47; may be repeated")
    parser.add_argument("--narrator", action="append", default=[], metavar="NAME")
    parser.add_argument("--story", metavar="ID", help="add to this story instead of making one a file")
    parser.add_argument("--collection", metavar="ID")
    parser.add_argument("--public", action="store_true", help="publish, with your statement as the consent record")
    parser.add_argument("--consent", type=Path, metavar="FILE", help="the signed paper's text or scan (with --public)")
    parser.add_argument("--wait", action="store_true", help="until it is ready and found by search")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 ready · 1 failed · 3 a file was refused · 4 accepted and not ready."""
    _check(args)
    batches = 1
    if args.wait:
        settings = load_settings()
        require_model(settings)
        batches = batches_at_once(settings)
    ports = open_archive(transcribe=args.wait, at_once=batches)
    actor = operator()
    consent = operator_consent(unix_name(), args.consent) if args.public else {}
    try:
        wanted = story_fields(args.title, args.language, args.narrator, args.collection)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInputError(
            f"“{first['input']}” cannot be used: {first['msg'].removeprefix('Value error, ')}. Nothing was taken in."
        ) from error
    _require_places(ports, args)
    rows: list[Ingested] = []
    for path in args.files:
        try:
            say(f"Taking in {path.name}")
            rows.append(
                take_in(ports, actor, path, story_id=args.story, wanted=wanted, public=args.public, consent=consent)
            )
        except KeyboardInterrupt:
            if not rows:
                raise
            # The others were taken in: where they are must be told.
            rows += [Ingested(str(left), state="failed", warnings=[STOPPED]) for left in args.files[len(rows) :]]
            _tell(ports, rows, as_json=args.json)
            return INTERRUPTED
    waited = args.wait and _wait(ports, rows, batches)
    _tell(ports, rows, as_json=args.json)
    return _code(rows, waited=waited)


def _require_places(ports: Ports, args: argparse.Namespace) -> None:
    """Raise where a story or a collection was named that is not there: no file is at fault."""
    with unit(ports.sessions, write=False) as session:
        if args.story is not None:
            try:
                story(session, operator(), args.story)
            except NotFoundError as error:
                raise NotFoundError(f"There is no story {args.story}. Nothing was taken in.") from error
        if args.collection is not None and collection(session, args.collection) is None:
            raise BadInputError(f"There is no collection {args.collection}. Nothing was taken in.")


def _wait(ports: Ports, rows: list[Ingested], batches: int) -> bool:
    """Whether it was waited to the end, good or bad."""
    try:
        wait_for(ports, rows, Teller(), batches)
    except KeyboardInterrupt:
        say("Not waiting any longer. What was taken in is safe; a worker goes on with it.")
        return False
    except DBAPIError as error:
        say(f"Not waiting any longer. {database_rests(error)}")
    return True


def _tell(ports: Ports, rows: list[Ingested], *, as_json: bool) -> None:
    """What became of each file; where the database cannot be asked, what is known of it."""
    for row in rows:
        try:
            look(ports, row)
        except DBAPIError as error:
            row.warnings.append(database_rests(error))
    for row in rows:
        for warning in row.warnings:
            say(f"{Path(row.file).name}: {warning}")
    if as_json:
        print_json([row.as_json() for row in rows])
    else:
        for row in rows:
            print(f"{row.file}: {row.state}, story {row.story_id}, {row.cues} cues")


def _check(args: argparse.Namespace) -> None:
    for tag in args.language:
        if not TAG.fullmatch(tag) or len(tag) > LONGEST_TAG:
            raise UsageError(f"“{tag}” is no language tag. Write BCP 47, for example zh-Hant, vi, fil.")
    if args.consent is not None and not args.public:
        raise UsageError("--consent goes with --public.")
    if args.consent is not None and not args.consent.is_file():
        raise BadInputError(f"The consent file {args.consent} is not there. Nothing was taken in.")


def _code(rows: list[Ingested], *, waited: bool) -> int:
    states = {row.state for row in rows}
    if states & {"refused", "rejected"}:
        return REFUSED
    if states & {"failed", "abandoned", "cancelled"}:
        return FAILED
    if states <= {"ready"}:
        return DONE
    return FAILED if waited else NOT_READY


class Teller:
    """Progress on stderr: a bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}
        self._terminal = sys.stderr.isatty()

    def __call__(self, row: Ingested, progress: dict[str, Any]) -> None:
        """Say what changed."""
        step = STEPS.get(progress.get("step"), str(progress.get("step")))
        total, done = progress.get("total_ms") or 0, progress.get("done_ms") or 0
        share = min(1.0, done / total) if total else 0.0
        left = progress.get("seconds_left")
        name = Path(row.file).name
        if self._terminal:
            bar = "█" * round(share * 24) + "·" * (24 - round(share * 24))
            ending = f", about {left} s left" if left is not None else ""
            line = f"{name} {row.state}: {step} {bar} {share:4.0%}{ending}"
            if self._said.get(row.file) != line:
                print(f"\r\x1b[K{line}", end="" if row.state != "ready" else "\n", file=sys.stderr, flush=True)
        else:
            line = f"{name}: {row.state}, {step} {int(share * 10) * 10} %"
            if self._said.get(row.file) != line:
                say(line)
        self._said[row.file] = line
