"""What a push, a redeploy and ``apply`` do around a stage.

Hold the routing where it will change, claim what will be made, run, and record what is owned
together with the fingerprints.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError

from . import files, issuing, routing, tls
from .backups import schedule, standing
from .backups.target import NO_TARGET
from .capture import Verdict
from .context import Context
from .desired import AFTER_DEPLOY, BEFORE_RELEASE, CONCERNS, Desired, load_desired
from .errors import Busy, DeployError, HostError
from .events import Event
from .judge import judge, load_judged
from .moment import Moment
from .monitoring import jobs, nightly
from .record import State, locked, write_state
from .running import live_revision
from .stages import POST_DEPLOY, PRE_DEPLOY, run_stage
from .world import look, world_digests

FOLLOWS = "it follows the deploy"
"""What is pending of a concern that has its turn once the app is up."""


def provision_before_release(context: Context, verdict: Verdict, moment: Moment) -> None:
    """The pre-deploy stage of a push. Raises DeployError, which aborts the release."""
    desired = load_desired(context, context.folder.accepted)
    if desired.state.wish == verdict.wish:
        judge(
            context, desired
        )  # it passed unjudged when it was captured, and the world moved since
    converge(context, desired, verdict.wish, moment)


def converge(context: Context, desired: Desired, wish: str, moment: Moment) -> list[Event]:
    """Make the host what the folder says; the caller holds the app's lock."""
    try:
        with ExitStack() as stack:
            live = routing.read_live(context)
            if routing.will_change(context.app, live, desired):
                stack.enter_context(routing.held(context, live, desired.claim()))
            write_state(context.folder, replace(desired.state, owned=desired.claim(), wish=""))
            events = run_stage(context, PRE_DEPLOY, desired, moment)
        pending = pending_of(events)
        due = dict.fromkeys(_following(desired), FOLLOWS)
        state = replace(
            desired.state,
            wish="" if pending else wish,
            revision=moment.revision,
            image=moment.image,
        )
        missing = {**due, **pending}
        owned = desired.settled(BEFORE_RELEASE, missing)
        _settle(context, desired, replace(state, owned=owned), missing)
    except DokkuError as error:
        raise HostError(str(error)) from None
    return events


def pending_of(events: Sequence[Event]) -> dict[str, str]:
    """What is still missing, by concern."""
    return {event.concern: event.pending for event in events if event.pending}


def _following(desired: Desired) -> list[str]:
    """The concerns that have something to do after the deploy."""
    ending = ["dns"] if "dns" in desired.absent else []
    return ending + [name for name in AFTER_DEPLOY if name not in desired.idle]


def _settle(context: Context, desired: Desired, state: State, pending: dict[str, str]) -> None:
    """Record the fingerprints by which the next push may be skipped, and what is missing."""
    watched = desired.watched()
    names = desired.manifest.domains.names
    scheme = "https" if desired.app.is_https else "http"
    state = replace(
        state,
        world=world_digests(look(context, watched, desired.items)),
        watched=watched.as_json(),
        address=f"{scheme}://{names[0].removeprefix('*.')}" if names else "",
        pending=pending,
    )
    write_state(context.folder, state)


def settle_again(context: Context) -> None:
    """Record the world as it is now, after a command of ours changed it outside of a stage."""
    desired = load_desired(context, context.folder.accepted)
    _settle(context, desired, desired.state, desired.state.pending)


def finish_after_deploy(context: Context, moment: Moment) -> list[Event]:
    """The post-deploy stage; the app's own play runs after every deploy, for containers change."""
    desired = load_desired(context, context.folder.accepted)
    following = _following(desired) if moment.converge else []
    if moment.converge:
        _tell_what_is_left_out(context, desired)
    if following:
        claimed = replace(desired.state, owned=desired.claim(CONCERNS))
        write_state(context.folder, claimed)
    seen: list[Event] = []
    try:
        try:
            return run_stage(context, POST_DEPLOY, desired, moment, seen)
        finally:
            if following:
                _finish(context, seen, following)
    except DokkuError as error:
        raise HostError(str(error)) from None


def _finish(context: Context, events: Sequence[Event], following: Sequence[str]) -> None:
    """Record what the post-deploy stage made; a certificate changes what is watched and owned.

    A later step may have failed: what came before it is recorded all the same.
    """
    desired = load_desired(context, context.folder.accepted)
    orders, renew_after = issuing.recorded(desired.state.orders, events)
    pending = _pending_after(desired.state, events, following)
    owned = desired.settled(CONCERNS, pending)
    if not desired.app.has_certificate and not issuing.is_in_cluster(events):
        owned.pop("tls", None)  # one that somebody installs later is not ours
    standing.remember(context, events)
    state = replace(desired.state, owned=owned, orders=orders, renew_after=renew_after)
    _settle(context, desired, state, pending)
    if not pending:
        nightly.forget_drift(context)
    if "backups" not in desired.items:
        files.remove(context.folder.backups_metrics)
    jobs.settle(context.layout, context.report)


def _pending_after(
    state: State, events: Sequence[Event], following: Sequence[str]
) -> dict[str, str]:
    """What is missing once the post-deploy stage is over, or has failed."""
    before = {n: text for n, text in state.pending.items() if n in BEFORE_RELEASE}
    earlier = {n: text for n, text in before.items() if n not in following or not state.wish}
    told = {event.concern for event in events}
    failed = {e.concern: e.message for e in events if e.failed and e.concern in following}
    left_out = {name: FOLLOWS for name in following if name not in told}
    return {**earlier, **left_out, **failed, **pending_of(events)}


def _tell_what_is_left_out(context: Context, desired: Desired) -> None:
    backups = desired.manifest.backups
    if backups.is_on and backups.is_declared and "backups" in desired.idle:
        context.report.detail(f"no backups are made: {NO_TARGET}")
    wish = desired.manifest.tls
    if wish.is_on and (wish.is_declared or tls.acme_email(context)) and "tls" in desired.idle:
        reason = tls.obstacle(context, desired.state, wish)
        context.report.detail(f"no certificate is asked for: {reason}")


def run_own_play(context: Context, moment: Moment) -> None:
    """In a redeploy nothing converges; only the app's own pre-deploy play runs."""
    desired = load_desired(context, context.folder.accepted)
    run_stage(context, PRE_DEPLOY, desired, moment)


def apply(context: Context, wish: str) -> list[Event]:
    """Provision outside of a deploy: afterwards nginx is built once, where routing changed."""
    with locked(context.folder, context.app):
        if routing.is_deploying(context):
            raise Busy(f"a deploy of {context.app} is under way; try again when it is done")
        routing.recover(context, is_locked=False)
        desired = load_judged(context, context.folder.accepted)
        moment = Moment(live_revision(context), desired.state.image)
        try:
            events = converge(context, desired, wish, moment)
        except DeployError:
            routing.put_back(context)
            raise
        if any(event.changes for event in events if event.concern in routing.CONCERNS):
            context.dokku.run("proxy:build-config", context.app)
        routing.forget(context)
        after = finish_after_deploy(context, moment)
        if any(event.changes for event in after if event.concern in ("backups", "monitoring")):
            schedule.write_crontab(context)
    return events + after


def plan(context: Context, desired: Desired, *, own_plays: bool = True) -> list[Event]:
    """What ``converge`` would change: the same playbooks in check mode. Changes nothing."""
    state = desired.state
    moment = Moment(state.revision, state.image, check=True, own_plays=own_plays)
    events = run_stage(context, PRE_DEPLOY, desired, moment)
    return events + run_stage(context, POST_DEPLOY, desired, moment)
