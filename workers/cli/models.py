"""Fetch a Whisper model into the model cache: the one of the settings, or another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.settings import RemoteTranscriber, load_settings
from workers.cli import DONE, FAILED, say
from workers.model_files import ModelError, find_model

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which model."""
    actions = parser.add_subparsers(dest="action", required=True)
    fetch = actions.add_parser("fetch", help="find, join, check and keep a model")
    names = "tiny, base, small, medium, large-v3-turbo or a folder; without it, the model of the settings"
    fetch.add_argument("name", nargs="?", help=names)


def run(args: argparse.Namespace) -> int:
    """Fetch the model; checked files that are there already are kept, and of a service there is none to fetch."""
    settings = load_settings()
    wanted = settings.transcriber
    if args.name is None and isinstance(wanted, RemoteTranscriber):
        say(f"A service writes the words down (model {wanted.model}): nothing needs to be fetched.")
        return DONE
    name: str = wanted.model if args.name is None else args.name
    if (settings.models_folder / name / "model.bin").is_file():
        say(f"The model {name} is there.")
        return DONE
    say(f"Looking for the model {name}. A large one takes some minutes.")
    try:
        folder = find_model(name, settings.models_folder, network=True)
    except ModelError as error:
        say(str(error))
        return FAILED
    say(f"The model {name} is in {folder}, every file checked.")
    return DONE
