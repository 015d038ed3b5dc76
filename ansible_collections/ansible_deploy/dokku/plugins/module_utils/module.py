"""Runs one of our modules: in the controller for the action plugin, on the host as a module."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from . import (
    app,
    backup_job,
    certs,
    checked_file,
    checks,
    config,
    dns_by_hand,
    dns_records,
    docker_options,
    domains,
    info,
    issuer,
    letsencrypt,
    monitoring_files,
    network,
    nginx_conf,
    ports,
    properties,
    proxy,
    resources,
    service_creation,
    service_links,
    storage,
)
from .client import Dokku, DokkuError
from .text import yaml_text
from .words import InvalidValue

if TYPE_CHECKING:
    from .definition import ModuleDefinition

MODULES: dict[str, ModuleDefinition] = {
    "backup_job": backup_job.MODULE,
    "checked_file": checked_file.MODULE,
    "dns_records": dns_records.MODULE,
    "dns_by_hand": dns_by_hand.MODULE,
    "monitoring_files": monitoring_files.MODULE,
    "dokku_app": app.MODULE,
    "dokku_certs": certs.MODULE,
    "dokku_checks": checks.MODULE,
    "dokku_config": config.MODULE,
    "dokku_docker_options": docker_options.MODULE,
    "dokku_domains": domains.MODULE,
    "dokku_info": info.MODULE,
    "dokku_letsencrypt": letsencrypt.MODULE,
    "dokku_issuer": issuer.MODULE,
    "dokku_network": network.MODULE,
    "dokku_nginx_conf": nginx_conf.MODULE,
    "dokku_ports": ports.MODULE,
    "dokku_property": properties.MODULE,
    "dokku_proxy": proxy.MODULE,
    "dokku_resource_limit": resources.LIMIT_MODULE,
    "dokku_resource_reserve": resources.RESERVE_MODULE,
    "dokku_service_create": service_creation.MODULE,
    "dokku_service_link": service_links.MODULE,
    "dokku_storage": storage.MODULE,
}


def answer(name: str, dokku: Dokku, params: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Returns what Ansible gets to see: changes, a diff and facts, or a failure with its reason."""
    try:
        result = MODULES[name].converge(dokku, params, check=check)
    except (DokkuError, InvalidValue) as error:
        return {"failed": True, "changed": False, "changes": [], "msg": str(error)}
    content: dict[str, Any] = {
        **result.facts,
        "changed": result.changed,
        "changes": [asdict(change) for change in result.changes],
        "diff": {"before": yaml_text(result.before), "after": yaml_text(result.after)},
    }
    if result.warnings:
        content["warnings"] = list(result.warnings)
    if result.pending:
        content["pending"] = result.pending
    if result.notes:
        content["notes"] = list(result.notes)
    return content


def run_module(name: str) -> None:
    """Runs the module on the host that Ansible brought it to, the ordinary way."""
    from ansible.module_utils.basic import AnsibleModule

    definition = MODULES[name]
    module = AnsibleModule(
        argument_spec=definition.arguments, supports_check_mode=True, **definition.rules
    )
    content = answer(name, Dokku(), module.params, check=module.check_mode)
    for warning in content.pop("warnings", ()):
        module.warn(warning)
    if content.get("failed"):
        module.fail_json(**content)
    module.exit_json(**content)
