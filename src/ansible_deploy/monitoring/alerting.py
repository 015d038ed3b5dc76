"""What follows when the operator changes who is told: Alertmanager, and apps that are watched."""

from __future__ import annotations

import re

from .. import files
from ..context import Context, make_context
from ..desired import load_desired
from ..errors import DeployError
from ..layout import GLOBAL, Layout
from . import alertmanager
from .channels import chosen, visible


def check_names(layout: Layout, names: list[str]) -> None:
    """Raise DeployError for a channel that is not there for all apps."""
    known = visible(layout, GLOBAL)
    missing = [name for name in names if name not in known]
    if missing:
        others = f"; there are: {', '.join(known)}" if known else ""
        raise DeployError(f"there is no alert channel {', '.join(missing)} for every app{others}")


def follow(context: Context) -> None:
    """Have Alertmanager know the channels, and the alerts of watched apps name theirs."""
    layout, report = context.layout, context.report
    if said := alertmanager.write(layout):
        report.warning(f"Alertmanager was not told who is told of what: {said}")
    for path in sorted(layout.monitoring.targets("").parent.glob("*.json")):
        app = make_context(path.stem, report)
        try:
            names = load_desired(app, app.folder.accepted).manifest.monitoring.alerts
        except DeployError as error:
            report.problems(error)
            continue
        missing = [name for name in names or () if name not in visible(layout, app.app)]
        for name in missing:
            report.warning(f"{app.app} names the channel {name}, which is not there any more")
        _rewrite(layout, app.app, chosen(layout, app.app, names))
    chosen_for_host = context.settings.words("host-alerts")
    gone = [name for name in chosen_for_host if name not in visible(layout, GLOBAL)]
    for name in gone:
        report.warning(f"host-alerts names the channel {name}, which is not there any more")


def _rewrite(layout: Layout, app: str, labels: tuple[str, ...]) -> None:
    """Put other channels into the metric that the rules join; all else about the app stays."""
    path = layout.monitoring.metrics(app, "watch")
    before = files.read_text(path)
    told = f",{','.join(labels)}," if labels else ""
    after = re.sub(r'channels="[^"]*"', f'channels="{told}"', before)
    if after != before:
        files.write(path, after, mode=files.PUBLIC)
