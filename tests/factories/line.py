"""A line to a server that can be held, cut or closed: what networks do, on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

CHUNK_BYTES = 64 * 1024


class Line:
    """Listens on a port of its own and passes every connection on to the server's."""

    def __init__(self, port: int) -> None:
        """``port`` is the server's, on loopback."""
        self._server = ("127.0.0.1", port)
        self._flows = threading.Event()
        self._flows.set()
        self._cut_after: int | None = None
        self._ended = False
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0

    def __enter__(self) -> Self:
        """Pass on from now on."""
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close everything."""
        self._ended = True
        self._flows.set()
        # A listener that another thread waits on ends only when it is shut down.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def hold(self) -> None:
        """No answer comes any more; the server still hears."""
        self._flows.clear()

    def release(self) -> None:
        """Answers come again, the held ones too."""
        self._flows.set()

    def cut_after(self, answer_bytes: int) -> None:
        """Cut the next connection that has carried so many bytes of answers, once."""
        self._cut_after = answer_bytes

    def drop(self) -> None:
        """Cut every connection that is open."""
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(self._server, timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._open |= {client, server}
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool) -> None:  # noqa: FBT001  a direction
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                if answers:
                    self._flows.wait()
                    passed += len(data)
                    if self._cut_after is not None and passed > self._cut_after:
                        self._cut_after = None
                        break
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        if answers:
            for one in (source, target):
                self._open.discard(one)
                one.close()
