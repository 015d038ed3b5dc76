"""The concern *proxy*: files for the app's server block in nginx.

Takes the files of ``nginx.conf.d`` as they are, which need a grant by the operator, and renders
the one that ``redirects`` asks for, which needs none because it holds nothing but checked names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .app import App
from .domains import Domains
from .fragments import Format, Schema
from .wish import Wish

REDIRECTS_FILE = "ansible-deploy-redirects.conf"
SNIPPET_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.conf")
# Files that Dokku and its plugins keep in the same directory of the host.
TAKEN = (
    "hsts.conf",
    "letsencrypt.conf",
    "http-auth.conf",
    "maintenance.conf",
    "redirect.conf",
    REDIRECTS_FILE,
)

SCHEMA: Schema = {}
FORMATS: dict[str, Format] = {}


@dataclass(frozen=True)
class Proxy:
    """The app's own snippets by file name (each needs a grant), and the rendered redirects."""

    snippets: Mapping[str, str] = field(default_factory=dict)
    redirects: str = ""

    def files(self) -> dict[str, str]:
        """Return every file for the app's server block, by name."""
        rendered = {REDIRECTS_FILE: self.redirects} if self.redirects else {}
        return {**self.snippets, **rendered}

    def items(self, app: App) -> tuple[str, ...]:
        """Return the names of the files."""
        return tuple(self.files())

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *proxy* needs."""
        return {"proxy_snippets": self.files()}


def read(wish: Wish, domains: Domains) -> Proxy:
    """Take over the snippets and render the redirects."""
    return Proxy(dict(wish.snippets), render_redirects(domains.redirects))


def render_redirects(redirects: Mapping[str, str]) -> str:
    """Return nginx's text for the redirects, or nothing when there are none.

    ``$http_host`` and not ``$host``, so that a visitor who came by another port than 80 or 443 is
    sent to the same port. The names hold only letters, digits, dots and hyphens.
    """
    blocks = [
        f'if ($http_host ~* "^{re.escape(source)}(:[0-9]+)?$") {{\n'
        f"  return 301 $scheme://{target}$1$request_uri;\n"
        "}\n"
        for source, target in redirects.items()
    ]
    return "".join(blocks)
