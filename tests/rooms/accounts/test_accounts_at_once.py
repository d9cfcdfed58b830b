"""Links and sign-ins at the same moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.accounts import commands as accounts
from app.accounts.commands.hashing import hash_password
from app.accounts.models import Account, Invitation, SignInSession
from app.accounts.schemas import Actor, LinkUsedError, WrongSignInError
from tests.factories.at_once import at_once, rows, while_open, writing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.factories.archive import TestArchive

PASSWORD = "kalamansi, bagoong at tuyo"
OPERATOR = Actor.as_operator("tester")


def test_a_link_works_once_however_many_press_the_button(archive: TestArchive) -> None:
    """Six who use one set-up link at the same moment make one admin between them."""
    token = archive.in_unit(accounts.make_set_up_link)
    assert token is not None
    use = partial(accounts.accept, archive.ports.sessions, token, name="Lan", password=PASSWORD)
    got = at_once([partial(use, email=f"lan{n}@example.org") for n in range(6)])
    assert sorted(isinstance(part, LinkUsedError) for part in got) == [False] + [True] * 5
    assert len(rows(archive, Account)) == 1


def test_only_the_newest_link_is_good(archive: TestArchive) -> None:
    """Six set-up links and six invitations made at the same moment leave one good one of each."""
    at_once([writing(archive, accounts.make_set_up_link)] * 6)
    at_once([writing(archive, lambda s: accounts.invite(s, OPERATOR, "bao@example.org", "volunteer"))] * 6)
    assert sorted(row.kind for row in rows(archive, Invitation)) == ["invite", "setup"]


def test_a_new_password_ends_also_the_sign_in_that_is_being_made(archive: TestArchive) -> None:
    """Who signs in with the old password while the new one is being set does not stay signed in."""
    token = archive.in_unit(lambda s: accounts.invite(s, OPERATOR, "lan@example.org", "volunteer"))
    accounts.accept(archive.ports.sessions, token, email=None, name="Lan", password=PASSWORD)
    account = rows(archive, Account)[0]
    another = hash_password("wala nang iba pang salita")

    def reset(session: Session) -> None:
        found = session.get(Account, account.id)
        assert found is not None
        found.password_hash = another
        session.flush()
        session.query(SignInSession).delete()

    def sign_in() -> object:
        try:
            return accounts.sign_in(archive.ports.sessions, "lan@example.org", PASSWORD, address="192.0.2.1")
        except WrongSignInError as error:
            return error

    got = while_open(archive.ports.sessions, reset, sign_in, pause_s=2.0)  # a password is looked at slowly
    assert isinstance(got, WrongSignInError)
    assert rows(archive, SignInSession) == []
