"""The configuration of Alertmanager: a receiver for each channel, and which alerts it gets.

Which channels an app has stands in a label of its alerts, so a push never changes this file; only
the operator's settings do. It has secrets in it: mode 0640, for the group of its directory.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
from pathlib import Path
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import checked_file, file_lock
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.reload import reload
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from .. import files
from ..layout import GLOBAL, Layout
from ..mask import Mask
from ..settings import Settings, read_scope
from .channels import DEFAULT, HEARTBEAT, Channel, channels, parse

SETTINGS = ("alert-channel", "host-alerts", "alert-wait")
"""The settings from which it is made."""

NOBODY = "no channel"
HEARTBEAT_SECONDS = 60
REPEAT = "4h"


def write(layout: Layout) -> str:
    """Replace the file where it differs, and have it read; returns why it was not, no secret in it.

    What Alertmanager could not be told it is told the next time; a file that it would not take is
    not written.
    """
    folder = layout.monitoring
    files.make_folder(folder.path, mode=files.PUBLIC)
    with file_lock.held(folder.path / ".alerts.lock"):
        settings = Settings(read_scope(layout, GLOBAL))
        found = channels(layout)
        text = _text(found, settings)
        untold = folder.path / ".alerts.untold"
        if files.read_text(folder.alertmanager) == text and not untold.exists():
            return ""
        files.write(untold, "")
        if said := _replaced(folder.alertmanager, text, found):
            return said
        said = "; ".join(filter(None, map(reload, settings.words("monitoring-reload"))))
        if not said:
            files.remove(untold)
        return said


def complaint(layout: Layout, label: str, words: str) -> str:
    """Say why amtool would not accept a channel of these words; nothing where it would."""
    new = parse(label, words)
    found = [*(each for each in channels(layout) if each.label != label), new]
    text = _text(found, Settings(read_scope(layout, GLOBAL)))
    return _replaced(layout.monitoring.alertmanager, text, found, check=True)


def _text(found: list[Channel], settings: Settings) -> str:
    return json.dumps(configuration(found, settings), indent=2, ensure_ascii=False) + "\n"


def _replaced(path: Path, text: str, found: list[Channel], *, check: bool = False) -> str:
    """Replace the file once amtool has found nothing wrong with it, where there is one."""
    if not check:
        files.make_folder(path.parent, mode=files.GROUP)
    judge = ["amtool", "check-config", "%s"] if shutil.which("amtool") else []
    wanted = {"path": str(path), "content": text, "mode": "0640", "validate": judge}
    parameters = {**DEFAULTS, **wanted}
    try:
        checked_file.converge(Dokku(), parameters, check=check)
    except InvalidValue as error:
        hide = Mask(word for each in found for word in (each.address, *each.options.values()))
        return hide(str(error))
    return ""


DEFAULTS = {name: each.get("default") for name, each in checked_file.MODULE.arguments.items()}


def configuration(found: list[Channel], settings: Settings) -> dict[str, Any]:
    """Return the configuration as data; JSON is YAML too."""
    wait = int(settings["alert-wait"])
    told = [each for each in found if each.kind != HEARTBEAT]
    pings = [each for each in found if each.kind == HEARTBEAT]
    routes = [_heartbeat(each) for each in pings]
    routes.append({"receiver": NOBODY, "matchers": ['alertname="Watchdog"']})
    hearing = _hearing_of_the_host(told, settings)
    routes += [_route(each, is_told_of_host=each.label in hearing) for each in told]
    return {
        "route": {
            "receiver": NOBODY,
            "group_by": ["app", "host"],
            "group_wait": f"{wait}s",
            "group_interval": f"{wait * 10}s",
            "repeat_interval": REPEAT,
            "routes": routes,
        },
        "inhibit_rules": INHIBITED,
        "receivers": [{"name": NOBODY}, *map(receiver, found)],
    }


INHIBITED = [
    {
        "source_matchers": ['alertname="AppDown"'],
        "target_matchers": ['alertname=~"AppSlow|ProcessesMissing"'],
        "equal": ["app", "host"],
    },
    {
        "source_matchers": ['alertname="ExporterDown"', 'job=~"node|ansible-deploy"'],
        "target_matchers": ['alertname="AppsNotWatched"'],
        "equal": ["host"],
    },
]
"""What says nothing new while the other is told.

