"""What can go wrong with a speaker watching: one line, and an exit code."""


class Problem(Exception):
    """An expected failure, told in one line that says what to do next.

    `status` is the exit code of the command: 1 when the work failed, 2 when
    the command line asked for something that doesn't exist.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def missing(error: ModuleNotFoundError) -> str:
    """Say which package is missing, and what to do; raise again if it is our own."""
    if (error.name or "").split(".")[0] in {"slides", "demos", "media"}:
        raise error
    target, extra = "present", "stage"
    if error.name == "playwright":
        target, extra = "install-test", "test"
    return (
        f"the package {error.name} is missing: run `make {target}`, then use"
        f" .venv/bin/python; or `pip install '.[{extra}]'`."
    )
