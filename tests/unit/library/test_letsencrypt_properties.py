"""Properties of dokku-letsencrypt: what holds, what is wanted, and the writes in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.letsencrypt_properties import (
    Properties,
    compare,
    read,
    wanted,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

if TYPE_CHECKING:
    from pathlib import Path

OURS = "/var/lib/dokku/data/ansible-deploy"
FILE = f"{OURS}/settings/shop/dns-credentials"
EVERY = f"{OURS}/settings/--global/dns-credentials"
PRODUCTION = "https://acme-v02.api.letsencrypt.org/directory"
OPTIONS = ("email", "server", "dns_provider", "env_file")


def writes(own: dict[str, str], everywhere: dict[str, str], **options: str) -> list[str]:
    """Returns the calls that these options lead to."""
    asked: dict[str, Any] = {**dict.fromkeys(OPTIONS), **options}
    observed = Properties(own, everywhere)
    plan = compare("shop", observed, wanted(asked, observed, OURS))
    assert len(plan.changes) == len(plan.commands)
    return [" ".join(step.words).removeprefix("letsencrypt:set shop ") for step in plan.commands]


def test_files_hold_values_of_the_app_and_of_all_apps(tmp_path: Path) -> None:
    """No file is an unset property; what is not asked for, such as a token, is not read."""
    for path, text in (
        ("shop/email", "a@example.org\n"),
        ("shop/dns-provider-HETZNER_API_TOKEN", "secret"),
        ("--global/server", "staging"),
        ("--global/graceperiod", "864000"),
        ("other/email", "other@example.org"),
    ):
        file = tmp_path / "config/letsencrypt" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    found = read(Dokku(environment={"DOKKU_LIB_ROOT": str(tmp_path)}), "shop")
    assert found == Properties(
        {"email": "a@example.org"}, {"server": "staging", "graceperiod": "864000"}
    )
    assert found.computed("email") == "a@example.org"
    assert found.server.startswith("https://acme-staging")
    assert found.grace == timedelta(days=10)
    assert read(Dokku(environment={"DOKKU_LIB_ROOT": str(tmp_path)}), "none").own == {}


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Unknown is not unset."""
    (tmp_path / "config/letsencrypt/shop/email").mkdir(parents=True)
    with pytest.raises(InvalidValue, match=r"cannot read .*/shop/email"):
        read(Dokku(environment={"DOKKU_LIB_ROOT": str(tmp_path)}), "shop")


@pytest.mark.parametrize(("text", "days"), [("", 30), ("nonsense", 30), ("86400", 1)])
def test_grace_is_thirty_days_unless_set(text: str, days: int) -> None:
    """As the plugin has it."""
    assert Properties({"graceperiod": text}).grace == timedelta(days=days)


def test_nothing_is_written_when_nothing_is_asked_for() -> None:
    """An option left out stays as it is."""
    assert writes({"email": "a@b.org", "lego-docker-options": "--init"}, {}) == []


@pytest.mark.parametrize(
    ("own", "everywhere", "email", "expected"),
    [
        ("", "", "a@b.org", ["email a@b.org"]),
        ("a@b.org", "", "a@b.org", []),
        ("", "a@b.org", "a@b.org", []),
        ("old@b.org", "a@b.org", "a@b.org", ["email a@b.org"]),
        ("old@b.org", "", "", ["email"]),
        ("", "all@b.org", "", []),
    ],
)
def test_email(own: str, everywhere: str, email: str, expected: list[str]) -> None:
    """What holds for all apps is not said again for one."""
    values = {"email": own} if own else {}
    assert writes(values, {"email": everywhere} if everywhere else {}, email=email) == expected


