"""Which links a turn takes from an app and which it makes, in what order, and what is in its way.

The service plugins look into the text of all variables: they link nothing under a name that stands
anywhere in it, nor a service whose address does, and take every variable with that address away
with a link (dokku-postgres 1.48.0, common-functions). So a link whose variable contains the name of
another one has to go for the moment, and comes again after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import config, service_links
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from ..context import Context
from ..errors import Problem
from .links import Links, OwnLink, Wish, naming

FOR_NOW = "for the time of the restore run"


@dataclass(frozen=True)
class Steps:
    """Which links go and which are made, each in order; and what else goes with them.

    ``copies`` are variables that a person gave the same address, each with the one that it is a
    copy of. ``shortened`` are the links' own that had more than the address.
    """

    gone: tuple[OwnLink, ...]
    made: tuple[OwnLink, ...]
    copies: Mapping[str, str]
    shortened: tuple[str, ...]


def plan_steps(links: Links, wish: Wish) -> Steps:
    """Return how one gets from what there is to what is wished for.

    At no moment there is a link in the way of one that is missing, so that a push, which makes them
    in the order of the file, could go on from anywhere.
    """
    due = [each for each in wish.wanted if not links.is_whole(each)]
    aside = [
        each
        for each in (*wish.wanted, *wish.others)
        if each not in due and links.has(each) and is_in_the_way(each, due)
    ]
    made = sorted([*due, *aside], key=lambda each: len(each.variable))
    gone = [each for each in (*wish.unwanted, *made) if links.has(each)]
    gone.sort(key=lambda each: -len(each.variable))
    own = {each.variable for each in wish.all}
    held = [(name, each) for each in gone for name in links.holders(each)]
    return Steps(
        tuple(gone),
        tuple(made),
        {name: each.variable for name, each in held if name not in own},
        tuple(name for name, each in held if name in own and not links.is_plain(name, each)),
    )


def is_in_the_way(link: OwnLink, due: Iterable[OwnLink]) -> bool:
    """Whether one of these could not be made while the link is there."""
    return any(each.variable in link.variable for each in due)


def obstacles(app: str, links: Links, steps: Steps) -> Iterator[Problem]:
    """Say of each variable that is in the way, or would be lost, what to do."""
    held = {name: each for each in steps.gone for name in links.holders(each)}
    for link in steps.made:
        for name, value in links.variables.items():
            if name not in held and link.variable in f"{name}={value}":
                what = f"{app} has a variable {name}, in which {link.variable} stands"
                why = f"Dokku could not link the service again; {FOR_NOW}"
                yield Problem("", what, f"{why}: {_unset(app, name)}")
    for name, variable in steps.copies.items():
        if not links.is_plain(name, held[name]):
            what = f"{app} has a variable {name}, the address of {variable} and more"
            why = f"Dokku would take it away; keep it elsewhere, and {FOR_NOW}"
            yield Problem("", what, f"{why}: {_unset(app, name)}")


def _unset(app: str, name: str) -> str:
    return f"dokku config:unset --no-restart {app} {name}"


def carry_out(
    context: Context, steps: Steps, copies: Mapping[str, str], unwanted: Iterable[OwnLink]
) -> None:
    """Take the links away and make them, and set the copies again; restarts nothing.

    Tells of what cannot be as it was.
    """
    dokku, app = context.dokku, context.app
    for each in steps.gone:
        service_links.clear(dokku, _desired(app, each))
    for each in steps.made:
        dokku.run(*service_links.link(_desired(app, each)).words)
    if not steps.made and not copies:
        return
    variables = config.read(dokku, app)
    lost = {name: of for name, of in copies.items() if name not in variables and of in variables}
    if lost:
        config.write(dokku, app, {name: variables[of] for name, of in lost.items()})
    for name in steps.shortened:
        context.report.warning(f"{name} is the address alone now; what stood beside it is gone")
    for name in naming(variables, unwanted):
        context.report.warning(f"{name} names a service that {app} no longer uses; set it anew")


def _desired(app: str, link: OwnLink) -> service_links.DesiredLink:
    return service_links.DesiredLink(KINDS[link.kind], link.name, app, link.alias)
