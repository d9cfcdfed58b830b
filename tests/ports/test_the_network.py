"""What tests reach: this machine, and of others the engine that MEILI_URL names."""

from __future__ import annotations

import socket

import pytest

from tests.conftest import close_network

OF_THE_ENGINE, ANOTHER = "127.0.0.2", "127.0.0.3"
"""Of this machine too, and by no name that stands for it."""
CLOSED = "A test tried to use socket"
"""The plugin warns before it raises, and a warning is an error here."""


def reach(server: socket.socket) -> None:
    """One line to it, which it need not take."""
    socket.create_connection(server.getsockname(), timeout=5).close()


@pytest.mark.parametrize("address", ["http://{}:{}", "https://{}:{}/"])
def test_only_the_engine_of_another_machine_is_reached(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Whoever names an engine somewhere gets the contract run on it; every other host stays closed."""
    with socket.create_server((OF_THE_ENGINE, 0)) as engine, socket.create_server((ANOTHER, 0)) as another:
        monkeypatch.delenv("MEILI_URL", raising=False)
        close_network()
        with pytest.raises(UserWarning, match=CLOSED):
            reach(engine)
        monkeypatch.setenv("MEILI_URL", address.format(*engine.getsockname()))
        close_network()
        reach(engine)
        with pytest.raises(UserWarning, match=CLOSED):
            reach(another)
