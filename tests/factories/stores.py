"""A store looked at from behind: what lies in it, what uploads still hold of it, and how it is when it is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import singledispatch
from typing import TYPE_CHECKING

from app.adapters.objects_local import LocalObjectStore
from app.adapters.objects_s3 import S3ObjectStore

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.ports.object_store import ObjectStore

INCOMING = "incoming/"


@singledispatch
def keys_of(store: ObjectStore) -> list[str]:
    """The key of every object, in order; nothing of uploads on their way."""
    raise NotImplementedError(store)


@singledispatch
def held_uploads(store: ObjectStore) -> set[str]:
    """The names (the first word of the ref) of all uploads of which anything at all takes room."""
    raise NotImplementedError(store)


@singledispatch
def taken_away(store: ObjectStore) -> AbstractContextManager[None]:
    """While it lasts the store, which must hold nothing, is not there."""
    raise NotImplementedError(store)


@keys_of.register
def _(store: LocalObjectStore) -> list[str]:
    files = (path.relative_to(store._root) for path in store._root.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if path.parts[0] != "tmp")


@held_uploads.register
def _(store: LocalObjectStore) -> set[str]:
    return {path.relative_to(store._tmp).parts[0] for path in store._tmp.rglob("*")}


@taken_away.register
@contextmanager
def _(store: LocalObjectStore) -> Iterator[None]:
    aside = store._root.rename(store._root.with_name("aside"))
    store._root.write_text("in the way")
    try:
        yield
    finally:
        store._root.unlink()
        aside.rename(store._root)


@keys_of.register
def _(store: S3ObjectStore) -> list[str]:
    return sorted(key for key in _all_keys(store) if not key.startswith(INCOMING))


@held_uploads.register
def _(store: S3ObjectStore) -> set[str]:
    begun = [u["Key"] for page in store._calls.pages("list_multipart_uploads") for u in page.get("Uploads", [])]
    keys = [key for key in (*begun, *_all_keys(store)) if key.startswith(INCOMING)]
    return {key.removeprefix(INCOMING).split("/")[0].split(".")[0] for key in keys}


@taken_away.register
@contextmanager
def _(store: S3ObjectStore) -> Iterator[None]:
    store._calls.work("delete_bucket")
    try:
        yield
    finally:
        store.set_up()


def _all_keys(store: S3ObjectStore) -> list[str]:
    pages = store._calls.pages("list_objects_v2")
    return [found["Key"] for page in pages for found in page.get("Contents", [])]
