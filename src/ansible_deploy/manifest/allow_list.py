"""Which of Dokku's properties an app may set by itself, and which need a grant by the operator.

Dokku writes nginx values into its files as they are, so a value that is accepted here cannot hold
anything but what its form says.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """What a value of a property looks like, in a pattern and in words."""

    pattern: str
    words: str


SIZE = Form(r"[0-9]{1,9}[kKmMgG]?", "a size such as 50m")
TIME = Form(r"[0-9]{1,6}(ms|s|m|h|d)?", "a time such as 60s")
COUNT = Form(r"[0-9]{1,9}", "a whole number")
SWITCH = Form(r"on|off", "on or off")
TRUTH = Form(r"true|false", "true or false")
BUFFERS = Form(r"[0-9]{1,4} [0-9]{1,9}[kKmM]?", 'a number and a size such as "8 16k"')
POLICY = Form(
    r"no|always|unless-stopped|on-failure(:[0-9]{1,3})?",
    "no, always, unless-stopped or on-failure:10",
)
LOG_SIZE = Form(r"[1-9][0-9]{0,5}[kmg]|unlimited", "a size such as 20m, or unlimited")

# Each of these acts on the app's own containers or its own server block in nginx, takes no path,
# no program and no network of the host, and cannot be more than its form.
SAFE: dict[str, dict[str, Form]] = {
    "checks": {"wait-to-retire": COUNT},
    "logs": {"max-size": LOG_SIZE},
    "nginx": {
        **dict.fromkeys(
            ("client-max-body-size", "proxy-buffer-size", "proxy-busy-buffers-size"), SIZE
        ),
        **dict.fromkeys(
            ("client-body-timeout", "client-header-timeout", "keepalive-timeout"), TIME
        ),
        **dict.fromkeys(("lingering-timeout", "proxy-connect-timeout", "proxy-read-timeout"), TIME),
        **dict.fromkeys(("proxy-send-timeout", "send-timeout"), TIME),
        **dict.fromkeys(("hsts", "hsts-include-subdomains", "hsts-preload"), TRUTH),
        **dict.fromkeys(("hsts-max-age", "proxy-keepalive"), COUNT),
        **dict.fromkeys(("proxy-buffering", "underscore-in-headers", "x-forwarded-ssl"), SWITCH),
        "proxy-buffers": BUFFERS,
    },
    "ps": {"restart-policy": POLICY, "stop-timeout-seconds": COUNT},
    "scheduler-docker-local": {"init-process": TRUTH, "parallel-schedule-count": COUNT},
}
# What else these plugins know (0.38.27): paths, programs, networks or other apps' business.
# They need a grant.
UNSAFE: dict[str, list[str]] = {
    "checks": [],
    "logs": ["app-label-alias", "vector-cron-sink", "vector-sink"],
    "nginx": [
        "access-log-format",
        "access-log-path",
        "bind-address-ipv4",
        "bind-address-ipv6",
        "disable-custom-config",
        "error-log-path",
        "nginx-conf-sigil-path",
        "nginx-service-command",
        "x-forwarded-for-value",
        "x-forwarded-port-value",
        "x-forwarded-proto-value",
    ],
    "network": [
        "attach-post-create",
        "attach-post-deploy",
        "bind-all-interfaces",
        "initial-network",
        "static-web-listener",
        "tld",
    ],
    "ps": ["dockerfile-start-cmd", "procfile-path", "restore", "skip-deploy", "start-cmd"],
    "scheduler-docker-local": [],
}
# Plugins of Dokku that have a place of their own.
OTHER_PLACES = {
    "config": "deploy.yml has a key for it: env",
    "domains": "deploy.yml has a key for it: domains",
    "ports": "deploy.yml has a key for it: port or ports",
    "storage": "deploy.yml has a key for it: volumes",
    "resource": "deploy.yml has a key for it: resources",
    "certs": "deploy.yml has a key for it: tls",
    "letsencrypt": "deploy.yml has a key for it: tls",
    "buildpacks": "it belongs in the app's own app.json",
    "cron": "cron jobs belong in the app's own app.json",
    "app-json": "app.json is read from where the operator set it",
    "docker-options": "they act on the host; the operator sets them",
    "apps": "only the operator may do this",
    "git": "only the operator may do this",
    "plugin": "only the operator may do this",
    "ansible-deploy": "only the operator may do this",
}
IN_APP_JSON = {
    "ps": {"scale": "formation", "formation": "formation"},
    "checks": {
        "disabled": "healthchecks",
        "skipped": "healthchecks",
        "healthchecks": "healthchecks",
    },
}
