"""DNS records of pushed apps, on a real DNS server that others write to as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.hosts import SandboxHost, web_app
from tests.e2e.names import Names

FOREIGN = {"MX": ["10 mail.example.org."], "TXT": ['"v=spf1 mx -all"']}


def app(tree: Path, deploy: str) -> Path:
    return web_app(tree, {"deploy.d/deploy.yml": f"port: 5000\n{deploy}"})


def is_foreign_whole(names: Names) -> bool:
    """Whether what the zone's owner made by hand is as it was."""
    found = {kind: names.ask("example.org", kind) for kind in FOREIGN}
    return found == FOREIGN and names.ask("mail.example.org") == ["192.0.2.25"]


def test_records_come_with_the_push_and_go_with_the_domain(names: Names, tree: Path) -> None:
    deploy = (
        "domains: [e2e-dns.example.org, '*.e2e-dns.example.org']\ntls: off\n"
        "dns: {ttl: 600, records: ["
        "{name: e2e-dns.example.org, type: MX, value: 10 mail.example.org},"
        " {name: _dmarc.e2e-dns.example.org, type: TXT, value: 'v=DMARC1; p=none'}]}\n"
    )
    answer = names.host.push("e2e-dns", app(tree, deploy))
    assert answer.exit == 0, answer.output
    assert "+ A e2e-dns.example.org 127.0.0.1" in answer.output
    assert names.ask("e2e-dns.example.org") == ["127.0.0.1"]
    assert names.ask("anything.e2e-dns.example.org") == ["127.0.0.1"]
    assert names.ask("e2e-dns.example.org", "MX") == ["10 mail.example.org."]
    assert names.ask("_dmarc.e2e-dns.example.org", "TXT") == ['"v=DMARC1; p=none"']
    (marker,) = names.ask("_owner.a.e2e-dns.example.org", "TXT")
    assert marker.endswith(',app=e2e-dns"')
    serial = names.serial()
    answer = names.host.push("e2e-dns", app(tree, deploy + "env: {A: '1'}\n"))
    assert "dns          unchanged" in answer.output
    answer = names.host.push("e2e-dns")
    assert "deploy.d is unchanged" in answer.output
    assert names.serial() == serial, "a record was written although none differed"
    answer = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
    assert answer.exit == 0, answer.output
    assert names.ask("anything.e2e-dns.example.org") == []
    assert names.ask("e2e-dns.example.org", "MX") == []
    assert names.ask("_owner.mx.e2e-dns.example.org", "TXT") == []
    assert names.ask("e2e-dns.example.org") == ["127.0.0.1"]
    assert is_foreign_whole(names)


def test_a_plan_tells_the_records_and_writes_none(names: Names, tree: Path) -> None:
    names.host.dokku("apps:create", "e2e-dns")
    names.host.made.append("e2e-dns")
    folder = app(tree, "domains: [e2e-dns.example.org]\ntls: off\n")
    serial, archive = names.serial(), names.host.archive(folder)
    answer = names.host.dokku("ansible-deploy:plan", "e2e-dns", "-", stdin=archive, check=False)
    assert answer.exit == 2, answer.output
    assert "+ A e2e-dns.example.org 127.0.0.1" in answer.output
    assert names.serial() == serial


def test_a_record_of_somebody_else_is_refused_until_it_is_adopted(names: Names, tree: Path) -> None:
    names.change("e2e-taken.example.org", "A", "192.0.2.9")
    deploy = "domains: [e2e-taken.example.org]\ntls: off\n"
    answer = names.host.push("e2e-dns", app(tree, deploy))
    assert answer.exit != 0
    assert "dns: A e2e-taken.example.org" in answer.output
    assert "192.0.2.9" in answer.output
    assert "dns: {adopt: [e2e-taken.example.org]}" in answer.output
    assert "nothing was built or changed" in answer.output
    assert names.ask("e2e-taken.example.org") == ["192.0.2.9"]
    adopting = deploy + "dns: {adopt: [e2e-taken.example.org]}\n"
    answer = names.host.push("e2e-dns", app(tree, adopting))
    assert answer.exit == 0, answer.output
    assert names.ask("e2e-taken.example.org") == ["127.0.0.1"]
    names.host.clear_one("e2e-dns")
    assert names.ask("e2e-taken.example.org") == []


def test_two_apps_in_one_zone_leave_each_other_alone(names: Names, tree: Path) -> None:
    for name in ("e2e-dns", "e2e-two"):
        deploy = f"domains: [{name}.example.org]\ntls: off\n"
        assert names.host.push(name, app(tree, deploy)).exit == 0
    taking = (
        "domains: [e2e-three.example.org]\ntls: off\n"
        "dns: {adopt: [e2e-dns.example.org],"
        " records: [{name: e2e-dns.example.org, type: A, value: 192.0.2.1}]}\n"
    )
    answer = names.host.push("e2e-three", app(tree, taking))
    assert answer.exit != 0
    assert "dns: A e2e-dns.example.org belongs to the app e2e-dns" in answer.output
    names.host.clear_one("e2e-two")
    assert names.ask("e2e-two.example.org") == []
    assert names.ask("e2e-dns.example.org") == ["127.0.0.1"]
    assert is_foreign_whole(names)


