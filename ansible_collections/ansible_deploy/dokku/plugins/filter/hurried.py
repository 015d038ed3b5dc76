"""Makes alerting rules fire sooner, for hosts that are only looked at for minutes."""

from __future__ import annotations

import re
from typing import Any

DOCUMENTATION = """
name: hurried
short_description: Divide the times that alerting rules wait before they fire
description: Divides each C(for) of Prometheus' alerting rules, a whole number of minutes.
positional: divisor
options:
  _input: {description: The rules as text., type: str, required: true}
  divisor: {description: By how much., type: int, required: true}
author: dokku-ansible-deploy
"""

EXAMPLES = """
- ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'rules.yml') | ansible_deploy.dokku.hurried(60) }}"
"""

RETURN = """
_value: {description: The rules as text., type: str}
"""

WAIT = re.compile(r"^( +for: )(\d+)m$", re.MULTILINE)


def hurried(rules: str, divisor: int) -> str:
    """Returns the rules with each wait divided."""
    if divisor == 1:
        return rules
    return WAIT.sub(
        lambda found: f"{found[1]}{_duration(int(found[2]) * 60_000 // divisor)}", rules
    )


def _duration(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{milliseconds}ms" if rest else f"{seconds}s"


class FilterModule:
    """Tells Ansible which filters stand here."""

    def filters(self) -> dict[str, Any]:
        """Returns the filters by name."""
        return {"hurried": hurried}
