"""What the log tells of an error: where it was and of which kind, and nothing of what people wrote."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import threading
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy import Column, MetaData, Table, Text, TypeDecorator, bindparam, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, registry

from app.kernel.db import make_engine
from app.kernel.logging import configure_logging, log
from tests.factories.databases import DATABASES
from workers.servers.postgres import find_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

SECRET = "Grandmother Lan"
QUOTING = f'{SECRET}\'s "tin" box'
ON_POSTGRES = pytest.mark.skipif(find_postgres() is None, reason="no Postgres server here: apt-get install postgresql")
Told = list[dict[str, Any]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[], Told]:
    """The log of production: what was logged since, each line read as JSON."""
    configure_logging(production=True)
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=ON_POSTGRES)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each product with one name in it, which is there only once."""
    sqlite = request.param == "sqlite"
    database = None if sqlite else DATABASES.empty()
    made = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}" if database is None else database.url, database)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE names (name text CONSTRAINT said_once UNIQUE)"))
        connection.execute(text("INSERT INTO names VALUES (:name)"), {"name": QUOTING})
    yield made
    made.dispose()


def error_of(do: Callable[[], object]) -> Exception:
    """What it raises."""
    with pytest.raises(Exception) as found:  # noqa: PT011  whatever it is
        do()
    return found.value


def ask(engine: Engine, statement: str, name: str) -> None:
    """Ask with a parameter."""
    with engine.connect() as connection:
        connection.execute(text(statement), {"name": name}).all()


