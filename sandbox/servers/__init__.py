"""Real servers behind the stand-in's datastore commands: PostgreSQL and Redis of Debian's packages.

Every server is one process with its own folder and a loopback port, started without a service
manager and never as root. The modules know nothing of Dokku; the four functions here are what
`script/sandbox` needs for all services of a host at once. They import late: the stand-in's plugins
import these modules in turn.
"""

from sandbox.dokku.host import Host
from sandbox.servers import programs


def start(host: Host) -> None:
    """Start every service that ran when the host went down."""
    from sandbox.dokku.plugins import service_boot

    service_boot.start_services(host)


def stop(host: Host) -> None:
    """Stop every server, also what a crash left over; remembers which ran."""
    from sandbox.dokku.plugins import service_boot

    service_boot.stop_services(host)


def status(host: Host) -> list[str]:
    """Say in one line a service what it is and where."""
    from sandbox.dokku.plugins import service_boot

    return service_boot.describe_services(host)


def missing() -> list[str]:
    """Name the packages whose programs are not there."""
    return programs.missing_packages()
