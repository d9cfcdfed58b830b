"""The embedded object store: a folder on this machine."""

from __future__ import annotations

from app.adapters.objects_local.store import LocalObjectStore

__all__ = ["LocalObjectStore"]
