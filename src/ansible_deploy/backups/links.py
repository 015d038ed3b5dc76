"""How the links stand that a turn is about: an app's variables, its services, their addresses.

Nothing is changed here; what is done about them is in relinking.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import config, service_links
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku, DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.service_creation import (
    is_missing_service,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import (
    KINDS,
    variable_of_alias,
)


@dataclass(frozen=True)
class OwnLink:
    """A link of the app: to which service, and what its variable begins with.

    A service that is not made yet has no name.
    """

    kind: str
    name: str
    alias: str

    @property
    def variable(self) -> str:
        """The config variable with the service's address."""
        return variable_of_alias(self.alias)

    @property
    def word(self) -> str:
        """The service as the plugin's record names it: ``postgres:shop-postgres``."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class Wish:
    """Which links there are to be and which not.

    The ``others`` are links of the app as well; what is not in the way stays as it is.
    """

    wanted: tuple[OwnLink, ...]
    unwanted: tuple[OwnLink, ...]
    others: tuple[OwnLink, ...] = ()

    @property
    def all(self) -> tuple[OwnLink, ...]:
        """Every link that is spoken of."""
        return (*self.wanted, *self.unwanted, *self.others)


@dataclass(frozen=True)
class Links:
    """What there is: the app's variables, the services it is linked to, and their addresses.

    A service that does not exist has no address.
    """

    variables: Mapping[str, str] = field(repr=False)
    linked: frozenset[str]
    addresses: Mapping[str, str] = field(repr=False)

    def holders(self, link: OwnLink) -> list[str]:
        """The variables that `unlink` takes away."""
        address = self.addresses[link.word]
        return [name for name, value in self.variables.items() if address and address in value]

    def has(self, link: OwnLink) -> bool:
        """Whether there is anything of it; a killed `unlink` leaves the variable alone."""
        return link.word in self.linked or bool(self.holders(link))

    def is_whole(self, link: OwnLink) -> bool:
        """Whether it is made, under its own name."""
        return link.word in self.linked and link.variable in self.holders(link)

    def is_plain(self, name: str, link: OwnLink) -> bool:
        """Whether a variable is the service's address and no more."""
        return self.variables[name] == self.addresses[link.word]


def read_links(dokku: Dokku, app: str, wish: Wish) -> Links:
    """Return how all the links stand that are spoken of."""
    variables, linked = config.read(dokku, app), set()
    for kind in sorted({each.kind for each in wish.all}):
        names = service_links.read_names(dokku, KINDS[kind], app)
        linked |= {f"{kind}:{name}" for name in names}
    addresses = {each.word: _address(dokku, each, variables) for each in wish.all}
    return Links(variables, frozenset(linked), addresses)


def _address(dokku: Dokku, link: OwnLink, variables: Mapping[str, str]) -> str:
    """The service's address as the app has it, which may wish for another scheme."""
    if not link.name:
        return ""
    words = (f"{link.kind}:info", link.name, "--dsn")
    answer = dokku.run(*words, check=False)
    if is_missing_service(answer.stderr):
        return ""
    if answer.exit:
        raise DokkuError(words, answer.exit, answer.stderr)
    scheme, colon, rest = answer.stdout.strip().partition("://")
    return (variables.get(f"{link.kind.upper()}_DATABASE_SCHEME") or scheme) + colon + rest


def naming(variables: Mapping[str, str], links: Iterable[OwnLink]) -> list[str]:
    """Return the variables in which the host of one of these services stands, in any form.

    Its name there is that of the container (dokku-postgres 1.48.0, service_dns_hostname).
    """
    hosts = "|".join(
        f"dokku-{each.kind}-{each.name}".replace(".", "-").replace("_", "-") for each in links
    )
    pattern = re.compile(rf"(?<![\w-])({hosts})(?![\w-])")
    return [name for name, value in variables.items() if hosts and pattern.search(value)]
