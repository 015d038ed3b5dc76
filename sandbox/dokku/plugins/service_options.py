"""The options that create, clone, upgrade, link and unlink share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

SWITCHES = {"-n": "no-restart", "--no-restart": "no-restart"}
VALUED = {
    "-a": "alias",
    "-c": "config-options",
    "-C": "custom-env",
    "-d": "database",
    "-i": "image",
    "-I": "image-version",
    "-m": "memory",
    "-N": "initial-network",
    "-p": "password",
    "-P": "post-create-network",
    "-q": "querystring",
    "-R": "restart-apps",
    "-r": "root-password",
    "-s": "shm-size",
    "-S": "post-start-network",
    "-u": "user",
}
NAMES = {**VALUED, **{f"--{name}": name for name in VALUED.values()}}


@dataclass(frozen=True)
class Options:
    """What stood on the command line after the service's (and the app's) name."""

    values: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The value of an option, or the default where it is missing or empty."""
        return self.values.get(name) or default

    def has(self, name: str) -> bool:
        """Tell whether a switch is given."""
        return name in self.values

    @property
    def alias(self) -> str:
        """The wished first word of the variable, without its `_URL`."""
        return self.get("alias").upper().removesuffix("_URL")


def parse_options(words: Sequence[str]) -> Options:
    """Read options up to the first word that is none, as the shell's getopts does."""
    values: dict[str, str] = {}
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word in SWITCHES:
            values[SWITCHES[word]] = "true"
        elif word in NAMES and rest:
            values[NAMES[word]] = rest.pop(0)
    return Options(values)
