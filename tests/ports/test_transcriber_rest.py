"""How long a service that is away is left alone, and by whom it is asked again."""

from __future__ import annotations

import datetime as dt
import email.utils
import time

import pytest

from app.adapters.transcriber_rest import LONGEST_ASKED_S, TranscriberRest, asked_wait
from app.kernel.time import now
from app.ports.transcriber import TranscriberRestsError


def silent(rest: TranscriberRest, asked_s: float | None = None) -> float:
    """One request that gets no answer; how long whoever made it is told to wait."""
    with rest.asking() as began:
        return rest.silent(began, "It is away.", asked_s).again_s


def left(rest: TranscriberRest) -> float:
    """How long everybody else waits; 0 = they may ask."""
    try:
        rest.raise_if_resting()
    except TranscriberRestsError as error:
        return error.again_s
    return 0.0


def test_each_silence_in_a_row_doubles_the_pause_up_to_a_limit() -> None:
    """A service that is away for hours is asked every two minutes, not every second."""
    rest = TranscriberRest(first_s=0.08, longest_s=0.25)
    pauses = []
    for _ in range(4):
        silent(rest)
        pauses.append(left(rest))
        time.sleep(pauses[-1])
    assert pauses == pytest.approx([0.08, 0.16, 0.25, 0.25], abs=0.02)


def test_an_answer_ends_the_pauses() -> None:
    """The next silence is again the first."""
    rest = TranscriberRest(first_s=0.05)
    for _ in range(3):
        silent(rest)
        time.sleep(left(rest))
    with rest.asking() as began:
        rest.answered(began)
    silent(rest)
    assert left(rest) == pytest.approx(0.05, abs=0.02)


def test_while_it_rests_nobody_asks_and_then_one_does() -> None:
    """The others wait until that one knows."""
    rest = TranscriberRest(first_s=0.05)
    silent(rest)
    with pytest.raises(TranscriberRestsError, match=r"It is away\."), rest.asking():
        raise AssertionError
    time.sleep(0.06)
    with rest.asking() as began:
        with pytest.raises(TranscriberRestsError), rest.asking():
            raise AssertionError
        rest.answered(began)
    with rest.asking(), rest.asking():
        pass


def test_a_try_that_ends_in_an_error_of_ours_lets_the_next_one_try() -> None:
    """Nobody is locked out because the one that tried broke off."""
    rest = TranscriberRest(first_s=0.01)
    silent(rest)
    time.sleep(0.02)
    with pytest.raises(ZeroDivisionError), rest.asking():
        raise ZeroDivisionError
    with rest.asking():
        pass


def test_requests_that_were_under_way_together_meet_one_silence() -> None:
    """Four at once do not make the pause eight times longer, and one that is answered late does not end it."""
    rest = TranscriberRest(first_s=0.5)
    began = [time.monotonic() for _ in range(5)]
    for one in began[:4]:
        rest.silent(one, "It is away.")
    rest.answered(began[4])
    assert left(rest) == pytest.approx(0.5, abs=0.05)


def test_what_met_the_silence_waits_longer_than_the_others() -> None:
    """So a request that the service cannot bear is not the first one every time."""
    rest = TranscriberRest(first_s=0.5)
    assert silent(rest) > left(rest) + 0.4


@pytest.mark.parametrize(("asked_s", "pause_s"), [(30.0, 30.0), (0.0, 5.0), (1e9, LONGEST_ASKED_S)])
def test_the_service_says_how_long(asked_s: float, pause_s: float) -> None:
    """What it asks is heeded, but never less than a pause of our own and never more than an hour."""
    rest = TranscriberRest()
    silent(rest, asked_s)
    assert left(rest) == pytest.approx(pause_s, abs=0.1)


def test_a_retry_after_is_seconds_or_a_date() -> None:
    """What is neither says nothing."""
    soon = email.utils.format_datetime(now() + dt.timedelta(seconds=90), usegmt=True)
    past = email.utils.format_datetime(now() - dt.timedelta(days=1), usegmt=True)
    assert asked_wait(soon) == pytest.approx(90, abs=2)
    assert [asked_wait(said) for said in ("120", past)] == [120.0, 0.0]
    nothing = (None, "", "soon", "-5", "Thu, 99 Foo", "Thu, 26 Nov 2026 07:00:00 -0000")
    assert [asked_wait(said) for said in nothing] == [None] * len(nothing)
