"""What processes have each for themselves, and threads share: quick to import."""

import os
import sys

SHARED: list[int] = []


def leave_a_trace() -> None:
    """Write in memory; exit with what is there."""
    SHARED.append(os.getpid())
    sys.exit(len(SHARED))
