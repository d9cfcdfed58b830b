"""Print the transcript of a story."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.kernel.db import unit
from app.transcripts import queries
from app.transcripts.routes.reading import as_text
from workers.cli import DONE, print_json
from workers.cli.context import open_archive, operator

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which story, which recording, which format."""
    parser.add_argument("story_id", metavar="STORY_ID")
    parser.add_argument("--recording", metavar="ID")
    parser.add_argument("--format", choices=("json", "vtt", "srt", "txt"), required=True)


def run(args: argparse.Namespace) -> int:
    """The cues committed so far, as the operator may read them."""
    ports = open_archive()
    with unit(ports.sessions, write=False) as session:
        read = queries.transcript(session, operator(), args.story_id, args.recording)
        of_one = args.recording is not None or len(queries.recording_ids(session, args.story_id)) <= 1
    if args.format == "json":
        print_json(read.model_dump(mode="json"))
    else:
        sys.stdout.write(as_text(read, args.format, of_one=of_one))
    return DONE
