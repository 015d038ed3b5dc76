"""The variables of apps: their file, and the forms in which they are shown."""

import json
import re
from pathlib import Path

from sandbox.dokku import envfile, properties, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host

KEY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def file(host: Host, app: str) -> Path:
    """Return the file of an app's variables (`--global`: everybody's)."""
    return host.lib / "config" / app / "ENV"


def read(host: Host, app: str, *, merged: bool = False) -> dict[str, str]:
    """Return the variables of an app, on request on top of the global ones."""
    path = file(host, app)
    own = envfile.parse(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {**read(host, properties.GLOBAL), **own} if merged and app != properties.GLOBAL else own


def write(host: Host, app: str, variables: dict[str, str]) -> None:
    """Write the variables of an app."""
    properties.write_private(file(host, app), envfile.render(variables))


def check_key(key: str) -> None:
    """Fail when a word cannot name a variable."""
    if not KEY.fullmatch(key):
        raise Fail(f"Invalid key name: '{key}'")


def pretty(entries: dict[str, str], prefix: str) -> str:
    """Align variables in two columns."""
    width = max(len(key) for key in entries) + 1
    return "\n".join(
        f"{prefix}{(key + ':').ljust(width)}  {entries[key]}" for key in sorted(entries)
    )


def parse_import(text: str, form: str) -> dict[str, str]:
    """Return the variables of an imported text."""
    if form == "envfile":
        return envfile.parse(text)
    if form != "json":
        raise Fail(f"Unknown format: {form}")
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise Fail(str(error)) from None
    return {str(key): str(value) for key, value in entries.items()}


def _dumps(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for sign in "<>&":  # Go's encoder escapes them
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _pairs(prefix: str, separator: str) -> "words.Renderer":
    return lambda env: separator.join(
        f"{prefix}{key}={envfile.single_quoted(value)}" for key, value in env.items()
    )


FORMATS: dict[str, words.Renderer] = {
    "exports": _pairs("export ", "\n"),
    "shell": _pairs("", " "),
    "docker-args": _pairs("--env=", " "),
    "docker-args-keys": lambda env: " ".join(f"--env={key}" for key in env),
    "pack-keys": lambda env: " ".join(f"--env {key}" for key in env),
    "envfile": lambda env: envfile.render(env).rstrip("\n"),
    "json": _dumps,
    "json-list": lambda env: _dumps([{"name": k, "value": v} for k, v in env.items()]),
    "pretty": lambda env: pretty(env, "") if env else "",
}
