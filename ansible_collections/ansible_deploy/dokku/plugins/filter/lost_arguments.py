"""Finds the arguments of a daemon that would be gone if the host were set up as it is asked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any

DOCUMENTATION = """
name: lost_arguments
short_description: Find arguments of a daemon that somebody else set
description:
  - Reads C(ARGS=) of a file in C(/etc/default), and leaves out what may be replaced. That is what
    the role sets, now or earlier, what the package brought, and what O(more) sets to another value.
  - A line that cannot be read, such as one that goes on in the next, is returned whole.
positional: own, more, packaged
options:
  _input: {description: The file as text., type: str, required: true}
  own:
    description: The arguments that the role sets. By the first it knows an earlier run's again.
    type: list
    elements: str
    required: true
  more: {description: The arguments that the operator adds., type: str, required: true}
  packaged: {description: The arguments that the package brings., type: str, required: true}
author: dokku-ansible-deploy
"""

EXAMPLES = """
- ansible.builtin.assert:
    that: text | ansible_deploy.dokku.lost_arguments(own, "--log.level=warn", "") | length == 0
"""

RETURN = """
_value: {description: The arguments that would be gone., type: list, elements: str}
"""

LINE = re.compile(r"^\s*ARGS=(.*)$", re.MULTILINE)


def lost_arguments(text: str, own: list[str], more: str, packaged: str) -> list[str]:
    """Returns the arguments that somebody else set, in the order in which they stand there."""
    mine = set(map(_name, own))
    chosen = set(map(_name, _joined(more.split()))) - mine
    lost = []
    for line in LINE.finditer(text):
        try:
            found = _joined(" ".join(shlex.split(line[1])).split())
        except ValueError:
            lost.append(line[0].strip())
            continue
        replaced = chosen | mine if own[0] in found else chosen
        kept = {*own, *_joined(packaged.split())}
        lost += [each for each in found if each not in kept and _name(each) not in replaced]
    return lost


def _joined(words: Iterable[str]) -> list[str]:
    """Arguments as they are compared: C(--option value) is C(--option=value)."""
    found: list[str] = []
    for word in words:
        if word.startswith("-") or not found:
            found.append(word)
        else:
            found[-1] += f"{' ' if '=' in found[-1] else '='}{word}"
    return found


def _name(argument: str) -> str:
    return argument.partition("=")[0]


class FilterModule:
    """Tells Ansible which filters stand here."""

    def filters(self) -> dict[str, Any]:
        """Returns the filters by name."""
        return {"lost_arguments": lost_arguments}