@pytest.mark.parametrize(
    ("own", "everywhere", "server", "expected"),
    [
        ("", "", "default", []),
        ("", "", PRODUCTION, []),
        ("", "staging", "default", ["server default"]),
        ("", "staging", "staging", []),
        ("staging", "", "default", ["server default"]),
        ("https://ca.example.org/dir", "", "", ["server"]),
        ("", "", "https://ca.example.org/dir", ["server https://ca.example.org/dir"]),
    ],
)
def test_server(own: str, everywhere: str, server: str, expected: list[str]) -> None:
    """Names and addresses of the same server are the same."""
    values = {"server": own} if own else {}
    assert writes(values, {"server": everywhere} if everywhere else {}, server=server) == expected


@pytest.mark.parametrize("http", ["", "none"])
@pytest.mark.parametrize(
    ("own", "everywhere", "expected"),
    [
        ("", "", []),
        ("hetzner", "", ["dns-provider"]),
        ("", "hetzner", ["dns-provider none"]),
        ("cloudflare", "hetzner", ["dns-provider none"]),
        ("none", "hetzner", []),
        ("", "none", []),
    ],
)
def test_http_needs_a_word_only_where_a_provider_is_global(
    own: str, everywhere: str, expected: list[str], http: str
) -> None:
    """For that one would have every app answer by DNS."""
    values = {"dns-provider": own} if own else {}
    others = {"dns-provider": everywhere} if everywhere else {}
    assert writes(values, others, dns_provider=http) == expected


@pytest.mark.parametrize(
    ("own", "everywhere", "expected"),
    [
        ("", "", ["dns-provider hetzner"]),
        ("", "hetzner", []),
        ("none", "hetzner", ["dns-provider hetzner"]),
        ("hetzner", "gandiv5", []),
    ],
)
def test_dns_is_for_the_app_alone(own: str, everywhere: str, expected: list[str]) -> None:
    """Never for all apps."""
    values = {"dns-provider": own} if own else {}
    others = {"dns-provider": everywhere} if everywhere else {}
    assert writes(values, others, dns_provider="hetzner") == expected


@pytest.mark.parametrize(
    ("own", "everywhere", "env_file", "expected"),
    [
        ("", "", FILE, f"--env-file={FILE}"),
        ("", "--network host", FILE, f"--network host --env-file={FILE}"),
        (f"--network host --env-file={FILE}", "--network host", FILE, None),
        (f"--env-file={FILE}", "--init", FILE, f"--init --env-file={FILE}"),
        (f"--env-file={EVERY}", "", FILE, f"--env-file={FILE}"),
        ("--add-host a:192.0.2.1", "", FILE, f"--add-host a:192.0.2.1 --env-file={FILE}"),
        (f"--add-host a:192.0.2.1 --env-file={FILE}", "", "", "--add-host a:192.0.2.1"),
        (f"--network host --env-file={FILE}", "--network host", "", ""),
        (f"--env-file={FILE}", "", "", ""),
        ("--env-file=/etc/theirs", "", "", None),
        ("", "--network host", "", None),
    ],
)
def test_credentials_are_a_file_behind_what_others_set(
    own: str, everywhere: str, env_file: str, expected: str | None
) -> None:
    """What is global comes first, for an app's own options hide it; what is not ours stays."""
    values = {"lego-docker-options": own} if own else {}
    others = {"lego-docker-options": everywhere} if everywhere else {}
    line = [] if expected is None else [f"lego-docker-options {expected}".strip()]
    assert writes(values, others, env_file=env_file) == line


@pytest.mark.parametrize(
    "options",
    [
        {"email": "a@b.org --dns exec"},
        {"email": "-a@b.org"},
        {"email": "nobody"},
        {"server": "--path"},
        {"server": "https://a.org/ --email"},
        {"server": "file:///etc/passwd"},
        {"dns_provider": "exec --x"},
        {"env_file": "/a b"},
        {"env_file": "relative"},
    ],
)
def test_what_would_become_other_arguments_is_refused(options: dict[str, str]) -> None:
    """The plugin splits these at white space."""
    with pytest.raises(InvalidValue, match=f"is not a usable {next(iter(options))}"):
        writes({}, {}, **options)
