"""The forms of the operator's settings: one function each, which says yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable

DOMAIN = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"


def is_grant(value: str) -> bool:
    """Whether it is allow or deny."""
    return value in ("allow", "deny")


def is_path_list(value: str) -> bool:
    """Whether it is absolute paths, joined by commas."""
    return all(p.startswith("/") and ".." not in p.split("/") for p in value.split(","))


def is_property_list(value: str) -> bool:
    """Whether it is plugin.property words, joined by commas."""
    return all(len(word.split(".", 1)) == 2 and all(word.split(".")) for word in value.split(","))


def is_number_between(least: int, most: int) -> Callable[[str], bool]:
    """The check for whole numbers of a range, as shells read them: 010 is eight there."""
    return lambda value: bool(re.fullmatch("0|[1-9][0-9]*", value)) and least <= int(value) <= most


def is_address_of(version: int) -> Callable[[str], bool]:
    """The check for addresses of an IP version."""

    def accepts(value: str) -> bool:
        import ipaddress

        try:
            return ipaddress.ip_address(value).version == version
        except ValueError:
            return False

    return accepts


def is_resolver(value: str) -> bool:
    """Whether it is an address, with or without a port."""
    address, _, port = value.rpartition(":") if value.count(":") == 1 else (value, "", "53")
    is_address = any(is_address_of(version)(address) for version in (4, 6))
    return is_address and port.isdecimal() and 1 <= int(port) <= 65535


def is_zone_list(value: str) -> bool:
    """Whether it is names of DNS zones, joined by commas."""
    return all(re.fullmatch(DOMAIN, word) for word in value.split(","))


def is_provider(value: str) -> bool:
    """Whether it is a DNS provider that we know."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import (
        PROVIDERS,
    )

    return value in PROVIDERS


def is_owner(value: str) -> bool:
    """Whether it can mark DNS records."""
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{3,62}", value))


def is_email(value: str) -> bool:
    """Whether it is the address of a mailbox."""
    return bool(re.fullmatch(rf"[A-Za-z0-9._%+-]{{1,64}}@{DOMAIN}", value))


def is_acme_server(value: str) -> bool:
    """Whether it is an ACME server, or a word for one."""
    return value in ("default", "staging") or bool(re.fullmatch(r"https://[!-~]{1,500}", value))


def is_choice_of(*words: str) -> Callable[[str], bool]:
    """The check for one of a few words."""
    return lambda value: value in words


def is_repository_name(value: str) -> bool:
    """Whether it can be the last part of a repository's address."""
    return bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", value))


def is_target(value: str) -> bool:
    """Whether it is an address that backups can go to."""
    from .backups.address import complaint

    return not complaint(value)


def is_password(value: str) -> bool:
    """Whether it is one line."""
    line = value.removesuffix("\n")
    return bool(line) and line.isprintable() and line == line.strip()


def is_channel(value: str) -> bool:
    """Whether alerts can go there."""
    from .monitoring.channels import complaint

    return not complaint(value)


def is_name_list(value: str) -> bool:
    """Whether it is names of named settings, joined by commas."""
    return all(re.fullmatch(r"[a-z][a-z0-9-]{0,39}", word) for word in value.split(","))


def is_url(value: str) -> bool:
    """Whether it is an http or https address."""
    return bool(re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]{1,255}(/[!-+.-~-]*)?", value))


def is_url_list(value: str) -> bool:
    """Whether it is http or https addresses, joined by commas."""
    return all(map(is_url, value.split(",")))


def is_url_or_off(value: str) -> bool:
    """Whether it is an http or https address, or the word for none."""
    return value == "off" or is_url(value)


def is_domain(value: str) -> bool:
    """Whether it is the name of a domain."""
    return bool(re.fullmatch(DOMAIN, value))
