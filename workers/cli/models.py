"""Fetch a Whisper model into the model cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.settings import load_settings
from workers.cli import DONE, FAILED, say
from workers.model_files import ModelError, find_model

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which model."""
    actions = parser.add_subparsers(dest="action", required=True)
    fetch = actions.add_parser("fetch", help="find, join, check and keep a model")
    fetch.add_argument("name", help="tiny, base, small, medium, large-v3-turbo or a folder")


def run(args: argparse.Namespace) -> int:
    """Fetch by name; checked files that are there already are kept."""
    settings = load_settings()
    if (settings.models_folder / args.name / "model.bin").is_file():
        say(f"The model {args.name} is there.")
        return DONE
    say(f"Looking for the model {args.name}. A large one takes some minutes.")
    try:
        folder = find_model(args.name, settings.models_folder, network=True)
    except ModelError as error:
        say(str(error))
        return FAILED
    say(f"The model {args.name} is in {folder}, every file checked.")
    return DONE
