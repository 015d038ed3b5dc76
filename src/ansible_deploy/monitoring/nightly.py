"""What differs from an app's deploy.d, and until when its domains are registered.

Found out once a night by a plan, which changes nothing.
"""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from datetime import datetime
from time import time

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.metrics import (
    Gauge,
    exposition,
    labels,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from .. import files
from ..context import Context
from ..errors import HostError
from ..report import Report
from ..routing import is_deploying
from .registration import Registry


def look(context: Context) -> None:
    """Plan, ask the registry, and write down what came of it.

    The app's own plays are left out: one need not know check mode, and what it would do each time
    is no drift. Raises DeployError where the plan fails or is refused; what was known then stays.
    """
    folder = context.folder
    if not folder.accepted.is_dir() or is_deploying(context):
        return
    from ..judge import load_judged
    from ..provision import plan

    silent = replace(context, report=Report(io.StringIO(), quiet=True))
    desired = load_judged(silent, folder.accepted)
    events = plan(silent, desired, own_plays=False)
    record = files.read_json(folder.nightly) or {}
    domains, silent_servers = _registered(
        context, desired.manifest.domains.names, record.get("domains", {})
    )
    if not folder.path.is_dir():
        return
    drift = [{"concern": e.concern, **asdict(change)} for e in events for change in e.changes]
    _write(context, drift, domains)
    for said in silent_servers:
        context.report.detail(said)


def forget_drift(context: Context) -> None:
    """All of the app was just provisioned: nothing differs any more, and a plan would not fail."""
    files.remove(context.layout.monitoring.failed(context.app, "nightly"))
    record = files.read_json(context.folder.nightly)
    if record and record["drift"]:
        _write(context, [], record["domains"])


def _write(context: Context, drift: list[dict[str, str]], domains: dict[str, str]) -> None:
    record = {"at": now(), "drift": drift, "domains": domains}
    files.write_json(context.folder.nightly, record)
    path = context.layout.monitoring.metrics(context.app, "nightly")
    files.write(path, _metrics(context.app, len(drift), domains), mode=files.PUBLIC)


def _registered(
    context: Context, names: tuple[str, ...], known: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    """When each name's registration ends; what a silent server said before still holds."""
    server = context.settings["rdap-server"]
    if server == "off":
        return {}, []
    registry = Registry(server)
    found: dict[str, str] = {}
    complaints: list[str] = []
    for name in names:
        try:
            ends = registry.expiry(name)
        except HostError as error:
            complaints.append(str(error))
            ends = known.get(name, "")
        if ends:
            found[name] = ends
    return found, complaints


def _metrics(app: str, drift: int, domains: dict[str, str]) -> str:
    about = labels(app)
    ends = [
        ({**about, "domain": name}, int(datetime.fromisoformat(moment).timestamp()))
        for name, moment in domains.items()
    ]
    return exposition(
        Gauge("drift_changes", "What differs from deploy.d", [(about, drift)]),
        Gauge("drift_timestamp_seconds", "When that was looked at", [(about, int(time()))]),
        Gauge("domain_expiry_timestamp_seconds", "Until when a domain is registered", ends),
    )
