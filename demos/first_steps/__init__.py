"""2. First steps: a coroutine hands the thread over at `await` only."""
