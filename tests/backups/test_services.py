"""Dumps of a real PostgreSQL and a real Redis: saved, loaded into a fresh one, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    restic,
    service_dumps,
    service_roles,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku, DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import Broken, Flow
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from tests.sandbox.conftest import control

TABLES = """\
create table orders as select n as id, md5(n::text) as words from generate_series(1, 5000) as n;
create schema audit; create table audit."a b" (x int); insert into audit."a b" values (1), (2);
create table parts (n int) partition by range (n);
create table parts_1 partition of parts for values from (0) to (10); insert into parts values (1);
create view totals as select count(*) from orders;
"""
COUNTS = {"public.orders": 5000, "audit.a b": 2, "public.parts_1": 1}


@pytest.fixture(scope="module")
def dokku(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dokku]:
    """The `dokku` of a sandbox."""
    root = tmp_path_factory.mktemp("services") / "host"
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stdout + started.stderr
        yield Dokku(str(root / "bin/dokku"))
    finally:
        control(root, "down", "--remove")


@pytest.fixture(scope="module")
def postgres(dokku: Dokku) -> str:
    """A PostgreSQL with tables."""
    service_dumps.fresh(dokku, "postgres", "filled", "")
    dokku.run("postgres:connect", "filled", stdin=TABLES)
    return "filled"


@pytest.fixture(scope="module")
def redis(dokku: Dokku) -> str:
    """A Redis with keys in two databases, one of which expires."""
    service_dumps.fresh(dokku, "redis", "filled", "")
    keys = [f"SET key{number} {'x' * 100}" for number in range(500)]
    words = "\n".join([*keys, "SETEX soon 1000 x", "SELECT 3", "SET other x", ""])
    dokku.run("redis:connect", "filled", stdin=words)
    return "filled"


def save(dokku: Dokku, repository: Repository, kind: str, name: str) -> tuple[str, Flow]:
    saved, flow = restic.save_stream(
        repository,
        service_dumps.export(dokku, kind, name),
        f"{name}{service_dumps.DUMPS[kind].suffix}",
        ["app:shop"],
        accept=lambda flow: service_dumps.complaint(kind, flow),
        seconds=60,
    )
    return saved.id, flow


def load(dokku: Dokku, repository: Repository, kind: str, name: str, saved: str) -> Flow:
    service_dumps.fresh(dokku, kind, name, "")
    dump = restic.source(repository, saved, f"filled{service_dumps.DUMPS[kind].suffix}")
    return service_dumps.load(dokku, kind, name, dump, seconds=60)


def test_postgres_comes_back_row_for_row(dokku: Dokku, on_disk: Repository, postgres: str) -> None:
    assert service_dumps.counts(dokku, "postgres", postgres) == COUNTS
    saved, flow = save(dokku, on_disk, "postgres", postgres)
    assert load(dokku, on_disk, "postgres", "loaded", saved) == flow
    assert service_dumps.counts(dokku, "postgres", "loaded") == COUNTS
    question = "select md5(string_agg(o::text, ',' order by id)) from orders o"
    answers = [
        service_dumps.ask(dokku, "postgres", name, question) for name in (postgres, "loaded")
    ]
    assert answers[0] == answers[1]
    assert len(answers[0]) == 32


def test_a_table_that_cannot_be_counted_is_not_left_out(dokku: Dokku) -> None:
    service_dumps.fresh(dokku, "postgres", "broken", "")
    lose = "update pg_class set reltablespace = 99999 where relname = 'lost';"
    tables = f"create table kept (x int); create table lost (x int); checkpoint; {lose}"
    dokku.run("postgres:connect", "broken", stdin=tables)
    with pytest.raises(DokkuError, match="99999"):
        service_dumps.counts(dokku, "postgres", "broken")


def test_redis_comes_back_key_for_key(dokku: Dokku, on_disk: Repository, redis: str) -> None:
    counted = service_dumps.counts(dokku, "redis", redis)
    assert counted == {"db0": 500, "db3": 1}
    saved, flow = save(dokku, on_disk, "redis", redis)
    assert load(dokku, on_disk, "redis", "loaded", saved) == flow
    assert service_dumps.counts(dokku, "redis", "loaded") == counted
    answer = dokku.run("redis:connect", "loaded", stdin="GET key7\nTTL soon\n").stdout.split()
    assert answer[0] == "x" * 100
    assert 0 < int(answer[1]) <= 1000


@pytest.mark.parametrize("kind", ["postgres", "redis"])
def test_a_stopped_service_gives_no_snapshot(dokku: Dokku, on_disk: Repository, kind: str) -> None:
    service_dumps.fresh(dokku, kind, "stopped", "")
    dokku.run(f"{kind}:stop", "stopped")
    with pytest.raises((Broken, DokkuError)):
        save(dokku, on_disk, kind, "stopped")
    assert restic.snapshots(on_disk) == []


def test_a_torn_dump_is_told_when_it_is_loaded(
    dokku: Dokku, on_disk: Repository, postgres: str, tmp_path: Path
) -> None:
    saved, flow = save(dokku, on_disk, "postgres", postgres)
    data = restic.read(on_disk, saved, "filled.dump", limit=flow.size)
    torn = restic.save_bytes(on_disk, data[: len(data) // 2], "filled.dump", [])
    with pytest.raises(Broken) as raised:
        load(dokku, on_disk, "postgres", "torn", torn.id)
    assert raised.value.side == "sink"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("select count(*) from orders", "5000"),
        ("select '{{ x }}', 2", "{{ x }}"),
        ("select E'a' || chr(10) || '@end'", "a\n@end"),
        ("select 'a' || chr(9) || '|'", "a\t|"),
        ("select null", ""),
        ("WITH x AS (select 7 as y) SELECT y FROM x -- words", "7"),
    ],
)
def test_an_apps_question_is_answered(
    dokku: Dokku, postgres: str, question: str, answer: str
) -> None:
    assert service_dumps.ask(dokku, "postgres", postgres, question) == answer


@pytest.mark.parametrize(
    "question",
    [
        "with gone as (delete from orders returning 1) select * from gone",
        "select 1 into made",
        "select set_config('transaction_read_only', 'off', false)",
        "select (1",
        "select 'x",
        "select /* x",
        "select $$",
        "select 1 where false",
        "select 1/0",
        "select nextval('none')",
        "select repeat('x', 3000000)",
        "select pg_sleep(600)",
    ],
)
def test_a_question_changes_nothing_and_has_to_have_an_answer(
    dokku: Dokku, postgres: str, question: str
) -> None:
    with pytest.raises(DokkuError):
        service_dumps.ask(dokku, "postgres", postgres, question, seconds=5)
    assert service_dumps.counts(dokku, "postgres", postgres) == COUNTS


def test_a_policy_for_a_role_of_the_apps_own_is_restored(dokku: Dokku, on_disk: Repository) -> None:
    """A dump does not hold roles, and without them the import of a policy fails."""
    service_dumps.fresh(dokku, "postgres", "guarded", "")
    sql = 'create role "Re\'porter of x"; create table t (n int); insert into t values (1);'
    policy = 'alter table t enable row level security; create policy p on t to "Re\'porter of x";'
    dokku.run("postgres:connect", "guarded", stdin=f"{sql}\n{policy}\n")
    names = service_roles.roles(dokku, "postgres", "guarded")
    assert names == ("Re'porter of x",)
    assert service_roles.roles(dokku, "redis", "filled") == ()
    snapshot, _ = save(dokku, on_disk, "postgres", "guarded")
    service_dumps.fresh(dokku, "postgres", "unguarded", "")
    source = restic.source(on_disk, snapshot, "guarded.dump")
    with pytest.raises(Broken, match="does not exist"):
        service_dumps.load(dokku, "postgres", "unguarded", source)
    service_dumps.fresh(dokku, "postgres", "regained", "")
    service_roles.make_roles(dokku, "regained", names)
    source = restic.source(on_disk, snapshot, "guarded.dump")
    service_dumps.load(dokku, "postgres", "regained", source)
    assert service_dumps.counts(dokku, "postgres", "regained") == {"public.t": 1}
