"""The datastore plugins that the sandbox's host has installed, and how they differ in words.

Light on purpose: the dispatcher reads this for every command.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One datastore plugin as its own configuration describes it."""

    name: str
    title: str
    version: str
    port: int
    alias: str
    image: str
    image_version: str
    config_folder: str
    password_bytes: int

    @property
    def other_alias(self) -> str:
        """The first word of the variable that is set when the usual one is taken."""
        return f"DOKKU_{self.name.upper()}"

    @property
    def description(self) -> str:
        """What `plugin:list` says."""
        return f"dokku {self.name} service plugin"


KINDS = {
    kind.name: kind
    for kind in (
        # The image is a label: what runs is the PostgreSQL and the Redis of the machine.
        Kind("postgres", "Postgres", "1.48.0", 5432, "DATABASE", "postgres", "18.4", "data", 16),
        Kind("redis", "Redis", "1.43.0", 6379, "REDIS", "redis", "8.8.0", "config", 32),
    )
}
PLUGINS: dict[str, tuple[str, str]] = {
    kind.name: (kind.version, kind.description) for kind in KINDS.values()
}
NETWORKS = ("initial-network", "post-create-network", "post-start-network")
COLOURS = (
    *("AQUA", "BLACK", "BLUE", "FUCHSIA", "GRAY", "GREEN", "LIME", "MAROON"),
    *("NAVY", "OLIVE", "PURPLE", "RED", "SILVER", "TEAL", "WHITE", "YELLOW"),
)
