"""A worker's watch over the search index: an older one is filled anew beside the work, while the old one answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from app.kernel.logging import log
from app.ports.search_index import SearchUnavailableError
from app.search.commands import renew_index

if TYPE_CHECKING:
    from app.ports import Ports

LOOK_S = 60.0
"""How often the index is looked at: it may have been lost, or another process may have died while it filled one."""
logger = log("renewing")


class Renewing:
    """One thread; what it began and did not finish is nothing, and is begun again by whoever looks next."""

    def __init__(self, ports: Ports) -> None:
        """Nothing is looked at yet."""
        self._ports = ports
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="renewing", daemon=True)

    def start(self) -> None:
        """Look now, and again and again."""
        self._thread.start()

    def stop(self, patience_s: float = 0.2) -> None:
        """Break off what is being filled, which leaves the old index as it is."""
        self._stopping.set()
        self._thread.join(patience_s)

    def _watch(self) -> None:
        said = ""
        while True:
            try:
                renew_index(self._ports, stopping=self._stopping.is_set)
                said = ""
            except SearchUnavailableError as error:
                # Once for each reason: a worker that may not make the index is told the same every minute.
                if not self._stopping.is_set() and str(error) != said:
                    said = str(error)
                    logger.warning("search_index_not_renewed", why=said)
            except Exception:
                # Also where the database is away: the old index stays, and this is asked again.
                logger.exception("search_index_not_renewed")
            if self._stopping.wait(LOOK_S):
                return
