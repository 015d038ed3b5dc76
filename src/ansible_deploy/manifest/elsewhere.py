"""Where to say what people look for in ``deploy.yml`` and what belongs somewhere else."""

from __future__ import annotations

from .words import closest

IN_APP_JSON = "it belongs in the app's own app.json, where Dokku reads it"
IN_PROCFILE = "processes belong in the app's own Procfile, and how many of them in app.json"
ELSEWHERE = {
    "formation": IN_APP_JSON,
    "healthchecks": IN_APP_JSON,
    "checks": f"{IN_APP_JSON} as healthchecks; wait-to-retire is dokku:"
    f" {{checks: {{wait-to-retire: 60}}}}",
    "cron": IN_APP_JSON,
    "scripts": IN_APP_JSON,
    "buildpacks": IN_APP_JSON,
    "scale": f"{IN_APP_JSON} as formation",
    "processes": IN_PROCFILE,
    "procfile": IN_PROCFILE,
    "web": IN_PROCFILE,
    "worker": IN_PROCFILE,
    "command": IN_PROCFILE,
    "app": "the app is the one that is pushed to; a folder cannot name it",
    "name": "the app is the one that is pushed to; a folder cannot name it",
    "config": 'did you mean "env"?',
    "environment": 'did you mean "env"?',
    "hosts": 'did you mean "domains"?',
    "databases": 'did you mean "services"?',
    "addons": 'did you mean "services"?',
    "storage": 'did you mean "volumes"?',
    "certificate": 'did you mean "tls"?',
    "ssl": 'did you mean "tls"?',
    "nginx": 'properties of nginx stand below "dokku": dokku: {nginx: {client-max-body-size: 50m}}',
}


def elsewhere(key: str) -> str:
    """Return where the subject of an unknown top-level key is set, or an empty text."""
    return ELSEWHERE.get(key.lower()) or ELSEWHERE.get(closest(key, ELSEWHERE), "")
