"""The plugin `common`: release and deploy, and the mark that an app is deployed."""

import os

from sandbox.dokku import capture, images, plugn, properties, say, settings, vhosts
from sandbox.dokku.failure import Abort
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import scheduler
from sandbox.dokku.words import Call


def receive(host: Host, app: str, builder: str, work: str) -> int:
    """Build what was received, then release and deploy it."""
    say.info1("Cleaning up...")
    properties.put(host, "builder", app, key="detected", value=builder)
    before = images.current(host, app)
    if plugn.trigger(host, "builder-build", builder, app, work):
        tag = f"dokku/{app}:latest"
        if before:
            images.tag(host, app, before)
            say.warn(f"Retagging old image {before} as {tag}")
        else:
            say.warn(f"Removing invalid image tag {tag}")
        raise Abort("App build failed")
    return plugn.trigger(host, "release-and-deploy", app)


def release_and_deploy(call: Call) -> int:
    """Answer the trigger `release-and-deploy APP [TAG [SOURCE]]`."""
    app, tag, source = (call.word(0), call.word(1) or "latest", call.word(2) or "deploy")
    host, status = call.host, 0
    capture.start(host, app, source)
    if images.current(host, app):
        builder = properties.get(host, "builder", app, "detected")
        say.info1(f"Releasing {app}...")
        status = plugn.trigger(host, "builder-release", builder, app, tag)
        if not status:
            status = deploy_released(host, app, tag)
        say.out("")
    else:
        say.warn(f"App image (dokku/{app}:{tag}) not found")
    if os.environ.get("DOKKU_BUILD_ID"):
        finalize(host, app, status)
    return status


def deploy_released(host: Host, app: str, tag: str) -> int:
    """Deploy a released image, unless the app skips deploys."""
    from sandbox.dokku.plugins import ps

    if settings.computed(host, "ps", app, ps.SKIP_DEPLOY) == "true":
        say.info1("Skipping deployment")
        return 0
    kind = scheduler.selected(host, app)
    say.info1(f"Deploying {app} via the {kind} scheduler...")
    status = plugn.trigger(host, "scheduler-deploy", kind, app, tag, "")
    if not status:
        say.info2("Application deployed:")
        for line in vhosts.urls(host, app):
            say.verbose(line)
    return status


def finalize(host: Host, app: str, status: int) -> None:
    """Fire `builds-record-finalize`; its failure counts for nothing."""
    plugn.trigger(host, "builds-record-finalize", app, os.environ["DOKKU_BUILD_ID"], str(status))


def deploy(call: Call) -> int:
    """Answer the trigger `deploy APP TAG [PROCESS]`: deploy what is released already."""
    app, tag, process = call.word(0), call.word(1) or "latest", call.word(2)
    kind = scheduler.selected(call.host, app)
    return plugn.trigger(call.host, "scheduler-deploy", kind, app, tag, process)


def core_post_deploy(call: Call) -> None:
    """Mark the app as deployed."""
    app, tag = call.word(0), call.word(3)
    properties.put(call.host, "common", app, key="deployed", value="true")
    properties.put(call.host, "common", app, key="deployed-image-tag", value=tag)
