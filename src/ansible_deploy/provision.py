"""What a push, a redeploy and ``apply`` do around a stage.

Hold the routing where it will change, claim what will be made, run, and record what is owned
together with the fingerprints.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError

from . import issuing, routing, tls
from .capture import Verdict
from .context import Context
from .desired import AFTER_DEPLOY, Desired, load_desired
from .errors import Busy, DeployError, HostError
from .events import Event
from .judge import judge, load_judged
from .moment import Moment
from .record import State, locked, write_state
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
        due = {name: FOLLOWS for name in AFTER_DEPLOY if name not in desired.idle}
        state = replace(
            desired.state,
            wish="" if pending else wish,
            revision=moment.revision,
            image=moment.image,
        )
        _settle(context, desired, state, {**pending, **due})
    except DokkuError as error:
        raise HostError(str(error)) from None
    return events


def pending_of(events: Sequence[Event]) -> dict[str, str]:
    """What is still missing, by concern."""
    return {event.concern: event.pending for event in events if event.pending}


def _settle(context: Context, desired: Desired, state: State, pending: dict[str, str]) -> None:
    """Record what is owned, and the fingerprints by which the next push may be skipped."""
    watched = desired.watched()
    names = desired.manifest.domains.names
    scheme = "https" if desired.app.is_https else "http"
    state = replace(
        state,
        owned=desired.settled(pending),
        world=world_digests(look(context, watched, desired.items)),
        watched=watched.as_json(),
        address=f"{scheme}://{names[0].removeprefix('*.')}" if names else "",
        pending=pending,
    )
    write_state(context.folder, state)


def finish_after_deploy(context: Context, moment: Moment) -> list[Event]:
    """The post-deploy stage; the app's own play runs after every deploy, for containers change."""
    desired = load_desired(context, context.folder.accepted)
    if moment.converge:
        _tell_what_is_left_out(context, desired)
    try:
        events = run_stage(context, POST_DEPLOY, desired, moment)
        if moment.converge and not set(AFTER_DEPLOY).issubset(desired.idle):
            _finish(context, events)
    except DokkuError as error:
        raise HostError(str(error)) from None
    return events


def _finish(context: Context, events: Sequence[Event]) -> None:
    """Record what the post-deploy stage made; a certificate changes what is watched and owned."""
    desired = load_desired(context, context.folder.accepted)
    earlier = {n: text for n, text in desired.state.pending.items() if n not in AFTER_DEPLOY}
    orders, renew_after = issuing.recorded(desired.state.orders, events)
    state = replace(desired.state, orders=orders, renew_after=renew_after)
    _settle(context, desired, state, {**earlier, **pending_of(events)})


def _tell_what_is_left_out(context: Context, desired: Desired) -> None:
    if desired.later:
        names = ", ".join(desired.later)
        context.report.detail(f"not provisioned by this version of ansible-deploy: {names}")
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
        moment = Moment(desired.state.revision, desired.state.image)
        try:
            events = converge(context, desired, wish, moment)
        except DeployError:
            routing.put_back(context)
            raise
        if any(event.changes for event in events if event.concern in routing.CONCERNS):
            context.dokku.run("proxy:build-config", context.app)
        routing.forget(context)
        events += finish_after_deploy(context, moment)
    return events


def plan(context: Context, desired: Desired) -> list[Event]:
    """What ``converge`` would change: the same playbooks in check mode. Changes nothing."""
    moment = Moment(desired.state.revision, desired.state.image, check=True)
    events = run_stage(context, PRE_DEPLOY, desired, moment)
    return events + run_stage(context, POST_DEPLOY, desired, moment)
