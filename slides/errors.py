"""What can go wrong with a speaker watching: one line, and an exit code."""


class Problem(Exception):
    """An expected failure, told in one line that says what to do next.

    `status` is the exit code of the command: 1 when the work failed, 2 when
    the command line asked for something that doesn't exist.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
