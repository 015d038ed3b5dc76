"""The plugin `scheduler-docker-local`: starts new processes, judges them, retires old ones."""

import os

from sandbox.dokku import (
    app_process,
    containers,
    handover,
    health,
    plugn,
    properties,
    report,
    say,
    scaling,
    settings,
    words,
)
from sandbox.dokku.containers import Container
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import checks, lifecycle, procfile, ps, service_needed
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("init-process", "true"), Setting("parallel-schedule-count", "1"))


def deploy(call: Call) -> int:
    """Answer the trigger `scheduler-deploy SCHEDULER APP TAG PROCESS`."""
    kind, app, tag, only = call.words[:4]
    if kind != "docker-local":
        return 0
    host, old = call.host, handover.current(call.host, app, only)
    os.environ["DOKKU_WAIT_TO_RETIRE"] = settings.computed(
        host, "checks", app, checks.WAIT_TO_RETIRE
    )
    known = procfile.commands(host, app)
    for process, count in sorted(
        scaling.scale(host, app).items(), key=lambda item: item[0] != "web"
    ):
        if only and process != only:
            continue
        if known and process not in known:
            say.warn(f"Skipping {process} as it is missing from the current Procfile")
            continue
        status = deploy_process(host, app, process, count)
        if status:
            return status
    say.info1("Running post-deploy")
    status = plugn.trigger(host, "core-post-deploy", app, "", "", tag)
    status = status or plugn.trigger(host, "post-deploy", app, "", "", tag)
    if status:
        return status
    handover.retire(host, app, old)
    return 0


def post_release(call: Call) -> None:
    """Say by what the new processes will be judged."""
    say.info2("Processing deployment checks")
    if not health.wanted(call.host, call.word(1), "web"):
        text = "No web healthchecks found in app.json. Simple container checks will be performed."
        say.verbose(text)
        hint = (
            "For more efficient zero downtime deployments, add healthchecks to your app.json. See"
        )
        say.verbose(f"{hint} {DOCUMENTATION} for examples")


DOCUMENTATION = "https://dokku.com/docs/deployment/zero-downtime-deploys/"


def deploy_process(host: Host, app: str, process: str, count: int) -> int:
    """Start all new processes of one kind; fails when one of them is not healthy."""
    say.info1(f"Deploying {process} (count={count})")
    if checks.applies(host, app, "disabled", process):
        stop_first(host, app, process)
    with plugn.sealed(), words.EmptyInput():
        os.environ.update(
            DOKKU_NETWORK_BIND_ALL="false",
            DOKKU_HEROKUISH="false",
            DOKKU_CNB="false",
            DOKKU_START_CMD=properties.get(host, "ps", app, "start-cmd"),
            DOCKER_STOP_TIME_ARG="-t=" + settings.computed(host, "ps", app, ps.STOP_TIMEOUT),
            DOCKER_RUN_LABEL_ARGS=f"--label=com.dokku.app-name={app}"
            " --label=com.dokku.container-type=deploy",
        )
        for index in range(1, count + 1):
            if deploy_container(host, app, process, index):
                return 1
        status = plugn.trigger(host, "scheduler-post-deploy-process", app, process)
    handover.drop_orphans(host, app, process, count)
    return status


def stop_first(host: Host, app: str, process: str) -> None:
    """Stop the old processes where zero downtime is disabled."""
    text = "Zero downtime is disabled, stopping currently running containers"
    say.verbose(f"{text}  ({process})")
    for cid in handover.current(host, app, process):
        say.verbose(f"Stopping {cid} ({process})")
        containers.stop(host, cid, handover.grace(host, app), remove=False)


def deploy_container(host: Host, app: str, process: str, index: int) -> int:
    """Start one process and let it take over the place of its predecessor when it is healthy."""
    container = app_process.new_container(host, app, process, index)
    containers.create(host, container)
    disabled = checks.applies(host, app, "disabled", process)
    with plugn.sealed():
        os.environ.update(DOKKU_CHECKS_DISABLED=str(disabled).lower(), INJECT_INIT_FLAG="true")
        plugn.trigger(host, "post-container-create", "app", container.id, app, "deploy", process)
        complaint = service_needed.find_dead_link(host, app)
        if complaint:
            say.write(2, f"Error response from daemon: {complaint}\n")
            return give_up(host, container)
        containers.start(host, container)
        if not disabled and not is_healthy(host, container):
            return give_up(host, container)
    handover.take_over(host, container)
    return 0


