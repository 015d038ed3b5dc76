"""The plugin `letsencrypt` (dokku-letsencrypt 0.25.1), with lego as its ACME client.

Words, order, files and exit statuses are the original's, its oddities among them: a renamed app
loses its settings, `cron-job --remove` does its work and then fails.
"""

import time

from sandbox.dokku import plugn, properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import certs
from sandbox.dokku.plugins import letsencrypt_certificate as certificate
from sandbox.dokku.plugins import letsencrypt_renewal as renewal
from sandbox.dokku.plugins import letsencrypt_settings as settings
from sandbox.dokku.words import Call

KEYS = ("dns-provider", "email", "graceperiod", "server", "lego-args", "lego-docker-options")
KNOWN = "dns-provider, dns-provider-*, email, graceperiod, server, lego-args, lego-docker-options"


def set_property(call: Call) -> None:
    """Answer `letsencrypt:set APP|--global KEY [VALUE]`."""
    app, key, value = call.word(0), call.word(1), call.word(2)
    if app != settings.GLOBAL:
        settings.verify(call.host, app)
    if not key:
        raise Fail("No key specified")
    if key not in KEYS and not key.startswith(settings.VARIABLE):
        raise Fail(f"Invalid key specified, valid keys include: {KNOWN}")
    say.info2_quiet(f"Setting {key} to {value}" if value else f"Unsetting {key}")
    properties.put(call.host, settings.PLUGIN, app, key=key, value=value)


def active(call: Call) -> None:
    """Answer `letsencrypt:active`."""
    app = settings.verify(call.host, settings.target(call))
    say.out(str(certificate.is_active(call.host, app)).lower())


def enable(call: Call) -> None:
    """Answer `letsencrypt:enable APP|--all [--force]`."""
    from sandbox.dokku.plugins import letsencrypt_order

    force = bool({"--force", "-f"} & set(call.words))
    names = list(call.host.apps()) if settings.target(call) == "--all" else [settings.target(call)]
    for app in names:
        letsencrypt_order.enable(call.host, app, force=force)


def revoke(call: Call) -> None:
    """Answer `letsencrypt:revoke`."""
    from sandbox.dokku.plugins import letsencrypt_order

    letsencrypt_order.revoke(call.host, settings.target(call))


def disable(call: Call) -> None:
    """Answer `letsencrypt:disable`; it removes any certificate, its own or not."""
    import shutil

    app = settings.verify(call.host, settings.target(call))
    say.info1("Disabling letsencrypt for app")
    say.verbose(f"Removing letsencrypt files for {app}")
    shutil.rmtree(certificate.root(call.host, app), ignore_errors=True)
    say.verbose(f"Removing SSL endpoint from {app}")
    shutil.rmtree(certs.folder(call.host, app), ignore_errors=True)
    plugn.must(call.host, "post-certs-remove", app)
    plugn.must(call.host, "post-domains-update", app)
    say.info1("Done")


def list_certificates(call: Call) -> None:
    """Answer `letsencrypt:list`."""
    titles = ("Certificate Expiry", "Time before expiry", "Time before renewal")
    if not say.is_quiet():
        say.out(f"-----> {'App name':<18} " + " ".join(f"{title:<25}" for title in titles))
    for app, ends in sorted(certificate.expiries(call.host), key=lambda row: row[1]):
        times = (ends - int(time.time()), certificate.seconds_to_renewal(call.host, app, ends))
        date = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ends))
        cells = (app, date, *map(certificate.duration, times))
        say.out(" ".join(f"{cell:<25}" for cell in cells))


def cleanup(call: Call) -> None:
    """Answer `letsencrypt:cleanup`: remove the directories of former orders."""
    import shutil

    app = settings.verify(call.host, settings.target(call))
    link = certificate.current(call.host, app)
    name = link.readlink().name if link.is_symlink() else ""
    if not name or not (link.parent / name).is_dir():
        raise Fail("Cannot resolve the 'current' certificate directory!")
    say.info2(f"Cleaning up stale certificate directories for {app}")
    say.info1(f"  - current config hash {name}")
    for folder in sorted(link.parent.iterdir()):
        if folder.name not in ("current", name):
            say.info1(f"  - stale directory {folder.name}")
            shutil.rmtree(folder)


def report(call: Call) -> None:
    """Answer `letsencrypt:report`."""
    from sandbox.dokku.plugins import letsencrypt_report

    letsencrypt_report.show(call)


def domains_updated(call: Call) -> None:
    """Remind of the certificate when an app gets names."""
    if call.word(1) in ("add", "set"):
        say.warn("Please run dokku letsencrypt:enable to add https support to the new domain")


def post_delete(call: Call) -> None:
    """Forget the settings of a deleted app, also of one that has another name now."""
    properties.destroy(call.host, settings.PLUGIN, call.word(0))


def after_copy(call: Call) -> None:
    """Take the orders from a clone or a renamed app; it keeps the certificate, as any other."""
    import shutil

    shutil.rmtree(certificate.root(call.host, call.word(1)), ignore_errors=True)


COMMANDS = {
    "active": active,
    "auto-renew": renewal.auto_renew,
    "cleanup": cleanup,
    "cron-job": renewal.cron_job,
    "disable": disable,
    "enable": enable,
    "list": list_certificates,
    "report": report,
    "revoke": revoke,
    "set": set_property,
}
