"""What every step of a push needs to know: which app, which build, where, and who is told."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku

from .layout import AppFolder, Layout
from .report import Report
from .settings import Settings, read_settings


@dataclass(frozen=True)
class Context:
    """One app on this host, as seen from one trigger or subcommand."""

    app: str
    layout: Layout
    settings: Settings
    dokku: Dokku
    report: Report = field(default_factory=Report)
    build: str = ""

    @property
    def folder(self) -> AppFolder:
        """The app's own folder."""
        return self.layout.app(self.app)


def make_context(app: str, report: Report | None = None) -> Context:
    """Read the environment that Dokku gives to triggers and subcommands.

    The build is Dokku's id of the deploy under way; where a command deploys without one
    (``config:set`` of 0.38) the id of the outermost ``dokku`` process stands for it.
    """
    layout = Layout.from_environment()
    build = os.environ.get("DOKKU_BUILD_ID") or os.environ.get("DOKKU_PID", "")
    nested = {"ANSIBLE_DEPLOY_RUNNING": app}
    settings = read_settings(layout, app)
    dokku = Dokku(environment=nested)
    return Context(app, layout, settings, dokku, report or Report(), build)
