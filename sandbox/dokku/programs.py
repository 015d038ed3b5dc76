"""The programs beside `dokku`: `plugn`, `ssh`, `docker`, `common/prop`, `common/common`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.dokku import environment, say
from sandbox.dokku import plugn as runner
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host


def plugn(root: str) -> None:
    """Be `plugn trigger NAME ARGS`."""
    words = sys.argv[1:]
    host = Host(Path(root))
    if words[:1] == ["trigger"] and len(words) > 1:
        check_environment()
        leave(lambda: runner.trigger(host, words[1], *words[2:]))
    if words[:1] == ["version"]:
        leave(lambda: say.out("plugn: dev"))
    leave(lambda: fail("usage: plugn trigger NAME [ARGUMENT...]"))


def check_environment() -> None:
    """End where `dokku` did not export what plugn and Dokku's own triggers need."""
    if not os.environ.get("PLUGIN_PATH"):
        say.out("!! PLUGIN_PATH is not set in environment")
        os._exit(2)
    for name in ("PLUGIN_ENABLED_PATH", "DOKKU_ROOT", "DOKKU_LIB_ROOT", "DOKKU_PID"):
        if not os.environ.get(name):
            leave(lambda name=name: fail(f"{name} not set!"))  # type: ignore[misc]


def leave(function: Callable[[], int | None]) -> None:
    """Run a function and end the process with its status."""
    try:
        status = int(function() or 0)
    except Fail as failure:
        if failure.message:
            say.warn(failure.message)
        status = failure.code
    os._exit(status)


def fail(message: str) -> int:
    """End with a message."""
    raise Fail(message)


def prop(root: str) -> None:
    """Be `common/prop COMMAND PLUGIN APP [KEY [VALUE]]`."""
    from sandbox.dokku import prop as program

    leave(lambda: program.run(Host(Path(root)), sys.argv[1:]))


def ssh(root: str) -> None:
    """Be the ssh client and the sshd of git: a clean environment, and Dokku as forced command."""
    host, words = Host(Path(root)), sys.argv[1:]
    while words and words[0].startswith("-"):
        del words[: 2 if words[0] in ("-o", "-p", "-i", "-l") else 1]
    command = " ".join(words[1:])
    user = environment.user_name()
    variables = {
        "SHELL": "/bin/bash",
        "HOME": str(host.home),
        "PWD": str(host.home),
        "USER": user,
        "LOGNAME": user,
        "NAME": "admin",
        "FINGERPRINT": "SHA256:sandbox",
        "SSH_CLIENT": "127.0.0.1 22222 22",
        "SSH_CONNECTION": "127.0.0.1 22222 127.0.0.1 22",
        "SHLVL": "0",
        "PATH": f"{host.root}/bin:/usr/local/bin:/usr/bin:/bin:/usr/games",
        "SSH_ORIGINAL_COMMAND": command,
    }
    os.chdir(host.home)
    os.umask(0o022)
    program = str(host.root / "bin/dokku")
    os.execve(program, [program, *command.split()], variables)


def docker(root: str) -> None:
    """Be the few words of `docker` that plugins use on images."""
    from sandbox.dokku import image_programs

    leave(lambda: image_programs.docker(Host(Path(root)), sys.argv[1:]))


def common(root: str) -> None:
    """Be `common/common`: Dokku's own small helpers for plugins."""
    from sandbox.dokku import image_programs

    leave(lambda: image_programs.common(Host(Path(root)), sys.argv[1:]))
