"""Everything that one actor can read of an archive by GET and HEAD, address by address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.rooms.access.test_every_route import routes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.rooms.access.world import Names, World

QUERIES: dict[str, Sequence[str]] = {
    "/api/v1/stories": ("", "mine=true"),
    "/api/v1/stories/{story_id}/transcript": (
        "",
        "format=txt",
        "format=vtt&recording={recording_id}",
        "format=srt&recording={recording_id}",
    ),
}
"""What else an address is asked than nothing."""
ASKED_APART = ("/api/v1/search", "/api/v1/search/suggest", "/api/v1/stories/{story_id}/search")
WITHOUT_TEXT = ("/api/v1/uploads/{upload_id}",)
"""Addresses about uploads, which are nobody's here."""


def addresses(world: World, stories: Iterable[Names]) -> list[tuple[str, str]]:
    """(method, address) of every readable route for every one of the stories."""
    found: dict[tuple[str, str], None] = {}
    for route in sorted(routes_of(world.archive.app)):
        method, path = route.split(" ", 1)
        if method not in {"GET", "HEAD"} or path in ASKED_APART or path.startswith(WITHOUT_TEXT):
            continue
        for names in stories:
            for query in QUERIES.get(path, ("",)):
                address = (path + (f"?{query}" if query else "")).format_map(names)
                found[method, address] = None
    return list(found)


def searches(texts: Iterable[str]) -> Iterator[str]:
    """Addresses that look for each text, and for those it may be the name of."""
    for text in texts:
        sought = quote(text)
        yield f"/api/v1/search?q={sought}"
        yield f"/api/v1/search?literal=1&q={sought}"
        yield f"/api/v1/search?person={sought}"
        yield f"/api/v1/search?place={sought}"
        yield f"/api/v1/stories?person={sought}"


def half_typed(words: Iterable[str]) -> Iterator[str]:
    """Addresses that ask how a word goes on, or whether a mistyped one was meant."""
    for word in words:
        yield f"/api/v1/search/suggest?q={quote(word[:2])}"
        yield f"/api/v1/search?q={quote(mistyped(word))}"


def inside(stories: Iterable[Names], texts: Iterable[str]) -> Iterator[str]:
    """Addresses that look for each text in each story."""
    asked = [quote(text) for text in texts]
    for names in stories:
        for sought in asked:
            yield f"/api/v1/stories/{names['story_id']}/search?q={sought}"


def mistyped(text: str) -> str:
    """The text with its third letter left out, as a hurried hand writes it."""
    return text[:2] + text[3:]
