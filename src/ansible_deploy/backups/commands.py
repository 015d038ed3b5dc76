"""The subcommands about backups, one function each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

from ..bundle import FOLDER
from ..cli import Words, check_app, parse
from ..context import Context, make_context
from ..errors import DeployError, HostError
from ..layout import PLUGIN_NAME
from ..report import Report, quantity
from . import turning
from .admission import adopt, is_gone
from .automatic import LONG, back_up_by_schedule
from .catalog import Backup, find, list_backups
from .choice import Choice
from .config import restore_config
from .failure import explained
from .job import open_repository
from .listing import print_list
from .make import MANUAL, back_up
from .record import read_record, recording, working
from .restore import restore, tell_unused
from .rollback import roll_back
from .server import server_word
from .turn import NEW
from .verify import prove

ASK = "an app to run the command on"


def _context(given: Words, *, quiet: bool = False) -> Context:
    context = make_context(given.one(ASK), Report(quiet=quiet))
    check_app(context)
    return context


def backup(words: list[str]) -> int:
    """Make a backup now; by the clock only what fails is told."""
    given = parse(words, flags=("--scheduled",))
    context = _context(given, quiet="--scheduled" in given.options)
    if "--scheduled" in given.options:
        back_up_by_schedule(context)
    else:
        with recording(context, "failed", is_asked=True):
            back_up(context, MANUAL)
    return 0


def backups(words: list[str]) -> int:
    """List the app's backups, newest first."""
    given = parse(words, ("--format",))
    is_json = given.is_json
    context = _context(given)
    repository, origin = open_repository(context)
    with explained(f"backups of {context.app}"):
        try:
            found = list_backups(repository, origin)
        except restic.ResticError as error:
            if error.kind != "missing":
                raise
            if read_record(context.folder).known_at(repository.address):
                raise HostError(is_gone(context, repository)) from None
            found = []
    print_list(context, found, is_json=is_json)
    return 0


def verify(words: list[str]) -> int:
    """Restore a backup into scratch places to prove it; by the clock only what fails is told."""
    given = parse(words, flags=("--scheduled",), most=2)
    is_scheduled = "--scheduled" in given.options
    context = _context(given, quiet=is_scheduled)
    prove(context, _second(given), wait=LONG if is_scheduled else 0)
    return 0


def restore_backup(words: list[str]) -> int:
    """Give an app the data of a backup, or decide about a restore that was made."""
    flags = ("--config", "--confirm", "--undo")
    given = parse(words, ("--services", "--volumes", "--into"), flags, most=2)
    context = _context(given)
    chosen = [flag for flag in flags if flag in given.options]
    if len(chosen) > 1 or (chosen and len(given.options) > 1):
        raise DeployError(f"{chosen[0]} goes with no other option")
    decisions = {"--confirm": _confirm, "--undo": _undo, "--config": _restore_config}
    if chosen:
        decisions[chosen[0]](context, _second(given))
        return 0
    into = _into(context, given)
    repository, origin = open_repository(context)
    with ThreadPoolExecutor() as pool, explained(f"backups of {context.app}"):
        identity = pool.submit(restic.identity, repository)
        found = _find(context, repository, origin, _second(given))
    restore(repository, found, into, _choice(given))
    if into.app == context.app:
        try:
            with explained(f"repository of {context.app}"):
                adopt(context, repository, identity.result())
        except DeployError as error:
            context.report.problems(error)
    return 0


def _find(context: Context, repository: Repository, origin: str, word: str) -> Backup:
    backups = list_backups(repository, origin)
    return find(backups, word, context.app, server_word(context.layout))


def _confirm(context: Context, word: str) -> None:
    _refuse_word(word)
    with working(context):
        turn = turning.confirm(context)
    kept = f"the data of backup {turn.backup}" if turn.side == NEW else "the data that it had"
    context.report.closing(f"{context.app} keeps {kept}")


def _refuse_word(word: str) -> None:
    """There is one restore to decide about, if any."""
    if word:
        raise DeployError(f"too many words: {word}")


def _undo(context: Context, word: str) -> None:
    _refuse_word(word)
    with working(context):
        turn = turning.undo(context)
    context.report.closing(f"{context.app} has the other data again")
    tell_unused(context, turn)


def _restore_config(context: Context, word: str) -> None:
    repository, origin = open_repository(context)
    with explained(f"backups of {context.app}"):
        found = _find(context, repository, origin, word)
    restored = restore_config(repository, found, context)
    count = quantity(len(restored.names), "variable")
    context.report.closing(f"{count} of {context.app} set again")
    for name in restored.names:
        context.report.detail(name)
    for name in restored.services:
        context.report.detail(f"not set, for it is a service's address: {name}")
    for name in restored.waiting:
        again = f"dokku {PLUGIN_NAME}:restore {context.app} --config"
        context.report.warning(f"{name} would keep a service from being linked; after the push:")
        context.report.warning(f"{again}{f' {word}' if word else ''}")


def _into(context: Context, given: Words) -> Context:
    """The app that gets the data; raises DeployError where it was never provisioned."""
    name, into = given.options.get("--into", context.app), context
    if name != context.app:
        into = make_context(Words((name,), {}).one(ASK))
        check_app(into)
    if not into.folder.accepted.is_dir():
        raise DeployError(f"{into.app} has no accepted {FOLDER}; push it first")
    return into


def _choice(given: Words) -> Choice:
    def keys(option: str) -> tuple[str, ...]:
        return tuple(filter(None, given.options.get(option, "").split(",")))

    for option in ("--services", "--volumes"):
        if option in given.options and not keys(option):
            raise DeployError(f"{option} needs names joined by commas")
    return Choice(keys("--services"), keys("--volumes"))


def rollback(words: list[str]) -> int:
    """Deploy an earlier revision again, with the data that it had if that is asked for."""
    given = parse(words, flags=("--with-data",), most=2)
    context = _context(given)
    roll_back(context, _second(given), is_with_data="--with-data" in given.options)
    return 0


def _second(given: Words) -> str:
    """The word after the app."""
    return given.plain[1] if len(given.plain) == 2 else ""


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "backup": backup,
    "backups": backups,
    "restore": restore_backup,
    "rollback": rollback,
    "verify": verify,
}
