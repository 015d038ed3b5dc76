"""Whether an app can be turned to what is to be restored: looked at before anything is.

What would fail in the middle of a turn is cheaper to say here.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import service_creation
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from ..context import Context
from ..desired import Desired, load_desired
from ..errors import DeployError, HostError
from .contents import Contents
from .links import Links, OwnLink, Wish, read_links
from .relinking import Steps, is_in_the_way, obstacles, plan_steps
from .turn import Turn, exchange, read_turn


def check_links(into: Context, desired: Desired, contents: Contents) -> None:
    """Raise DeployError where services could not be linked again under their names."""
    keys = {saved.key for saved in contents.services}
    old = tuple(link for key, link in _own_links(desired).items() if key in keys)
    fresh = tuple(replace(link, name="") for link in old)
    _fit(into, Wish(fresh, old, tuple(_others(desired, keys, old))))


def fit_links(context: Context, turn: Turn) -> tuple[Turn, Steps]:
    """Return the steps to the wanted side, and the turn that remembers what they take away.

    Raises DeployError before anything is changed. What an interrupted turn took away is wanted as
    well.
    """
    before = read_turn(context) or turn
    aside = tuple(each for each in before.aside if _exists(context, each))
    wanted, unwanted = turn.links(turn.side), turn.links(turn.unused)
    others: list[OwnLink] = []
    if context.folder.accepted.is_dir():
        desired = load_desired(context, context.folder.accepted)
        others = _others(desired, {each.key for each in turn.services}, wanted)
    rest = tuple(each for each in others if each not in aside)
    links, steps = _fit(context, Wish((*wanted, *aside), unwanted, rest))
    for each in wanted:
        if not links.addresses[each.word]:
            raise HostError(f"there is no {each.kind} {each.name} any more")
    aside = tuple(dict.fromkeys([*aside, *(each for each in steps.made if each not in wanted)]))
    copies = {**before.copies, **steps.copies}
    return replace(turn, is_done=False, aside=aside, copies=copies), steps


def _exists(context: Context, link: OwnLink) -> bool:
    return service_creation.read(context.dokku, KINDS[link.kind], link.name)


def _fit(context: Context, wish: Wish) -> tuple[Links, Steps]:
    links = read_links(context.dokku, context.app, wish)
    steps = plan_steps(links, wish)
    problems = [*obstacles(context.app, links, steps)]
    if problems:
        raise DeployError(problems)
    return links, steps


def _own_links(desired: Desired) -> dict[str, OwnLink]:
    """The links of all services that the app declares, by their keys."""
    return {
        each.key: OwnLink(each.kind, each.name(desired.app), each.alias)
        for each in desired.manifest.services.services
    }


def _others(desired: Desired, turned: Collection[str], links: Collection[OwnLink]) -> list[OwnLink]:
    """The app's links that are not turned, and in the way of those that are."""
    own = _own_links(desired).items()
    return [link for key, link in own if key not in turned and is_in_the_way(link, links)]


def check_places(desired: Desired, contents: Contents) -> None:
    """Raise OSError where a directory could not be exchanged with a restored one beside it."""
    keys = {saved.key for saved in contents.volumes}
    for volume in desired.manifest.storage.volumes:
        if volume.source in keys:
            _check_exchange(Path(volume.directory(desired.app)))


def _check_exchange(place: Path) -> None:
    """Raise OSError unless a directory beside this one could be exchanged with it.

    Not every file system can, and a directory that something is mounted on cannot be moved.
    """
    if os.path.ismount(place):
        raise OSError(errno.EBUSY, "something is mounted there", str(place))
    trial = [place.with_name(f".{place.name}.{number}") for number in (1, 2)]
    try:
        for path in trial:
            path.mkdir(exist_ok=True)
        exchange(str(trial[0]), str(trial[1]))
    finally:
        for path in trial:
            if path.is_dir():
                path.rmdir()
