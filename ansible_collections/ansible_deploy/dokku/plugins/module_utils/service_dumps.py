"""Dumps services and loads dumps: one table of what each kind's dump looks like when it is whole.

The service plugins' own `export` and `import` do the work. `import` is only ever used on a fresh
service: that of postgres is no transaction, and that of redis removes the data before it writes.
What can be asked about the data is in service_questions.py.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import pipes
from .pipes import Flow, Program
from .service_questions import ask, counts
from .words import checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Dokku

__all__ = ["DUMPS", "Dump", "ask", "complaint", "counts", "export", "fresh", "load"]


@dataclass(frozen=True)
class Dump:
    """What the dump of one kind of service looks like.

    `unsafe` says why services of this kind cannot be exported safely, and then nothing else
    counts; `noun` is what `counts` counts, `lacks` names what a dump leaves out; `is_whole` looks
    at the two ends of a dump, and `seconds` bounds an export, for that of redis may never end: it
    waits for a save that may have failed.
    """

    kind: str
    suffix: str
    form: str
    is_whole: Callable[[Flow], bool]
    noun: str = "row"
    lacks: str = ""
    unsafe: str = ""
    seconds: float = 24 * 3600.0


def _is_pg_dump(flow: Flow) -> bool:
    return flow.head.startswith(b"PGDMP")


def _is_sql_dump(flow: Flow) -> bool:
    return b"-- Dump completed" in flow.tail


def _is_rdb(flow: Flow) -> bool:
    """Looks for the header, and for the mark of the end before the checksum of eight bytes."""
    return flow.head.startswith(b"REDIS0") and flow.tail[-9:-8] == b"\xff"


def _is_gzip(flow: Flow) -> bool:
    return flow.head.startswith(b"\x1f\x8b")


def _is_none(_flow: Flow) -> bool:
    return False


_NO_EXPORT = "its Dokku plugin has no export"
_ROUTINES = "stored procedures and events"

DUMPS: dict[str, Dump] = {
    dump.kind: dump
    for dump in (
        Dump("postgres", ".dump", "an archive of pg_dump", _is_pg_dump),
        Dump("mysql", ".sql", "a finished dump of mysqldump", _is_sql_dump, lacks=_ROUTINES),
        Dump("mariadb", ".sql", "a finished dump of mysqldump", _is_sql_dump, lacks=_ROUTINES),
        Dump("redis", ".rdb", "a finished RDB file", _is_rdb, "key", seconds=1800.0),
        Dump("mongo", ".archive.gz", "a compressed archive of mongodump", _is_gzip, "document"),
        # `export` is "Not yet implemented" in dokku-rabbitmq 1.40.5, dokku-memcached 1.37.4 and
        # dokku-elasticsearch 1.40.3 (PLUGIN_UNIMPLEMENTED_SUBCOMMANDS in their config).
        Dump(
            "rabbitmq", "", "", _is_none, unsafe=f"{_NO_EXPORT}, and its messages are on their way"
        ),
        Dump("memcached", "", "", _is_none, unsafe=f"{_NO_EXPORT}, for it keeps nothing"),
        Dump("elasticsearch", "", "", _is_none, unsafe=f"{_NO_EXPORT}; build its index anew"),
    )
}


def export(dokku: Dokku, kind: str, name: str) -> Program:
    """Returns the program that writes a dump of the service; raises DokkuError."""
    if kind == "redis":
        _let_a_second_pass(dokku, name)
    return _program(dokku, f"{kind}:export", name)


def complaint(kind: str, flow: Flow) -> str:
    """Says what is wrong with a dump by its size and its ends, `` when it is whole."""
    if not flow.size:
        return "the dump is empty"
    if not DUMPS[kind].is_whole(flow):
        return f"the dump is not {DUMPS[kind].form}"
    return ""


def load(
    dokku: Dokku, kind: str, name: str, source: Program, *, seconds: float | None = None
) -> Flow:
    """Loads the dump that the source writes into a fresh service.

    Raises Broken or DokkuError; the service is of no use then.
    """
    if kind == "redis":  # its import writes as dokku into a folder of redis
        dokku.run("redis:enter", checked("service", name), "chmod", "0777", "/data")
    flow, _ = pipes.carry(
        source,
        _program(dokku, f"{kind}:import", name),
        accept=lambda flow: complaint(kind, flow),
        seconds=seconds,
    )
    if kind == "redis":
        dokku.run("redis:enter", name, "chmod", "0755", "/data")
    return flow


def fresh(dokku: Dokku, kind: str, name: str, image: str) -> None:
    """Creates an empty service of this image and version, of the plugin's own when ``."""
    words = [f"{kind}:create", checked("service", name)]
    # A colon before the last slash belongs to a registry's port.
    repository, colon, version = image.rpartition(":")
    if not colon or "/" in version:
        repository, version = image, ""
    words += ["--image", checked("image", repository)] if repository else []
    words += ["--image-version", checked("version", version)] if version else []
    dokku.run(*words)


def _program(dokku: Dokku, command: str, name: str) -> Program:
    return Program((dokku.program, command, checked("service", name)), dokku.environment)


def _let_a_second_pass(dokku: Dokku, name: str) -> None:
    """Waits until the last save of a redis was not in this very second.

    `redis:export` waits without end for the time of the last save to change, which is told in
    seconds (dokku-redis 1.43.0, functions, service_export).
    """
    words = ("redis:connect", checked("service", name))
    said = dokku.run(*words, stdin="LASTSAVE\nTIME\n").stdout.split()
    if len(said) >= 2 and said[0] == said[1]:
        time.sleep(1.0)
