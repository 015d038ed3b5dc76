"""What a push does, and what it leaves alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.e2e.hosts import Host, SandboxHost, web_app, write_tree

ONE = "port: 5000\ndomains: [e2e-one.example.org]\nenv: {GREETING: hello}\n"


def test_an_app_without_deploy_d_gets_one_line_and_no_python(host: Host, tree: Path) -> None:
    answer = host.push("e2e-plain", web_app(tree, {}))
    assert answer.exit == 0, answer.output
    assert answer.ours() == ["-----> No deploy.d in this repository: nothing to provision"]
    assert not host.data("e2e-plain").exists()


def test_the_common_case_is_provisioned(host: Host, tree: Path) -> None:
    answer = host.push("e2e-one", web_app(tree, {"deploy.d/deploy.yml": ONE}))
    assert answer.exit == 0, answer.output
    assert "=====> e2e-one is provisioned: http://e2e-one.example.org" in answer.ours()
    assert host.json("domains:report", "e2e-one")["app-vhosts"] == "e2e-one.example.org"
    assert host.json("ports:report", "e2e-one")["map"] == "http:80:5000"
    assert host.dokku("config:get", "e2e-one", "GREETING").stdout.strip() == "hello"
    assert host.json("proxy:report", "e2e-one")["type"] == ""
    assert host.get("e2e-one.example.org") == (200, "hello")


def test_a_second_push_prints_one_line_and_reads_little(sandbox: SandboxHost, tree: Path) -> None:
    sandbox.push("e2e-one", web_app(tree, {"deploy.d/deploy.yml": ONE}))
    runs, calls = len(sandbox.runs("e2e-one")), len(sandbox.calls())
    answer = sandbox.push("e2e-one")
    assert answer.exit == 0, answer.output
    assert answer.ours() == [
        "-----> deploy.d is unchanged, e2e-one is provisioned: http://e2e-one.example.org"
    ]
    assert len(sandbox.runs("e2e-one")) == runs, "Ansible was started"
    ours = [call for call in sandbox.calls()[calls:] if call["trigger"] in OUR_TRIGGERS]
    assert 0 < len(ours) <= 8, [call["argv"] for call in ours]


OUR_TRIGGERS = (
    "post-extract",
    "pre-build",
    "pre-release-builder",
    "post-deploy",
    "builds-record-finalize",
)


def test_what_leaves_the_file_leaves_the_host(host: Host, tree: Path) -> None:
    files = {
        "deploy.d/deploy.yml": "port: 5000\ndomains: [e2e-a.example.org, e2e-b.example.org]\n"
        "env: {KEEP: '1', GO: '2'}\nvolumes: [data:/app/data]\n"
        "dokku: {nginx: {client-max-body-size: 7m}}\nresources: {web: {memory: 256m}}\n"
    }
    host.push("e2e-less", web_app(tree, files))
    host.dokku("config:set", "--no-restart", "e2e-less", "FOREIGN=yes")
    host.dokku("domains:add", "e2e-less", "e2e-foreign.example.org")
    volume = host.lib_root / "data/storage/e2e-less_data"
    (volume / "kept").write_text("data")
    (tree / "deploy.d/deploy.yml").write_text(
        "port: 5000\ndomains: [e2e-a.example.org]\nenv: {KEEP: '1'}\n"
    )
    answer = host.push("e2e-less", tree)
    assert answer.exit == 0, answer.output
    config = json.loads(host.dokku("config:export", "--format", "json", "e2e-less").stdout)
    assert config["KEEP"] == "1"
    assert config["FOREIGN"] == "yes"
    assert "GO" not in config
    domains = host.json("domains:report", "e2e-less")["app-vhosts"].split()
    assert domains == ["e2e-a.example.org", "e2e-foreign.example.org"]
    assert json.loads(host.dokku("storage:list", "e2e-less", "--format", "json").stdout) == []
    assert host.json("nginx:report", "e2e-less")["client-max-body-size"] == ""
    assert not any("memory" in key for key in host.json("resource:report", "e2e-less"))
    assert (volume / "kept").read_text() == "data"


def test_a_broken_file_stops_the_push_before_the_build(host: Host, tree: Path) -> None:
    broken = "prot: 5000\ndomains: [UPPER.example.org]\nservices: [postgress]\n"
    answer = host.push("e2e-broken", web_app(tree, {"deploy.d/deploy.yml": broken}))
    assert answer.exit != 0
    assert 'deploy.d/deploy.yml:1: unknown key "prot"; did you mean "port"?' in answer.output
    assert "deploy.d/deploy.yml:2: " in answer.output
    assert "deploy.d/deploy.yml:3: " in answer.output
    assert "Releasing" not in answer.output
    assert "Traceback" not in answer.output
    (tree / "deploy.d/deploy.yml").write_text("port: 5000\n")
    assert host.push("e2e-broken", tree).exit == 0


def test_a_refused_folder_that_is_removed_no_longer_refuses(host: Host, tree: Path) -> None:
    assert host.push("e2e-gone", web_app(tree, {"deploy.d/deploy.yml": "nope: 1\n"})).exit != 0
    (tree / "deploy.d/deploy.yml").unlink()
    (tree / "deploy.d").rmdir()
    answer = host.push("e2e-gone", tree)
    assert answer.exit == 0, answer.output


def test_routing_is_held_until_the_new_release_is_up(sandbox: SandboxHost, tree: Path) -> None:
    """The release task and the start of the new process print a digest of nginx's live file."""
    sandbox.push("e2e-held", web_app(tree, {"deploy.d/deploy.yml": "port: 5000\n"}))
    before = sandbox.nginx_conf("e2e-held")
    path = sandbox.dokku_root / "e2e-held/nginx.conf"
    domains = "domains: [e2e-held.dokku.sandbox, e2e-x.example.org]\n"
    files = {
        "Procfile": f"release: sha256sum {path}\n"
        f"web: sh -c 'sha256sum {path}; exec python3 -u server.py'\n",
        "deploy.d/deploy.yml": f"ports: ['http:80:5000', 'http:8124:5000']\n{domains}",
    }
    answer = sandbox.push("e2e-held", web_app(tree, files, text="new"))
    assert answer.exit == 0, answer.output
    assert answer.output.count(hashlib.sha256(before).hexdigest()) >= 2, answer.output
    assert b"e2e-x.example.org" in sandbox.nginx_conf("e2e-held")
    assert sandbox.get("e2e-x.example.org") == (200, "new")


