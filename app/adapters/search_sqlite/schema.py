"""The tables of the search file; each generation of the index has its own, so that a rebuild can switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

VERSION = "3"
"""Raise it with every change below: the file is then made anew and filled by a rebuild."""

META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"

# A passage's rowid is story_no << 16 | seq, so that grouping by story needs no join; a head's is story_no.
_TABLES = """
CREATE TABLE stories_{g} (
  no INTEGER PRIMARY KEY,
  story_id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0,
  level TEXT,
  owner_id TEXT,
  recorded_low TEXT,
  recorded_high TEXT,
  published_at TEXT,
  title TEXT NOT NULL DEFAULT '',
  passages INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE groups_{g} (
  story_no INTEGER NOT NULL, group_id TEXT NOT NULL, PRIMARY KEY (story_no, group_id)
) WITHOUT ROWID;
CREATE TABLE facets_{g} (
  story_no INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (story_no, kind, value)
) WITHOUT ROWID;
CREATE INDEX facets_value_{g} ON facets_{g} (kind, value, story_no);
CREATE TABLE passages_{g} (
  no INTEGER PRIMARY KEY,
  passage_id TEXT NOT NULL,
  recording_id TEXT,
  start_ms INTEGER,
  end_ms INTEGER,
  text TEXT NOT NULL,
  core INTEGER NOT NULL,
  languages TEXT NOT NULL,
  names TEXT NOT NULL
);
CREATE TABLE words_{g} (
  id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT NOT NULL UNIQUE, stories INTEGER NOT NULL
);
CREATE VIRTUAL TABLE fts_{g} USING fts5 (
  title, text, seam, extra, marks, alias, tokenize = 'ascii', prefix = '2 3'
);
CREATE VIRTUAL TABLE heads_{g} USING fts5 (tokens, extra, alias, tokenize = 'ascii', prefix = '2 3');
"""
_NAMES = ("stories", "groups", "facets", "passages", "words", "fts", "heads")


def create_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Make the empty tables of one generation (inside the caller's transaction)."""
    for statement in _TABLES.format(g=generation).split(";"):
        if statement.strip():
            connection.execute(statement)


def drop_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Drop one generation, or what a killed rebuild left of it."""
    for name in _NAMES:
        connection.execute(f"DROP TABLE IF EXISTS {name}_{generation:d}")


def generations(connection: sqlite3.Connection) -> set[int]:
    """Numbers of all generations that have tables in the file."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'stories\\_%' ESCAPE '\\'"
    )
    return {int(name.rsplit("_", 1)[1]) for (name,) in rows}
