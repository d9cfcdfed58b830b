"""Signing in and out: cookies, sign-ins that end, one answer for everything that is wrong."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from app.accounts import commands
from app.accounts.models import Account, SignInSession
from app.kernel.db import unit
from app.kernel.time import now
from tests.rooms.accounts.conftest import OPERATOR, PASSWORD, Room, open_room, sign_in, who

if TYPE_CHECKING:
    from pathlib import Path

COOKIE = "__Host-storybraid"


def test_right_and_wrong(room: Room) -> None:
    """The right password signs in; a wrong one answers 401 with a sentence and sets no cookie."""
    room.member()
    wrong = sign_in(room.visitor(), password="something else entirely")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/docs/problems#wrong-sign-in")
    assert "set-cookie" not in wrong.headers
    browser = room.visitor()
    right = sign_in(browser)
    assert right.status_code == 200
    assert right.json()["account"]["role"] == "volunteer"
    assert "password" not in right.text
    assert who(browser) == "lan@example.org"


def test_unknown_wrong_and_disabled_are_one_answer(room: Room) -> None:
    """Nobody learns from the answer whether an address has an account."""
    room.member()
    room.member("gone@example.org")
    with unit(room.sessions) as session:
        commands.disable_account(session, OPERATOR, "gone@example.org")
    answers = [
        sign_in(room.visitor(), "lan@example.org", "not the right words"),
        sign_in(room.visitor(), "nobody@example.org", PASSWORD),
        sign_in(room.visitor(), "gone@example.org", PASSWORD),
        sign_in(room.visitor(), "not an address", PASSWORD),
        sign_in(room.visitor(), "", PASSWORD),
    ]
    for answer in answers:
        del answer.headers["x-request-id"]  # each request has its own
    assert {(a.status_code, a.text, str(sorted(a.headers.items()))) for a in answers} == {
        (401, answers[0].text, str(sorted(answers[0].headers.items())))
    }


def test_an_unknown_address_takes_as_long(room: Room) -> None:
    """A hash is computed for an unknown address too: its median time is at least half of a known one's."""
    room.member()

    def median_s(email: str) -> float:
        took = []
        for _ in range(5):
            start = time.perf_counter()
            assert sign_in(room.visitor(), email, "not the right words").status_code == 401
            took.append(time.perf_counter() - start)
        return statistics.median(took)

    known, unknown = median_s("lan@example.org"), median_s("nobody@example.org")
    assert unknown > known / 2
    assert known > unknown / 2


def test_the_cookie_is_bound_to_this_host(room: Room) -> None:
    """On https the session cookie is __Host-, Secure, HttpOnly, SameSite=Lax, and lasts 90 days at most."""
    room.member()
    cookies = sign_in(room.visitor()).headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        name, *attributes = (part.strip().lower() for part in cookie.split(";"))
        assert name.startswith("__host-storybraid")
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(attributes)
        assert not any(a.startswith("domain") for a in attributes)
    assert "Max-Age=7776000" in cookies[0]


@pytest.mark.parametrize(
    ("over", "name", "insecure"),
    [
        ({"base_url": "http://localhost:8000"}, "__Host-storybraid=", False),
        ({"base_url": "http://192.0.2.1:8000", "insecure_lan": True}, "storybraid=", True),
        ({"base_url": "http://localhost:8000", "insecure_lan": True}, "storybraid=", True),
        ({"base_url": "https://archive.test", "insecure_lan": True}, "__Host-storybraid=", False),
    ],
)
def test_plain_cookies_only_on_an_insecure_lan(
    tmp_path: Path, *, over: dict[str, object], name: str, insecure: bool
) -> None:
    """Where browsers would drop Secure cookies, they are plain and every page is told so."""
    with open_room(tmp_path, **over) as room:
        room.member()
        answer = sign_in(room.visitor())
    assert answer.headers.get_list("set-cookie")[0].startswith(name)
    assert ("secure" in answer.headers["set-cookie"].lower()) is not insecure
    assert answer.json()["insecure"] is insecure


def test_every_sign_in_has_a_new_token(room: Room) -> None:
    """A planted or old cookie is never taken over: signing in makes a new one and ends the old."""
    browser = room.member()
    old = browser.cookies[COOKIE]
    planted = room.visitor()
    planted.cookies.set(COOKIE, "planted", domain="archive.test", path="/")
    assert who(planted) is None
    assert sign_in(planted).status_code == 200
    assert sign_in(browser).status_code == 200
    assert len({old, "planted", planted.cookies[COOKIE], browser.cookies[COOKIE]}) == 4
    thief = room.visitor()
    for token in (old, "planted"):
        thief.cookies.set(COOKIE, token, domain="archive.test", path="/")
        assert who(thief) is None


def test_signing_out_ends_the_token(room: Room) -> None:
    """After signing out a copy of the cookie is worth nothing; a stranger's signing out is harmless."""
    browser = room.member()
    copy = room.visitor()
    copy.cookies.set(COOKIE, browser.cookies[COOKIE], domain="archive.test", path="/")
    assert who(copy) == "lan@example.org"
    assert browser.delete("/api/v1/session").status_code == 204
    assert (who(browser), who(copy)) == (None, None)
    assert COOKIE not in browser.cookies
    assert room.visitor().delete("/api/v1/session").status_code == 204


