"""What happens to the record when an app is destroyed, renamed or cloned."""

from __future__ import annotations

import os
from contextlib import ExitStack

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import nginx_conf, storage
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import carry_out

from . import files, tls
from .backups import record, schedule, scratch, turn
from .context import Context
from .desired import Desired, load_desired, load_gone
from .errors import Busy, DeployError
from .events import Event
from .moment import Moment
from .monitoring import jobs, watch
from .provision import pending_of
from .record import read_state
from .settings import find_setting, forget_settings, read_scope
from .stages import POST_DELETE, run_stage


def forget_app(context: Context) -> None:
    """An app is gone: take its DNS records away, run its post-delete play, and forget it.

    Its data stays where it is.
    """
    folder = context.folder
    state = read_state(folder, context.app)
    owned = state.owned
    try:
        events = run_stage(context, POST_DELETE, load_gone(context), Moment())
        left = owned.get("dns", []) if _are_records_left(context, events) else []
    except DeployError as error:
        context.report.problems(error)
        left = owned.get("dns", [])
    for word in left:
        context.report.detail(f"left in DNS; to remove by hand: {word}")
    services = [*owned.get("services", []), *owned.get("kept", [])]
    for word in services:
        kind, _, name = word.partition(":")
        context.report.detail(
            f"kept with its data: {kind} {name}; to remove it: dokku {kind}:destroy {name}"
        )
    directories = [word.partition(":")[0] for word in owned.get("storage", [])]
    for directory in [*directories, *turn.unused_directories(context)]:
        context.report.detail(f"kept with its data: {directory}")
    try:
        scratch.sweep(context)
    except DeployError as error:
        context.report.problems(error)
    if state.services:
        files.write_json(context.layout.app(state.origin).services, state.services)
    files.remove(folder.path)
    watch.forget(context)
    if place := forget_settings(context.layout, context.app):
        context.report.detail(f"kept: the address and password of its backups, in {place}")
    _tell_monitoring(context)


def _tell_monitoring(context: Context) -> None:
    """Channels of the app's own are gone or have another name, and its place in the overview."""
    jobs.settle(context.layout, context.report)


def _are_records_left(context: Context, events: list[Event]) -> bool:
    """Whether DNS records may have stayed: nobody could remove them, or not all of them."""
    return "dns" in pending_of(events) or not context.settings["dns-provider"]


def move_app(context: Context, new: str) -> None:
    """Record and settings get the new name; names of data stay, so no data is lost.

    Raises Busy where a job of the app is under way: its record would go to the old name.
    """
    with ExitStack() as stack:
        if context.folder.path.is_dir():
            try:
                stack.enter_context(record.working(context, float(context.settings["backup-wait"])))
            except Busy as error:
                again = f"dokku apps:destroy {new}; dokku apps:rename {context.app} {new}"
                raise Busy(f"{error}: {again}") from None
        _move(context, new)


def _move(context: Context, new: str) -> None:
    target = context.layout.app(new)
    root = context.layout.dokku_root
    nginx_conf.write(root, new, nginx_conf.read(root, context.app))  # Dokku leaves them behind
    files.remove(target.path)
    if context.folder.path.is_dir():
        os.rename(context.folder.path, target.path)
    schedule.rename(context, new)
    record.rename(context, new)
    settings = context.layout.settings
    if (settings / context.app).is_dir():
        files.remove(settings / new)
        os.rename(settings / context.app, settings / new)
    watch.forget(context)  # the new name's files come with the deploy that follows
    _tell_monitoring(context)


def copy_app(source: Context, copy: Context) -> None:
    """A clone may do what the other may, and must not write into its services and volumes.

    Dokku copies config variables and mounts with the app (0.38.27, apps:clone); those that lead
    to what the source owns are taken from the copy again. Its first push makes its own.
    """
    for word, value in read_scope(source.layout, source.app).items():
        if not find_setting(word).is_own:
            files.write(source.layout.settings / copy.app / word, value)
    if source.folder.vault_password.is_file():
        password = source.folder.vault_password.read_text("utf-8")
        files.write(copy.folder.vault_password, password)
    if tls.has_certificate(copy):  # git copied it after certs had removed it (0.38.27, seen)
        copy.dokku.run("certs:remove", copy.app)
    if source.folder.accepted.is_dir():
        _take_away(copy, load_desired(source, source.folder.accepted))
    _tell_monitoring(copy)


def _take_away(copy: Context, source: Desired) -> None:
    """Unlink the clone from what the source owns.

    Only half of a link is copied; `unlink` takes that away, and complains that there is no more.
    """
    services = source.manifest.services.services
    for service in services:
        words = (f"{service.kind}:unlink", service.name(source.app), copy.app, "--no-restart")
        copy.dokku.run(*words, check=False)
    if services:
        names = [service.variable for service in services]
        copy.dokku.run("config:unset", "--no-restart", copy.app, *names)
    unwanted = tuple(storage.parse(word) for word in source.items.get("storage", []))
    present = storage.read(copy.dokku, copy.app)
    carry_out(copy.dokku, storage.compare(copy.app, present, (), unwanted), check=False)
    if services or unwanted:
        copy.report.detail(
            f"{copy.app} starts without the services and volumes of {source.app.name}"
        )
