"""Make the object store ready, or bring an embedded archive's objects into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.adapters.objects_local import LocalObjectStore
from app.kernel.errors import ArchiveError
from app.kernel.settings import load_settings
from app.ports.object_store import SetUpFirst, StoreFullError
from workers.cli import DONE, FAILED, print_json, say
from workers.cli.context import open_archive
from workers.moving_objects import move_objects, uploads_under_way

if TYPE_CHECKING:
    import argparse

    from workers.moving_objects import Moved


class NotMovedError(ArchiveError):
    """The objects cannot be moved like this."""

    slug = "objects-not-moved"
    title = "The objects were not moved. Those in the old store are as they were."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True)
    setup = actions.add_parser("setup", help="make the bucket, and let the archive's pages send to it")
    copy = actions.add_parser("copy", help="bring every object from a folder into the store of the settings")
    copy.add_argument("--from", dest="source", required=True, type=Path, metavar="FOLDER")
    for action in (setup, copy):
        action.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when the store is ready, or holds every object; the folder is only read."""
    return _set_up(args) if args.action == "setup" else _copy(args)


def _set_up(args: argparse.Namespace) -> int:
    objects = wiring.build(load_settings()).objects
    done = list(objects.set_up()) if isinstance(objects, SetUpFirst) else ["A folder needs no setting up."]
    objects.check()
    for sentence in done:
        say(sentence)
    if args.json:
        print_json({"store": objects.name, "done": done})
    return DONE


def _copy(args: argparse.Namespace) -> int:
    ports = open_archive()
    settings = ports.settings
    source: Path = args.source
    if not (source / "masters").is_dir():
        message = (
            f"{source} holds no masters. Where they are: STORYBRAID_OBJECTS__PATH, else objects in STORYBRAID_DATA."
        )
        raise NotMovedError(message)
    if ports.objects.browser_origin is None and source.resolve() == settings.objects_folder.resolve():
        message = (
            "This folder is the store that the settings name. Set STORYBRAID_OBJECTS__KIND=s3 and the bucket first."
        )
        raise NotMovedError(message)
    completing, unfinished = uploads_under_way(ports)
    if completing:
        message = f"{completing} uploads wait to be put together. Let a worker of the old store do that first."
        raise NotMovedError(message)
    if unfinished:
        say(f"{unfinished} uploads are not finished: those files will be sent again from their beginning.")
    old = LocalObjectStore(source, address=settings.address, key=b"", spare_bytes=0)
    try:
        moved = move_objects(ports, old, _tell)
    except StoreFullError as error:
        message = "The new store is full. What arrived stays there; make room and run this again."
        raise NotMovedError(message) from error
    safe = [one for one in moved if one.is_safe]
    if args.json:
        rows = [{"key": one.key, "size_bytes": one.size_bytes, "outcome": one.outcome} for one in moved]
        print_json({"objects": rows, "safe": len(safe), "all": len(moved)})
    say(f"{len(safe)} of {len(moved)} objects are in {ports.objects.name}, each read back and compared.")
    return DONE if len(safe) == len(moved) else FAILED


def _tell(moved: Moved) -> None:
    say(f"{moved.outcome:8}{moved.size_bytes:>14}  {moved.key}")
