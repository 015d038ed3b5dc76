"""Where things lie on the host: the one place that knows paths.

    $DOKKU_LIB_ROOT/data/ansible-deploy/
        venv/                   the plugin's Python
        settings/<app|--global>/<key>
        apps/<app>/             incoming/ deploy.d/ state.json runs/ …

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
    def galaxy(self) -> Path:
        """What the app's requirements.yml asked for, one folder a content hash."""
        return self.path / "galaxy"


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

    def app(self, name: str) -> AppFolder:
        """The folder of the app called ``name``; it may not exist yet."""
        return AppFolder(self.data / "apps" / name)
