"""The story of a push, trigger by trigger; read it from top to bottom.

Each function is called with Dokku's arguments for the trigger of that name and returns the exit
status. Which trigger may abort a deploy, and which may not: docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError

from . import files
from .capture import Verdict, capture_push, read_verdict
from .context import Context, make_context
from .errors import DeployError, known
from .moment import Moment
from .record import State, locked, read_state, write_state


def post_extract(app: str, tree: str, revision: str = "") -> int:
    """A tree was pushed: take ``deploy.d`` out of it and judge it. Dokku ignores the status."""
    capture_push(make_context(app), Path(tree), revision)
    return 0


def pre_build(_builder: str, app: str, _tree: str) -> int:
    """``launch`` asks only when the verdict was bad: nothing is built, nothing was changed."""
    make_context(app).report.warning("deploy.d is refused, see above; nothing was built or changed")
    return 1


def pre_release_builder(_builder: str, app: str, image: str) -> int:
    """Before the release, so before app.json's predeploy and the Procfile's release task."""
    context = make_context(app)
    verdict = read_verdict(context)
    revision = _revision_of_build(context, verdict)
    is_build = bool(verdict or revision)
    with locked(context.folder, app):
        _complete_restore(context, revision)
        _recover(context, is_locked=is_build)
        if is_build:
            _back_up(context, revision)
        else:
            _run_own_play(context, image)
        if verdict:
            _provision(context, verdict, image)
    return 0


def _revision_of_build(context: Context, verdict: Verdict | None) -> str:
    """What is being deployed; empty where that was not built now, or ``deploy.d`` never was."""
    if verdict:
        return verdict.revision
    build, _, revision = files.read_text(context.folder.leaving).strip().partition(" ")
    return revision if build == context.build else ""


def _back_up(context: Context, revision: str) -> None:
    """Save the data of the release that is being replaced, where the app has backups."""
    if context.folder.cron_entries.exists():
        from .backups.automatic import back_up_before_release

        back_up_before_release(context, revision)


def _provision(context: Context, verdict: Verdict, image: str) -> None:
    """Accept what was captured, and provision it where anything moved since the last good run."""
    folder = context.folder
    if folder.incoming.is_dir():
        files.replace_folder(folder.incoming, folder.accepted)
    state = read_state(folder, context.app)
    if _is_unchanged(context, verdict, state):
        _pass(context, verdict, state)
        return
    from .provision import provision_before_release

    provision_before_release(context, verdict, Moment(verdict.revision, image))


def _is_unchanged(context: Context, verdict: Verdict, state: State) -> bool:
    """Whether the stage would find nothing to do; a play of the app's own always runs."""
    if state.wish != verdict.wish or (context.folder.accepted / "pre-deploy.yml").exists():
        return False
    from .world import moved

    return not moved(context, state)


def _pass(context: Context, verdict: Verdict, state: State) -> None:
    """Tell that it is unchanged, and ``launch`` whether the stage after the deploy is due."""
    folder = context.folder
    if state.revision != verdict.revision:
        write_state(folder, replace(state, revision=verdict.revision))
    context.report.heading(f"deploy.d is unchanged, {state.summary(context.app)}")
    _tell_standing(context)
    if state.is_complete and not (folder.accepted / "post-deploy.yml").exists():
        files.write(folder.settled, context.build)


def _tell_standing(context: Context) -> None:
    """How the app's backups stand; the stage that is not run would have told it."""
    if context.folder.cron_entries.exists():
        from .backups.standing import tell

        tell(context)


def _complete_restore(context: Context, revision: str, process: str = "") -> None:
    """Containers that start find the data of before an interrupted restore, or that of after it."""
    if context.folder.turn.exists():
        from .backups.turning import complete_in_deploy

        complete_in_deploy(context, revision, process)


def _recover(context: Context, *, is_locked: bool) -> bool:
    """Put back what a killed run left; nearly always there is nothing, and nothing is imported."""
    if not context.folder.routing.exists():
        return False
    from .routing import recover

    return recover(context, is_locked=is_locked)


def _run_own_play(context: Context, image: str) -> None:
    """A redeploy without a build converges nothing; the app's own play runs all the same."""
    if (context.folder.accepted / "pre-deploy.yml").exists():
        from .provision import run_own_play

        run_own_play(context, Moment(image=image, converge=False))


def scheduler_deploy(_scheduler: str, app: str, _tag: str = "", process: str = "") -> int:
    """Before containers start, in every deploy; ``launch`` asks where a restore was made.

    A restart by hand comes here first of all our triggers.
    """
    context = make_context(app)
    revision = _revision_of_build(context, read_verdict(context))
    with locked(context.folder, app):
        _complete_restore(context, revision, process)
    return 0


