"""The trigger runner: what `plugn trigger NAME ARGS` does.

Plugins run in alphabetical order; the first that fails ends the loop. Dokku's own hooks are
functions of this process, everybody else's are executable files, run with this process's
environment, working directory and standard input.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.dokku import calls, core, core_triggers, say
from sandbox.dokku.failure import Abort, Fail
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "a": "\a", "b": "\b"}


def trigger(host: Host, name: str, *arguments: str) -> int:
    """Fire a trigger; returns the first status that is not 0."""
    with layer(host):
        for plugin in enabled(host):
            status = run_hook(host, plugin, Call(host, name, arguments, plugin))
            if status:
                return status
    return 0


def must(host: Host, name: str, *arguments: str) -> None:
    """Fire a trigger whose failure ends the command that fired it."""
    status = trigger(host, name, *arguments)
    if status:
        raise Fail("", status)


def enabled(host: Host) -> list[str]:
    """Return the names of the enabled plugins in the order in which they are asked."""
    return sorted(os.listdir(host.enabled))


def run_hook(host: Host, plugin: str, call: Call) -> int:
    """Let one plugin answer a trigger."""
    path = core_triggers.find(call.command, plugin)
    if path:
        status = run_function(path, call)
        if status:
            return status
    file = host.enabled / plugin / call.command
    if not file.is_file():
        return 0
    if not os.access(file, os.X_OK):
        say.warn(f"{plugin}/{call.command} is not executable, skipping")
        return 0
    return run_file(host, file, call)


def run_function(path: str, call: Call) -> int:
    """Run a hook of the stand-in itself; what it changes of the environment ends with it."""
    with sealed():
        try:
            return int(core.load(path)(call) or 0)
        except Abort:
            raise
        except Fail as failure:
            if failure.message:
                say.warn(failure.message)
            return failure.code


def run_file(host: Host, file: Path, call: Call) -> int:
    """Run a plugin's executable, noted for the call log."""
    has_input = call.command not in core_triggers.WITHOUT_INPUT
    return calls.run_noted(host, call.command, [str(file), *call.words], has_input=has_input)


@contextmanager
def sealed() -> Iterator[None]:
    """Undo changes of environment and working directory, as the end of a process would."""
    variables, directory = dict(os.environ), os.getcwd()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(variables)
        if os.path.isdir(directory):
            os.chdir(directory)


@contextmanager
def layer(host: Host) -> Iterator[None]:
    """Enter one plugn process: its variables, and its un-escaping of everybody's values."""
    with sealed():
        for key, value in list(os.environ.items()):
            if "\\" in value:
                os.environ[key] = unescape(value)
        os.environ.update(
            SELF="plugn", SELF_EXECUTABLE=str(host.root / "bin/plugn"), PLUGN_VERSION="dev"
        )
        yield


def unescape(value: str) -> str:
    """Lose backslashes as plugn does when it passes values through bash's $'...' (facts, 0.7)."""
    result, index = [], 0
    while index < len(value):
        following = value[index + 1 : index + 2]
        if value[index] == "\\" and following in ESCAPES and following:
            result.append(ESCAPES[following])
            index += 2
        else:
            result.append(value[index])
            index += 1
    return "".join(result)
