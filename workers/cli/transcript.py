"""Print the transcript of a story."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.access.commands import audit
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
    actor = operator()
    with unit(ports.sessions) as session:
        read = queries.transcript(session, actor, args.story_id, args.recording)
        of_one = args.recording is not None or len(queries.recording_ids(session, args.story_id)) <= 1
        text = None if args.format == "json" else as_text(read, args.format, of_one=of_one)
        # Whoever holds the machine reads what no account may: that it was read is kept.
        audit(session, actor, "transcripts.read_transcript", args.story_id, recording_id=args.recording)
    if text is None:
        print_json(read.model_dump(mode="json"))
    else:
        sys.stdout.write(text)
    return DONE
