"""The servers that tests here share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pubsub.servers import Server, redis_server, stub_server


@pytest.fixture(scope="session")
def redis() -> Iterator[Server]:
    """A real Redis, empty, without a password."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_8() -> Iterator[Server]:
    """Redis 8, where `make test-newest` has made its Debian."""
    with redis_server(newer="Redis 8") as server:
        yield server


@pytest.fixture(scope="session")
def valkey_9() -> Iterator[Server]:
    """Valkey 9, from the same."""
    with redis_server(newer="Valkey 9") as server:
        yield server


@pytest.fixture(scope="session")
def stub() -> Iterator[Server]:
    """Our stub, as `python -m demos.pubsub.stub` runs it."""
    with stub_server() as server:
        yield server
