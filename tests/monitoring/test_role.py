"""The role, run for real below a folder: twice, in a plan, and against what stands there."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from tests.monitoring.watching import COLLECTION, Tree, make_tree

PORTS = {"prometheus": 9090, "alertmanager": 9093, "blackbox": 9115, "node": 9100}


@pytest.fixture
def bare(tmp_path: Path) -> Tree:
    """A host on which nothing was set up."""
    return make_tree(tmp_path, PORTS)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A host that was set up, and that no test leaves otherwise."""
    status = {"status_domain": "status.example.org"}
    tree = make_tree(tmp_path_factory.mktemp("ready"), PORTS, **status)
    assert changed(tree.play()) > 0
    return tree


def files(tree: Tree) -> dict[str, str]:
    """What the role has written, and the mode of it."""
    paths = [path for path in tree.root.rglob("*") if "ansible" not in path.parts[-2:]]
    found = [path for path in paths if not path.is_relative_to(tree.root / "ansible")]
    return {
        str(path.relative_to(tree.root)): f"{path.lstat().st_mode & 0o7777:o} "
        + (path.read_text("utf-8") if path.is_file() else "")
        for path in found
    }


def changed(run: subprocess.CompletedProcess[str]) -> int:
    """How many tasks changed something; fails where one failed."""
    assert run.returncode == 0, run.stdout + run.stderr
    found = re.search(r"changed=(\d+)", run.stdout)
    assert found
    return int(found[1])


def test_a_second_run_changes_nothing(ready: Tree) -> None:
    before = files(ready)
    assert changed(ready.play()) == 0
    assert files(ready) == before
    assert before["data/monitoring/alerts"].strip() == "2750"
    assert before["data/monitoring/alerts/alertmanager.yml"].startswith("640 ")
    assert "server_name status.example.org;" in before["nginx/zz-ansible-deploy-status.conf"]
    assert before["data/monitoring/host"] == "644 alpha\n"
    assert "for: 2m" in before["etc/rules/ansible-deploy.yml"]


def test_a_plan_on_a_bare_host_says_what_it_would_do_and_does_nothing(bare: Tree) -> None:
    before = files(bare)
    missing = {"monitoring_host_reader": "no-such-group", "monitoring_host_owner": "no-such-user"}
    run = bare.play("--check", **missing)
    assert changed(run) > 0
    for text in ("/etc/prometheus.yml", "alert: AppDown", "--cluster.listen-address="):
        assert text in run.stdout
    assert files(bare) == before


def test_daemons_listen_on_loopback_only(ready: Tree) -> None:
    for service in ("", "-alertmanager", "-blackbox-exporter", "-node-exporter"):
        words = ready.arguments(f"prometheus{service}")
        (listens,) = [word for word in words if word.startswith("--web.listen-address=")]
        assert listens.startswith("--web.listen-address=127.0.0.1:")
    assert "--cluster.listen-address=" in ready.arguments("prometheus-alertmanager")


def test_a_prometheus_of_somebody_else_is_left_alone_with_all_the_rest(bare: Tree) -> None:
    (bare.root / "etc/prometheus.yml").write_text("global: {scrape_interval: 7s}\n")
    before = files(bare)
    run = bare.play()
    assert run.returncode != 0
    assert "neither ours nor as the package prometheus brought it" in run.stdout + run.stderr
    assert "monitoring_host_is_local to false" in run.stdout + run.stderr
    assert files(bare) == before


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("-node-exporter", "--collector.systemd"),
        ("-blackbox-exporter", "--config.file=/srv/b.yml"),
        ("", "--storage.tsdb.path=/srv/tsdb --storage.tsdb.retention.time=2y"),
        ("-alertmanager", "--config.file=/srv/routes.yml --storage.path=/srv/alertmanager"),
    ],
)
def test_arguments_of_somebody_else_are_left_alone_with_all_the_rest(
    bare: Tree, service: str, words: str
) -> None:
    path = bare.root / f"default/prometheus{service}"
    path.write_text(f'# a comment\nARGS="{words}"\n')
    before = files(bare)
    for plan in ((), ("--check",)):
        run = bare.play(*plan)
        assert run.returncode != 0
        assert f"{path}: {words} is neither ours nor" in " ".join(run.stdout.split())
        assert "into monitoring_host_arguments" in " ".join(run.stdout.split())
        assert files(bare) == before


