"""Looking at several parts beside each other: a silent one holds nobody beyond its time, and one thread."""

from __future__ import annotations

import threading
import time

import pytest

from app.kernel.looks import Looks
from tests.factories.at_once import at_once


class Gate:
    """A part that answers once it is opened, and counts how often it was looked at."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.looks = 0

    def look(self) -> int:
        """The how many-th look this was."""
        self.looks += 1
        number = self.looks
        self.opened.wait(20)
        return number


def test_a_silent_part_holds_nobody_up() -> None:
    """The others' answers and errors are there at the end of the time, which is one for all."""

    def broken() -> None:
        message = "away"
        raise OSError(message)

    gates = [Gate(), Gate()]
    began = time.monotonic()
    seen = Looks(1).at({"first": gates[0].look, "second": gates[1].look, "well": lambda: 7, "ill": broken})
    assert 0.9 < time.monotonic() - began < 1.9
    assert (seen["first"], seen["second"]) == (None, None)
    assert seen["well"] is not None
    assert seen["well"].result() == 7
    assert seen["ill"] is not None
    with pytest.raises(OSError, match="away"):
        seen["ill"].result()
    for gate in gates:
        gate.opened.set()


def test_a_part_is_looked_at_once_at_a_time() -> None:
    """While a look goes on no other begins; who comes after its time hears so at once. Then it is looked at anew."""
    gate, looks = Gate(), Looks(0.2)
    assert looks.at({"part": gate.look})["part"] is None
    began = time.monotonic()
    for _ in range(20):
        assert looks.at({"part": gate.look})["part"] is None
    assert time.monotonic() - began < 2, "twenty times the time would be four seconds"
    assert (gate.looks, [one.name for one in threading.enumerate()].count("look-part")) == (1, 1)

    def open_it() -> None:
        gate.opened.set()
        time.sleep(0.1)

    assert looks.at({"opener": open_it, "part": gate.look})["part"] is None, "what came too late is no answer"
    until = time.monotonic() + 5
    while (seen := looks.at({"part": gate.look})["part"]) is None and time.monotonic() < until:
        time.sleep(0.01)
    assert seen is not None
    assert seen.result() == 2


def test_who_asks_meanwhile_shares_the_look() -> None:
    """Two that ask at the same time both have the answer of one look."""
    gate, looks = Gate(), Looks(5)

    def ask() -> int | None:
        seen = looks.at({"part": gate.look})["part"]
        return None if seen is None else seen.result()

    def open_soon() -> None:
        time.sleep(0.3)
        gate.opened.set()

    assert at_once([ask, ask, open_soon]) == [1, 1, None]
    assert gate.looks == 1
