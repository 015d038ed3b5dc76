"""Real servers, one of each kind for a file of tests, and names that no other test uses."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.dns.keeper import Keeper
from tests.dns.servers.knot import Knot, knot
from tests.dns.servers.named import Named, named
from tests.dns.servers.pdns import PowerDns, power_dns
from tests.dns.servers.zones import API_KEY, FULL_KEY, SECRET, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBERS = itertools.count(1)


@pytest.fixture
def name() -> str:
    """Returns a name in the zone that nothing is known of."""
    return f"n{next(NUMBERS)}.{ZONE}"


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Named]:
    """Runs BIND."""
    with named(tmp_path_factory.mktemp("named")) as server:
        yield server


@pytest.fixture(scope="module")
def knot_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """Runs Knot."""
    with knot(tmp_path_factory.mktemp("knot")) as server:
        yield server


@pytest.fixture(scope="module")
def pdns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PowerDns]:
    """Runs PowerDNS."""
    with power_dns(tmp_path_factory.mktemp("pdns")) as server:
        yield server


@pytest.fixture
def bind_keeper(bind: Named, tmp_path: Path) -> Keeper:
    """Returns someone with a full key for BIND."""
    return Keeper("rfc2136", rfc2136_credentials(tmp_path, bind.port), bind)


@pytest.fixture
def knot_keeper(knot_server: Knot, tmp_path: Path) -> Keeper:
    """Returns someone with a full key for Knot."""
    return Keeper("rfc2136", rfc2136_credentials(tmp_path, knot_server.port), knot_server)


@pytest.fixture
def pdns_keeper(pdns: PowerDns, tmp_path: Path) -> Keeper:
    """Returns someone with the key for PowerDNS's interface."""
    path = tmp_path / "pdns-credentials"
    path.write_text(f"PDNS_API_URL={pdns.url}\nPDNS_API_KEY={API_KEY}\n", "utf-8")
    return Keeper("powerdns", path, pdns)


@pytest.fixture(params=["bind_keeper", "knot_keeper", "pdns_keeper"])
def keeper(request: pytest.FixtureRequest) -> Keeper:
    """Returns someone with full access to each kind of server in turn."""
    found: Keeper = request.getfixturevalue(request.param)
    return found


def rfc2136_credentials(
    folder: Path, port: int, *, key: str = FULL_KEY, secret: str = SECRET
) -> Path:
    """Writes a credentials file for a name server."""
    path = folder / f"rfc2136-{port}-{key}"
    lines = (
        f"RFC2136_NAMESERVER=127.0.0.1:{port}",
        f"RFC2136_TSIG_KEY={key}",
        f"RFC2136_TSIG_SECRET={secret}",
        "RFC2136_TSIG_ALGORITHM=hmac-sha256.",
    )
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
