"""The plugins' own scheduled backups: only the cron file; the sandbox has no S3 to send them to."""

from pathlib import Path

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins.service_state import Service, read_service
from sandbox.dokku.words import Call


def cron_file(service: Service) -> Path:
    """Where the plugin puts the schedule."""
    return service.host.root / "etc/cron.d" / f"dokku-{service.kind.name}-{service.name}"


def schedule(call: Call) -> None:
    """Answer `backup-schedule SERVICE SCHEDULE BUCKET [--use-iam]`."""
    if not call.word(1):
        raise Fail("Please specify a schedule for the backup")
    if not call.word(2):
        raise Fail("Please specify an aws bucket for the backup")
    service = read_service(call)
    program = service.host.root / "bin/dokku"
    words = (service.name, call.word(2), call.word(3))
    file = cron_file(service)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{call.word(1)} dokku {program} {call.plugin}:backup {' '.join(words)}\n")


def show(call: Call) -> None:
    """Answer `backup-schedule-cat`."""
    service = read_service(call)
    if not cron_file(service).exists():
        raise Fail(f"There is no scheduled backup for {service.name}.")
    say.write(1, cron_file(service).read_text())


def unschedule(call: Call) -> None:
    """Answer `backup-unschedule`."""
    cron_file(read_service(call)).unlink(missing_ok=True)
