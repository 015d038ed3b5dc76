"""Puts into words why a provider's interface did not do what we asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from .dns_model import DnsError
from .dns_plan import Changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .dns_provider_table import Provider

LONGEST = 300

BY_STATUS = {
    400: "does not accept the request",
    401: "does not accept the credentials: check {variables}",
    403: "does not allow this to the credentials: check {variables} and what they may do",
    404: "has no zone {zone}, or these credentials may not see it",
    429: "asks to be left alone for a while, for it got too many requests",
}
BY_NAME = {"Unauthorized": 401, "InvalidCredential": 401, "Forbidden": 403, "NotFound": 404}
"""Parts of the names of exceptions of libraries that do not tell the status."""


def explained(
    provider: Provider, zone: str, failures: Sequence[int | Exception], error: Exception
) -> DnsError:
    """Returns the error for people: whom we asked, what happened, what to do."""
    if isinstance(error, Changed):
        return error
    cause = failures[0] if failures else error
    status = cause if isinstance(cause, int) else _status(cause)
    if isinstance(error, DnsError) and status is None and not _is_network(cause):
        return error
    variables = ", ".join(provider.variables)
    what = _words(status, cause).format(zone=zone, variables=variables)
    is_clear = status not in (None, 400) or _is_network(cause)
    return DnsError(f"{provider.title} {what}{'' if is_clear else _said(error)}")


def _words(status: int | None, cause: Any) -> str:
    if status is not None:
        trouble = "has trouble of its own" if status >= 500 else "answered"
        return BY_STATUS.get(status, f"{trouble} (status {status})")
    if isinstance(cause, requests.Timeout):
        return "did not answer in time"
    if _is_network(cause):
        url = getattr(getattr(cause, "request", None), "url", None)
        place = f" at {urlsplit(url).netloc}" if url else ""
        return f"cannot be reached{place} ({_root(cause)})"
    return "could not do it"


def _root(error: Any) -> str:
    """Returns the innermost reason of a failed connection, without addresses of objects."""
    while True:
        inner = getattr(next(iter(error.args), None), "reason", None) or error.__cause__
        if not isinstance(inner, BaseException):
            return getattr(error, "strerror", None) or type(error).__name__
        error = inner


def _status(error: Any) -> int | None:
    """Returns the status of an answer, which each library keeps in another place."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return found if isinstance(found, int) else None
    if response is not None:
        return getattr(response, "status_code", None)
    name = type(error).__name__
    return next((status for part, status in BY_NAME.items() if part in name), None)


def _is_network(error: Any) -> bool:
    network = ("ConnectTimeoutError", "ReadTimeoutError", "EndpointConnectionError")
    return isinstance(error, requests.RequestException) or type(error).__name__ in network


def _said(error: Exception) -> str:
    """Returns what the library says about it, on one line."""
    text = " ".join(str(error).split())
    return f": {text[:LONGEST]}" if text else f" ({type(error).__name__})"
