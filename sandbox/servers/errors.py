"""The one error of the servers: a message for the person who runs the sandbox."""


class ServerError(Exception):
    """A server cannot be made, started or stopped; says why and what to do."""
