"""Dumps of services: their forms, the commands, and questions that nobody may ask."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import service_dumps
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku, DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import (
    Broken,
    Flow,
    Program,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.service_dumps import DUMPS
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.service_questions import (
    QUESTIONS,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from .scripted import ScriptedDokku

SAFE = [kind for kind, dump in DUMPS.items() if not dump.unsafe]
MYSQL = b"-- MySQL dump 10.13\nINSERT ...;\n"
WHOLE = {
    "postgres": b"PGDMP\x01\x0e\x00" + bytes(100),
    "mysql": MYSQL + b"-- Dump completed on 2026-11-22 23:03:03\n",
    "mariadb": b"/*!999999\\- enable the sandbox mode */\n-- Dump completed on 2026-11-22\n",
    "redis": b"REDIS0011\xfa\tredis-ver" + bytes(80) + b"\xff" + b"checksum",
    "mongo": b"\x1f\x8b\x08\x00" + bytes(30),
}
TORN = {
    "postgres": [b"pg_dump: error", b"\n PGDMP"],
    "mysql": [MYSQL, MYSQL + b"-- Dump completed" + bytes(80)],
    "mariadb": [MYSQL],
    "redis": [
        WHOLE["redis"][:-1],
        WHOLE["redis"][:-9],
        b"NOAUTH" + WHOLE["redis"][6:],
        b"REDIS0011",
    ],
    "mongo": [b"Failed: error connecting", b"\x1f"],
}


def flow(data: bytes) -> Flow:
    return Flow(len(data), hashlib.sha256(data).hexdigest(), data[:64], data[-64:])


def test_each_kind_of_service_can_be_dumped_and_counted_or_says_why_not() -> None:
    assert list(DUMPS) == list(KINDS)
    assert list(QUESTIONS) == SAFE == list(WHOLE) == list(TORN) == list(COUNTED)
    assert len(SAFE) < len(KINDS)


@pytest.mark.parametrize("kind", SAFE)
def test_a_whole_dump_is_not_complained_of(kind: str) -> None:
    assert service_dumps.complaint(kind, flow(WHOLE[kind])) == ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SAFE])
def test_nothing_is_a_whole_dump_of_what_cannot_be_dumped(kind: str) -> None:
    assert all(service_dumps.complaint(kind, flow(data)) for data in WHOLE.values())


@pytest.mark.parametrize(("kind", "data"), [(k, data) for k, torn in TORN.items() for data in torn])
def test_a_dump_that_is_not_whole_is_complained_of(kind: str, data: bytes) -> None:
    assert service_dumps.complaint(kind, flow(data)) == f"the dump is not {DUMPS[kind].form}"


@pytest.mark.parametrize("kind", SAFE)
def test_an_empty_dump_is_complained_of(kind: str) -> None:
    assert service_dumps.complaint(kind, flow(b"")) == "the dump is empty"


@pytest.mark.parametrize("kind", SAFE)
def test_a_dump_is_the_plugins_own_export(kind: str) -> None:
    dokku = ScriptedDokku({})
    program = service_dumps.export(dokku, kind, "shop-db")
    assert program.words == ("dokku", f"{kind}:export", "shop-db")
    assert program.environment == dokku.environment


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("", "postgres:create new"),
        ("postgres:17.4", "postgres:create new --image postgres --image-version 17.4"),
        ("postgis/postgis:17", "postgres:create new --image postgis/postgis --image-version 17"),
        ("h:5000/pg:1", "postgres:create new --image h:5000/pg --image-version 1"),
        ("h:5000/pg", "postgres:create new --image h:5000/pg"),
    ],
)
def test_a_fresh_service_has_the_same_image(image: str, words: str) -> None:
    dokku = ScriptedDokku({})
    service_dumps.fresh(dokku, "postgres", "new", image)
    assert dokku.writes == [words]


@pytest.mark.parametrize("name", ["--force", "a b", "../x", ""])
def test_a_name_cannot_be_an_option(name: str) -> None:
    dokku = ScriptedDokku({})
    for attempt in (
        lambda: service_dumps.export(dokku, "postgres", name),
        lambda: service_dumps.export(dokku, "redis", name),
        lambda: service_dumps.fresh(dokku, "postgres", name, ""),
        lambda: service_dumps.counts(dokku, "postgres", name),
        lambda: service_dumps.ask(dokku, "postgres", name, "select 1"),
        lambda: service_dumps.load(dokku, "redis", name, Program(("true",))),
    ):
        with pytest.raises(InvalidValue):
            attempt()
    assert dokku.calls == []


COUNTED = {
    "postgres": ("12 public.orders\n0 audit.a b\n@end\n", {"public.orders": 12, "audit.a b": 0}),
    "mysql": ("n\tt\n12\torders\n0\ta b\n@end\n@end\n", {"orders": 12, "a b": 0}),
    "mariadb": ("@end\n@end\n", {}),
    "redis": ("# Keyspace\r\ndb0:keys=7,expires=1,avg_ttl=0\r\n@end\n", {"db0": 6}),
    "mongo": ("shop> @count 3 a b\nshop> @end\n", {"a b": 3}),
}


@pytest.mark.parametrize("kind", SAFE)
def test_counts_are_read_to_their_end(kind: str) -> None:
    said, expected = COUNTED[kind]
    assert service_dumps.counts(ScriptedDokku({f"{kind}:connect db": said}), kind, "db") == expected
    torn = ScriptedDokku({f"{kind}:connect db": said.replace("@end", "")})
    with pytest.raises(DokkuError, match="has no end"):
        service_dumps.counts(torn, kind, "db")


QUESTIONS_THAT_NOBODY_MAY_ASK = [
    "select 1; drop table orders",
    "select 1;",
    "\\! id",
    "select 1 \\! id",
    "select 1 \\gexec",
    "select '\\'",
    "drop table orders",
    "delete from orders",
    "-- x\nselect 1",
    "select 1\n\\! id",
    "select 1\rselect 2",
    "select\t1",
    "select 1\x00",
    "system id",
    "selector",
    " select 1",
    "",
]


@pytest.mark.parametrize("question", QUESTIONS_THAT_NOBODY_MAY_ASK)
@pytest.mark.parametrize("kind", ["postgres", "mysql", "mariadb"])
def test_what_is_not_one_select_on_one_line_reaches_no_client(
    kind: str, question: str, tmp_path: Path
) -> None:
    client = FakeClient(tmp_path, "")
    with pytest.raises(InvalidValue):
        service_dumps.ask(client.dokku, kind, "db", question)
    assert not client.stdin.exists()


@pytest.mark.parametrize("kind", ["redis", "mongo"])
def test_what_knows_no_sql_is_not_asked(kind: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be asked"):
        service_dumps.ask(ScriptedDokku({}), kind, "db", "select 1")


class FakeClient:
    """A `dokku` that keeps its standard input and answers what it is told to."""

    def __init__(self, folder: Path, answer: str, status: int = 0) -> None:
        self.stdin = folder / "stdin"
        (folder / "answer").write_text(answer, "utf-8")
        program = folder / "dokku"
        lines = f"cat >{self.stdin}\ncat {folder}/answer\nexit {status}\n"
        program.write_text(f"#!/bin/sh\n{lines}", "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.dokku = Dokku(str(program))


def test_a_question_is_text_on_standard_input_in_a_transaction_that_reads(tmp_path: Path) -> None:
    client = FakeClient(tmp_path, "@begin\n{{ x }}\0b\0@end\n")
    question = "select '{{ x }}', '{question}', $(id), `id`"
    assert service_dumps.ask(client.dokku, "postgres", "db", question) == "{{ x }}"
    lines = client.stdin.read_text("utf-8").splitlines()
    assert lines[lines.index("begin transaction read only;") + 1 :] == [
        "set local statement_timeout = '60s';",
        "\\echo @begin",
        question,
        ";",
        "\\echo @end",
    ]


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("postgres", "@begin\n42\0@end\n", "42"),
        ("postgres", "@begin\n\0@end\n", ""),
        ("postgres", "@begin\n@end\n", None),
        ("postgres", "@begin\n42\0", None),
        ("mysql", "\n@begin\ncount(*)\tx\n42\ty\n7\tz\n@end\n@end\n", "42"),
        ("mysql", "\n@begin\n@end\n@end\n", None),
        ("mysql", "\n@begin\n", None),
        ("mysql", "", None),
    ],
)
def test_the_first_value_of_the_first_row_is_the_answer(
    tmp_path: Path, kind: str, said: str, value: str | None
) -> None:
    client = FakeClient(tmp_path, said)
    if value is not None:
        assert service_dumps.ask(client.dokku, kind, "db", "SELECT 1") == value
        return
    with pytest.raises(DokkuError, match="no row"):
        service_dumps.ask(client.dokku, kind, "db", "SELECT 1")


def test_a_client_that_fails_is_told(tmp_path: Path) -> None:
    client = FakeClient(tmp_path, "@begin\n42\0@end\n", status=3)
    with pytest.raises(DokkuError):
        service_dumps.ask(client.dokku, "postgres", "db", "select 1/0")


def test_a_torn_dump_is_not_loaded_to_its_end(tmp_path: Path) -> None:
    client = FakeClient(tmp_path, "")
    torn = Program(("printf", "not a dump"))
    with pytest.raises(Broken) as raised:
        service_dumps.load(client.dokku, "postgres", "new", torn)
    assert raised.value.side == "form"
