"""Real servers of Debian's packages around the stand-in: PostgreSQL, Redis, Knot, Prometheus ...

Every server is one process with its own folder and a loopback port, started without a service
manager. The modules know nothing of Dokku; the functions here are what `script/sandbox` needs for
all servers of a host at once. They import late: the stand-in's plugins import these in turn.
"""

from sandbox.dokku.host import Host
from sandbox.servers import programs


def start(host: Host) -> None:
    """Start, all at once, the servers of the Internet and every service that ran before."""
    from concurrent.futures import ThreadPoolExecutor

    from sandbox.dokku.plugins import service_boot
    from sandbox.servers import internet

    internet.prepare(host)
    internet.configure_letsencrypt(host)
    with ThreadPoolExecutor() as pool:
        tasks = [*internet.START.values(), service_boot.start_services]
        for begun in [pool.submit(task, host) for task in tasks]:
            begun.result()


def stop(host: Host) -> None:
    """Stop every server, also what a crash left over; remembers which services ran."""
    from sandbox.dokku.plugins import service_boot
    from sandbox.servers import internet, monitoring, outage

    if monitoring.is_prepared(host):
        monitoring.stop(host)
    service_boot.stop_services(host)
    for name in internet.START if internet.is_prepared(host) else ():
        outage.stop(internet.processes(host, name))


def status(host: Host) -> list[str]:
    """Say in one line a server what it is and where."""
    from sandbox.dokku.plugins import service_boot
    from sandbox.servers import internet, monitoring

    return [
        *internet.status(host),
        *monitoring.status(host),
        *service_boot.describe_services(host),
    ]


def missing() -> list[str]:
    """Name the packages whose programs are not there."""
    return programs.missing_packages()
