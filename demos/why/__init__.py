"""1. Why asynchronous: a program waits for others most of its time."""
