"""What watching one app means, as the files of well-kept tools say it. Pure.

All is JSON, which is YAML too, but for the metrics. Prometheus reads the target (`file_sd`) and,
through node exporter, the metrics; Gatus reads the endpoint; the blackbox exporter reads the probe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .metrics import Gauge, exposition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_PROBE = 10
"""Seconds that one request may take; never more than there are between two."""

USUAL_PORTS = {"http": 80, "https": 443}
META = frozenset(r"\.+*?()|[]{}^$")
"""What Go's regular expressions take for more than itself (regexp.QuoteMeta)."""


@dataclass(frozen=True)
class Watch:
    """How one app is watched; no `address` means that it is not.

    `interval` and the values of `thresholds` are seconds. `channels` name who is told; `proxy` is
    an HTTP proxy that the request goes through.
    """

    app: str
    host: str
    address: str = ""
    interval: int = 60
    status: int = 200
    contains: str = ""
    revision: str = ""
    channels: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    proxy: str = ""

    @property
    def module(self) -> str:
        """Returns the name of the probe: a common one, or the app's own."""
        is_common = self.status == 200 and not self.contains
        return "http_200" if is_common else f"app_{self.app}"


def address(domains: Sequence[str], ports: Sequence[str], path: str, *, is_https: bool) -> str:
    """Returns what is asked for: the first domain that is one; "" where nothing can be asked."""
    named = [name for name in domains if "*" not in name]
    for scheme in ("https", "http") if is_https else ("http",):
        port = _port(ports, scheme)
        if named and port:
            return f"{scheme}://{named[0]}{'' if port == USUAL_PORTS[scheme] else f':{port}'}{path}"
    return ""


def _port(ports: Sequence[str], scheme: str) -> int:
    """The host port of a scheme, the usual one first; 0 where there is none."""
    pairs = [(kind, int(port)) for kind, port, _ in (word.split(":") for word in ports)]
    hosts = [port for kind, port in pairs if kind == scheme]
    usual = USUAL_PORTS[scheme]
    # Where there is a certificate, Dokku maps 443 beside 80 by itself.
    if not ports or usual in hosts or (scheme == "https" and ("http", 80) in pairs):
        return usual
    return hosts[0] if hosts else 0


def target(watch: Watch) -> str:
    """Returns what Prometheus has the blackbox exporter ask for."""
    labels = {
        "app": watch.app,
        "host": watch.host,
        "revision": watch.revision,
        "__param_module": watch.module,
        "__scrape_interval__": f"{watch.interval}s",
        "__scrape_timeout__": f"{min(watch.interval, LONGEST_PROBE)}s",
    }
    return _json([{"targets": [watch.address], "labels": labels}])


def metrics(watch: Watch) -> str:
    """Returns who is told, and when: what the rules join and compare with."""
    labels = {"app": watch.app, "host": watch.host}
    channels = f",{','.join(watch.channels)}," if watch.channels else ""
    info = {**labels, "channels": channels, "url": watch.address}
    limits = [({**labels, "subject": key}, value) for key, value in watch.thresholds.items()]
    return exposition(
        Gauge("watch_info", "How the app is watched, and which channels are told", [(info, 1)]),
        Gauge("threshold_seconds", "When somebody is told", limits),
    )


def endpoint(watch: Watch) -> str:
    """Returns the app's endpoints for Gatus; domains are looked at once an hour.

    Gatus replaces $NAME by a variable of its own environment, and $$ by a dollar sign. It does not
    look for a text: its patterns have no escape for " == ", and their stars match no slash, so
    hardly any page (v5, pattern/pattern.go).
    """
    good = [f"[STATUS] == {watch.status}"]
    hours = {subject: int(value // 3600) for subject, value in watch.thresholds.items()}
    if watch.address.startswith("https:") and "certificate" in hours:
        good.append(f"[CERTIFICATE_EXPIRATION] > {hours['certificate']}h")
    common = {"group": watch.host, "url": watch.address}
    often = {"name": watch.app, **common, "interval": f"{watch.interval}s", "conditions": good}
    found = [often]
    if "domain" in hours:
        registered = [f"[DOMAIN_EXPIRATION] > {hours['domain']}h"]
        rarely = {"name": f"{watch.app} domain", **common, "interval": "1h"}
        found.append({**rarely, "conditions": registered})
    return _json({"endpoints": found}).replace("$", "$$")


def probe(watch: Watch) -> str:
    """Returns the app's own way to probe; nothing where the common one does."""
    if watch.module == "http_200":
        return ""
    return _json({watch.module: module(watch.status, watch.contains, watch.proxy)})


def module(status: int = 200, contains: str = "", proxy: str = "") -> dict[str, Any]:
    """Returns how the blackbox exporter asks, as a visitor's browser would.

    Redirects are followed unless one is what is expected.
    """
    http: dict[str, Any] = {
        "valid_status_codes": [status],
        "follow_redirects": not 300 <= status <= 399,
        "preferred_ip_protocol": "ip4",
    }
    if contains:
        http["fail_if_body_not_matches_regexp"] = [quoted(contains)]
    if proxy:
        # The proxy looks the name up, and this host might not know it.
        http |= {"proxy_url": proxy, "skip_resolve_phase_with_proxy": True}
    return {"prober": "http", "http": http}


def configuration(probes: Sequence[Mapping[str, Any]], proxy: str) -> str:
    """Returns the configuration of the blackbox exporter: the common probes and the apps' own."""
    modules: dict[str, Any] = {"http_200": module(proxy=proxy), "tcp_connect": {"prober": "tcp"}}
    for each in probes:
        modules.update(each)
    rows = (f"    {_line(name)}: {_line(each)}" for name, each in modules.items())
    return '{\n  "modules": {\n' + ",\n".join(rows) + "\n  }\n}\n"  # json.dumps indents slowly


def quoted(text: str) -> str:
    """Returns a regular expression of Go that matches this very text."""
    return "".join(f"\\{letter}" if letter in META else letter for letter in text)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # YAML takes no surrogates


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
