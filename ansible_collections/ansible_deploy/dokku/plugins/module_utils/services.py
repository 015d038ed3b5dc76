"""Knows the kinds of services: the one table that everything about databases is read from.

Each kind is a Dokku plugin of the same name (`postgres:create`, `redis:link` ...) of one code base,
so that a new kind is one more row. Nothing here starts a process.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceKind:
    """One kind of service and what its Dokku plugin calls things.

    `default_alias` is what a link's variable begins with when no alias is given, `scheme` what the
    linked address begins with, `image` the container image that the plugin starts by default.
    """

    name: str
    title: str
    plugin_url: str
    default_alias: str
    scheme: str
    image: str

    @property
    def default_variable(self) -> str:
        """Names the variable that a link sets: `DATABASE_URL`."""
        return variable_of_alias(self.default_alias)

    @property
    def install_command(self) -> tuple[str, ...]:
        """Returns the words of the command that installs the plugin of this kind."""
        return ("sudo", "dokku", "plugin:install", self.plugin_url, "--name", self.name)


def variable_of_alias(alias: str) -> str:
    """Names the variable that a link under this alias sets, as the plugins do it themselves."""
    return alias.upper().removesuffix(VARIABLE_SUFFIX) + VARIABLE_SUFFIX


VARIABLE_SUFFIX = "_URL"

KINDS: dict[str, ServiceKind] = {
    kind.name: kind
    for kind in (
        ServiceKind(
            name="postgres",
            title="PostgreSQL",
            plugin_url="https://github.com/dokku/dokku-postgres.git",
            default_alias="DATABASE",
            scheme="postgres",
            image="postgres",
        ),
        ServiceKind(
            name="mysql",
            title="MySQL",
            plugin_url="https://github.com/dokku/dokku-mysql.git",
            default_alias="DATABASE",
            scheme="mysql",
            image="mysql",
        ),
        ServiceKind(
            name="mariadb",
            title="MariaDB",
            plugin_url="https://github.com/dokku/dokku-mariadb.git",
            default_alias="DATABASE",
            scheme="mysql",
            image="mariadb",
        ),
        ServiceKind(
            name="redis",
            title="Redis",
            plugin_url="https://github.com/dokku/dokku-redis.git",
            default_alias="REDIS",
            scheme="redis",
            image="redis",
        ),
        ServiceKind(
            name="mongo",
            title="MongoDB",
            plugin_url="https://github.com/dokku/dokku-mongo.git",
            default_alias="MONGO",
            scheme="mongodb",
            image="mongo",
        ),
        ServiceKind(
            name="rabbitmq",
            title="RabbitMQ",
            plugin_url="https://github.com/dokku/dokku-rabbitmq.git",
            default_alias="RABBITMQ",
            scheme="amqp",
            image="rabbitmq",
        ),
        ServiceKind(
            name="memcached",
            title="Memcached",
            plugin_url="https://github.com/dokku/dokku-memcached.git",
            default_alias="MEMCACHED",
            scheme="memcached",
            image="memcached",
        ),
        ServiceKind(
            name="elasticsearch",
            title="Elasticsearch",
            plugin_url="https://github.com/dokku/dokku-elasticsearch.git",
            default_alias="ELASTICSEARCH",
            scheme="http",
            image="elasticsearch",
        ),
    )
}
