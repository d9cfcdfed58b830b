"""The built pages are the same bytes for everybody: what they show is asked of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.main import create_app
from tests.rooms.access.test_every_route import seen
from tests.rooms.access.world import ACTORS, LEVELS, Row, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories.archive import TestArchive

PAGES = ("/stories/{id}", "/stories/{id}/", "/stories/{id}?t=83.2", "/stories/{id}/edit", "/recordings/{id}")
NO_PAGES = ("/assets/{id}", "/assets/{id}.js", "/stories/{id}.vtt", "/stories/{id}/poster.jpg")


def test_a_page_tells_nothing_of_a_withheld_story(archive: TestArchive, tmp_path: Path) -> None:
    """Of a story at any level, and of none, every reader gets the same page or the same 404, headers and all."""
    frontend = tmp_path / "dist"
    (frontend / "assets").mkdir(parents=True)
    (frontend / "index.html").write_text('<!doctype html><script src="/assets/index-abc.js"></script>')
    (frontend / "assets" / "index-abc.js").write_text("export {};")
    archive.app = create_app(archive.ports, frontend=frontend)
    world = World(archive)
    named = [world.names(Row(on, "200"), "stranger", fresh=True) for on in LEVELS]
    ids = [*(one[key] for one in named for key in ("story_id", "recording_id")), named[0]["absent"], "nowhere"]
    for form in (*PAGES, *NO_PAGES):
        for method in ("GET", "HEAD"):
            answers = [
                (seen(world.client(actor).request(method, form.format(id=id_))), actor, id_)
                for actor in ACTORS
                for id_ in ids
            ]
            assert [(form, actor, id_) for answer, actor, id_ in answers if answer != answers[0][0]] == []
            assert answers[0][0][0] == (200 if form in PAGES else 404)
