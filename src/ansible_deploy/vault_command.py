"""``ansible-deploy:vault-password``: the operator stores the password of an app's secrets."""

from __future__ import annotations

import getpass
import sys

from .context import Context
from .desired import load_desired
from .errors import DeployError
from .vault import generate_password, read_password, store_password

LONGEST = 4096


def run_vault_password(context: Context, is_generated: bool, is_rotated: bool) -> None:
    """Store a password from standard input, a prompt or a generator; raises DeployError.

    An existing password is replaced only with ``--rotate``, for what is encrypted with the old one
    can then no longer be read.
    """
    path = context.folder.vault_password
    has_password = bool(read_password(path))
    if has_password and not is_rotated:
        command = f"dokku ansible-deploy:vault-password {context.app} --rotate"
        raise DeployError(f"{context.app} has a vault password already; to replace it: {command}")
    if is_rotated and not has_password:
        raise DeployError(f"{context.app} has no vault password yet; leave --rotate out")
    password = generate_password() if is_generated else _ask(context)
    store_password(path, password)
    done = "replaced" if is_rotated else "stored"
    context.report.heading(f"Vault password of {context.app} {done}")
    if is_generated:
        context.report.detail("This is shown once; encrypt with it, and keep a copy elsewhere:")
        context.report.line(password)
    if is_rotated:
        _tell_unreadable(context)


def _ask(context: Context) -> str:
    if sys.stdin.isatty():
        password = getpass.getpass(f"Vault password of {context.app}: ")
        if password != getpass.getpass("Once more: "):
            raise DeployError("the two passwords differ; nothing was stored")
    else:
        password = sys.stdin.read(LONGEST + 1).strip("\r\n")
    if not password or len(password) > LONGEST or "\n" in password or "\0" in password:
        what = f"a vault password is one line of 1 to {LONGEST} characters"
        raise DeployError(f"{what}; nothing was stored")
    return password


def _tell_unreadable(context: Context) -> None:
    """After a rotation: say at once that what is still encrypted with the old one is unreadable."""
    if not context.folder.accepted.is_dir():
        return
    try:
        load_desired(context, context.folder.accepted)
    except DeployError as error:
        context.report.warning("The accepted deploy.d is still encrypted with the old password:")
        context.report.problems(error)
        context.report.detail("encrypt it with the new one (ansible-vault rekey) and push")
