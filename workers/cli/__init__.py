"""The command line: ``storybraid COMMAND``, one thin file a command; what it prints is in SHAPES."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import sys
from typing import TYPE_CHECKING, NoReturn

from sqlalchemy.exc import DBAPIError, StatementError

from app.kernel.errors import ArchiveError, UnavailableError
from app.kernel.logging import configure_logging, is_json, log

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    *("ingest", "search", "transcript", "serve", "worker", "migrate", "doctor"),
    *("models", "account", "copy", "objects", "jobs", "init"),
)
DONE, FAILED, USAGE, REFUSED, NOT_READY = range(5)
INTERRUPTED = 130


class UsageError(ArchiveError):
    """The options do not go together, or one of them is not written as it must be."""

    slug = "usage"
    title = "The command was not called as it must be."


class StoppedError(ArchiveError):
    """Ctrl-C, before there was anything to tell."""

    slug = "interrupted"
    title = "Stopped. What was finished is kept."


class _Parser(argparse.ArgumentParser):
    """A parser whose usage errors keep the promise of --json: one JSON value on stdout."""

    def error(self, message: str) -> NoReturn:
        if "--json" in sys.argv[1:] or _wants_json:
            print_json({"error": {"slug": "usage", "detail": message}})
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


_wants_json = False


def print_json(value: object) -> None:
    """The one JSON value of a command."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def say(line: str) -> None:
    """A line for the person at the terminal, on stderr; in a process whose log is JSON, a line of that."""
    if is_json():
        log("cli").info("told", line=line)
    else:
        print(line, file=sys.stderr, flush=True)


def _parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """A parser of these commands: only the one that was called is loaded, since some are slow to load."""
    parser = _Parser(prog="storybraid", description="An oral-history and storytelling archive.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for name in names:
        module = importlib.import_module(f"workers.cli.{name}")
        summary = (module.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed, 2 usage, 3 file refused, 4 not ready."""
    global _wants_json  # noqa: PLW0603  argparse's error has no other way to know
    given = list(sys.argv[1:] if arguments is None else arguments)
    _wants_json = "--json" in given
    # JSON and caption files are UTF-8 wherever they are read; a file name may hold bytes that are not.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    configure_logging(production=False, quiet=given[:1] not in (["serve"], ["worker"]))
    try:
        args = _parser(given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS).parse_args(given)
        return int(args.run(args))
    except KeyboardInterrupt:
        failed(StoppedError(), as_json=_wants_json)
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED
    except (ArchiveError, StatementError, OSError) as error:
        return failed(_in_a_sentence(error), as_json=_wants_json)


def _in_a_sentence(error: ArchiveError | StatementError | OSError) -> ArchiveError:
    """The error as a person reads it; one that nobody foresaw is raised again."""
    if isinstance(error, ArchiveError):
        return error
    if isinstance(error, OSError):
        return ArchiveError(f"{error.strerror or error}: {error.filename or ''}".strip(": "))
    if isinstance(error.orig, ArchiveError):
        return error.orig
    if isinstance(error, DBAPIError):
        return _resting(error)
    raise error


def _resting(error: DBAPIError) -> ArchiveError:
    """The driver's first line, which names the server and never the password."""
    said = " ".join(str(error.orig or error).split("\n")[0].split())
    return UnavailableError(f"The database cannot be used now; nothing was changed. It says: {said}")


def failed(error: ArchiveError, *, as_json: bool) -> int:
    """Say an error in one sentence, and as the one JSON value where that was asked for."""
    if as_json:
        print_json({"error": {"slug": error.slug, "detail": error.detail}})
    say(error.detail)
    return USAGE if isinstance(error, UsageError) else FAILED
