"""What several plugins ask about an app: whether it is deployed, and its restart."""

from sandbox.dokku import plugn, properties, say
from sandbox.dokku.host import Host


def is_deployed(host: Host, app: str) -> bool:
    """Say whether a deploy of the app ever succeeded."""
    return properties.get(host, "common", app, "deployed") == "true"


def restart(host: Host, app: str) -> None:
    """Do what the trigger `app-restart` does."""
    if not is_deployed(host, app):
        say.warn(f"App {app} has not been deployed")
        return
    plugn.must(host, "deploy", app, "latest")
