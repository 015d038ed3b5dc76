"""Asks services about their data through `KIND:connect`: how many rows, and one question of an app.

Questions are text on standard input. An app's question comes from its repository: it is untrusted,
has to be one SELECT on one line, and is asked in a transaction that only reads.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import pipes
from .client import DokkuError
from .pipes import Broken, Program
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .client import Dokku

# A semicolon would end the statement, a backslash begin a command of the client (psql's `\!`).
QUESTION = re.compile(r"(?i:select|with)\b[^\\;\x00-\x1f\x7f]*")
SECONDS = 60.0
BEGIN, END = "@begin", "@end"
# Redis says so while it reads a dump; `redis:import` does not wait for it (dokku-redis 1.43.0).
LOADING, LOADING_TRIES = "LOADING ", 900

# dokku-postgres 1.48.0 lets psql stop at an error too; without that it goes on, and ends well.
PSQL = """\
\\set ON_ERROR_STOP on
\\set QUIET on
\\pset tuples_only on
\\pset format unaligned
"""
# Tables of extensions are made by the extension. Partitions are counted, their parents not.
POSTGRES_COUNTS = f"""{PSQL}
begin transaction isolation level repeatable read, read only;
select format('select count(*) || %L from %I.%I', format(' %s.%s', nspname, relname),
nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r' and relpersistence <> 't' and nspname <> 'information_schema'
and nspname not like 'pg\\_%' and not exists (select from pg_depend
where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
\\gexec
rollback;
\\echo {END}
"""
POSTGRES_QUESTION = f"""{PSQL}
\\pset fieldsep_zero on
\\pset recordsep_zero on
begin transaction read only;
set local statement_timeout = '{SECONDS:g}s';
\\echo {BEGIN}
{{question}}
;
\\echo {END}
"""
# The first line of each answer names its columns.
MYSQL_COUNTS = f"""\
set session group_concat_max_len = 100000000;
start transaction with consistent snapshot;
select coalesce(group_concat(concat('select count(*) as n, ', quote(table_name), ' as t from `',
replace(table_name, '`', '``'), '`') separator ' union all '), 'select 0 from dual where 0')
into @counts from information_schema.tables
where table_schema = database() and table_type = 'BASE TABLE';
prepare counts from @counts;
execute counts;
select '{END}';
"""
MYSQL_QUESTION = f"""\
start transaction read only;
select '{BEGIN}' as '';
{{question}}
;
select '{END}' as '{END}';
"""
MONGO_COUNTS = """\
db.getCollectionNames().forEach(function (name) { if (name.indexOf("system.") !== 0) { \
print("@" + "count " + db.getCollection(name).countDocuments({}) + " " + name) } })
print("@" + "end")
"""


@dataclass(frozen=True)
class Questions:
    """How a kind of service is asked: what to send, and how to read what it says."""

    counts: str
    read_counts: Callable[[str], Iterator[tuple[str, int]]]
    question: str = ""
    first_value: Callable[[str], str | None] = str


def _lines_of_counts(said: str) -> Iterator[tuple[str, int]]:
    for found in re.finditer(r"^(\d+)[ \t](.*)$", said, re.M):
        yield found[2], int(found[1])


def _keys(said: str) -> Iterator[tuple[str, int]]:
    """Reads the keys that do not expire: of the others some are gone when a dump is loaded."""
    for found in re.finditer(r"^(db\d+):keys=(\d+),expires=(\d+)", said, re.M):
        lasting = int(found[2]) - int(found[3])
        if lasting:
            yield found[1], lasting


def _documents(said: str) -> Iterator[tuple[str, int]]:
    for found in re.finditer(r"@count (\d+) (.*)$", said, re.M):
        yield found[2], int(found[1])


def _first_of_zeros(said: str) -> str | None:
    value, zero, _ = said.partition("\0")
    return value if zero else None


def _first_of_table(said: str) -> str | None:
    """Reads the second line: the first one names columns, and at the end comes our mark."""
    heading, value, *_ = [*said.split("\n"), "", ""]
    return None if heading == END else value.split("\t")[0]


_MYSQL = Questions(MYSQL_COUNTS, _lines_of_counts, MYSQL_QUESTION, _first_of_table)
QUESTIONS: dict[str, Questions] = {
    "postgres": Questions(POSTGRES_COUNTS, _lines_of_counts, POSTGRES_QUESTION, _first_of_zeros),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "redis": Questions(f"PING\nINFO keyspace\nECHO {END}\n", _keys),
    "mongo": Questions(MONGO_COUNTS, _documents),
}


def counts(dokku: Dokku, kind: str, name: str) -> dict[str, int]:
    """Returns how many rows each table has, keys each database of a redis, documents a collection.

    Raises DokkuError, also when the answer does not reach its end.
    """
    words = (f"{kind}:connect", checked("service", name))
    said = _said(dokku, words, QUESTIONS[kind].counts)
    if END not in said:
        raise DokkuError(words, 0, "its answer has no end")
    return dict(QUESTIONS[kind].read_counts(said))


def _said(dokku: Dokku, words: tuple[str, str], text: str) -> str:
    """Returns what the service answers, once a redis has read its data into memory."""
    for _ in range(LOADING_TRIES):
        said = dokku.run(*words, stdin=text).stdout
        if not said.startswith(LOADING):
            return said
        time.sleep(1.0)
    raise DokkuError(words, 0, f"it was not ready after {LOADING_TRIES} seconds")


def ask(dokku: Dokku, kind: str, name: str, question: str, *, seconds: float = SECONDS) -> str:
    """Returns the first value of the first row that an app's question has for an answer.

    Raises InvalidValue for what is not one SELECT on one line, DokkuError when it fails or gives
    no row.
    """
    form = QUESTIONS[kind].question
    if not form:
        raise InvalidValue(f"a service of kind {kind} cannot be asked in SQL")
    if not QUESTION.fullmatch(question):
        raise InvalidValue("the question is not one SELECT on one line, without `;` and `\\`")
    words = (f"{kind}:connect", checked("service", name))
    client = Program((dokku.program, *words), dokku.environment)
    text = form.replace("{question}", question)
    try:
        said = pipes.feed(text.encode(), client, seconds=seconds)
    except Broken as broken:
        raise DokkuError(words, broken.status, broken.message) from None
    _, begin, answer = said.partition(f"{BEGIN}\n")
    value = QUESTIONS[kind].first_value(answer) if begin and END in answer else None
    if value is None:
        raise DokkuError(words, 0, "the question has no row for an answer")
    return value
