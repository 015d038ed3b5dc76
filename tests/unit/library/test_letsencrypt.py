"""A certificate is ordered when one is due and its names lead here, and at no other time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    dns_answers,
    letsencrypt,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Answer, DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_answers import (
    Answer as Led,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import answer
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp
from tests.made_certificates import NOW, Pair, make
from tests.unit.library.scripted import ScriptedDokku, as_answer
from tests.unit.library.test_cases import lines, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

DAY = timedelta(days=1)
NAMES = ("shop.example.org", "www.shop.example.org")
SUBJECT = f"certificate for {', '.join(NAMES)}"
UNTIL = f"valid until {NOW + 90 * DAY:%Y-%m-%d}"
GOOD = make(NAMES, end=90 * DAY)
EMAIL = "admin@example.org"
ENABLE = ("letsencrypt:enable", "shop")
ADD_JOB = "letsencrypt:cron-job --add"
ORDERED = "-----> Getting letsencrypt certificate for shop via HTTP-01\n"
REFUSED = as_answer(
    {
        "exit": 1,
        "stdout": f"{ORDERED}       [{NAMES[0]}] acme: error: 400 ::"
        " urn:ietf:params:acme:error:dns :: no such name, url:\n",
        "stderr": " !     Failed to setup letsencrypt\n",
    }
)


class Letsencrypt(ScriptedDokku):
    """Plays dokku-letsencrypt: what is active and installed, before and after an order."""

    def __init__(self, host: World) -> None:
        """Takes the world that it stands in."""
        super().__init__({"domains:report shop --format json": REPORT})
        self._host = host
        self.reads: list[tuple[str, ...]] = []

    def _call(self, words: tuple[str, ...], stdin: str | None) -> Answer:
        reading = self._host.reading(words)
        if reading is not None:
            self.reads.append(words)
            return reading
        said = super()._call(words, stdin)
        if words != ENABLE:
            return said
        if self._host.outcome.exit == 0 and self._host.issued:
            self._host.installed = self._host.issued
            self._host.is_active = True
        if self._host.outcome.exit == 124:
            raise DokkuError(words, 124, "no answer within 180 seconds")
        return self._host.outcome


REPORT = {"app-vhosts": " ".join(NAMES), "app-enabled": "true", "global-vhosts": "dokku.me"}


@dataclass
class World:
    """What is on the host, and how the next order ends."""

    root: Path
    installed: Pair | None = None
    is_active: bool = False
    issued: Pair | None = None
    outcome: Answer = field(default_factory=lambda: Answer(0, ORDERED, ""))
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)

    def reading(self, words: tuple[str, ...]) -> Answer | None:
        """Returns the answer to what only reads."""
        if words in self.answers:
            return self.answers[words]
        if words == ("letsencrypt:active", "shop"):
            return Answer(0, f"{str(self.is_active).lower()}\n", "")
        if words == ("certs:show", "shop", "crt"):
            missing = Answer(1, "", " !     shop doesn't have an SSL endpoint defined\n")
            return Answer(0, self.installed.certificate, "") if self.installed else missing
        return None

    def put(self, path: str, text: str = "") -> None:
        """Writes a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Returns a host without certificate whose renewal runs, and whose names lead to it."""
    monkeypatch.setenv("DOKKU_ROOT", str(tmp_path / "home"))
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(tmp_path / "lib"))
    monkeypatch.setattr(dns_answers, "wait_until", leading_here())
    host = World(tmp_path, issued=GOOD)
    host.put("lib/data/letsencrypt/--global/autorenew")
    host.put("lib/config/letsencrypt/--global/email", EMAIL)
    return host


def leading_here(*late: Led) -> Callable[..., list[Led]]:
    """Returns a look-up after which these names do not lead here."""

    def wait(
        names: Sequence[str], addresses: frozenset[str], resolver: str, seconds: float
    ) -> list[Led]:
        return [each for each in late if each.name in names]

    return wait


def has_right_one(host: World) -> World:
    """Gives the host a certificate that nothing is wrong with."""
    host.installed, host.is_active = GOOD, True
    return host


def run(host: World, *, check: bool = False, **options: Any) -> tuple[dict[str, Any], list[str]]:
    """Returns what the module answers, and the calls that write."""
    dokku = Letsencrypt(host)
    asked = {"app": "shop", "domains": list(NAMES), **options}
    result = answer("dokku_letsencrypt", dokku, parameters("dokku_letsencrypt", asked), check=check)
    return result, dokku.writes


def test_first_certificate_is_ordered(world: World) -> None:
    """What was ordered and until when is said, and are facts."""
    result, writes = run(world)
    assert lines(result["changes"]) == [f"+ | {SUBJECT} | {UNTIL}"]
    assert writes == ["letsencrypt:enable shop"]
    assert "pending" not in result
    assert result["letsencrypt"] == {
        "ordered": True,
        "succeeded": True,
        "names": list(NAMES),
        "issuer": "Test Trust T1",
        "not_after": timestamp(NOW + 90 * DAY),
        "renew_after": timestamp(NOW + 60 * DAY),
        "is_limit": False,
        "retry_after": "",
    }


def test_check_mode_says_the_same_and_writes_nothing(world: World) -> None:
    """But for the date, which nobody knows yet; name servers are not waited for."""
    (world.root / "lib/data/letsencrypt/--global/autorenew").unlink()
    result, writes = run(world, check=True, email="new@example.org")
    assert writes == []
    assert lines(result["changes"]) == [
        f"+ | {SUBJECT}",
        "+ | daily renewal of certificates",
        "+ | letsencrypt email | new@example.org",
    ]


def test_right_certificate_is_left_alone(world: World) -> None:
    """No order, no write, and the facts for a report."""
    result, writes = run(has_right_one(world))
    assert not result["changed"]
    assert writes == []
    facts = result["letsencrypt"]
    assert (facts["ordered"], facts["succeeded"]) == (False, True)
    assert facts["renew_after"] == timestamp(NOW + 60 * DAY)


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(make(NAMES[:1]), id="name added"),
        pytest.param(make((*NAMES, "old.example.org")), id="name removed"),
        pytest.param(make(NAMES, start=-70 * DAY, end=20 * DAY), id="near its end"),
        pytest.param(make(NAMES, start=-90 * DAY, end=-DAY), id="ended"),
    ],
)
def test_wrong_certificate_is_replaced(world: World, there: Pair) -> None:
    """It must be for exactly these names, and not within its grace period."""
    world.installed, world.is_active = there, True
    result, writes = run(world)
    assert lines(result["changes"]) == [f"~ | {SUBJECT} | {UNTIL}"]
    assert writes == ["letsencrypt:enable shop"]


def test_certificate_that_nobody_renews_is_replaced(world: World) -> None:
    """One of one's own, or one whose first domain is another now (active is false then)."""
    world.installed = GOOD
    assert lines(run(world)[0]["changes"]) == [f"~ | {SUBJECT} | {UNTIL}"]


