"""Which of Dokku's own plugins answers which trigger, and with which function.

One table for all, so that firing a trigger imports nothing that has no part in it.
"""

from sandbox.dokku.plugins.service_kinds import PLUGINS as SERVICES

# plugins that keep properties of an app: forgotten with it, copied when it is cloned or renamed
PROPERTIES = (
    "app-json apps builder builder-dockerfile builder-herokuish builder-lambda builder-nixpacks"
    " builder-pack builder-railpack buildpacks checks common cron docker-options domains git logs"
    " network nginx-vhosts ports proxy ps registry resource scheduler scheduler-docker-local storage"
).split()

TRIGGERS: dict[str, dict[str, str]] = {
    "post-create": {
        "apps": "apps.post_create",
        "config": "config.post_create",
    },
    "pre-delete": dict.fromkeys(SERVICES, "service.pre_delete"),
    "post-delete": {
        **dict.fromkeys(PROPERTIES, "lifecycle.forget"),
        "config": "config.forget",
    },
    "post-app-rename-setup": {
        **dict.fromkeys(PROPERTIES, "lifecycle.move"),
        "config": "config.copy",
    },
    "post-app-clone-setup": {
        **dict.fromkeys(PROPERTIES, "lifecycle.copy"),
        "config": "config.copy",
    },
    "deploy-source-set": {"apps": "apps.deploy_source_set"},
}


def find(trigger: str, plugin: str) -> str:
    """Return `module.function` of a plugin's part in a trigger, or nothing."""
    return TRIGGERS.get(trigger, {}).get(plugin, "")
