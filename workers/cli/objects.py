"""Make the object store ready, bring objects into it or into a backup's folder, or read and compare all of them."""

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
from workers.moving_objects import keep_objects, look_at_objects, move_objects, uploads_under_way

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from app.ports import Ports
    from workers.moving_objects import Moved


class NotMovedError(ArchiveError):
    """The objects cannot be moved like this."""

    slug = "objects-not-moved"
    title = "The objects were not moved. Those in the old store are as they were."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True)
    setup = actions.add_parser("setup", help="make the bucket, and let the archive's pages send to it")
    copy = actions.add_parser("copy", help="bring every object from a folder into the store, or into a backup's folder")
    where = copy.add_mutually_exclusive_group(required=True)
    where.add_argument("--from", dest="source", type=Path, metavar="FOLDER")
    where.add_argument("--to", dest="target", type=Path, metavar="FOLDER")
    verify = actions.add_parser("verify", help="read every object and compare it with the database")
    for action in (setup, copy, verify):
        action.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when the store is ready, or every object is where it should be; what is copied from is only read."""
    if args.action == "setup":
        return _set_up(args)
    ports = open_archive()
    if args.action == "verify":
        moved = look_at_objects(ports.sessions, ports.objects, _tell)
        return _told(args, moved, f"in {ports.objects.name}, each read and compared")
    if args.target is not None:
        return _keep(args, ports)
    return _copy(args, ports)


def _set_up(args: argparse.Namespace) -> int:
    objects = wiring.build(load_settings()).objects
    done = list(objects.set_up()) if isinstance(objects, SetUpFirst) else ["A folder needs no setting up."]
    objects.check()
    for sentence in done:
        say(sentence)
    if args.json:
        print_json({"store": objects.name, "done": done})
    return DONE


def _keep(args: argparse.Namespace, ports: Ports) -> int:
    target: Path = args.target
    if _is_own(ports, target):
        message = "This folder is the store itself. Name another one, on another disk."
        raise NotMovedError(message)
    backup = LocalObjectStore(target, address=ports.settings.address, key=b"", spare_bytes=0)
    moved = _whole(lambda: keep_objects(ports, backup, _tell), "The folder")
    return _told(args, moved, f"in {target}, each read back and compared")


def _copy(args: argparse.Namespace, ports: Ports) -> int:
    source: Path = args.source
    if not (source / "masters").is_dir():
        message = (
            f"{source} holds no masters. Where they are: STORYBRAID_OBJECTS__PATH, else objects in STORYBRAID_DATA."
        )
        raise NotMovedError(message)
    if _is_own(ports, source):
        message = (
            "This folder is the store that the settings name. Set STORYBRAID_OBJECTS__KIND=s3 and the bucket first."
        )
        raise NotMovedError(message)
    old = LocalObjectStore(source, address=ports.settings.address, key=b"", spare_bytes=0)
    completing, unfinished = uploads_under_way(ports, old)
    if completing:
        message = f"{completing} uploads wait to be put together. Let a worker of the old store do that first."
        raise NotMovedError(message)
    if unfinished:
        say(f"{unfinished} uploads are not finished: those files will be sent again from their beginning.")
    moved = _whole(lambda: move_objects(ports, old, _tell), "The new store")
    return _told(args, moved, f"in {ports.objects.name}, each read back and compared")


def _is_own(ports: Ports, folder: Path) -> bool:
    return ports.objects.browser_origin is None and folder.resolve() == ports.settings.objects_folder.resolve()


def _whole(move: Callable[[], list[Moved]], target: str) -> list[Moved]:
    try:
        return move()
    except StoreFullError as error:
        message = f"{target} is full. What arrived stays there; make room and run this again."
        raise NotMovedError(message) from error


def _told(args: argparse.Namespace, moved: Sequence[Moved], where: str) -> int:
    safe = [one for one in moved if one.is_safe]
    if args.json:
        rows = [{"key": one.key, "size_bytes": one.size_bytes, "outcome": one.outcome} for one in moved]
        print_json({"objects": rows, "safe": len(safe), "all": len(moved)})
    anew = sum(one.outcome == "anew" for one in moved)
    say(f"{len(safe) - anew} of {len(moved)} objects are {where}.")
    if anew:
        say(f"{anew} are working sound that is gone: a worker derives it anew.")
    return DONE if len(safe) == len(moved) else FAILED


def _tell(moved: Moved) -> None:
    say(f"{moved.outcome:8}{moved.size_bytes:>14}  {moved.key}")
