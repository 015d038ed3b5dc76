"""Which of Dokku's own plugins answers which trigger, and with which function.

One table for all, so that firing a trigger imports nothing that has no part in it.
"""

from sandbox.dokku.community import LETSENCRYPT
from sandbox.dokku.plugins.service_kinds import PLUGINS as SERVICES

# plugins that keep properties of an app: forgotten with it, copied when it is cloned or renamed
PROPERTIES = [
    "app-json",
    "apps",
    "builder",
    "builder-dockerfile",
    "builder-herokuish",
    "builder-lambda",
    "builder-nixpacks",
    "builder-pack",
    "builder-railpack",
    "buildpacks",
    "checks",
    "common",
    "cron",
    "docker-options",
    "logs",
    "network",
    "ports",
    "proxy",
    "ps",
    "registry",
    "resource",
    "scheduler",
    "scheduler-docker-local",
    "storage",
]
BUILDERS = [
    "builder-dockerfile",
    "builder-herokuish",
    "builder-lambda",
    "builder-nixpacks",
    "builder-null",
    "builder-pack",
    "builder-railpack",
]
RELEASED_ONLY = ("common", "builds")  # what a copy of an app does not inherit: that it is deployed
COPIED = [name for name in PROPERTIES if name not in RELEASED_ONLY]

