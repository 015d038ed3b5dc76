"""What the operator allows and chooses, for one app or for all: ``dokku ansible-deploy:set``.

One file a setting below ``settings/<app|--global>/``, raw value without a newline, as Dokku keeps
its own properties; a named one is ``<key>.<NAME>``. An app's value hides the global one. A secret
one is read from standard input, never from a command line, and is shown nowhere.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import files
from .errors import DeployError
from .layout import GLOBAL, PLUGIN_NAME, Layout
from .setting_table import NAME, SETTINGS, Setting


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

    def named(self, key: str) -> dict[str, str]:
        """The values of a setting that takes a NAME, by their names in order."""
        found = {parts_of(word): value for word, value in sorted(self.values.items())}
        return {name: value for (base, name), value in found.items() if base == key and name}

    @property
    def digest(self) -> str:
        """Changes when any value that is set changes."""
        text = "\n".join(f"{key}={value}" for key, value in sorted(self.values.items()))
        return hashlib.sha256(text.encode()).hexdigest()


def read_settings(layout: Layout, app: str) -> Settings:
    """Return the app's settings, the global ones where the app has none."""
    return Settings({**read_scope(layout, GLOBAL), **read_scope(layout, app)})


def read_scope(layout: Layout, scope: str) -> dict[str, str]:
    """Return what is set for one app, or for ``--global``."""
    folder = layout.settings / scope
    if not folder.is_dir():
        return {}
    return {f.name: f.read_text("utf-8") for f in folder.iterdir() if _is_setting(f.name)}


def word_of(key: str, name: str = "") -> str:
    """What a setting is called where it is stored: ``backup-target.offsite``."""
    return f"{key}.{name}" if name else key


def parts_of(word: str) -> tuple[str, str]:
    """The key and the NAME of what is stored under a word; an empty name for one without."""
    key, _, name = word.partition(".")
    return key, name


def _is_setting(word: str) -> bool:
    key, name = parts_of(word)
    is_named = key in SETTINGS and SETTINGS[key].is_named
    return bool(re.fullmatch(NAME, name)) if is_named else word in SETTINGS


def write_setting(layout: Layout, scope: str, word: str, value: str) -> None:
    """Set what is called ``word`` for an app or ``--global``; an empty value clears it.

    Raises DeployError for a value, or a word, that is none.
    """
    check_setting(scope, word, value)
    if value:
        files.write(layout.settings / scope / word, value)
    else:
        files.remove(layout.settings / scope / word)


def check_setting(scope: str, word: str, value: str) -> None:
    """Raise DeployError unless the value can be set, or cleared, there."""
    setting, said = find_setting(word), " ".join(parts_of(word)).rstrip()
    if setting.is_named and said == word:
        raise DeployError(f"{word} takes a name first, such as: {word} offsite VALUE")
    if setting.is_own and scope == GLOBAL:
        command = f"dokku {PLUGIN_NAME}:set APP {said} VALUE"
        raise DeployError(f"{said} belongs to one app; run: {command}")
    if setting.is_host and scope != GLOBAL:
        command = f"dokku {PLUGIN_NAME}:set {GLOBAL} {said} VALUE"
        raise DeployError(f"{said} belongs to the host; run: {command}")
    if not value or setting.accepts(value):
        return
    if setting.explain:  # the value is not repeated, for it may hold a password
        raise DeployError(f"{said}: {setting.explain(value)}")
    what = "what was given" if setting.is_secret else f'"{value}"'
    raise DeployError(f"{what} is no value for {said}; it takes {setting.expected}")


def find_setting(word: str) -> Setting:
    """The setting of a key, or of a key and a NAME; raises DeployError where there is none."""
    key, _ = parts_of(word)
    if not _is_setting(word) and word not in SETTINGS:
        raise DeployError(f"Invalid key specified, valid keys include: {', '.join(SETTINGS)}")
    return SETTINGS[key]


def forget_settings(layout: Layout, app: str) -> Path | None:
    """Forget the settings of an app that is gone.

    Without its password no backup can be read: what belongs to targets of the app's own is put
    aside, into the folder that is returned.
    """
    folder = layout.settings / app
    own = Settings(read_scope(layout, app)).named("backup-target")
    aside = layout.data / "kept" / f"{app}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    for path in folder.glob("backup-*") if own else ():
        os.rename(path, files.make_folder(aside) / path.name)
    files.remove(folder)
    return aside if own else None


def grant(app: str, key: str, value: str = "allow") -> str:
    """The remedy for what the operator has not allowed: the very command that does."""
    return f"the operator can allow it: dokku {PLUGIN_NAME}:set {app} {key} {value}"


def setting_file(layout: Layout, app: str, word: str) -> Path | None:
    """The file that holds the value in force for the app, if there is one."""
    paths = (layout.settings / scope / word for scope in (app, GLOBAL))
    return next((path for path in paths if path.is_file()), None)


def name_owner(layout: Layout) -> None:
    """Make up the word that marks this host's DNS records, once."""
    import secrets

    if not (layout.settings / GLOBAL / "dns-owner").exists():
        write_setting(layout, GLOBAL, "dns-owner", secrets.token_hex(6))
