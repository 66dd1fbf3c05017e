"""Syllabus 6: what the engine and its stages claim; asyncio is the oracle."""
