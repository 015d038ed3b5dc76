"""Makes the tree of a sandbox: Dokku's directories, its programs, its own plugins."""

import os
import shutil
import sys
from pathlib import Path

from sandbox.dokku import community, core
from sandbox.dokku.host import Host

CLONE = Path(__file__).resolve().parent.parent
DIRECTORIES = [
    "bin",
    "etc",
    "log",
    "work",
    "cache",
    "images",
    "run/triggers",
    "tmp",
    "run/containers",
    "home/dokku/.ssh",
    "var/log/dokku",
    "var/log/nginx",
    "var/lib/dokku/config",
    "var/lib/dokku/data/storage",
    "var/lib/dokku/data/builds",
    "var/lib/dokku/data/letsencrypt/--global/accounts",
    "var/lib/dokku/plugins/available",
    "var/lib/dokku/plugins/enabled",
    "var/lib/dokku/core-plugins/available",
    "var/lib/dokku/core-plugins/enabled",
]
PROGRAMS = {
    "bin/dokku": "main.main",
    "bin/plugn": "programs.plugn",
    "bin/docker": "programs.docker",
    "bin/ssh": "programs.ssh",
    "var/lib/dokku/core-plugins/available/common/common": "programs.common",
    "var/lib/dokku/core-plugins/available/common/prop": "programs.prop",
}
PROGRAM = """#!{python} -IS
import sys
sys.pycache_prefix = {cache!r}
sys.path.insert(0, {clone!r})
from sandbox.dokku.{module} import {name}
{name}({root!r})
"""


def create(host: Host) -> None:
    """Make or repair the tree; what is there stays."""
    create_directories(host)
    host.home.chmod(0o700)
    for plugin in core.NAMES:
        version, description = core.describe(plugin)
        home = host.lib / "core-plugins/available" / plugin
        write_plugin(home, version, description)
        link(host.lib / "core-plugins/enabled" / plugin, home)
        link(host.lib / "plugins/available" / plugin, home)
        link(host.enabled / plugin, home)
    for plugin, (version, description) in community.PLUGINS.items():
        home = host.lib / "plugins/available" / plugin
        write_plugin(home, version, description)
        link(host.enabled / plugin, home)
    write_programs(host)


def create_directories(host: Host) -> None:
    """Make the directories that are missing."""
    for name in DIRECTORIES:
        (host.root / name).mkdir(parents=True, exist_ok=True)


def write_plugin(home: Path, version: str, description: str) -> None:
    """Write the plugin.toml that says what a plugin is; its code is in `sandbox/dokku`."""
    home.mkdir(parents=True, exist_ok=True)
    text = f'[plugin]\ndescription = "{description}"\nversion = "{version}"\n[plugin.config]\n'
    (home / "plugin.toml").write_text(text, encoding="utf-8")


def link(path: Path, target: Path) -> None:
    """Make a symlink unless it is there."""
    if not path.is_symlink():
        path.symlink_to(target)


def write_programs(host: Host) -> None:
    """Write the small programs that lead into the stand-in."""
    for place, function in PROGRAMS.items():
        module, name = function.split(".")
        file = host.root / place
        text = PROGRAM.format(
            python=interpreter(),
            cache=str(host.root / "cache/python"),
            clone=str(CLONE),
            module=module,
            name=name,
            root=str(host.root),
        )
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)
    common = host.lib / "core-plugins/available/common"
    for name in ("functions", "property-functions"):
        shutil.copyfile(CLONE / "sandbox/dokku/shell" / name, common / name)


def interpreter() -> str:
    """Return the interpreter itself, not a wrapper or a link in some virtual environment."""
    return os.path.realpath(sys.executable)
