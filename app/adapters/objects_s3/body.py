"""The bytes of an object as a stream that goes on where a broken line left it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from app.adapters.objects_s3.calls import Calls

from app.adapters.objects_s3.calls import SILENT
from app.ports.object_store import StoreRestsError

_MOST_BREAKS: Final = 3
"""In a row, without a byte between."""


class Body(io.RawIOBase):
    """Reads with the short wait; raises ``StoreRestsError`` when the store stays silent."""

    def __init__(self, calls: Calls, key: str, start: int, end: int | None) -> None:
        """Opens it at once; raises ``ObjectMissingError``, ``EmptyRangeError``, ``StoreRestsError``."""
        self._calls = calls
        self._key = key
        self._at = start
        self._end = end
        self._etag = ""
        self._source: Any = None
        self._open()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Bytes that are there, 0 at the end."""
        view = memoryview(buffer).cast("B")
        breaks = 0
        while self._end is None or self._at < self._end:
            try:
                if self._source is None:
                    self._open()
                chunk = self._source.read(len(view))
            except StoreRestsError:
                raise
            except SILENT as error:
                self._drop()
                breaks += 1
                if breaks == _MOST_BREAKS:
                    self._calls.rest.silent()
                    raise StoreRestsError from error
                continue
            if not chunk:
                break
            view[: len(chunk)] = chunk
            self._at += len(chunk)
            return len(chunk)
        return 0

    def close(self) -> None:
        """Give the line back."""
        self._drop()
        super().close()

    def _open(self) -> None:
        wanted: dict[str, Any] = {"Key": self._key}
        if self._at or self._end is not None:
            wanted["Range"] = f"bytes={self._at}-{'' if self._end is None else self._end - 1}"
        if self._etag:
            wanted["IfMatch"] = self._etag
        answer = self._calls.ask("get_object", **wanted)
        self._etag = answer["ETag"]
        self._end = self._at + answer["ContentLength"]
        self._source = answer["Body"]

    def _drop(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()
