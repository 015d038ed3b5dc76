"""The small pieces of the status page: icons, times, sections."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp

from .markup import Markup, element
from .overview import DOWN, UNKNOWN, UP

# Each has a shape of its own, so that none is told by its colour alone.
SHAPES = {
    UP: '<circle cx="8" cy="8" r="7.2"/><path d="M4.6 8.3l2.3 2.3 4.5-5"/>',
    DOWN: '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5zM5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2"/>',
    UNKNOWN: '<circle cx="8" cy="8" r="7.2" stroke-dasharray="2.6 2"/><path d="M5 8h6"/>',
    "notice": '<path d="M8 1.4L15 14.2H1z"/><path d="M8 6v4m0 1.8v.4"/>',
}
SYMBOLS = "".join(
    f'<symbol id="{name}" viewBox="0 0 16 16">{shape}</symbol>' for name, shape in SHAPES.items()
)
ICONS = Markup(f'<svg class="symbols" aria-hidden="true" focusable="false">{SYMBOLS}</svg>')


def icon(name: str) -> Markup:
    """Return an icon that says what the text beside it says, too."""
    return element("svg", element("use", href=f"#{name}"), class_="icon", aria_hidden="true")


def section(name: str, title: str, content: str) -> Markup:
    """Return a section with its heading."""
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, content, aria_labelledby=f"{name}-title", id=name)


def moment(at: datetime, now: datetime, *, is_long: bool = False) -> Markup:
    """Return a moment for people and programs: without the day where that is today's."""
    if is_long:
        words = f"{at.day} {at:%B %Y, %H:%M} UTC"
    elif at.date() == now.date():
        words = f"today {at:%H:%M}"
    else:
        words = f"{day(at, now)} {at:%H:%M}"
    return element("time", words, datetime=timestamp(at))


def day(at: datetime, now: datetime) -> str:
    """``22 Nov``, and ``22 Nov 2025`` of another year."""
    return f"{at.day} {at:%b}" + (f" {at:%Y}" if at.year != now.year else "")