To the same people: ProxyDown does not hide AppDown, for who is told of an app may not be told of
its host.
"""


def _heartbeat(channel: Channel) -> dict[str, Any]:
    """As long as Prometheus and Alertmanager work, the alert that always fires is sent on.

    A group is looked at each minute, and sent on if the last time is longer ago than the repeat
    interval. Were both the same, every second time would come a moment too early.
    """
    return {
        "receiver": channel.label,
        "matchers": ['alertname="Watchdog"'],
        "group_wait": "0s",
        "group_interval": f"{HEARTBEAT_SECONDS}s",
        "repeat_interval": f"{HEARTBEAT_SECONDS - 10}s",
        "continue": True,
    }


def _hearing_of_the_host(told: list[Channel], settings: Settings) -> set[str]:
    """Those that the operator chose, or that are for every app; where there is none, all.

    Somebody has to be told that the disk fills, on a host with channels of single apps too.
    """
    common = {each.label for each in told if _is_common(each)}
    chosen = set(settings.words("host-alerts"))
    return common & chosen if chosen else common or {each.label for each in told}


def _is_common(channel: Channel) -> bool:
    return "/" not in channel.label


def _route(channel: Channel, *, is_told_of_host: bool) -> dict[str, Any]:
    names = [re.escape(channel.label), *([DEFAULT] if _is_common(channel) else [])]
    apps = [f'channels=~".*,({"|".join(names)}),.*"'.replace("\\", "\\\\")]
    children = [{"receiver": channel.label, "matchers": ['scope="app"', *apps]}]
    if is_told_of_host:
        children.append({"receiver": channel.label, "matchers": ['scope="host"']})
    scopes = ['scope=~"app|host"']
    return {"receiver": NOBODY, "matchers": scopes, "routes": children, "continue": True}


def receiver(channel: Channel) -> dict[str, Any]:
    """Return the receiver of a channel, named by its label."""
    return {"name": channel.label, **RECEIVERS[channel.kind](channel)}


def _webhook(channel: Channel) -> dict[str, Any]:
    return {"webhook_configs": [{"url": channel.address, "send_resolved": True} | _auth(channel)]}


def _ntfy(channel: Channel) -> dict[str, Any]:
    """Ntfy turns an alert into words by a template of its own (ntfy 2.14 and newer)."""
    mark = "&" if "?" in channel.address else "?"
    url = f"{channel.address}{mark}template=alertmanager"
    return {"webhook_configs": [{"url": url, "send_resolved": True} | _auth(channel)]}


def _ping(channel: Channel) -> dict[str, Any]:
    return {"webhook_configs": [{"url": channel.address, "send_resolved": False}]}


def _slack(channel: Channel) -> dict[str, Any]:
    words = {
        "title": "{{ .Status | toUpper }} "
        "{{ with .CommonLabels.app }}{{ . }} on {{ end }}{{ .CommonLabels.host }}",
        "text": "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
    }
    return {"slack_configs": [{"api_url": channel.address, "send_resolved": True} | words]}


def _mail(channel: Channel) -> dict[str, Any]:
    options = channel.options
    found: dict[str, Any] = {
        "to": channel.address,
        "from": options.get("from", f"alerts@{platform.node()}"),
        "smarthost": options.get("smarthost", "localhost:25"),
        "require_tls": options.get("tls", "on" if "smarthost" in options else "off") == "on",
        "send_resolved": True,
    }
    if "username" in options:
        found["auth_username"] = options["username"]
        found["auth_password"] = options.get("password", "")
    return {"email_configs": [found]}


def _auth(channel: Channel) -> dict[str, Any]:
    token = channel.options.get("token")
    return {"http_config": {"authorization": {"credentials": token}}} if token else {}


RECEIVERS = {
    "webhook": _webhook,
    "ntfy": _ntfy,
    "slack": _slack,
    "mailto": _mail,
    HEARTBEAT: _ping,
}
