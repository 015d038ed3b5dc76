"""The environment that `dokku` exports to everything below it (facts, section 1.3)."""

import grp
import os
import pwd

from sandbox.dokku.host import Host

LABELS = "--label=org.label-schema.schema-version=1.0 --label=org.label-schema.vendor=dokku"
LABELS += " --label=dokku"
CONSTANTS = {
    "DOKKU_IMAGE": "gliderlabs/herokuish:latest-24",
    "DOKKU_CNB_BUILDER": "heroku/builder:24",
    "DOKKU_API_VERSION": "1",
    "DOKKU_NOT_IMPLEMENTED_EXIT": "10",
    "DOKKU_VALID_EXIT": "0",
    "DOKKU_CONTAINER_LABEL": "dokku",
    "DOKKU_GLOBAL_BUILD_ARGS": LABELS,
    "DOKKU_GLOBAL_RUN_ARGS": LABELS,
}


def user_name() -> str:
    """Return the name of the user who plays `dokku`: whoever runs the sandbox."""
    return pwd.getpwuid(os.getuid()).pw_name


def group_name() -> str:
    """Return the name of that user's group."""
    return grp.getgrgid(os.getgid()).gr_name


def export(host: Host) -> None:
    """Put Dokku's variables into the environment of this process."""
    if not (os.environ.get("LC_ALL") or os.environ.get("LANG")):
        os.environ.pop("LC_CTYPE", None)  # Python's own coercion; a real trigger sees no locale
    lib, plugins, core = host.lib, host.lib / "plugins", host.lib / "core-plugins"
    os.environ.update(CONSTANTS)
    os.environ.update(
        DOKKU_ROOT=str(host.home),
        DOKKU_HOST_ROOT=str(host.home),
        DOKKU_LIB_ROOT=str(lib),
        PLUGIN_PATH=str(plugins),
        PLUGIN_AVAILABLE_PATH=str(plugins / "available"),
        PLUGIN_ENABLED_PATH=str(plugins / "enabled"),
        PLUGIN_CORE_PATH=str(core),
        PLUGIN_CORE_AVAILABLE_PATH=str(core / "available"),
        PLUGIN_CORE_ENABLED_PATH=str(core / "enabled"),
        DOKKU_LOGS_DIR=str(host.root / "var/log/dokku"),
        DOKKU_LOGS_HOST_DIR=str(host.root / "var/log/dokku"),
        DOKKU_EVENTS_LOGFILE=str(host.root / "var/log/dokku/events.log"),
        DOKKU_SYSTEM_USER=user_name(),
        DOKKU_SYSTEM_GROUP=group_name(),
        DOKKU_DISTRO=distribution(),
        DOCKER_BIN=str(host.root / "bin/docker"),
    )
    os.environ.setdefault("DOKKU_PID", str(os.getpid()))
    os.environ["PATH"] = with_program_directory(host, os.environ.get("PATH", "/usr/bin:/bin"))


def with_program_directory(host: Host, path: str) -> str:
    """Return a search path that finds the sandbox's programs before the machine's."""
    programs = str(host.root / "bin")
    return path if programs in path.split(":") else f"{programs}:{path}"


def sign_in() -> None:
    """Say who called, as Dokku's authentication step does."""
    os.environ.setdefault("SSH_USER", user_name())
    os.environ.setdefault("SSH_NAME", os.environ.get("NAME", "default"))


def distribution() -> str:
    """Return the ID of the machine's /etc/os-release."""
    try:
        with open("/etc/os-release", encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        return ""
    return next((line[3:].strip('"') for line in lines if line.startswith("ID=")), "")
