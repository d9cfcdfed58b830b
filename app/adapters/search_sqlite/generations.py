"""Which generation of the search file answers, which is being filled, of what version they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.adapters.search_sqlite import schema
from app.ports.search_index import SearchUnavailableError

if TYPE_CHECKING:
    import sqlite3

    from app.ports.search_index import Need

_UNCONFIRMED = "unconfirmed"


def note(connection: sqlite3.Connection, **values: str) -> None:
    """Keep facts of the file."""
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def fact(connection: sqlite3.Connection, key: str) -> str | None:
    """One fact of the file, None where it is not known."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def forget(connection: sqlite3.Connection, *keys: str) -> None:
    """Keep facts of the file no longer."""
    connection.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in keys])


def live(connection: sqlite3.Connection) -> int:
    """The generation that answers; raises ``SearchUnavailableError`` where there is none."""
    known = fact(connection, "live")
    if known is None:
        message = "the search index has not been made"
        raise SearchUnavailableError(message)
    return int(known)


def made(connection: sqlite3.Connection, version: str) -> Need:
    """Make what is not there yet, and say what it wants.

    Tables of another form cannot be read: they go, and the rows are to be compared with an empty index.
    """
    connection.execute(schema.META)
    known = dict(connection.execute("SELECT key, value FROM meta"))
    if known.get("schema") != schema.VERSION:
        for generation in schema.generations(connection):
            schema.drop_generation(connection, generation)
        schema.create_generation(connection, 1)
        connection.execute("DELETE FROM meta")
        note(connection, schema=schema.VERSION, live="1", version=version, **{_UNCONFIRMED: "1"})
        return "compare"
    if known["version"] != version:
        return "rebuild"
    return "compare" if _UNCONFIRMED in known else "ready"


def confirm(connection: sqlite3.Connection) -> None:
    """The rows know what the index lacks."""
    forget(connection, _UNCONFIRMED)


def is_older(connection: sqlite3.Connection, version: str) -> bool:
    """Whether what answers is of another version than this process asks and writes for."""
    return bool(version) and fact(connection, "version") != version


def written(connection: sqlite3.Connection, version: str) -> list[int]:
    """The generations that a story is put into: what answers, and what a rebuild of this version fills.

    Raises ``SearchUnavailableError`` where what answers is of another version: its words are folded otherwise.
    """
    answers = live(connection)
    if is_older(connection, version):
        message = "the search index is of another version and waits for its rebuild"
        raise SearchUnavailableError(message)
    shadow = fact(connection, "shadow")
    if shadow is None or fact(connection, "shadow_version") not in (version, None):
        return [answers]
    return [answers, int(shadow)]


def known(connection: sqlite3.Connection) -> list[int]:
    """Every generation that is used, of whatever version: what answers, and what is being filled."""
    shadow = fact(connection, "shadow")
    return [live(connection), *([int(shadow)] if shadow else [])]
