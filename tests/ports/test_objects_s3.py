"""A bucket of a real S3 server as an object store: the contract, and what only a store elsewhere can do wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.adapters.objects_s3 import S3ObjectStore
from app.ports.object_store import ObjectStore
from tests.factories.bucket import a_bucket, deliver, store_of
from tests.ports.object_store_contract import Deliver, ObjectStoreContract

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def shared() -> S3ObjectStore:
    """One bucket for this file."""
    return store_of(a_bucket())


class TestS3ObjectStore(ObjectStoreContract):
    """The contract on a bucket."""

    @pytest.fixture
    def store(self, shared: S3ObjectStore) -> Iterator[ObjectStore]:
        """The store under test."""
        yield shared  # noqa: PT022  as in the contract

    @pytest.fixture
    def deliver(self, store: ObjectStore) -> Deliver:
        """Bytes go from the sender straight to the store."""
        del store
        return deliver