def test_order_of_names_does_not_matter(world: World) -> None:
    """A certificate is for a set of names."""
    assert not run(has_right_one(world), domains=list(reversed(NAMES)))[0]["changed"]


def test_grace_period_is_the_plugins(world: World) -> None:
    """Set for the app or for all."""
    world.installed, world.is_active = make(NAMES, end=80 * DAY), True
    assert not run(world)[0]["changed"]
    world.put("lib/config/letsencrypt/--global/graceperiod", str(79 * 86400))
    assert not run(world)[0]["changed"]
    world.put("lib/config/letsencrypt/shop/graceperiod", str(80 * 86400))
    assert run(world)[0]["changed"]


@pytest.mark.parametrize(("days_left", "is_due"), [(3, False), (1, True)])
def test_short_lived_certificate_is_not_ordered_for_ever(
    world: World, days_left: int, is_due: bool
) -> None:
    """One that lives six days would always be within thirty days of its end."""
    short = make(NAMES, start=(days_left - 6) * DAY, end=days_left * DAY)
    world.installed, world.is_active = short, True
    result, _ = run(world)
    assert result["changed"] == is_due


def test_without_domains_those_of_the_app_count(world: World) -> None:
    """But for the catch-all of nginx."""
    result, _ = run(world, domains=[])
    assert result["letsencrypt"]["names"] == list(NAMES)
    table = {**REPORT, "app-vhosts": "_"}
    world.answers["domains:report", "shop", "--format", "json"] = as_answer(table)
    result, writes = run(world, domains=[])
    assert result["pending"] == "the app has no domain"
    assert writes == []


