"""The guestbook's entries in PostgreSQL, at the address that DATABASE_URL tells."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

import pg8000.native

TABLE = """
create table if not exists entries (
    id bigint generated always as identity primary key,
    name text not null,
    message text not null,
    written timestamptz not null default now()
)"""


@dataclass(frozen=True)
class Entry:
    """What somebody wrote."""

    name: str
    message: str
    written: datetime


class Entries:
    """All entries. Every call has its own connection, so a restarted database is no event."""

    def create_table(self) -> None:
        with connect() as database:
            database.run(TABLE)

    def add(self, name: str, message: str) -> None:
        with connect() as database:
            database.run(
                "insert into entries (name, message) values (:name, :message)",
                name=name,
                message=message,
            )

    def newest(self, count: int) -> list[Entry]:
        query = "select name, message, written from entries order by id desc limit :count"
        with connect() as database:
            return [Entry(*row) for row in database.run(query, count=count)]

    def check(self) -> None:
        with connect() as database:
            database.run("select 1 from entries limit 1")


@contextmanager
def connect() -> Iterator[pg8000.native.Connection]:
    address = urlsplit(os.environ["DATABASE_URL"])
    connection = pg8000.native.Connection(
        unquote(address.username or "postgres"),
        password=unquote(address.password or ""),
        host=address.hostname or "localhost",
        port=address.port or 5432,
        database=address.path.lstrip("/"),
        timeout=10,
    )
    try:
        yield connection
    finally:
        connection.close()