TRIGGERS: dict[str, dict[str, str]] = {
    "post-create": {
        "apps": "apps.post_create",
        "config": "config.post_create",
        "domains": "domains.post_create",
        "git": "git.initialize",
        "nginx-vhosts": "nginx_vhosts.rebuild",
        "ps": "ps.post_create",
    },
    "pre-delete": dict.fromkeys(SERVICES, "service.pre_delete"),
    "post-delete": {
        **dict.fromkeys([*PROPERTIES, "builds", "domains", "git"], "lifecycle.forget"),
        "config": "config.forget",
        "cron": "cron_table.post_delete",
        LETSENCRYPT: "letsencrypt.post_delete",
        "nginx-vhosts": "nginx_vhosts.post_delete",
        "ps": "ps.post_delete",
    },
    "post-app-rename-setup": {
        **dict.fromkeys(COPIED, "lifecycle.move"),
        "builds": "lifecycle.move",
        "common": "lifecycle.move",
        "config": "config.copy",
        "domains": "domains.rename",
        "git": "git.clone",
        LETSENCRYPT: "letsencrypt.after_copy",
        "nginx-vhosts": "lifecycle.move_nginx",
        "scheduler-docker-local": "scheduler_docker_local.rename",
        **dict.fromkeys(SERVICES, "service.copy_links"),
    },
    "post-app-rename": {"ps": "ps.after_copy"},
    "post-app-clone-setup": {
        **dict.fromkeys(COPIED, "lifecycle.copy"),
        "apps": "lifecycle.copy_app",
        "certs": "certs.clone",
        "config": "config.copy",
        "domains": "domains.clone",
        "git": "git.clone",
        LETSENCRYPT: "letsencrypt.after_copy",
        "nginx-vhosts": "lifecycle.copy_nginx",
        **dict.fromkeys(SERVICES, "service.copy_links"),
    },
    "pre-start": dict.fromkeys(SERVICES, "service.pre_start"),
    "pre-restore": dict.fromkeys(SERVICES, "service.pre_restore"),
    "service-list": dict.fromkeys(SERVICES, "service.service_list"),
    "post-app-clone": {"ps": "ps.after_copy"},
    "deploy-source-set": {"apps": "apps.deploy_source_set", "git": "git.forget_image"},
    "receive-app": {"git": "git.receive_app"},
    "core-post-extract": {
        "app-json": "app_json.core_post_extract",
        "ps": "ps.core_post_extract",
    },
    "builder-build": dict.fromkeys(BUILDERS, "builder.build"),
    "builder-release": dict.fromkeys(BUILDERS, "builder.release"),
    "release-and-deploy": {"common": "common.release_and_deploy"},
    "deploy": {"common": "common.deploy"},
    "pre-release-builder": {"app-json": "app_json.pre_release"},
    "post-release-builder": {
        "app-json": "app_json.post_release",
        "ps": "ps.post_release",
        "registry": "registry.post_release",
        "scheduler-docker-local": "scheduler_docker_local.post_release",
    },
    "scheduler-deploy": {"scheduler-docker-local": "scheduler_docker_local.deploy"},
    "scheduler-stop": {
        "cron": "cron_table.stopped",
        "scheduler-docker-local": "scheduler_docker_local.stop",
    },
    "scheduler-cron-write": {"cron": "cron_table.write"},
    "check-deploy": {"scheduler-docker-local": "scheduler_docker_local.check_deploy"},
    "scheduler-post-deploy-process": {"nginx-vhosts": "nginx_vhosts.post_deploy_process"},
    "core-post-deploy": {
        "app-json": "app_json.core_post_deploy",
        "common": "common.core_post_deploy",
        "nginx-vhosts": "nginx_vhosts.core_post_deploy",
        "ps": "ps.core_post_deploy",
        "scheduler-docker-local": "scheduler_docker_local.core_post_deploy",
    },
    "post-deploy": {"app-json": "app_json.post_deploy", "cron": "cron_table.rewrite"},
    "post-stop": {"ps": "ps.post_stop"},
    "builds-record-start": {"builds": "builds.record_start"},
    "builds-record-finalize": {"builds": "builds.record_finalize"},
    "post-domains-update": {
        LETSENCRYPT: "letsencrypt.domains_updated",
        "nginx-vhosts": "nginx_vhosts.rebuild",
    },
    "post-proxy-ports-update": {"nginx-vhosts": "nginx_vhosts.rebuild"},
    "proxy-build-config": {"nginx-vhosts": "nginx_vhosts.build_config"},
    "proxy-clear-config": {"nginx-vhosts": "nginx_vhosts.clear_config"},
    "proxy-enable": {"nginx-vhosts": "nginx_vhosts.proxy_enabled"},
    "proxy-disable": {"nginx-vhosts": "nginx_vhosts.proxy_disabled"},
    "pre-enable-vhost": {"nginx-vhosts": "nginx_vhosts.vhost_enabled"},
    "pre-disable-vhost": {"nginx-vhosts": "nginx_vhosts.vhost_disabled"},
    "post-certs-update": {"ports": "ports.certs_updated"},
    "post-certs-remove": {"ports": "ports.certs_removed"},
    "ports-set-detected": {"ports": "ports.set_detected"},
    # questions that a plugin asks with `plugn trigger`
    "app-json-get-content": {"app-json": "app_json.get_content"},
    "cron-entries": {LETSENCRYPT: "letsencrypt_renewal.cron_entries"},
    "certs-exists": {"certs": "certs.print_exists"},
    "domains-list": {"domains": "domains.list_domains"},
    "ports-get": {"ports": "ports.get"},
    "proxy-is-enabled": {"proxy": "proxy.print_enabled"},
    "proxy-type": {"proxy": "proxy.print_kind"},
}

# fired by Dokku's Go code, which gives their programs no standard input (facts, section 1.2)
WITHOUT_INPUT = frozenset(
    [
        "post-create",
        "pre-delete",
        "post-delete",
        "post-app-rename-setup",
        "post-app-rename",
        "post-app-clone-setup",
        "post-app-clone",
        "post-config-update",
        "post-proxy-ports-update",
        "pre-deploy",
        "scheduler-stop",
        "post-stop",
        "pre-start",
        "cron-entries",
        "scheduler-cron-write",
    ]
)


def find(trigger: str, plugin: str) -> str:
    """Return `module.function` of a plugin's part in a trigger, or nothing."""
    return TRIGGERS.get(trigger, {}).get(plugin, "")