@pytest.mark.parametrize(
    ("arguments", "options", "is_due"),
    [
        (f"--server https://a.org/dir --email {EMAIL}", {"server": "https://a.org/dir"}, False),
        (f"--server https://b.org/dir --email {EMAIL}", {"server": "https://a.org/dir"}, True),
        ("--pem --email old@example.org --domains x", {}, True),
        ("--pem", {}, False),
    ],
)
def test_other_server_or_address_means_another_order(
    world: World, arguments: str, options: dict[str, str], is_due: bool
) -> None:
    """Also when the property is written already, by a run whose order failed."""
    has_right_one(world)
    world.put("home/shop/letsencrypt/certs/current/config", arguments)
    if "server" in options:
        world.put("lib/config/letsencrypt/shop/server", options["server"])
    _, writes = run(world, **dict[str, Any](options))
    assert (writes == ["letsencrypt:enable shop"]) == is_due


def test_failed_order_is_pending_with_the_reason(world: World) -> None:
    """The task does not fail, and the facts say that an order was used up."""
    world.outcome = REFUSED
    result, _ = run(world)
    assert "failed" not in result
    assert not result["changed"]
    assert result["pending"] == f"no new certificate: {NAMES[0]}: no such name"
    assert result["letsencrypt"]["ordered"]
    assert not result["letsencrypt"]["succeeded"]


def test_failed_order_keeps_what_was_served(world: World) -> None:
    """Its dates are still told."""
    world.installed, world.is_active, world.outcome = make(NAMES[:1]), True, REFUSED
    facts = run(world)[0]["letsencrypt"]
    assert facts["not_after"]
    assert not facts["succeeded"]


def test_order_that_takes_too_long_is_pending(world: World) -> None:
    """And counts as one."""
    world.outcome = Answer(124, "", "")
    result, _ = run(world)
    assert result["pending"] == "no new certificate: no answer within 180 seconds"
    assert result["letsencrypt"]["ordered"]


def test_failure_before_the_server_was_asked_is_no_order(world: World) -> None:
    """The plugin's own words are the reason."""
    world.outcome = Answer(1, "", " !     No domains detected for shop\n")
    result, _ = run(world)
    assert result["pending"] == "no new certificate: No domains detected for shop"
    assert not result["letsencrypt"]["ordered"]


def test_plugin_that_sees_no_need_is_pending(world: World) -> None:
    """Nothing would be gained by asking again and again in silence."""
    world.installed, world.is_active, world.issued = make(NAMES[:1]), True, None
    world.outcome = Answer(0, "-----> Certificate is still valid, skipping\n", "")
    result, _ = run(world)
    assert "ordered nothing although the installed one is for shop.example.org" in result["pending"]
    assert not result["letsencrypt"]["ordered"]


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (Led(NAMES[0]), "shop.example.org has no address yet"),
        (
            Led(NAMES[1], frozenset({"192.0.2.1"})),
            "www.shop.example.org leads to 192.0.2.1, not to 203.0.113.7",
        ),
        (Led(NAMES[0], problem="its servers are silent"), "its servers are silent"),
    ],
)
def test_no_order_before_the_names_lead_here(
    world: World, monkeypatch: pytest.MonkeyPatch, late: Led, words: str
) -> None:
    """A name server that lags would cost a failed order."""
    monkeypatch.setattr(dns_answers, "wait_until", leading_here(late))
    result, writes = run(world, addresses=["203.0.113.7"])
    assert words in result["pending"]
    assert writes == []
    assert not result["letsencrypt"]["ordered"]
    assert run(world, addresses=["203.0.113.7"], dns_provider="hetzner")[0]["changed"]


def test_no_order_within_a_pause(world: World) -> None:
    """The words of the caller are told; properties are set all the same."""
    later = timestamp(NOW + DAY)
    for check in (True, False):
        result, writes = run(
            world, check=check, not_before=later, backoff="3 orders failed", email="b@example.org"
        )
        assert result["pending"].endswith(" UTC: 3 orders failed")
        assert writes == ([] if check else ["letsencrypt:set shop email b@example.org"])
    assert not result["letsencrypt"]["ordered"]
    assert run(world, not_before=timestamp(NOW - DAY), backoff="x")[0]["letsencrypt"]["ordered"]
    assert "pending" not in run(has_right_one(world), not_before=later)[0]
    assert "is not a time" in run(World(world.root), not_before="soon")[0]["msg"]


