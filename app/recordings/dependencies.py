"""What routes of recordings need of the process: the store that takes parts itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from app.kernel.errors import NotFoundError
from app.kernel.web import ports_of
from app.ports.object_store import PartReceiver


def part_receiver(request: Request) -> PartReceiver:
    """The store, if its part addresses are ours; else there is no such address."""
    objects = ports_of(request).objects
    if not isinstance(objects, PartReceiver):
        raise NotFoundError
    return objects


Receiver = Annotated[PartReceiver, Depends(part_receiver)]
