"""The production object store: a private bucket behind an S3 address."""

from __future__ import annotations

from app.adapters.objects_s3.store import S3ObjectStore

__all__ = ["S3ObjectStore"]
