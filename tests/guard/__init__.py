"""A folder for PYTHONPATH: with it, a Python reaches this machine only."""

from pathlib import Path

FOLDER = str(Path(__file__).resolve().parent)
