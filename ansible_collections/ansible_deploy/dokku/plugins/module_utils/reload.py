"""Asks a server to read its configuration again, by HTTP as Prometheus and its family do it."""

from __future__ import annotations

SECONDS = 5.0


def reload(address: str) -> str:
    """Sends the request; returns why it failed, "" when the server took the new configuration."""
    import urllib.error  # here, for every push looks at files, and few have something read
    import urllib.request

    request = urllib.request.Request(address, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(300).decode(errors="replace").strip()
        return f"{address}: {said or error}"
    except (OSError, ValueError) as error:
        return f"{address}: {getattr(error, 'reason', error)}"
