"""Where things lie on the host: the one place that knows paths.

    $DOKKU_LIB_ROOT/data/ansible-deploy/
        venv/                   the plugin's Python
        settings/<app|--global>/<key>
        apps/<app>/             incoming/ deploy.d/ state.json runs/ …
        monitoring/             what Prometheus reads, and the status page: for all to read

Settings do not lie in Dokku's property directory: destroying an app called like a plugin empties
that plugin's property directory (seen on Dokku 0.38.27, plugins/common/properties.go).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PLUGIN_NAME = "ansible-deploy"
GLOBAL = "--global"


@dataclass(frozen=True)
class AppFolder:
    """The plugin's own folder of one app."""

    path: Path

    @property
    def incoming(self) -> Path:
        """The folder captured from the repository that is being deployed."""
        return self.path / "incoming"

    @property
    def verdict(self) -> Path:
        """What was found about ``incoming``, and in which build."""
        return self.path / "incoming.json"

    @property
    def refused(self) -> Path:
        """Exists while ``incoming`` must not be deployed; read by ``launch``."""
        return self.path / "refused"

    @property
    def accepted(self) -> Path:
        """The folder that the app was last provisioned from."""
        return self.path / "deploy.d"

    @property
    def leaving(self) -> Path:
        """The build and the revision that have no ``deploy.d`` any more; kept by ``launch``."""
        return self.path / "leaving"

    @property
    def settled(self) -> Path:
        """Holds the build that left nothing to do after the deploy; read by ``launch``."""
        return self.path / "settled"

    @property
    def vault_password(self) -> Path:
        """The password of the app's encrypted values; mode 0600."""
        return self.path / "vault-password"

    @property
    def state(self) -> Path:
        """What is owned, and the fingerprints of the last good run."""
        return self.path / "state.json"

    @property
    def routing(self) -> Path:
        """The journal of routing that is being changed; read by ``launch``."""
        return self.path / "routing.json"

    @property
    def lock(self) -> Path:
        """Locked while a run of this app is under way."""
        return self.path / "lock"

    @property
    def runs(self) -> Path:
        """One folder a run, named by its time."""
        return self.path / "runs"

    @property
    def backups(self) -> Path:
        """What is remembered about the app's backups: the last one, the last proof."""
        return self.path / "backups.json"

    @property
    def backups_metrics(self) -> Path:
        """The same as metrics, in the text form of Prometheus."""
        folder = MonitoringFolder(self.path.parent.parent / "monitoring")
        return folder.metrics(self.path.name, "backups")

    @property
    def backups_lock(self) -> Path:
        """Locked while a backup, a restore or a proof is under way."""
        return self.path / "backups.lock"

    @property
    def cron_entries(self) -> Path:
        """The app's lines of Dokku's crontab; read by ``launch``."""
        return self.path / "cron-entries"

    @property
    def scratch(self) -> Path:
        """Lists the services and directories that a proof or a restore made for itself."""
        return self.path / "scratch.json"

    @property
    def turn(self) -> Path:
        """The journal of a restore, kept until it is confirmed or taken back."""
        return self.path / "restore.json"

    @property
    def deploys(self) -> Path:
        """One line of JSON a finished deploy, the oldest first."""
        return self.path / "deploys.jsonl"

    @property
    def nightly(self) -> Path:
        """What the nightly job found: drift, and when the domains expire."""
        return self.path / "nightly.json"

    @property
    def processes(self) -> Path:
        """How many processes are wanted and how many run, as the last job saw it."""
        return self.path / "processes.json"

    @property
    def services(self) -> Path:
        """Which services an app had that was destroyed: made anew, it finds its data again."""
        return self.path.parent.parent / "services" / f"{self.path.name}.json"

    @property
    def galaxy(self) -> Path:
        """What the app's requirements.yml asked for, one folder a content hash."""
        return self.path / "galaxy"


@dataclass(frozen=True)
class MonitoringFolder:
    """What other programs read: everybody may, but for the configuration of Alertmanager.

    No kind of metrics has an underscore, so that no two apps have a file in common. An app may
    have one: what belongs to an app is found by these names and never by a pattern.
    """

    path: Path

    def targets(self, app: str) -> Path:
        """What Prometheus has the blackbox exporter ask for."""
        return self.path / "targets" / f"{app}.json"

    def metrics(self, app: str, kind: str) -> Path:
        """What node exporter's textfile collector reads; of the host itself with no app."""
        return self.path / "metrics" / f"{app}_{kind}.prom"

    def failed(self, app: str, job: str) -> Path:
        """Metrics that are there while a job of the host fails for the app."""
        return self.metrics(app, f"{job}-failed")

    def gatus(self, app: str) -> Path:
        """The app's endpoint for Gatus."""
        return self.path / "gatus" / f"{app}.yaml"

    @property
    def host(self) -> Path:
        """What Prometheus calls this host; written by the role *monitoring_host*."""
        return self.path / "host"

    @property
    def blackbox(self) -> Path:
        """The configuration of the blackbox exporter: all ways to probe."""
        return self.path / "blackbox.yml"

    @property
    def alertmanager(self) -> Path:
        """The configuration of Alertmanager, which has secrets: mode 0640."""
        return self.path / "alerts" / "alertmanager.yml"

    @property
    def cron_entries(self) -> Path:
        """The host's lines of Dokku's crontab; read by ``launch``."""
        return self.path / "cron-entries"

    @property
    def status_page(self) -> Path:
        """The status page: one file of HTML."""
        return self.path / "status" / "index.html"


@dataclass(frozen=True)
class Layout:
    """The directories of Dokku and of this plugin on this host."""

    lib_root: Path
    dokku_root: Path
    enabled_plugins: Path
    plugin: Path

    @classmethod
    def from_environment(cls) -> Layout:
        """Read Dokku's own variables, with its defaults where they are not set."""
        lib_root = Path(os.environ.get("DOKKU_LIB_ROOT", "/var/lib/dokku"))
        plugins = Path(os.environ.get("PLUGIN_PATH", lib_root / "plugins"))
        return cls(
            lib_root=lib_root,
            dokku_root=Path(os.environ.get("DOKKU_ROOT", "/home/dokku")),
            enabled_plugins=Path(os.environ.get("PLUGIN_ENABLED_PATH", plugins / "enabled")),
            plugin=Path(__file__).resolve().parents[2],
        )

    @property
    def data(self) -> Path:
        """The plugin's data directory."""
        return self.lib_root / "data" / PLUGIN_NAME

    @property
    def settings(self) -> Path:
        """One folder an app, one file a setting."""
        return self.data / "settings"

    @property
    def monitoring(self) -> MonitoringFolder:
        """What other programs read about all apps."""
        return MonitoringFolder(self.data / "monitoring")

    def app(self, name: str) -> AppFolder:
        """The folder of the app called ``name``; it may not exist yet."""
        return AppFolder(self.data / "apps" / name)