def test_a_name_of_another_app_is_its_own_with_all_that_hangs_on_it(
    names: Names, tree: Path
) -> None:
    names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
    serial = names.serial()
    records = (
        "{name: e2e-dns.example.org, type: CAA, value: '0 issue \";\"'}",
        "{name: _acme-challenge.e2e-dns.example.org, type: TXT, value: mine}",
        "{name: e2e-dns.example.org, type: AAAA, value: '2001:db8::1'}",
    )
    deploy = f"domains: [e2e-two.example.org]\ntls: off\ndns: {{records: [{', '.join(records)}]}}\n"
    answer = names.host.push("e2e-two", app(tree, deploy))
    assert answer.exit != 0
    for word in ("CAA e2e-dns", "TXT _acme-challenge.e2e-dns", "AAAA e2e-dns"):
        assert f"dns: {word}.example.org belongs to the app e2e-dns" in answer.output
    marker = "{name: _owner.a.e2e-dns.example.org, type: TXT, value: mine}"
    answer = names.host.push(
        "e2e-two", app(tree, f"domains: [e2e-two.example.org]\ndns: {{records: [{marker}]}}\n")
    )
    assert '"_owner", which marks whose record it is' in answer.output
    assert names.serial() == serial


def test_records_go_when_the_release_is_live_and_not_before(names: Names, tree: Path) -> None:
    both = "domains: [e2e-dns.example.org, e2e-old.example.org]\ntls: off\n"
    assert names.host.push("e2e-dns", app(tree, both)).exit == 0
    one = app(tree, "domains: [e2e-dns.example.org]\ntls: off\n")
    (tree / "server.py").write_text("raise SystemExit('broken')\n")
    answer = names.host.push("e2e-dns", one)
    assert answer.exit != 0, "a release that does not start was taken"
    assert names.ask("e2e-old.example.org") == ["127.0.0.1"]
    answer = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
    assert answer.exit == 0, answer.output
    assert "- A e2e-old.example.org" in answer.output
    assert names.ask("e2e-old.example.org") == []
    assert "deploy.d is unchanged" in names.host.push("e2e-dns").output


def test_a_renamed_app_keeps_its_records_and_a_new_one_does_not_get_them(
    names: Names, tree: Path
) -> None:
    deploy = "domains: [e2e-dns.example.org]\ntls: off\n"
    names.host.push("e2e-dns", app(tree, deploy))
    names.host.dokku("apps:rename", "--skip-deploy", "e2e-dns", "e2e-moved")
    names.host.made.append("e2e-moved")
    assert names.ask("e2e-dns.example.org") == ["127.0.0.1"]
    taking = "domains: [e2e-new.example.org]\ntls: off\ndns: {records: [{name: e2e-dns.example.org,"
    names.host.git(names.host.repository("e2e-dns"), "commit", "--allow-empty", "-qm", "x")
    answer = names.host.push(
        "e2e-dns", app(tree, f"{taking} type: A, value: 192.0.2.1}}]}}\n"), force=True
    )
    assert "dns: A e2e-dns.example.org belongs to the app e2e-moved" in answer.output
    names.host.dokku("--force", "apps:destroy", "e2e-moved")
    assert names.ask("e2e-dns.example.org") == []


def test_an_app_that_drops_its_folder_still_takes_its_records_along(
    names: Names, tree: Path
) -> None:
    names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
    (tree / "deploy.d/deploy.yml").unlink()
    (tree / "deploy.d").rmdir()
    assert names.host.push("e2e-dns", tree).exit == 0
    names.host.clear_one("e2e-dns")
    assert names.ask("e2e-dns.example.org") == []
    assert is_foreign_whole(names)


def test_zones_need_a_grant(names: Names, tree: Path) -> None:
    deploy = (
        "domains: [e2e-dns.sandbox.test]\ntls: off\n"
        "dns: {records: [{name: e2e.sandbox.test, type: A, value: 192.0.2.1}]}\n"
    )
    answer = names.host.push("e2e-dns", app(tree, deploy))
    assert answer.exit != 0
    assert "e2e.sandbox.test lies in no DNS zone that this app may write to" in answer.output
    grant = "ansible-deploy:set e2e-dns dns-zones example.org,sandbox.test"
    assert f"dokku {grant}" in answer.output
    names.host.dokku("apps:create", "e2e-dns", check=False)
    names.host.dokku(*grant.split())
    answer = names.host.push("e2e-dns", app(tree, deploy))
    assert answer.exit == 0, answer.output
    assert names.ask("e2e.sandbox.test") == ["192.0.2.1"]
    assert names.ask("e2e-dns.sandbox.test") == ["127.0.0.1"]


