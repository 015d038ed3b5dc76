"""Writes the files by which an app is watched, and takes them away again.

Each app has files of its own. The configuration of the blackbox exporter is one for the host: it is
put together anew from the apps' probes whenever one of these changed, and read again.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import file_lock, host_file, monitoring_watch
from .change import Change, Result
from .definition import APP, ModuleDefinition, names, state
from .monitoring_site import find_site
from .monitoring_watch import Watch
from .reload import reload
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .client import Dokku
    from .monitoring_site import Site

FOUND_OUT = ("deploy", "maintenance", "state", "status-failed", "nightly", "nightly-failed")
"""What deploys and jobs found out about the app, a file of metrics each."""


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the files of one app what they should be; a plan only says what would differ."""
    app = checked("app", params["app"])
    root = Path(params["directory"])
    if not root.is_absolute():
        raise InvalidValue(f"{str(root)!r} is not an absolute path")
    is_wanted = params["state"] == "present"
    watch, obstacle, before = Watch(app, params["host"]), "", read(root, app)
    if is_wanted:
        site = find_site(dokku, app, params, is_watched=bool(before), check=check)
        watch, obstacle = _watch(site, params)
    after = texts(watch)
    change = _change(before, after, watch)
    pending = "" if check else write(root, before, after, params)
    old, new = ({"monitoring": shown(files)} for files in (before, after))
    notes = tuple(params["notes"] or ()) if change else ()
    if obstacle:
        notes = (f"{app} is not watched: {obstacle}",)
    return Result((change,) if change else (), old, new, pending=pending, notes=notes)


def texts(watch: Watch) -> dict[str, str]:
    """Returns what each file of the app should hold, by its place below the directory."""
    if not watch.address:
        return {}
    return {
        place: text
        for place, text in zip(
            _places(watch.app),
            (
                monitoring_watch.target(watch),
                monitoring_watch.metrics(watch),
                monitoring_watch.endpoint(watch),
                monitoring_watch.probe(watch),
            ),
            strict=True,
        )
        if text
    }


def read(root: Path, app: str) -> dict[str, str]:
    """Returns what the files of the app hold."""
    paths = ((place, root / place) for place in _places(app))
    return {place: path.read_text("utf-8") for place, path in paths if path.is_file()}


def shown(files: Mapping[str, str]) -> dict[str, object]:
    """Returns the files as people are shown them: which revision runs is no difference."""
    found: dict[str, object] = {}
    for place, text in files.items():
        found[place] = text if place.startswith("metrics/") else json.loads(text)
        if place.startswith("targets/"):
            found[place] = [
                {**each, "labels": {**each["labels"], "revision": ""}} for each in json.loads(text)
            ]
    return found


def write(
    root: Path, before: Mapping[str, str], after: Mapping[str, str], params: Mapping[str, Any]
) -> str:
    """Replaces the files that differ; returns what stands in the way of their use."""
    for place in before.keys() - after.keys():
        (root / place).unlink(missing_ok=True)
    for kind in () if after else FOUND_OUT:
        (root / "metrics" / f"{params['app']}_{kind}.prom").unlink(missing_ok=True)
    for place, text in after.items():
        if before.get(place) != text:
            host_file.replace(root / place, text, host_file.PUBLIC)
    return configure_probes(root, params["proxy"], params["reload"] or ())


def configure_probes(root: Path, proxy: str, servers: Sequence[str]) -> str:
    """Has the blackbox exporter know the apps' probes; returns why it does not.

    What it could not be told it is told the next time.
    """
    with _locked(root):
        path, untold = root / "blackbox.yml", root / ".untold"
        text = _configuration(root, proxy)
        if path.is_file() and path.read_text("utf-8") == text and not untold.exists():
            return ""
        untold.touch(mode=0o600)
        host_file.replace(path, text, host_file.PUBLIC)
        failed = "; ".join(filter(None, map(reload, servers)))
        if not failed:
            untold.unlink()
        return failed


def _watch(site: Site, params: Mapping[str, Any]) -> tuple[Watch, str]:
    """Returns how the app is watched, and else why it is not."""
    is_https = params["https"] or (
        bool(params["certificate"]) and Path(params["certificate"]).exists()
    )
    address = monitoring_watch.address(site.names, site.ports, params["path"], is_https=is_https)
    watch = Watch(
        params["app"],
        params["host"],
        "" if site.obstacle else address,
        params["interval"],
        params["status"],
        params["contains"],
        params["revision"],
        tuple(params["channels"] or ()),
        params["thresholds"],
        params["proxy"],
    )
    return watch, site.obstacle or ("" if address else "no port of it answers over HTTP")


def _change(before: Mapping[str, str], after: Mapping[str, str], watch: Watch) -> Change | None:
    if shown(before) == shown(after):
        return None
    if not after:
        return Change("-", "not watched any more")
    return Change("~" if before else "+", f"{watch.address} every {watch.interval}s")


def _places(app: str) -> tuple[str, ...]:
    return (
        f"targets/{app}.json",
        f"metrics/{app}_watch.prom",
        f"gatus/{app}.yaml",
        f"probes/{app}.json",
    )


def _configuration(root: Path, proxy: str) -> str:
    paths = sorted((root / "probes").glob("*.json"))
    probes = []
    for path in paths:
        with suppress(FileNotFoundError):  # another app may be destroyed meanwhile
            probes.append(json.loads(path.read_text("utf-8")))
    return monitoring_watch.configuration(probes, proxy)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Two apps may be pushed at once, and the configuration is of both."""
    with ExitStack() as stack:
        try:
            root.mkdir(parents=True, exist_ok=True)
            stack.enter_context(file_lock.held(root / ".lock"))
        except OSError as error:
            raise InvalidValue(f"cannot write below {root}: {error.strerror}") from None
        yield


MODULE = ModuleDefinition(
    {
        "app": APP,
        "directory": {"type": "path", "required": True},
        "host": {"type": "str", "required": True},
        "domains": names(),
        "ports": names(),
        "path": {"type": "str", "default": "/"},
        "https": {"type": "bool", "default": False},
        "certificate": {"type": "path", "default": ""},
        "interval": {"type": "int", "default": 60},
        "status": {"type": "int", "default": 200},
        "contains": {"type": "str", "default": ""},
        "revision": {"type": "str", "default": ""},
        "channels": names(),
        "thresholds": {"type": "dict", "default": {}},
        "proxy": {"type": "str", "default": ""},
        "reload": names(),
        "notes": names(),
        "state": state("present", "absent"),
    },
    converge,
)
