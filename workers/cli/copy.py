"""Move an archive's rows into another, empty database, each row compared, and look at each recording that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from app import wiring
from app.kernel.errors import ArchiveError, UnavailableError
from app.kernel.settings import load_settings
from app.ports.object_store import StoreRestsError
from workers.cli import DONE, FAILED, print_json, say
from workers.copying import copy_archive, look_at_copied

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from app.ports.object_store import ObjectStore
    from workers.copying import Copied
    from workers.moving_objects import Moved

ROWS = "Every row arrived as it was."
POINT = "Point STORYBRAID_DATABASE__KIND and __URL to the new database"
VERIFY = "storybraid objects verify"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and where to."""
    parser.add_argument("--from", dest="source", required=True, metavar="sqlite:PATH|postgresql://…")
    parser.add_argument("--to", dest="target", required=True, metavar="postgresql://…|sqlite:PATH")
    parser.add_argument(
        "--without-objects",
        action="store_true",
        help="compare the rows alone: where the store is filled afterwards, which compares too, or is very large",
    )
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when every row is there, and every object in the store of the settings; else the sentences say what is not."""
    store, where = (None, "") if args.without_objects else _store()
    tables = copy_archive(args.source, args.target, _tell_rows)
    told: dict[str, Any] = {"tables": [{"table": one.table, "rows": one.rows, "sha256": one.sha256} for one in tables]}
    code = DONE
    said = [f"{ROWS} {POINT} and start again."]
    if store is not None:
        try:
            moved = look_at_copied(args.target, store, _tell_object)
        except OSError as error:  # the rows are there all the same
            code, failure = FAILED, _not_compared(store, error)
            told["error"] = {"slug": failure.slug, "detail": failure.detail}
            said = [failure.detail]
        else:
            rows = [{"key": one.key, "size_bytes": one.size_bytes, "outcome": one.outcome} for one in moved]
            safe = sum(one.is_safe for one in moved)
            told |= {"objects": rows, "safe": safe, "all": len(moved)}
            code = DONE if safe == len(moved) else FAILED
            said = [*_found(moved, where), *(said if code == DONE else _what_to_do(moved))]
    if args.json:
        print_json(told)
    for sentence in said:
        say(sentence)
    return code


def _store() -> tuple[ObjectStore, str]:
    """The store of the settings, and what it is called."""
    # It is only read: nothing is signed, so that no secret is made in a folder that holds no archive.
    settings = load_settings().model_copy(update={"secret": SecretStr("")})
    store = wiring.object_store(settings)
    return store, store.name if store.browser_origin is not None else str(settings.objects_folder)


def _found(moved: Sequence[Moved], where: str) -> list[str]:
    whole = sum(one.outcome == "there" for one in moved)
    said = [f"{whole} of {len(moved)} objects are in {where}, each read and compared."]
    if anew := sum(one.outcome == "anew" for one in moved):
        said.append(f"{anew} are working sound that is gone: a worker derives it anew.")
    return said


def _what_to_do(moved: Sequence[Moved]) -> list[str]:
    said = [f"{ROWS} {POINT}."]
    if missing := sum(one.outcome == "missing" for one in moved):
        said.append(
            f"{missing} are missing there. With the new settings this brings them from the old folder: "
            f"storybraid objects copy --from FOLDER. Then look again: {VERIFY}"
        )
    if damaged := sum(one.outcome == "damaged" for one in moved):
        said.append(
            f"{damaged} are damaged: there is something else than was stored. Take them away there, bring them "
            f"from a backup by storybraid objects copy --from FOLDER, and look again: {VERIFY}"
        )
    return said


def _not_compared(store: ObjectStore, error: OSError) -> ArchiveError:
    why = f"{error.strerror or error}: {error.filename or ''}".strip(": ")
    if isinstance(error, StoreRestsError):
        try:
            store.check()  # it has a sentence with the cause
        except OSError as told:
            why = str(told)
    return UnavailableError(f"{ROWS} {POINT}. Its objects were not compared: {why} When that is mended: {VERIFY}")


def _tell_rows(copied: Copied) -> None:
    say(f"{copied.table}: {copied.rows} rows, the same there and here")


def _tell_object(moved: Moved) -> None:
    say(f"{moved.outcome:8}{moved.size_bytes:>14}  {moved.key}")