def test_arguments_that_are_to_stay_are_named_in_monitoring_host_arguments(bare: Tree) -> None:
    path = bare.root / "default/prometheus"
    path.write_text('ARGS="--storage.tsdb.path=/srv/tsdb"\n')
    kept = {"prometheus": "--storage.tsdb.path=/srv/tsdb"}
    assert changed(bare.play(monitoring_host_arguments=kept)) > 0
    assert bare.arguments("prometheus")[2:] == ["--storage.tsdb.path=/srv/tsdb"]
    before = files(bare)
    assert "--storage.tsdb.path=/srv/tsdb is neither" in bare.play().stdout  # it was forgotten
    assert files(bare) == before


def test_arguments_of_a_prometheus_that_is_not_set_up_are_nobody_s_business(bare: Tree) -> None:
    (bare.root / "default/prometheus").write_text('ARGS="--storage.tsdb.path=/srv/tsdb"\n')
    (bare.root / "etc/alertmanager.yml").write_text("route: {receiver: theirs}\n")
    away = {"monitoring_host_is_local": False, "monitoring_host_prometheus": ""}
    changed(bare.play(**away))
    assert bare.arguments("prometheus") == ["--storage.tsdb.path=/srv/tsdb"]


def test_an_alertmanager_of_somebody_else_is_left_alone_with_all_the_rest(bare: Tree) -> None:
    (bare.root / "etc/alertmanager.yml").write_text("route: {receiver: theirs}\n")
    before = files(bare)
    run = bare.play()
    assert run.returncode != 0
    said = " ".join(run.stdout.split())
    assert "alertmanager.yml is neither ours nor as the package" in said
    assert "monitoring_host_is_local to false" in said
    assert files(bare) == before


@pytest.mark.parametrize(
    ("node", "blackbox"),
    [
        ('ARGS=""\n', 'ARGS="--config.file /etc/prometheus/blackbox.yml"\n'),
        ("# ARGS=--collector.systemd\n", "ARGS=\n"),
    ],
)
def test_exporters_as_their_packages_brought_them_are_set_up(
    bare: Tree, node: str, blackbox: str
) -> None:
    (bare.root / "default/prometheus-node-exporter").write_text(node)
    (bare.root / "default/prometheus-blackbox-exporter").write_text(blackbox)
    changed(bare.play())
    more = {"prometheus-node-exporter": "--collector.systemd"}
    moved = {"monitoring_host_node": "127.0.0.1:9101", "monitoring_host_arguments": more}
    assert changed(bare.play(**moved)) > 0  # an earlier run's arguments are known again
    words = bare.arguments("prometheus-node-exporter")
    assert words[1:] == ["--web.listen-address=127.0.0.1:9101", "--collector.systemd"]
    plain = bare.root / "default/prometheus-node-exporter"
    plain.write_text(plain.read_text().replace(" --collector.systemd", ""))
    assert changed(bare.play()) > 0


def test_a_status_page_that_has_no_domain_any_more_is_taken_off_the_web(bare: Tree) -> None:
    block = bare.root / "nginx/zz-ansible-deploy-status.conf"
    other = block.with_name("other.conf")
    other.write_text("# of somebody else\n")
    changed(bare.play(monitoring_host_status_domain="status.example.org"))
    assert block.exists()
    assert changed(bare.play("--check")) == 1
    assert block.exists()
    assert changed(bare.play()) == 1
    assert not block.exists()
    assert other.exists()
    block.write_text("# of somebody else\n")
    assert changed(bare.play()) == 0
    assert block.exists()


