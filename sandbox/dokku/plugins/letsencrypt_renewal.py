"""Renewal: `letsencrypt:auto-renew`, and the entry for cron that calls it every day."""

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import letsencrypt_certificate as certificate
from sandbox.dokku.plugins import letsencrypt_settings as settings
from sandbox.dokku.words import Call

ENTRY = "24 6 * * *;dokku letsencrypt:auto-renew;/var/log/dokku/letsencrypt.log"


def auto_renew(call: Call) -> None:
    """Answer `letsencrypt:auto-renew [APP]`."""
    app = settings.target(call)
    if not app:
        renew_all(call.host)
        return
    settings.verify(call.host, app)
    ends = certificate.expiry(call.host, app)
    if ends is None or not certificate.is_active(call.host, app):
        say.info1(f"Letsencrypt not enabled for {app}")
        return
    left = certificate.seconds_to_renewal(call.host, app, ends)
    if left < 0:
        say.info2(f"Auto-renew {app}...")
        renew(call.host, app)
    else:
        say.verbose(f"{app} still has {certificate.duration(left)} left before renewal")


def renew_all(host: Host) -> None:
    """Renew what is due, the most urgent first."""
    say.info2("Auto-renewing all apps...")
    left = {
        app: certificate.seconds_to_renewal(host, app, ends)
        for app, ends in certificate.expiries(host)
    }
    failed = False
    for app, seconds in sorted(left.items(), key=lambda row: row[1]):
        if seconds >= 0:
            say.verbose(f"{app} still has {certificate.duration(seconds)} days left before renewal")
            continue
        say.info1(f"{app} needs renewal")
        try:
            renew(host, app)
        except Fail as failure:
            say.warn(failure.message)
            failed = True
    say.info2("Finished auto-renewal")
    if failed:
        raise Fail("One or more apps failed to have their certificates renewed")


def renew(host: Host, app: str) -> None:
    """Order a certificate again."""
    from sandbox.dokku.plugins import letsencrypt_order

    letsencrypt_order.enable(host, app, force=False)


def cron_job(call: Call) -> None:
    """Answer `letsencrypt:cron-job [--add|--remove]`."""
    flag, marker = call.word(0), settings.autorenew(call.host)
    if flag == "--add":
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
        put_job(call.host)
        say.info1("Added cron job to dokku's crontab.")
    elif flag == "--remove":
        marker.unlink(missing_ok=True)
        say.write(2, "new crontab file is missing newline before EOF, can't install.\n")
        raise Fail()
    elif flag:
        raise Fail(f"Invalid flag '{flag}', specify --add, --remove, or no flag to display status.")
    else:
        state, other, verb = "enabled", "--remove", "disable"
        if not marker.exists():
            state, other, verb = "not enabled", "--add", "enable"
        say.info2_quiet(f"Auto-renew cron job is {state}")
        say.verbose(f"Run 'dokku letsencrypt:cron-job {other}' to {verb}.")


def put_job(host: Host) -> None:
    """Write the original's own line into the crontab; the next deploy's has the entry below."""
    from sandbox.dokku.plugins import cron_table

    table = cron_table.file(host)
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    job = f"@daily {host.lib}/plugins/available/letsencrypt/cron-job"
    cron_table.put(host, "\n".join([*(line for line in lines if line != job), job, ""]))


def cron_entries(call: Call) -> None:
    """Answer the trigger `cron-entries`."""
    if settings.autorenew(call.host).exists():
        say.out(ENTRY)
