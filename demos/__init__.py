"""Lessons in asynchronous Python: a folder a chapter, a file each."""
