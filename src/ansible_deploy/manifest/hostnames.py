"""The form of a domain name, and what to say about everything that people write instead of one.

Stricter than Dokku (``^[a-z0-9.*-]*[a-z0-9*-]$``), because the names also reach nginx, DNS and
certificates, which all want real ones.
"""

from __future__ import annotations

import re

from .fragments import Wrong
from .words import invisible, name_of, quote

LONGEST_NAME = 253
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
RECORD_LABEL = re.compile(r"_?(?!-)[a-z0-9_-]{1,63}(?<!-)")
RESERVED_LABELS = {"_owner", "_wildcard"}
PATTERN = r"^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"


def check_domain(name: str) -> None:
    """Raise Wrong unless the text is a domain name, perhaps with one ``*.`` in front."""
    if re.fullmatch(r"[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*", name):
        raise Wrong(
            f"{quote(name)} is an address, not a domain name", "write a name that leads to it"
        )
    _check_name(name, LABEL)


def check_plain_domain(name: str) -> None:
    """Raise Wrong unless the text is a domain name without a wildcard."""
    check_domain(name)
    if name.startswith("*"):
        raise Wrong(f"{quote(name)} is a wildcard", "write one name")


def check_record_name(name: str) -> None:
    """Raise Wrong unless the text is the name of a DNS record, such as ``_dmarc.example.org``."""
    _check_name(name, RECORD_LABEL)
    reserved = RESERVED_LABELS.intersection(name.split("."))
    if reserved:
        what = f"{quote(name)} has {quote(min(reserved))}, which marks whose record it is"
        raise Wrong(what, "choose another name")


def _check_name(name: str, label: re.Pattern[str]) -> None:
    hidden = invisible(name)
    if hidden:
        what = f"{quote(name)} has an invisible character ({hidden})"
        raise Wrong(what, "remove it, or type the name anew")
    for problem in (_url, _not_ascii, _stars):
        problem(name)
    if name.endswith("."):
        raise Wrong(f"{quote(name)} ends with a dot", f"write {quote(name.rstrip('.'))}")
    if len(name) > LONGEST_NAME:
        raise Wrong(f"{quote(name)} is longer than {LONGEST_NAME} letters", "shorten it")
    for part in name.lower().removeprefix("*.").split("."):
        if not label.fullmatch(part):
            _wrong_label(name, part)
    if name != name.lower():
        raise Wrong(f"{quote(name)} has capital letters", f"write {quote(name.lower())}")


def _url(name: str) -> None:
    found = re.fullmatch(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/:?#]+).*", name)
    if found:
        raise Wrong(
            f"{quote(name)} is an address of a page, not a domain name", f"write {quote(found[1])}"
        )
    found = re.fullmatch(r"([A-Za-z0-9.*-]+):[0-9]+", name)
    if found:
        raise Wrong(
            f"{quote(name)} has a port",
            f"write {quote(found[1])}; ports are set with port or ports",
        )
    found = re.fullmatch(r"([A-Za-z0-9*][A-Za-z0-9.*-]*)/.*", name)
    if found:
        raise Wrong(f"{quote(name)} has a path", f"write {quote(found[1])}")


def _not_ascii(name: str) -> None:
    if name.isascii():
        return
    odd = next(character for character in name if not character.isascii())
    what = f"{quote(name)} has {quote(odd)} ({name_of(odd)})"
    try:
        ascii_name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise Wrong(what, "use a to z, 0 to 9, - and dots") from None
    raise Wrong(
        f"{what}, which DNS writes differently", f"if you mean it, write {quote(ascii_name)}"
    )


def _stars(name: str) -> None:
    rest = name.removeprefix("*.")
    if "*" in rest:
        raise Wrong(
            f"{quote(name)} has a misplaced *",
            'a wildcard is one "*." in front: "*.shop.example.org"',
        )


def _wrong_label(name: str, part: str) -> None:
    if not part:
        raise Wrong(
            f"{quote(name)} has nothing between two dots" if name else "is empty",
            "write the whole name",
        )
    if len(part) > 63:
        raise Wrong(f"{quote(name)} has a part of more than 63 letters", "shorten it")
    if part.strip("-") != part:
        raise Wrong(f"{quote(name)} has a part that begins or ends with -", "remove the -")
    found = re.search(r"[^a-z0-9-]", part)
    character = found[0] if found else part
    raise Wrong(
        f"{quote(name)} has {quote(character)}, which a domain name cannot have",
        "use a to z, 0 to 9, - and dots",
    )


FORMATS = {
    "deploy-domain": check_domain,
    "deploy-plain-domain": check_plain_domain,
    "deploy-record-name": check_record_name,
}
