"""Which passwords are taken, and the pool that hashes them."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.commands.hashing import AT_ONCE, IN_LINE, check_password, hash_password
from app.accounts.domain.email import composed_email
from app.accounts.domain.password import flaw
from app.kernel.errors import UnavailableError


@pytest.mark.parametrize(
    "password",
    [
        "kalamansi, bagoong",
        "祖母が話した昔の物語です本当",
        "bà ngoại kể chuyện",
        "할머니께서 들려주신 이야기",
        "दादी की पुरानी कहानी",
        "🦜🌊🍚🥭🧵🪁🐉🏮🎐🪕🥢🧶",
        "tR0ub4dor&3xy",
        "734-1905-62-88-4410",
    ],
)
def test_a_few_words_in_any_script_are_taken(password: str) -> None:
    """No kind of character is demanded and none forbidden."""
    assert flaw(password, "lan@example.org", "Lan") is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("ﬁﬁﬁﬁﬁ", "at least 12"),
        ("x" * 1025, "at most 1024"),
        ("aaaaaaaaaaaa", "repeats"),
        ("abcabcabcabc", "repeats"),
        ("密码密码密码密码密码密码", "repeats"),
        ("123456789012", "repeats"),
        ("abcdefghijkl", "repeats"),
        ("zyxwvutsrqpo", "repeats"),
        ("password1234", "tried first"),
        ("Password!2026", "tried first"),
        ("passwordpassword", "tried first"),
        ("1234567890qwertyuiop", "tried first"),
        ("iloveyou!!!!!!", "tried first"),
        ("ＰＡＳＳＷＯＲＤ１２３４", "tried first"),
        ("storybraid2026", "your own"),
        ("lan.nguyen@example.org", "your own"),
        ("Nguyễn Thị Lan 1", "your own"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, says: str) -> None:
    """Short, repeated, counted, common and own-name passwords are refused with their reason."""
    why = flaw(password, "lan.nguyen@example.org", "Nguyễn Thị Lan", "storybraid")
    assert why is not None
    assert says in why


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_gets_an_answer(password: str, name: str) -> None:
    """No text breaks the rules, and the answer is the same for the composed and decomposed form."""
    answer = flaw(password, name)
    assert answer is None or answer.endswith((".", "words."))
    assert flaw(unicodedata.normalize("NFD", password), name) == answer
    if answer is None:
        assert len(unicodedata.normalize("NFKC", password)) >= 12


@given(st.text(max_size=60))
def test_an_address_is_kept_in_one_form(text: str) -> None:
    """What is kept is kept the same when it is read again, composed and in lower case."""
    email = composed_email(text)
    if email is not None:
        assert composed_email(email) == email
        assert composed_email(f"  {email.upper()} ") in {email, composed_email(email.upper())}
        assert email == unicodedata.normalize("NFC", email)


def test_a_flood_is_told_to_come_back() -> None:
    """Of forty who sign in at once ten are served and the rest read that nothing is lost."""
    kept = hash_password("kalamansi, bagoong")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    start = threading.Barrier(40)
    served: list[bool] = []
    refused: list[UnavailableError] = []

    def run() -> None:
        start.wait()
        try:
            served.append(check_password("kalamansi, bagoong", kept)[0])
        except UnavailableError as error:
            refused.append(error)

    threads = [threading.Thread(target=run) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(served) + len(refused) == 40
    assert len(served) >= AT_ONCE + IN_LINE
    assert all(served)
    assert refused
    assert refused[0].status == 503
    assert check_password("kalamansi, bagoong", kept) == (True, None)


def test_no_hash_is_never_right() -> None:
    """An account without a password, or none at all, is not signed in by any password."""
    assert check_password("", None)[0] is False
    assert check_password("kalamansi, bagoong", None)[0] is False
