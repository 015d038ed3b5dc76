"""The address of a target: which kinds there are, and what is wrong with one that is none.

An address is shown in reports and stands in messages, so that it holds no user's password; nothing
here repeats one that might.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

LOCAL, SFTP, S3, REST = "local", "sftp", "s3", "rest"
FORMS = {
    LOCAL: "/path",
    SFTP: "sftp:user@host:/path",
    S3: "s3:https://host/bucket",
    REST: "rest:https://host/path",
}
LONGEST = 500
HOST = r"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
USER = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
PATH = r"[A-Za-z0-9._~@+=,%/-]+"
# ssh takes a host that begins with a hyphen for an option, so that neither user nor host may.
SFTP_FORMS = (
    rf"sftp:({USER}@)?{HOST}:{PATH}",
    rf"sftp://({USER}@)?{HOST}(:[0-9]{{1,5}})?/{PATH}",
)


def kind(url: str) -> str:
    """Return which kind of target an address is of, or an empty text."""
    if url.startswith("/"):
        return LOCAL
    scheme = url.partition(":")[0]
    return scheme if scheme in (SFTP, S3, REST) and ":" in url else ""


def complaint(url: str) -> str:
    """Say what is wrong with an address and what to write, or return an empty text."""
    found = kind(url)
    if not found:
        forms = [*FORMS.values()]
        return f"a target is {', '.join(forms[:-1])} or {forms[-1]}"
    if any(not "!" <= letter <= "~" for letter in url):
        return "the address has a blank or another character that it cannot have"
    if len(url) > LONGEST:
        return f"the address has more than {LONGEST} characters"
    if ".." in re.split(r"[/:]", url):
        return 'the address has ".." in it; write the path itself'
    check = {LOCAL: _local, SFTP: _sftp, S3: _s3, REST: _rest}[found]
    return check(url)


def warning(url: str) -> str:
    """Say what the operator should know of a target that is taken all the same."""
    if kind(url) == LOCAL:
        return "a target on this machine does not survive it; add one elsewhere"
    parts = _web_parts(url) if kind(url) in (S3, REST) else None
    if parts and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        return "what is sent there by http can be read on the way; write https"
    return ""


def join(url: str, name: str) -> str:
    """Return the address of the repository of that name at a target."""
    return f"{url.rstrip('/')}/{name}"


def _local(url: str) -> str:
    if not url.strip("/"):
        return "the target would be the whole file system; write a path below it"
    return "" if "//" not in url else 'the path has "//" in it; write the path itself'


def _sftp(url: str) -> str:
    if re.match(r"sftp:(//)?[^/@]*:[^/@]*@", url):
        return "the address holds a password; sftp takes none, but the SSH key of the user dokku"
    if any(re.fullmatch(form, url) for form in SFTP_FORMS):
        return ""
    return f"that is no address; write {FORMS[SFTP]}, or sftp://user@host:port//path"


def _s3(url: str) -> str:
    return _web(url, S3) or ("" if _web_parts(url).path.strip("/") else _form(S3, "has no bucket"))


def _rest(url: str) -> str:
    return _web(url, REST)


def _web(url: str, found: str) -> str:
    try:
        parts = _web_parts(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _form(found, "is none")
    if parts.username is not None or parts.password is not None:
        return "the address holds a user or a password; give them by backup-credentials instead"
    if parts.scheme not in ("http", "https") or not re.fullmatch(HOST, _bracketed(host)):
        return _form(found, "is none")
    if port == 0 or "?" in url or "#" in url or not re.fullmatch(rf"({PATH})?", parts.path):
        return _form(found, "is none")
    return ""


def _form(found: str, what: str) -> str:
    return f"the address {what}; write it as {FORMS[found]}"


def _web_parts(url: str) -> SplitResult:
    return urlsplit(url.partition(":")[2])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
