"""What the operator allows and chooses, for one app or for all: ``dokku ansible-deploy:set``.

One file a setting below ``settings/<app|--global>/``, raw value without a newline, as Dokku keeps
its own properties. An app's value hides the global one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from . import files
from .errors import DeployError
from .layout import GLOBAL, Layout


@dataclass(frozen=True)
class Setting:
    """One key of ``ansible-deploy:set``: what it is for, its default and which values it takes."""

    purpose: str
    default: str
    expected: str
    accepts: Callable[[str], bool]


def _is_grant(value: str) -> bool:
    return value in ("allow", "deny")


def _is_path_list(value: str) -> bool:
    return all(p.startswith("/") and ".." not in p.split("/") for p in value.split(","))


def _is_property_list(value: str) -> bool:
    return all(len(word.split(".", 1)) == 2 and all(word.split(".")) for word in value.split(","))


def _is_count(value: str) -> bool:
    return value.isdecimal() and 1 <= int(value) <= 1000


SETTINGS: dict[str, Setting] = {
    "custom-plays": Setting(
        "run the plays and roles that the app's repository brings, as user dokku",
        "deny",
        "allow or deny",
        _is_grant,
    ),
    "domains-of-others": Setting(
        "let the app declare a domain that another app has",
        "deny",
        "allow or deny",
        _is_grant,
    ),
    "host-paths": Setting(
        "directories of the host that the app's volumes may lie in",
        "",
        "absolute paths joined by commas",
        _is_path_list,
    ),
    "keep-runs": Setting("how many runs of an app are kept", "20", "1 to 1000", _is_count),
    "nginx-conf": Setting(
        "put the app's nginx.conf.d files into its server block",
        "deny",
        "allow or deny",
        _is_grant,
    ),
    "properties": Setting(
        "properties that the app may set besides the built-in list",
        "",
        "plugin.property words joined by commas, such as nginx.proxy-buffers",
        _is_property_list,
    ),
}


@dataclass(frozen=True)
class Settings:
    """The settings in force for one app."""

    values: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, SETTINGS[key].default)

    def allows(self, key: str) -> bool:
        """Whether the operator has granted ``key``."""
        return self[key] == "allow"

    def words(self, key: str) -> tuple[str, ...]:
        """The comma-separated words of a setting."""
        return tuple(word for word in self[key].split(",") if word)

    @property
    def digest(self) -> str:
        """Changes when any value that is set changes."""
        text = "\n".join(f"{key}={value}" for key, value in sorted(self.values.items()))
        return hashlib.sha256(text.encode()).hexdigest()


def read_settings(layout: Layout, app: str) -> Settings:
    """Return the app's settings, the global ones where the app has none."""
    return Settings({**_read_scope(layout, GLOBAL), **_read_scope(layout, app)})


def _read_scope(layout: Layout, scope: str) -> dict[str, str]:
    folder = layout.settings / scope
    if not folder.is_dir():
        return {}
    return {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name in SETTINGS}


def write_setting(layout: Layout, scope: str, key: str, value: str) -> None:
    """Set ``key`` for an app or ``--global``; an empty value clears it. Raises DeployError."""
    if key not in SETTINGS:
        raise DeployError(f"Invalid key specified, valid keys include: {', '.join(SETTINGS)}")
    setting = SETTINGS[key]
    if not value:
        files.remove(layout.settings / scope / key)
    elif setting.accepts(value):
        files.write(layout.settings / scope / key, value)
    else:
        raise DeployError(f'"{value}" is no value for {key}; it takes {setting.expected}')