def pre_start(app: str) -> int:
    """An app is started, or Dokku looks after a boot whether it runs: Docker may have started it.

    Where it did so in the middle of a restore the app has the one's links and the other's volumes.
    """
    from .backups.turning import complete_interrupted

    complete_interrupted(make_context(app))
    return 0


def post_deploy(app: str, _port: str = "", _address: str = "", tag: str = "") -> int:
    """The new release is up. A failure is loud and recorded, but the push stands."""
    context = make_context(app)
    verdict = read_verdict(context)
    image = f"dokku/{app}:{tag}" if tag else ""
    try:
        with locked(context.folder, app):
            if _recover(context, is_locked=verdict is not None):
                context.dokku.run("proxy:build-config", app)  # this deploy built it while held
            _settle_restore(context)
            if verdict is None:
                _tell_drift(context)
                _look_at_processes(context)
            _finish(context, verdict, image)
    except (DeployError, DokkuError) as error:
        context.report.problems(known(error))
        context.report.warning(f"{app} is deployed, but not all of its deploy.d is provisioned")
    return 0


def _settle_restore(context: Context) -> None:
    """The deploy has completed an interrupted restore: what that changed is what is recorded."""
    if context.folder.turn.exists():
        from .backups.turning import is_released
        from .provision import settle_again

        if is_released(context) and context.folder.accepted.is_dir():
            settle_again(context)


def _finish(context: Context, verdict: Verdict | None, image: str) -> None:
    is_push = verdict is not None
    if is_push or (context.folder.accepted / "post-deploy.yml").exists():
        from .provision import finish_after_deploy

        revision = verdict.revision if verdict else ""
        finish_after_deploy(context, Moment(revision, image, converge=is_push))
    if is_push:
        context.report.closing(read_state(context.folder, context.app).summary(context.app))


def _tell_drift(context: Context) -> None:
    """What an operator set by hand holds until the next push; one line says what differs."""
    if not context.folder.accepted.is_dir():
        return
    from .world import moved

    concerns = moved(context, read_state(context.folder, context.app))
    if concerns:
        names = ", ".join(concerns)
        context.report.heading(f"Not as deploy.d says until the next push: {names}")


def _look_at_processes(context: Context) -> None:
    """``ps:scale`` comes here: an app that is to serve nobody is not missed from now on."""
    if context.layout.monitoring.targets(context.app).exists():
        from .monitoring import state

        state.look(context)


def builds_record_finalize(app: str, _build: str, _status: str) -> int:
    """A deploy failed, and ``launch`` saw that routing was being changed: put it back."""
    from .routing import put_back

    context = make_context(app)
    with locked(context.folder, app):
        changed = put_back(context)
    if changed:
        names = " and ".join(changed)
        context.report.warning(f"The deploy failed: {names} are as they were before")
    return 0


def pre_delete(app: str, _tag: str = "") -> int:
    """An app is about to be destroyed: a last backup. ``launch`` asks where it has backups."""
    from .backups.automatic import back_up_finally

    back_up_finally(make_context(app))
    return 0


def post_delete(app: str, _tag: str = "") -> int:
    """An app was destroyed; after a rename its record has moved and nothing is left to do."""
    from .lifecycle import forget_app

    forget_app(make_context(app))
    return 0


def post_app_rename_setup(old: str, new: str) -> int:
    """An app gets another name: its record and settings move with it."""
    from .lifecycle import move_app

    move_app(make_context(old), new)
    return 0


def post_app_clone(old: str, new: str) -> int:
    """An app is copied: the copy gets the settings, and neither services nor volumes of the other.

    Not in ``post-app-clone-setup``: Dokku's own plugins copy variables and mounts there after us.
    """
    from .lifecycle import copy_app

    copy_app(make_context(old), make_context(new))
    return 0


def report(app: str = "") -> int:
    """``dokku report`` collects the reports of all plugins."""
    from .cli import SUBCOMMANDS

    return SUBCOMMANDS["report"]([app] if app else [])


TRIGGERS: dict[str, Callable[..., int]] = {
    "post-extract": post_extract,
    "pre-build": pre_build,
    "pre-release-builder": pre_release_builder,
    "scheduler-deploy": scheduler_deploy,
    "pre-start": pre_start,
    "post-deploy": post_deploy,
    "builds-record-finalize": builds_record_finalize,
    "pre-delete": pre_delete,
    "post-delete": post_delete,
    "post-app-rename-setup": post_app_rename_setup,
    "post-app-clone": post_app_clone,
    "report": report,
}
