"""The subcommands: ``dokku ansible-deploy:<name>``, one function each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import app as apps
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import checked

from .bundle import FOLDER, capture_archive
from .capture import scratch
from .context import Context, make_context
from .errors import DeployError, Refused
from .events import Event
from .layout import GLOBAL, Layout
from .record import list_runs, read_state
from .report import Report, quantity

STDIN = "-"

DUE_EXIT = 2
"""How ``plan`` ends when something is due, like diff and ``terraform plan -detailed-exitcode``."""


@dataclass(frozen=True)
class Words:
    """The arguments of a subcommand: what stands by itself, and the options."""

    plain: tuple[str, ...]
    options: dict[str, str]

    def one(self, what: str) -> str:
        """The first plain word; ``dokku --app APP`` may have given it too."""
        if self.plain and self.plain[0] != STDIN:
            return checked("app", self.plain[0])
        given = os.environ.get("DOKKU_APP_NAME", "")
        if not given:
            raise DeployError(f"Please specify {what}")
        return checked("app", given)

    @property
    def is_json(self) -> bool:
        """Whether ``--format json`` was asked for."""
        chosen = self.options.get("--format", "stdout")
        if chosen not in ("json", "stdout"):
            raise DeployError("Invalid format specified, supported formats: json, stdout")
        return chosen == "json"


def parse(
    words: list[str], valued: tuple[str, ...] = (), flags: tuple[str, ...] = (), *, most: int = 1
) -> Words:
    """Sort words into plain ones and options.

    Raises DeployError for an unknown option, and for more plain words than ``most``.
    """
    plain: list[str] = []
    options: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word in valued:
            options[word] = next(rest, "")
        elif word in flags:
            options[word] = "true"
        elif word.startswith("--") and word != GLOBAL:
            known = ", ".join([*valued, *flags]) or "none"
            raise DeployError(f"Invalid flag passed: {word}, valid flags: {known}")
        else:
            plain.append(word)
    if len(plain) > most:
        raise DeployError(f"too many words: {' '.join(plain[most:])}")
    return Words(tuple(plain), options)


def default(words: list[str]) -> int:
    """``dokku ansible-deploy``: the help, as ``commands`` prints it."""
    commands = Layout.from_environment().plugin / "commands"
    os.environ.setdefault("DOKKU_NOT_IMPLEMENTED_EXIT", "10")
    os.execv(commands, [str(commands), "ansible-deploy:help"])


def validate(words: list[str]) -> int:
    """Check a folder, the accepted one or with ``-`` one from standard input."""
    from .judge import load_judged

    given = parse(words, most=2)
    context = make_context(given.one("an app to run the command on"))
    with _folder(context, STDIN in given.plain) as folder:
        desired = load_judged(context, folder)
        context.report.heading(f"{FOLDER} would be accepted: {desired.summary}")
    return 0


def plan(words: list[str]) -> int:
    """Show what a push would change; exit 2 when something is due. By the clock for every app."""
    from .judge import load_judged
    from .provision import pending_of
    from .provision import plan as run_plan

    given = parse(words, ("--format",), ("--scheduled",), most=2)
    if "--scheduled" in given.options:
        from .monitoring.jobs import NIGHTLY, run_job

        return run_job(given, NIGHTLY)
    is_json = given.is_json
    stream = sys.stderr if is_json else sys.stdout
    context = make_context(given.one("an app to run the command on"), Report(stream, quiet=is_json))
    with _folder(context, STDIN in given.plain) as folder:
        events = run_plan(context, load_judged(context, folder))
    changes, pending = _changes(events), pending_of(events)
    if is_json:
        is_due = bool(changes or pending)
        answer = {"app": context.app, "due": is_due, "changes": changes, "pending": pending}
        print(json.dumps(answer))
    elif changes or pending:
        missing = f", and {' and '.join(pending)} not done yet" if pending else ""
        due = f"{quantity(len(changes), 'change')} due{missing}; nothing was changed"
        context.report.closing(due)
    else:
        context.report.closing(f"Nothing is due: {context.app} is as its {FOLDER} says")
    return DUE_EXIT if changes or pending else 0


def _changes(events: list[Event]) -> list[dict[str, str]]:
    return [{"concern": e.concern, **change.__dict__} for e in events for change in e.changes]


@contextmanager
def _folder(context: Context, is_stdin: bool) -> Iterator[Path]:
    """The accepted folder, or the one that stands in a tar archive on standard input."""
    if not is_stdin:
        if not context.folder.accepted.is_dir():
            check_app(context)
            command = f"ssh dokku@… ansible-deploy:plan {context.app} -"
            remedy = f"push it first, or: git archive HEAD {FOLDER} | {command}"
            raise DeployError(f"{context.app} has no accepted {FOLDER}; {remedy}")
        yield context.folder.accepted
        return
    with scratch(context.layout.data) as place:
        bundle = capture_archive(sys.stdin.buffer, place)
        if bundle is None:
            raise Refused(f"the archive on standard input has no {FOLDER}")
        yield bundle.folder


def apply(words: list[str]) -> int:
    """Provision from the accepted folder, outside of a deploy."""
    from .bundle import capture
    from .fingerprint import wish_digest
    from .provision import apply as run_apply

    context = make_context(parse(words).one("an app to run the command on"))
    check_app(context)
    if not context.folder.accepted.is_dir():
        raise DeployError(f"{context.app} has no accepted {FOLDER}; push it first")
    with scratch(context.layout.data) as place:
        digest = capture(context.folder.path, place).digest
    events = run_apply(context, wish_digest(context, digest))
    if any(
        e.changes for e in events if e.concern in ("config", "storage", "services", "resources")
    ):
        context.report.detail(f"the app itself sees this after: dokku ps:restart {context.app}")
    context.report.closing(read_state(context.folder, context.app).summary(context.app))
    return 0


def check_app(context: Context) -> None:
    """Raise what Dokku itself would say about an app that does not exist."""
    if not apps.read(context.dokku, context.app):
        raise DeployError(f"App {context.app} does not exist")


def history(words: list[str]) -> int:
    """The last runs, newest first."""
    given = parse(words, ("--format",))
    context = make_context(given.one("an app to run the command on"))
    check_app(context)
    runs = list_runs(context.folder)
    if given.is_json:
        for run in runs:
            print(json.dumps(run))
        return 0
    print(f"=====> Runs of {context.app}")
    for run in runs:
        changes = [change for event in run["events"] for change in event["changes"]]
        count = quantity(len(changes), "change")
        print(f"       {run['began']}  {run['stage']:<12} {run['outcome']:<7} {count}")
        if run["outcome"] == "failed":
            print(f" !     {run['problem']}")
    return 0


def set_setting(words: list[str]) -> int:
    """Set or clear a setting of an app, or of all."""
    from .setting_command import describe_setting, run_set

    given = parse(words, flags=("--unset",), most=len(words))
    scope, key, *values = (*given.plain, "", "")
    if not scope or not key:
        raise DeployError(describe_setting(scope))
    context = make_context(scope)
    if scope != GLOBAL:
        check_app(context)
    run_set(context, key, values, is_cleared="--unset" in given.options)
    return 0


def schema(words: list[str]) -> int:
    """The JSON Schema of ``deploy.yml``."""
    parse(words, most=0)
    from .schema import document

    print(json.dumps(document(), indent=2))
    return 0


def report(words: list[str]) -> int:
    """What is provisioned, by Dokku's conventions for reports."""
    from .app_report import run_report

    return run_report(words)


def status(words: list[str]) -> int:
    """How the apps are: up, backed up, proven, as they were pushed."""
    from .monitoring.status_table import status as run_status

    return run_status(words)


def vault_password(words: list[str]) -> int:
    """Store the app's vault password."""
    from .vault_command import run_vault_password

    given = parse(words, flags=("--generate", "--rotate"))
    context = make_context(given.one("an app to run the command on"))
    check_app(context)
    run_vault_password(context, "--generate" in given.options, "--rotate" in given.options)
    return 0


def _about_backups(name: str) -> Callable[[list[str]], int]:
    """The subcommand of that name, which is imported only when it is called."""

    def run(words: list[str]) -> int:
        from .backups.commands import COMMANDS

        return COMMANDS[name](words)

    return run


SUBCOMMANDS: dict[str, Callable[[list[str]], int]] = {
    "default": default,
    "plan": plan,
    "apply": apply,
    "report": report,
    "status": status,
    "history": history,
    "set": set_setting,
    "validate": validate,
    "schema": schema,
    "vault-password": vault_password,
    **{n: _about_backups(n) for n in ("backup", "backups", "restore", "rollback", "verify")},
}
