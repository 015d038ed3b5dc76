"""When an app is turned to other data: under which locks, and what follows.

The app is restarted once, so that its containers get the new links and directories. Where it does
not start with the new data it is turned back, and the release that ran goes on.
"""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError

from .. import routing
from ..context import Context
from ..desired import Desired, load_desired
from ..errors import Busy, DeployError, HostError, known
from ..layout import PLUGIN_NAME
from ..moment import Moment
from ..record import locked
from ..running import live_revision
from . import scratch
from .dropping import drop
from .failure import explained
from .fitting import fit_links
from .turn import OLD, Turn, put, read_turn, write_turn

LONGEST_DEPLOY = 3600.0
"""How long the app may take to start, in seconds."""


def begin(context: Context, desired: Desired, turn: Turn) -> None:
    """Turn the app to the side that the journal wants; raises DeployError, and turns it back.

    ``desired`` is what the app was when its data was restored; a push since then refuses the turn.
    Where it is for a revision the caller deploys that, and so completes it.
    """
    with locked(context.folder, context.app):
        refuse_deploy(context)
        if load_desired(context, context.folder.accepted).items != desired.items:
            raise Busy(f"{context.app} was pushed meanwhile; restore once more")
        try:
            _lay(context, turn)
            if not turn.revision:
                _restart(context, turn)
        except DeployError as error:
            try:
                _turn_back(context, turn)
            except DeployError as second:
                raise HostError(f"{error}; {second}; {_stuck(context.app)}") from None
            raise HostError(f"{error}; {context.app} has the data that it had") from None
        if not turn.revision:
            _follow(context)


def _stuck(app: str) -> str:
    """Say what a person can do when a turn cannot be completed."""
    return f"mend that, and then: dokku {PLUGIN_NAME}:restore {app} --undo"


def _lay(context: Context, turn: Turn) -> None:
    """Bring the wanted side into place; the caller holds the app's lock.

    From here on both sides are the journal's, and no job's to remove.
    """
    with explained(f"data of {context.app}"):
        turn, steps = fit_links(context, turn)
        write_turn(context, turn)
        scratch.keep(context, turn.parts)
        put(context, turn, steps)


def _restart(context: Context, turn: Turn) -> None:
    """Let the app run with the side that is in place."""
    with explained(f"{context.app} does not start with this data"):
        context.dokku.within(LONGEST_DEPLOY).run("ps:restart", context.app)
        write_turn(context, turn.finished)


def _turn_back(context: Context, turn: Turn) -> None:
    """The app gets its old data again; only once it runs with it the new one is destroyed.

    Some of its processes may have started with the new data before another one failed.
    """
    back = replace(turn, side=OLD, revision="")
    _lay(context, back)
    _restart(context, back)
    _drop(context, back)
    _follow(context)


def _complete(context: Context, turn: Turn) -> None:
    """Bring the wanted side into place, and let the app run with it."""
    _lay(context, turn)
    _restart(context, turn)
    _follow(context)


def _follow(context: Context) -> None:
    """What was changed is what is recorded; and the app's own play runs after every deploy."""
    from ..provision import finish_after_deploy, settle_again

    try:
        settle_again(context)
        if (context.folder.accepted / "post-deploy.yml").exists():
            finish_after_deploy(context, Moment(converge=False))
    except (DeployError, DokkuError) as error:
        context.report.problems(known(error))
        context.report.warning(f"{context.app} runs, but what follows a deploy was not done")


def complete_interrupted(context: Context) -> None:
    """Complete a turn that a killed job or a host that went down left half done."""
    turn = read_turn(context)
    if turn is None or (turn.is_done and not turn.is_dropping):
        return
    context.report.heading(f"Completing the interrupted restore of {context.app}")
    if turn.is_dropping:
        _go_on_dropping(context, turn)
        return
    with locked(context.folder, context.app):
        refuse_deploy(context)
        _complete(context, _fitting(turn, live_revision(context, turn.revision)))


def _go_on_dropping(context: Context, turn: Turn) -> None:
    """The app is on the side that it wants, so that nothing has to wait for the other's end."""
    try:
        with locked(context.folder, context.app):
            _drop(context, turn)
    except DeployError as error:
        context.report.problems(error)
        context.report.warning(f"what {context.app} does not use is still there; it goes on")


def lay_interrupted(context: Context, seconds: float) -> None:
    """The same for an app that is being destroyed: it is not started again for its last backup."""
    turn = read_turn(context)
    if turn and not turn.is_done:
        context = replace(context, dokku=context.dokku.within(seconds))
        with locked(context.folder, context.app):
            _lay(context, _fitting(turn, live_revision(context, turn.revision)))


def _fitting(turn: Turn, revision: str) -> Turn:
    """The turn that goes with this code: data for another one is not put under it."""
    return turn if turn.revision in ("", revision) else replace(turn, side=OLD, revision="")


def complete_in_deploy(context: Context, incoming: str = "", process: str = "") -> None:
    """The same before containers start: the deploy under way restarts the app.

    The caller holds the app's lock. ``incoming`` is the revision of a build, ``process`` the only
    one that is deployed; the others would go on with the other data.
    """
    turn = read_turn(context)
    if turn is None or turn.is_done:
        return
    if process:
        what = f"an interrupted restore of {context.app} is completed with all its processes"
        raise DeployError(f"{what}; run: dokku ps:restart {context.app}")
    _lay(context, _fitting(turn, incoming or live_revision(context, turn.revision)))


def is_released(context: Context) -> bool:
    """Whether the deploy under way has completed a turn: the app runs with what was laid for it."""
    turn = read_turn(context)
    if turn is None or turn.is_done:
        return False
    write_turn(context, turn.finished)
    return True


def undo(context: Context) -> Turn:
    """Turn the app to the side that it does not use; once more turns it again.

    Also out of a turn that cannot be completed, for the app does not start.
    """
    turn = _required(context)
    if turn.is_dropping:
        raise DeployError("the other data is being destroyed already; it cannot be had back")
    other = replace(turn, side=turn.unused if turn.is_done else OLD, revision="")
    with locked(context.folder, context.app):
        refuse_deploy(context)
        _complete(context, other)
    return other


def take_back(context: Context) -> None:
    """A deploy that was to complete the turn failed: the app runs with its old data as before."""
    back = replace(_required(context), side=OLD, revision="")
    with locked(context.folder, context.app):
        _lay(context, back)
        _restart(context, back)


def confirm(context: Context) -> Turn:
    """Destroy the side that the app does not use, and what a killed job left."""
    if not _required(context).is_dropping:
        complete_interrupted(context)
    turn = _required(context)
    with locked(context.folder, context.app):
        _drop(context, turn)
    scratch.sweep(context)
    return turn


def _drop(context: Context, turn: Turn) -> None:
    with explained("what is not in use"):
        drop(context, turn)


def _required(context: Context) -> Turn:
    turn = read_turn(context)
    if turn is None:
        raise DeployError(f"there is no restore of {context.app} to decide about")
    return turn


def refuse_deploy(context: Context) -> None:
    """Raise Busy while Dokku deploys the app."""
    if routing.is_deploying(context):
        raise Busy(f"a deploy of {context.app} is under way; try again when it is done")
