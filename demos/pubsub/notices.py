"""Keyspace notifications: what becomes of a key, as messages.

    __keyspace@0__:tulip    set
    __keyevent@0__:set      tulip

None is sent unless `notify-keyspace-events` says which: `K` and `E` are
the two channels above, the other letters are classes of events, `A` all
of these but `m` and `n`. The stub's commands have events of `g`, `$`,
`x`, `m` and `n`.

Source:
https://redis.io/docs/latest/develop/pubsub/keyspace-notifications
"""

from demos.pubsub.broker import Broker

ALL = "g$lshzxetd"
"""What `A` means."""

LETTERS = ALL + "nKEm"
"""The letters of the setting, in the order that Redis writes them."""


class Notices:
    """What becomes of keys, told to who listens."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.wanted = ""

    def __str__(self) -> str:
        letters = "".join(
            each for each in LETTERS if each in self.wanted
        )
        if letters.startswith(ALL):
            return "A" + letters.removeprefix(ALL).lstrip("n")
        return letters

    def want(self, letters: str) -> None:
        """Tell of events of these classes, by these channels."""
        self.wanted = letters

    def tell(
        self, index: int, letter: str, event: bytes, key: bytes
    ) -> None:
        """Publish an event of a class, in the database `index`."""
        if letter not in self.wanted:
            return
        if "K" in self.wanted:
            channel = b"__keyspace@%d__:%b" % (index, key)
            self.broker.publish(channel, event)
        if "E" in self.wanted:
            channel = b"__keyevent@%d__:%b" % (index, event)
            self.broker.publish(channel, key)


def events(letters: str) -> str:
    """Read the setting. Raises ValueError for another letter."""
    wanted = letters.replace("A", ALL)
    if not set(wanted) <= set(LETTERS):
        raise ValueError(
            "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
        )
    return wanted