def say_it_again(engine: Engine) -> None:
    """An error whose driver on Postgres quotes the name."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO names VALUES (:name)"), {"name": QUOTING})


def test_an_error_of_the_database_quotes_nobody(engine: Engine, told: Callable[[], Told]) -> None:
    """Neither SQLAlchemy's parameters nor the driver's DETAIL, also down the chain; what broke stays readable."""
    try:
        try:
            say_it_again(engine)
        except SQLAlchemyError as error:
            raise RuntimeError(f"It says: {error.__cause__}") from error
    except RuntimeError:
        log("engine").exception("job_failed")
    (line,) = told()
    assert SECRET not in str(line)
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert "direct cause" in line["exception"]
    assert "say_it_again(engine)" in line["exception"]
    assert "sqlalchemy.exc.IntegrityError: " in line["exception"]
    assert "INSERT INTO names VALUES" in line["exception"]
    assert ("said_once" if engine.dialect.name == "postgresql" else "names.name") in line["exception"]


UNREADABLE = {
    "sqlite": "SELECT CAST(CAST(:name AS BLOB) || X'FF' AS TEXT)",
    "postgresql": "SELECT CAST(CAST(:name AS text) AS integer)",
}
"""Each driver quotes this text in its first line."""


def test_an_error_itself_has_no_parameters(engine: Engine) -> None:
    """Wherever it is said besides the log."""
    error = error_of(partial(say_it_again, engine))
    assert "INSERT INTO names" in str(error)
    assert QUOTING not in str(error).split("DETAIL")[0]
    assert "parameters hidden" in str(error)


def test_a_driver_that_quotes_in_its_first_line_is_cut(engine: Engine, told: Callable[[], Told]) -> None:
    """What stands in quotation marks is what somebody wrote, also where the driver cuts the end of it off."""
    for name in (QUOTING, SECRET * 40):
        error = error_of(partial(ask, engine, UNREADABLE[engine.dialect.name], name))
        assert SECRET in str(error.__cause__)
        log("engine").error("job_failed", exc_info=error)
    first, second = told()
    assert SECRET not in str((first, second))
    wanted = "invalid input syntax" if engine.dialect.name == "postgresql" else "Could not decode to UTF-8"
    assert wanted in first["exception"]


def test_a_session_that_was_not_rolled_back_quotes_nobody(engine: Engine, told: Callable[[], Told]) -> None:
    """The error that follows a failed flush repeats its message; what is in a group is told as well."""

    class Name:
        name: str

    names = Table("names", MetaData(), Column("name", Text, primary_key=True))
    registry().map_imperatively(Name, names)
    with Session(engine) as session:
        again = Name()
        again.name = QUOTING
        session.add(again)
        error_of(session.flush)
        error = error_of(lambda: session.execute(text("SELECT 1")))
        assert SECRET in str(error) or engine.dialect.name == "sqlite"
        log("engine").error("jobs_failed", exc_info=ExceptionGroup("two", [error, ValueError("plain")]))
    (line,) = told()
    assert SECRET not in str(line)
    assert "PendingRollbackError: This Session's transaction has been rolled back" in line["exception"]
    assert "  | ValueError: plain" in line["exception"]


def test_an_unreachable_server_is_named(told: Callable[[], Told]) -> None:
    """Which server did not answer is what the operator must know."""
    engine = make_engine("postgresql+psycopg://a:very-secret@127.0.0.1:9/n")
    log("engine").error("job_failed", exc_info=error_of(engine.connect))
    (line,) = told()
    assert '"127.0.0.1", port 9' in line["exception"]
    assert "very-secret" not in str(line)


def test_a_value_that_the_database_cannot_take_is_not_quoted(engine: Engine, told: Callable[[], Told]) -> None:
    """SQLAlchemy's own refusal of a parameter, and a model's of what it was given."""

    class Shape(BaseModel):
        narrators: list[int]

    def refuse(_value: object) -> None:
        raise LookupError(f"'{QUOTING}' is not among the values")

    refusals: list[Callable[[], object]] = [
        lambda: refuse_as_parameter(engine, refuse),
        lambda: Shape.model_validate({"narrators": [QUOTING]}),
    ]
    for refused in refusals:
        error = error_of(refused)
        assert SECRET in str(error)
        log("engine").error("job_failed", exc_info=error)
    first, second = told()
    assert SECRET not in str((first, second))
    assert "LookupError" in first["exception"]
    assert "narrators.0: int_parsing" in second["exception"]


def refuse_as_parameter(engine: Engine, refuse: Callable[[object], None]) -> None:
    """A statement whose parameter has a type that refuses it."""

    class Refusing(TypeDecorator[str]):
        impl = Text
        cache_ok = True

        def process_bind_param(self, value: str | None, _dialect: object) -> str | None:
            refuse(value)
            return value

    with engine.connect() as connection:
        statement = text("SELECT :name").bindparams(bindparam("name", type_=Refusing()))
        connection.execute(statement, {"name": QUOTING})


def test_a_library_s_line_is_one_of_ours(told: Callable[[], Told]) -> None:
    """The same form, with the request's id and the library's name; what it says at length of an error is cut."""
    with structlog.contextvars.bound_contextvars(request_id="r-12345678"):
        logging.getLogger("procrastinate.worker").warning("Job %s\nfailed", 3)
        logging.getLogger("procrastinate.worker").info("nobody wants to know")
        log("ours").info("said", number=1)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    library, ours, warned = told()
    assert (library["event"], library["logger"], library["level"]) == (
        "Job 3\nfailed",
        "procrastinate.worker",
        "warning",
    )
    assert library["request_id"] == ours["request_id"] == "r-12345678"
    assert set(ours) == {"event", "number", "request_id", "level", "timestamp"}
    assert set(library) == {"event", "logger", "request_id", "level", "timestamp"}
    assert "DeprecationWarning: old" in warned["event"]


def test_a_task_that_nobody_waited_for_quotes_nobody(engine: Engine, told: Callable[[], Told]) -> None:
    """The line that asyncio makes has the error itself in it."""

    async def failing() -> None:
        say_it_again(engine)

    async def begin() -> None:
        task = asyncio.get_running_loop().create_task(failing())
        await asyncio.sleep(0.05)
        assert task.done()

    asyncio.run(begin())
    gc.collect()
    (line,) = told()
    assert (line["logger"], line["event"]) == ("asyncio", "Task exception was never retrieved")
    assert "IntegrityError" in line["exception"]
    assert SECRET not in str(line)


def test_a_line_that_cannot_be_written_is_a_line(told: Callable[[], Told]) -> None:
    """Neither a library that gives its line the wrong arguments nor an odd error, or none, fails or breaks the form."""

    class Odd(Exception):  # noqa: N818  a test's own
        def __str__(self) -> str:
            raise RuntimeError

    configure_logging(production=True)  # also without what pytest listens with, which fails here
    logging.getLogger("a.library").warning("%d of %d", "many")  # noqa: PLE1206
    log("ours").error("odd", exc_info=Odd())
    log("ours").exception("none_is_there")
    lost, odd, none = told()
    assert (lost["event"], lost["logger"]) == ("log_line_lost", "a.library")
    assert "Odd" in odd["exception"]
    assert none["event"] == "none_is_there"


def test_lines_of_many_threads_do_not_mix(told: Callable[[], Told]) -> None:
    """Ours and the libraries' go through one door."""

    def talk(number: int) -> None:
        for _ in range(200):
            log("ours").info("ours", number=number)
            logging.getLogger("theirs").warning("theirs")

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told()) == 1600


def test_elsewhere_lines_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Outside production no JSON: a word, keywords, a traceback; as little quoted as there. Quiet leaves warnings."""
    log("ours").info("said", number=1)
    logging.getLogger("theirs").warning("theirs")
    try:
        raise ValueError("plain")  # noqa: TRY301  it needs a traceback
    except ValueError:
        log("ours").exception("failed")
    said = capsys.readouterr().err
    assert "said" in said.splitlines()[0]
    assert "theirs" in said.splitlines()[1]
    assert "{" not in said
    assert "Traceback (most recent call last):\n" in said
    assert said.endswith("ValueError: plain\n")
    configure_logging(production=False, quiet=True)
    log("ours").info("said")
    assert capsys.readouterr().err == ""
