"""New processes take the place of old ones; the old ones end when they are no longer needed."""

import os
from pathlib import Path

from sandbox.dokku import (
    containers,
    images,
    say,
    settings,
)
from sandbox.dokku.containers import Container
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import ps


def current(host: Host, app: str, process: str) -> list[str]:
    """Return the containers that serve now."""
    files = sorted(host.app(app).glob(f"CONTAINER.{process or '*'}.*"))
    return [file.read_text(encoding="utf-8").strip() for file in files]


def grace(host: Host, app: str) -> float:
    """Return how long a process may take to end."""
    return float(settings.computed(host, "ps", app, ps.STOP_TIMEOUT))


def take_over(host: Host, container: Container) -> None:
    """Write the files that make a container the one that serves."""
    app, name = container.app, f"{container.process}.{container.index}"
    file = host.app(app) / f"CONTAINER.{name}"
    if file.exists():
        wait = os.environ["DOKKU_WAIT_TO_RETIRE"]
        say.verbose(f"Scheduling old container shutdown in {wait} seconds ({name})")
        old = file.read_text(encoding="utf-8").strip()
        if containers.load(host, old):
            (host.app(app) / f".previous.{name}").write_text(old, encoding="utf-8")
    file.write_text(container.id + "\n", encoding="utf-8")
    (host.app(app) / f"IP.{name}").write_text("127.0.0.1\n", encoding="utf-8")
    port = next(iter(container.ports), "")
    if port:
        (host.app(app) / f"PORT.{name}").write_text(port + "\n", encoding="utf-8")


def drop_orphans(host: Host, app: str, process: str, count: int) -> None:
    """Forget the processes beyond the wanted number."""
    for file in host.app(app).glob(f"CONTAINER.{process}.*"):
        index = int(file.name.rpartition(".")[2])
        if index > count:
            name = f"{process}.{index}"
            wait = os.environ["DOKKU_WAIT_TO_RETIRE"]
            say.verbose(f"Scheduling orphaned container shutdown in {wait} seconds ({name})")
            for kind in ("CONTAINER", "IP", "PORT"):
                (host.app(app) / f"{kind}.{name}").unlink(missing_ok=True)


def is_new(host: Host, cid: str) -> bool:
    """Say whether a container has not got its name yet."""
    return not (containers.folder(host, cid) / "named").exists()


def retire(host: Host, app: str, old: list[str]) -> None:
    """End the old processes: asked to at once, killed when wait-to-retire is over."""
    gone = [cid for cid in old if cid not in current(host, app, "")]
    if not gone:
        return
    wait = os.environ["DOKKU_WAIT_TO_RETIRE"]
    say.info1(f"Shutting down old containers in {wait} seconds")
    for cid in gone:
        containers.stop(host, cid, float(wait), remove=True, wait=False)
    images.collect(host, {Path(c.image).name for c in containers.every(host)})
