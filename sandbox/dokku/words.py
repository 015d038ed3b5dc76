"""The words of a command line: Dokku's global flags, and the flags of its Go subcommands."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host


@dataclass(frozen=True)
class Call:
    """One command or trigger that a plugin's function answers."""

    host: Host
    command: str
    words: tuple[str, ...]
    plugin: str = ""

    def word(self, index: int) -> str:
        """Return a word, or nothing where there is none."""
        return self.words[index] if index < len(self.words) else ""


@dataclass
class Flags:
    """What `parse` found: values of flags, and the words between them."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Say whether a switch or a flag was given."""
        return name in self.values

    def get(self, name: str, default: str = "") -> str:
        """Return the (last) value of a flag."""
        return self.values.get(name, default)


def read_global_flags(words: list[str]) -> list[str]:
    """Export what `--quiet`, `--trace`, `--force` and `--app` mean, wherever they stand.

    Returns the words without the flags that stand before the command.
    """
    for index, word in enumerate(words):
        if word in GLOBAL_SWITCHES:
            os.environ[GLOBAL_SWITCHES[word]] = "1"
        elif word == "--app" and index + 1 < len(words):
            os.environ["DOKKU_APP_NAME"] = words[index + 1]
    flags = " ".join(word for word in words if word.startswith("--"))
    if not os.environ.get("DOKKU_GLOBAL_FLAGS"):
        os.environ["DOKKU_GLOBAL_FLAGS"] = flags
    rest = list(words)
    while rest and rest[0].startswith("--") and rest[0] != "--version":
        del rest[: 2 if rest[0] == "--app" else 1]
    return rest


GLOBAL_SWITCHES = {
    "--quiet": "DOKKU_QUIET_OUTPUT",
    "--trace": "DOKKU_TRACE",
    "--force": "DOKKU_APPS_FORCE_DELETE",
}


def split_ssh_command(command: str) -> list[str]:
    """Split what an ssh client sent: naively where `git` is in its first word, else by quotes."""
    first = command.split(" ", 1)[0]
    if "git-" in first or "git:" in first:
        return command.split()
    try:
        return shlex.split(command)
    except ValueError as error:
        raise Fail(f"xargs: {error}") from None


def parse(call: Call, switches: str = "", valued: str = "") -> Flags:
    """Read the flags of a subcommand as pflag does; an unknown one ends with status 2.

    `switches` and `valued` hold names, separated by spaces; `a|b` gives a flag a short form.
    """
    names = {name: names.split("|")[0] for names in switches.split() for name in names.split("|")}
    keys = {name: names.split("|")[0] for names in valued.split() for name in names.split("|")}
    found, rest = Flags(), list(call.words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            found.words += rest
            break
        if not word.startswith("-") or word == "-":
            found.words.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if name in names:
            found.values[names[name]] = value or "true"
        elif name in keys:
            text = value if equals else _value(call, rest, word)
            found.values[keys[name]] = text
            found.lists.setdefault(keys[name], []).append(text)
        elif word not in IGNORED:
            say.write(2, f"Usage of {call.command}:\nunknown flag: --{name}\n")
            raise Fail("", 2)
    return found


IGNORED = ("--quiet", "--trace", "--force")  # read as global flags already


def _value(call: Call, rest: list[str], word: str) -> str:
    if not rest:
        say.write(2, f"Usage of {call.command}:\nflag needs an argument: {word}\n")
        raise Fail("", 2)
    return rest.pop(0)


Renderer = Callable[[dict[str, str]], str]


class Variable:
    """A context in which one environment variable is set, when there is a value for it."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value

    def __enter__(self) -> None:
        if self.value:
            os.environ[self.name] = self.value

    def __exit__(self, *_: object) -> None:
        if self.value:
            os.environ.pop(self.name, None)


class StandardOutput:
    """A context in which an output goes to a file, for this process and its children."""

    def __init__(self, path: str, descriptor: int = 1) -> None:
        self.path, self.descriptor, self.saved = path, descriptor, -1

    def __enter__(self) -> None:
        self.saved = os.dup(self.descriptor)
        target = os.open(self.path, os.O_WRONLY)
        os.dup2(target, self.descriptor)
        os.close(target)

    def __exit__(self, *_: object) -> None:
        os.dup2(self.saved, self.descriptor)
        os.close(self.saved)


class EmptyInput:
    """A context in which standard input is a pipe that is at its end."""

    def __init__(self) -> None:
        self.saved = -1

    def __enter__(self) -> None:
        self.saved = os.dup(0)
        reading, writing = os.pipe()
        os.close(writing)
        os.dup2(reading, 0)
        os.close(reading)

    def __exit__(self, *_: object) -> None:
        os.dup2(self.saved, 0)
        os.close(self.saved)
