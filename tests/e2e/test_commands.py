"""The subcommands, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.hosts import Host, web_app, words_of

APP = "e2e-operator"
FILE = {"deploy.d/deploy.yml": "port: 5000\ndomains: [e2e-operator.example.org]\n"}


def test_plan_of_an_app_that_does_not_exist_yet(host: Host, tree: Path) -> None:
    archive = host.archive(web_app(tree, FILE))
    answer = host.dokku("ansible-deploy:plan", "e2e-none", "-", stdin=archive, check=False)
    assert answer.exit == 2, answer.output
    assert "+ e2e-operator.example.org" in answer.stdout
    assert host.dokku("apps:exists", "e2e-none", check=False).exit == 20
    assert not host.data("e2e-none").exists()


def test_plan_validate_apply_report_and_history(host: Host, tree: Path) -> None:
    host.push(APP, web_app(tree, FILE))
    assert host.dokku("ansible-deploy:plan", APP).exit == 0
    host.dokku("domains:remove", APP, "e2e-operator.example.org")
    plan = host.dokku("ansible-deploy:plan", APP, "--format", "json", check=False)
    assert plan.exit == 2, plan.output
    change = {
        "concern": "domains",
        "sign": "+",
        "subject": "e2e-operator.example.org",
        "detail": "",
    }
    assert change in json.loads(plan.stdout)["changes"]
    applied = host.dokku("ansible-deploy:apply", APP)
    assert "+ e2e-operator.example.org" in applied.stdout
    assert host.get("e2e-operator.example.org") == (200, "hello")
    assert host.dokku("ansible-deploy:plan", APP).exit == 0
    report = host.json("ansible-deploy:report", APP)
    assert report["provisioned"] == "true"
    assert report["address"] == "http://e2e-operator.example.org"
    assert all(isinstance(value, str) for value in report.values())
    flag = host.dokku("ansible-deploy:report", APP, "--ansible-deploy-provisioned")
    assert flag.stdout == "true\n"
    assert (
        f"=====> {APP} ansible-deploy information"
        in host.dokku("ansible-deploy:report", APP).stdout
    )
    history = host.dokku("ansible-deploy:history", APP, "--format", "json").stdout.splitlines()
    assert json.loads(history[0])["outcome"] == "done"
    assert "would be accepted" in host.dokku("ansible-deploy:validate", APP).stdout


def test_a_refusal_names_the_command_that_grants(host: Host, tree: Path) -> None:
    files = {
        "deploy.d/deploy.yml": "port: 5000\nvolumes: ['/srv/e2e:/data']\n"
        "dokku: {nginx: {access-log-path: 'off'}}\n",
        "deploy.d/post-deploy.yml": "- hosts: localhost\n  tasks: []\n",
        "deploy.d/nginx.conf.d/own.conf": "add_header X-Own yes;\n",
    }
    answer = host.push(APP, web_app(tree, files))
    assert answer.exit != 0
    commands = [
        line.partition("allow it: ")[2]
        for line in answer.output.splitlines()
        if "allow it: " in line
    ]
    assert len(commands) == 4, answer.output
    for command in commands:
        host.dokku(*words_of(command))
    answer = host.push(APP)
    assert answer.exit == 0, answer.output
    snippet = host.dokku_root / APP / "nginx.conf.d/ansible-deploy-own.conf"
    assert snippet.read_text() == "add_header X-Own yes;\n"


def test_a_broken_nginx_file_is_refused_before_the_build(host: Host, tree: Path) -> None:
    files = {
        "deploy.d/deploy.yml": "port: 5000\n",
        "deploy.d/nginx.conf.d/own.conf": "nonsense here;\n",
    }
    assert host.push(APP, web_app(tree, files)).exit != 0
    host.dokku("ansible-deploy:set", APP, "nginx-conf", "allow")
    answer = host.push(APP)
    assert answer.exit != 0
    assert 'nginx does not take it: unknown directive "nonsense" in own.conf:1' in answer.output


def test_settings_are_checked(host: Host, tree: Path) -> None:
    host.push(APP, web_app(tree, {}))
    answer = host.dokku("ansible-deploy:set", APP, "no-such", "x", check=False)
    assert answer.exit == 1
    assert "Invalid key specified, valid keys include: acme-email, " in answer.stderr
    answer = host.dokku("ansible-deploy:set", APP, "custom-plays", "maybe", check=False)
    assert answer.exit == 1
    assert "allow or deny" in answer.stderr
    assert (
        host.dokku("ansible-deploy:set", "e2e-missing", "custom-plays", "allow", check=False).exit
        == 1
    )
    host.dokku("ansible-deploy:set", APP, "custom-plays", "allow")
    report = host.json("ansible-deploy:report", APP)
    assert (report["custom-plays"], report["computed-custom-plays"]) == ("allow", "allow")
    host.dokku("ansible-deploy:set", APP, "custom-plays")
    assert host.json("ansible-deploy:report", APP)["computed-custom-plays"] == "deny"


def test_help_and_schema(host: Host) -> None:
    assert "ansible-deploy:plan" in host.dokku("help").stdout
    assert "Usage: dokku ansible-deploy" in host.dokku("ansible-deploy:help").stdout
    assert "Usage: dokku ansible-deploy" in host.dokku("ansible-deploy").stdout
    assert json.loads(host.dokku("ansible-deploy:schema").stdout)["properties"]["port"]


def test_an_app_called_like_the_plugin_is_refused(host: Host) -> None:
    host.made.append("ansible-deploy")
    answer = host.dokku("apps:create", "ansible-deploy", check=False)
    assert answer.exit != 0
    assert "cannot be called ansible-deploy" in answer.output


def test_an_app_name_is_never_a_path(host: Host, tree: Path) -> None:
    archive = host.archive(web_app(tree, FILE))
    answer = host.dokku("ansible-deploy:validate", "../../shop", "-", stdin=archive, check=False)
    assert answer.exit == 1
    assert "is not a usable app" in answer.output
