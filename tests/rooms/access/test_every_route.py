"""Every address of the archive against every actor; what is withheld looks like what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.routing import iter_route_contexts

from tests.factories.archive import an_archive
from tests.rooms.access import (
    rows_accounts,
    rows_admin,
    rows_recordings,
    rows_search,
    rows_stories,
    rows_transcripts,
)
from tests.rooms.access.world import ACTORS, Row, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

TABLES = (rows_accounts, rows_admin, rows_recordings, rows_search, rows_stories, rows_transcripts)
ROWS: dict[str, list[Row]] = {route: rows for table in TABLES for route, rows in table.ROWS.items()}
CASES = [
    pytest.param(route, row, id=f"{route} {row.on or '-'} {number}")
    for route, rows in ROWS.items()
    for number, row in enumerate(rows)
]
TAKES_PARTS = "PUT /api/v1/objects/parts/{ref}/{number}"
"""A route that there is only where parts are sent to our own API."""
OWN_CLIENT = {"DELETE /api/v1/session", "POST /api/v1/session", "POST /api/v1/invitations/accept"}
"""Routes that sign in or out, so that they need a browser of their own."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One archive for all rows; every request gets objects of its own."""
    with an_archive(tmp_path_factory.mktemp("access") / "archive") as archive:
        yield World(archive)


@pytest.fixture(scope="module")
def world_on_a_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One whose store is a folder, whatever the set."""
    with an_archive(tmp_path_factory.mktemp("access") / "archive", objects={"kind": "local"}) as archive:
        yield World(archive)


def routes_of(app: FastAPI) -> set[str]:
    """Every method and path that the application answers, described in OpenAPI or not."""
    described = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    mounted = {f"{method} {route.path}" for route in iter_route_contexts(app.routes) for method in route.methods or ()}
    return described | mounted


def test_every_route_has_its_rows(world: World) -> None:
    """A new address without access rows fails here, and so does a row of an address that is gone."""
    answered = routes_of(world.archive.app)
    assert answered - set(ROWS) == set(), "add these to tests/rooms/access/rows_<room>.py"
    assert set(ROWS) - answered == set(), "these addresses are gone"


def test_every_status_of_the_rows_is_described(world: World) -> None:
    """Who reads the API's description is told each answer that an access row knows; HEAD is as its GET."""
    paths = world.archive.app.openapi()["paths"]
    untold: dict[str, list[str]] = {}
    for route, rows in ROWS.items():
        method, path = route.split(" ", 1)
        if path == "/openapi.json":
            continue
        told = paths[path][method.lower().replace("head", "get")]["responses"]
        # What was known already, and a store's own signed address, are answers of sound that no row asks for.
        others = ["304", "307"] if path.endswith("/sound") else []
        asked = {*others, *(str(status) for row in rows for status in row.expected.values())}
        untold |= {route: sorted(asked - set(told))} if asked - set(told) else {}
    assert untold == {}


def test_no_room_writes_the_rows_of_another() -> None:
    """A route stands in one table only, so that no row is lost when tables are joined."""
    assert sum(len(table.ROWS) for table in TABLES) == len(ROWS)


@pytest.mark.parametrize(("route", "row"), CASES)
def test_what_each_actor_is_answered(world: World, world_on_a_disk: World, route: str, row: Row) -> None:
    """Each actor gets the status of the row; a withheld object answers as an absent one does."""
    if route == TAKES_PARTS:
        world = world_on_a_disk
    answered, differing, wrong = {}, [], []
    for actor in ACTORS:
        names = world.names(row, actor, fresh=not route.startswith(("GET ", "HEAD ")))
        client = world.client(actor, fresh=route in OWN_CLIENT)
        answer = world.ask(client, route, row, names)
        answered[actor] = answer.status_code
        if answer.status_code != row.expected[actor]:
            wrong.append((actor, answer.text))
        if answer.status_code == 404 and row.on:
            nowhere = {**names, "story_id": names["absent"], "recording_id": names["absent"]}
            absent = world.ask(client, route, row, nowhere)
            if seen(answer) != seen(absent):
                differing.append((actor, seen(answer), seen(absent)))
    assert answered == row.expected, wrong
    assert differing == []


def seen(answer: object) -> tuple[object, ...]:
    """All that an answer says: status, headers and body (C3); when it was said and its own id tell nothing."""
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in {"date", "x-request-id"})  # type: ignore[attr-defined]
    return (answer.status_code, headers, answer.content)  # type: ignore[attr-defined]
