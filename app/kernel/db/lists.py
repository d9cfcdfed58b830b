"""Long lists of ids in a question to the database, sent as one value: a placeholder for each costs more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler


class _Ids(TypeDecorator[Any]):
    """Ids as the text of a JSON list. What no id can be is left out: a database may not be able to keep it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str:
        del dialect
        return json.dumps([one for one in value or () if one.isascii() and one.isprintable()])


class _Listed(FunctionElement[bool]):
    """``column IN (the members of the list)``."""

    type = Boolean()
    inherit_cache = True
    name = "is_listed"


@compiles(_Listed, "sqlite")
def _on_sqlite(element: _Listed, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  both are compiled, the ids bound


@compiles(_Listed, "postgresql")
def _on_postgres(element: _Listed, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT json_array_elements_text(CAST({ids} AS JSON)))"


def is_listed(column: Any, name: str) -> ColumnElement[bool]:  # noqa: ANN401  any text column
    """Whether a column's value is one of the ids that are given under ``name`` when the question is asked."""
    return _Listed(column, bindparam(name, type_=_Ids()))
