"""Describes a process of an app: its command, environment, mounts and ports."""

from sandbox.dokku import (
    app_environment,
    containers,
    images,
    properties,
    settings,
)
from sandbox.dokku.containers import Container
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import ports, procfile, ps, storage


def new_container(host: Host, app: str, process: str, index: int) -> Container:
    """Describe a process of an app as it is to be started now."""
    build = images.current(host, app)
    image = images.settings_of(host, build)
    inside = port_words(host, app) if process == "web" else {}
    container = Container(
        id=containers.new_id(),
        app=app,
        process=process,
        index=index,
        image=str(images.builds(host) / build),
        workdir=image.workdir,
        argv=command(host, app, process),
        env={},
        restart=settings.computed(host, "ps", app, ps.RESTART_POLICY),
        mounts=storage.mounts(host, app, process),
        ports=inside,
    )
    path = f"{image.tools}:{containers.PATH}" if image.tools else containers.PATH
    container.env = {"PATH": path, "HOME": image.workdir, **image.env}
    container.env.update(app_environment.read(host, app, merged=True))
    container.env["DYNO"] = f"{process}.{index}"
    return container


def port_words(host: Host, app: str) -> dict[str, int]:
    """Return the ports of the container that need a real one: those of the mappings."""
    mappings = [m for m in ports.effective(host, app) if m.scheme != "udp"]
    return {str(m.container): 0 for m in mappings}


def command(host: Host, app: str, process: str) -> list[str]:
    """Return the words that start a process: start-cmd, Procfile, or the image's own."""
    own = properties.get(host, "ps", app, "dockerfile-start-cmd")
    text = own or properties.get(host, "ps", app, "start-cmd")
    text = text or procfile.commands(host, app).get(process, "")
    if text:
        return ["/bin/sh", "-c", f"exec {text}" if is_simple(text) else text]
    image = images.settings_of(host, images.current(host, app))
    return [*image.entrypoint, *image.command]


def is_simple(text: str) -> bool:
    """Say whether a shell can replace itself by the command."""
    return not any(sign in text for sign in ";|&<>\n(`") and "=" not in text.split(" ")[0]
