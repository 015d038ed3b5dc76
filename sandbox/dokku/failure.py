"""How a command ends early: with Dokku's ` !     ` message, or silently with a status."""


class Fail(Exception):
    """A refusal in Dokku's words; `code` is the exit status."""

    def __init__(self, message: str = "", code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Abort(Fail):
    """The end of the whole process and not only of a step (bash's `exit` inside a function)."""


def missing_app(app: str) -> Fail:
    """Name the missing app as every command does (status 20)."""
    return Fail(f"App {app} does not exist", 20)
