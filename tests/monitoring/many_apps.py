"""What the plugin writes of a host with many apps, of which the first has every trouble."""

from __future__ import annotations

import json
import time
from pathlib import Path

HELP = "# HELP ansible_deploy_{0} About {0}\n# TYPE ansible_deploy_{0} gauge\n"
USUAL = {"latency": 60, "certificate": 1209600, "domain": 2592000, "backup": 93600, "proof": 777600}
TROUBLED = {"latency": 0, "certificate": 1209600, "domain": 2592000, "backup": 60, "proof": 60}


def write_apps(data: Path, count: int, url: str) -> None:
    """Write targets and metrics of so many apps, as the plugin's own files are called."""
    write_jobs(data)
    for number in range(count):
        write_app(data, f"app-{number:03}", url, is_well=number > 0)


def write_app(data: Path, app: str, url: str, *, is_well: bool, host: str = "alpha") -> None:
    """Write the files of one app."""
    probe = {
        "__param_module": "http_200",
        "__scrape_interval__": "60s",
        "__scrape_timeout__": "10s",
    }
    labels = {"app": app, "host": host, "revision": "3f2a", **probe}
    target = [{"targets": [f"{url}{app}"], "labels": labels}]
    (data / f"targets/{app}.json").write_text(json.dumps(target))
    now, old, bad = int(time.time()), 1000, int(not is_well)
    ago = now if is_well else old
    info = {"channels": ",ops,", "url": f"{url}{app}"}
    bounds = USUAL if is_well else TROUBLED
    kinds: dict[str, list[tuple[str, dict[str, str], float]]] = {
        "watch": [
            ("watch_info", info, 1),
            *(("threshold_seconds", {"subject": name}, bounds[name]) for name in bounds),
        ],
        "deploy": [
            ("deploy_timestamp_seconds", {}, ago),
            ("deploy_failed", {}, bad),
            ("maintenance_until_timestamp_seconds", {}, old),
        ],
        "backups": [
            ("backup_last_success_timestamp_seconds", {}, ago),
            ("backup_failed", {}, bad),
            ("backup_proven_timestamp_seconds", {}, ago),
            ("backup_proof_failed", {}, bad),
            ("backup_damaged", {}, bad),
            ("backup_upkeep_failed", {}, bad),
        ],
        "state": [
            ("web_wanted", {}, 1),
            ("processes_wanted", {}, 2),
            ("processes_running", {}, 2 - bad),
            ("processes_timestamp_seconds", {}, now),
        ],
        "nightly": [
            ("drift_changes", {}, bad),
            ("look_failed", {"job_name": "nightly"}, bad),
            (
                "domain_expiry_timestamp_seconds",
                {"domain": "example.org"},
                now + 86400 * 100 * is_well,
            ),
        ],
    }
    for kind, gauges in kinds.items():
        whose = {"app": app, "host": host}
        write_metrics(data, f"{app}_{kind}", [(n, {**whose, **more}, v) for n, more, v in gauges])


def write_jobs(data: Path) -> None:
    """Write what is known of the host's jobs: one that failed, and none that ran for long."""
    whose = {"host": "alpha", "job_name": "status"}
    write_metrics(data, "_jobs", [("job_timestamp_seconds", whose, 1), ("job_failed", whose, 1)])


def write_metrics(data: Path, name: str, gauges: list[tuple[str, dict[str, str], float]]) -> None:
    """Write one file for the node exporter, in one step."""
    lines, told = "", set[str]()
    for metric, labels, value in gauges:
        lines += "" if metric in told else HELP.format(metric)
        told.add(metric)
        words = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines += f"ansible_deploy_{metric}{{{words}}} {value}\n"
    path = data / f"metrics/{name}.prom"
    path.with_suffix(".new").write_text(lines)
    path.with_suffix(".new").replace(path)
