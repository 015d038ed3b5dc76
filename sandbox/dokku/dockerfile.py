"""The few instructions of a Dockerfile that the sandbox understands."""

import json
import re
import shlex
from dataclasses import dataclass, field

CONTINUED = re.compile(r"\\[ \t]*\n")


@dataclass
class ImageSettings:
    """What an image says about its processes; `tools` is put before the search path."""

    workdir: str = "/app"
    command: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    exposed: list[str] = field(default_factory=list)
    tools: str = ""


@dataclass(frozen=True)
class Parsed:
    """A Dockerfile's base image, whether it copies the tree, and its settings."""

    base: str
    copies: bool
    settings: ImageSettings


def parse(text: str, base: ImageSettings) -> Parsed:
    """Read a Dockerfile on top of its base image's settings."""
    settings = ImageSettings(
        base.workdir, list(base.command), list(base.entrypoint), dict(base.env), list(base.exposed)
    )
    settings.tools = base.tools
    copies = False
    for name, rest in instructions(text):
        copies = copies or name in ("COPY", "ADD")
        if name in READERS:
            READERS[name](settings, rest)
    return Parsed(base_name(text), copies, settings)


def base_name(text: str) -> str:
    """Return the image of the last FROM."""
    found = [
        rest.split()[0] for name, rest in instructions(text) if name == "FROM" and rest.split()
    ]
    return found[-1] if found else ""


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions: name and the rest of the line."""
    lines = [line.strip() for line in CONTINUED.sub(" ", text).splitlines()]
    pairs = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name.upper(), rest.strip()) for name, _, rest in pairs]


def command(rest: str) -> list[str]:
    """Return the words of a CMD or ENTRYPOINT, in exec or shell form."""
    if rest.startswith("["):
        try:
            return [str(word) for word in json.loads(rest)]
        except ValueError:
            pass
    return ["/bin/sh", "-c", rest] if rest else []


def _workdir(settings: ImageSettings, rest: str) -> None:
    settings.workdir = rest if rest.startswith("/") else f"{settings.workdir}/{rest}"


def _env(settings: ImageSettings, rest: str) -> None:
    words = shlex.split(rest)
    if words and "=" not in words[0]:
        settings.env[words[0]] = " ".join(words[1:])
    else:
        settings.env.update((w.partition("=")[0], w.partition("=")[2]) for w in words if "=" in w)


def _command(settings: ImageSettings, rest: str) -> None:
    settings.command = command(rest)


def _entrypoint(settings: ImageSettings, rest: str) -> None:
    settings.entrypoint = command(rest)


def _expose(settings: ImageSettings, rest: str) -> None:
    settings.exposed += [word for word in rest.split() if word[:1].isdigit()]


READERS = {
    "WORKDIR": _workdir,
    "ENV": _env,
    "CMD": _command,
    "ENTRYPOINT": _entrypoint,
    "EXPOSE": _expose,
}
