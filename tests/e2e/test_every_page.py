"""Every page in both colours, both widths and both languages: rules of accessibility, reflow, translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import LivingArchive

NOWHERE = "/stories/01a00000-0000-7000-8000-000000000000"


def _open(archive: LivingArchive) -> list[list[str]]:
    story = archive.stories["Two languages"]
    return [
        ["home", "/"],
        ["listen", "/stories"],
        ["story", f"/stories/{story}"],
        ["story-at", f"/stories/{archive.stories['Ask not']}?t=3&q=fellow"],
        ["search", "/search?q=fellow"],
        ["search-empty", "/search"],
        ["search-nothing", "/search?q=qqqqzzzz"],
        ["sign-in", "/sign-in"],
        ["link", "/invitation#nothing"],
        ["absent", NOWHERE],
    ]


def _kept(archive: LivingArchive) -> list[list[str]]:
    return [
        ["my", "/my"],
        ["draft", f"/stories/{archive.stories['Kept for later']}"],
        ["add", "/add"],
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_breaks_a_rule_of_accessibility(living_archive: LivingArchive, scheme: str, width: int) -> None:
    """Axe finds nothing on any page, in English and in Chinese, for strangers and for archivists."""
    views: list[dict[str, Any]] = [
        {"language": "en", "pages": _open(living_archive)},
        {"language": "zh-Hant", "pages": _open(living_archive)[:5]},
        {"language": "en", "pages": _kept(living_archive), "session": living_archive.session("admin")},
    ]
    seen = living_archive.script("everywhere.mjs", views=[{"scheme": scheme, "width": width, **view} for view in views])
    assert seen["violations"] == []
    assert seen["sideways"] == []
    assert seen["errors"] == []


def test_pages_reflow_on_the_narrowest_screen(living_archive: LivingArchive) -> None:
    """At 320 px nothing has to be scrolled sideways."""
    view = {"language": "en", "scheme": "light", "width": 320, "rules": False, "pages": _open(living_archive)}
    seen = living_archive.script("everywhere.mjs", views=[view])
    assert seen["sideways"] == []


def test_every_word_is_translated_and_has_room(living_archive: LivingArchive) -> None:
    """In a language 40 % longer than English no word escapes translation, is cut off, or widens the page."""
    pages = _open(living_archive)
    views = [
        {"language": "en-XA", "scheme": "light", "width": width, "rules": False, "words": True, "pages": pages}
        for width in (390, 1280)
    ]
    said = [*living_archive.stories, "John", "Storybraid", "Nguyen, 阮, なかむら…"]
    seen = living_archive.script("everywhere.mjs", views=views, said=said)
    assert seen["escaped"] == []
    assert seen["clipped"] == []
    assert seen["sideways"] == []


def test_what_opens_obeys_the_same_rules(living_archive: LivingArchive) -> None:
    """Menus, suggestions, sheet, help and players, opened; keys can be switched off, input methods are let be."""
    seen = living_archive.script("opened.mjs", word="fellow", story=living_archive.stories["Two languages"])
    assert seen["violations"] == []
    assert seen["errors"] == []
    assert seen["focus"]["menu"] == "Menu", "Escape gives the focus back"
    assert seen["suggested"].lower().startswith("fell")
    assert seen["keysOff"]
    assert "逐字稿" in seen["chinese"]
    assert seen["composing"] == ""
    assert seen["composed"] == "東京"
