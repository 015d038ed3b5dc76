"""The settings that there are: the one table that ``:set`` and ``:report`` are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import setting_forms as forms

NAME = r"[a-z][a-z0-9-]{0,39}"
"""The form of a NAME, as ``deploy.yml`` may give it."""


@dataclass(frozen=True)
class Setting:
    """One key of ``ansible-deploy:set``: what it is for, its default and which values it takes.

    One that is named takes a NAME before its value, and there may be several of it. One that
    ``is_own`` belongs to one app: it is not set for all, and a clone of the app does not get it.
    One that ``is_host`` belongs to the host and is set for no app.
    ``explain`` says of a value that is not taken what is wrong with it.
    """

    purpose: str
    default: str
    expected: str
    accepts: Callable[[str], bool]
    is_secret: bool = False
    is_named: bool = False
    is_own: bool = False
    is_host: bool = False
    explain: Callable[[str], str] | None = None


def _explain_target(url: str) -> str:
    from .backups.address import complaint

    return complaint(url)


def _explain_channel(text: str) -> str:
    from .monitoring.channels import complaint

    return complaint(text)


SETTINGS: dict[str, Setting] = {
    "acme-email": Setting(
        "where the certificate authority writes to; set, every app with `tls: auto` gets a"
        " certificate",
        "",
        "an address such as ops@example.org",
        forms.is_email,
    ),
    "acme-server": Setting(
        "the certificate authority",
        "",
        "default (Let's Encrypt), staging, or the https address of an ACME directory",
        forms.is_acme_server,
    ),
    "alert-channel": Setting(
        "where alerts go, from standard input: the channel NAME",
        "",
        "an address on standard input, such as webhook:https://host/path",
        forms.is_channel,
        is_secret=True,
        is_named=True,
        explain=_explain_channel,
    ),
    "alert-grace": Setting(
        "how many seconds after a deploy nobody is told of what it disturbed",
        "60",
        "0 to 3600",
        forms.is_number_between(0, 3600),
    ),
    "alert-wait": Setting(
        "how many seconds alerts of one app are gathered before they are told",
        "30",
        "1 to 600",
        forms.is_number_between(1, 600),
        is_host=True,
    ),
    "backup-credentials": Setting(
        "what the target NAME asks for, from standard input",
        "",
        "lines NAME=value on standard input",
        bool,
        is_secret=True,
        is_named=True,
    ),
    "backup-password": Setting(
        "the password of the repositories at the target NAME, from standard input; made up with"
        " backup-target where there is none",
        "",
        "one line on standard input",
        forms.is_password,
        is_secret=True,
        is_named=True,
    ),
    "backup-pruning": Setting(
        "whether old backups are removed from the target NAME by this host",
        "allow",
        "allow or deny",
        forms.is_grant,
        is_named=True,
    ),
    "backup-repository": Setting(
        "the name of the app's repository at its target; of its own accord, the app's",
        "",
        "letters, digits, dots, hyphens and _, at most 63",
        forms.is_repository_name,
        is_own=True,
    ),
    "backup-target": Setting(
        "a place NAME that backups go to",
        "",
        "/path, sftp:user@host:/path, s3:https://host/bucket or rest:https://host/path",
        forms.is_target,
        is_named=True,
        explain=_explain_target,
    ),
    "backup-wait": Setting(
        "how many seconds the backups before a release and at the end of an app may take",
        "300",
        "10 to 86400",
        forms.is_number_between(10, 86400),
    ),
    "dns-credentials": Setting(
        "what the DNS provider's interface asks for, from standard input",
        "",
        "lines NAME=value on standard input",
        bool,
        is_secret=True,
    ),
    "dns-owner": Setting(
        "the word by which this host marks the DNS records that it made; made up with dns-provider",
        "",
        "4 to 63 letters, digits and hyphens",
        forms.is_owner,
    ),
    "dns-provider": Setting(
        "who serves the DNS zones, and so how records are made",
        "",
        "rfc2136, powerdns, cloudflare, desec, digitalocean, gandi, hetzner, ovh or route53",
        forms.is_provider,
    ),
    "dns-resolver": Setting(
        "the name server to ask whether names answer, in place of each zone's own",
        "",
        "an address, or an IPv4 address and a port such as 192.0.2.53:5353",
        forms.is_resolver,
    ),
    "dns-zones": Setting(
        "the DNS zones in which the app may make records",
        "",
        "names joined by commas",
        forms.is_zone_list,
    ),
    "server-ip": Setting(
        "the IPv4 address that the app's domains lead to",
        "",
        "an IPv4 address",
        forms.is_address_of(4),
    ),
    "server-ipv6": Setting(
        "the IPv6 address that the app's domains lead to",
        "",
        "an IPv6 address",
        forms.is_address_of(6),
    ),
    "custom-plays": Setting(
        "run the plays and roles that the app's repository brings, as user dokku",
        "deny",
        "allow or deny",
        forms.is_grant,
    ),
    "domains-of-others": Setting(
        "let the app declare a domain that another app has",
        "deny",
        "allow or deny",
        forms.is_grant,
    ),
    "final-backup": Setting(
        "whether a last backup is made when an app is destroyed",
        "take",
        "take or skip",
        forms.is_choice_of("take", "skip"),
    ),
    "host-alerts": Setting(
        "the alert channels that are told of the host itself; of its own accord, all for every app",
        "",
        "names joined by commas",
        forms.is_name_list,
        is_host=True,
    ),
    "host-paths": Setting(
        "directories of the host that the app's volumes may lie in",
        "",
        "absolute paths joined by commas",
        forms.is_path_list,
    ),
    "keep-runs": Setting(
        "how many runs of an app are kept", "20", "1 to 1000", forms.is_number_between(1, 1000)
    ),
    "monitoring-reload": Setting(
        "where the blackbox exporter and Alertmanager are asked to read their configuration again",
        "",
        "http addresses joined by commas, such as http://127.0.0.1:9115/-/reload",
        forms.is_url_list,
        is_host=True,
    ),
    "nginx-conf": Setting(
        "put the app's nginx.conf.d files into its server block",
        "deny",
        "allow or deny",
        forms.is_grant,
    ),
    "properties": Setting(
        "properties that the app may set besides the built-in list",
        "",
        "plugin.property words joined by commas, such as nginx.proxy-buffers",
        forms.is_property_list,
    ),
    "probe-proxy": Setting(
        "an HTTP proxy through which apps are asked whether they are up",
        "",
        "an http address such as http://127.0.0.1:3128",
        forms.is_url,
        is_host=True,
    ),
    "prometheus": Setting(
        "where Prometheus answers questions, for the status of apps",
        "",
        "an http address such as http://127.0.0.1:9090",
        forms.is_url,
        is_host=True,
    ),
    "rdap-server": Setting(
        "where it is asked until when domains are registered",
        "https://rdap.org",
        "off, or an http address",
        forms.is_url_or_off,
        is_host=True,
    ),
    "status-domain": Setting(
        "the domain of the status page, for the playbook that sets up the host",
        "",
        "a domain name",
        forms.is_domain,
        is_host=True,
    ),
}