def test_a_domain_dropped_in_a_failed_deploy_goes_with_the_next(host: Host, tree: Path) -> None:
    line = "port: 5000\ndomains: [e2e-drop.example.org, {}.example.org]\n"
    host.push("e2e-drop", web_app(tree, {"deploy.d/deploy.yml": line.format("e2e-visitors")}))
    write_tree(tree, {"deploy.d/deploy.yml": line.format("e2e-guests"), "server.py": "exit(1)\n"})
    assert host.push("e2e-drop", tree).exit != 0
    assert host.json("ansible-deploy:report", "e2e-drop")["provisioned"] == "false"
    host.push("e2e-drop", web_app(tree, {}))
    domains = host.json("domains:report", "e2e-drop")["app-vhosts"].split()
    assert domains == ["e2e-drop.example.org", "e2e-guests.example.org"]


def test_a_failed_deploy_leaves_routing_as_it_was(host: Host, tree: Path) -> None:
    host.push("e2e-fails", web_app(tree, {"deploy.d/deploy.yml": ONE.replace("one", "fails")}))
    before = host.nginx_conf("e2e-fails")
    reports = [
        host.json(f"{plugin}:report", "e2e-fails") for plugin in ("domains", "ports", "proxy")
    ]
    changed = "ports: ['http:80:5000', 'http:8123:5000']\ndomains: [e2e-new.example.org]\n"
    changed += "redirects: {}\n".replace("redirects: {}\n", "")
    files = {"deploy.d/deploy.yml": changed, "server.py": "raise SystemExit('cannot start')\n"}
    answer = host.push("e2e-fails", write_tree(tree, files))
    assert answer.exit != 0
    assert "The deploy failed: domains and ports are as they were before" in answer.output
    assert host.nginx_conf("e2e-fails") == before
    after = [host.json(f"{plugin}:report", "e2e-fails") for plugin in ("domains", "ports", "proxy")]
    assert after == reports
    assert host.get("e2e-fails.example.org") == (200, "hello")
    answer = host.push("e2e-fails", web_app(tree, {}))
    assert answer.exit == 0, answer.output
    assert host.get("e2e-new.example.org") == (200, "hello")


def test_a_redeploy_keeps_what_was_set_by_hand_and_says_so(host: Host, tree: Path) -> None:
    host.push("e2e-hand", web_app(tree, {"deploy.d/deploy.yml": ONE.replace("one", "hand")}))
    answer = host.dokku("config:set", "e2e-hand", "GREETING=by hand")
    assert answer.ours() == ["-----> Not as deploy.d says until the next push: config"]
    assert host.dokku("config:get", "e2e-hand", "GREETING").stdout.strip() == "by hand"
    assert host.dokku("ps:restart", "e2e-hand").ours() == answer.ours()
    host.push("e2e-hand")
    assert host.dokku("config:get", "e2e-hand", "GREETING").stdout.strip() == "hello"


def test_values_are_never_templates(host: Host, tree: Path, tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    text = "{{ lookup('pipe', 'touch " + str(marker) + "') }}"
    files = {"deploy.d/deploy.yml": f'port: 5000\nenv:\n  T: "{text}"\n'}
    assert host.push("e2e-text", web_app(tree, files)).exit == 0
    assert host.dokku("config:get", "e2e-text", "T").stdout.strip() == text
    assert not marker.exists()


def test_a_variable_that_app_json_sets_too_is_refused(host: Host, tree: Path) -> None:
    files = {
        "app.json": '{"env": {"A": "1"}}',
        "deploy.d/deploy.yml": "port: 5000\nenv:\n  A: '2'\n",
    }
    answer = host.push("e2e-twice", web_app(tree, files))
    assert answer.exit != 0
    text = (
        "deploy.d/deploy.yml:3: A is set in the app's own app.json too; keep it in one of the two"
    )
    assert text in answer.output
