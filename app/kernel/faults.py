"""An error as the log may have it: of which kind, where it was, and a message without what people wrote."""

from __future__ import annotations

import re
import sqlite3
import textwrap
import traceback
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy.exc import PendingRollbackError, StatementError

from app.kernel.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
_QUOTED = re.compile(r"""["«»„“‘\[]|(?<!\w)'|\n""")
"""Where a database begins to quote a value, or goes on to its DETAIL. Drivers cut long values off with their closing
mark, so what follows goes, too."""
_NAMES_ONLY = ("23", "42P01", "42703")
"""States of Postgres (or their classes) whose first line quotes names of tables, columns and rules, and no value."""
_REPEATED = "Original exception was"
"""From here on SQLAlchemy repeats the message of an error before."""
_STATEMENT = 500
"""Characters of a statement that the log has; one for many rows has a placeholder for each value."""


def told(error: BaseException) -> str:
    """The error with what caused it, in Python's own form; no value of a statement and no input of a model is in it."""
    chain = list(_chain(error))
    quoting = _quoting([one for _, one in chain])
    return "".join(_one(one, quoting) + link for link, one in reversed(chain))


def without(line: str, error: BaseException) -> str:
    """A line that a library made of this error: its first line, and no message of the error inside it."""
    first = line.split("\n", 1)[0]
    everyone = [one for _, one in _chain(error)]
    quoting = _quoting(everyone)
    for one in everyone:
        for said in (repr(one), _text(one)):
            if said:
                first = first.replace(said, _message(one, quoting))
    return first


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """The error and those before it, newest first, each with the sentence that follows it."""
    seen: set[int] = set()
    link, one = "", error
    while id(one) not in seen:
        seen.add(id(one))
        yield link, one
        if one.__cause__ is not None:
            link, one = _CAUSE, one.__cause__
        elif one.__context__ is not None and not one.__suppress_context__:
            link, one = _CONTEXT, one.__context__


def _one(error: BaseException, quoting: Mapping[str, str]) -> str:
    where = "".join(traceback.format_tb(error.__traceback__))
    head = "Traceback (most recent call last):\n" if where else ""
    message = _message(error, quoting)
    inside = ""
    if isinstance(error, BaseExceptionGroup):
        inside = "".join(textwrap.indent(told(one), "  | ") for one in error.exceptions)
    return f"{head}{where}{_name(error)}{': ' if message else ''}{message}\n{inside}"


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException, quoting: Mapping[str, str]) -> str:
    if isinstance(error, StatementError):
        why = f"({_name(error.orig)}) {_cut(error.orig)}" if error.orig is not None else ""
        return f"{why} [SQL: {error.statement[:_STATEMENT]}]" if error.statement else why
    if isinstance(error, PendingRollbackError):
        return _text(error).split(_REPEATED, 1)[0].strip()
    places = _places(error)
    if places is not None:
        return places
    message = _text(error)
    for said, cut in quoting.items():
        message = message.replace(said, cut)
    return message


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  of an error that cannot say itself the log has the rest
        return ""


def _quoting(errors: Sequence[BaseException]) -> dict[str, str]:
    """What the databases among these said, and what the log has of it: others say it again in their messages."""
    refused = [one.orig for one in errors if isinstance(one, StatementError) and one.orig is not None]
    own = [one for one in errors if isinstance(one, sqlite3.Error) or hasattr(one, "diag")]
    return {said: _cut(one) for one in (*own, *refused) if (said := _text(one))}


def _cut(error: BaseException) -> str:
    """The message of a database's or a driver's error up to the first quotation, and what broke by its own name."""
    if isinstance(error, ArchiveError):
        return _text(error)
    diag: Any = getattr(error, "diag", None)  # psycopg's; the floor knows the driver by its errors only
    state = getattr(diag, "sqlstate", None)
    if diag is not None and not state and any(kind.__name__ == "OperationalError" for kind in type(error).__mro__):
        return _text(error)  # the line to the server: no statement was there, and which server it was must be known
    whole = (diag.message_primary if state else None) or _text(error)
    quoted = None if state and state.startswith(_NAMES_ONLY) else _QUOTED.search(whole)
    said = whole if quoted is None else f"{whole[: quoted.start()]}…"
    names = [getattr(error, "sqlite_errorname", None), state]
    names += [getattr(diag, name, None) for name in ("table_name", "column_name", "constraint_name")]
    known = ", ".join(name for name in names if name)
    return f"{said} ({known})" if known else said


def _places(error: BaseException) -> str | None:
    """Of what a model refused, where and why; None of another error. FastAPI's own errors look alike."""
    listed = getattr(error, "errors", None)
    if not (isinstance(error, ValidationError) or type(error).__module__ == "fastapi.exceptions") or not listed:
        return None
    return "; ".join(f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('type')}" for one in listed()[:20])