def test_without_a_provider_people_are_told_what_to_create(names: Names, tree: Path) -> None:
    names.host.dokku("ansible-deploy:set", "--global", "dns-provider", "--unset")
    deploy = "domains: [e2e-hand.example.org]\ntls: off\n"
    answer = names.host.push("e2e-dns", app(tree, deploy))
    assert answer.exit == 0, answer.output
    assert "create A e2e-hand.example.org 127.0.0.1 (" in answer.output
    assert "knows no address for it)" in answer.output
    names.change("e2e-hand.example.org", "A", "127.0.0.1")
    answer = names.host.push("e2e-dns", app(tree, deploy + "env: {A: '1'}\n"))
    assert "create A" not in answer.output
    names.change("e2e-hand.example.org", "A")


def test_a_host_without_an_address_is_for_the_operator_to_mend(names: Names, tree: Path) -> None:
    names.host.dokku("ansible-deploy:set", "--global", "server-ip", "--unset")
    answer = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
    assert answer.exit != 0
    assert "dokku ansible-deploy:set --global server-ip ADDRESS" in answer.output


def test_a_server_that_is_down_is_told_and_the_next_push_completes(
    names: Names, tree: Path
) -> None:
    with names.stopped("dns"):
        answer = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
        assert answer.exit == 0, answer.output
        assert " !     dns: not done yet: " in answer.output
        assert "A e2e-dns.example.org" in answer.output
        assert names.host.get("e2e-dns.example.org") == (200, "hello")
    assert names.host.json("ansible-deploy:report", "e2e-dns")["provisioned"] == "false"
    answer = names.host.push("e2e-dns")
    assert "+ A e2e-dns.example.org 127.0.0.1" in answer.output
    assert names.ask("e2e-dns.example.org") == ["127.0.0.1"]
    answer = names.host.push("e2e-dns")
    assert "deploy.d is unchanged" in answer.output


def test_a_server_that_never_answers_holds_a_push_up_for_a_bounded_time(
    names: Names, tree: Path
) -> None:
    with names.silent("dns"):
        answer = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
        assert answer.exit == 0, answer.output
        assert " !     dns: not done yet: " in answer.output
        assert "did not answer within" in answer.output
    answer = names.host.push("e2e-dns")
    assert "+ A e2e-dns.example.org 127.0.0.1" in answer.output


def test_a_wrong_key_is_told_and_mended(names: Names, tree: Path) -> None:
    right = Path(names.facts["dns"]["credentials"]).read_text()
    wrong = right.replace(names.secret, "bm90IHRoZSBzZWNyZXQgdGhhdCB0aGUgc2VydmVyIGtub3dz")
    names.set_credentials(wrong)
    answer = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\ntls: off\n"))
    assert answer.exit == 0, answer.output
    assert " !     dns: not done yet: " in answer.output
    assert "bm90IHRoZ" not in answer.output
    names.set_credentials(right)
    answer = names.host.push("e2e-dns")
    assert "+ A e2e-dns.example.org 127.0.0.1" in answer.output


def test_a_name_that_the_key_may_not_update_is_told(names: Names, tree: Path) -> None:
    deploy = "domains: [e2e.protected.example.org]\ntls: off\n"
    answer = names.host.push("e2e-dns", app(tree, deploy))
    assert answer.exit == 0, answer.output
    assert " !     dns: not done yet: " in answer.output
    assert "does not let it do this" in answer.output
    assert names.ask("e2e.protected.example.org") == []


def test_the_secret_of_the_key_stands_nowhere_else(names: Names, tree: Path) -> None:
    output = names.host.push("e2e-dns", app(tree, "domains: [e2e-dns.example.org]\n")).output
    for words in (
        ("ansible-deploy:report", "e2e-dns"),
        ("ansible-deploy:report", "--global"),
        ("ansible-deploy:history", "e2e-dns", "--format", "json"),
    ):
        output += names.host.dokku(*words).output
    assert names.secret not in output
    assert names.secret not in (names.host.root / "log/calls.jsonl").read_text()
    holding = [
        path.relative_to(names.host.lib_root)
        for path in names.host.lib_root.rglob("*")
        if path.is_file() and not path.is_symlink() and names.secret.encode() in path.read_bytes()
    ]
    assert holding == [Path("data/ansible-deploy/settings/--global/dns-credentials")]


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("dns-provider", "bind"), "", "is no value for dns-provider; it takes rfc2136"),
        (("dns-credentials", "RFC2136_TSIG_SECRET=x"), "", "is never given as a word"),
        (("dns-credentials",), "", "was empty; nothing was changed"),
        (("dns-credentials",), "RFC2136_NAMESERVER=127.0.0.1\n", "RFC2136_TSIG_SECRET"),
        (("server-ip", "localhost"), "", "it takes an IPv4 address"),
    ],
)
def test_wrong_settings_are_refused(
    sandbox: SandboxHost, words: tuple[str, ...], stdin: str, said: str
) -> None:
    sandbox.dokku("ansible-deploy:set", "--global", "dns-provider", "rfc2136")
    answer = sandbox.dokku("ansible-deploy:set", "--global", *words, stdin=stdin, check=False)
    assert answer.exit == 1
    assert said in answer.output
    sandbox.dokku("ansible-deploy:set", "--global", "dns-provider", "--unset")
