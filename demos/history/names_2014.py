"""What asyncio named in 2014 is still there, but for a few names.

    $ python names_2014.py
    67 public names in the asyncio of Python 3.4.0
    64 of them in today's
    JoinableQueue left in 3.5
    async left in 3.7
    coroutine left in 3.11

3.14 and newer:

    $ python names_2014.py
    67 public names in the asyncio of Python 3.4.0
    59 of them in today's
    get_child_watcher left in 3.14
    set_child_watcher left in 3.14
    AbstractChildWatcher left in 3.14
    FastChildWatcher left in 3.14
    SafeChildWatcher left in 3.14
    JoinableQueue left in 3.5
    async left in 3.7
    coroutine left in 3.11

The names are those of `asyncio.__all__` in 3.4.0, on Linux and macOS;
what is left of them is asked of the Python that runs. A keyword, a
decorator and an alias have gone, then in 3.14 what watched children.
A name that stays may do less: `sleep`, `Lock`, `Queue` and others
refuse `loop=` since 3.10.
"""

import asyncio
import sys
import warnings


def names_for_loops() -> list[str]:
    """Name what served the loop, its transports and protocols."""
    names = """
        AbstractEventLoop AbstractEventLoopPolicy AbstractServer
        BaseProtocol BaseTransport DatagramProtocol DatagramTransport
        DefaultEventLoopPolicy Handle Protocol ReadTransport
        SelectorEventLoop SubprocessProtocol SubprocessTransport
        TimerHandle Transport WriteTransport get_child_watcher
        get_event_loop get_event_loop_policy new_event_loop
        set_child_watcher set_event_loop set_event_loop_policy"""
    if sys.platform != "win32":
        names += " AbstractChildWatcher FastChildWatcher"
        names += " SafeChildWatcher open_unix_connection"
        names += " start_unix_server"
    return names.split()


def names_for_coroutines() -> list[str]:
    """Name what coroutines were written with."""
    names = """
        ALL_COMPLETED BoundedSemaphore CancelledError Condition Event
        FIRST_COMPLETED FIRST_EXCEPTION Future IncompleteReadError
        InvalidStateError JoinableQueue LifoQueue Lock PriorityQueue
        Queue QueueEmpty QueueFull Semaphore StreamReader
        StreamReaderProtocol StreamWriter Task TimeoutError
        as_completed async coroutine create_subprocess_exec
        create_subprocess_shell gather iscoroutine iscoroutinefunction
        open_connection shield sleep start_server wait wait_for
        wrap_future"""
    return names.split()


def gone(names: list[str]) -> list[str]:
    """Choose the names that today's asyncio does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # to look is not to use
        return [name for name in names if not hasattr(asyncio, name)]


def farewells() -> dict[str, str]:
    """Tell in which version each name left."""
    watchers = """
        AbstractChildWatcher FastChildWatcher SafeChildWatcher
        get_child_watcher set_child_watcher"""
    return {
        "JoinableQueue": "3.5",
        "async": "3.7",
        "coroutine": "3.11",
        **dict.fromkeys(watchers.split(), "3.14"),
    }


async def main() -> None:
    """Count the names, and say which have left."""
    names = names_for_loops() + names_for_coroutines()
    left, when = gone(names), farewells()
    print(len(names), "public names in the asyncio of Python 3.4.0")
    print(len(names) - len(left), "of them in today's")
    for name in left:
        print(name, "left in", when.get(name, "a later version"))


if __name__ == "__main__":
    asyncio.run(main())
