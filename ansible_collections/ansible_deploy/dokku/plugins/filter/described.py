"""Completes what an app's own plays are told about it, with what was observed on the host."""

from __future__ import annotations

from typing import Any

DOCUMENTATION = """
name: described
short_description: Complete the description of an app with what was observed
description: Adds the config variables, the domains and ports, and the address of each service.
positional: observed, config
options:
  _input: {description: The description., type: dict, required: true}
  observed: {description: What C(dokku_info) said about the app., type: dict, required: true}
  config: {description: The variables that the app wishes for., type: dict, required: true}
author: dokku-ansible-deploy
"""

EXAMPLES = """
- ansible.builtin.set_fact:
    ansible_deploy: "{{ deploy_description | ansible_deploy.dokku.described(observed, variables) }}"
"""

RETURN = """
_value: {description: The complete description., type: dict}
"""


def described(
    description: dict[str, Any], observed: dict[str, Any], config: dict[str, str]
) -> dict[str, Any]:
    """Returns the description with config, domains, ports and the services' addresses.

    `config` is what was wished for: in a plan it is not on the host yet.
    """
    config = {**observed.get("config", {}), **config}
    services = [{**s, "url": config.get(s["variable"], "")} for s in description["services"]]
    names = observed.get("domains", {}).get("names") or description["domains"]
    ports = observed.get("ports") or description["ports"]
    return {**description, "config": config, "domains": names, "ports": ports, "services": services}


class FilterModule:
    """Tells Ansible which filters stand here."""

    def filters(self) -> dict[str, Any]:
        """Returns the filters by name."""
        return {"described": described}