def test_renewal_is_switched_on_once(world: World) -> None:
    """With the first certificate, and when somebody took it away."""
    (world.root / "lib/data/letsencrypt/--global/autorenew").unlink()
    for _ in range(2):
        result, writes = run(world)
        assert lines(result["changes"])[-1] == "+ | daily renewal of certificates"
        assert writes[-1] == ADD_JOB
    world.outcome, world.installed = REFUSED, None
    assert ADD_JOB not in run(world)[1]


def test_wildcards_need_dns(world: World) -> None:
    """Said before anything is written."""
    result, writes = run(world, domains=["*.example.org"], email="b@example.org")
    assert "*.example.org can be had by DNS-01 only" in result["msg"]
    assert writes == []
    world.issued = make(("*.example.org",))
    result, writes = run(world, domains=["*.example.org"], dns_provider="hetzner", env_file="/x/y")
    assert writes[:-1] == [
        "letsencrypt:set shop dns-provider hetzner",
        "letsencrypt:set shop lego-docker-options --env-file=/x/y",
    ]
    assert result["letsencrypt"]["succeeded"]


def test_order_needs_an_address_for_mail(world: World) -> None:
    """The plugin would refuse it as well."""
    (world.root / "lib/config/letsencrypt/--global/email").unlink()
    assert "needs an e-mail address" in run(world)[0]["msg"]


def test_missing_plugin_is_said_with_its_command(world: World) -> None:
    """To the operator; where none is wanted it is no matter."""
    unknown = Answer(1, "", " !     `letsencrypt:active` is not a dokku command.\n")
    world.answers["letsencrypt:active", "shop"] = unknown
    for check in (True, False):
        said = run(world, check=check)[0]["msg"]
        assert "sudo dokku plugin:install https://github.com/dokku/dokku-letsencrypt" in said
    world.installed = GOOD
    result, writes = run(world, state="absent")
    assert (result["changed"], writes) == (False, [])


def test_unknown_is_not_inactive(world: World) -> None:
    """A read that fails stops the run; in check mode a missing app has no certificate."""
    world.answers["letsencrypt:active", "shop"] = Answer(1, "", " !     disk on fire\n")
    assert "disk on fire" in run(world)[0]["msg"]
    world.answers["letsencrypt:active", "shop"] = Answer(20, "", " !     App shop is missing\n")
    assert "is missing" in run(world)[0]["msg"]
    assert lines(run(world, check=True)[0]["changes"]) == [f"+ | {SUBJECT}"]


def test_absent_disables_what_is_the_plugins(world: World) -> None:
    """And nothing where there is nothing."""
    assert run(world, state="absent")[1] == []
    has_right_one(world)
    for check in (True, False):
        result, writes = run(world, check=check, state="absent")
        assert lines(result["changes"]) == [f"- | {SUBJECT}"]
        assert writes == ([] if check else ["letsencrypt:disable shop"])
    assert result["letsencrypt"]["not_after"] == ""


@pytest.mark.parametrize(("copy", "is_removed"), [(GOOD, True), (make(NAMES), False)])
def test_absent_leaves_another_certificate(world: World, copy: Pair, is_removed: bool) -> None:
    """`disable` removes whatever is installed, so what the plugin installed last is compared."""
    has_right_one(world).put("home/shop/tls/server.letsencrypt.crt", copy.certificate)
    assert (run(world, state="absent")[1] == ["letsencrypt:disable shop"]) == is_removed
    world.put("home/shop/tls/server.letsencrypt.crt", "garbage")
    assert run(world, state="absent")[1] == []


def test_report_takes_two_calls(world: World) -> None:
    """For an app with and without a certificate."""
    dokku = Letsencrypt(has_right_one(world))
    seen = letsencrypt.observed(dokku, "shop")
    assert (len(dokku.reads), dokku.calls) == (2, [])
    assert seen.certificate is not None
    assert seen.certificate.names == NAMES
    assert seen.renew_after == NOW + 60 * DAY
    world.is_active = False
    assert letsencrypt.observed(dokku, "shop").renew_after is None
    world.installed = None
    assert letsencrypt.observed(dokku, "shop").certificate is None
