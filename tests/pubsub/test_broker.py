"""The broker alone: whoever has a `flush` can listen, no session, no socket."""

from __future__ import annotations

import asyncio

import pytest

from demos.pubsub.broker import NO_NAMES, Batch, Broker, Kind, Subscriber
from demos.pubsub.resp import ReplyError, request
from tests.virtual import Virtual, run_virtual

NEWS = request("message", "news", "tulip")


class Listener(Subscriber):
    """Keeps what it would send, flush by flush."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def flush(self) -> None:
        parts = [
            each.join(2) if isinstance(each, Batch) else each for each in self.waiting
        ]
        self.sent.append(b"".join(parts))
        self.waiting.clear()


def test_messages_leave_at_the_next_turn_joined() -> None:
    async def scene() -> None:
        broker = Broker()
        one, other = Listener(), Listener()
        for each in one, other:
            broker.subscribe(each, Kind.CHANNELS, b"news")
        assert broker.publish(b"news", b"tulip") == 2
        assert broker.publish(b"news", b"tulip") == 2
        assert broker.publish(b"weather", b"rain") == 0
        assert (one.sent, other.sent) == ([], [])
        await asyncio.sleep(0)
        assert (one.sent, other.sent) == ([NEWS * 2], [NEWS * 2])

    asyncio.run(scene())


class Slow(Listener):
    """Needs some of the virtual loop's time for each write; notes its start."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.starts: list[float] = []

    def flush(self) -> None:
        super().flush()
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Virtual)
        self.starts.append(loop.time())
        loop.skips.now += self.seconds


@pytest.mark.parametrize(
    ("gather", "seconds", "rest"),
    [
        (0.001, 0.0002, 0.0008),  # four times as long as the writing
        (0.001, 0.1, 0.001),  # no longer than was asked
        (0.001, 0.00001, 0),  # not worth it
        (0, 0.1, 0),
    ],
)
def test_right_after_many_writes_messages_wait_for_others(
    gather: float, seconds: float, rest: float
) -> None:
    async def scene() -> None:
        broker, listener = Broker(gather), Slow(seconds)
        broker.subscribe(listener, Kind.CHANNELS, b"news")
        for _ in range(3):
            broker.publish(b"news", b"tulip")
            await asyncio.sleep(0)
        await asyncio.sleep(1)
        joined = [NEWS, NEWS * 2] if rest else [NEWS, NEWS, NEWS]
        assert listener.sent == joined
        first, second, *_ = listener.starts
        assert second - first == pytest.approx(seconds + rest)
        asked = asyncio.get_running_loop().time()
        broker.publish(b"news", b"tulip")
        await asyncio.sleep(0)
        assert listener.starts[-1] == asked  # after a pause: at once

    run_virtual(scene())


def test_who_comes_in_the_midst_of_a_turn_misses_what_was_before() -> None:
    async def scene() -> None:
        broker = Broker()
        early, late = Listener(), Listener()
        broker.subscribe(early, Kind.CHANNELS, b"news")
        broker.publish(b"news", b"rain")
        broker.subscribe(late, Kind.CHANNELS, b"news")
        broker.publish(b"news", b"tulip")
        broker.unsubscribe(early, Kind.CHANNELS, b"news")
        broker.publish(b"news", b"tulip")
        broker.flush()
        assert early.sent == [request("message", "news", "rain") + NEWS]
        assert late.sent == [NEWS * 2]

    asyncio.run(scene())


def test_a_batch_is_written_once_for_each_protocol() -> None:
    batch = Batch({})
    batch.messages += [NEWS, NEWS]
    assert batch.join(2) == NEWS * 2
    assert batch.join(3) == (b">" + NEWS[1:]) * 2
    assert batch.join(2) is batch.join(2)


@pytest.mark.parametrize("kind", Kind)
def test_who_is_forgotten_leaves_nothing(kind: Kind) -> None:
    broker, listener = Broker(), Listener()
    for name in b"a", b"b", b"a":
        broker.subscribe(listener, kind, name)
    assert [*listener.names[kind]] == [*broker.topics[kind]] == [b"a", b"b"]
    assert listener.listens
    broker.forget(listener)
    assert not listener.listens
    assert listener.names is NO_NAMES
    assert broker.topics == NO_NAMES == ({}, {}, {})
    assert broker.expressions == {}


def test_a_pattern_that_is_too_long_changes_nothing() -> None:
    broker, listener = Broker(), Listener()
    with pytest.raises(ReplyError, match="4096 bytes at most"):
        broker.subscribe(listener, Kind.PATTERNS, b"*" * 4097)
    assert not listener.listens
    assert broker.topics == ({}, {}, {})
