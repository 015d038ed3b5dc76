"""Where things are on the host. Below the sandbox's root every path is the one that Dokku uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Host:
    """The host of one sandbox; `root` stands for `/` of a real one."""

    root: Path

    @property
    def home(self) -> Path:
        """DOKKU_ROOT: one directory per app, which is also its bare git repository."""
        return self.root / "home/dokku"

    @property
    def lib(self) -> Path:
        """DOKKU_LIB_ROOT: properties in config/, data in data/, plugins in plugins/."""
        return self.root / "var/lib/dokku"

    @property
    def enabled(self) -> Path:
        """PLUGIN_ENABLED_PATH: symlinks to the plugins whose triggers fire."""
        return self.lib / "plugins/enabled"

    @property
    def run(self) -> Path:
        """Pids, containers and other things that are gone after `down`."""
        return self.root / "run"

    @property
    def tmp(self) -> Path:
        """Where work trees of builds are unpacked."""
        return self.root / "tmp"

    def app(self, app: str) -> Path:
        """Return the directory of an app below DOKKU_ROOT."""
        return self.home / app

    def data(self, plugin: str, app: str) -> Path:
        """Return an app's data directory of a plugin."""
        return self.lib / "data" / plugin / app

    def apps(self) -> Iterator[str]:
        """Yield the names of all apps, sorted: every plain directory of DOKKU_ROOT is one."""
        for path in sorted(self.home.iterdir()):
            name = path.name
            if (
                path.is_dir()
                and not name.startswith(".")
                and not name[0].isupper()
                and name != "tls"
            ):
                yield name