def test_list_and_end_sign_ins(room: Room) -> None:
    """An account sees where it is signed in and ends any of these, and no one else's."""
    phone, tablet, other = room.member(), room.visitor(), room.member("bao@example.org")
    tablet.headers["user-agent"] = "Tablet\n" + "x" * 400
    assert sign_in(tablet).status_code == 200
    items = phone.get("/api/v1/sessions").json()["items"]
    assert [item["current"] for item in items] == [False, True]
    assert items[0]["user_agent"].startswith("Tablet x")
    assert len(items[0]["user_agent"]) == 300
    assert other.delete(f"/api/v1/sessions/{items[0]['id']}").status_code == 404
    assert who(tablet) == "lan@example.org"
    assert phone.delete(f"/api/v1/sessions/{items[0]['id']}").status_code == 204
    assert (who(tablet), who(phone)) == (None, "lan@example.org")
    assert phone.delete(f"/api/v1/sessions/{items[1]['id']}").status_code == 204
    assert who(phone) is None
    assert phone.get("/api/v1/sessions").status_code == 401


def test_an_unused_sign_in_ends_after_14_days(room: Room) -> None:
    """14 days without use end a sign-in; a day less does not, and reading counts as use."""
    browser = room.member()
    for days, email in ((13, "lan@example.org"), (13, "lan@example.org"), (14, None)):
        with unit(room.sessions) as session:
            session.execute(update(SignInSession).values(seen_at=now() - dt.timedelta(days=days)))
        assert who(browser) == email
    assert browser.get("/api/v1/sessions").status_code == 401


def test_reading_writes_the_moment_down_at_most_every_ten_minutes(room: Room) -> None:
    """A page read a minute later writes nothing; one read after a quarter of an hour does."""
    browser = room.member()

    def seen_after_reading(minutes: int) -> dt.timedelta:
        with unit(room.sessions) as session:
            then = now() - dt.timedelta(minutes=minutes)
            session.execute(update(SignInSession).values(seen_at=then))
        assert who(browser) == "lan@example.org"
        with unit(room.sessions, write=False) as session:
            return now() - session.query(SignInSession).one().seen_at

    assert seen_after_reading(1) >= dt.timedelta(minutes=1)
    assert seen_after_reading(15) < dt.timedelta(minutes=1)


def test_a_sign_in_ends_after_90_days_however_much_it_is_used(room: Room) -> None:
    """The absolute limit is kept in the row and holds although the sign-in was used just now."""
    browser = room.member()
    with unit(room.sessions) as session:
        row = session.query(SignInSession).one()
        assert abs(row.expires_at - now() - dt.timedelta(days=90)) < dt.timedelta(minutes=1)
        row.expires_at = now() - dt.timedelta(seconds=1)
    assert who(browser) is None


def test_disabling_an_account_ends_its_sign_ins(room: Room) -> None:
    """A disabled account is out at once, also when it is enabled again later."""
    browser, other = room.member(), room.member("bao@example.org")
    with unit(room.sessions) as session:
        commands.disable_account(session, OPERATOR, "lan@example.org")
    assert (who(browser), who(other)) == (None, "bao@example.org")
    with unit(room.sessions) as session:
        commands.enable_account(session, OPERATOR, "lan@example.org")
    assert who(browser) is None
    assert sign_in(browser).status_code == 200


def test_a_role_counts_from_the_next_request(room: Room) -> None:
    """The role is read with every request, so taking rights away needs no signing out."""
    browser = room.member(role="admin")
    with unit(room.sessions) as session:
        session.execute(update(Account).values(role="registered"))
    assert browser.get("/api/v1/session").json()["account"]["role"] == "registered"


def test_no_character_of_a_password_is_cut(room: Room) -> None:
    """Passwords that differ only after 200 characters are different, and NUL does not end one."""
    long = "tràng giang, " * 16 + "\0"
    room.member(password=long + "một")
    assert sign_in(room.visitor(), password=long + "hai").status_code == 401
    assert sign_in(room.visitor(), password=long + "một").status_code == 200


def test_a_password_typed_on_another_keyboard(room: Room) -> None:
    """Composed and decomposed letters, and full-width ones, are the same password."""
    room.member(password="chiếc nón lá ABC")
    again = "chie\u0302\u0301c no\u0301n la\u0301 ＡＢＣ"
    assert sign_in(room.visitor(), password=again).status_code == 200


def test_hostile_text_is_only_wrong(room: Room) -> None:
    """Half characters, control characters and very long text give 401 or 422, never 500."""
    room.member()
    for email, password in (
        ("lan@example.org", '"\\ud800"'),
        ('"\\ud800@example.org"', '"x"'),
        ("lan@example.org\0", "x"),
        ("lan@example.org", "x" * 4096),
    ):
        fields = [f if f.startswith('"') else f'"{f}"'.replace("\0", "\\u0000") for f in (email, password)]
        body = f'{{"email": {fields[0]}, "password": {fields[1]}}}'
        answer = room.visitor().post("/api/v1/session", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in {401, 422}, (email, answer.text)


def test_answers_about_accounts_are_kept_by_no_cache(room: Room) -> None:
    """No proxy and no back button shows the next person who was signed in."""
    browser = room.member()
    for path in ("/api/v1/session", "/api/v1/sessions"):
        assert browser.get(path).headers["cache-control"] == "no-store"


def test_another_site_cannot_sign_anybody_in_or_out(room: Room) -> None:
    """An unsafe request from another site's page changes nothing (login and logout CSRF)."""
    browser = room.member()
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.test"}):
        assert browser.delete("/api/v1/session", headers=headers).status_code == 403
        form = {"email": "lan@example.org", "password": PASSWORD}
        assert browser.post("/api/v1/session", json=form, headers=headers).status_code == 403
    assert who(browser) == "lan@example.org"
    assert browser.post("/api/v1/session", data=form).status_code == 422
