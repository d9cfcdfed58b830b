"""Guessing passwords: counted in the database, borne so often, and the owner still comes in."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import update

from app.accounts import queries
from app.accounts.commands.tries import count_try, forgive_try
from app.accounts.domain.limits import (
    MOST_PER_ACCOUNT,
    MOST_PER_ADDRESS,
    MOST_PER_DEVICE,
    MOST_PER_PAIR,
    counters,
    network_of,
)
from app.accounts.models import FailedSignIns
from app.accounts.schemas import TooManyTriesError
from app.kernel.db import unit
from app.kernel.time import now
from tests.factories.databases import kept
from tests.rooms.accounts.conftest import HOME, Room, open_room, sign_in, who

LAN = "lan@example.org"
ELSEWHERE = "203.0.113.9"


def guess(room: Room, email: str, address: str, times: int, *, device: str | None = None) -> int:
    """Count so many tries as ``sign_in`` does, without the slow hash; how many were let through."""
    let_through = 0
    for _ in range(times):
        try:
            with unit(room.sessions) as session:
                count_try(session, counters(email, address, device=device))
        except TooManyTriesError:
            continue
        let_through += 1
    return let_through


def test_the_eleventh_try_is_not_looked_at(room: Room) -> None:
    """Ten wrong tries answer 401 and count; then even the right password answers 429, with a time."""
    room.member()
    for _ in range(MOST_PER_PAIR):
        assert sign_in(room.visitor(), password="not the right words").status_code == 401
    answer = sign_in(room.visitor())
    assert answer.status_code == 429
    assert answer.json()["type"] == "/docs/problems#too-many-tries"
    assert 0 < answer.json()["retry_after_s"] <= 900
    assert answer.headers["retry-after"] == str(answer.json()["retry_after_s"])


def test_another_process_knows_the_count(room: Room) -> None:
    """The count is in the database: a second process on it refuses just the same."""
    room.member()
    assert guess(room, LAN, HOME, MOST_PER_PAIR) == MOST_PER_PAIR
    with open_room(room.settings.data) as second:
        assert sign_in(second.visitor()).status_code == 429
        assert sign_in(second.visitor(ELSEWHERE)).status_code == 200


def test_an_account_that_does_not_exist_counts_the_same(room: Room) -> None:
    """The limit tells nobody whether an address has an account."""
    room.member()
    guess(room, LAN, HOME, MOST_PER_PAIR)
    guess(room, "nobody@example.org", HOME, MOST_PER_PAIR)
    known, unknown = sign_in(room.visitor()), sign_in(room.visitor(), "nobody@example.org")
    assert (known.status_code, unknown.status_code) == (429, 429)
    assert set(known.json()) == set(unknown.json())


def test_the_owner_comes_in_on_a_known_device(room: Room) -> None:
    """Guessing from everywhere, and from the owner's own address, never locks a known device out."""
    owner = room.member()
    assert owner.delete("/api/v1/session").status_code == 204
    for number in range(MOST_PER_ACCOUNT // MOST_PER_PAIR):
        guess(room, LAN, f"198.51.100.{number}", MOST_PER_PAIR)
    guess(room, "others@example.org", HOME, MOST_PER_ADDRESS)
    assert sign_in(room.visitor()).status_code == 429
    assert sign_in(room.visitor(ELSEWHERE)).status_code == 429
    assert sign_in(owner).status_code == 200
    assert who(owner) == LAN


def test_a_known_device_is_limited_too(room: Room) -> None:
    """A stolen device cookie gives ten tries and no more, and only for its own account."""
    room.member("bao@example.org")
    thief = room.member()
    thief.delete("/api/v1/session")
    for _ in range(MOST_PER_DEVICE):
        assert sign_in(thief, password="not the right words").status_code == 401
    assert sign_in(thief).status_code == 429
    guess(room, "bao@example.org", HOME, MOST_PER_PAIR)
    assert sign_in(thief, "bao@example.org").status_code == 429


def test_a_forged_device_is_no_device(room: Room) -> None:
    """A device cookie with another account's or a made-up signature changes nothing."""
    other = room.member("bao@example.org")
    room.member()
    guess(room, LAN, HOME, MOST_PER_PAIR)
    name = "__Host-storybraid-device"
    real = other.cookies[name]
    for mark in (real, real.split(".")[0] + "." + "0" * 64, ".", "x", "x.y"):
        browser = room.visitor()
        browser.cookies.set(name, mark, domain="archive.test", path="/")
        assert sign_in(browser).status_code == 429


def test_tries_at_the_same_moment_all_count(room: Room) -> None:
    """Twenty guessers at once get ten tries between them."""
    start = threading.Barrier(20)
    passed: list[int] = []

    def run() -> None:
        start.wait()
        passed.append(guess(room, LAN, HOME, 1))

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == MOST_PER_PAIR


def test_the_right_password_starts_the_owners_count_anew(room: Room) -> None:
    """Somebody who mistypes nine times and then remembers has ten tries again."""
    room.member()
    assert guess(room, LAN, HOME, MOST_PER_PAIR - 1) == MOST_PER_PAIR - 1
    assert sign_in(room.visitor()).status_code == 200
    assert guess(room, LAN, HOME, MOST_PER_PAIR + 5) == MOST_PER_PAIR


def test_an_own_account_buys_no_more_guesses(room: Room) -> None:
    """A guesser who signs in to an account of their own in between does not clear the address' count."""
    own = counters("eve@example.org", HOME, device=None)
    through = 0
    for number in range(MOST_PER_ADDRESS + 20):
        through += guess(room, f"victim-{number}@example.org", HOME, 1)
        try:
            with unit(room.sessions) as session:
                count_try(session, own)
                forgive_try(session, own)
        except TooManyTriesError:
            continue
    assert through == MOST_PER_ADDRESS


def test_a_window_ends(room: Room) -> None:
    """After a quarter of an hour the tries are forgotten and their rows are gone."""
    guess(room, LAN, HOME, MOST_PER_PAIR + 1)
    with unit(room.sessions) as session:
        session.execute(update(FailedSignIns).values(window_ends_at=now() - dt.timedelta(seconds=1)))
    assert guess(room, "bao@example.org", ELSEWHERE, 1) == 1
    with unit(room.sessions, write=False) as session:
        assert session.query(FailedSignIns).count() == 3
    assert guess(room, LAN, HOME, 1) == 1


def test_refused_tries_do_not_prolong_the_wait(room: Room) -> None:
    """Who goes on guessing waits no longer, and the count stays full, not higher."""
    guess(room, LAN, HOME, MOST_PER_PAIR + 30)
    key = counters(LAN, HOME, device=None)[0].key
    with unit(room.sessions, write=False) as session:
        row = queries.failures(session, key, now())
        assert row is not None
        assert row.failures == MOST_PER_PAIR


def test_the_counts_hold_no_personal_data(room: Room) -> None:
    """Neither the address tried nor the network address is written down."""
    guess(room, LAN, ELSEWHERE, 2)
    files = kept(room.settings)
    assert b"failed_sign_ins" in files
    assert LAN.encode() not in files
    assert ELSEWHERE.encode() not in files


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_one_guesser_holds(address: str, network: str) -> None:
    """An IPv6 guesser holds a /64, so it counts as one address."""
    assert network_of(address) == network
