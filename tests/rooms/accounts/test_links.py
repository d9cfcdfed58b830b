"""One-time links: the first admin's set-up, invitations, new passwords."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import update

from app.accounts import commands
from app.accounts.domain.links import link_address
from app.accounts.models import Account, Invitation
from app.accounts.schemas import AccountExistsError, Actor
from app.kernel.db import unit
from app.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from app.kernel.time import now
from tests.factories.databases import kept
from tests.rooms.accounts.conftest import OPERATOR, PASSWORD, Room, accept, sign_in, who

LOOK = "/api/v1/invitations/look"


def set_up_link(room: Room) -> str | None:
    """What a start of the archive prints."""
    with unit(room.sessions) as session:
        return commands.make_set_up_link(session)


def test_the_set_up_link_makes_the_first_admin_once(room: Room) -> None:
    """The set-up link makes one admin, who is signed in; used again it is a 404, and no other is made."""
    token = set_up_link(room)
    assert token
    browser = room.visitor()
    assert browser.get("/api/v1/session").json() == {
        "account": None,
        "set_up": False,
        "insecure": False,
    }
    answer = accept(browser, token, email="Ada@Example.org", name="Ada")
    assert answer.status_code == 200
    body = answer.json()
    assert body["set_up"] is True
    assert (body["account"]["email"], body["account"]["role"]) == ("ada@example.org", "admin")
    assert who(browser) == "ada@example.org"
    again = accept(room.visitor(), token, email="eve@example.org")
    assert (again.status_code, again.json()["type"]) == (404, "/docs/problems#link-used")
    assert set_up_link(room) is None


def test_a_new_set_up_link_ends_the_old_one(room: Room) -> None:
    """Of two starts only the later one's link works."""
    old, new = set_up_link(room), set_up_link(room)
    assert old
    assert new
    assert room.visitor().post(LOOK, json={"token": old}).status_code == 404
    assert accept(room.visitor(), old, email="eve@example.org").status_code == 404
    assert accept(room.visitor(), new, email="ada@example.org").status_code == 200


def test_a_set_up_link_is_dead_once_there_is_an_admin(room: Room) -> None:
    """A set-up link that was never used makes no second admin after an admin came another way."""
    token = set_up_link(room)
    assert token
    room.member("ada@example.org", "admin")
    assert room.visitor().post(LOOK, json={"token": token}).status_code == 404
    assert accept(room.visitor(), token, email="eve@example.org").status_code == 404


def test_the_set_up_needs_an_address(room: Room) -> None:
    """Without an e-mail address the set-up says so and the link stays good."""
    token = set_up_link(room)
    assert token
    answer = accept(room.visitor(), token)
    assert (answer.status_code, answer.json()["type"]) == (400, "/docs/problems#bad-input")
    assert accept(room.visitor(), token, email="ada@example.org").status_code == 200


def test_looking_at_a_link_changes_nothing(room: Room) -> None:
    """A mail scanner that opens the link, and posts what the page posts first, uses nothing up."""
    token = room.invite("lan@example.org", "archivist")
    for _ in range(3):
        seen = room.visitor().post(LOOK, json={"token": token})
        assert seen.json() == {"kind": "invite", "email": "lan@example.org", "role": "archivist"}
        assert "set-cookie" not in seen.headers
    answer = accept(room.visitor(), token)
    assert answer.json()["account"]["role"] == "archivist"


def test_an_invitation_knows_its_own_address(room: Room) -> None:
    """Whoever holds the link cannot make an account of another address or role with it."""
    token = room.invite("lan@example.org", "registered")
    answer = accept(room.visitor(), token, email="admin@example.org")
    assert answer.json()["account"]["email"] == "lan@example.org"
    assert accept(room.visitor(), room.invite("b@example.org"), role="admin").status_code == 422


def test_a_weak_password_leaves_the_link_good(room: Room) -> None:
    """A refused password costs nothing: the sentence says why and the link still works."""
    token = room.invite()
    answer = accept(room.visitor(), token, password="password1234")
    assert (answer.status_code, answer.json()["type"]) == (400, "/docs/problems#weak-password")
    assert accept(room.visitor(), token).status_code == 200


def test_a_link_ends(room: Room) -> None:
    """After its days a link is as if it were not there."""
    token = room.invite()
    with unit(room.sessions) as session:
        session.execute(update(Invitation).values(expires_at=now() - dt.timedelta(seconds=1)))
    assert room.visitor().post(LOOK, json={"token": token}).status_code == 404
    assert accept(room.visitor(), token).status_code == 404