def give_up(host: Host, container: Container) -> int:
    """Remove a process that did not come up, in the words of the program that starts several."""
    containers.stop(host, container.id, handover.grace(host, container.app), remove=True)
    say.out("parallel: This job failed:")
    job = host.lib / "plugins/available/scheduler-docker-local/bin"
    app, place = container.app, f"{container.process} {container.index} {container.index}"
    image = f"{app} dockerfile dokku/{app}:latest latest {place}"
    say.out(f"{job}/scheduler-deploy-process-container {image}")
    return 1


def is_healthy(host: Host, container: Container) -> bool:
    """Ask `check-deploy` about a new process."""
    name = f"{container.process}.{container.index}"
    say.verbose(f"Attempting pre-flight checks ({name})")
    port = next(iter(container.ports), "")
    words_ = (
        container.app,
        container.id,
        container.process,
        port,
        "127.0.0.1",
        str(container.index),
    )
    return plugn.trigger(host, "check-deploy", *words_) == 0


def check_deploy(call: Call) -> None:
    """Answer the trigger `check-deploy`: judge a new process."""
    app, cid, process, _, _, index = call.words[:6]
    name = f"{process}.{index}"
    if checks.applies(call.host, app, "skipped", process):
        say.info2_quiet(f"Zero downtime checks have been skipped ({name})")
        return
    complaint = health.judge(call.host, app, cid)
    if complaint:
        say.warn(complaint)
        say.out(cid)
        say.warn(f"Could not start due to 1 failed checks ({name})")
    else:
        say.verbose(f"All checks successful ({name})")
    show_output(call.host, app, cid, name)
    if complaint:
        show_output(call.host, app, cid, name)  # bash's traps fire twice there
        raise Fail()


def show_output(host: Host, app: str, cid: str, name: str) -> None:
    """Print what a new process wrote."""
    say.info2_quiet(f"Start of {app} container output ({cid[:12]} {name})")
    for line in containers.last_lines(host, cid):
        say.verbose_quiet(line)
    say.info2_quiet(f"End of {app} container output ({cid[:12]} {name})")


def core_post_deploy(call: Call) -> None:
    """Give the new containers the names of the old ones."""
    import random
    import time

    app = call.word(0)
    say.info1("Renaming containers")
    for file in sorted(call.host.app(app).glob("CONTAINER.*")):
        name, cid = file.name.removeprefix("CONTAINER."), file.read_text(encoding="utf-8").strip()
        previous = call.host.app(app) / f".previous.{name}"
        if previous.exists():
            old = previous.read_text(encoding="utf-8").strip()[:12]
            previous.unlink()
            say.verbose(f"Found previous container(s) ({old}) named {app}.{name}")
            say.verbose(
                f"Renaming container ({old}) {app}.{name} to {app}.{name}.{int(time.time())}"
            )
        elif not handover.is_new(call.host, cid):
            continue
        number = random.randint(1000, 32767)
        say.verbose(
            f"Renaming container {app}.{name}.upcoming-{number} ({cid[:12]}) to {app}.{name}"
        )
        (containers.folder(call.host, cid) / "named").touch()


def stop(call: Call) -> None:
    """Answer the trigger `scheduler-stop SCHEDULER APP [REMOVE]`."""
    kind, app, remove = call.word(0), call.word(1), call.word(2) == "true"
    if kind != "docker-local":
        return
    for container in containers.all_of(call.host, app):
        containers.stop(call.host, container.id, handover.grace(call.host, app), remove=remove)


def rename(call: Call) -> None:
    """Take over the files that name the old app's containers, as Dokku does."""
    old, new = (call.host.app(app) for app in call.words[:2])
    for file in (path for kind in ("CONTAINER", "IP", "PORT") for path in old.glob(f"{kind}.*")):
        (new / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    lifecycle.move(call)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `scheduler-docker-local:report` knows."""
    return settings.read_all(host, "scheduler-docker-local", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `scheduler-docker-local:report`."""
    report.run(call, report.Report("scheduler-docker-local", read))


def set_property(call: Call) -> None:
    """Answer `scheduler-docker-local:set`."""
    settings.put(call, "scheduler-docker-local", SETTINGS)


COMMANDS = {"scheduler-docker-local": show_report, "report": show_report, "set": set_property}