@pytest.mark.parametrize(
    ("variables", "file"),
    [
        ({"monitoring_host_scrape_configs": [{"job_name": "a", "no": 1}]}, "etc/prometheus.yml"),
        ({"monitoring_host_hurry": -1}, "etc/rules/ansible-deploy.yml"),
        ({"monitoring_host_status_domain": "a; no"}, "nginx/zz-ansible-deploy-status.conf"),
    ],
)
def test_what_its_reader_would_refuse_leaves_the_good_one(
    ready: Tree, variables: dict[str, object], file: str
) -> None:
    before = files(ready)
    run = ready.play(**variables, **checked_by_nginx(ready))
    assert run.returncode != 0
    assert f"{file} would not be accepted" in run.stdout + run.stderr
    assert files(ready) == before


def test_what_the_plugin_wrote_and_what_the_operator_added_are_kept(bare: Tree) -> None:
    (bare.root / "default/prometheus").write_text('# a comment\nARGS=""\n')
    (bare.data / "alerts").mkdir(parents=True)
    (bare.data / "blackbox.yml").write_text("modules: {}\n")
    told = bare.data / "alerts/alertmanager.yml"
    told.write_text("route: {receiver: a}\n")
    told.chmod(0o600)
    more = {"prometheus": "--storage.tsdb.retention.time=90d"}
    assert changed(bare.play(monitoring_host_arguments=more)) > 0
    assert "--storage.tsdb.retention.time=90d" in bare.arguments("prometheus")
    assert (bare.root / "default/prometheus").read_text().startswith("# a comment\n")
    assert (bare.data / "blackbox.yml").read_text() == "modules: {}\n"
    assert told.read_text() == "route: {receiver: a}\n"
    assert told.stat().st_mode & 0o777 == 0o640  # for Alertmanager, whoever wrote it first


def test_another_name_of_the_host_is_told_to_all_that_say_it(bare: Tree) -> None:
    changed(bare.play())
    assert changed(bare.play(monitoring_host_name="beta")) == 2
    assert (bare.data / "host").read_text() == "beta\n"
    assert "alpha" not in (bare.root / "etc/prometheus.yml").read_text()
    assert changed(bare.play(monitoring_host_name="beta")) == 0


def test_for_a_prometheus_elsewhere_the_role_tells_what_to_scrape(bare: Tree) -> None:
    reached = {"monitoring_host_blackbox": "10.0.0.5:9115", "monitoring_host_node": "10.0.0.5:9100"}
    away = {"monitoring_host_is_local": False, "monitoring_host_prometheus": ""}
    run = bare.play(**reached, **away)
    assert changed(run) > 0
    assert not list((bare.root / "etc").iterdir())
    assert sorted(path.name for path in (bare.root / "default").iterdir()) == [
        "prometheus-blackbox-exporter",
        "prometheus-node-exporter",
    ]
    assert "--web.listen-address=10.0.0.5:9100" in bare.arguments("prometheus-node-exporter")
    found = re.search(r"^( *)scrape_configs:\n(\1.*\n|\n)+", run.stdout, re.MULTILINE)
    assert found
    (bare.root / "elsewhere.yml").write_text(textwrap.dedent(found[0]))
    words = ["promtool", "check", "config", str(bare.root / "elsewhere.yml")]
    assert subprocess.run(words, capture_output=True).returncode == 0
    assert "10.0.0.5:9115" in found[0]
    assert "an address of this machine alone" not in run.stdout
    assert str(COLLECTION / "roles/monitoring_host/files/rules.yml") in run.stdout


def test_addresses_that_only_a_prometheus_on_this_machine_reaches_are_told(bare: Tree) -> None:
    reached = {"monitoring_host_blackbox": "10.0.0.5:9115"}
    run = bare.play(monitoring_host_is_local=False, monitoring_host_prometheus="", **reached)
    assert changed(run) > 0
    assert "# 127.0.0.1:9100: an address of this machine alone" in run.stdout


def checked_by_nginx(tree: Tree) -> dict[str, object]:
    """Has nginx look at the folder of server blocks, in place of this machine's own."""
    text = f"error_log stderr; events {{}} http {{ include {tree.root}/nginx/*.conf; }}"
    path = tree.root.with_name(f"{tree.root.name}.nginx.conf")
    path.write_text(f"pid {path}.pid; {text}", "utf-8")
    words = ["/usr/sbin/nginx", "-t", "-q", "-c", str(path)]
    return {"monitoring_host_nginx_check": words}