def test_a_second_invitation_ends_the_first(room: Room) -> None:
    """Inviting an address again leaves one link, of the newer role."""
    first = room.invite(role="admin")
    second = room.invite(role="registered")
    assert accept(room.visitor(), first).status_code == 404
    assert accept(room.visitor(), second).json()["account"]["role"] == "registered"


def test_two_who_press_the_button_at_once(room: Room) -> None:
    """Of eight who use the same link at the same moment one comes in and seven read that it was used."""
    token = room.invite()
    start = threading.Barrier(8)
    codes: list[int] = []

    def press() -> None:
        browser = room.visitor()
        start.wait()
        codes.append(accept(browser, token).status_code)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [404] * 7


@pytest.mark.parametrize("role", ["registered", "researcher", "volunteer", "archivist"])
def test_only_admins_invite(room: Room, role: str) -> None:
    """A link never gives rights that its maker may not give."""
    actor = Actor("01890000-0000-7000-8000-000000000000", role)  # type: ignore[arg-type]
    with unit(room.sessions) as session:
        with pytest.raises(NotAllowedError):
            commands.invite(session, actor, "lan@example.org", "registered")
        with pytest.raises(NotAllowedError):
            commands.make_reset_link(session, actor, "lan@example.org")
        with pytest.raises(NotAllowedError):
            commands.disable_account(session, actor, "lan@example.org")


def test_what_cannot_be_invited(room: Room) -> None:
    """No address, no role, or an address that has an account: a sentence and no link."""
    room.member("lan@example.org")
    with unit(room.sessions) as session:
        for email in ("", "lan", "a b@example.org", "@example.org", "x" * 330 + "@example.org"):
            with pytest.raises(BadInputError):
                commands.invite(session, OPERATOR, email, "registered")
        with pytest.raises(BadInputError):
            commands.invite(session, OPERATOR, "new@example.org", "stranger")
        with pytest.raises(AccountExistsError):
            commands.invite(session, OPERATOR, "LAN@example.org", "registered")
        assert session.query(Invitation).filter_by(used_at=None).count() == 0


def test_an_address_in_any_script_is_one_account(room: Room) -> None:
    """An address composed or not, in capitals or not, is the same account."""
    browser = room.member("Nguyễn@Ví-dụ.example")
    assert who(browser) == "nguyễn@ví-dụ.example"
    assert sign_in(room.visitor(), "NGUYÊ\u0303N@vi\u0301-dụ.example").status_code == 200


def test_a_new_password_signs_everybody_out(room: Room) -> None:
    """A reset link sets the password once; whoever was signed in with the old one is out."""
    thief = room.member()
    with unit(room.sessions) as session:
        token = commands.make_reset_link(session, OPERATOR, "lan@example.org")
    fresh = "sinigang sa sampalok"
    owner = room.visitor()
    assert owner.post(LOOK, json={"token": token}).json()["kind"] == "reset"
    assert accept(owner, token, password=fresh).status_code == 200
    assert (who(owner), who(thief)) == ("lan@example.org", None)
    assert sign_in(room.visitor(), password=PASSWORD).status_code == 401
    assert sign_in(room.visitor(), password=fresh).status_code == 200
    assert accept(room.visitor(), token, password=fresh).status_code == 404
    with unit(room.sessions, write=False) as session:
        assert session.query(Account).one().name == "Lan"


def test_a_disabled_account_gets_no_new_password(room: Room) -> None:
    """Neither a reset link made before nor one made after lets a disabled account in."""
    room.member()
    with unit(room.sessions) as session:
        token = commands.make_reset_link(session, OPERATOR, "lan@example.org")
        commands.disable_account(session, OPERATOR, "lan@example.org")
        with pytest.raises(NotFoundError):
            commands.make_reset_link(session, OPERATOR, "lan@example.org")
    assert accept(room.visitor(), token).status_code == 404


def test_no_token_is_kept(room: Room) -> None:
    """The database file holds neither the link's token nor the session's, nor the password."""
    token = room.invite()
    browser = room.visitor()
    accept(browser, token)
    cookie = browser.cookies["__Host-storybraid"]
    assert len(cookie) >= 43
    files = kept(room.settings)
    assert b"lan@example.org" in files
    for secret in (token, cookie, PASSWORD):
        assert secret.encode() not in files


def test_the_token_stands_in_the_fragment() -> None:
    """Browsers send a fragment to no server, so no log holds the token."""
    assert link_address("https://a.test", "setup", "t0k") == "https://a.test/set-up#t0k"
    assert link_address("https://a.test", "invite", "t0k") == "https://a.test/invitation#t0k"
